"""Banks under the feet: chosen, played from, changed.

Used by the panel's loop. The file is read anew for every press: it may have been edited by hand.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pedal.config import Board
from pedal.errors import PresetError
from pedal.library.banks import Bank, Banks, BankStore, find_bank, with_new, with_presets, with_renamed
from pedal.panel.bank_requests import (
    AddToBank,
    BankRequest,
    DeleteBank,
    MoveInBank,
    NewBank,
    RemoveFromBank,
    RenameBank,
    UseBank,
)
from pedal.panel.controls.feet import feet_of
from pedal.panel.hand import Hand
from pedal.panel.player import Player


class BankSwitches:
    """What a player does with banks.

    Args:
        player: plays.
        hand: knows which bank is in use, and the presets.
        store: where banks are kept.
        board: says whether there are switches for the presets of a bank.
    """

    def __init__(self, player: Player, hand: Hand, store: BankStore, board: Board) -> None:
        self._player = player
        self._hand = hand
        self._store = store
        self._played = 0, ""
        self._watch = store.watch()
        self._shown: Banks | None = None
        self._has_switches = any(action.name == "preset" for action in feet_of(board).actions.values())

    def answer(self, request: BankRequest) -> dict[str, Any]:
        """Do what a request asks for; the answer says what was done.

        Raises:
            PresetError: it cannot be done; nothing was changed.
        """
        banks = self._load()
        match request:
            case UseBank(bank=name, step=step, place=place):
                if name is not None:
                    self._use(find_bank(banks, name), play=place is None)
                elif step is not None:
                    self.step(step)
                if place is not None:
                    self.play(place)
                return self._about(self._current(self._load()))
            case NewBank(name=name):
                banks = with_new(banks, name)
                self._store.save(banks)
                return self._about(banks[-1])
            case RenameBank(bank=old, name=name):
                bank = find_bank(banks, old)
                self._store.save(with_renamed(banks, bank, name))
                if self._hand.bank == bank.name:
                    self._hand.choose_bank(name)
                return self._about(replace(bank, name=name))
            case DeleteBank(bank=name):
                bank = find_bank(banks, name)
                self._store.save(tuple(other for other in banks if other is not bank))
                return {"deleted": bank.name}
            case AddToBank(bank=name, preset=preset, place=place):
                bank = find_bank(banks, name)
                keys = list(bank.presets)
                keys.insert(len(keys) if place is None else place - 1, self._hand.store.find(preset))
                return self._keep(banks, bank, keys)
            case RemoveFromBank(bank=name, place=place):
                bank = find_bank(banks, name)
                bank.at(place)
                return self._keep(banks, bank, [*bank.presets[: place - 1], *bank.presets[place:]])
            case MoveInBank(bank=name, place=place, to=to):
                bank = find_bank(banks, name)
                keys = [*bank.presets[: place - 1], *bank.presets[place:]]
                keys.insert(to - 1, bank.at(place))
                return self._keep(banks, bank, keys)

    @property
    def shown(self) -> Banks:
        """All banks, for pages that are drawn again and again: read when the file is news; none where it cannot be."""
        if self._watch.is_news() or self._shown is None:
            try:
                self._shown = self._store.load()[0]
            except PresetError:
                self._shown = ()
        return self._shown

    @property
    def in_use(self) -> str:
        """The name of the bank under the feet; empty where there are none."""
        banks = self.shown
        return self._current(banks).name if banks else ""

    def step(self, by: int) -> None:
        """Go to the next (1) or previous (-1) bank, around the ends.

        Raises:
            PresetError: there are no banks.
        """
        banks = self._load()
        current = self._current(banks)
        self._use(banks[(banks.index(current) + by) % len(banks)], play=True)

    def play(self, place: int) -> None:
        """Play the preset at a place (from 1) of the bank in use.

        Raises:
            PresetError: there is none, or it is missing, or cannot be read.
        """
        bank = self._current(self._load())
        key = bank.at(place)
        if key not in self._keys():
            hint = f"Take it out with `pedal bank remove '{bank.name}' {place}`"
            raise PresetError(f"preset '{key}' is missing", where=f"bank '{bank.name}', {place}", hint=hint)
        self._player.select(key)
        self._played = place, key

    def play_program(self, program: int) -> None:
        """What a MIDI program change does: 0 is the first preset of the bank in use, or of the list without banks.

        Raises:
            PresetError: there is none, or it cannot be read.
        """
        if self._load():
            self.play(program + 1)
            return
        keys = [entry.key for entry in self._hand.store.entries()]
        if program >= len(keys):
            raise PresetError(f"there is no preset {program + 1}", hint=f"The list has {len(keys)}")
        self._player.select(keys[program])

    @property
    def place(self) -> int:
        """Where in the bank the preset in work was played from; 0 if it was not."""
        place, key = self._played
        return place if key == self._player.key else 0

    def naming(self, key: str) -> tuple[str, ...]:
        """Names of the banks that have this preset; none where they cannot be read."""
        try:
            return tuple(bank.name for bank in self._store.load()[0] if key in bank.presets)
        except PresetError:
            return ()

    def _use(self, bank: Bank, play: bool) -> None:
        """A bank comes under the feet; without switches for its presets, its first one is played."""
        self._hand.choose_bank(bank.name)
        warning = ""
        if play and not self._has_switches and bank.presets:
            self.play(1)
            warning = self._player.message
        self._player.message = warning or f"Bank {bank.name}: {self._contents(bank)}"

    def _contents(self, bank: Bank) -> str:
        keys = self._keys()
        names = [key if key in keys else f"{key} (missing)" for key in bank.presets]
        return ", ".join(f"{place} {name}" for place, name in enumerate(names, 1)) or "empty"

    def _keep(self, banks: Banks, bank: Bank, keys: list[str]) -> dict[str, Any]:
        changed = replace(bank, presets=tuple(keys))
        self._store.save(with_presets(banks, changed, bank))
        return self._about(changed)

    def _about(self, bank: Bank) -> dict[str, Any]:
        missing = [key for key in bank.presets if key not in self._keys()]
        return {"bank": bank.name, "presets": list(bank.presets), "missing": missing}

    def _current(self, banks: Banks) -> Bank:
        """The bank in use; the first where that one is gone."""
        if not banks:
            raise PresetError("there are no banks", hint="Make one with `pedal bank new NAME`")
        return next((bank for bank in banks if bank.name == self._hand.bank), banks[0])

    def _load(self) -> Banks:
        banks, trouble = self._store.load()
        self._player.message = trouble or self._player.message
        return banks

    def _keys(self) -> set[str]:
        return {entry.key for entry in self._hand.store.entries()}
