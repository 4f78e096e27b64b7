"""The reverb: decays that are what they say, no ringing, no growing, and a slow twin."""

from __future__ import annotations

import math
from functools import cache
from itertools import combinations, pairwise

import numpy as np
import pytest

from pedal.dsp import reverb, reverb_knobs, rooms, spring
from pedal.dsp.matrix_tiles import LANES, turn_and_mix_tile
from pedal.jit import entry
from pedal.params.reverb import FLAVOURS, LEAST_SIZE, MOST_SIZE
from tests.dsp import lines
from tests.dsp.lines import STEP
from tests.dsp.rows import PERIODS, RATE_HZ, Exact, Floats, Row, noise

ALL = range(len(FLAVOURS))
X = noise(4000)
PLAIN = {"damping": 0.0, "mix": 1.0, "pre_delay_s": 0.0, "low_cut_hz": 20.0}


def click(seconds: float) -> Floats:
    x = np.zeros((int(seconds * RATE_HZ), 2), np.float32)
    x[0] = 1.0
    return x


def response(seconds: float, **values: float) -> Exact:
    """What a click leaves behind, both sides."""
    return Row("reverb", 2, PLAIN | values).play_all(click(seconds), (256,)).astype(np.float64)


def decay_s(y: Exact, last_s: float, low_hz: float = 0.0, high_hz: float = RATE_HZ / 2) -> float:
    """Reverberation time by the straight line through Schroeder's backward integral from -5 to -35 dB (ISO 3382-1).

    Args:
        y: an impulse response of one side.
        last_s: the response is known so far; what lies beyond is reckoned from its slope.
        low_hz: of the band that counts.
        high_hz: of the band that counts.
    """
    frames = int(last_s * RATE_HZ)
    spectrum, hz = np.fft.rfft(y[:frames], 2 * frames), np.fft.rfftfreq(2 * frames, 1 / RATE_HZ)
    soft = 0.1 * (low_hz + 1e-9)  # a brick wall would ring before the sound
    band = 0.5 * (np.tanh((hz - low_hz) / soft) - np.tanh((hz - high_hz) / (0.1 * high_hz)))
    power = np.fft.irfft(band * spectrum)[:frames] ** 2
    left_db = 10 * np.log10(np.cumsum(power[::-1])[::-1] / power.sum() + 1e-30)
    first, last = int(np.argmax(left_db < -5.0)), int(np.argmax(left_db < -35.0))
    slope = np.polyfit(np.arange(first, last) / RATE_HZ, left_db[first:last], 1)[0]
    return float(-60.0 / slope)


@pytest.mark.parametrize("flavour", ALL)
@pytest.mark.parametrize("wanted_s", [0.4, 1.0, 3.0])
@pytest.mark.parametrize("modulation", [0.0, 1.0])
def test_it_decays_as_long_as_it_says(flavour: int, wanted_s: float, modulation: float) -> None:
    y = response(1.3 * wanted_s, flavour=flavour, decay_s=wanted_s, modulation=modulation)
    for side in range(2):
        assert decay_s(y[:, side], 1.3 * wanted_s) == pytest.approx(wanted_s, rel=0.04 if wanted_s > 0.5 else 0.08)


@pytest.mark.parametrize("flavour", ALL)
def test_the_shortest_and_the_longest_decay(flavour: int) -> None:
    """A fifth of a second in a big hall has hardly begun: there a tenth is near enough."""
    short = decay_s(response(0.5, flavour=flavour, decay_s=0.2)[:, 0], 0.5)
    assert short == pytest.approx(0.2, rel=0.1)
    y = response(12.5, flavour=flavour, decay_s=20.0)[:, 0] ** 2
    seconds = y[: 12 * RATE_HZ].reshape(12, -1).sum(axis=1)
    slope = np.polyfit(np.arange(1, 12), 10 * np.log10(seconds[1:]), 1)[0]
    assert -60.0 / slope == pytest.approx(20.0, rel=0.04)


@pytest.mark.parametrize("flavour", ALL)
def test_damping_shortens_the_highs_and_leaves_the_lows(flavour: int) -> None:
    y = response(3.0, flavour=flavour, decay_s=2.0, damping=0.6)[:, 0]
    assert decay_s(y, 3.0, 100.0, 300.0) == pytest.approx(2.0, rel=0.06)
    corner_hz = rooms.DAMPED_HZ[flavour]
    above = decay_s(y, 3.0, min(4 * corner_hz, 16_000.0), 20_000.0)
    assert above == pytest.approx(2.0 * (1 - 0.6 * rooms.MOST_DAMPING), rel=0.2)


def echo_density(y: Exact, at_s: float) -> float:
    """Share of samples beyond one standard deviation, 1 for noise (J. S. Abel, P. Huang, AES 121, 2006)."""
    piece = y[int((at_s - 0.01) * RATE_HZ) : int((at_s + 0.01) * RATE_HZ)]
    return float(np.mean(np.abs(piece) > np.sqrt(np.mean(piece**2))) / math.erfc(math.sqrt(0.5)))


@pytest.mark.parametrize("flavour", ALL)
def test_echoes_are_soon_too_many_to_count(flavour: int) -> None:
    y = response(0.6, flavour=flavour, decay_s=2.0)[:, 0]
    assert np.mean([echo_density(y, at_s) for at_s in np.arange(0.2, 0.5, 0.01)]) > 0.9
    if FLAVOURS[flavour] != "hall":
        assert np.mean([echo_density(y, at_s) for at_s in np.arange(0.08, 0.12, 0.01)]) > 0.8


def ringing(y: Exact, decay: float) -> float:
    """How much the lines of a tail's spectrum differ, its decay made up for.

    The power of the lines of noise is distributed exponentially: its mean square is twice its squared mean, however
    finely one looks. A mode that rings is a line far above the others. Returns the greatest ratio of three bands.
    """
    tail = (y * 10 ** (3 * np.arange(len(y)) / (decay * RATE_HZ)))[-int(0.6 * decay * RATE_HZ) :]
    power = np.abs(np.fft.rfft(tail * np.hanning(len(tail)))) ** 2
    hz = np.fft.rfftfreq(len(tail), 1 / RATE_HZ)
    bands = [power[(hz >= low) & (hz < high)] for low, high in ((100, 300), (300, 1000), (1000, 3000))]
    return max(float(np.mean(band**2) / np.mean(band) ** 2) for band in bands)


@pytest.mark.parametrize("size", [LEAST_SIZE, 1.0, MOST_SIZE])
@pytest.mark.parametrize(("flavour", "decay"), [(0, 0.8), (1, 2.0), (2, 3.0), (3, 2.0)])
def test_no_mode_stands_out(flavour: int, decay: float, size: float) -> None:
    y = response(decay, flavour=flavour, decay_s=decay, size=size, modulation=0.5)[:, 0]
    assert ringing(y, decay) < (8.0 if size < 1.0 else 4.5)


def test_the_swing_is_what_keeps_modes_from_ringing_and_a_comb_would_be_heard() -> None:
    still, swinging = (response(2.0, flavour=1, decay_s=2.0, modulation=m)[:, 0] for m in (0.0, 1.0))
    assert ringing(swinging, 2.0) < 0.7 * ringing(still, 2.0)
    comb = np.zeros(2 * RATE_HZ)
    comb[::997] = 10 ** (-3 * np.arange(0, 2 * RATE_HZ, 997) / (2.0 * RATE_HZ))
    assert ringing(comb, 2.0) > 10.0


@pytest.mark.parametrize("flavour", ALL)
def test_it_is_stable_for_ever(flavour: int) -> None:
    """Two minutes of noise at the longest decay and the wildest swing, then two of silence: energy only falls."""
    row = Row("reverb", 2, PLAIN | {"flavour": float(flavour), "decay_s": 20.0, "modulation": 1.0, "size": MOST_SIZE})
    x, silence = np.clip(noise(5 * RATE_HZ), -0.5, 0.5), np.zeros((5 * RATE_HZ, 2), np.float32)
    loud = [np.mean(row.play_all(x, (256,)).astype(np.float64) ** 2) for _ in range(24)]
    assert max(loud) < 4.0
    assert np.mean(loud[-6:]) == pytest.approx(np.mean(loud[-12:-6]), rel=0.1)
    quiet = [np.mean(row.play_all(silence, (256,)).astype(np.float64) ** 2) for _ in range(24)]
    for before, after in pairwise(quiet):
        assert after <= before * 10 ** (-6 * 5.0 / 20.0) * 1.5
    assert quiet[-1] < 1e-12


def test_turning_its_knobs_does_not_make_it_grow() -> None:
    """Size and flavour back and forth for a minute at the longest decay, behind one loud note."""
    row = Row("reverb", 2, PLAIN | {"decay_s": 20.0, "modulation": 1.0})
    row.play_all(noise(RATE_HZ), (256,))
    silence, rng = np.zeros((4800, 2), np.float32), np.random.default_rng(1)
    loud = []
    for _ in range(600):
        row.turn("size", rng.uniform(LEAST_SIZE, MOST_SIZE))
        row.turn("flavour", float(rng.integers(len(FLAVOURS))))
        row.turn("damping", rng.uniform())
        loud.append(np.mean(row.play_all(silence, (64,)).astype(np.float64) ** 2))
    assert max(loud[20:]) < max(loud[:20])
    assert loud[-1] < 1e-3 * loud[0]


@pytest.mark.parametrize("flavour", ALL)
def test_sides_are_as_different_as_in_a_room(flavour: int) -> None:
    y = response(2.0, flavour=flavour, decay_s=2.0)[4800:]
    assert abs(np.corrcoef(y.T)[0, 1]) < 0.25
    assert 10 * abs(math.log10(np.mean(y[:, 0] ** 2) / np.mean(y[:, 1] ** 2))) < 1.5


@pytest.mark.parametrize("pre_delay_s", [0.0, 0.0371, 0.2])
def test_the_pre_delay(pre_delay_s: float) -> None:
    y = response(0.5, flavour=0, pre_delay_s=pre_delay_s)[:, 0]
    assert np.flatnonzero(np.abs(y) > 1e-6)[0] == pytest.approx(pre_delay_s * RATE_HZ, abs=1)


def test_lines_are_never_alike() -> None:
    for flavour in ALL:
        for size in np.linspace(LEAST_SIZE, MOST_SIZE, 21):
            delays = [rooms.line_delay_kernel(flavour, float(size), k, RATE_HZ) for k in range(rooms.LINES)]
            assert all(abs(a - b) > 2 for a, b in combinations(delays, 2))


def test_a_bypassed_reverb_rings_out_and_then_costs_nothing() -> None:
    row = Row("reverb", 2, {"decay_s": 0.6, "mix": 0.5})
    x = noise(RATE_HZ // 2)
    row.play_all(x)
    row.turn("bypass", 1.0)
    silence = np.zeros((RATE_HZ, 2), np.float32)
    first = row.play_all(silence)
    assert np.abs(first[4800:9600]).max() > 1e-3
    for _ in range(3):
        last = row.play_all(silence)
    assert np.abs(last).max() < 1e-6
    before = row.arena.u8.copy()
    np.testing.assert_array_equal(row.play_all(x[:4800]), x[:4800])
    changed, region = np.flatnonzero(row.arena.u8 != before), row.notes.region
    assert not ((changed >= region[0]) & (changed < sum(region))).any()


def test_spring_chirps() -> None:
    """High notes of a click come later than low ones, up to the top; all that is below it passes."""
    run, cells = np.zeros(RATE_HZ // 4 + spring.SPRING_CELLS, np.float32), RATE_HZ // 4
    run[0] = 1.0
    for start in range(0, cells, STEP):
        _spring(run, cells, RATE_HZ, start, STEP)
    spectrum = np.fft.rfft(run[:cells].astype(np.float64))
    hz = np.fft.rfftfreq(cells, 1 / RATE_HZ)
    late_s = -np.gradient(np.unwrap(np.angle(spectrum)), 2 * np.pi * hz[1])
    at = [late_s[np.argmin(np.abs(hz - f))] for f in (200.0, 1000.0, 2000.0, 3000.0, 4000.0)]
    assert all(later > before for before, later in pairwise(at))
    assert at[-1] > at[0] + 0.005
    np.testing.assert_allclose(np.abs(spectrum[(hz > 20) & (hz < 500)]), 1.0, atol=0.03)


@entry("void(float32[::1], int64, int64, int64, int64)")
def _spring(f32: Floats, cells: int, rate_hz: int, run: int, n: int) -> None:
    spring.spring_kernel(f32, cells, rate_hz, run, n)


@entry("void(float32[::1], int64, int64, int64)")
def _tile(f32: Floats, runs: int, cosine: int, sine: int) -> None:
    turn_and_mix_tile(f32, runs, cosine, sine)


def hadamard(order: int) -> Exact:
    matrix = np.ones((1, 1))
    while len(matrix) < order:
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    return matrix / math.sqrt(order)


def turned(x: Exact, cosine: float, sine: float) -> Exact:
    """Neighbours turned as pairs, every second pair the other way."""
    y = x.copy()
    for i in range(0, len(x), 2):
        way = sine if i % 4 == 0 else -sine
        y[i], y[i + 1] = cosine * x[i] - way * x[i + 1], cosine * x[i + 1] + way * x[i]
    return y


def test_the_tile_is_a_turned_hadamard_matrix() -> None:
    rng, angle = np.random.default_rng(2), 0.7
    f32 = rng.standard_normal(18 * STEP).astype(np.float32)
    f32[16 * STEP : 17 * STEP], f32[17 * STEP :] = math.cos(angle), math.sin(angle)
    x = f32[: 16 * STEP].reshape(16, STEP)[:, :LANES].astype(np.float64)
    before = f32.copy()
    _tile(f32, 0, 16 * STEP, 17 * STEP)
    y = f32[: 16 * STEP].reshape(16, STEP)
    twin = hadamard(16) @ turned(x, math.cos(angle), math.sin(angle))
    np.testing.assert_allclose(y[:, :LANES], twin, atol=1e-6)
    np.testing.assert_allclose((y[:, :LANES].astype(np.float64) ** 2).sum(), (x**2).sum(), rtol=1e-5)
    np.testing.assert_array_equal(y[:, LANES:], before[: 16 * STEP].reshape(16, STEP)[:, LANES:])


@cache
def twin(flavour: int, decay: float, damping: float, pre_frames: int, low_cut_hz: float, swing: float) -> Exact:
    """``X`` in the room, the wet sound at size 1, one frame after the other; for flavours without a spring."""
    x = X.astype(np.float64)
    delays = [
        max(
            35, round(rooms.SHORTEST_S[flavour] * (rooms.LONGEST_S[flavour] / rooms.SHORTEST_S[flavour]) ** p * RATE_HZ)
        )
        for p in rooms.PLACES
    ]
    frames = len(x)
    seconds = np.array(delays) / RATE_HZ
    low, high = (10 ** (-3 * seconds / s) for s in (decay, decay * (1 - rooms.MOST_DAMPING * damping)))
    root, corner = np.sqrt(low / high), math.tan(math.pi * rooms.DAMPED_HZ[flavour] / RATE_HZ)
    zero, pole = corner * root, corner / root
    b0, b1, a1 = high * (1 + zero) / (1 + pole), high * (zero - 1) / (1 + pole), (1 - pole) / (1 + pole)
    feed = math.sqrt(0.125) * (8 * (1 - 10 ** (-6 * seconds.mean() / decay))) ** 0.25
    gain = min(rooms.DIFFUSION[flavour], 10 ** (-3 * 0.01273 / (rooms.DIFFUSER_SHARE * decay)))

    def angle(step: int) -> float:
        return reverb_knobs.SWING * swing * math.sin(2 * math.pi * reverb_knobs.SWING_HZ * step * STEP / RATE_HZ)

    # A kernel that was reset has made the first step: the second joins it to the third.
    cosine = lines.stepped(lambda step: math.cos(angle(step + 1)), frames)
    sine = lines.stepped(lambda step: math.sin(angle(step + 1)), frames)
    cut = lines.one_pole(low_cut_hz)
    inner = [np.zeros((frames, 8)), np.zeros((frames, 16))]
    slow, last, damped, y = np.zeros(2), np.zeros(16), np.zeros(16), np.zeros((frames, 2))
    for t in range(frames):
        fed = np.zeros(2)
        if t >= pre_frames:
            slow += cut * (x[t - pre_frames] - slow)
            fed = x[t - pre_frames] - slow
        for k, delay_s in enumerate(rooms.DIFFUSERS_S):
            side, ago = k // 4, t - round(delay_s * RATE_HZ)
            past = inner[0][ago, k] if ago >= 0 else 0.0
            inner[0][t, k] = fed[side] + gain * past
            fed[side] = past - gain * inner[0][t, k]
        read = np.array([inner[1][t - d, k] if t >= d else 0.0 for k, d in enumerate(delays)])
        damped = b0 * read + b1 * last + a1 * damped
        last = read
        mixed = hadamard(16) @ turned(damped, cosine[t], sine[t])
        inner[1][t] = mixed + feed * np.tile(fed, 8)
        y[t] = mixed[[reverb.HEARD_LEFT, reverb.HEARD_RIGHT]] + rooms.EARLY[flavour] * feed * fed
    return y


@pytest.mark.parametrize("periods", PERIODS, ids=str)
@pytest.mark.parametrize("flavour", [0, 1, 2])
def test_twin(periods: tuple[int, ...], flavour: int) -> None:
    values = {"flavour": float(flavour), "decay_s": 1.3, "damping": 0.4, "mix": 1.0, "pre_delay_s": 0.01}
    row = Row("reverb", 2, {**values, "low_cut_hz": 120.0, "modulation": 1.0})
    np.testing.assert_allclose(row.play_all(X, periods), twin(flavour, 1.3, 0.4, 480, 120.0, 1.0), atol=5e-5)
