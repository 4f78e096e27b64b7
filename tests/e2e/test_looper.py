"""A loop in a whole running pedal: presets change, the panel dies, the audio process dies, and it is still there."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from pedal import layout
from pedal.cli.client import RefusedError
from pedal.link import Word
from pedal.panel import protocol
from pedal.panel.controls.gestures import LOCKOUT_S
from pedal.virtual.pins import TAP_S
from tests.e2e.running import PATIENCE_S, Pedal, running_pedal

PERIOD = 256
BOARD = """
[looper]
seconds = 5
[switches.loop]
pin = 22
action = "looper"
[switches.halt]
pin = 23
action = "looper_stop"
"""
PRESETS = {"01-plain": 'name = "Plain"\n', "02-tone": 'name = "Tone"\n[[block]]\nkind = "tone"\nbass_db = 6.0\n'}

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("jackd") is None, reason="jackd2 is not installed")]


@pytest.fixture(scope="module")
def pedal() -> Iterator[Pedal]:
    with running_pedal("--no-safe-mode", presets=PRESETS, more_board=BOARD) as running:
        running.until(lambda status: status["audio"] == "playing")
        yield running


def until(truth: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while not truth():
        assert time.monotonic() < deadline_s, "it never came true"
        time.sleep(0.02)


def loop_of(pedal: Pedal) -> dict[str, object]:
    return pedal.call(protocol.Loop())


def press(pedal: Pedal, switch: str, state: str) -> None:
    time.sleep(TAP_S + 2 * LOCKOUT_S)  # until the foot is up again
    pedal.call(protocol.Press(switch=switch))
    until(lambda: loop_of(pedal)["state"] == state)


def phase(pedal: Pedal) -> int:
    """Where the loop would have begun, on the pedal's count of frames; the words are read within a period."""
    link = pedal.link
    while True:
        before = link.get(Word.FRAME)
        place, after = link.get(layout.LOOP_PLACE), link.get(Word.FRAME)
        if before == after:
            return (after - place) % link.get(layout.LOOP_LENGTH)


def stored(pedal: Pedal) -> np.ndarray:
    arena = pedal.link.arena
    return arena.u8[layout.LOOPS_AT_BYTE : layout.LOOPS_AT_BYTE + 8 * 5 * 48000].copy()


def test_it_is_recorded_by_foot(pedal: Pedal) -> None:
    press(pedal, "loop", "recording")
    first = pedal.link.get(Word.FRAME)
    until(lambda: pedal.link.get(Word.FRAME) > first + 48_000)
    press(pedal, "loop", "playing")
    said = loop_of(pedal)
    assert said["length_frames"] % PERIOD == 0 and said["length_frames"] > 48_000
    until(lambda: pedal.link.get(layout.LOOP_TAIL_LEFT) == 0)  # of the seam, which is recorded behind the end
    assert stored(pedal).any()
    with pytest.raises(RefusedError, match="already"):
        pedal.call(protocol.Loop(verb="record"))


def test_it_outlives_presets_bypass_and_the_panel(pedal: Pedal) -> None:
    before, bits = phase(pedal), stored(pedal)
    pedal.go_to("02-tone")
    pedal.call(protocol.Bypass(on=True))
    pedal.call(protocol.Loop(level_db=-3.0))
    pedal.call(protocol.Bypass(on=False))
    os.kill(pedal.pid("panel"), signal.SIGKILL)
    time.sleep(0.2)
    pedal.status()
    pedal.go_to("01-plain")
    said = loop_of(pedal)
    assert (said["state"], said["level_db"]) == ("playing", -3.0)
    now = phase(pedal)
    length = int(pedal.link.get(layout.LOOP_LENGTH))
    assert min((now - before) % length, (before - now) % length) <= PERIOD  # of which it can be in the middle
    np.testing.assert_array_equal(stored(pedal), bits)


def test_an_overdub_and_its_undo(pedal: Pedal) -> None:
    press(pedal, "loop", "overdubbing")
    first = pedal.link.get(Word.FRAME)
    until(lambda: pedal.link.get(Word.FRAME) > first + 24_000)
    press(pedal, "loop", "playing")
    heard = pedal.link.get(layout.LOOP_HEARD)
    pedal.call(protocol.Loop(verb="undo"))
    until(lambda: pedal.link.get(layout.LOOP_HEARD) != heard)


def test_it_outlives_the_audio_process(pedal: Pedal) -> None:
    until(lambda: pedal.link.get(layout.LOOP_COPY_LEFT) == 0)
    bits = stored(pedal)
    old = pedal.pid("audio")
    os.kill(old, signal.SIGKILL)

    def is_back() -> bool:
        written = pedal.runtime / "audio.pid"
        return written.exists() and written.read_text().split()[:1] not in ([], [str(old)])

    until(is_back)
    until(lambda: loop_of(pedal)["state"] == "stopped")
    np.testing.assert_array_equal(stored(pedal), bits)
    press(pedal, "loop", "playing")


def test_stop_and_clear_by_foot(pedal: Pedal) -> None:
    press(pedal, "halt", "stopped")
    press(pedal, "halt", "empty")
    with pytest.raises(RefusedError, match="no loop"):
        pedal.call(protocol.Loop(verb="play"))
    pedal.call(protocol.Loop(verb="undo"))
    until(lambda: loop_of(pedal)["state"] == "stopped")
