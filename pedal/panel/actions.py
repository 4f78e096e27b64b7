"""What a press of a footswitch does, by the action that the board file gives it.

Called by the panel's loop. Bypass is done before it comes here, as a rule (``reflexes``).
"""

from __future__ import annotations

from pedal.config import Action
from pedal.errors import ControlError
from pedal.panel.banks import BankSwitches
from pedal.panel.player import Player
from pedal.panel.snapshots import Snapshots
from pedal.panel.tuner import Tuner


class Actions:
    """The verbs that a foot reaches."""

    def __init__(self, player: Player, tuner: Tuner, snapshots: Snapshots, banks: BankSwitches) -> None:
        self._player = player
        self._tuner = tuner
        self._snapshots = snapshots
        self._banks = banks

    def do(self, action: Action, at_s: float) -> None:
        """Do it; ``at_s`` is when the foot came down.

        Raises:
            PedalError: it cannot be done; one sentence for the page.
        """
        match action:
            case "bypass":
                self._player.toggle_bypass()
            case "next_preset":
                self._player.step(1)
            case "previous_preset":
                self._player.step(-1)
            case "tap":
                self._player.tap(at_s)
            case "tuner":
                self._tuner.switch()
            case "looper" | "looper_stop" | "looper_undo":  # done before it comes here, but in safe mode
                raise ControlError("there is no looper in safe mode")
            case "next_snapshot":
                self._snapshots.step(at_s)
            case "next_bank":
                self._banks.step(1)
            case "previous_bank":
                self._banks.step(-1)
            case _:
                what, _, number = action.partition("_")
                if what == "snapshot":
                    self._snapshots.recall(int(number), at_s)
                else:
                    self._banks.play(int(number))
