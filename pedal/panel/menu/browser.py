"""The pages of models and impulse responses: folders, favourites, and what is played now. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from pedal.library.cards import AssetKind
from pedal.panel.chain_requests import AddBlock
from pedal.panel.menu.dials import block_of
from pedal.panel.menu.facts import Facts, Goods, Thing
from pedal.panel.menu.sheets import Deed, Do, ListPage, Open, Page, Row
from pedal.panel.protocol import SetParam
from pedal.params import KINDS

#: In place of a folder: all that is liked.
FAVOURITES = "*"
_TITLES: dict[AssetKind, str] = {"model": "Models", "impulse": "Cabinets"}


@dataclass(frozen=True, slots=True)
class Fill:
    """What is chosen plays in a block that is there: ``key`` is ``model``, ``impulse`` or ``impulse_b``."""

    block_id: str
    key: str

    def chosen(self, facts: Facts) -> str:
        """What it plays now."""
        block = block_of(facts, self.block_id)
        return block.files.get(self.key, "") if block else ""

    def deed(self, thing: Thing) -> Deed:
        """At once, and the page stays: the next one is a turn and a push away."""
        return Do((SetParam(target=f"{self.block_id}.{self.key}", value=thing.asset_name),))


@dataclass(frozen=True, slots=True)
class Add:
    """What is chosen plays in a new block; ``then`` is the page to go back to, at ``at``."""

    kind: str
    place: int | None
    then: type[object]
    at: int

    def chosen(self, facts: Facts) -> str:
        """Nothing yet."""
        return ""

    def deed(self, thing: Thing) -> Deed:
        """The block, and back to the chain."""
        wish = AddBlock(kind=self.kind, asset=thing.asset_name, place=self.place)
        return Do((wish,), self.then, self.at)


@dataclass(frozen=True, slots=True)
class BrowserPage(ListPage):
    """One folder: those below it first, then what lies in it. The favourites are a folder of the first page."""

    kind: AssetKind
    purpose: Fill | Add
    folder: str = ""

    def title(self, facts: Facts) -> str:
        """The folder's own name."""
        if self.folder == FAVOURITES:
            return "Favourites"
        return self.folder.rpartition("/")[2] or _TITLES[self.kind]

    def note(self, facts: Facts) -> str:
        """Why there is nothing."""
        if not facts.goods.is_read:
            return "Looking ..."
        return "None yet. Put them on a USB stick and plug it in."

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """Folders, then things; what plays and what is liked have a mark."""
        return _rows(self, facts.goods, self.purpose.chosen(facts))

    def start(self, facts: Facts) -> int:
        """At what plays, if it lies here; else at the folder that leads to it."""
        chosen = self.purpose.chosen(facts)
        thing = next((thing for thing in facts.goods.things(self.kind) if thing.asset_name == chosen), None)
        for at, row in enumerate(self.rows(facts)):
            if row.mark == ">" or (thing and isinstance(row.push, Open) and self._leads_to(row.push.page, thing)):
                return at
        return 0

    @staticmethod
    def _leads_to(page: Page, thing: Thing) -> bool:
        return isinstance(page, BrowserPage) and f"{thing.folder}/".startswith(f"{page.folder}/")


@lru_cache(maxsize=4)  # ten pages a second show the same thousand rows
def _rows(page: BrowserPage, goods: Goods, chosen: str) -> tuple[Row, ...]:
    things, folder = goods.things(page.kind), page.folder
    if folder == FAVOURITES:
        return tuple(_thing(page, thing, chosen) for thing in things if thing.favourite)
    below = f"{folder}/" if folder else ""
    inside = [thing.folder for thing in things if thing.folder.startswith(below) and thing.folder != folder]
    names = dict.fromkeys(below + name[len(below) :].partition("/")[0] for name in inside)
    rows = [_folder(page, name, name.rpartition("/")[2]) for name in names]
    if not folder and any(thing.favourite for thing in things):
        rows.insert(0, _folder(page, FAVOURITES, "Favourites"))
    return (*rows, *(_thing(page, thing, chosen) for thing in things if thing.folder == folder))


def _folder(page: BrowserPage, folder: str, label: str) -> Row:
    return Row(label, "", "/", push=Open(replace(page, folder=folder)))


def _thing(page: BrowserPage, thing: Thing, chosen: str) -> Row:
    mark = ">" if thing.asset_name == chosen else "*" if thing.favourite else ""
    return Row(thing.label, "", mark, push=page.purpose.deed(thing))


def kind_of_file(key: str) -> AssetKind:
    """Which list a block's key is filled from."""
    return "model" if key == "model" else "impulse"


def browser_for(block_kind: str, place: int | None, then: type[object], at: int) -> BrowserPage:
    """The page on which a new block's file is chosen."""
    return BrowserPage(kind_of_file(KINDS[block_kind].asset), Add(block_kind, place, then, at))
