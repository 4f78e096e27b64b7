"""What delay, reverb and modulation have in common: no period, no knob and no silence is heard in them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pedal.params import KINDS, Param
from tests.dsp.rows import RATE_HZ, Row, noise, reset_row
from tests.dsp.settings import GLIDES, LONG
from tests.dsp.sweep import BAND_HZ, PERIOD_FRAMES, SINE_HZ, SWEEP_S, sine, spectrum, zipper_db

EFFECTS = ["delay", "reverb", "chorus", "flanger", "phaser", "tremolo", "vibrato", "wah"]
KNOBS = [(kind, param) for kind in EFFECTS for param in KINDS[kind].params[1:]]


def named(value: object) -> str:
    return value.name if isinstance(value, Param) else str(value)


@pytest.mark.parametrize("kind", EFFECTS)
@given(lengths=st.lists(st.integers(1, 256), min_size=1, max_size=12))
@settings(max_examples=10)
def test_any_sequence_of_periods_sounds_the_same(kind: str, lengths: list[int]) -> None:
    x = noise(3000)
    np.testing.assert_allclose(Row(kind).play_all(x, lengths), Row(kind).play_all(x, (64,)), atol=1e-6)


@pytest.mark.parametrize(("kind", "param"), KNOBS, ids=named)
def test_the_same_turn_sounds_the_same_at_any_period(kind: str, param: Param) -> None:
    x, takes = noise(3000), []
    for n in (1, 37, 64, 256):
        row = Row(kind, 2, {param.name: param.low})
        row.turn(param.name, param.high)
        takes.append(row.play_all(x, (n,)))
    for take in takes[1:]:
        np.testing.assert_allclose(take, takes[0], atol=5e-6)


@pytest.mark.parametrize(("kind", "param"), KNOBS, ids=named)
def test_no_zipper(kind: str, param: Param) -> None:
    if (kind, param.name) not in GLIDES | LONG:
        assert zipper_db(kind, param.name) <= -70.0
        return
    for first, last in ((param.low, param.high), (param.high, param.low)):
        # Without feedback, whose echoes would be moved again; long before the sweep, so that no beginning comes by.
        row = Row(kind, 2, {"feedback": 0.0, param.name: first} if kind == "delay" else {param.name: first})
        x = np.repeat(sine(6.0)[:, None], 2, axis=1) * np.minimum(np.arange(6 * RATE_HZ) / RATE_HZ, 1.0)[:, None]
        out = []
        for start in range(0, len(x), PERIOD_FRAMES):
            turn = min(1.0, max(0.0, (start / RATE_HZ - 4.0) / SWEEP_S))
            row.turn(param.name, min(param.high, max(param.low, first + (last - first) * turn)))
            out.append(row.play(x[start : start + PERIOD_FRAMES].astype(np.float32)))
        hz, power = spectrum(np.concatenate(out)[int(3.8 * RATE_HZ) :, 0])
        top_hz = SINE_HZ * (1 if (kind, param.name) in LONG else 2) + BAND_HZ
        assert 10 * np.log10(power[hz > top_hz].sum() + 1e-30) <= -70.0


@pytest.mark.parametrize("kind", EFFECTS)
@pytest.mark.parametrize("channels", [1, 2])
def test_silence_stays_silence(kind: str, channels: int) -> None:
    assert not Row(kind, channels).play_all(np.zeros((5000, channels), np.float32)).any()


@pytest.mark.parametrize("kind", ["chorus", "flanger", "phaser", "tremolo", "vibrato", "wah"])
def test_channels_do_not_leak(kind: str) -> None:
    x = noise(5000)
    x[:, 1] = 0.0
    assert not Row(kind).play_all(x)[:, 1].any()


@pytest.mark.parametrize("kind", EFFECTS)
@pytest.mark.parametrize("rate_hz", [44100, 96000])
def test_they_play_at_other_rates(kind: str, rate_hz: int) -> None:
    y = Row(kind, 2, rate_hz=rate_hz).play_all(noise(20_000), (64,))
    assert np.isfinite(y).all()
    assert 0.02 < np.sqrt(np.mean(y[10_000:].astype(np.float64) ** 2)) < 1.0


@pytest.mark.parametrize("kind", EFFECTS)
def test_a_row_that_broke_is_mended_by_its_reset(kind: str) -> None:
    """One number that is none is soon everywhere in a memory; the chain's guard resets the row."""
    row, x = (
        Row(kind, 2, {"mix": 0.5} if kind in ("delay", "reverb", "chorus", "flanger", "phaser", "wah") else {}),
        noise(4000),
    )
    broken = x.copy()
    broken[100] = np.nan
    row.play_all(broken)
    reset_row(row)
    assert np.isfinite(row.play_all(np.repeat(x, 6, axis=0))).all()


@pytest.mark.parametrize("kind", EFFECTS)
def test_bypass_is_exactly_dry_and_neither_way_steps(kind: str) -> None:
    row = Row(kind, 1, on=False)
    x = (0.25 * np.sin(2 * np.pi * 200.0 * np.arange(RATE_HZ) / RATE_HZ)).astype(np.float32)[:, None]
    np.testing.assert_array_equal(row.play_all(x), x)
    row.turn("bypass", 0.0)
    coming = row.play_all(x)
    row.turn("bypass", 1.0)
    going = row.play_all(x)
    for y in (coming, going):
        assert np.abs(np.diff(y[:, 0])).max() < 2.5 * np.abs(np.diff(x[:, 0])).max()
