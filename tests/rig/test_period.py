"""One period, byte by byte: formats, channels, meters, counters, the whole-pedal bypass, adopting a rig."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pedal import layout as at
from pedal.jit import entry
from pedal.params import KINDS, RAMP_S
from pedal.preset import Block
from pedal.rig.adopt import UNDERSTUDY_PATIENCE
from pedal.rig.codec import read_sample_kernel, write_sample_kernel
from pedal.rig.load import LATE_PERIODS
from tests.rig.bench import AGES_MILLI, NO_TIME_MILLI, RATE_HZ, Bench, Floats, guitar, preset

FORMATS = {at.S16_LE: (2, 2**15), at.S24_3LE: (3, 2**23), at.S32_LE: (4, 2**31)}
TAKE = guitar(RATE_HZ)
LEVEL = KINDS["output"].index("level_db")


@entry("float64(uint8[::1], int64)")
def _read(data: Any, sample_format: int) -> float:
    return read_sample_kernel(data, 0, sample_format)


@entry("void(uint8[::1], int64, float64)")
def _write(data: Any, sample_format: int, sample: float) -> None:
    write_sample_kernel(data, 0, sample_format, sample)


def encode(x: NDArray[np.float64], sample_format: int) -> NDArray[np.uint8]:
    """Interleaved samples as a card delivers them; written apart from the codec."""
    size, full = FORMATS[sample_format]
    whole = np.clip(np.floor(x.ravel() * full + 0.5), -full, full - 1).astype(np.int64)
    return np.frombuffer(b"".join(int(v).to_bytes(size, "little", signed=True) for v in whole), np.uint8)


def decode(data: NDArray[np.uint8], sample_format: int) -> NDArray[np.float64]:
    size, full = FORMATS[sample_format]
    raw = data.tobytes()
    return np.array([int.from_bytes(raw[k : k + size], "little", signed=True) / full for k in range(0, len(raw), size)])


@given(st.sampled_from(list(FORMATS)), st.data())
def test_every_sample_survives_the_way_in_and_out(sample_format: int, data: st.DataObject) -> None:
    size, full = FORMATS[sample_format]
    whole = data.draw(st.integers(-full, full - 1))
    raw = np.frombuffer(whole.to_bytes(size, "little", signed=True), np.uint8).copy()
    assert _read(raw, sample_format) == whole / full
    back = np.full(size + 1, 7, np.uint8)
    _write(back, sample_format, whole / full)
    assert (back[:size] == raw).all()
    assert back[size] == 7


@given(st.sampled_from(list(FORMATS)), st.floats(-4.0, 4.0))
def test_every_number_becomes_the_nearest_sample(sample_format: int, x: float) -> None:
    size, _ = FORMATS[sample_format]
    data = np.zeros(size, np.uint8)
    _write(data, sample_format, x)
    assert (data == encode(np.array([x]), sample_format)).all()


def empty() -> Bench:
    """A chain that only trims, blocks DC and limits."""
    bench = Bench(preset())
    bench.adopt(0)
    return bench


def call(bench: Bench, captured: NDArray[np.uint8], n: int, played_bytes: int) -> NDArray[np.uint8]:
    played = np.zeros(played_bytes, np.uint8)
    bench.call(captured, played, n)
    return played


@pytest.mark.parametrize("sample_format", FORMATS)
@pytest.mark.parametrize(("select", "mix"), [(0, (1, 0)), (1, (0, 1)), (2, (0.5, 0.5))])
@pytest.mark.parametrize("outputs", [1, 2])
def test_channels_and_formats(sample_format: int, select: int, mix: tuple[float, float], outputs: int) -> None:
    bench, n = empty(), 64
    words = bench.arena.i64
    words[at.SAMPLE_FORMAT], words[at.CAPTURE_CHANNELS] = sample_format, 2
    words[at.CAPTURE_SELECT], words[at.PLAYBACK_CHANNELS] = select, outputs
    words[at.BYPASSED], bench.arena.f64[at.BYPASS_MIX] = 1, 1.0  # straight through
    bench.arena.f64[at.CAPTURE_RIGHT] = np.nan
    words[at.PLAYING_SLOT] = words[at.WANTED_SLOT]  # nothing to splice
    x = np.random.default_rng(select).uniform(-0.9, 0.9, (n, 2))
    size, full = FORMATS[sample_format]
    played = decode(call(bench, encode(x, sample_format), n, n * outputs * size), sample_format)
    wanted = np.repeat((x @ np.array(mix))[:, None], outputs, 1)
    np.testing.assert_allclose(played.reshape(n, outputs), wanted, atol=2 / full + 1e-7)


def test_a_card_of_one_channel_has_no_other_to_choose() -> None:
    bench = empty()
    bench.arena.i64[at.CAPTURE_SELECT] = at.SELECT_SUM
    bench.play(np.full(16, 0.25, np.float32))
    dry = at.BUS_F32 + at.DRY_ROW * at.BUS_STRIDE
    assert (bench.arena.f32[dry : dry + 16] == 0.25).all()


def test_input_ring_counters_and_clip() -> None:
    bench = empty()
    words = bench.arena.i64
    for k, n in enumerate((1, 256, 37)):
        bench.play(TAKE[:n])
        assert words[at.PERIOD_COUNT] == k + 1
    assert words[at.FRAME] == words[at.INPUT_HEAD] == 294
    ring = bench.arena.f32[at.INPUT_RING_F32 :]
    np.testing.assert_allclose(ring[1:257], TAKE[:256], atol=1e-9)
    assert words[at.CLIPPED_AT] == 0
    bench.play(np.full(8, -1.0, np.float32))
    assert words[at.CLIPPED_AT] == 294
    assert bench.arena.f64[at.IN_PEAK] == pytest.approx(1.0)


def test_the_input_ring_wraps() -> None:
    bench = empty()
    bench.arena.i64[at.INPUT_HEAD] = 5 * at.INPUT_RING_FRAMES - 10
    bench.play(TAKE[:30])
    ring = bench.arena.f32[at.INPUT_RING_F32 : at.INPUT_RING_F32 + at.INPUT_RING_FRAMES]
    np.testing.assert_allclose(np.concatenate([ring[-10:], ring[:20]]), TAKE[:30], atol=1e-9)


def test_meters_fall_the_same_at_every_period() -> None:
    fallen = []
    for n in (16, 64, 240):
        bench = empty()
        bench.play(np.full(16, 0.5, np.float32))
        bench.play_all(np.zeros(7200 // n * n, np.float32), n)
        fallen.append(bench.arena.f64[at.IN_PEAK])
    np.testing.assert_allclose(fallen, 0.5 * 0.1**0.5, rtol=0.01)


@pytest.mark.parametrize("n", [16, 256])
def test_without_a_rig_there_is_silence(n: int) -> None:
    bench = Bench(preset())
    assert not bench.play_all(TAKE[:2048], n).any()


@given(st.sampled_from([16, 64, 240]), st.lists(st.booleans(), min_size=2, max_size=6))
@settings(max_examples=20)
def test_bypass_cross_fades_and_ends_at_the_dry_input(n: int, presses: list[bool]) -> None:
    bench = Bench(preset(output=Block("output", "output", values={"level_db": -20.0})))
    bench.adopt(0)
    x = np.full(n, 0.5, np.float32)
    bench.play_all(np.zeros(2400, np.float32), n)
    before = 0.0
    for on in [*presses, True]:
        bench.arena.i64[at.BYPASSED] = on
        for _ in range(2):
            y = bench.play(x)[:, 0]
            assert np.abs(np.diff(y, prepend=before)).max() <= 0.5 / (RAMP_S * RATE_HZ) + 0.05 * (before == 0.0) + 1e-3
            before = float(y[-1])
    y = bench.play_all(np.full(2400, 0.5, np.float32), n)
    np.testing.assert_allclose(y[-n:], 0.5, atol=1e-6)


def test_adopting_splices_and_says_so() -> None:
    """No step beyond what the two rigs make by themselves, whatever level they are at."""
    loud = preset(output=Block("output", "output", values={"level_db": 0.0}))
    bench = Bench(preset(Block("amp", "amp", "starter")), preset(Block("other", "amp", "trio")), loud)
    bench.adopt(0)
    bench.play_all(TAKE[:9600], 64)
    own = np.abs(np.diff(bench.play_all(TAKE[:9600], 64)[:, 0])).max()
    bench.new_events()
    for turn, slot in enumerate((1, 0, 2, 1)):
        bench.adopt(slot)
        bench.play(np.zeros(64, np.float32))  # the chance to look at the edge of the next one
        (event,) = (event for event in bench.new_events() if event.kind == at.EVENT_ADOPTED)
        assert event.numbers[0] == slot
        assert event.numbers[2] == slot + 1
        assert bench.arena.i64[at.PLAYING_SLOT] == slot
        y = bench.play_all(TAKE[:4800], 64)[:, 0]
        own = max(own, np.abs(np.diff(TAKE[:4800])).max(), np.abs(np.diff(y[1000:])).max())
        assert np.abs(np.diff(y)).max() <= 3.0 * own, turn


@pytest.mark.parametrize("garbage", [-1, -(2**63), at.SLOT_COUNT, 2**62])
def test_a_slot_number_that_is_none_is_ignored(garbage: int) -> None:
    bench = empty()
    bench.play(TAKE[:64])
    bench.adopt(garbage)
    bench.play(TAKE[:64])
    assert bench.arena.i64[at.PLAYING_SLOT] == 0


def test_a_rig_waits_for_the_understudy_but_not_for_ever() -> None:
    bench = Bench(preset())
    bench.adopt(0, ready=False)
    for _ in range(UNDERSTUDY_PATIENCE):
        bench.play(TAKE[:16])
    assert bench.arena.i64[at.PLAYING_SLOT] == -1
    bench.play(TAKE[:16])
    assert bench.arena.i64[at.PLAYING_SLOT] == 0


def test_an_overrun_is_counted_told_and_holds_the_widest_amp() -> None:
    bench = Bench(preset(Block("amp", "amp", "starter"), Block("second", "amp", "trio")))
    bench.adopt(0)
    first, second = bench.amps(0)
    bench.play(TAKE[:64])
    words, floats = bench.arena.i64, bench.arena.f64
    assert words[at.OVERRUNS] == 0
    words[at.CPU_SCALE_MILLI] = AGES_MILLI
    bench.new_events()
    bench.play(TAKE[:64])
    words[at.CPU_SCALE_MILLI] = NO_TIME_MILLI
    assert words[at.OVERRUNS] == 1
    (event,) = bench.new_events()
    assert event.kind == at.EVENT_OVERRUN
    assert event.numbers[0] == int(floats[at.LOAD] * 1000.0) > 1000
    assert floats[at.LOAD_WORST] == floats[at.LOAD_PEAK] == floats[at.LOAD]
    assert first.get(at.AMP_HELD) == at.NO_WIDTH
    assert second.get(at.AMP_HELD) == 1  # of three
    bench.play_all(TAKE[:3200], 64, rounds=20)
    assert second.playing == 1
    assert floats[at.LOAD] < 0.0
    assert floats[at.LOAD_PEAK] < floats[at.LOAD_WORST]


def test_overruns_that_go_on_narrow_on() -> None:
    bench = Bench(preset(Block("amp", "amp", "trio")))
    bench.adopt(0)
    bench.arena.i64[at.CPU_SCALE_MILLI] = AGES_MILLI
    bench.play_all(TAKE[:6400], 64, rounds=20)
    (view,) = bench.amps(0)
    assert view.playing == 0


def test_a_late_wake_up_is_not_an_overrun() -> None:
    bench = empty()
    words = bench.arena.i64
    bench.play(TAKE[:64])
    words[at.WOKEN_LATE] = 0
    words[at.LAST_WAKE_NS] -= int(2 * LATE_PERIODS * 64 / RATE_HZ * 1e9) + 10**7
    bench.play(TAKE[:64])
    assert (words[at.WOKEN_LATE], words[at.OVERRUNS]) == (1, 0)


def test_the_heart_beats_every_period() -> None:
    bench = empty()
    bench.play(TAKE[:16])
    first = int(bench.arena.i64[at.AUDIO_BEAT_NS])
    bench.play(TAKE[:16])
    assert int(bench.arena.i64[at.AUDIO_BEAT_NS]) > first > 0


def test_the_whole_period_does_not_depend_on_its_length() -> None:
    takes: list[Floats] = []
    for n in (1, 37, 64, 256):
        bench = Bench(
            preset(
                Block("gate", "gate"),
                Block("amp", "amp", "starter"),
                Block("tone", "tone", values={"bass_db": 6.0}),
                Block("cab", "cab", "100"),
            )
        )
        bench.adopt(0)
        bench.arena.i64[at.PLAYING_SLOT] = 0  # from the first frame on, without a splice
        takes.append(bench.play_all(TAKE[:6000], n))
    for take in takes[1:]:
        np.testing.assert_allclose(take, takes[0], atol=2e-6)
