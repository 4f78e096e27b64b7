"""Tube stages, one small step of time after the other.

Called by ``parts`` in the training process, at eight times the sample rate. Voltages and currents are those of
the circuit, in volts and amperes. Every node has its capacitance, so that a stage is an ordinary differential
equation; it is solved by the linearly implicit Euler method (Hairer & Wanner, *Solving Ordinary Differential
Equations II*, IV.7), which needs each tube's current once a step and is stable at any.

Plate currents: N. Koren, "Improved vacuum tube models for SPICE simulations", Glass Audio 8(5), 1996, with his
parameters. Grid current: K. Dempwolf & U. Zoelzer, "A physically-motivated triode model for circuit simulations",
DAFx-11, 2011, with their parameters of one measured double triode.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pedal.jit import kernel

Signal = NDArray[np.float64]

#: Koren's double triode of high gain.
_MU, _EXPONENT, _KG1, _KP, _KVB = 100.0, 1.4, 1060.0, 600.0, 300.0
#: Dempwolf and Zoelzer's grid: conductance, adaption, exponent.
_GRID_G, _GRID_C, _GRID_EXPONENT = 6.177e-4, 9.901, 1.314


class Triode(NamedTuple):
    """A common-cathode stage: ohms, farads, volts.

    Attributes:
        coupling_f, leak_ohm: in front of the grid; a grid that draws current charges the capacitor (blocking).
        stopper_ohm, input_f: in series with the grid, with what drives it; the grid's capacitance (Miller's included).
        cathode_ohm, cathode_f: bias.
        plate_ohm, plate_f, load_ohm: what the plate works into; the load is coupled.
        supply_v: behind the plate's resistor.
    """

    coupling_f: float = 22e-9
    leak_ohm: float = 1e6
    stopper_ohm: float = 68e3
    input_f: float = 120e-12
    cathode_ohm: float = 1500.0
    cathode_f: float = 22e-6
    plate_ohm: float = 100e3
    plate_f: float = 40e-12
    load_ohm: float = 500e3
    supply_v: float = 280.0


class PowerAmp(NamedTuple):
    """A phase inverter and two pentodes in push-pull on a transformer, and a supply that gives way.

    Attributes:
        inverter_gain, inverter_v: of each half; and where it saturates, at each output.
        balance: gain of the second half over the first's.
        coupling_f, leak_ohm, stopper_ohm: in front of each pentode's grid.
        bias_v: of the grids.
        mu, kg1, kp, kvb: Koren's pentode.
        primary_ohm: the loudspeaker as one half of the primary sees it, a quarter of plate to plate.
        leakage_s: the transformer's time constant at the top.
        supply_v, sag_ohm, reservoir_f: rectifier's voltage without load, its resistance, the capacitor behind it.
    """

    inverter_gain: float = 22.0
    inverter_v: float = 70.0
    balance: float = 0.95
    coupling_f: float = 47e-9
    leak_ohm: float = 220e3
    stopper_ohm: float = 33e3
    bias_v: float = -42.0
    mu: float = 8.7
    kg1: float = 1460.0
    kp: float = 48.0
    kvb: float = 12.0
    primary_ohm: float = 1000.0
    leakage_s: float = 9e-6
    supply_v: float = 410.0
    sag_ohm: float = 150.0
    reservoir_f: float = 100e-6


#: Where a stage's state is: numbers of each.
TRIODE_STATES, POWER_STATES = 5, 6


@kernel
def _plate_kernel(plate_v: float, grid_v: float) -> tuple[float, float]:
    """Plate current of the triode and its slope over the plate's voltage; both voltages are against the cathode."""
    if plate_v <= 0.0:
        return 0.0, 0.0
    root = math.sqrt(_KVB + plate_v * plate_v)
    inner = _KP * (1.0 / _MU + grid_v / root)
    if inner < -40.0:
        return 0.0, 0.0
    if inner < 30.0:
        grown = math.exp(inner)
        soft, share = math.log1p(grown), grown / (1.0 + grown)
    else:
        soft, share = inner, 1.0
    drive = plate_v * soft / _KP
    if drive <= 0.0:
        return 0.0, 0.0
    slope = soft / _KP - share * grid_v * plate_v * plate_v / (root * root * root)
    current = 2.0 / _KG1 * math.exp(_EXPONENT * math.log(drive))
    return current, max(0.0, _EXPONENT * current / drive * slope)


@kernel
def _grid_kernel(grid_v: float) -> tuple[float, float]:
    """Grid current and its slope; the voltage is against the cathode."""
    inner = _GRID_C * grid_v
    if inner < -14.0:
        return 0.0, 0.0
    if inner < 30.0:
        grown = math.exp(inner)
        soft, share = math.log1p(grown), grown / (1.0 + grown)
    else:
        soft, share = inner, 1.0
    current = _GRID_G * math.exp(_GRID_EXPONENT * math.log(soft / _GRID_C))
    return current, _GRID_EXPONENT * current / soft * share * _GRID_C


@kernel
def triode_kernel(v: Signal, state: Signal, t: Triode, step_s: float) -> None:
    """Play ``v`` (volts) through the stage, in place: the plate's voltage, direct part and all.

    ``state`` is ``(TRIODE_STATES,)``: over the coupling capacitor, grid, cathode, plate, over the load's capacitor.
    """
    coupled, grid, cathode, plate, load = state
    for n in range(v.shape[0]):
        source = v[n] - coupled
        current, slope = _grid_kernel(grid - cathode)
        rate = ((source - grid) / t.stopper_ohm - current) / t.input_f
        grid += step_s * rate / (1.0 + step_s * (1.0 / t.stopper_ohm + slope) / t.input_f)
        drawn = (source - grid) / t.stopper_ohm
        coupled += step_s * (source / t.leak_ohm + drawn) / t.coupling_f
        flow, slope = _plate_kernel(plate - cathode, grid - cathode)
        into_load = (plate - load) / t.load_ohm
        rate = ((t.supply_v - plate) / t.plate_ohm - flow - into_load) / t.plate_f
        steep = (1.0 / t.plate_ohm + 1.0 / t.load_ohm + slope) / t.plate_f
        moved = step_s * rate / (1.0 + step_s * steep)
        plate += moved
        flow += slope * moved
        # The load's capacitor: with its resistance 5 ms.
        load += step_s * (plate - load) / 5e-3
        cathode += step_s * (flow + current - cathode / t.cathode_ohm) / t.cathode_f
        v[n] = plate
    state[:] = (coupled, grid, cathode, plate, load)


@kernel
def _pentode_kernel(grid_v: float, plate_v: float, screen_v: float, p: PowerAmp) -> tuple[float, float]:
    """Plate current of a pentode and its slope over the plate's voltage."""
    inner = p.kp * (1.0 / p.mu + grid_v / screen_v)
    if inner < -40.0 or plate_v <= 0.0:
        return 0.0, 0.0
    soft = math.log1p(math.exp(inner)) if inner < 30.0 else inner
    drive = screen_v * soft / p.kp
    if drive <= 0.0:
        return 0.0, 0.0
    strength = 2.0 / p.kg1 * math.exp(1.35 * math.log(drive))
    return strength * math.atan(plate_v / p.kvb), strength * p.kvb / (p.kvb * p.kvb + plate_v * plate_v)


@kernel
def power_kernel(v: Signal, state: Signal, p: PowerAmp, step_s: float) -> None:
    """Play ``v`` (volts at the phase inverter) through the amplifier, in place: volts over half of the primary.

    ``state`` is ``(POWER_STATES,)``: both coupling capacitors, both grids, the output, the supply.
    """
    first_c, second_c, first, second, out, supply = state
    node_f = p.leakage_s / p.primary_ohm
    for n in range(v.shape[0]):
        swing = math.tanh(v[n] * p.inverter_gain / p.inverter_v) * p.inverter_v
        for side in range(2):
            source = swing - first_c if side == 0 else -p.balance * swing - second_c
            grid = first if side == 0 else second
            # The pentode's grid conducts where the triode's does: above its cathode, which is grounded.
            current, slope = _grid_kernel(grid + p.bias_v)
            rate = ((source - grid) / p.stopper_ohm - current) / 60e-12
            grid += step_s * rate / (1.0 + step_s * (1.0 / p.stopper_ohm + slope) / 60e-12)
            moved = step_s * (source / p.leak_ohm + (source - grid) / p.stopper_ohm) / p.coupling_f
            if side == 0:
                first, first_c = grid, first_c + moved
            else:
                second, second_c = grid, second_c + moved
        up, up_slope = _pentode_kernel(first + p.bias_v, supply - out, supply, p)
        down, down_slope = _pentode_kernel(second + p.bias_v, supply + out, supply, p)
        rate = (up - down - out / p.primary_ohm) / node_f
        out += step_s * rate / (1.0 + step_s * (1.0 / p.primary_ohm + up_slope + down_slope) / node_f)
        supply += step_s * ((p.supply_v - supply) / p.sag_ohm - up - down) / p.reservoir_f
        v[n] = out
    state[:] = (first_c, second_c, first, second, out, supply)
