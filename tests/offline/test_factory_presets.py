"""The factory's presets on the factory's take: as loud as each other, nobody at the limiter, tails that end."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from pedal.library.assets import Assets
from pedal.library.loader import Loader
from pedal.nam.file import load_model
from pedal.paths import factory_dir
from pedal.preset import Preset, parse_preset
from pedal.rig.offline import OfflineRig
from tests.offline.loudness import RATE_HZ, loudness_db

PRESETS = sorted((factory_dir("models") / "presets").glob("*.toml"))
WANTED_DB, TOLERANCE_DB = -18.0, 0.5


def preset(path: Path) -> Preset:
    return parse_preset(path.read_text("utf-8"), path.name)


@cache
def rendered(path: Path) -> NDArray[np.float32]:
    take, rate_hz = soundfile.read(factory_dir("models") / "takes" / "guitar-dry.flac", dtype="float32")
    assert rate_hz == RATE_HZ
    rig = OfflineRig(preset(path), Loader(Assets.default(), load_model), RATE_HZ, 256)
    return rig.process(take)


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_as_loud_as_the_others_and_below_the_limiter(path: Path) -> None:
    y = rendered(path)
    assert np.isfinite(y).all()
    assert loudness_db(y) == pytest.approx(WANTED_DB, abs=TOLERANCE_DB)
    assert 0.1 < np.abs(y).max() < 10 ** (-1.5 / 20)


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_stereo_where_it_says_so_and_nothing_at_the_ends_of_the_spectrum(path: Path) -> None:
    y = rendered(path).astype(np.float64)
    stereo = {"chorus", "delay", "reverb", "phaser", "flanger"} & {block.kind for block in preset(path).blocks}
    assert bool(np.abs(y[:, 0] - y[:, 1]).max() > 1e-4) == bool(stereo)
    assert np.corrcoef(y.T)[0, 1] > 0.0, "it is not hollow on one loudspeaker"
    power, hz = np.abs(np.fft.rfft(y[:, 0])) ** 2, np.fft.rfftfreq(len(y), 1 / RATE_HZ)
    for band in (hz < 40.0, hz > 14_000.0):
        assert power[band].sum() < 10 ** (-25 / 10) * power.sum()


def test_loudness_is_what_the_recommendation_says_of_its_own_signal() -> None:
    """A sine of 997 Hz at -20 dBFS on both sides is -20 LUFS (its calibration: -3.01 for one side at 0 dBFS)."""
    x = 0.1 * np.sin(2 * np.pi * 997.0 * np.arange(10 * RATE_HZ) / RATE_HZ)
    assert loudness_db(np.stack([x, x], axis=1).astype(np.float32)) == pytest.approx(-20.0, abs=0.1)
