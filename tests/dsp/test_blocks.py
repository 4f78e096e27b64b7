"""Every block against a slow float64 twin, at every period, mono and stereo; and what all have in common."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pedal import layout as at
from pedal.dsp.dc import CORNER_HZ
from pedal.dsp.limiter import RELEASE_S
from pedal.dsp.tone import BASS_HZ, MID_HZ, MID_Q, STEP_FRAMES, TREBLE_HZ
from pedal.params import RAMP_S
from tests.dsp import filters
from tests.dsp.rows import PERIODS, RATE_HZ, Exact, Floats, Row, noise, ramp

RAMP = round(RAMP_S * RATE_HZ)
FRAMES = 3000
TURNED = 1024  # a period's edge for 16, 64 and 256; others turn at their next edge
KINDS = ["input", "gate", "tone", "cab", "dc", "output"]
ASSETS = {"cab": "150"}


def gain(level_db: float) -> float:
    return float(np.float32(10.0 ** (level_db / 20.0)))


def edge(periods: tuple[int, ...], frame: int) -> int:
    """First period edge at or behind ``frame``."""
    start = index = 0
    while start < frame:
        start += periods[index % len(periods)]
        index += 1
    return start


def turned(row: Row, x: Floats, periods: tuple[int, ...], name: str, value: float) -> tuple[Floats, int]:
    """Play ``x`` and turn a knob on the way; returns the sound and the frame of the turn."""
    at_frame = edge(periods, TURNED)
    used = 0
    out = []
    index = 0
    while used < len(x):
        if used == at_frame:
            row.turn(name, value)
        n = periods[index % len(periods)]
        out.append(row.play(x[used : used + n]))
        used, index = used + n, index + 1
    return np.concatenate(out), at_frame


@pytest.mark.parametrize("periods", PERIODS, ids=str)
@pytest.mark.parametrize("channels", [1, 2])
class TestTwins:
    def test_input(self, channels: int, periods: tuple[int, ...]) -> None:
        x = noise(FRAMES, channels)
        row = Row("input", channels, {"trim_db": -6.0})
        y, at_frame = turned(row, x, periods, "trim_db", 6.0)
        gains = ramp([(at_frame, gain(6.0))], FRAMES, gain(-6.0), RAMP)
        np.testing.assert_allclose(y, x * gains[:, None], atol=2e-5)

    def test_dc(self, channels: int, periods: tuple[int, ...]) -> None:
        x = noise(FRAMES, channels) + np.float32(0.3)
        y = Row("dc", channels).play_all(x, periods)
        pole = math.exp(-2 * math.pi * CORNER_HZ / RATE_HZ)
        twin = filters.difference(x, [1.0, -1.0, 0.0], [1.0, -pole, 0.0])
        np.testing.assert_allclose(y, twin, atol=1e-6)

    def test_tone(self, channels: int, periods: tuple[int, ...]) -> None:
        x = noise(FRAMES, channels)
        values = {"bass_db": 6.0, "mid_db": -9.0, "treble_db": 3.0}
        row = Row("tone", channels, values)
        y, at_frame = turned(row, x, periods, "mid_db", 9.0)
        mid = ramp([(at_frame, 9.0)], FRAMES, -9.0, RAMP)
        # Coefficients follow when the frames left of the ramp are a multiple of the step.
        held, now = np.empty(FRAMES), -9.0
        for t in range(FRAMES):
            left = at_frame + RAMP - 1 - t
            if 0 <= left < RAMP and left % STEP_FRAMES == 0:
                now = mid[t]
            held[t] = now
        low = filters.shelf(BASS_HZ, 6.0, RATE_HZ, high=False)
        high = filters.shelf(TREBLE_HZ, 3.0, RATE_HZ, high=True)
        twin = filters.difference(x, *low)
        twin = filters.varying(twin, lambda t: filters.peaking(MID_HZ, MID_Q, float(held[t]), RATE_HZ))
        twin = filters.difference(twin, *high)
        np.testing.assert_allclose(y, twin, atol=2e-5)

    def test_output(self, channels: int, periods: tuple[int, ...]) -> None:
        x = noise(FRAMES, channels, level=0.5)
        row = Row("output", channels, {"level_db": 0.0, "ceiling_db": -6.0})
        y, at_frame = turned(row, x, periods, "level_db", 9.0)
        gains = ramp([(at_frame, gain(9.0))], FRAMES, 1.0, RAMP)
        top, envelope, falling = gain(-6.0), 0.0, math.exp(-1.0 / (RELEASE_S * RATE_HZ))
        twin = np.empty(x.shape)
        for t in range(FRAMES):
            loud = gains[t] * np.abs(x[t].astype(np.float64)).max()
            envelope = max(envelope * falling, loud)
            twin[t] = x[t] * gains[t] * min(1.0, top / envelope)
        np.testing.assert_allclose(y, twin, atol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_channels_do_not_leak(kind: str) -> None:
    """Left alone is left alone; the right one stays silent."""
    x = noise(2000)
    x[:, 1] = 0.0
    assert not Row(kind, asset=ASSETS.get(kind, "")).play_all(x, key=x[:, 0])[:, 1].any()


def test_the_input_hands_the_trimmed_guitar_to_the_key() -> None:
    row = Row("input", values={"trim_db": 12.0})
    x = noise(100)
    y = row.play(x)
    key = at.BUS_F32 + at.KEY * at.BUS_STRIDE
    np.testing.assert_array_equal(row.arena.f32[key : key + 100], y[:, 0])


KNOBS = [
    ("input", "trim_db", -24.0, 24.0, ""),
    ("output", "level_db", -60.0, 0.0, ""),
    ("output", "mute", 0.0, 1.0, ""),
    ("output", "ceiling_db", -12.0, 0.0, ""),
]


@pytest.mark.parametrize(("kind", "name", "low", "high", "asset"), KNOBS)
@pytest.mark.parametrize("n", [1, 16, 64, 256])
def test_no_turn_of_a_knob_steps(kind: str, name: str, low: float, high: float, asset: str, n: int) -> None:
    """At a constant input the output moves by no more than the whole way divided by the ramp."""
    row = Row(kind, 1, {name: low}, asset)
    x = np.full((4096, 1), 0.02, np.float32)
    before = row.play_all(x, (n,))[-1:]
    row.turn(name, high)
    rising = np.concatenate([before, row.play_all(x, (n,))])
    row.turn(name, low)
    falling = np.concatenate([rising[-1:], row.play_all(x, (n,))])
    for y in (rising, falling):
        way = abs(float(y[-1, 0]) - float(y[0, 0]))
        assert np.abs(np.diff(y[:, 0])).max() <= 1.01 * way / RAMP + 1e-6


@pytest.mark.parametrize(
    ("kind", "name", "low", "high", "asset"),
    [*KNOBS, ("tone", "bass_db", -15.0, 15.0, ""), ("tone", "mid_db", 9.0, -9.0, "")],
)
def test_the_same_turn_sounds_the_same_at_any_period(kind: str, name: str, low: float, high: float, asset: str) -> None:
    x, takes = noise(3000), []
    for n in (1, 16, 37, 64, 256):
        row = Row(kind, 2, {name: low}, asset)
        row.turn(name, high)
        takes.append(row.play_all(x, (n,)))
    for take in takes[1:]:
        np.testing.assert_allclose(take, takes[0], atol=2e-6)


@pytest.mark.parametrize("name", ["bass_db", "mid_db", "treble_db"])
@pytest.mark.parametrize("hz", [60.0, 650.0, 5000.0])
def test_turning_a_tone_knob_right_round_does_not_click(name: str, hz: float) -> None:
    """The steps of a sine while the knob moves are those of the louder end, and a little."""
    x = (0.1 * np.sin(2 * np.pi * hz * np.arange(9600) / RATE_HZ)).astype(np.float32)[:, None]
    row = Row("tone", 1, {name: -15.0})
    quiet = row.play_all(x)
    row.turn(name, 15.0)
    moving, loud = row.play_all(x), row.play_all(x)
    own = max(np.abs(np.diff(y[2400:, 0])).max() for y in (quiet, loud))
    assert np.abs(np.diff(moving[:, 0], prepend=quiet[-1, 0])).max() <= 1.05 * own + 1e-4


@pytest.mark.parametrize("kind", ["gate", "tone"])
@pytest.mark.parametrize("n", [1, 16, 64, 256])
def test_bypass_cross_fades(kind: str, n: int) -> None:
    """From dry to wet and back in one ramp, exactly dry when bypassed."""
    values = {"tone": {"bass_db": 15.0}, "gate": {"threshold_db": 0.0}}[kind]
    row = Row(kind, 1, values, ASSETS.get(kind, ""), on=False)
    x, key = np.full((4096, 1), 0.25, np.float32), np.full(4096, 0.25, np.float32)
    np.testing.assert_array_equal(row.play_all(x, (n,), key), x)
    row.turn("bypass", 0.0)
    coming = np.concatenate([x[:1], row.play_all(x, (n,), key)])
    row.turn("bypass", 1.0)
    going = np.concatenate([coming[-1:], row.play_all(x, (n,), key)])
    way = max(0.25, np.abs(coming - 0.25).max())
    for y in (coming, going):
        assert np.abs(np.diff(y[:, 0])).max() <= 0.005 * way + 2 * way / RAMP
    dry_from = RAMP + n + 1
    np.testing.assert_array_equal(going[dry_from:], x[: len(going) - dry_from])


@given(
    st.floats(-12.0, 0.0),
    st.floats(-60.0, 12.0),
    st.lists(st.tuples(st.integers(1, 256), st.floats(0.0, 1000.0)), min_size=1, max_size=12),
    st.floats(-12.0, 0.0),
)
@settings(max_examples=60)
def test_nothing_leaves_above_the_ceiling(
    ceiling_db: float, level_db: float, bursts: list[tuple[int, float]], later_db: float
) -> None:
    """Whatever comes in and however the knobs turn meanwhile."""
    row = Row("output", 2, {"ceiling_db": ceiling_db, "level_db": level_db})
    highest = gain(ceiling_db)
    for k, (n, level) in enumerate(bursts):
        if k == len(bursts) // 2:
            row.turn("ceiling_db", later_db)
            row.turn("level_db", 12.0)
            highest = max(highest, gain(later_db))
        y = row.play(noise(n, 2, k, level))
        assert np.abs(y).max() <= highest * (1 + 1e-5)


def test_below_the_ceiling_the_limiter_is_not_there() -> None:
    x = np.clip(noise(3000), -0.8, 0.8)
    np.testing.assert_array_equal(Row("output").play_all(x), x)


def _response_db(process: Callable[[Floats], Floats], frequency_hz: float) -> float:
    """Gain of a steady sine, after everything has settled."""
    t = np.arange(2 * RATE_HZ) / RATE_HZ
    x = 0.05 * np.cos(2 * np.pi * frequency_hz * t).astype(np.float32)[:, None]
    y: Exact = process(x)[RATE_HZ:].astype(np.float64)
    return 20 * math.log10(np.sqrt(np.mean(y**2) / np.mean(x[RATE_HZ:].astype(np.float64) ** 2)))


@pytest.mark.parametrize(
    ("name", "frequency_hz", "share"),
    [
        ("bass_db", 0.0, 1.0),
        ("bass_db", BASS_HZ, 0.5),
        ("bass_db", RATE_HZ / 2, 0.0),
        ("mid_db", 0.0, 0.0),
        ("mid_db", MID_HZ, 1.0),
        ("mid_db", RATE_HZ / 2, 0.0),
        ("treble_db", 0.0, 0.0),
        ("treble_db", TREBLE_HZ, 0.5),
        ("treble_db", RATE_HZ / 2, 1.0),
    ],
)
@pytest.mark.parametrize("gain_db", [-15.0, -3.0, 12.0])
def test_tone_at_its_corners(name: str, frequency_hz: float, share: float, gain_db: float) -> None:
    """A shelf gives all of its gain at its end, half of its dB at its corner; a peak all at its centre."""
    row = Row("tone", 1, {name: gain_db})
    assert _response_db(lambda x: row.play_all(x, (256,)), frequency_hz) == pytest.approx(share * gain_db, abs=0.02)


def test_a_flat_tone_stack_changes_nothing() -> None:
    x = noise(3000)
    np.testing.assert_allclose(Row("tone").play_all(x), x, atol=1e-7)


def test_the_dc_blocker_blocks_dc_and_nothing_else() -> None:
    row = Row("dc", 1)
    assert np.abs(row.play_all(np.ones((RATE_HZ, 1), np.float32))[-1]) < 1e-6
    assert _response_db(lambda x: Row("dc", 1).play_all(x, (256,)), 82.0) == pytest.approx(0.0, abs=0.03)
