"""A player's recording is checked, aligned and cut, or refused with what to do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from models.train.excitation import plucked
from models.train.material import Labels
from models.train.network import CONTEXT_FRAMES
from models.train.pair import clipped, find_delay, load_pair, load_sound, prepare
from pedal.errors import PedalError

RATE_HZ = 48000


@pytest.fixture(scope="module")
def dry() -> np.ndarray:
    return 0.6 * plucked(np.random.default_rng(5), 24.0, bass=False)


def amp(dry: np.ndarray, delay: int = 0, sign: float = 1.0) -> np.ndarray:
    """Something like an amp: a bend and a dull top, some samples late."""
    wet = np.convolve(np.tanh(4.0 * dry), 0.3 * 0.7 ** np.arange(60))[: len(dry)]
    return sign * 0.5 * (np.pad(wet, (delay, 0))[: len(dry)] if delay >= 0 else np.pad(wet[-delay:], (0, -delay)))


@pytest.mark.parametrize("delay", [0, 1, 137, 4800, 90000, -300])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_delay_is_found_and_never_too_late(dry: np.ndarray, delay: int, sign: float) -> None:
    found, inverted = find_delay(dry, amp(dry, delay, sign))
    assert delay - 4 <= found <= delay
    assert inverted == (sign < 0)


def test_a_good_pair_is_cut_into_three(dry: np.ndarray) -> None:
    said: list[str] = []
    material = prepare(dry, amp(dry, 500), Labels("Mine"), said.append)
    assert "late" in said[0]
    frames = sum(len(pair.x) for pair in (material.train, material.check, material.held_out)) - 2 * CONTEXT_FRAMES
    assert frames == pytest.approx(len(dry) - 500, abs=5)
    level_db = 20.0 * np.log10(np.sqrt(np.mean(np.square(material.train.y, dtype=np.float64))))
    assert level_db == pytest.approx(-18.0, abs=0.01)
    # Aligned: what the amp makes of each part's input is its output, but for the gain.
    for pair in (material.train, material.held_out):
        right = amp(pair.x.astype(np.float64), 3)[500:]
        given = pair.y[500:]
        gain = right @ given / (right @ right)
        assert np.sum(np.square(given - gain * right)) < 0.15 * np.sum(np.square(given))


def test_silence_clipping_and_strangers_are_refused(dry: np.ndarray) -> None:
    wet = amp(dry)
    with pytest.raises(PedalError, match="dry sound: is nearly silent"):
        prepare(1e-5 * dry, wet, Labels("Mine"), print)
    with pytest.raises(PedalError, match="wet sound: is nearly silent"):
        prepare(dry, 1e-5 * wet, Labels("Mine"), print)
    with pytest.raises(PedalError, match="is clipped in"):
        prepare(dry, np.clip(3.0 * wet, -0.5, 0.5), Labels("Mine"), print)
    with pytest.raises(PedalError, match="nothing to do with each other"):
        prepare(dry, 0.1 * np.random.default_rng(6).normal(size=len(dry)), Labels("Mine"), print)


def test_two_clocks_are_noticed(dry: np.ndarray) -> None:
    wet = amp(dry)
    places = np.arange(len(wet)) * (1.0 + 30e-6)
    with pytest.raises(PedalError, match="drift apart"):
        prepare(dry, np.interp(places, np.arange(len(wet)), wet), Labels("Mine"), print)


def test_a_single_peak_is_not_clipping() -> None:
    sound = np.sin(np.arange(4800) / 7.0)
    assert clipped(sound) == []
    assert len(clipped(np.clip(sound, -0.9, 2.0))) > 50


def test_files_that_cannot_be_a_pair(dry: np.ndarray, tmp_path: Path) -> None:
    good, short, text, broken = (tmp_path / name for name in ("good.wav", "short.wav", "text.wav", "broken.wav"))
    soundfile.write(good, dry, RATE_HZ, subtype="FLOAT")
    soundfile.write(short, dry[:RATE_HZ], RATE_HZ)
    text.write_text("not a sound")
    ill = dry.copy()
    ill[5] = np.nan
    soundfile.write(broken, ill, RATE_HZ, subtype="FLOAT")
    for path, why in (
        (short, "1 s"),
        (text, "cannot be read"),
        (broken, "no numbers"),
        (tmp_path / "none.wav", "read"),
    ):
        with pytest.raises(PedalError, match=why):
            load_sound(path)
    with pytest.raises(PedalError, match="name"):
        load_pair(good, good, "../x", print)


def test_other_rates_are_brought_to_ours(dry: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "slow.flac"
    soundfile.write(path, np.stack((dry, dry), axis=1)[::2], RATE_HZ // 2)
    assert len(load_sound(path)) == pytest.approx(len(dry), abs=2)
