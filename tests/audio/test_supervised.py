"""The whole of pedal-audio under its parent: killed, and robbed of its card, it plays again by itself."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from pedal import layout
from pedal.link import Link
from pedal.system.heartbeat import load_beat
from pedal.system.post import Child
from pedal.system.supervise import Supervisor
from pedal.virtual.card import VirtualCard
from tests.audio.players import ROOT, needs_jackd, take
from tests.audio.test_process import BOARD, PERIOD, compiled_kernels

__all__ = ["compiled_kernels"]
pytestmark = needs_jackd
GIVE_UP_S = 100.0


def test_sound_comes_back(tmp_path: Path) -> None:
    board, link_path = tmp_path / "board.toml", tmp_path / "link"
    board.write_text(BOARD)
    pids: list[int] = []

    def playing_pid() -> int:
        """The process that plays, once it has played something."""
        beat = load_beat(link_path)
        if beat is None or beat.card_state != layout.CARD_RUNNING or beat.audio_age_s > 0.2 or beat.audio_pid in pids:
            return 0
        return beat.audio_pid

    def until_heard() -> Iterator[None]:
        """alsa-lib holds back a buffer: until it has written something of this life."""
        while len(card.played()) < len(pids):
            yield

    def story() -> Iterator[None]:
        """What happens to the pedal; each ``yield`` gives the supervisor its turn."""
        while not playing_pid():
            yield
        pids.append(playing_pid())
        yield from until_heard()
        os.kill(pids[-1], signal.SIGKILL)
        killed_s = time.monotonic()
        while not playing_pid():
            yield
        print(f"sound back {time.monotonic() - killed_s:.2f} s after kill -9")
        pids.append(playing_pid())
        yield from until_heard()
        card.stop_clock()  # the read waits for ever; only the heartbeat tells
        for _ in range(25):
            yield
        card.start_clock()
        while not playing_pid():
            yield
        pids.append(playing_pid())
        yield from until_heard()

    with VirtualCard(tmp_path / "card", take(48000), period_frames=PERIOD) as card:
        command = (sys.executable, "-m", "pedal.audio.process", str(board), str(link_path))
        audio = Child("audio", command, card.environment() | {"PYTHONPATH": str(ROOT)})
        told, give_up_s = story(), time.monotonic() + GIVE_UP_S
        Supervisor(
            [audio],
            tmp_path,
            load_beat=lambda: load_beat(link_path),
            ended=lambda: next(told, "over") == "over" or time.monotonic() > give_up_s,
        ).run()
        assert len(set(pids)) == 3, "three processes have played"
        assert len(card.played()) == 3
    assert Link.attach(link_path).get(layout.STOP) == 1
