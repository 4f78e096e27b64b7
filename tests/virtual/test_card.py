"""The virtual card: paced, kept apart by opening, and gone without a trace."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from pedal.errors import CardError
from pedal.layout import CARD_RUNNING
from pedal.virtual.card import VirtualCard
from tests.audio.players import needs_jackd, playing, take

PERIOD = 256


@needs_jackd
def test_paced_sound_is_the_take_over_and_over_and_takes_its_time(tmp_path: Path) -> None:
    guitar = take(PERIOD * 7)
    periods = 100
    with VirtualCard(tmp_path, guitar, period_frames=PERIOD) as card:
        started_s = time.monotonic()
        with playing(card.environment(), periods, period_frames=PERIOD, periods=4) as player:
            player.finish()
        lasted_s = time.monotonic() - started_s
        (played,) = card.played()
    assert lasted_s >= 0.9 * (periods - 4) * PERIOD / 48000
    if not any("xrun" in line for line in player.heard):  # a stalled machine is not the card's fault
        np.testing.assert_array_equal(played[4 * PERIOD :, 0], np.resize(guitar, periods * PERIOD))


@needs_jackd
def test_what_a_killed_player_played_is_kept(tmp_path: Path) -> None:
    with VirtualCard(tmp_path / "card", take(48000), period_frames=PERIOD) as card:
        for _ in range(2):
            with playing(card.environment(), 10**9, period_frames=PERIOD) as player:
                player.wait_for("state", CARD_RUNNING)
                time.sleep(0.3)
        first, second = card.played()
        assert np.abs(first).max() > 0.5 and np.abs(second).max() > 0.5
        frames = card.write_played(tmp_path / "out.wav")
    written, rate_hz = soundfile.read(tmp_path / "out.wav", dtype="float32")
    assert (frames, rate_hz) == (len(first) + len(second), 48000)
    np.testing.assert_array_equal(written, np.concatenate([first, second]))


def test_what_nobody_wants_is_not_kept(tmp_path: Path) -> None:
    with (
        VirtualCard(tmp_path, take(PERIOD * 10), paced=False, keep_played=False) as card,
        playing(card.environment(), 10, period_frames=PERIOD) as player,
    ):
        player.finish()
        assert card.played() == [] and not list(tmp_path.glob("played*"))


@needs_jackd
def test_nothing_is_left_running(tmp_path: Path) -> None:
    with VirtualCard(tmp_path, take(64), period_frames=PERIOD) as card:
        server = card.environment()["JACK_DEFAULT_SERVER"]
        assert any(server in path.name for path in Path("/dev/shm").iterdir())
    assert not any(server in path.name for path in Path("/dev/shm").iterdir())
    assert not (tmp_path / "take").exists()


@needs_jackd
def test_killed_clocks_do_not_use_up_the_register_of_servers(tmp_path: Path) -> None:
    for _ in range(9):  # one more than JACK has places
        with VirtualCard(tmp_path, take(64), period_frames=PERIOD) as card:
            assert card._clock is not None and card._clock._jackd is not None
            os.kill(card._clock._jackd.pid, signal.SIGKILL)


@needs_jackd
def test_two_cards_do_not_meet(tmp_path: Path) -> None:
    with (
        VirtualCard(tmp_path / "a", take(64), period_frames=PERIOD) as one,
        VirtualCard(tmp_path / "b", take(64), period_frames=PERIOD) as other,
    ):
        assert one.environment()["JACK_DEFAULT_SERVER"] != other.environment()["JACK_DEFAULT_SERVER"]


def test_without_jackd_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(CardError, match=r"jackd is not installed\. Install jackd2"), VirtualCard(tmp_path, take(64)):
        pass
    assert not (tmp_path / "take").exists()


def test_a_clock_that_does_not_start_is_an_error_with_a_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "bin" / "jackd"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\necho no clock today\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(broken.parent), prepend=os.pathsep)
    folder = tmp_path / "card"
    with (
        pytest.raises(CardError, match=r"does not start \(no clock today\)\. See "),
        VirtualCard(folder, take(64)),
    ):
        pass
    assert "no clock today" in (folder / "jackd.log").read_text()
