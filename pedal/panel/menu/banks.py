"""The pages of banks: which one is under the feet, what is in it, and in which order. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from pedal.library.banks import MAX_BANK_NAME, MAX_BANKS, MAX_IN_BANK, Bank
from pedal.panel.bank_requests import AddToBank, DeleteBank, MoveInBank, RemoveFromBank, UseBank
from pedal.panel.menu.facts import Facts
from pedal.panel.menu.presets import ConfirmPage, NamePage, free_name
from pedal.panel.menu.sheets import Back, Deed, Do, Home, ListPage, ListSheet, Open, Row, Sheet, Turned, stepped, within

NEW = "New bank"


class BanksPage(ListPage):
    """All banks; the one in use has a mark."""

    __slots__ = ()

    def title(self, facts: Facts) -> str:
        """As it says."""
        return "Banks"

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """And, behind them, a new one."""
        rows = [
            Row(bank.name, str(len(bank.presets)), ">" if bank.name == facts.bank else "", Open(BankPage(bank.name)))
            for bank in facts.banks
        ]
        if len(facts.banks) < MAX_BANKS:
            name = free_name("Bank", [bank.name for bank in facts.banks])
            page = NamePage(NEW, name, "bank", most=MAX_BANK_NAME, to=BanksPage)
            rows.append(Row(NEW, mark="+", push=Open(page)))
        return tuple(rows)

    def start(self, facts: Facts) -> int:
        """At the one in use."""
        return next((at for at, bank in enumerate(facts.banks) if bank.name == facts.bank), 0)


@dataclass(frozen=True, slots=True)
class BankPage(ListPage):
    """One bank: a push on a preset plays it, and the bank is under the feet then."""

    bank: str

    def title(self, facts: Facts) -> str:
        """Its name."""
        return self.bank

    def note(self, facts: Facts) -> str:
        """It was deleted meanwhile."""
        return "This bank is gone."

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """Its presets by place, then what can be done with it; what is not possible is not there."""
        bank = bank_of(facts, self.bank)
        if bank is None:
            return ()
        rows = [
            Row(label, mark=mark, push=Do((UseBank(bank=self.bank, place=place),), Home))
            for place, (label, mark) in enumerate(_places(facts, bank), 1)
        ]
        if self.bank != facts.bank:
            rows.append(Row("Use this bank", push=Do((UseBank(bank=self.bank),), Home)))
        if facts.key and len(bank.presets) < MAX_IN_BANK:
            rows.append(Row("Add this preset", mark="+", push=Do((AddToBank(bank=self.bank, preset=facts.key),))))
        if len(bank.presets) > 1:
            rows.append(Row("Move", push=Open(PlacesPage(self.bank, moves=True))))
        if bank.presets:
            rows.append(Row("Take out", push=Open(PlacesPage(self.bank, moves=False))))
        question = ConfirmPage(f"Delete {self.bank}?", DeleteBank(bank=self.bank), BanksPage)
        rename = NamePage("Rename", self.bank, "rename bank", self.bank, MAX_BANK_NAME, BanksPage)
        return (*rows, Row("Rename", push=Open(rename)), Row("Delete", push=Open(question)))

    def start(self, facts: Facts) -> int:
        """At the preset in hand."""
        bank = bank_of(facts, self.bank)
        return bank.presets.index(facts.key) if bank and facts.key in bank.presets else 0


@dataclass(frozen=True, slots=True)
class PlacesPage(ListPage):
    """Which preset is to be moved, or taken out. The preset itself stays, so nothing is asked."""

    bank: str
    moves: bool

    def title(self, facts: Facts) -> str:
        """What is asked."""
        return "Move which?" if self.moves else "Take out which?"

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """The places."""
        bank = bank_of(facts, self.bank)
        return tuple(Row(label, push=self._deed(at)) for at, (label, _) in enumerate(_places(facts, bank)))

    def _deed(self, at: int) -> Deed:
        if self.moves:
            return Open(MoveInBankPage(self.bank), instead=True, at=at)
        return Do((RemoveFromBank(bank=self.bank, place=at + 1),), BankPage)


@dataclass(frozen=True, slots=True)
class MoveInBankPage(ListPage):
    """A preset in the hand: turning moves it, a push puts it down."""

    bank: str

    def title(self, facts: Facts) -> str:
        """What turning does."""
        return "Turn to move it"

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """The places, as they are now."""
        return tuple(Row(label) for label, _ in _places(facts, bank_of(facts, self.bank)))

    def sheet(self, facts: Facts, at: int) -> Sheet:
        """With a mark at the one in the hand."""
        rows = self.rows(facts)
        at = within(at, len(rows))
        held = tuple(Row(row.label, mark=">" if number == at else "") for number, row in enumerate(rows))
        return ListSheet(self.title(facts), held, at, "" if rows else self.note(facts))

    def turn(self, facts: Facts, at: int, steps: int) -> Turned:
        """To another place."""
        count = len(self.rows(facts))
        place = within(at, count)
        to = stepped(place, steps, count)
        wishes = () if to == place else (MoveInBank(bank=self.bank, place=place + 1, to=to + 1),)
        return Turned(to, wishes)

    def push(self, facts: Facts, at: int) -> Deed | None:
        """It lies there already."""
        return Back()


def bank_of(facts: Facts, name: str) -> Bank | None:
    """The bank of this name."""
    return next((bank for bank in facts.banks if bank.name == name), None)


def _places(facts: Facts, bank: Bank | None) -> list[tuple[str, str]]:
    """What stands at each place, with a mark where it plays."""
    names = {listed.key: listed.name for listed in facts.goods.presets}
    unknown = " (missing)" if facts.goods.is_read else ""
    return [
        (f"{place} {names.get(key, key + unknown)}", ">" if key == facts.key else "")
        for place, key in enumerate(bank.presets if bank else (), 1)
    ]
