"""Shared memory between pedal-audio, pedal-panel and the builder."""

from pedal.link.memory import Link
from pedal.link.words import Word

__all__ = ["Link", "Word"]
