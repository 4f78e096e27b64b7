"""The arithmetic of levels: every gain is the difference that its sentence names, bounded whatever comes in."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal.levels import (
    BELIEVABLE,
    DRIVES_DB,
    LEAST_TRIM_DB,
    MOST_GAIN_DB,
    MOST_TRIM_DB,
    OUTPUT_MODES,
    TARGET_DB,
    USUAL,
    Levels,
    ModelLevels,
    input_gain,
    is_believable,
    loudness_change_db,
    output_gain,
    trim_db,
)

dbus = st.none() | st.floats(-60.0, 60.0)
models = st.builds(
    ModelLevels,
    loudness_db=st.none() | st.floats(*BELIEVABLE["loudness"]),
    is_measured=st.booleans(),
    changes_db=st.just(()) | st.tuples(*[st.floats(-60.0, 60.0)] * len(DRIVES_DB)),
    input_level_dbu=dbus,
    output_level_dbu=dbus,
)
levels = st.builds(
    Levels,
    output=st.sampled_from(OUTPUT_MODES),
    target_db=st.floats(-40.0, 0.0),
    calibrate_input=st.booleans(),
    board_dbu=dbus,
)


def result_of(why: str) -> float:
    """The last number of a sentence, in dB."""
    return float(re.findall(r"([-+]?\d+\.\d) dB", why)[-1])


@given(models, levels)
def test_every_gain_is_what_its_sentence_says_and_bounded(model: ModelLevels, chosen: Levels) -> None:
    for gain in (input_gain(model, chosen), output_gain(model, chosen)):
        assert abs(gain.gain_db) <= MOST_GAIN_DB
        assert result_of(gain.why) == pytest.approx(gain.gain_db, abs=0.051)


@given(models, levels)
def test_input_is_calibrated_only_where_both_levels_are_known(model: ModelLevels, chosen: Levels) -> None:
    gain_db = input_gain(model, chosen).gain_db
    if chosen.calibrate_input and chosen.board_dbu is not None and model.input_level_dbu is not None:
        wanted_db = chosen.board_dbu - model.input_level_dbu
        assert gain_db == pytest.approx(max(-MOST_GAIN_DB, min(MOST_GAIN_DB, wanted_db)))
    else:
        assert gain_db == 0.0


@given(models, levels)
def test_normalised_amps_come_to_the_target(model: ModelLevels, chosen: Levels) -> None:
    normalised = Levels("normalised", chosen.target_db, chosen.calibrate_input, chosen.board_dbu)
    gain_db = output_gain(model, normalised).gain_db
    if model.loudness_db is None:
        assert gain_db == 0.0
        return
    heard_db = model.loudness_db + loudness_change_db(model.changes_db, input_gain(model, normalised).gain_db)
    if abs(gain_db) < MOST_GAIN_DB:
        assert heard_db + gain_db == pytest.approx(chosen.target_db)


@given(models, levels)
def test_calibrated_falls_back_to_normalised_and_says_so(model: ModelLevels, chosen: Levels) -> None:
    calibrated = Levels("calibrated", chosen.target_db, chosen.calibrate_input, chosen.board_dbu)
    gain = output_gain(model, calibrated)
    if model.output_level_dbu is None or chosen.board_dbu is None:
        normalised = Levels("normalised", chosen.target_db, chosen.calibrate_input, chosen.board_dbu)
        assert gain.gain_db == output_gain(model, normalised).gain_db
        assert "does not say its" in gain.why and "so normalised" in gain.why
    elif abs(gain.gain_db) < MOST_GAIN_DB:
        assert gain.gain_db == pytest.approx(model.output_level_dbu - chosen.board_dbu)


def test_the_worked_example() -> None:
    model = ModelLevels(loudness_db=-20.0, input_level_dbu=19.0, output_level_dbu=10.0)
    chosen = Levels(output="calibrated", board_dbu=12.0)
    assert input_gain(model, chosen).why == "board 12.0 dBu - model 19.0 dBu = -7.0 dB"
    assert output_gain(model, chosen).why == "model 10.0 dBu - board 12.0 dBu = -2.0 dB"
    assert output_gain(model, USUAL).why == "target -18.0 dB - loudness -20.0 dB (stated) = +2.0 dB"
    measured = ModelLevels(loudness_db=-12.0, is_measured=True, changes_db=(-4.0, -3.0, -1.0, 0.0, 1.0))
    assert output_gain(measured, USUAL).why == "target -18.0 dB - loudness -12.0 dB (measured) = -6.0 dB"
    assert USUAL.target_db == TARGET_DB == -18.0


def test_a_calibrated_input_does_not_make_an_amp_softer() -> None:
    """What it loses by being driven less, its output gets back."""
    model = ModelLevels(loudness_db=-20.0, changes_db=(-24.0, -16.0, -8.0, 0.0, 8.0), input_level_dbu=22.0)
    chosen = Levels(board_dbu=10.0)
    assert input_gain(model, chosen).gain_db == -12.0
    gain = output_gain(model, chosen)
    assert gain.gain_db == pytest.approx(2.0 + 12.0)
    assert gain.why == (
        "target -18.0 dB - loudness -32.0 dB (stated -20.0 dB, -12.0 dB for the calibrated input) = +14.0 dB"
    )


@given(st.tuples(*[st.floats(-60.0, 60.0)] * len(DRIVES_DB)), st.floats(-90.0, 90.0))
def test_changes_pass_through_what_was_measured(changes_db: tuple[float, ...], drive_db: float) -> None:
    for measured_at_db, change_db in zip(DRIVES_DB, changes_db, strict=True):
        assert loudness_change_db(changes_db, measured_at_db) == pytest.approx(change_db)
    change_db = loudness_change_db(changes_db, drive_db)
    if drive_db < DRIVES_DB[0]:
        assert change_db == pytest.approx(changes_db[0] + drive_db - DRIVES_DB[0])
    else:
        assert min(changes_db) - 1e-9 <= change_db <= max(changes_db) + 1e-9
    assert loudness_change_db((), drive_db) == 0.0


@given(st.floats(), st.floats())
def test_a_trim_brings_nearer_and_is_small(width_db: float, widest_db: float) -> None:
    found_db = trim_db(width_db, widest_db)
    assert found_db == 0.0 or LEAST_TRIM_DB <= abs(found_db) <= MOST_TRIM_DB
    if math.isfinite(widest_db - width_db):
        assert abs(widest_db - width_db - found_db) <= abs(widest_db - width_db)
    else:
        assert found_db == 0.0


@pytest.mark.parametrize("key", BELIEVABLE)
@pytest.mark.parametrize("value", [1e9, -1e9, math.inf, -math.inf, math.nan])
def test_what_cannot_be_is_not_believed(key: str, value: float) -> None:
    assert not is_believable(key, value)
