"""Noise gate: listens to the guitar, acts after the amp.

The detector reads the key row (the input behind its trim), where playing and noise differ most;
the gain is applied where the row stands, behind the amp that amplified the noise. It opens within
``OPEN_S`` of the first loud frame, so that the attack passes, stays open for ``hold`` after the
last, and closes at ``threshold - hysteresis`` with the release's time constant (U. Zölzer, "DAFX",
2nd ed., 2011, section 4.2).
"""

from __future__ import annotations

import math
from typing import Any

from pedal.dsp.block import State, own_f32, own_i64, plays, resets
from pedal.dsp.ramp import param_kernel, ramps_begin_kernel, ramps_next_kernel
from pedal.layout import BUS_STRIDE, CHANNELS, F32, GAINS, I64, KEY, RATE
from pedal.params.gate import GATE

THRESHOLD = GATE.index("threshold_db")
HOLD = GATE.index("hold_s")
RELEASE = GATE.index("release_s")
HYSTERESIS = GATE.index("hysteresis_db")
RANGE = GATE.index("range_db")

#: Time constants of opening (what is there when it opens is as quiet as the threshold: that does not click) and of the
#: detector's fall.
OPEN_S = 0.0001
DETECTOR_S = 0.01
OWN_F32, OWN_I64 = own_f32(GATE), own_i64(GATE)
KNOBS = len(GATE.params) - 1
ENVELOPE, GAIN, SHOWN = range(3)  # own cells; what is shown is what it takes away, dB
STATE_F32 = 3
STATE_I64 = 2  # open, frames of hold left


def state(rate_hz: int, data_cells: int) -> State:
    """Envelope and gain; whether it is open, and for how long still."""
    return State(f32=STATE_F32, i64=STATE_I64, meter=SHOWN)


@plays
def gate_kernel(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """Multiply the bus by the gate's gain, one gain for all channels."""
    rate_hz = i64[row + RATE]
    opening = 1.0 - math.exp(-1.0 / (OPEN_S * rate_hz))
    falling = math.exp(-1.0 / (DETECTOR_S * rate_hz))
    memory, words = i64[row + F32] + OWN_F32, i64[row + I64] + OWN_I64
    envelope, gain = f32[memory + ENVELOPE], f32[memory + GAIN]
    is_open, hold = i64[words], i64[words + 1]
    key, gains = bus + KEY * BUS_STRIDE, bus + GAINS * BUS_STRIDE
    left, stale = ramps_begin_kernel(f32, i64, row, KNOBS), True
    opens_at = closes_at = floor_gain = closing = 0.0
    hold_frames = 0
    for t in range(n):
        if left > 0:
            left = ramps_next_kernel(f32, i64, row, KNOBS)
            stale = True
        if stale:
            opens_at = float(param_kernel(f32, i64, row, THRESHOLD))
            closes_at = opens_at / param_kernel(f32, i64, row, HYSTERESIS)
            floor_gain = float(param_kernel(f32, i64, row, RANGE))
            hold_frames = int(param_kernel(f32, i64, row, HOLD) * rate_hz)
            closing = 1.0 - math.exp(-1.0 / (param_kernel(f32, i64, row, RELEASE) * rate_hz))
            stale = False
        peak, falls = abs(f32[key + t]), envelope * falling
        envelope = falls if falls > peak else peak  # in this order it also forgets a NaN
        if envelope >= opens_at:
            is_open = 1
        if envelope >= closes_at and is_open:
            hold = hold_frames
        elif hold > 0:
            hold -= 1
        else:
            is_open = 0
        target = 1.0 if is_open else floor_gain
        gain += (target - gain) * (opening if target > gain else closing)
        f32[gains + t] = gain
    f32[memory + ENVELOPE], f32[memory + GAIN] = envelope, gain
    f32[memory + SHOWN] = -20.0 * math.log10(max(gain, 1e-6))
    i64[words], i64[words + 1] = is_open, hold
    for channel in range(i64[row + CHANNELS]):
        at = bus + channel * BUS_STRIDE
        for t in range(n):
            f32[at + t] *= f32[gains + t]


@resets
def reset_gate_kernel(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """Closed, and nothing heard yet."""
    for k in range(STATE_F32):
        f32[i64[row + F32] + OWN_F32 + k] = 0.0
    for k in range(STATE_I64):
        i64[i64[row + I64] + OWN_I64 + k] = 0
