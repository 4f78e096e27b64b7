"""The period loop over real PCMs: xruns, and cards that go and come."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from pedal.layout import CARD_LOST, CARD_RUNNING, CARD_STARTING
from pedal.virtual.card import VirtualCard
from tests.audio.players import needs_jackd, playing, take

PERIOD, PERIODS = 64, 3


def silence_at(played: np.ndarray, frames: int) -> int:
    """First index at or after one buffer where ``frames`` frames of silence begin, or -1."""
    quiet = (played[:, 0] == 0).astype(int)
    runs = np.convolve(quiet, np.ones(frames, int), "valid")
    found = np.nonzero(runs[frames:] == frames)[0]
    return int(found[0]) + frames if len(found) else -1


def test_output_is_input_one_buffer_later(tmp_path: Path) -> None:
    guitar = take(PERIOD * 100)
    with VirtualCard(tmp_path, guitar, paced=False) as card, playing(card.environment(), 100) as player:
        player.finish()
        assert [line["state"] for line in player.heard if "state" in line] == [CARD_STARTING, CARD_RUNNING]
        (played,) = card.played()
    assert not played[: PERIOD * PERIODS].any()
    np.testing.assert_array_equal(played[PERIOD * PERIODS :, 0], guitar)
    np.testing.assert_array_equal(played[:, 0], played[:, 1])


@needs_jackd
def test_refills_playback_after_an_xrun(tmp_path: Path) -> None:
    period = 256
    with (
        VirtualCard(tmp_path, take(48000), period_frames=period) as card,
        playing(card.environment(), 100, stall_at=50, period_frames=period) as player,
    ):
        while player.wait_for("xrun")["xrun"] >= 50:
            pass  # a busy machine may stall by itself before
        player.finish()
        (played,) = card.played()
    gap = silence_at(played, period * PERIODS)
    assert gap > 0, "a whole buffer of silence starts playback again"
    assert np.abs(played[gap + period * PERIODS :, 0]).max() > 0.5, "and after it the guitar goes on"


@pytest.fixture(scope="session")
def unplug_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    library = tmp_path_factory.mktemp("unplug") / "unplug.so"
    source = Path(__file__).with_name("unplug.c")
    try:
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    except FileNotFoundError:
        pytest.skip("no C compiler for the card that can be unplugged")
    return library


def test_plays_on_when_an_unplugged_card_comes_back(tmp_path: Path, unplug_library: Path) -> None:
    unplugged = tmp_path / "unplugged"
    with VirtualCard(tmp_path / "card", take(48000), paced=False) as card:
        environment = card.environment() | {"LD_PRELOAD": str(unplug_library), "UNPLUGGED": str(unplugged)}
        with playing(environment, 10**9) as player:
            player.wait_for("state", CARD_RUNNING)
            for _ in range(2):
                unplugged.touch()
                player.wait_for("state", CARD_LOST)
                assert "is gone (No such device" in player.wait_for("report")["report"]
                assert "is not there" in player.wait_for("report")["report"]
                unplugged.unlink()
                player.wait_for("state", CARD_RUNNING)
            reports = [line["report"] for line in player.heard if "report" in line]
        assert len(reports) == 3 + 2 * 2, "one line when it goes, one when it is missed, one when it is back"
        assert len(list(card.directory.glob("played*"))) == 3, "each opening keeps what it played"


@needs_jackd
def test_waits_for_a_card_that_is_not_there_yet(tmp_path: Path) -> None:
    with VirtualCard(tmp_path, take(48000), period_frames=256) as card:
        card.stop_clock()
        with playing(card.environment(), 20, period_frames=256) as player:
            assert player.wait_for("report")["report"].startswith("card 'virtual': is not there.")
            card.start_clock()
            player.wait_for("state", CARD_RUNNING)
            player.finish()
