"""What several people who steer one pedal must agree on: the preset in work, and what else they turn.

Used by the panel's loop, for ``pedal chain show`` and to say what has changed (``feeds``). Reads, changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from pedal.panel.chain_view import describe_block, told_blocks
from pedal.panel.hand import Hand
from pedal.panel.keeping import Keeping
from pedal.panel.player import Player


@dataclass(frozen=True, slots=True)
class State:
    """Of one panel; ``hand``, ``player`` and ``keeping`` are its."""

    hand: Hand
    player: Player
    keeping: Keeping

    def flat(self) -> dict[str, Any]:
        """All but the blocks, of plain values, made anew: two are compared to see what has changed."""
        hand, player = self.hand, self.player
        preset = player.preset
        return {
            "preset": preset.name,
            "preset_key": player.key,
            "building": player.work.is_building,
            "edited": self.keeping.is_edited,
            "snapshot": preset.snapshot,
            "snapshots": [{"number": kept.number, "name": kept.name} for kept in preset.snapshots],
            "switches": {name: dict(does) for name, does in preset.switches.items()},
            "bank": hand.bank,
            "bypassed": player.is_bypassed,
            "quality": dict(player.work.quality),
            "connection": player.outlet.connection.name,
            "connection_values": player.outlet.connection.values,
            "levels": msgspec.to_builtins(player.levels.now),
            "message": player.message or player.notice or player.work.progress(),
        }

    def whole(self) -> dict[str, Any]:
        """All of it, with the blocks in the order of the signal."""
        return self.flat() | {"blocks": [describe_block(block) for block in told_blocks(self.player.preset)]}
