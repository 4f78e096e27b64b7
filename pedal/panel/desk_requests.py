"""The requests of whoever edits with the whole preset before his eyes (the editor); part of ``protocol``. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from pedal.panel.request import Name, Request

#: Things in one answer: so many are packed in a fraction of a tick, and a library of thousands takes several.
THINGS_AT_ONCE = 200


class Show(Request, tag="show", frozen=True):
    """All that can be edited: the preset in hand, as the text of its file, and what lies around it.

    ``mark``: of the answer that one has. If nothing has changed since, the answer is that mark alone.
    """

    mark: str = ""


class Things(Request, tag="things", frozen=True):
    """What there is to choose from, in the order of lists, from the one with this number on.

    ``look``: read the folders again first; the answer is of the last time, and says whether it is still going on.
    """

    kind: Literal["preset", "model", "impulse"]
    start: Annotated[int, msgspec.Meta(ge=0)] = 0
    look: bool = False


class HoldPreset(Request, tag="preset-hold", frozen=True):
    """Hold this preset, and play it: the text of a file. Nothing is written to disk.

    ``key``: of the file that it belongs to; empty: of none yet. ``instead_of``: the ``preset_mark`` of the one that the
    change was made from; it is refused if another one is in hand by now. Without, whatever is in hand is given up.
    ``quality``: widths chosen for its amps, as ``show`` has them; without, those of the same file stay.
    """

    text: str
    key: Annotated[str, msgspec.Meta(max_length=256)] = ""
    instead_of: Name | None = None
    quality: dict[Name, Name] | None = None


DeskRequest = Show | Things | HoldPreset
