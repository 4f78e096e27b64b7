"""What becomes of a knob that is turned: the parameter follows once the knob has picked it up, and the page says so.

Used by the panel's loop.
"""

from __future__ import annotations

from pedal.config import Board
from pedal.errors import PedalError
from pedal.panel.controls.knobs import PickUp, Turn
from pedal.panel.hand import cell_of
from pedal.panel.player import Player
from pedal.params import KINDS, Param


class Turns:
    """The knobs of a board on their parameters.

    Args:
        board: says which parameter a knob turns.
        player: does it.
    """

    def __init__(self, board: Board, player: Player) -> None:
        self._board = board
        self._player = player
        self._pick_ups: dict[str, PickUp] = {}

    def turned(self, turn: Turn, now_s: float) -> None:
        """Let the parameter follow, if the knob has it; a preset without such a block has a knob that does nothing."""
        is_first = turn.knob not in self._pick_ups
        pick_up = self._pick_ups.setdefault(turn.knob, PickUp())
        target = self._board.knobs[turn.knob].parameter
        try:
            block_id, name = cell_of(target)
            block = self._player.preset.block(block_id)
            kind = KINDS[block.kind]
            param = kind.params[kind.index(name)]
            span = param.high - param.low
            if not pick_up.turned(turn.value_norm, (block.value(name) - param.low) / span):
                return
            value = round(param.low + turn.value_norm * span, 3)
            self._player.set_param(target, value, now_s)
            self._player.message = f"{kind.label} {param.label} {shown(param, value)}"
        except PedalError as error:
            if not is_first:  # nobody has touched it yet
                self._player.message = str(error)


def shown(param: Param, value: float) -> str:
    """A value as the page says it: ``+3.5 dB``, ``0.12 s``, ``on``."""
    if param.unit == "on/off":
        return "on" if value >= 0.5 else "off"
    number = f"{round(value, 1) + 0.0:+.1f}" if param.unit == "dB" else f"{value:.3g}"  # + 0.0: no "-0.0"
    return f"{number} {param.unit}".rstrip()
