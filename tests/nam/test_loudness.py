"""Measured loudness: signal and weighting are what they claim, and models measure as what they do to a guitar."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from pedal.levels import BELIEVABLE, DRIVES_DB
from pedal.nam import Model, load_model, loudness
from pedal.nam.loudness import TO_FORMAT_DB, guitar_signal, k_weight, k_weighted_db, measure_model
from pedal.paths import factory_dir
from tests.nam import models

#: ITU-R BS.1770-4, tables 1 and 2: the two filters at 48 kHz.
PUBLISHED = (
    ([1.53512485958697, -2.69169618940638, 1.19839281085285], [1.0, -1.69065929318241, 0.73248077421585]),
    ([1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621]),
)


def gain_of(db: float, rate_hz: int | None = 48000, **metadata: float) -> Model:
    """A model that does nothing but change the level."""
    config = {"receptive_field": 1, "bias": False}
    document = models.document("Linear", config, weights=[10 ** (db / 20)], sample_rate=rate_hz)
    return models.parse(document | {"metadata": metadata})


@pytest.fixture(scope="module")
def starter() -> Model:
    return load_model(factory_dir("models") / "starter-crunch.nam")


def test_the_weighting_is_the_published_one() -> None:
    frequencies_hz = np.linspace(5.0, 23_900.0, 4000)
    z = np.exp(-2j * np.pi * frequencies_hz / 48000)
    wanted = np.ones_like(z)
    for numerator, denominator in PUBLISHED:
        wanted *= np.polyval(numerator[::-1], z) / np.polyval(denominator[::-1], z)
    assert np.abs(20 * np.log10(k_weight(frequencies_hz, 48000) / np.abs(wanted))).max() < 1e-5


@pytest.mark.parametrize("rate_hz", [44100, 48000, 96000, 192000])
def test_at_every_rate_a_sine_weighs_the_same(rate_hz: int) -> None:
    """At 997 Hz the standard's own check: -3.01 dB for a sine that reaches full scale, less its offset of 0.691 dB."""
    sine = np.sin(2 * np.pi * 997.0 * np.arange(rate_hz) / rate_hz).astype(np.float32)
    assert k_weighted_db(sine, rate_hz) - 0.691 == pytest.approx(-3.01, abs=0.02)


def test_nothing_can_be_said_of_silence_and_of_broken_numbers() -> None:
    for value in (0.0, np.nan, np.inf):
        assert k_weighted_db(np.full(1000, value, np.float32), 48000) == -np.inf


@pytest.mark.parametrize("rate_hz", [44100, 48000, 96000])
def test_the_signal_is_a_guitar_of_known_level(rate_hz: int) -> None:
    signal = guitar_signal(rate_hz).astype(np.float64)
    assert signal.size == 2 * rate_hz
    assert 10 * np.log10(np.mean(signal**2)) == pytest.approx(loudness.TEST_LEVEL_DB, abs=1e-4)
    assert np.abs(signal).max() < 1.0
    assert abs(signal[0]) < 1e-6 and abs(signal[-1]) < 1e-3
    power = np.abs(np.fft.rfft(signal)) ** 2
    frequencies_hz = np.fft.rfftfreq(signal.size, 1 / rate_hz)
    assert power[frequencies_hz < 60].sum() < 0.002 * power.sum()
    assert power[frequencies_hz > 6000].sum() < 0.002 * power.sum()
    assert power[(frequencies_hz > 800)].sum() > 0.03 * power.sum()


def test_it_is_the_same_every_time() -> None:
    first = guitar_signal(48000).copy()
    guitar_signal.cache_clear()
    assert np.array_equal(first, guitar_signal(48000))


@pytest.mark.parametrize("gain_db", [-30.0, 0.0, 12.5])
@pytest.mark.parametrize("rate_hz", [None, 44100, 48000, 96000])
def test_a_gain_measures_as_that_gain(gain_db: float, rate_hz: int | None) -> None:
    plain, changed = measure_model(gain_of(0.0, rate_hz)), measure_model(gain_of(gain_db, rate_hz))
    assert plain is not None and plain.loudness_db is not None
    assert changed is not None and changed.loudness_db is not None
    assert changed.loudness_db - plain.loudness_db == pytest.approx(gain_db, abs=1e-3)
    signal_db = k_weighted_db(guitar_signal(rate_hz or 48000), rate_hz or 48000)
    assert plain.loudness_db == pytest.approx(signal_db + TO_FORMAT_DB, abs=1e-4)


def test_a_linear_model_loses_what_it_is_driven_less() -> None:
    found = measure_model(gain_of(0.0, input_level_dbu=12.0))
    assert found is not None
    assert found.changes_db == pytest.approx(DRIVES_DB, abs=1e-3)


def test_nothing_is_measured_where_nothing_is_missing(starter: Model) -> None:
    assert measure_model(gain_of(0.0, loudness=-20.0)) is None
    stated = measure_model(gain_of(0.0, loudness=-20.0, input_level_dbu=12.0))
    assert stated is not None and stated.changes_db
    assert measure_model(starter) is not None  # its widths may want trims


def test_silent_and_deafening_models() -> None:
    silent = measure_model(gain_of(-200.0))
    assert silent is not None and silent.loudness_db is None and silent.trims_db == (0.0,)
    loud = measure_model(gain_of(100.0))
    assert loud is not None and loud.loudness_db == BELIEVABLE["loudness"][1]


def test_widths_are_brought_together_by_a_decibel_at_most() -> None:
    tiers = [(edge, models.document("Linear", {"receptive_field": 1, "bias": False}, weights=[gain], sample_rate=None))
             for edge, gain in ((0.25, 0.5), (0.5, 0.93), (0.75, 0.995), (1.0, 1.0))]  # fmt: skip
    found = measure_model(models.parse(models.container(*tiers)))
    assert found is not None
    assert found.trims_db == pytest.approx((1.0, -20 * np.log10(0.93), 0.0, 0.0), abs=1e-3)


def test_what_would_take_too_long_is_left_out(monkeypatch: pytest.MonkeyPatch, starter: Model) -> None:
    bare = replace(starter, loudness_db=None)
    frames = guitar_signal(48000).size
    monkeypatch.setattr(loudness, "MOST_MACS", frames * 11775)
    assert measure_model(bare) is None
    monkeypatch.setattr(loudness, "MOST_MACS", frames * (11776 + 1730))
    found = measure_model(bare)
    assert found is not None and found.loudness_db is not None and found.trims_db == (0.0, 0.0)


def test_patience_ends(monkeypatch: pytest.MonkeyPatch, starter: Model) -> None:
    """Depthwise layers multiply more than they count."""
    monkeypatch.setattr(loudness, "PATIENCE_S", 0.0)
    assert measure_model(starter) is None


def test_the_factory_model_measures_as_its_trainer_did(starter: Model) -> None:
    """A sanity check on one capture; ``docs/levels.md`` has the table over many."""
    found = measure_model(starter)
    assert found is not None and found.loudness_db is not None and starter.loudness_db is not None
    assert abs(found.loudness_db - starter.loudness_db) < 3.0
    assert all(abs(trim_db) <= 1.0 for trim_db in found.trims_db)


def test_a_measured_model_knows_whose_word_counts(starter: Model) -> None:
    found = measure_model(starter)
    assert found is not None
    stated, bare = starter.with_measured(found), replace(starter, loudness_db=None).with_measured(found)
    assert (stated.levels.loudness_db, stated.levels.is_measured) == (starter.loudness_db, False)
    assert (bare.levels.loudness_db, bare.levels.is_measured) == (found.loudness_db, True)
    assert starter.trims_db == (0.0, 0.0)
    assert stated.trims_db == found.trims_db


def response_of(model: Model, x: NDArray[np.float32]) -> float:
    return k_weighted_db(model.engine().process(x), 48000)


def test_between_drives_the_line_is_near_the_curve(starter: Model) -> None:
    from pedal.levels import loudness_change_db

    found = measure_model(replace(starter, input_level_dbu=12.0))
    assert found is not None and len(found.changes_db) == len(DRIVES_DB)
    usual_db = response_of(starter, guitar_signal(48000))
    for drive_db in (-30.0, -20.0, -12.0, -4.0, 4.0):
        driven_db = response_of(starter, guitar_signal(48000) * np.float32(10 ** (drive_db / 20)))
        assert loudness_change_db(found.changes_db, drive_db) == pytest.approx(driven_db - usual_db, abs=1.5)
