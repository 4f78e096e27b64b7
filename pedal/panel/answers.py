"""What the panel answers to each request of the control socket.

Called by the panel's loop; a ``PedalError`` becomes the refusal.
"""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PIL import Image

from pedal.errors import ControlError
from pedal.panel import protocol
from pedal.panel.bank_requests import BankRequest
from pedal.panel.banks import BankSwitches
from pedal.panel.chain import Chain
from pedal.panel.chain_requests import ChainRequest, Favour, GetParam, ShowChain
from pedal.panel.chain_view import describe_target, stepped
from pedal.panel.desk import Desk
from pedal.panel.desk_requests import DeskRequest
from pedal.panel.display.pages import enlarged
from pedal.panel.feed_requests import ReadLog
from pedal.panel.governor_report import GovernorReport
from pedal.panel.governor_requests import GovernorRequest
from pedal.panel.hand import Hand
from pedal.panel.hands import Hands
from pedal.panel.hands_requests import HandsRequest
from pedal.panel.keeping import Keeping
from pedal.panel.player import Player
from pedal.panel.preset_requests import PresetRequest, SnapshotRequest
from pedal.panel.setting_up import SettingUp
from pedal.panel.shelf import Shelf
from pedal.panel.snapshots import Snapshots
from pedal.panel.tuner import Tuner


@dataclass(frozen=True, slots=True)
class Answers:
    """Requests, turned into the player's verbs.

    Attributes:
        player: whose verbs.
        hand: for its list of presets.
        status: all that ``pedal status`` says.
        page: the page on the screen.
        press: presses a footswitch of a virtual board; None on a real one.
        tuner: on or off.
        keeping: presets on disk.
        snapshots: of the preset in hand.
        banks: under the feet.
        hands: switches and the expression pedal.
        shelf: what there is to choose from.
        setting_up: its steps.
        desk: all that can be edited.
        chain: the preset in work, block by block.
        log: the last lines of the panel's log.
        governor: what blocks cost, and what fits.
    """

    player: Player
    hand: Hand
    status: Callable[[], dict[str, Any]]
    page: Callable[[], Image.Image]
    press: Callable[[str, float], None] | None
    tuner: Tuner
    keeping: Keeping
    snapshots: Snapshots
    banks: BankSwitches
    hands: Hands
    shelf: Shelf
    setting_up: SettingUp
    desk: Desk
    chain: Callable[[], dict[str, Any]]
    log: Callable[[int], list[dict[str, Any]]]
    governor: GovernorReport

    def answer(self, request: protocol.AnyRequest) -> dict[str, Any]:
        """Do it, and say what was done.

        Raises:
            PedalError: it cannot be done; one sentence.
        """
        player, now_s = self.player, time.monotonic()
        if isinstance(request, PresetRequest):
            return self.keeping.answer(request)
        if isinstance(request, SnapshotRequest):
            return self.snapshots.answer(request, now_s)
        if isinstance(request, BankRequest):
            return self.banks.answer(request)
        if isinstance(request, ChainRequest):
            return Chain(player).answer(request)
        if isinstance(request, HandsRequest):
            return self.hands.answer(request)
        if isinstance(request, GovernorRequest):
            return self.governor.answer(request)
        if isinstance(request, DeskRequest):
            return self.desk.answer(request, now_s)
        match request:
            case protocol.Status():
                return self.status()
            case protocol.Press(switch=switch, hold_s=hold_s):
                return self._press(switch, hold_s)
            case protocol.SelectPreset(name=name, step=step):
                if step is not None:
                    player.step(step)
                else:
                    player.select(self.hand.store.find(name or ""))
                return {"preset": player.preset.name, "preset_key": player.key}
            case protocol.Bypass(on=on):
                return {"bypassed": player.bypass(on)}
            case ShowChain():
                return self.chain()
            case GetParam(target=target):
                return describe_target(player.preset, target)
            case ReadLog(lines=lines):
                return {"lines": self.log(lines)}
            case protocol.SetParam(target=target, value=value, step=step):
                wanted = stepped(player.preset, target, value) if step else value
                return {"target": target, "value": player.set_param(target, wanted, now_s)}
            case protocol.SwitchBlock(block=block, on=on):
                at_once = player.switch_block(block, on, now_s)
                return {"block": block, "on": on, "waits_for_room": not at_once}
            case protocol.SetWidth(width=width, amp=amp):
                return {"amps": player.set_quality(width, amp), "width": width}
            case protocol.Output(name=name, values=values):
                return self._output(name, values)
            case protocol.SetLevels(output=output, target_db=target_db, calibrate_input=calibrate_input):
                player.levels.change(output, target_db, calibrate_input)
                return player.levels.report()
            case protocol.Input(channel=channel):
                player.levels.change(channel=channel)
                return {"input": player.levels.channel, "chosen": player.levels.now.channel != "board"}
            case protocol.Tune(on=on, reference_hz=reference_hz):
                if on is not None or reference_hz is not None:
                    self.tuner.switch(self.tuner.is_on if on is None else on, reference_hz)
                return self.tuner.status()
            case protocol.Loop(verb=verb, level_db=level_db):
                return self._loop(verb, level_db)
            case Favour(kind=kind, content=content, on=on):
                self.shelf.favour(kind, content, on)
                return {"content": content, "favourite": on}
            case protocol.SetUp():
                return self.setting_up.answer(request, now_s)
            case protocol.Page(scale=scale):
                return _as_png(enlarged(self.page(), scale))
            case protocol.Reload():
                return self._reload()
        raise ControlError("a request that this pedal does not know", hint="Update both")

    def _press(self, switch: str, hold_s: float) -> dict[str, Any]:
        if self.press is None:
            raise ControlError("only a virtual board has switches to press from here", hint="Use your foot")
        self.press(switch, hold_s)
        return {"pressed": switch}

    def _output(self, name: str | None, values: dict[str, float | str]) -> dict[str, Any]:
        outlet = self.player.outlet
        self.player.message = outlet.change(name, values) or self.player.message
        return {"connection": outlet.connection.name, **outlet.connection.values}

    def _loop(self, verb: str | None, level_db: float | None) -> dict[str, Any]:
        looper = self.player.looper
        if level_db is not None:
            looper.set_level(level_db)
        if verb is not None:
            looper.ask(verb)
        if verb is not None:
            return {"asked": verb}
        return looper.status() or {"state": "this board has no looper"}

    def _reload(self) -> dict[str, Any]:
        """The preset as its file has it: what was changed by hand is gone, and the page says so."""
        self.player.select(self.player.key)
        self.player.message = self.player.message or f"{self.player.preset.name} as it was saved."
        return {"preset_key": self.player.key}


def _as_png(page: Image.Image) -> dict[str, Any]:
    file = io.BytesIO()
    page.save(file, "PNG")
    return {"png": base64.b64encode(file.getvalue()).decode(), "width": page.width, "height": page.height}
