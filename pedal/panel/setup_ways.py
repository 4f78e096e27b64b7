"""How setting up was started, and how it reaches the rest of the panel. Records; see ``setting_up``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Started:
    """How the processes were started: with a board's name or file, and whether a set-up may put another one in use."""

    board_name: str
    chooses: bool = False


@dataclass(frozen=True, slots=True)
class Ways:
    """How setting up reaches the rest of the panel.

    Attributes:
        started: how the processes were.
        runtime: where they meet.
        silence: makes the pedal silent, or lets it be heard again.
        tell: says a sentence on the page.
    """

    started: Started
    runtime: Path
    silence: Callable[[bool], None]
    tell: Callable[[str], None]
