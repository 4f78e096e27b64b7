"""What every block promises, whatever it does: no zipper, no sound of its own, no delay, no cost at rest."""

from __future__ import annotations

import importlib
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pedal import layout as at
from pedal.params import BYPASS, KINDS
from pedal.params.param import BlockKind
from tests.dsp.rows import RATE_HZ, Row, noise
from tests.dsp.settings import GLIDES, KNOBS, LONG, TESTED, audible, channels_of
from tests.dsp.sweep import zipper_db

#: Files of blocks; the amp's is of ``rig``, and its models say their sources in ``nam``.
MODULES = [kind.name for kind in TESTED]

#: Knobs that cross a threshold: what opens then opens as fast as ever, and that is heard.
OPENING = {("gate", "threshold_db")}
SWITCHED = [kind for kind in TESTED if kind.bypass != "own"]
SILENT = 1e-6  # -120 dBFS


def named(kind: BlockKind) -> str:
    return kind.name


@pytest.mark.parametrize(("kind", "name"), [knob for knob in KNOBS if knob not in OPENING | GLIDES | LONG])
def test_no_knob_zips(kind: str, name: str) -> None:
    """From end to end in a tenth of a second, on a sine of 440 Hz, up and down."""
    assert zipper_db(kind, name) <= -70.0


@pytest.mark.parametrize("name", ["drive_db", "level_db"])
def test_no_knob_of_an_amp_zips(name: str) -> None:
    """Of an amp that adds no overtones, so that nothing hides behind them."""
    assert zipper_db("amp", name) <= -70.0


def test_a_threshold_that_is_not_crossed_is_not_heard() -> None:
    """The one knob that may be heard where it decides something, and then as a gate is: it stays open here."""
    x = 0.25 * np.sin(2 * np.pi * 440.0 * np.arange(RATE_HZ // 2) / RATE_HZ)
    x = np.repeat(x[:, None], channels_of("gate"), axis=1).astype(np.float32)
    takes = []
    for places_db in (np.linspace(-100.0, -20.0, 75), np.full(75, -100.0)):
        row, out = audible("gate"), []
        row.play_all(x, key=x[:, 0].copy())
        for start in range(0, len(x) - 255, 256):
            row.turn("threshold_db", places_db[min(start // 64, 74)])
            out.append(row.play(x[start : start + 256], x[start : start + 256, 0].copy()))
        takes.append(np.concatenate(out))
    np.testing.assert_array_equal(takes[0], takes[1])


@pytest.mark.parametrize("kind", TESTED, ids=named)
def test_silence_stays_silence(kind: BlockKind) -> None:
    row = audible(kind.name)
    assert not row.play_all(np.zeros((4000, row.channels), np.float32), key=np.zeros(4000, np.float32)).any()


@pytest.mark.parametrize("kind", [kind for kind in TESTED if kind.name != "vibrato"], ids=named)
def test_nothing_waits(kind: BlockKind) -> None:
    """What goes in at a frame is heard in that frame; but a vibrato is a moving delay and nothing else."""
    quiet, struck = noise(512, channels_of(kind.name)), noise(512, channels_of(kind.name))
    struck[300] += 0.1
    before, after = (audible(kind.name).play_all(x, key=x[:, 0].copy()) for x in (quiet, struck))
    different = np.flatnonzero((before != after).any(axis=1))
    assert different[0] == 300


@pytest.mark.parametrize("kind", TESTED, ids=named)
@pytest.mark.parametrize("end", ["low", "high"])
def test_the_ends_of_all_knobs_are_safe(kind: BlockKind, end: str) -> None:
    """All at one end, and each at the other in turn: finite, and no louder than the knobs that are levels say."""
    x = noise(4800, channels_of(kind.name))
    for turned in range(1, len(kind.params)):
        row = audible(kind.name)
        for cell, param in enumerate(kind.params[1:], 1):
            row.turn(param.name, param.high if (end == "high") != (cell == turned) else param.low)
        y = row.play_all(x, (64,), x[:, 0].copy())
        assert np.isfinite(y).all()
        assert np.abs(y).max() < 1e4


@pytest.mark.parametrize("kind", TESTED, ids=named)
@given(data=st.data())
@settings(max_examples=12)
def test_any_sequence_of_periods_sounds_the_same(kind: BlockKind, data: st.DataObject) -> None:
    """Also while a knob turns."""
    lengths = data.draw(st.lists(st.integers(1, 256), min_size=1, max_size=12))
    param = data.draw(st.sampled_from(kind.params))
    x = noise(2000, channels_of(kind.name))
    rows = [audible(kind.name), audible(kind.name)]
    for row in rows:
        if param is not BYPASS:
            row.turn(param.name, param.high)
    whole, cut = (row.play_all(x, periods, x[:, 0].copy()) for row, periods in zip(rows, [(64,), lengths], strict=True))
    np.testing.assert_allclose(cut, whole, atol=2e-5)


def _is_asleep(row: Row) -> bool:
    words = row.arena.i64
    return bool(words[words[row.row + at.QUIET]] >= words[row.row + at.QUIET_FRAMES])


@pytest.mark.parametrize("kind", SWITCHED, ids=named)
def test_a_bypassed_block_rings_out_and_then_is_not_there(kind: BlockKind) -> None:
    """Below -120 dBFS, asleep (so that it costs a comparison), the dry sound to the last bit; and it comes back."""
    row = audible(kind.name)
    key = noise(RATE_HZ, 1)[:, 0].copy()
    row.play_all(noise(RATE_HZ, row.channels), key=key)
    assert not _is_asleep(row)
    row.turn("bypass", 1.0)
    silence = np.zeros((RATE_HZ, row.channels), np.float32)
    for _ in range(60):
        tail = row.play_all(silence, key=key)
        if _is_asleep(row):
            break
    assert np.abs(tail[-64:]).max() <= SILENT
    assert _is_asleep(row)
    x = noise(1024, row.channels)
    np.testing.assert_array_equal(row.play_all(x, key=key), x)
    row.turn("bypass", 0.0)
    row.play_all(x, key=key)
    assert not _is_asleep(row)


@pytest.mark.parametrize("kind", SWITCHED, ids=named)
def test_a_block_that_is_off_is_the_dry_sound(kind: BlockKind) -> None:
    row, x = audible(kind.name, on=False), noise(1000, channels_of(kind.name))
    np.testing.assert_array_equal(row.play_all(x, key=x[:, 0].copy()), x)


@pytest.mark.parametrize("kind", TESTED, ids=named)
def test_what_fades_away_leaves_no_denormals(kind: BlockKind) -> None:
    """Numbers that small take many times as long to compute with."""
    row = audible(kind.name)
    row.play_all(noise(4800, row.channels), key=noise(4800, 1)[:, 0].copy())
    silence = np.zeros((2 * RATE_HZ, row.channels), np.float32)
    row.play_all(silence, (256,), np.zeros(2 * RATE_HZ, np.float32))
    first, behind = (int(row.arena.i64[row.row + field]) for field in (at.F32, at.F64))
    memory = row.arena.f32[first : 2 * behind]
    assert not ((memory != 0) & (np.abs(memory) < np.finfo(np.float32).tiny)).any()


def spent_ns(row: Row) -> int:
    """A period of silence, as the period thread plays it."""
    silence = np.zeros((256, row.channels), np.float32)
    row.play(silence, silence[:, 0].copy())  # the bus and the caches are ready
    return row.timed_ns(256)


@pytest.mark.parametrize("kind", TESTED, ids=named)
def test_after_its_tail_a_block_is_silent_and_costs_what_it_cost(kind: BlockKind) -> None:
    """Switched on all the while, beside one that has never heard anything; in turns, the best of many."""
    played, fresh = audible(kind.name), audible(kind.name)
    played.play_all(noise(RATE_HZ, played.channels), key=noise(RATE_HZ, 1)[:, 0].copy())
    second = np.zeros((RATE_HZ, played.channels), np.float32)
    for _ in range(60):
        if np.abs(played.play_all(second, (256,), second[:, 0].copy())).max() <= SILENT:
            break
    else:
        pytest.fail("it rings for a minute")
    costs = np.array([(spent_ns(played), spent_ns(fresh)) for _ in range(60)]).min(axis=0)
    assert costs[0] <= 1.5 * costs[1] + 500  # a denormal costs a hundred times as much


@pytest.mark.parametrize("name", sorted(MODULES))
def test_every_kernel_says_where_its_equations_are_from(name: str) -> None:
    """A publication, or the file of this package that says it; but a product needs no source."""
    doc = importlib.import_module(f"pedal.dsp.{name}").__doc__ or ""
    assert name in {"boost", "input"} or re.search(r"\b(19|20)\d\d\b|``(biquad|limiter)``", doc)


def test_all_kinds_are_here() -> None:
    assert {kind.name for kind in TESTED} | {"amp"} == set(KINDS)
