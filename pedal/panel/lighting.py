"""What there is for the lights to show, collected at every tick of the panel's loop."""

from __future__ import annotations

from pedal.config import Board
from pedal.link.status import Status
from pedal.panel.banks import BankSwitches
from pedal.panel.controls.lights import Scene, lights_of
from pedal.panel.controls.outputs_lights import Lights
from pedal.panel.display.pages import LoopState
from pedal.panel.footwork import Footwork
from pedal.panel.player import Player, has_tempo
from pedal.panel.report import has_clipped, is_held_down
from pedal.panel.rigs import Rigs
from pedal.panel.tuner import Tuner
from pedal.params.tempo import TEMPO


class Lighting:
    """The lights of a board.

    Args:
        board: which there are, and what they show.
        lights: open; None where nobody opened any.
        player, rigs, tuner, banks: what they show.
        footwork: what the switches do.
    """

    def __init__(
        self,
        board: Board,
        lights: Lights | None,
        player: Player,
        rigs: Rigs,
        tuner: Tuner,
        banks: BankSwitches,
        footwork: Footwork,
    ) -> None:
        self._board = board
        self._lights = lights if board.leds else None
        self._player = player
        self._rigs = rigs
        self._tuner = tuner
        self._banks = banks
        self._footwork = footwork

    def tick(self, status: Status) -> None:
        """Show how things are."""
        if self._lights is not None:
            self._lights.show(lights_of(self._board, self._footwork.taps, self.scene(status)))

    def scene(self, status: Status) -> Scene:
        """How things are."""
        player, preset = self._player, self._player.preset
        quality = player.work.quality
        loop: LoopState = player.looper.status().get("state", "empty")
        tempos = [block.value(TEMPO) for block in preset.blocks if has_tempo(block)]
        first_amp = next((block.id for block in preset.blocks if block.kind == "amp"), "")
        kinds_on = {block.kind: block.on for block in reversed(preset.blocks)}
        firsts = {block.kind: block.id for block in reversed(preset.blocks)}
        return Scene(
            bypassed=player.is_bypassed,
            tuning=self._tuner.is_on,
            clipped=has_clipped(status),
            held_down=bool(player.work.held)
            or any(is_held_down(amp, quality.get(amp.block.owner, "auto")) for amp in self._rigs.amps()),
            safe_mode=self._footwork.is_in_safe_mode,
            loop=loop,
            beat_s=60.0 / tempos[0] if tempos else 0.0,
            beat_at_s=player.beat_at_s,
            blocks_on=kinds_on | {block.id: block.on for block in preset.blocks},
            blocks_waiting=player.work.held | {kind for kind, first in firsts.items() if first in player.work.held},
            snapshot=preset.snapshot,
            place=self._banks.place,
            width=quality.get(first_amp, "auto"),
        )
