"""The pages of presets: the list, what can be done with the one in hand, and a name written letter by letter. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import count
from typing import Literal

from pedal.panel.bank_requests import NewBank, RenameBank
from pedal.panel.chain_requests import NewPreset
from pedal.panel.menu.chain import PLUS, ChainPage
from pedal.panel.menu.facts import Facts
from pedal.panel.menu.sheets import Deed, Do, Home, ListPage, NameSheet, Open, Page, Row, Sheet, Turned, stepped
from pedal.panel.preset_requests import (
    ClearSnapshot,
    DeletePreset,
    RecallSnapshot,
    RenamePreset,
    RevertPreset,
    SavePreset,
    TakeSnapshot,
)
from pedal.panel.protocol import AnyRequest, SelectPreset
from pedal.preset import MAX_NAME, MAX_SNAPSHOTS, Snapshot

OK, ERASE, SPACE = "OK", "Erase", "Space"
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-+&'.,!"
NEW = "New preset"


class PresetsPage(ListPage):
    """All presets by number; a push plays one. Behind the last is a new one, one click before the first."""

    __slots__ = ()

    def title(self, facts: Facts) -> str:
        """As it says."""
        return "Presets"

    def note(self, facts: Facts) -> str:
        """Nobody has looked yet."""
        return "Looking ..."

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """Numbers as the play page has them."""
        rows = [
            Row(
                f"{number} {listed.name}",
                mark=">" if listed.key == facts.key else "",
                push=Do((SelectPreset(name=listed.key),), Home),
            )
            for number, listed in enumerate(facts.goods.presets, 1)
        ]
        if not facts.goods.is_read:
            return tuple(rows)
        new = NewPreset(name=free_name(NEW, _names(facts)))
        return (*rows, Row(NEW, mark="+", push=Do((new,), Home, PLUS, ChainPage())))

    def start(self, facts: Facts) -> int:
        """At the one in hand."""
        keys = [listed.key for listed in facts.goods.presets]
        return keys.index(facts.key) if facts.key in keys else 0


class PresetPage(ListPage):
    """What can be done with the preset in hand."""

    __slots__ = ()

    def title(self, facts: Facts) -> str:
        """Its name."""
        return facts.preset.name + (" (edited)" if facts.edited else "")

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """What is not possible is not there."""
        rows = [save_row(facts), Row("Save as new", push=Open(save_as_page(facts)))]
        if facts.edited:
            question = ConfirmPage("Undo all changes?", RevertPreset())
            rows.append(Row("Revert", push=Open(question)))
        rows.append(Row("Snapshots", push=Open(SnapshotsPage())))
        if facts.key:
            rename = NamePage("Rename", facts.preset.name, "rename", facts.key)
            rows.append(Row("Rename", push=Open(rename)))
        if any(listed.key == facts.key and not listed.is_factory for listed in facts.goods.presets):
            question = ConfirmPage(f"Delete {facts.preset.name}?", DeletePreset(preset=facts.key, sure=True))
            rows.append(Row("Delete", push=Open(question)))
        return tuple(rows)


def save_row(facts: Facts) -> Row:
    """Save; what has no place on disk yet asks for a name."""
    if facts.key:
        return Row("Save", "edited" if facts.edited else "", push=Do((SavePreset(),), Home))
    return Row("Save", "new", push=Open(save_as_page(facts)))


def save_as_page(facts: Facts) -> NamePage:
    """With a name that is free, so that OK is enough."""
    return NamePage("Save as", free_name(facts.preset.name or NEW, _names(facts)), "save")


def _names(facts: Facts) -> list[str]:
    return [listed.name for listed in facts.goods.presets]


def free_name(name: str, taken: Iterable[str]) -> str:
    """``name`` if no preset has it, else with the first number behind it that is free."""
    known = {other.casefold() for other in taken}
    if name and name.casefold() not in known:
        return name
    base = name.rstrip("0123456789").rstrip()[: MAX_NAME - 5] or NEW
    return next(fresh for number in count(2) if (fresh := f"{base} {number}").casefold() not in known)


class SnapshotsPage(ListPage):
    """Eight settings of one preset: a push recalls one, or takes one where there is none. Writing over one asks."""

    __slots__ = ()

    def title(self, facts: Facts) -> str:
        """As it says."""
        return "Snapshots"

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """All places, taken or not; and what else can be done with those that are."""
        there = {snapshot.number: snapshot for snapshot in facts.preset.snapshots}
        rows = []
        for number in range(1, MAX_SNAPSHOTS + 1):
            take = Do((TakeSnapshot(number=number),))
            if number in there:
                mark = ">" if facts.preset.snapshot == number else ""
                recall = Do((RecallSnapshot(number=number),))
                rows.append(Row(snapshot_label(there[number]), mark=mark, push=recall))
            else:
                rows.append(Row(str(number), "take", push=take))
        if there:
            rows.append(Row("Write over one", push=Open(TakenSnapshotsPage(clears=False))))
            rows.append(Row("Clear one", push=Open(TakenSnapshotsPage(clears=True))))
        return tuple(rows)


@dataclass(frozen=True, slots=True)
class TakenSnapshotsPage(ListPage):
    """Which snapshot is written over with what plays, or forgotten: what it was is not taken back, so it asks."""

    clears: bool

    def title(self, facts: Facts) -> str:
        """What is asked."""
        return "Clear which?" if self.clears else "Write over which?"

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """Those that there are."""
        rows = []
        for snapshot in facts.preset.snapshots:
            label, number = snapshot_label(snapshot), snapshot.number
            wish = ClearSnapshot(number=number) if self.clears else TakeSnapshot(number=number)
            question = ConfirmPage(f"{'Clear' if self.clears else 'Write over'} {label}?", wish, SnapshotsPage)
            mark = ">" if facts.preset.snapshot == number else ""
            rows.append(Row(label, mark=mark, push=Open(question)))
        return tuple(rows)


def snapshot_label(snapshot: Snapshot) -> str:
    """Its number and name."""
    return f"{snapshot.number} {snapshot.name}".rstrip()


@dataclass(frozen=True, slots=True)
class ConfirmPage(ListPage):
    """A question before something that is not taken back easily; No comes first. Either answer goes ``to`` a page."""

    question: str
    wish: AnyRequest
    to: type[object] = Home

    def title(self, facts: Facts) -> str:
        """The question."""
        return self.question

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """Two answers."""
        return Row("No", push=Do((), self.to)), Row("Yes", push=Do((self.wish,), self.to))


@dataclass(frozen=True, slots=True)
class NamePage(Page):
    """A name: turning chooses a letter, a push writes it. What was written is the page itself.

    Attributes:
        heading: above it.
        text: as far as it is written.
        purpose: what the name is for.
        key: of what is renamed.
        most: how many letters.
        to: the page behind it.
    """

    heading: str
    text: str
    purpose: Literal["save", "rename", "bank", "rename bank"]
    key: str = ""
    most: int = MAX_NAME
    to: type[object] = Home

    @property
    def choices(self) -> tuple[str, ...]:
        """OK first: the name that is there may be right. Letters are capitals where a word begins."""
        letters = _LETTERS.upper() if not self.text or self.text.endswith(" ") else _LETTERS
        return (OK, ERASE, *letters, SPACE)

    def sheet(self, facts: Facts, at: int) -> Sheet:
        """The name and the letters around the place."""
        choices = self.choices
        return NameSheet(self.heading, self.text, choices[at % len(choices)], choices, at % len(choices))

    def turn(self, facts: Facts, at: int, steps: int) -> Turned:
        """Through the letters."""
        return Turned(stepped(at, steps, len(self.choices)))

    def push(self, facts: Facts, at: int) -> Deed | None:
        """Write, erase, or be done."""
        choice = self.choices[at % len(self.choices)]
        if choice == OK:
            return self._done()
        written = self.text[:-1] if choice == ERASE else self.text + (" " if choice == SPACE else choice)
        return Open(replace(self, text=written[: self.most]), instead=True, at=at)

    def _done(self) -> Deed | None:
        name = self.text.strip()
        if not name:
            return None
        match self.purpose:
            case "save":
                return Do((SavePreset(name=name),), self.to)
            case "rename":
                return Do((RenamePreset(preset=self.key, name=name),), self.to)
            case "bank":
                return Do((NewBank(name=name),), self.to)
            case "rename bank":
                return Do((RenameBank(bank=self.key, name=name),), self.to)
