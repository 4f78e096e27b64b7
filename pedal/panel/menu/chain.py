"""The pages of the chain: its blocks in order, one block with its knobs, a new one, another place. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from pedal.panel.chain_requests import AddBlock, Favour, MoveBlock, RemoveBlock
from pedal.panel.menu.browser import BrowserPage, Fill, browser_for, kind_of_file
from pedal.panel.menu.dials import BlockKnob, block_of
from pedal.panel.menu.facts import Facts
from pedal.panel.menu.sheets import (
    Back,
    Box,
    ChainSheet,
    Deed,
    Do,
    ListPage,
    Open,
    Page,
    Row,
    Sheet,
    Turned,
    stepped,
    within,
)
from pedal.panel.protocol import SetParam, SetWidth, SwitchBlock
from pedal.params import BYPASS, KINDS, BlockKind
from pedal.params.words import shown
from pedal.preset import MAX_BLOCKS, RESERVED, Block

#: In a chain page's place: the box that adds, wherever it is by then.
PLUS = -1
#: What usually follows a block, where a player builds a chain from nothing.
_FOLLOWERS = {"": "gate", "amp": "cab", "tone": "cab", "eq": "cab", "cab": "delay", "delay": "reverb"}
#: In a box there is room for three letters.
_SHORT = {
    "gate": "GTE", "comp": "CMP", "wah": "WAH", "boost": "BST", "drive": "DRV", "amp": "AMP", "tone": "TON",
    "eq": "EQ", "cab": "CAB", "chorus": "CHO", "flanger": "FLG", "phaser": "PHA", "tremolo": "TRM",
    "vibrato": "VIB", "delay": "DLY", "reverb": "REV", "input": "IN", "output": "OUT",
}  # fmt: skip
_WIDTHS = ("auto", "full", "lite")
_TAPS = ("512", "1024", "2048", "4096", "8192")


def short_name(kind: str) -> str:
    """What stands in a block's box."""
    return _SHORT.get(kind, kind[:3].upper())


def file_label(name: str) -> str:
    """A file as it is shown: without its folders and its ending."""
    return name.rpartition("/")[2].removesuffix(".nam").removesuffix(".wav")


@dataclass(frozen=True, slots=True)
class ChainPage(Page):
    """The blocks on a wire. Places: the input, the blocks, the box that adds, the output."""

    def sheet(self, facts: Facts, at: int) -> Sheet:
        """All of it; the drawing shows the part around the place."""
        preset = facts.preset
        blocks = (_box(block, facts) for block in preset.blocks)
        boxes = (_box(preset.input, facts), *blocks, Box("+", "Add"), _box(preset.output, facts))
        return ChainSheet(preset.name, boxes, _place(facts, at))

    def start(self, facts: Facts) -> int:
        """At the first amp; in an empty chain where it begins to be one."""
        kinds = [block.kind for block in facts.preset.blocks]
        return kinds.index("amp") + 1 if "amp" in kinds else PLUS

    def turn(self, facts: Facts, at: int, steps: int) -> Turned:
        """Along the wire."""
        return Turned(stepped(_place(facts, at), steps, len(facts.preset.blocks) + 3))

    def push(self, facts: Facts, at: int) -> Deed:
        """Into the block, or a new one."""
        block = _block_at(facts, at)
        return Open(AddPage(None)) if block is None else Open(BlockPage(block.id))


def _place(facts: Facts, at: int) -> int:
    blocks = len(facts.preset.blocks)
    return blocks + 1 if at == PLUS else within(at, blocks + 3)


def _block_at(facts: Facts, at: int) -> Block | None:
    """None at the box that adds."""
    preset = facts.preset
    return (preset.input, *preset.blocks, None, preset.output)[_place(facts, at)]


def _box(block: Block, facts: Facts) -> Box:
    label, waits = KINDS[block.kind].label, block.id in facts.held
    return Box(short_name(block.kind), label, file_label(block.asset), block.on, waits)


@dataclass(frozen=True, slots=True)
class AddPage(ListPage):
    """Which kind of block; ``place`` counts from 1, None is the end."""

    place: int | None

    def title(self, facts: Facts) -> str:
        """How many more there may be is said where it matters."""
        left = MAX_BLOCKS - len(facts.preset.blocks)
        return "Add" if left > 3 else f"Add ({left} left)"

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """All kinds that a preset lists."""
        return tuple(Row(kind.label, push=self._deed(kind)) for kind in _kinds())

    def start(self, facts: Facts) -> int:
        """At what usually comes next."""
        blocks = facts.preset.blocks[: None if self.place is None else self.place - 1]
        follower = _FOLLOWERS.get(blocks[-1].kind if blocks else "", "amp")
        if any(block.kind == "amp" for block in blocks) and follower == "amp":
            follower = "reverb"
        return [kind.name for kind in _kinds()].index(follower)

    def _deed(self, kind: BlockKind) -> Deed:
        at = PLUS if self.place is None else self.place
        if kind.asset:
            return Open(browser_for(kind.name, self.place, ChainPage, at))
        return Do((AddBlock(kind=kind.name, place=self.place),), ChainPage, at)


def _kinds() -> tuple[BlockKind, ...]:
    return tuple(kind for kind in KINDS.values() if not kind.implicit)


@dataclass(frozen=True, slots=True)
class BlockPage(ListPage):
    """One block: on or off, its file, its knobs, its options, and its place in the chain."""

    block_id: str

    def title(self, facts: Facts) -> str:
        """Its kind, and its id where there are several."""
        block = block_of(facts, self.block_id)
        if block is None:
            return "Gone"
        label = KINDS[block.kind].label
        several = sum(other.kind == block.kind for other in facts.preset.blocks) > 1
        return f"{label}: {block.id}" if several else label

    def note(self, facts: Facts) -> str:
        """It was removed meanwhile."""
        return "It is not there any more."

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """From what is done most to what is done least."""
        block = block_of(facts, self.block_id)
        if block is None:
            return ()
        knobs = tuple(_knob(block, param.name) for param in KINDS[block.kind].params if param is not BYPASS)
        if block.id in RESERVED:
            return knobs
        is_on = "waits" if block.id in facts.held else "yes" if block.on else "no"
        switch = Row("On", is_on, push=Do((SwitchBlock(block=block.id, on=not block.on),)))
        place = [other.id for other in facts.preset.blocks].index(block.id) + 1
        return (
            *_files(block, facts),
            switch,
            *_width(block, facts),
            *knobs,
            *_options(block),
            Row("Move", push=Open(MovePage(block.id))),
            Row("Add before", push=Open(AddPage(place))),
            Row("Remove", push=Do((RemoveBlock(block=block.id),), ChainPage)),
        )


def _knob(block: Block, name: str) -> Row:
    kind = KINDS[block.kind]
    param = kind.params[kind.index(name)]
    value = block.value(name)
    if param.unit == "on/off":
        flip = Do((SetParam(target=f"{block.id}.{name}", value=float(value < 0.5)),))
        return Row(param.label, shown(param, value), push=flip)
    return Row(param.label, shown(param, value), push=Open(BlockKnob(block.id, name)))


def _files(block: Block, facts: Facts) -> tuple[Row, ...]:
    kind = KINDS[block.kind]
    if not kind.asset:
        return ()
    assets = kind_of_file(kind.asset)
    play = Row(kind.asset.capitalize(), file_label(block.asset), push=_browse(block.id, kind.asset))
    thing = next((thing for thing in facts.goods.things(assets) if thing.asset_name == block.asset), None)
    if thing is None:
        return (play,)
    liking = Do((Favour(kind=assets, content=thing.content, on=not thing.favourite),))
    return play, Row("Favourite", "yes" if thing.favourite else "no", push=liking)


def _browse(block_id: str, key: str) -> Open:
    return Open(BrowserPage(kind_of_file(key), Fill(block_id, key)))


def _width(block: Block, facts: Facts) -> tuple[Row, ...]:
    if block.kind != "amp":
        return ()
    number = [other.id for other in facts.preset.blocks if other.kind == "amp"].index(block.id) + 1
    now = facts.quality.get(block.id, "auto")
    following = _WIDTHS[(_WIDTHS.index(now) + 1) % len(_WIDTHS)] if now in _WIDTHS else "auto"
    wish = SetWidth(width=following, amp=number)
    return (Row("Width", now, push=Do((wish,))),)


def _options(block: Block) -> tuple[Row, ...]:
    rows = []
    for option in KINDS[block.kind].options:
        label, now = option.name.replace("_", " ").capitalize(), str(block.option(option.name))
        if option.asset:
            rows.append(Row(label, file_label(now) or "none", push=_browse(block.id, option.name)))
            continue
        words = option.words or _TAPS
        following = words[(words.index(now) + 1) % len(words)] if now in words else words[0]
        wish = SetParam(target=f"{block.id}.{option.name}", value=following)
        rows.append(Row(label, now, push=Do((wish,))))
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class MovePage(Page):
    """A block that is carried along the chain by turning; a push puts it down."""

    block_id: str

    def sheet(self, facts: Facts, at: int) -> Sheet:
        """The blocks alone."""
        boxes = tuple(_box(block, facts) for block in facts.preset.blocks)
        return ChainSheet("Turn to move", boxes, self._index(facts), held=True)

    def turn(self, facts: Facts, at: int, steps: int) -> Turned:
        """To another place: the chain is built anew, and the sound goes on."""
        place = within(self._index(facts) + steps, len(facts.preset.blocks)) + 1
        if place == self._index(facts) + 1 or block_of(facts, self.block_id) is None:
            return Turned(at)
        return Turned(at, (MoveBlock(block=self.block_id, place=place),))

    def push(self, facts: Facts, at: int) -> Deed:
        """It stays there."""
        return Back()

    def _index(self, facts: Facts) -> int:
        ids = [block.id for block in facts.preset.blocks]
        return ids.index(self.block_id) if self.block_id in ids else 0
