"""What an action does (``pedal/actions.py`` is the table of them).

Called by ``footwork`` for the feet and by the panel's loop for encoders' buttons. The bypass of the whole pedal and the
looper are done before it comes here, as a rule (``reflexes``).
"""

from __future__ import annotations

from collections.abc import Callable

from pedal.actions import Action
from pedal.errors import ControlError, PresetError
from pedal.panel.banks import BankSwitches
from pedal.panel.model_steps import ModelSteps, amps_of
from pedal.panel.player import Player
from pedal.panel.quality import CHOICES
from pedal.panel.shelf import Shelf
from pedal.panel.snapshots import Snapshots
from pedal.panel.tuner import Tuner
from pedal.params import KINDS
from pedal.preset import Block


class Actions:
    """The verbs that a foot reaches.

    Args:
        player, tuner, snapshots, banks: do it.
        point_expression: makes a parameter the expression pedal's.
        shelf: the models to step through.

    Attributes:
        open_menu: opens the menu for two footswitches; of no use until the panel has given it one.
    """

    def __init__(
        self,
        player: Player,
        tuner: Tuner,
        snapshots: Snapshots,
        banks: BankSwitches,
        point_expression: Callable[[str], None],
        shelf: Shelf,
    ) -> None:
        self._player = player
        self._tuner = tuner
        self._snapshots = snapshots
        self._banks = banks
        self._point_expression = point_expression
        self._models = ModelSteps(player, shelf)
        self.open_menu: Callable[[float], None] = lambda at_s: None

    def tick(self, now_s: float) -> None:
        """Do what had to wait."""
        self._models.tick(now_s)

    def do(self, action: Action, at_s: float) -> None:
        """Do it; ``at_s`` is when the foot came down. What has two sides is undone by doing it again.

        Raises:
            PedalError: it cannot be done; one sentence for the page.
        """
        match action.name, action.argument:
            case "bypass", "":
                self._player.toggle_bypass()
            case "bypass", block:
                self._switch_block(block, at_s)
            case "next_preset", _:
                self._player.step(1)
            case "previous_preset", _:
                self._player.step(-1)
            case "preset", number:
                self._banks.play(int(number))
            case "next_bank", _:
                self._banks.step(1)
            case "previous_bank", _:
                self._banks.step(-1)
            case "snapshot", number:
                self._snapshots.recall(int(number), at_s)
            case "next_snapshot", _:
                self._snapshots.step(at_s)
            case "tap", _:
                self._player.tap(at_s)
            case "tuner", _:
                self._tuner.switch()
            case "looper" | "looper_stop" | "looper_undo", _:  # where there is one, done before it comes here
                raise ControlError(
                    "there is no looper here", hint="Boards with [looper] have one, and safe mode has none"
                )
            case "width", amp:
                self._change_width(amp)
            case ("width_full" | "width_lite" | "width_auto") as name, amp:
                self._set_width(name.removeprefix("width_"), amp)
            case "next_model", amp:
                self._models.step(amp, 1, at_s)
            case "previous_model", amp:
                self._models.step(amp, -1, at_s)
            case "menu", _:
                self.open_menu(at_s)
            case "expression", parameter:
                self._point_expression(parameter)

    def _switch_block(self, name: str, at_s: float) -> None:
        block = self._block(name)
        at_once = self._player.switch_block(block.id, not block.on, at_s)
        word = "off" if block.on else "on" if at_once else "on as soon as there is room"
        self._player.message = f"{KINDS[block.kind].label} {word}"

    def _block(self, name: str) -> Block:
        """The block of this id; where there is none, the first of this kind: a switch for the delay finds any delay."""
        preset = self._player.preset
        try:
            return preset.block(name)
        except PresetError:
            for block in preset.blocks:
                if block.kind == name:
                    return block
            raise

    def _change_width(self, amp: str) -> None:
        first = amps_of(self._player.preset, amp)[0].id
        now = self._player.work.quality.get(first, CHOICES[0])
        following = CHOICES[(CHOICES.index(now) + 1) % len(CHOICES)] if now in CHOICES else CHOICES[0]
        self._set_width(following, amp)

    def _set_width(self, width: str, amp: str) -> None:
        ids = [block.id for block in amps_of(self._player.preset, "")]
        self._player.set_quality(width, None if not amp else ids.index(amps_of(self._player.preset, amp)[0].id) + 1)
        self._player.message = f"Width: {width}"
