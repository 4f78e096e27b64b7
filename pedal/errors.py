"""Errors a player reads: what is wrong, where, and what to do.

Pure; known by everyone, knows nobody.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class PedalError(Exception):
    """One clear line: ``where: what. hint``.

    Args:
        what: what is wrong, without a full stop.
        where: the thing it is wrong in (a file, a key, a card); may be empty.
        hint: what to do about it, without a full stop; may be empty.
    """

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        self.what = what
        self.where = where
        self.hint = hint
        line = f"{where}: {what}" if where else what
        end = "" if hint.endswith(("?", ".")) else "."
        line = f"{line}. {hint}{end}" if hint else f"{line}."
        # Names come from files: neither a terminal nor a log nor the OLED must obey them.
        super().__init__("".join(c if c.isprintable() else "?" for c in line))


class ModelError(PedalError):
    """A ``.nam`` file that is missing, malformed or not playable here."""


class ImpulseError(PedalError):
    """An impulse response that is missing, malformed or unusable."""


class PresetError(PedalError):
    """A preset that is missing, malformed or names what does not exist."""


class LibraryError(PedalError):
    """The library: something in it that is missing or damaged, or an order that it cannot follow."""


class BoardError(PedalError):
    """A board file that is missing, malformed or names what does not exist."""


class SettingsError(PedalError):
    """A settings file that is malformed, or a setting that cannot be."""


class CardError(PedalError):
    """A sound card that is missing, busy, or cannot do what the board asks."""


class NoRoomError(PedalError):
    """A block that does not fit beside all that plays on this board."""

    @classmethod
    def saying(cls, refusal: str) -> NoRoomError:
        """With what the governor says: a sentence, and what to do."""
        what, _, hint = refusal.rstrip(".").partition(". ")
        return cls(what, hint=hint)


class LinkError(PedalError):
    """Shared memory that is missing, foreign or of another version."""


class ControlError(PedalError):
    """The control socket: nobody answers, or a message that is not understood."""


def did_you_mean(word: str, options: Iterable[str]) -> str:
    """A hint for a near miss: ``did you mean 'reverb'?``, or the list of what there is."""
    known = sorted(options)
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return f"Did you mean '{near[0]}'?"
    return "Known: " + ", ".join(known) if known else ""
