"""What a press can do: one table of actions, with the words for people and what each takes. Pure.

Known by board files (``pedal/config``), by presets, which may give a switch something else to do, and by the panel,
which does it (``pedal/panel/actions.py``). An action is written as one word: ``tuner``, ``snapshot_3``, or with what
it is about behind a colon: ``bypass:delay1``, ``expression:wah1.position``. A new one is one line here, one case
there, and one line in ``docs/controls.md``.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from pedal.errors import PedalError, did_you_mean
from pedal.params import KINDS

#: What an action takes: nothing, a number from 1 to 8, or a block, an amp (may be left out) or a parameter.
Takes = Literal["", "number", "block", "amp", "parameter"]
#: Snapshots, and presets of a bank.
MOST = 8
_BLOCK = re.compile(r"[a-z0-9_-]{1,24}")


@dataclass(frozen=True, slots=True)
class ActionKind:
    """One line of the table.

    Attributes:
        name: as files have it.
        words: what it does, for people.
        takes: what else it must be told; ``block`` and ``amp`` may be left out.
        has_two_sides: letting a momentary switch go undoes it.
    """

    name: str
    words: str
    takes: Takes = ""
    has_two_sides: bool = False

    @property
    def form(self) -> str:
        """How it is written."""
        forms: dict[Takes, str] = {
            "": self.name,
            "number": f"{self.name}_1 to {self.name}_{MOST}",
            "block": f"{self.name} or {self.name}:BLOCK",
            "amp": f"{self.name} or {self.name}:AMP",
            "parameter": f"{self.name}:BLOCK.PARAM",
        }
        return forms[self.takes]


ACTIONS: dict[str, ActionKind] = {
    kind.name: kind
    for kind in (
        ActionKind("bypass", "the whole pedal, or one block, off or on again", "block", has_two_sides=True),
        ActionKind("next_preset", "the next preset of the list"),
        ActionKind("previous_preset", "the one before"),
        ActionKind("preset", "a preset of the bank", "number"),
        ActionKind("next_bank", "the next bank"),
        ActionKind("previous_bank", "the one before"),
        ActionKind("snapshot", "a snapshot of the preset", "number"),
        ActionKind("next_snapshot", "the next snapshot"),
        ActionKind("tap", "the beat: tempo from the second tap on"),
        ActionKind("tuner", "the tuner, on or off", has_two_sides=True),
        ActionKind("looper", "record, play, overdub"),
        ActionKind("looper_stop", "the loop stops"),
        ActionKind("looper_undo", "the last overdub, undone or back again"),
        ActionKind("width", "changes over between auto, full and lite", "amp"),
        ActionKind("width_full", "the amp stays at full width", "amp"),
        ActionKind("width_lite", "the amp stays lite", "amp"),
        ActionKind("width_auto", "the pedal chooses the width", "amp"),
        ActionKind("next_model", "the next model of the amp's folder", "amp"),
        ActionKind("previous_model", "the one before", "amp"),
        ActionKind("expression", "the expression pedal moves this", "parameter"),
        ActionKind("menu", "the menu, by two footswitches"),
        ActionKind("none", "nothing: for a preset that wants a switch to be quiet"),
    )
}


@dataclass(frozen=True, slots=True)
class Action:
    """An action with what it is about: ``argument`` is a number, a block, a parameter, or empty."""

    name: str
    argument: str = ""

    @property
    def has_two_sides(self) -> bool:
        """Whether letting go of a momentary switch can undo it."""
        return ACTIONS[self.name].has_two_sides

    def __str__(self) -> str:
        takes = ACTIONS[self.name].takes
        separator = "_" if takes == "number" else ":" if self.argument else ""
        return f"{self.name}{separator}{self.argument}"


def parse_action(text: str, failure: type[PedalError], where: str) -> Action:
    """An action as files have it.

    Args:
        text: as written.
        failure: the kind of error.
        where: file and key, for messages.

    Raises:
        PedalError: there is no such action, or it is told too little, too much or what cannot be.
    """
    name, colon, argument = text.partition(":")
    stem, _, number = name.rpartition("_")
    if not colon and stem in ACTIONS and ACTIONS[stem].takes == "number":
        if number not in _numbers():
            raise failure(f"{text!r:.60} is no action", where=where, hint=f"Use {ACTIONS[stem].form}")
        return Action(stem, number)
    kind = ACTIONS.get(name)
    if kind is None or kind.takes == "number":
        raise failure(f"{text!r:.60} is no action", where=where, hint=_near(name))
    fits = {
        "": not colon,
        "block": not colon or bool(_BLOCK.fullmatch(argument)),
        "amp": not colon or bool(_BLOCK.fullmatch(argument)),
        "parameter": _is_parameter(argument),
    }
    if not fits[kind.takes]:
        raise failure(f"{text!r:.60} is not right", where=where, hint=f"Write {kind.form}")
    return Action(name, argument)


def _numbers() -> Collection[str]:
    return [str(number) for number in range(1, MOST + 1)]


def _is_parameter(text: str) -> bool:
    block, _, param = text.partition(".")
    known = {param.name for kind in KINDS.values() for param in kind.params}
    return bool(_BLOCK.fullmatch(block)) and param in known


def _near(name: str) -> str:
    """What was meant, perhaps; and all there is."""
    words = [f"{kind.name}_1" if kind.takes == "number" else kind.name for kind in ACTIONS.values()]
    near = did_you_mean(name, words)
    return near if near.startswith("Known") else f"{near} Known: {', '.join(words)}"
