"""Levels in the chain: gains around an amp arrive with the rig or ramp, and the splice hears trims."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pedal import layout as at
from pedal.levels import USUAL, Levels, Measured
from pedal.nam import Model
from pedal.nam.loudness import guitar_signal, k_weighted_db, measure_model
from pedal.params import RAMP_S
from pedal.preset import Block
from pedal.rig.compile import amp_parts
from pedal.rig.offline import OfflineRig
from tests.rig.bench import RATE_HZ, TRIMS_DB, Bench, Floats, Twins, guitar, model_named, preset

TAKE = guitar(RATE_HZ // 2)
RAMP = round(RAMP_S * RATE_HZ)
CALIBRATED = Levels(board_dbu=2.0)
#: Captured by something that takes 10 dB more, and stating all there is to state.
STATED = replace(model_named("starter"), input_level_dbu=12.0, output_level_dbu=5.0)


class OneModel:
    def __init__(self, model: Model) -> None:
        self._model = model

    def model(self, name: str) -> Model:
        return self._model

    def impulse(self, name: str, rate_hz: int) -> Floats:
        raise AssertionError


def gains_db(model: Model, levels: Levels) -> tuple[float, float]:
    amp = amp_parts(model, RATE_HZ, levels)
    return 20 * np.log10(amp.input_gain), 20 * np.log10(amp.output_gain)


def test_an_amp_brings_its_gains() -> None:
    assert STATED.loudness_db is not None
    assert gains_db(STATED, CALIBRATED) == pytest.approx((-10.0, -18.0 - STATED.loudness_db))
    assert gains_db(STATED, Levels("raw", board_dbu=2.0)) == pytest.approx((-10.0, 0.0))
    assert gains_db(STATED, Levels("calibrated", board_dbu=2.0)) == pytest.approx((-10.0, 3.0))
    assert gains_db(STATED, Levels("calibrated")) == pytest.approx((0.0, -18.0 - STATED.loudness_db))
    assert gains_db(STATED, Levels("raw", calibrate_input=False, board_dbu=2.0)) == pytest.approx((0.0, 0.0))


@pytest.mark.parametrize("levels", [USUAL, CALIBRATED, Levels("raw"), Levels("calibrated", board_dbu=2.0)])
@pytest.mark.parametrize("n", [1, 37, 64])
def test_the_chain_is_drive_model_level(levels: Levels, n: int) -> None:
    block = Block("amp", "amp", "any", {"drive_db": 3.0, "level_db": -4.0})
    rig = OfflineRig(preset(block), OneModel(STATED), RATE_HZ, n, levels=levels)
    rig.process(TAKE[:4800])
    row = at.SLOTS + at.SLOT_HEADER + at.ROW_FIELDS
    y = int(rig.arena.i64[row + at.F32]) + at.AMP_Y
    before_db, behind_db = gains_db(STATED, levels)
    driven = TAKE[:4800] * np.float32(10 ** ((before_db + 3.0) / 20))
    wanted = STATED.engine().process(driven) * 10 ** ((behind_db - 4.0) / 20)
    last = 4800 % n or n
    np.testing.assert_allclose(rig.arena.f32[y : y + last], wanted[-last:], atol=1e-5 * np.abs(wanted).max())


@pytest.mark.parametrize("n", [1, 16, 64, 256])
@pytest.mark.parametrize("cell", [at.AMP_INPUT_GAIN, at.AMP_OUTPUT_GAIN])
def test_a_new_gain_ramps(n: int, cell: int) -> None:
    """Stored while it plays, a gain moves in a straight line over 20 ms, whatever the period."""
    bench = Bench(preset(Block("amp", "amp", "starter")))
    bench.adopt(0)
    (view,) = bench.amps(0)
    note = bench.block("amp").amp
    assert note is not None
    bench.play_all(TAKE[:2048], n)
    before = bench.arena.f32[note.gains_idx + cell - at.AMP_INPUT_GAIN]
    bench.arena.f32[note.gains_idx + cell - at.AMP_INPUT_GAIN] = 4.0 * before
    ramp = at.AMP_DRIVE if cell == at.AMP_INPUT_GAIN else at.AMP_LEVEL
    state = int(bench.arena.i64[bench.row("amp") + at.F32])
    values = []
    for start in range(2048, 2048 + 2048, n):
        bench.play(TAKE[start : start + n])
        values.append(float(bench.arena.f32[state + ramp]))
    frames = np.minimum(n * np.arange(1, len(values) + 1), RAMP)
    np.testing.assert_allclose(values, before * (1.0 + 3.0 * frames / RAMP), rtol=1e-4)
    assert view.playing == 1


def test_notes_say_where_the_gains_lie() -> None:
    bench = Bench(preset(Block("amp", "amp", "trio")))
    note = bench.block("amp").amp
    assert note is not None
    amp = amp_parts(model_named("trio"), RATE_HZ)
    stored = bench.arena.f32[note.gains_idx : note.gains_idx + 2]
    np.testing.assert_allclose(stored, (amp.input_gain, amp.output_gain), rtol=1e-6)
    assert note.levels == model_named("trio").levels
    assert note.levels.is_measured and note.levels.loudness_db == -20.0


@pytest.mark.parametrize("width", range(len(TRIMS_DB)))
def test_every_width_plays_with_its_trim(width: int) -> None:
    model = model_named("trio")
    bare = replace(model, measured=Measured(-20.0, (0.0,) * 3))
    slim = model.widths[width].slim_low
    trimmed, plain = (
        OfflineRig(preset(Block("amp", "amp", "any")), OneModel(each), RATE_HZ, width=slim).process(TAKE)
        for each in (model, bare)
    )
    np.testing.assert_allclose(trimmed, plain * 10 ** (TRIMS_DB[width] / 20), atol=2e-6 * np.abs(plain).max())


@pytest.mark.parametrize("n", [16, 64, 128])
def test_the_splice_sees_the_trim(n: int) -> None:
    """Around a change from one trimmed width to another: exact on both sides, and no step over the edge.

    The two widths differ by more than their trims, so a splice that did not know of them would jump.
    """
    bench = Bench(preset(Block("amp", "amp", "trio")))
    bench.adopt(0)
    (view,) = bench.amps(0)
    twins = Twins(model_named("trio"))
    said, heard, widths = [], [], []
    for start in range(0, 12_288, n):
        if start >= 6144:
            view.put(at.AMP_WANTED, 1 if start < 9216 else 0)
        bench.play(TAKE[start : start + n])
        bench.tend(12)
        said.append(view.said(n))
        heard.append(view.heard(n))
        widths += [view.playing] * n
    assert set(widths) == {0, 1, 2}
    y = np.concatenate(said).astype(np.float64)
    wanted = np.array(twins.process(np.concatenate(heard))) * view.level
    own = wanted[widths, np.arange(y.size)]
    changed = np.flatnonzero(np.diff(widths))
    far = np.ones(y.size, bool)
    for frame in changed:
        far[frame : frame + round(0.005 * RATE_HZ)] = False
        before, own_steps = y[frame + 1] - y[frame], np.abs(np.diff(wanted[:, frame - 240 : frame + 240])).max()
        assert abs(before) <= 1.05 * own_steps + 2.0**-15
    np.testing.assert_allclose(y[far], own[far], atol=1e-5 * np.abs(own).max())


def test_calibration_changes_the_drive_and_not_the_loudness() -> None:
    """Guitar in, K-weighted loudness out: with and without calibration, and from model to model."""
    found = measure_model(STATED)
    assert found is not None
    model = STATED.with_measured(found)
    usual, calibrated = (
        OfflineRig(preset(Block("amp", "amp", "any")), OneModel(model), RATE_HZ, levels=levels).process(
            guitar_signal(RATE_HZ)
        )[:, 0]
        for levels in (USUAL, CALIBRATED)
    )
    assert abs(k_weighted_db(usual, RATE_HZ) - k_weighted_db(calibrated, RATE_HZ)) < 0.5
    normal = [signal / np.sqrt(np.mean(signal**2)) for signal in (usual, calibrated)]
    assert np.sqrt(np.mean((normal[0] - normal[1]) ** 2)) > 0.1  # it is another sound


def test_two_models_come_to_the_same_loudness() -> None:
    loudnesses_db = []
    for gain in (1.0, 30.0):
        quiet = replace(model_named("starter"), loudness_db=None)
        weights = quiet.widths[-1].spec.weights * np.float32(1.0)
        weights[-1] *= np.float32(gain)  # the head's scale
        widest = replace(quiet.widths[-1], spec=replace(quiet.widths[-1].spec, weights=weights))
        scaled = replace(quiet, widths=(widest,), breakpoints=())
        found = measure_model(scaled)
        assert found is not None
        rig = OfflineRig(preset(Block("amp", "amp", "any")), OneModel(scaled.with_measured(found)), RATE_HZ)
        loudnesses_db.append(k_weighted_db(rig.process(guitar_signal(RATE_HZ))[:, 0], RATE_HZ))
    assert loudnesses_db[0] == pytest.approx(loudnesses_db[1], abs=0.1)
    assert loudnesses_db[0] == pytest.approx(-18.0, abs=0.5)
