"""Which blocks the preset in hand has: added, moved, removed, or none at all.

Used by the panel's loop, for the menu and for the control socket alike. Every change is a rig of its own: it is built
while the old one plays, blocks that stay keep their state, and what breaks is bridged.
"""

from __future__ import annotations

from typing import Any

from pedal.panel.chain_requests import AddBlock, ChainRequest, MoveBlock, NewPreset, RemoveBlock
from pedal.panel.player import Player
from pedal.preset import Preset, checked_name
from pedal.preset.editing import with_added, with_moved, with_removed


class Chain:
    """What a player does with blocks."""

    def __init__(self, player: Player) -> None:
        self._player = player

    def answer(self, request: ChainRequest) -> dict[str, Any]:
        """Do what a request asks for; the answer has the chain as it will sound in a moment.

        Raises:
            PresetError: it cannot be done; nothing was changed.
            NoRoomError: a new block does not fit; if only the builder can know, it says so on the page.
        """
        work = self._player.work
        match request:
            case NewPreset(name=name):
                work.build("", Preset(checked_name(name, "preset")), {})
            case AddBlock(kind=kind, asset=asset, place=place):
                changed = with_added(work.preset, kind, asset or "", place)
                there = {block.id for block in work.preset.blocks}
                added = next(block for block in changed.blocks if block.id not in there)
                work.add(changed, added)
            case MoveBlock(block=block, place=place):
                work.build(work.key, with_moved(work.preset, block, place), work.quality)
            case RemoveBlock(block=block):
                work.build(work.key, with_removed(work.preset, block), work.quality)
        return {"preset": work.preset.name, "blocks": [block.id for block in work.preset.blocks]}
