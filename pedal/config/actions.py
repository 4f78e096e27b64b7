"""What a press can do: the words that a board file gives a footswitch, a chord or an encoder's button.

Used by ``controls`` and ``checks``; done by ``pedal/panel/actions.py``. Pure. A new action is one word here, one case
there and one line in ``docs/boards.md``.
"""

from __future__ import annotations

import typing
from typing import Annotated, Literal

from msgspec import Meta

#: What a press does.
Action = Literal[
    "bypass", "next_preset", "previous_preset", "tap", "tuner", "next_snapshot",
    "snapshot_1", "snapshot_2", "snapshot_3", "snapshot_4", "snapshot_5", "snapshot_6", "snapshot_7", "snapshot_8",
    "next_bank", "previous_bank",
    "preset_1", "preset_2", "preset_3", "preset_4", "preset_5", "preset_6", "preset_7", "preset_8",
    "looper", "looper_stop", "looper_undo",
]  # fmt: skip

#: All of them, in the order that messages and pages have.
ACTIONS: tuple[Action, ...] = typing.get_args(Action)
#: What letting go can undo: actions with an on and an off. A ``momentary`` switch has one of these.
UNDONE_BY_LETTING_GO: frozenset[Action] = frozenset({"bypass", "tuner"})

_MEANING = Meta(description=", ".join(f'"{action}"' for action in ACTIONS))
ActionKey = Annotated[Action, _MEANING]
OptionalAction = Annotated[Action | None, _MEANING]
