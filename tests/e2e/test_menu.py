"""The menu of a whole running pedal, by two footswitches: a block comes into the chain while it plays, and is heard."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator

import pytest

from pedal.panel import protocol
from pedal.panel.chain_requests import MoveBlock, NewPreset, RemoveBlock
from pedal.panel.controls.gestures import HOLD_S
from pedal.virtual.pins import TAP_S
from tests.e2e.running import PATIENCE_S, Pedal, running_pedal

BOARD = """
[switches.menu]
pin = 22
action = "menu"
"""

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("jackd") is None, reason="jackd2 is not installed")]


@pytest.fixture(scope="module")
def pedal() -> Iterator[Pedal]:
    with running_pedal("--no-safe-mode", more_board=BOARD) as running:
        yield running


def page(pedal: Pedal) -> str:
    return str(pedal.call(protocol.Page())["png"])


def press(pedal: Pedal, switch: str, hold_s: float = TAP_S) -> None:
    """And wait for what it does to the page; pages of the menu stand still by themselves."""
    before, deadline_s = page(pedal), time.monotonic() + PATIENCE_S
    pedal.call(protocol.Press(switch=switch, hold_s=hold_s))
    while page(pedal) == before:
        assert time.monotonic() < deadline_s, "the page stays as it was"
        time.sleep(0.02)


def ids(pedal: Pedal) -> list[str]:
    return [
        block["id"] for block in pedal.status()["blocks"] if block["kind"] not in ("input", "dc", "output", "master")
    ]


def test_a_block_is_added_by_foot(pedal: Pedal) -> None:
    """Seven presses: the menu, its first row, three boxes on, the box that adds, what it suggests. Then it is saved."""
    pedal.until(lambda status: status["preset_key"] == "01-crunch" and bool(status["blocks"]))
    before = ids(pedal)
    press(pedal, "menu")
    for switch in ("next", "bypass", "bypass", "bypass", "next", "next"):
        press(pedal, switch)
    status = pedal.until(lambda status: "delay1" in [block["id"] for block in status["blocks"]])
    assert ids(pedal) == [*before, "delay1"]
    assert not status["bypassed"] and status["preset_key"] == "01-crunch", "the switches were keys"
    assert status["edited"] and status["guard_trips"] == 0
    press(pedal, "next", HOLD_S + 0.1)  # back
    for switch in ("bypass", "bypass", "bypass", "bypass", "next"):  # to Save
        press(pedal, switch)
    assert not pedal.until(lambda status: not status["edited"])["bypassed"]
    assert 'kind = "delay"' in (pedal.folder / "presets" / "01-crunch.toml").read_text()
    pedal.call(protocol.Press(switch="bypass"))
    pedal.until(lambda status: status["bypassed"])  # it is a footswitch again


def test_what_the_menu_wishes_for_is_a_request_like_any(pedal: Pedal) -> None:
    pedal.call(MoveBlock(block="delay1", place=1))
    pedal.until(lambda status: ids(pedal)[0] == "delay1")
    pedal.call(RemoveBlock(block="delay1"))
    pedal.until(lambda status: "delay1" not in ids(pedal))
    pedal.call(NewPreset(name="Nothing"))
    status = pedal.until(lambda status: status["preset"] == "Nothing" and not ids(pedal))
    assert status["audio"] == "playing" and not status["edited"]
