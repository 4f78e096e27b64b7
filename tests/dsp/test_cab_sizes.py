"""A cabinet with fewer taps: as loud, exact once it is there, and there without a click, at no more cost on the way."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from pedal import layout as at
from pedal.dsp.biquad import COEFFICIENTS, STATES
from pedal.dsp.cab_convolve import half_way_kernel
from pedal.dsp.cab_sizes import LEAST_TAPS, MOST_TRIM_DB, all_sets, sizes_of, trim_gain, two_sets
from pedal.library.impulses import load_impulse, mean_power_gain
from pedal.paths import factory_dir
from tests.dsp.rows import RATE_HZ, Floats, Row, noise, reset_row
from tests.rig.bench import Assets, guitar

HALF = int(half_way_kernel(RATE_HZ))
BEFORE, AFTER = 4096, 4096
TAPS = "2048"
CUTS_OPEN = {"mix": 0.3, "width": 0.5}
EDGE = 10_000.0 / RATE_HZ
QUARTER, HALVED, WHOLE = 0, 1, 2


def sizes_word(row: Row, word: int) -> int:
    return int(row.arena.i64[row.row + at.SIZED]) + word


def want(row: Row, size: int) -> None:
    row.arena.i64[sizes_word(row, at.SIZE_WANTED)] = size


def playing(row: Row) -> tuple[int, int]:
    words = row.arena.i64
    return int(words[sizes_word(row, at.SIZE_PLAYING)]), int(words[sizes_word(row, at.SIZE_WAY)])


def cab(size: int = WHOLE, taps: str = TAPS, channels: int = 2) -> Row:
    """One that has always played this size."""
    row = Row("cab", channels, CUTS_OPEN, taps, options={"impulse_b": "1500"})
    want(row, size)
    reset_row(row)
    return row


def changed(before: int, after: int, x: Floats, n: int = 64) -> Floats:
    row = cab(before)
    first = row.play_all(x[:BEFORE], (n,))
    want(row, after)
    y = np.concatenate([first, row.play_all(x[BEFORE:], (n,))])
    assert playing(row) == (after, 0)
    return y


def assert_same_from(row: Row, always: Row, x: Floats) -> None:
    """To the last bit, once the cuts behind the convolution have the same past: they forget at their own pace."""
    memories = [each.arena.i64[each.row + at.F64] for each in (row, always)]
    ours, theirs = (slice(at_f64, at_f64 + 2 * (COEFFICIENTS + 2 * STATES)) for at_f64 in memories)
    np.testing.assert_allclose(row.arena.f64[ours], always.arena.f64[theirs], atol=0.1)
    row.arena.f64[ours] = always.arena.f64[theirs]
    np.testing.assert_array_equal(row.play_all(x), always.play_all(x))


def strum(frames: int, seed: int = 1) -> Floats:
    return np.stack([guitar(frames, seed), guitar(frames, seed + 100)], axis=1)


def treble(y: Floats) -> Floats:
    """What is above 10 kHz: a windowed sinc of 229 taps, down by more than 100 dB below 9 kHz."""
    k = np.arange(-114, 115)
    taps = -2.0 * EDGE * np.sinc(2.0 * EDGE * k) * np.kaiser(k.size, 11.0)
    taps[114] += 1.0
    return np.stack([np.convolve(channel, taps, "same") for channel in y.T], axis=1)


@pytest.mark.parametrize(
    ("taps", "sizes"),
    [
        (2048, (512, 1024, 2048)),
        (8192, (2048, 4096, 8192)),
        (1000, (500, 1000)),
        (512, (256, 512)),
        (508, (508,)),
        (1024, (256, 512, 1024)),
        (4, (4,)),
    ],
)
def test_there_are_a_quarter_a_half_and_all_but_never_few(taps: int, sizes: tuple[int, ...]) -> None:
    assert sizes_of(taps) == sizes
    assert all(2 * one <= other for one, other in pairwise(sizes))
    assert min(sizes) >= min(LEAST_TAPS, taps)


def test_every_size_is_a_response_that_is_cut_with_a_fade_and_a_trim() -> None:
    impulses = [Assets().impulse(name, RATE_HZ) for name in ("2048", "700")]
    data, sizes = all_sets(impulses, 2048, RATE_HZ)
    start = 0
    for size in sizes:
        first, second = (data[offset + start : offset + start + size] for offset in (0, data.size // 2))
        bare = np.concatenate([first, second]), two_sets(impulses, size)
        gain = float(bare[0] @ bare[1] / (bare[1] @ bare[1]))
        np.testing.assert_allclose(bare[0], gain * bare[1], atol=1e-7)
        assert abs(20 * np.log10(gain)) <= MOST_TRIM_DB + 1e-6
        start += size
    np.testing.assert_array_equal(data[start - 2048 : start], two_sets(impulses, 2048)[:2048])


@pytest.mark.parametrize("path", sorted((factory_dir("models") / "cabs").glob("*.wav")), ids=lambda path: path.stem)
def test_factory_cabinets_are_as_loud_with_fewer_taps(path) -> None:  # type: ignore[no-untyped-def]
    impulse = load_impulse(path, RATE_HZ)
    data, sizes = all_sets([impulse], 2048, RATE_HZ)
    starts = np.cumsum([0, *sizes[:-1]])
    powers = [
        mean_power_gain(data[a : a + size][::-1].astype(float), RATE_HZ) for a, size in zip(starts, sizes, strict=True)
    ]
    changes_db = 10 * np.log10(np.array(powers) / powers[-1])
    print(path.stem, sizes, np.round(changes_db, 3))
    assert np.abs(changes_db).max() < 0.02


@pytest.mark.parametrize(("found", "gain_db"), [(1.0, 0.0), (0.9, 0.458), (0.5, 0.5), (4.0, -0.5), (0.0, 0.0)])
def test_a_trim_is_never_large(found: float, gain_db: float) -> None:
    assert 20 * np.log10(trim_gain(found, 1.0)) == pytest.approx(gain_db, abs=1e-3)


@pytest.mark.parametrize("n", [1, 16, 37, 64, 256])
@pytest.mark.parametrize("size", [QUARTER, HALVED, WHOLE])
def test_a_size_is_to_the_last_bit_the_convolution_with_its_taps(size: int, n: int) -> None:
    """Of a cabinet that knows nothing of sizes, and has these taps for all of its own."""
    x, row, data = noise(3000), cab(size), cab().arena.f32
    words = row.arena.i64
    taps = [int(words[sizes_word(row, at.SIZE_TAPS) + k]) for k in range(3)]
    alone = Row("cab", 2, CUTS_OPEN, str(taps[size]), options={"taps": taps[size]})
    cells, before = sum(taps), sum(taps[:size])
    for which in (0, 1):
        start = int(words[row.row + at.DATA]) + which * cells + before
        own = alone.arena.i64
        own[sizes_word(alone, at.SIZE_COUNT)] = 1  # its largest, by itself
        own[sizes_word(alone, at.SIZE_TAPS)] = taps[size]
        place = int(own[alone.row + at.DATA]) + which * taps[size]
        alone.arena.f32[place : place + taps[size]] = data[start : start + taps[size]]
    want(alone, 0)
    reset_row(alone)
    np.testing.assert_array_equal(row.play_all(x, (n,)), alone.play_all(x, (n,)))


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(("before", "after"), [(2, 1), (2, 0), (1, 0), (0, 2), (0, 1), (1, 2)])
def test_a_change_arrives_at_what_that_size_would_always_have_played(before: int, after: int, channels: int) -> None:
    x = noise(BEFORE + AFTER, channels)
    row = cab(before, channels=channels)
    row.play_all(x[:BEFORE])
    want(row, after)
    y = row.play_all(x[BEFORE:])
    always = cab(after, channels=channels)
    assert np.abs(y - always.play_all(x)[BEFORE:]).max() > 1e-4
    assert playing(row) == (after, 0)
    assert_same_from(row, always, noise(2000, channels, seed=2))
    assert 0.02 <= 2 * HALF / RATE_HZ <= 0.03


@pytest.mark.parametrize(("before", "after"), [(2, 1), (2, 0), (1, 0), (0, 2), (0, 1), (1, 2)])
@pytest.mark.parametrize("n", [16, 64, 256])
def test_a_change_is_no_louder_and_no_sharper_than_an_ideal_cross_fade(before: int, after: int, n: int) -> None:
    steps, trebles = [], []
    for seed in range(4):
        x = strum(BEFORE + AFTER, seed)
        old, new = cab(before).play_all(x), cab(after).play_all(x)
        y = changed(before, after, x, n)
        way = np.clip((np.arange(len(x)) - BEFORE + 1) / (2 * HALF), 0.0, 1.0)[:, None]
        ideal = old + (new - old) * way * way * (3.0 - 2.0 * way)
        window = slice(BEFORE - 240, BEFORE + 2 * HALF + 240)
        both = [np.abs(np.diff(take[window], axis=0)).max() for take in (old, new)]
        steps.append(np.abs(np.diff(y[window], axis=0)).max() / max(*both, 2.0**-15))
        heard, wanted = (np.sum(treble(take)[window] ** 2) for take in (y, ideal))
        widths = max(np.sum(treble(take)[window] ** 2) for take in (old, new))
        trebles.append(10 * np.log10(heard / max(wanted, widths)))
    print(before, after, n, np.round(max(steps), 4), np.round(max(trebles), 3))
    assert max(steps) < 1.01
    assert max(trebles) < 0.1


def test_any_period_changes_alike() -> None:
    x = noise(BEFORE + AFTER)
    takes = [changed(WHOLE, QUARTER, x, n) for n in (1, 16, 64, 256)]
    for take in takes[1:]:
        np.testing.assert_allclose(take, takes[0], atol=1e-5)


@pytest.mark.parametrize("turn_at", [64, HALF - 64, HALF, HALF + 64, 2 * HALF - 64])
@pytest.mark.parametrize(("before", "meanwhile", "at_last"), [(2, 1, 2), (0, 1, 0), (2, 1, 0), (1, 2, 0), (0, 2, 1)])
def test_another_mind_half_way(before: int, meanwhile: int, at_last: int, turn_at: int) -> None:
    x = strum(BEFORE + 3 * AFTER)
    row = cab(before)
    parts = [row.play_all(x[:BEFORE])]
    for size, start, stop in ((meanwhile, BEFORE, BEFORE + turn_at), (at_last, BEFORE + turn_at, len(x))):
        want(row, size)
        parts.append(row.play_all(x[start:stop]))
    assert playing(row) == (at_last, 0)
    always = [cab(size) for size in range(3)]
    largest = max(np.abs(np.diff(each.play_all(x), axis=0)).max() for each in always)
    assert np.abs(np.diff(np.concatenate(parts), axis=0)).max() <= 1.01 * largest
    assert_same_from(row, always[at_last], strum(2000, 9))


@pytest.mark.parametrize("wanted", [-5, 99])
def test_a_size_that_there_is_not_is_the_nearest(wanted: int) -> None:
    row = cab()
    want(row, wanted)
    row.play_all(noise(BEFORE))
    assert playing(row) == (min(max(wanted, 0), 2), 0)


def test_knobs_turn_while_it_changes() -> None:
    """As much as if it had been made of both sizes, frame by frame."""
    x = noise(BEFORE + AFTER)
    takes = []
    for first, then in ((WHOLE, WHOLE), (QUARTER, QUARTER), (WHOLE, QUARTER)):
        row = cab(first)
        parts = [row.play_all(x[:BEFORE])]
        want(row, then)
        for k, start in enumerate(range(BEFORE, len(x), 256)):
            row.turn("mix", 0.9 if k % 2 else 0.1)
            parts.append(row.play_all(x[start : start + 256]))
        takes.append(np.concatenate(parts))
    whole, quarter, y = takes
    np.testing.assert_allclose(
        y[BEFORE + 2 * HALF :], quarter[BEFORE + 2 * HALF :], atol=2e-3
    )  # what the cuts remember
    np.testing.assert_array_equal(y[:BEFORE], whole[:BEFORE])
    window = slice(BEFORE - 64, BEFORE + 2 * HALF + 64)
    both = max(np.abs(np.diff(take[window], axis=0)).max() for take in (whole, quarter))
    assert np.abs(np.diff(y[window], axis=0)).max() < 1.05 * both


def test_a_change_costs_no_more_than_the_larger_size() -> None:
    """In turns, the best of many: what a period of each takes."""
    steady, changing = cab(), cab()
    x, spent = noise(64), []
    for _ in range(60):
        changing.play(x)
        want(changing, HALVED)
        changing.play(x)
        first = changing.timed_ns(64)
        while playing(changing)[1] < HALF:
            changing.play(x)
        changing.play(x)
        second = changing.timed_ns(64)
        want(changing, WHOLE)
        changing.play_all(noise(4 * HALF))
        steady.play(x)
        spent.append((first, second, steady.timed_ns(64)))
    first, second, whole = np.array(spent).min(axis=0)
    print(f"first half {first} ns, second {second}, settled {whole}")
    assert max(first, second) <= 1.15 * whole
