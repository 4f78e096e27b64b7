"""The real pedal-audio under its parent, with a relay of mock pins: what is heard while contacts move, and after."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory
from numpy.typing import NDArray

from pedal import layout
from pedal.link import Link
from pedal.params import RAMP_S
from pedal.system.failsafe import CLOSE_S, RELEASE_S, Phase
from pedal.system.heartbeat import load_beat
from pedal.system.post import Child
from pedal.system.supervise import Supervisor
from pedal.system.wire import Wire
from pedal.virtual.card import VirtualCard
from tests.audio.players import ROOT, needs_jackd
from tests.audio.test_process import BOARD, PERIOD, compiled_kernels
from tests.system.noted import NotedRelay

__all__ = ["compiled_kernels"]
pytestmark = needs_jackd
GIVE_UP_S = 100.0
RATE_HZ = 48000
PEAK = 0.5
#: 480 Hz: a whole number of periods in a second.
TONE = (PEAK * np.sin(2 * np.pi * 480.0 * np.arange(RATE_HZ) / RATE_HZ)).astype(np.float32)


def loudness(heard: NDArray[np.float32]) -> NDArray[np.float32]:
    """Peak of every hundredth of a second."""
    block = RATE_HZ // 100
    return np.abs(heard[: len(heard) // block * block, 0]).reshape(-1, block).max(axis=1)


def test_the_contacts_move_in_silence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    factory = MockFactory()
    monkeypatch.setattr(Device, "pin_factory", factory)
    board, link_path = tmp_path / "board.toml", tmp_path / "link"
    board.write_text(BOARD)
    relay = NotedRelay(factory)
    wire = Wire(relay, link_path, lambda: False)
    frames: dict[str, int] = {}

    def frame_at(at_s: float) -> int:
        """What was being captured at a moment, by the card's own pace: it never stops."""
        link = Link.attach(link_path)
        beat_s, frame = link.get(layout.AUDIO_BEAT_NS) / 1e9, link.get(layout.FRAME)
        return frame + round((at_s - beat_s) * RATE_HZ)

    def story() -> Iterator[None]:
        while wire.phase is not Phase.CLOSING:
            yield
        Link.attach(link_path).put(layout.BYPASSED, 1)  # there is no preset: the guitar as it comes in
        while wire.phase is not Phase.CLOSED:
            yield
        frames["closed"] = frame_at(time.monotonic())
        while frame_at(time.monotonic()) < frames["closed"] + RATE_HZ:
            yield
        frames["driven"] = frame_at(relay.drives[0][0])
        frames["asked to end"] = frame_at(time.monotonic())

    with VirtualCard(tmp_path / "card", TONE, rate_hz=RATE_HZ, period_frames=PERIOD) as card:
        command = (sys.executable, "-m", "pedal.audio.process", str(board), str(link_path))
        audio = Child("audio", command, card.environment() | {"PYTHONPATH": str(ROOT)})
        told, give_up_s = story(), time.monotonic() + GIVE_UP_S
        Supervisor(
            [audio],
            tmp_path,
            load_beat=lambda: load_beat(link_path),
            ended=lambda: next(told, "over") == "over" or time.monotonic() > give_up_s,
            open_wire=lambda: wire,
        ).run()
        (heard,) = card.played()
    factory.close()
    assert set(frames) == {"closed", "driven", "asked to end"}
    if Link.attach(link_path).get(layout.XRUNS):
        pytest.skip("this machine was held up: there are gaps that are not ours")
    level = loudness(heard)
    driven, closed, end = (frames[name] * 100 // RATE_HZ for name in ("driven", "closed", "asked to end"))
    # Between a word and its sound lie the card's buffer and the fade: 0.05 s are more than both.
    assert not level[driven : driven + round(100 * CLOSE_S) - 1].any(), "silent while the contacts close"
    assert (level[closed + 5 : end] > 0.9 * PEAK).all(), "heard in the wire"
    silent = np.flatnonzero(level[end:] == 0.0)
    assert silent.size and not level[end + silent[0] :].any(), "silent while they open"
    assert silent.size >= 100 * (RELEASE_S - 0.1), "and it played on in silence until they had"
    steps = np.abs(np.diff(heard[:, 0].astype(np.float64), 2))
    steady = PEAK * (2 * np.pi * 480.0 / RATE_HZ) ** 2
    fade = 2 * (PEAK * 2 * np.pi * 480.0 / RATE_HZ + PEAK) / (RAMP_S * RATE_HZ)
    assert steps[frames["driven"] :].max() < steady + fade, "and nothing clicks"
