"""Circuits obey the laws that they are made of, and each does what its name says."""

from __future__ import annotations

import math

import numpy as np
import pytest

from models.train.circuits import INPUT_DBU, INPUT_V, RATE_HZ, Circuit, play
from models.train.circuits.amps import SCOOPED
from models.train.circuits.parts import Network, Tube, coupled, shaded
from models.train.circuits.solid import CLIPPER_STATES, Clipper, clipper_kernel, recursion
from models.train.circuits.tubes import TRIODE_STATES, Triode, _grid_kernel, _plate_kernel, triode_kernel
from models.train.excitation import noise_bursts, plucked, score, sweep, swells
from models.train.material import CIRCUITS

FAST_HZ = 8.0 * RATE_HZ


def sine(frequency_hz: float, peak: float, length_s: float, rate_hz: float = RATE_HZ) -> np.ndarray:
    return peak * np.sin(2.0 * np.pi * frequency_hz * np.arange(round(length_s * rate_hz)) / rate_hz)


def partial(sound: np.ndarray, frequency_hz: float, rate_hz: float = RATE_HZ) -> float:
    """Peak of one partial, over a whole number of periods."""
    turn = np.exp(-2j * np.pi * frequency_hz * np.arange(len(sound)) / rate_hz)
    return float(2.0 * np.abs(np.mean(sound * turn)))


@pytest.mark.parametrize("voltages", [(100.0, -1.0), (250.0, -2.0), (60.0, 0.3), (300.0, -0.5)])
def test_tube_currents_and_their_slopes(voltages: tuple[float, float]) -> None:
    plate, grid = voltages
    current, slope = _plate_kernel(plate, grid)
    # Koren's equation, written down again.
    inner = plate / 600.0 * math.log1p(math.exp(600.0 * (1.0 / 100.0 + grid / math.sqrt(300.0 + plate * plate))))
    assert current == pytest.approx(2.0 * inner**1.4 / 1060.0, rel=1e-9)
    assert slope == pytest.approx((_plate_kernel(plate + 1e-4, grid)[0] - current) / 1e-4, rel=1e-3)
    drawn, slope = _grid_kernel(grid)
    assert slope == pytest.approx((_grid_kernel(grid + 1e-7)[0] - drawn) / 1e-7, rel=1e-3, abs=1e-12)
    assert (drawn > 1e-5) == (grid > 0.0)


def test_a_triode_stage_rests_where_its_equations_meet_and_amplifies() -> None:
    triode, state = Triode(), np.zeros(TRIODE_STATES)
    state[3] = state[4] = 150.0
    rest = np.zeros(round(0.5 * FAST_HZ))
    triode_kernel(rest, state, triode, 1.0 / FAST_HZ)
    _, grid, cathode, plate, _ = state
    current, _ = _plate_kernel(plate - cathode, grid - cathode)
    assert (triode.supply_v - plate) / triode.plate_ohm == pytest.approx(current, rel=1e-3)
    assert cathode == pytest.approx(current * triode.cathode_ohm, rel=1e-2)
    v = sine(1000.0, 0.01, 0.05, FAST_HZ)
    triode_kernel(v, state, triode, 1.0 / FAST_HZ)
    gain = partial(v[-round(0.04 * FAST_HZ) :], 1000.0, FAST_HZ) / 0.01
    assert 40.0 < gain < 75.0  # what such a stage is known for


def test_a_diode_clipper_is_linear_when_soft_and_limits_when_loud() -> None:
    clipper = Clipper()
    for peak, low, high in ((1e-4, 0.8, 1.0), (1.0, 0.0, 0.1)):
        v = sine(1000.0, peak, 0.1, FAST_HZ)
        clipper_kernel(v, np.zeros(CLIPPER_STATES), clipper, 1.0 / FAST_HZ)
        # An op-amp's gain at 1 kHz: one and the feedback over the series branch.
        series = complex(clipper.series_ohm, -1.0 / (2.0 * np.pi * 1000.0 * clipper.series_f))
        open_gain = abs(
            1.0
            + clipper.feedback_ohm / (1.0 + 2j * np.pi * 1000.0 * clipper.feedback_ohm * clipper.feedback_f) / series
        )
        assert low < partial(v[-round(0.05 * FAST_HZ) :], 1000.0, FAST_HZ) / peak / open_gain < high + 0.02


@pytest.mark.parametrize("frequency_hz", [80.0, 400.0, 3000.0])
def test_a_network_does_what_nodal_analysis_says(frequency_hz: float) -> None:
    nodes = 6
    system, source = np.zeros((nodes, nodes), complex), np.zeros(nodes, complex)
    for kind, one, other, value in SCOOPED:
        admittance = 1.0 / value if kind == "R" else 2j * np.pi * frequency_hz * value
        for here, there in ((one, other), (other, one)):
            if here in ("in", 0):
                continue
            system[int(here) - 1, int(here) - 1] += admittance
            if there == "in":
                source[int(here) - 1] += admittance
            elif there != 0:
                system[int(here) - 1, int(there) - 1] -= admittance
    right = abs(np.linalg.solve(system, source)[3])
    v = sine(frequency_hz, 1.0, 0.5, FAST_HZ)
    Network(SCOOPED, 4).build(FAST_HZ).play(v)
    assert partial(v[-round(0.25 * FAST_HZ) :], frequency_hz, FAST_HZ) == pytest.approx(right, rel=1e-3)


def test_corners_are_where_they_are_said_to_be() -> None:
    for part in (coupled(500.0), shaded(500.0)):
        v = sine(500.0, 1.0, 0.2, FAST_HZ)
        part.build(FAST_HZ).play(v)
        assert partial(v[-round(0.1 * FAST_HZ) :], 500.0, FAST_HZ) == pytest.approx(math.sqrt(0.5), rel=0.01)
    with pytest.raises(ValueError, match="capacitor at the source"):
        recursion((("C", "in", 1, 1e-9), ("R", 1, 0, 1e3)), 1e-5)


def test_pieces_do_not_matter_and_nothing_is_delayed() -> None:
    straight = Circuit("Straight", "", "", "", (coupled(5.0),))
    x = sine(440.0, 0.5, 0.5) * np.hanning(24000)
    np.testing.assert_allclose(play(straight, x) / INPUT_V, x, atol=0.01)
    assert round(INPUT_DBU, 2) == 2.73
    tube = Circuit("Tube", "", "", "", (Tube(Triode()), coupled(20.0)))
    whole = play(tube, x)
    np.testing.assert_allclose(play(tube, np.concatenate((x, np.zeros(9000))))[:20000], whole[:20000], atol=1e-6)


@pytest.mark.parametrize("name", sorted(CIRCUITS))
def test_every_circuit_plays_and_none_folds_down(name: str) -> None:
    """A sine's harmonics above half the rate must not come back below: what is not a harmonic is at most -50 dB."""
    frequency_hz = 5037.5
    x = sine(frequency_hz, 0.35, 0.6)
    y = play(CIRCUITS[name], x)[-round(0.32 * RATE_HZ) :]
    assert np.isfinite(y).all()
    window = np.blackman(len(y))
    spectrum = np.abs(np.fft.rfft((y - y.mean()) * window)) ** 2
    frequencies_hz = np.fft.rfftfreq(len(y), 1.0 / RATE_HZ)
    near = np.zeros(len(spectrum), bool)
    for harmonic in range(1, 5):
        near |= np.abs(frequencies_hz - harmonic * frequency_hz) < 60.0
    stray = (~near) & (frequencies_hz > 300.0) & (frequencies_hz < 18000.0)
    assert spectrum[stray].sum() < 10.0**-5 * spectrum[near].sum()


def test_more_gain_means_more_harmonics() -> None:
    def dirt(name: str) -> float:
        y = play(CIRCUITS[name], sine(220.0, 0.3, 0.5))[-round(0.3 * RATE_HZ) // 2400 * 2400 :]
        return sum(partial(y, 220.0 * n) ** 2 for n in range(2, 20)) / partial(y, 220.0) ** 2

    clean, crunch, lead = (dirt(name) for name in ("clean-american", "crunch-british", "lead-modern"))
    assert clean < 0.02 < crunch < lead
    assert dirt("fuzz") > 0.05


def test_sounds_to_learn_from() -> None:
    touch = np.random.default_rng(1)
    for sound in (sweep(1.0), noise_bursts(touch, 1.0), swells(touch, 1.6), plucked(touch, 2.0, bass=True)):
        assert np.isfinite(sound).all()
        assert 0.05 < np.abs(sound).max() < 4.0
    for bass in (False, True):
        keys = {message[1] for _, _, message in score(3, 12, bass).events if message[0] & 0xF0 == 0x90}
        assert min(keys) >= (28 if bass else 40)
        assert max(keys) <= 96
    assert score(3, 4, False).midi_file() == score(3, 4, False).midi_file() != score(4, 4, False).midi_file()
