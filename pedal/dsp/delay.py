"""Delay: echoes up to two seconds, filtered each time they come round, straight or from side to side.

Two lines, left and right, are read and written a control step at a time. What is read is what is heard, and goes back
into the lines through the feedback: each to its own, or (ping-pong) each to the other, with the guitar into the left.

A new time is never jumped to. The reading place glides there as a tape head would: at most ``FASTER`` or ``SLOWER``
frames a frame, so that echoes on their way are at most an octave higher or lower, and it starts and comes to rest
gently (a critically damped follower of two first-order lags, after the follower of U. Zölzer, "DAFX", 2nd ed., 2011,
section 3.2). Tape wow is the same movement: a slow sine on the delay, a quarter of a turn apart left and right.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pedal.dsp.beat import beat_s_kernel
from pedal.dsp.block import State, own_f32, own_i64, plays, resets
from pedal.dsp.control import (
    END,
    SEGMENT_CELLS,
    SLOPE,
    START,
    STEP_FRAMES,
    aim_kernel,
    aim_mix_kernel,
    clear_kernel,
    settle_kernel,
    step_ramps_kernel,
)
from pedal.dsp.line import line_cells, line_frames, read_between_kernel, run_start_kernel, write_kernel
from pedal.dsp.ramp import param_kernel
from pedal.jit import kernel
from pedal.layout import BUS_STRIDE, CHANNELS, F32, F64, I64, RATE
from pedal.params.delay import DELAY, LEAST_S, MOST_S
from pedal.params.tempo import BEATS

TIME, DIVISION, TEMPO = DELAY.index("time_s"), DELAY.index("division"), DELAY.index("tempo_bpm")
FEEDBACK, MIX = DELAY.index("feedback"), DELAY.index("mix")
LOW_CUT, HIGH_CUT = DELAY.index("low_cut_hz"), DELAY.index("high_cut_hz")
PING_PONG, MOD_RATE, MOD_DEPTH = DELAY.index("ping_pong"), DELAY.index("mod_rate_hz"), DELAY.index("mod_depth")
PARAMS_COUNT = len(DELAY.params) - 1

#: How fast the reading place may move towards a shorter and a longer time, frames a frame: an octave up and down.
FASTER, SLOWER = 1.0, 0.5
#: Time constants of the follower, and how near (frames) it must come to be there.
GLIDE_S, GENTLE_S = 0.06, 0.015
NEAR_FRAMES = 1e-3
#: The most that wow moves the reading place to either side.
WOW_S = 0.002

# Own cells: segments, the filters of two channels, two runs of a step for each channel, two lines.
DRY, WET, LOOP, CROSS, LOW, HIGH, WOW = range(7)
SEGMENTS = 7
OWN_F32, OWN_I64 = own_f32(DELAY), own_i64(DELAY)
FILTERS = OWN_F32 + SEGMENTS * SEGMENT_CELLS
RUNS = FILTERS + 4
LINES = RUNS + 4 * STEP_FRAMES
# f64: the reading place, its speed and change of speed; phase of the wow and its step.
PLACE, SPEED, HASTE, PHASE, TURN = range(5)

_HALF = np.float32(0.5)


@kernel
def longest_frames(rate_hz: int) -> int:
    """The farthest that a line is read back."""
    return int((MOST_S + 2.0 * WOW_S) * rate_hz) + 4


def state(rate_hz: int, data_cells: int) -> State:
    """Two lines; when nothing has come out for a whole line, nothing is in it."""
    cells = line_cells(longest_frames(rate_hz))
    own = LINES - OWN_F32 + 2 * cells
    return State(f32=own, f64=5, i64=1, quiet_frames=line_frames(longest_frames(rate_hz)))


@kernel
def wanted_frames_kernel(f32: Any, i64: Any, row: int) -> float:
    """The delay that the knobs ask for: whole frames, so that at rest a frame is read as it was written."""
    wanted_s = beat_s_kernel(f32, i64, row, TIME, DIVISION, TEMPO, BEATS)
    return float(int(min(max(wanted_s, LEAST_S), MOST_S) * i64[row + RATE] + 0.5))


@kernel
def _aim_all(f32: Any, i64: Any, row: int) -> None:
    """Aim every segment at what the ramps say."""
    rate_hz, segments = i64[row + RATE], i64[row + F32] + OWN_F32
    aim_mix_kernel(f32, segments, param_kernel(f32, i64, row, MIX), 1.0)
    aim_kernel(f32, segments + LOOP * SEGMENT_CELLS, param_kernel(f32, i64, row, FEEDBACK))
    crossing = param_kernel(f32, i64, row, PING_PONG) if i64[row + CHANNELS] == 2 else 0.0
    aim_kernel(f32, segments + CROSS * SEGMENT_CELLS, crossing)
    turn = -2.0 * math.pi / rate_hz
    aim_kernel(f32, segments + LOW * SEGMENT_CELLS, 1.0 - math.exp(turn * param_kernel(f32, i64, row, LOW_CUT)))
    aim_kernel(f32, segments + HIGH * SEGMENT_CELLS, 1.0 - math.exp(turn * param_kernel(f32, i64, row, HIGH_CUT)))
    aim_kernel(f32, segments + WOW * SEGMENT_CELLS, param_kernel(f32, i64, row, MOD_DEPTH) * WOW_S * rate_hz)


@kernel
def _step(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """What happens at every control step: knobs, and the speed of the reading place."""
    step_ramps_kernel(f32, i64, row, PARAMS_COUNT)
    _aim_all(f32, i64, row)
    rate_hz, own = i64[row + RATE], i64[row + F64]
    f64[own + TURN] = float(param_kernel(f32, i64, row, MOD_RATE)) / rate_hz
    way = wanted_frames_kernel(f32, i64, row) - f64[own + PLACE]
    if abs(way) < NEAR_FRAMES and abs(f64[own + SPEED]) < NEAR_FRAMES / STEP_FRAMES:
        f64[own + PLACE] += way
        f64[own + SPEED] = f64[own + HASTE] = 0.0
        return
    speed = min(max(way / (GLIDE_S * rate_hz), -FASTER), SLOWER)
    f64[own + HASTE] = (speed - f64[own + SPEED]) / (GENTLE_S * rate_hz)


@kernel
def _read(f32: Any, f64: Any, i64: Any, row: int, head: int, k: int, n: int) -> None:
    """What the lines give back at the reading place, into the first run of each channel."""
    rate_hz, own, state = i64[row + RATE], i64[row + F64], i64[row + F32]
    frames, cells = line_frames(longest_frames(rate_hz)), line_cells(longest_frames(rate_hz))
    wow = state + OWN_F32 + WOW * SEGMENT_CELLS
    still = f64[own + SPEED] == 0.0 and f64[own + HASTE] == 0.0
    still &= f32[wow + START] == 0.0 and f32[wow + END] == 0.0
    place, speed, phase = f64[own + PLACE], f64[own + SPEED], f64[own + PHASE]
    for channel in range(i64[row + CHANNELS]):
        line, run = state + LINES + channel * cells, state + RUNS + channel * STEP_FRAMES
        if still:
            start = line + run_start_kernel(frames, head, int(place))
            for t in range(n):
                f32[run + t] = f32[start + t]
            continue
        place, speed = f64[own + PLACE], f64[own + SPEED]
        angle, turn = 2.0 * math.pi * (phase + 0.25 * channel), 2.0 * math.pi * f64[own + TURN]
        sine, cosine, turn_sine, turn_cosine = math.sin(angle), math.cos(angle), math.sin(turn), math.cos(turn)
        for t in range(n):
            depth = f32[wow + START] + f32[wow + SLOPE] * np.float32(k + t)
            delay = place + depth * (1.0 + sine)
            f32[run + t] = read_between_kernel(f32, line, frames, head + t, delay)
            speed += f64[own + HASTE]
            place = min(max(place + speed, LEAST_S * rate_hz), MOST_S * rate_hz)
            sine, cosine = sine * turn_cosine + cosine * turn_sine, cosine * turn_cosine - sine * turn_sine
    f64[own + PLACE], f64[own + SPEED] = place, speed
    phase += f64[own + TURN] * n
    f64[own + PHASE] = phase - math.floor(phase)


@kernel
def _filter(f32: Any, state: int, channel: int, k: int, n: int) -> None:
    """The run of a channel through a first-order high-pass and low-pass."""
    low, high = state + OWN_F32 + LOW * SEGMENT_CELLS, state + OWN_F32 + HIGH * SEGMENT_CELLS
    memory, run = state + FILTERS + 2 * channel, state + RUNS + channel * STEP_FRAMES
    slow, smooth = f32[memory], f32[memory + 1]
    cut, cut_slope, damp, damp_slope = f32[low + START], f32[low + SLOPE], f32[high + START], f32[high + SLOPE]
    for t in range(n):
        frame, x = np.float32(k + t), f32[run + t]
        slow += (cut + cut_slope * frame) * (x - slow)
        smooth += (damp + damp_slope * frame) * (x - slow - smooth)
        f32[run + t] = smooth
    f32[memory], f32[memory + 1] = slow, smooth


@kernel
def _mix(f32: Any, state: int, left: int, right: int, k: int, n: int) -> None:
    """What is written, into the second runs, and what is heard, into the bus."""
    segments = state + OWN_F32
    dry, wet = segments + DRY * SEGMENT_CELLS, segments + WET * SEGMENT_CELLS
    loop, cross = segments + LOOP * SEGMENT_CELLS, segments + CROSS * SEGMENT_CELLS
    dry_start, dry_slope, wet_start, wet_slope = f32[dry + START], f32[dry + SLOPE], f32[wet + START], f32[wet + SLOPE]
    loop_start, loop_slope = f32[loop + START], f32[loop + SLOPE]
    cross_start, cross_slope = f32[cross + START], f32[cross + SLOPE]
    near, far = state + RUNS, state + RUNS + STEP_FRAMES
    to_near, to_far = near + 2 * STEP_FRAMES, far + 2 * STEP_FRAMES
    for t in range(n):
        frame = np.float32(k + t)
        crossing, back = cross_start + cross_slope * frame, loop_start + loop_slope * frame
        dry_gain, wet_gain = dry_start + dry_slope * frame, wet_start + wet_slope * frame
        x, z, own, other = f32[left + t], f32[right + t], f32[near + t], f32[far + t]
        f32[to_near + t] = x + crossing * (_HALF * (x + z) - x) + back * (own + crossing * (other - own))
        f32[to_far + t] = z - crossing * z + back * (other + crossing * (own - other))
        f32[left + t] = dry_gain * x + wet_gain * own
        f32[right + t] = dry_gain * z + wet_gain * other


@plays
def delay_kernel(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """Add the echoes to the bus."""
    state, words, rate_hz = i64[row + F32], i64[row + I64] + OWN_I64, i64[row + RATE]
    frames, cells = line_frames(longest_frames(rate_hz)), line_cells(longest_frames(rate_hz))
    channels, done = i64[row + CHANNELS], 0
    while done < n:
        head = i64[words]
        k = head % STEP_FRAMES
        if k == 0:
            _step(f32, f64, i64, row)
        m = min(n - done, STEP_FRAMES - k)
        _read(f32, f64, i64, row, head, k, m)
        for channel in range(channels):
            _filter(f32, state, channel, k, m)
        left = bus + done
        _mix(f32, state, left, left + BUS_STRIDE if channels == 2 else state + RUNS + 3 * STEP_FRAMES, k, m)
        for channel in range(channels):
            line, run = state + LINES + channel * cells, state + RUNS + (2 + channel) * STEP_FRAMES
            write_kernel(f32, line, frames, head, run, m)
        i64[words] = (head + m) % frames
        done += m


@resets
def reset_delay_kernel(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """Empty lines, at the time that the knobs say."""
    state, rate_hz = i64[row + F32], i64[row + RATE]
    clear_kernel(f32, state + FILTERS, LINES - FILTERS + 2 * line_cells(longest_frames(rate_hz)))
    _aim_all(f32, i64, row)
    settle_kernel(f32, state + OWN_F32, SEGMENTS)
    own = i64[row + F64]
    f64[own + PLACE] = wanted_frames_kernel(f32, i64, row)
    f64[own + SPEED] = f64[own + HASTE] = f64[own + PHASE] = f64[own + TURN] = 0.0
    i64[i64[row + I64] + OWN_I64] = 0
