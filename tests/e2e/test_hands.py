"""Hands and feet on a whole running pedal: holds, a preset's own switches, encoders' keys, MIDI at a serial port."""

from __future__ import annotations

import os
import pty
import random
import shutil
import time
from collections.abc import Iterator

import pytest

from pedal.panel import protocol
from pedal.panel.controls.gestures import HOLD_S, LOCKOUT_S
from pedal.panel.hands_requests import AssignSwitch, Midi
from pedal.virtual.pins import TAP_S
from tests.e2e.running import Pedal, running_pedal

BOARD = """
[switches.more]
pin = 23
action = "next_snapshot"
hold = "tuner"
[leds.more]
pin = 24
shows = "tuner"
[expression]
channel = 0
parameter = "tone1.bass_db"
[midi]
usb = false
uart = "{uart}"
channel = 2
"""
TONE = '[[block]]\nkind = "tone"\n'
PRESETS = {
    "01-plain": 'name = "Plain"\n' + TONE,
    "02-own": 'name = "Own"\n[switches.bypass]\naction = "bypass:tone1"\n' + TONE,
}

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("jackd") is None, reason="jackd2 is not installed")]


@pytest.fixture(scope="module")
def socket() -> Iterator[tuple[int, str]]:
    """The DIN socket: what is written to it arrives at the serial port of this name."""
    gear, line = pty.openpty()
    yield gear, os.ttyname(line)
    os.close(gear)
    os.close(line)


@pytest.fixture(scope="module")
def pedal(socket: tuple[int, str]) -> Iterator[Pedal]:
    board = BOARD.format(uart=socket[1])
    with running_pedal("--no-safe-mode", presets=PRESETS, more_board=board) as running:
        running.until(lambda status: status["audio"] == "playing")
        yield running


def press(pedal: Pedal, switch: str) -> None:
    time.sleep(TAP_S + 2 * LOCKOUT_S)  # until the foot is up again
    pedal.call(protocol.Press(switch=switch))


def test_a_hold_is_no_tap(pedal: Pedal) -> None:
    pedal.call(protocol.Press(switch="more", hold_s=2 * HOLD_S))
    pedal.until(lambda status: bool(status["tuner"]["on"]))
    pedal.call(protocol.Tune(on=False))


def test_a_preset_has_a_switch_of_its_own_and_gives_it_back(pedal: Pedal) -> None:
    def tone_is_on(status: dict[str, object]) -> bool:
        blocks = status["blocks"]
        assert isinstance(blocks, list)
        return next(block["on"] for block in blocks if block["id"] == "tone1")

    pedal.go_to("Own")
    press(pedal, "bypass")
    status = pedal.until(lambda status: not tone_is_on(status))
    assert not status["bypassed"]
    pedal.go_to("Plain")
    press(pedal, "bypass")
    status = pedal.until(lambda status: bool(status["bypassed"]))
    pedal.call(protocol.Bypass(on=False))
    said = pedal.call(AssignSwitch(switch="bypass", action="tuner"))
    assert said["action"] == "tuner" and pedal.status()["edited"]
    press(pedal, "bypass")
    pedal.until(lambda status: bool(status["tuner"]["on"]))
    pedal.call(protocol.Tune(on=False))
    pedal.call(AssignSwitch(switch="bypass", action="board"))


def test_midi_at_the_serial_port(pedal: Pedal, socket: tuple[int, str]) -> None:
    gear, line = socket
    assert pedal.call(Midi())["ports"] == [line]
    os.write(gear, b"\xc0\x00\xc1\x03")  # the first is for another channel; the factory's presets are in the list
    pedal.until(lambda status: status["preset"] == "Own")
    assert pedal.call(Midi(learn="tone1.bass_db"))["learning"] == "tone1.bass_db"
    os.write(gear, b"\xb1\x4a\x00\xf8\x4a\x20")
    pedal.until(lambda _: not pedal.call(Midi())["learning"])
    assert pedal.call(Midi())["controllers"] == {"74": "tone1.bass_db"}
    before = pedal.played_frames()
    os.write(gear, b"\xb1\x4a\x7f")
    pedal.until(lambda status: "+15.0 dB" in str(status["message"]))
    os.write(gear, random.Random(7).randbytes(4000) + b"\xf7\xc1\x01")  # noise on the wire, and then a message
    pedal.until(lambda status: status["preset"] == "Plain")
    assert pedal.played_frames() > before and pedal.status()["overruns"] == 0
