"""Which MIDI controller does what, on disk: ``midi.toml`` in the state folder.

Read and written by the panel; learnt by moving the controller, or written by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w

from pedal.actions import Action, parse_action
from pedal.errors import SettingsError, did_you_mean
from pedal.files import load_text, parse_toml
from pedal.library.atomic import write_atomic
from pedal.library.watch import Watch
from pedal.paths import state_dir
from pedal.preset import Expression

NAME = "midi.toml"
#: Numbers of controllers; the rest are about a channel itself.
MOST = 119

#: A parameter with the values at 0 and 127 (``heel`` and ``toe``), or what 64 and above does.
Target = Expression | Action


def parse_target(text: str, where: str) -> Target:
    """What a controller is to do, as a player types it: ``BLOCK.PARAM``, or an action.

    Raises:
        SettingsError: neither.
    """
    if "." in text and not text.startswith("expression:"):
        return Expression(parse_action(f"expression:{text:.80}", SettingsError, where).argument)
    return parse_action(text[:80], SettingsError, where)


def parse_midi_map(text: str, where: str) -> dict[int, Target]:
    """The file's text.

    Raises:
        SettingsError: one sentence with what to do.
    """
    raw = parse_toml(text, where, SettingsError)
    if (schema := raw.pop("schema", 1)) != 1 or isinstance(schema, bool):
        raise SettingsError("was written by another version of the pedal", where=where, hint="Update the pedal")
    tables = raw.pop("cc", [])
    if raw:
        raise SettingsError(f"unknown key {next(iter(raw))!r:.40}", where=where, hint="Known: schema, cc")
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables) or len(tables) > MOST + 1:
        raise SettingsError("cc must be a list of tables", where=where, hint="Write [[cc]] before each controller")
    found: dict[int, Target] = {}
    for place, table in enumerate(tables, 1):
        number, target = _parse_entry(dict(table), f"{where}, cc {place}")
        if number in found:
            raise SettingsError(f"controller {number} is there twice", where=where, hint="Remove one of them")
        found[number] = target
    return found


def format_midi_map(found: Mapping[int, Target]) -> str:
    """The text that ``parse_midi_map`` reads back."""
    tables: list[dict[str, Any]] = []
    for number, target in sorted(found.items()):
        if isinstance(target, Action):
            tables.append({"number": number, "action": str(target)})
            continue
        ends = {"low": target.heel, "high": target.toe}
        given = {key: end for key, end in ends.items() if end is not None}
        tables.append({"number": number, "parameter": target.parameter, **given})
    return "\n".join([tomli_w.dumps({"schema": 1}), *(f"[[cc]]\n{tomli_w.dumps(table)}" for table in tables)])


class MidiMapStore:
    """Where it is kept.

    Args:
        path: of the file; may be missing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def default(cls) -> MidiMapStore:
        """In the player's state folder."""
        return cls(state_dir() / NAME)

    def watch(self) -> Watch:
        """Tells when another one is there."""
        return Watch(self._path)

    def load(self) -> tuple[dict[int, Target], str]:
        """What was kept; where there is nothing readable, nothing and a sentence (empty if all is well)."""
        if not self._path.exists():
            return {}, ""
        try:
            return parse_midi_map(load_text(self._path, SettingsError), self._path.name), ""
        except SettingsError as error:
            return {}, str(error)

    def save(self, found: Mapping[int, Target]) -> None:
        """Keep it, durably; what was there before stays beside it.

        Raises:
            SettingsError: the disk refuses.
        """
        try:
            write_atomic(self._path, format_midi_map(found).encode(), keep_previous=True)
        except OSError as failure:
            message = f"cannot be saved ({failure.strerror})"
            raise SettingsError(message, where=str(self._path), hint="Is the disk full?") from failure


def _parse_entry(table: dict[str, Any], where: str) -> tuple[int, Target]:
    number = table.pop("number", None)
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= MOST:
        raise SettingsError("number must be a controller from 0 to 119", where=where, hint="Write number = 74")
    texts = {key: table.pop(key) for key in ("parameter", "action") if key in table}
    if len(texts) != 1 or not all(isinstance(text, str) for text in texts.values()):
        hint = 'Write parameter = "BLOCK.PARAM", or action = "tuner"'
        raise SettingsError("must have a parameter or an action", where=where, hint=hint)
    key, text = texts.popitem()
    if key == "action":
        target: Target = parse_action(text[:80], SettingsError, where)
    else:
        ends = [_end(table.pop(end, None), f"{where}: {end}") for end in ("low", "high")]
        target = Expression(parse_action(f"expression:{text:.80}", SettingsError, where).argument, ends[0], ends[1])
    if table:
        left = next(iter(table))
        hint = did_you_mean(left, ["number", "parameter", "action", "low", "high"])
        raise SettingsError(f"unknown key {left!r:.40}", where=where, hint=hint)
    return number, target


def _end(value: object, where: str) -> float | None:
    if value is None:
        return None
    # Compared before it becomes a float: an integer of hundreds of digits would not fit one; and nan is never within.
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e9:
        raise SettingsError(f"{value!r:.20} is no value", where=where, hint="Write a number, in the parameter's unit")
    return float(value)
