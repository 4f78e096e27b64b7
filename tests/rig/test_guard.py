"""Broken numbers: whatever breaks wherever, it is silent within the period, named, and over after it."""

from __future__ import annotations

import numpy as np
import pytest

from pedal import layout as at
from pedal.dsp.biquad import COEFFICIENTS
from pedal.dsp.block import own_f32
from pedal.dsp.ramp import RAMP_CELLS
from pedal.dsp.tone import BANDS
from pedal.params import KINDS
from pedal.preset import Block
from tests.rig.bench import RATE_HZ, Bench, guitar, preset

TAKE = guitar(RATE_HZ)
BLOCKS = (
    Block("gate", "gate"),
    Block("amp", "amp", "starter"),
    Block("tone", "tone"),
    Block("cab", "cab", "100"),
)
BROKEN = [np.nan, np.inf, -np.inf, 1e30]
#: Block, view, and which cell of its state breaks: filters' memory, ramps, coefficients, meters.
CELLS = [
    ("input", "f32", RAMP_CELLS),
    ("gate", "f32", 0),
    ("gate", "f32", own_f32(KINDS["gate"])),
    ("gate", "f32", own_f32(KINDS["gate"]) + 1),
    ("amp", "f32", at.AMP_DRIVE),
    ("amp", "f32", at.AMP_LEVEL),
    ("amp", "f32", at.AMP_WET),
    ("tone", "f32", RAMP_CELLS),
    ("tone", "f64", 0),
    ("tone", "f64", 2 * COEFFICIENTS),
    ("tone", "f64", BANDS * COEFFICIENTS),
    ("cab", "f32", 0),
    ("cab", "f32", RAMP_CELLS),
    ("cab", "f32", own_f32(KINDS["cab"]) + 20),
    ("dc", "f64", 1),
    ("output", "f32", RAMP_CELLS),
    ("output", "f32", own_f32(KINDS["output"])),
]


def playing() -> Bench:
    bench = Bench(preset(*BLOCKS))
    bench.adopt(0)
    bench.play_all(TAKE[:9600], 64)
    bench.new_events()
    return bench


@pytest.mark.parametrize("value", BROKEN)
@pytest.mark.parametrize(("block", "view", "cell"), CELLS)
def test_broken_state_is_mended_within_a_period(block: str, view: str, cell: int, value: float) -> None:
    bench = playing()
    row = bench.row(block)
    memory = bench.arena.f32 if view == "f32" else bench.arena.f64
    memory[int(bench.arena.i64[row + (at.F32 if view == "f32" else at.F64)]) + cell] = value
    y = bench.play(TAKE[9600:9664])
    trips = int(bench.arena.i64[at.GUARD_TRIPS])
    named = [event.numbers[0] for event in bench.new_events() if event.kind == at.EVENT_GUARD]
    assert np.isfinite(y).all()
    assert np.abs(y).max() <= 1.0
    assert len(named) == trips <= 1
    if trips:
        assert named == [bench.block(block).serial]
    after = bench.play_all(TAKE[9664:19264], 64)
    assert bench.arena.i64[at.GUARD_TRIPS] == trips
    assert np.isfinite(after).all()
    healthy = playing().play_all(TAKE[9600:19264], 64)[64:]
    tail = slice(-1600, None)  # the DC blocker and the limiter forget slowly
    np.testing.assert_allclose(after[tail], healthy[tail], atol=0.02 * np.abs(healthy).max())


def test_a_weight_that_is_no_number_keeps_the_amp_silent_and_nothing_else() -> None:
    bench = playing()
    (view,) = bench.amps(0)
    start, size = bench.block("amp").region
    weights = bench.arena.f32[start // 4 : (start + size) // 4]
    plan = view.get(at.AMP_PLANS + 1)
    from pedal.nam.plan import WEIGHTS

    weight = int(bench.arena.i64[plan + WEIGHTS])
    assert start // 4 <= weight < start // 4 + weights.size
    good = float(bench.arena.f32[weight])
    bench.arena.f32[weight] = np.nan
    y = bench.play_all(TAKE[9600:19200], 64)
    assert np.isfinite(y).all()
    assert np.abs(y[4800:]).max() < 0.05
    assert {event.numbers[0] for event in bench.new_events()} == {bench.block("amp").serial}
    bench.arena.f32[weight] = good
    trips = int(bench.arena.i64[at.GUARD_TRIPS])
    bench.play_all(TAKE[19200:28800], 64)
    assert bench.arena.i64[at.GUARD_TRIPS] == trips


@pytest.mark.parametrize("value", BROKEN)
def test_a_tap_that_is_no_number_names_the_cabinet(value: float) -> None:
    bench = playing()
    row = bench.row("cab")
    bench.arena.f32[int(bench.arena.i64[row + at.F32]) + own_f32(KINDS["cab"]) + 50] = value
    y = bench.play(TAKE[9600:9664])
    (event,) = bench.new_events()
    assert event.kind == at.EVENT_GUARD
    assert event.numbers[:2] == (bench.block("cab").serial, [block.id for block in bench.notes[0].blocks].index("cab"))
    assert np.isfinite(y).all()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 3e38])
def test_a_knob_that_is_no_number_is_not_turned(value: float) -> None:
    """Every ramped parameter keeps its last good value."""
    bench, twin = playing(), playing()
    for block, cells in (("input", [1]), ("amp", [1, 2]), ("tone", [1, 2, 3]), ("cab", [1]), ("output", [1, 2, 3])):
        for cell in cells:
            bench.turn(block, cell, value)
    np.testing.assert_array_equal(bench.play_all(TAKE[9600:14400], 64), twin.play_all(TAKE[9600:14400], 64))
    assert bench.arena.i64[at.GUARD_TRIPS] == 0


def test_the_edge_of_a_mute_is_spliced() -> None:
    bench = playing()
    before = bench.play(TAKE[9600:9664])
    bench.arena.f64[int(bench.arena.i64[bench.row("tone") + at.F64]) + BANDS * COEFFICIENTS] = np.nan
    y = np.concatenate([before, bench.play_all(TAKE[9664:14400], 64)])[:, 0]
    healthy = playing().play_all(TAKE[9600:14400], 64)[:, 0]
    assert np.abs(np.diff(y)).max() <= 1.5 * np.abs(np.diff(healthy)).max()
