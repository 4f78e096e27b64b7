"""What becomes of a knob that is turned: the parameter follows once the knob has picked it up, and the page says so.

Used by the panel's loop. An encoder needs no picking up.
"""

from __future__ import annotations

from pedal.config import Board
from pedal.errors import PedalError
from pedal.panel.controls.encoder import Rotation
from pedal.panel.controls.knobs import PickUp, Turn
from pedal.panel.hand import cell_of
from pedal.panel.player import Player
from pedal.params import KINDS
from pedal.params.words import shown, stepped, turn_of, value_at


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

    def rotated(self, target: str, rotation: Rotation) -> None:
        """An encoder on a parameter: it goes on from where the parameter is, further the faster one turns."""
        try:
            block_id, name = cell_of(target)
            block = self._player.preset.block(block_id)
            kind = KINDS[block.kind]
            param = kind.params[kind.index(name)]
            value = stepped(param, block.value(name), rotation.clicks, rotation.steps)
            self._player.set_param(target, value, rotation.at_s)
            self._player.message = f"{kind.label} {param.label} {shown(param, value)}"
        except PedalError as error:
            self._player.message = str(error)

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
            if not pick_up.turned(turn.value_norm, turn_of(param, block.value(name))):
                return
            value = value_at(param, turn.value_norm)
            self._player.set_param(target, value, now_s)
            self._player.message = f"{kind.label} {param.label} {shown(param, value)}"
        except PedalError as error:
            if not is_first:  # nobody has touched it yet
                self._player.message = str(error)
