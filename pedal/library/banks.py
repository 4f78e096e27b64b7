"""Banks: short lists of presets under the feet, ``banks.toml`` in the state folder.

Read and written by the panel, read by the commands. A bank names presets by their keys, in the order of the switches;
one that is missing keeps its place, so that the others stay where the foot knows them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import tomli_w

from pedal.errors import PresetError, did_you_mean
from pedal.files import parse_toml
from pedal.library.atomic import previous_of
from pedal.library.kept import Form, load_kept, save_kept
from pedal.library.presets import is_key
from pedal.library.watch import Watch
from pedal.paths import state_dir
from pedal.preset.migrate import migrated

NAME = "banks.toml"
#: The version of the file; there is no older one yet.
SCHEMA = 1
MAX_BANKS, MAX_IN_BANK, MAX_BANK_NAME = 64, 8, 24


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank: its name, and the keys of its presets."""

    name: str
    presets: tuple[str, ...] = ()

    def at(self, place: int) -> str:
        """The key at a place, from 1.

        Raises:
            PresetError: there is none.
        """
        if not 1 <= place <= len(self.presets):
            hint = f"Add one with `pedal bank add '{self.name}' PRESET`"
            raise PresetError(f"bank '{self.name}' has no preset {place}", hint=hint)
        return self.presets[place - 1]


Banks = tuple[Bank, ...]


def parse_banks(text: str, where: str) -> Banks:
    """The file's text, checked to the last key.

    Raises:
        NewerSchemaError: a newer pedal wrote it.
        PresetError: says what is wrong, and where.
    """
    raw = migrated(parse_toml(text, where, PresetError), where, ())
    tables = raw.pop("bank", [])
    if raw:
        key = next(iter(raw))
        hint = did_you_mean(key, ["schema", "bank"])
        raise PresetError(f"unknown key {key!r:.40}", where=where, hint=hint)
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise PresetError("bank must be a list of tables", where=where, hint="Write [[bank]] before each bank")
    if len(tables) > MAX_BANKS:
        raise PresetError(f"has {len(tables)} banks", where=where, hint=f"Use at most {MAX_BANKS}")
    banks: list[Bank] = []
    for number, table in enumerate(tables, 1):
        banks.append(_parse(table, tuple(banks), f"{where}, bank {number}"))
    return tuple(banks)


def format_banks(banks: Banks) -> str:
    """The text that ``parse_banks`` reads back as the same banks."""
    parts = [tomli_w.dumps({"schema": SCHEMA})]
    parts += [f"[[bank]]\n{tomli_w.dumps({'name': bank.name, 'presets': list(bank.presets)})}" for bank in banks]
    return "\n".join(parts)


_FORM = Form(parse_banks, {"bank": "name"}, lambda banks: {"bank": [bank.name for bank in banks]})


class BankStore:
    """Where they are kept.

    Args:
        path: of the file; may be missing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def default(cls) -> BankStore:
        """In the player's state folder."""
        return cls(state_dir() / NAME)

    def watch(self) -> Watch:
        """Tells when another file is there."""
        return Watch(self._path)

    def load(self) -> tuple[Banks, str]:
        """All banks, and a sentence where the file is broken and they are as they were before.

        Raises:
            NewerSchemaError: a newer pedal wrote the file.
            PresetError: it cannot be read, and neither can the one before.
        """
        if not self._path.exists() and not previous_of(self._path).exists():
            return (), ""
        return load_kept(self._path, _FORM, "The banks are as they were before.")

    def save(self, banks: Banks) -> None:
        """Keep them, durably.

        Raises:
            PresetError: they could not be read back, a newer pedal's file is there, or the disk refuses.
        """
        save_kept(self._path, format_banks(banks), _FORM)


def find_bank(banks: Banks, name: str) -> Bank:
    """The bank of this name, or number (from 1).

    Raises:
        PresetError: there is none.
    """
    wanted = name.strip().casefold()
    for bank in banks:
        if bank.name.casefold() == wanted:
            return bank
    if wanted.isdecimal() and len(wanted) < 4 and 1 <= int(wanted) <= len(banks):
        return banks[int(wanted) - 1]
    hint = did_you_mean(name, [bank.name for bank in banks]) or "Make one with `pedal bank new NAME`"
    raise PresetError(f"there is no bank {name!r:.40}", hint=hint)


def with_new(banks: Banks, name: str) -> Banks:
    """The same banks with an empty one behind them.

    Raises:
        PresetError: the name is taken or cannot be shown, or there are too many.
    """
    if len(banks) >= MAX_BANKS:
        raise PresetError(f"there are {MAX_BANKS} banks already", hint="Delete one")
    return (*banks, Bank(_checked_name(name, banks, "the bank")))


def with_renamed(banks: Banks, bank: Bank, name: str) -> Banks:
    """The same banks, one of them called otherwise.

    Raises:
        PresetError: the name is taken or cannot be shown.
    """
    others = tuple(other for other in banks if other is not bank)
    return with_presets(banks, replace(bank, name=_checked_name(name, others, "the bank")), bank)


def with_presets(banks: Banks, changed: Bank, bank: Bank) -> Banks:
    """The same banks with ``changed`` in the place of ``bank``.

    Raises:
        PresetError: it has too many presets.
    """
    if len(changed.presets) > MAX_IN_BANK:
        hint = "Remove one, or make another bank"
        raise PresetError(f"bank '{bank.name}' has {MAX_IN_BANK} presets already", hint=hint)
    return tuple(changed if other is bank else other for other in banks)


def _parse(table: dict[str, Any], before: Banks, where: str) -> Bank:
    rest = dict(table)
    name = _checked_name(rest.pop("name", None), before, where)
    keys = rest.pop("presets", [])
    if rest:
        key = next(iter(rest))
        raise PresetError(f"unknown key {key!r:.40}", where=where, hint=did_you_mean(key, ["name", "presets"]))
    if not isinstance(keys, list) or not all(isinstance(key, str) and is_key(key) for key in keys):
        hint = 'Write presets = ["01-crunch", ...], with the names of their files'
        raise PresetError("presets must be a list of presets", where=where, hint=hint)
    if len(keys) > MAX_IN_BANK:
        raise PresetError(f"has {len(keys)} presets", where=where, hint=f"Use at most {MAX_IN_BANK}")
    return Bank(name, tuple(keys))


def _checked_name(name: object, taken: Sequence[Bank], where: str) -> str:
    if not isinstance(name, str) or not name.strip() or len(name) > MAX_BANK_NAME or not name.isprintable():
        hint = f"Use 1 to {MAX_BANK_NAME} plain characters"
        raise PresetError("has no name that a screen shows", where=where, hint=hint)
    if any(bank.name.casefold() == name.casefold() for bank in taken):
        raise PresetError(f"there are two banks '{name}'", where=where, hint="Give each bank its own name")
    return name
