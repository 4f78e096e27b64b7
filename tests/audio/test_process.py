"""pedal-audio itself, on the virtual card: what it stores, how it stops, and that a killed one is replaced."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pedal import layout
from pedal.link import Link
from pedal.virtual.card import VirtualCard
from tests.audio.players import ROOT, needs_jackd, take

pytestmark = needs_jackd
PERIOD = 256
BOARD = f"""
title = "test"
virtual = true
cpu_scale = 2.5
[audio]
card = "virtual"
period_frames = {PERIOD}
periods = 4
capture_channels = 1
"""


def eventually(truth: Callable[[], bool], limit_s: float = 60.0) -> None:
    deadline_s = time.monotonic() + limit_s
    while not truth():
        assert time.monotonic() < deadline_s, "it never came true"
        time.sleep(0.02)


@pytest.fixture(scope="module", autouse=True)
def compiled_kernels() -> None:
    """Fill the kernel cache first: compiling takes longer than any limit here."""
    subprocess.run([sys.executable, "-c", "import pedal.rig.period, pedal.rig.understudy"], cwd=ROOT, check=True)


@contextmanager
def audio_process(folder: Path, card: VirtualCard) -> Iterator[subprocess.Popen[bytes]]:
    board = folder / "board.toml"
    board.write_text(BOARD)
    process = subprocess.Popen(
        [sys.executable, "-m", "pedal.audio.process", board, folder / "link"],
        env=os.environ | {"PYTHONPATH": str(ROOT)} | card.environment(),
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def is_playing(folder: Path, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None
    if not (folder / "link").exists():
        return False
    link = Link.attach(folder / "link")
    ours = link.get(layout.AUDIO_PID) == process.pid
    return ours and link.get(layout.CARD_STATE) == layout.CARD_RUNNING and link.get(layout.PERIOD_COUNT) > 20


def test_plays_says_so_and_stops_when_asked(tmp_path: Path) -> None:
    with VirtualCard(tmp_path / "card", take(48000), period_frames=PERIOD) as card:
        with audio_process(tmp_path, card) as process:
            eventually(lambda: is_playing(tmp_path, process))
            link = Link.attach(tmp_path / "link")
            stored = {
                layout.RATE_HZ: 48000,
                layout.PERIOD_FRAMES: PERIOD,
                layout.PERIODS: 4,
                layout.SAMPLE_FORMAT: layout.S32_LE,
                layout.CAPTURE_CHANNELS: 1,
                layout.PLAYBACK_CHANNELS: 2,
                layout.CPU_SCALE_MILLI: 2500,
                layout.VIRTUAL: 1,
            }
            assert {word: link.get(word) for word in stored} == stored
            assert link.get(layout.INPUT_HEAD) > 0
            eventually(lambda: link.get(layout.UNDERSTUDY_ROUND) > 0)
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
        assert link.get(layout.STOP) == 1
        assert sum(map(len, card.played())) > 20 * PERIOD


def test_a_killed_one_is_followed_in_the_same_link(tmp_path: Path) -> None:
    with VirtualCard(tmp_path / "card", take(48000), period_frames=PERIOD) as card:
        with audio_process(tmp_path, card) as first:
            eventually(lambda: is_playing(tmp_path, first))
            eventually(lambda: len(card.played()) == 1)
            generation = Link.attach(tmp_path / "link").get(layout.GENERATION)
            first.kill()
            first.wait()
        with audio_process(tmp_path, card) as second:
            eventually(lambda: is_playing(tmp_path, second))
            assert Link.attach(tmp_path / "link").get(layout.GENERATION) == generation
            # alsa-lib holds back a buffer; what the killed one played is kept.
            eventually(lambda: len(card.played()) == 2)


def test_stops_even_when_the_card_never_answers(tmp_path: Path) -> None:
    """A dead clock leaves the read waiting for ever, as a hung driver does."""
    with (
        VirtualCard(tmp_path / "card", take(48000), period_frames=PERIOD) as card,
        audio_process(tmp_path, card) as process,
    ):
        eventually(lambda: is_playing(tmp_path, process))
        card.stop_clock()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
