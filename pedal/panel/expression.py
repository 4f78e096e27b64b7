"""The expression pedal on its parameter: calibrated, within the range that the preset gives, and said on the page.

Used by the panel's loop. There is no pick-up: a foot that moves means the parameter to follow, and kernels ramp there.
What a preset or a command sets stays until the foot moves.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from pedal.config import Board
from pedal.errors import ControlError, PedalError
from pedal.library.calibration import Calibration, CalibrationStore, checked_calibration
from pedal.panel.hand import cell_of
from pedal.panel.player import Player
from pedal.params import KINDS
from pedal.params.words import shown, turn_of, value_at
from pedal.preset import Expression

#: Called so among the converter's inputs: no knob of a board file can be.
INPUT = "[expression]"


class ExpressionPedal:
    """What the foot on it does.

    Args:
        board: says what it moves unless a preset does.
        player: does it.
        store: keeps the calibration.
    """

    def __init__(self, board: Board, player: Player, store: CalibrationStore) -> None:
        self._board = board
        self._player = player
        self._store = store
        self._watch = store.watch()
        self._calibration, trouble = store.load()
        player.message = player.message or trouble
        self._reading: float | None = None
        self._heel_shown: float | None = None
        self._pointed: tuple[str, str] = "", ""  # at this parameter, while this preset is in work

    @property
    def target(self) -> Expression | None:
        """What it moves now: what a switch pointed it at, else what the preset says, else what the board says."""
        key, parameter = self._pointed
        if parameter and key == self._player.key:
            return Expression(parameter)
        if self._player.preset.expression is not None:
            return self._player.preset.expression
        return Expression(self._board.expression.parameter) if self._board.expression else None

    def point(self, parameter: str) -> None:
        """Move this from now on, until another preset is played.

        Raises:
            PresetError: the preset has no such block.
        """
        block_id, name = cell_of(parameter)
        kind = KINDS[self._player.preset.block(block_id).kind]
        param = kind.params[kind.index(name)]
        self._pointed = self._player.key, parameter
        self._player.message = f"Expression: {kind.label} {param.label}"

    def give(self, parameter: str) -> None:
        """Move this in the preset in hand, over all of its range; empty: what the board says. It is saved with it.

        Raises:
            PresetError: the preset has no such parameter.
        """
        target = None
        if parameter:
            block_id, name = cell_of(parameter)
            KINDS[self._player.preset.block(block_id).kind].index(name)
            target = Expression(parameter)
        self._player.work.hold(replace(self._player.preset, expression=target))
        self._pointed = "", ""

    def moved(self, reading: float, now_s: float) -> None:
        """The converter reads ``reading`` (0 to 1): let the parameter follow."""
        before, self._reading = self._reading, reading
        if before not in (None, reading):  # where it stands at the start is no movement
            self.play(self._calibration.position(reading), now_s)

    def play(self, position: float, now_s: float) -> None:
        """The pedal is at ``position``, 0 at the heel and 1 at the toe; a preset without the block ignores it."""
        target = self.target
        if target is None:
            return
        try:
            self._player.message = move_to(self._player, target, position, now_s)
        except PedalError as error:
            if self._player.preset.expression is not None:  # else the board's default, which not every preset has
                self._player.message = str(error)

    def look_at_file(self) -> None:
        """The ends that a restore brought count from now on; what cannot be read changes nothing."""
        if self._watch.is_news():
            found, trouble = self._store.load()
            self._calibration = self._calibration if trouble else found
            self._player.message = trouble or self._player.message

    def learn(self, end: Literal["heel", "toe", "forget"]) -> None:
        """The pedal is all the way at this end now; the toe comes after the heel, and both are kept then.

        Raises:
            ControlError: the board has no pedal, or the heel was not shown yet.
            SettingsError: the ends are the same, or the disk refuses.
        """
        if end == "forget":
            self._store.save(Calibration())
            self._calibration, self._heel_shown = Calibration(), None
            return
        if self._reading is None:
            hint = "Write [expression] into the board file" if self._board.expression is None else "Is it plugged in?"
            raise ControlError("there is no expression pedal", hint=hint)
        if end == "heel":
            self._heel_shown = self._reading
            return
        if self._heel_shown is None:
            raise ControlError("the heel comes first", hint="Put the heel down and say `pedal expression heel`")
        calibration = checked_calibration(self._heel_shown, self._reading, "expression")
        self._store.save(calibration)
        self._calibration, self._heel_shown = calibration, None

    def status(self) -> dict[str, Any]:
        """For ``pedal expression``."""
        target, reading = self.target, self._reading
        return {
            "moves": None if target is None else target.parameter,
            "reading": None if reading is None else round(reading, 4),
            "position": None if reading is None else round(self._calibration.position(reading), 4),
            "heel": self._calibration.heel,
            "toe": self._calibration.toe,
        }


def move_to(player: Player, target: Expression, position: float, now_s: float) -> str:
    """A parameter, put where a pedal at ``position`` (0 at the heel, 1 at the toe) has it; returns it in words.

    Raises:
        PresetError: the preset has no such parameter.
    """
    block_id, name = cell_of(target.parameter)
    kind = KINDS[player.preset.block(block_id).kind]
    param = kind.params[kind.index(name)]
    heel = 0.0 if target.heel is None else turn_of(param, min(max(target.heel, param.low), param.high))
    toe = 1.0 if target.toe is None else turn_of(param, min(max(target.toe, param.low), param.high))
    value = value_at(param, heel + (toe - heel) * position)
    player.set_param(target.parameter, value, now_s)
    return f"{kind.label} {param.label} {shown(param, value)}"
