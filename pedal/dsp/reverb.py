"""Reverb: a feedback delay network of sixteen lines, with the walls of a room, a plate, a hall or a spring.

    input ─► pre-delay ─► low cut ─► (spring) ─► diffusers ─►(+)─► 16 lines ─► damping ─► turn and mix ─┐
                                                    │         ▲                              │          │
                                                    └─ early ─│──────────► wet ◄─────────────┘          │
                                                              └─────────────────────────────────────────┘

The network is J.-M. Jot's (J.-M. Jot, A. Chaigne, "Digital delay networks for designing artificial reverberators",
90th AES Convention, 1991): an orthogonal matrix would let it sound for ever, and a filter at the end of each line takes
from a sound as many dB as belong to the time it spent in the line, ``-60 * delay / decay``, so that all modes die
alike. The filter is a first-order shelf whose gain in dB at the damping's corner is the mean of its ends, as a
proportional shelf has it (J.-M. Jot, "Proportional parametric equalizers", 139th AES Convention, 2015).
Pairs of lines are turned by a slowly swinging angle before they are mixed, which keeps the matrix orthogonal and the
modes from ringing (S. J. Schlecht, E. A. P. Habets, "Time-varying feedback matrices in feedback delay networks", JASA
138(3), 2015). The diffusers are Schroeder's allpasses (M. R. Schroeder, "Natural sounding artificial reverberation",
JAES 10(3), 1962).

Lines have whole numbers of frames. Another size, flavour or pre-delay is cross-faded: for ``FADE_S`` every line is read
at two places. Runs of a control step are worked on line by line, which the least delay allows.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pedal.dsp.block import State, plays, resets
from pedal.dsp.control import (
    END,
    SEGMENT_CELLS,
    SLOPE,
    START,
    STEP_FRAMES,
    clear_kernel,
    settle_kernel,
)
from pedal.dsp.line import line_cells, line_frames, mirror_kernel, run_start_kernel, write_kernel
from pedal.dsp.matrix_tiles import LANES, turn_and_mix_tile
from pedal.dsp.reverb_knobs import (
    aim_all_kernel,
    aim_swing_kernel,
    fade_steps_kernel,
    step_kernel,
    wanted_delay_kernel,
)
from pedal.dsp.reverb_memory import (
    CHIRPED,
    COSINE,
    COSINES,
    CUT,
    CUT_PAST,
    DELAYS,
    DIFFUSE,
    DIFFUSER_HEAD,
    EARLIER,
    FADE_LEFT,
    FEED,
    FEEDS,
    HEAD,
    OWN_F32,
    OWN_I64,
    PRE_HEAD,
    RINGS,
    RUNS,
    SEGMENTS,
    SHELF_PAST,
    SHELVES,
    SINE,
    SINES,
    SPARE,
    SPRING,
    WET,
    WORDS,
    longest_pre_frames,
    ring_cells,
)
from pedal.dsp.rooms import DIFFUSERS, LINES, diffuser_delay_kernel, longest_diffuser_frames, longest_line_frames
from pedal.dsp.spring import spring_kernel
from pedal.jit import kernel
from pedal.layout import BUS_STRIDE, CHANNELS, F32, F64, I64, RATE

#: The runs of the mixed network that are heard left and right.
HEARD_LEFT, HEARD_RIGHT = 5, 10


_HALF, _ONE, _TWO, _THREE = np.float32(0.5), np.float32(1.0), np.float32(2.0), np.float32(3.0)


def state(rate_hz: int, data_cells: int) -> State:
    """A network is silent when nothing has come out for as long as pre-delay and longest line together."""
    quiet_frames = longest_pre_frames(rate_hz) + 2 * longest_line_frames(rate_hz)
    return State(RINGS - OWN_F32 + ring_cells(rate_hz), 1, WORDS, quiet_frames)


@kernel
def _read(f32: Any, i64: Any, row: int, line: int, ring: int, frames: int, head: int, n: int) -> int:
    """Where a line's run of this step lies: in the ring itself, or cross-faded to its next delay in the spare run."""
    words, spare = i64[row + I64] + OWN_I64, i64[row + F32] + SPARE
    delays, left = words + DELAYS + 2 * line, i64[words + FADE_LEFT]
    start = run_start_kernel(frames, head, i64[delays])
    if left == 0 or i64[delays] == i64[delays + 1]:
        return ring + start
    old, new = ring + start, ring + run_start_kernel(frames, head, i64[delays + 1])
    whole = fade_steps_kernel(i64[row + RATE]) * STEP_FRAMES
    gone = whole - left * STEP_FRAMES + head % STEP_FRAMES
    for t in range(n):
        part = np.float32(gone + t) / np.float32(whole)
        mix = part * part * (_THREE - _TWO * part)
        f32[spare + t] = f32[old + t] + mix * (f32[new + t] - f32[old + t])
    return spare


@kernel
def _cut_lows(f32: Any, segment: int, past: int, source: int, run: int, k: int, n: int) -> None:
    """First-order high-pass, from where the pre-delay is read into a feed run."""
    low, cut, slope = f32[past], f32[segment + START], f32[segment + SLOPE]
    for t in range(n):
        x = f32[source + t]
        low += (cut + slope * np.float32(k + t)) * (x - low)
        f32[run + t] = x - low
    f32[past] = low


@kernel
def _diffuse(f32: Any, ring: int, frames: int, head: int, delay: int, segment: int, run: int, k: int, n: int) -> None:
    """The run at ``run`` through one Schroeder allpass."""
    source, inside = ring + run_start_kernel(frames, head, delay), ring + head
    start, slope = f32[segment + START], f32[segment + SLOPE]
    for t in range(n):
        gain, past = start + slope * np.float32(k + t), f32[source + t]
        fed = f32[run + t] + gain * past
        f32[inside + t] = fed
        f32[run + t] = past - gain * fed
    mirror_kernel(f32, ring, frames, head, n)


@kernel
def _damp(f32: Any, segments: int, past: int, source: int, run: int, k: int, n: int) -> None:
    """The shelf at the end of a line: from where the line is read into its run."""
    b0, b1, a1 = segments, segments + SEGMENT_CELLS, segments + 2 * SEGMENT_CELLS
    now, before, back = f32[b0 + START], f32[b1 + START], f32[a1 + START]
    now_slope, before_slope, back_slope = f32[b0 + SLOPE], f32[b1 + SLOPE], f32[a1 + SLOPE]
    last, y = f32[past], f32[past + 1]
    if now_slope == 0.0 and before_slope == 0.0 and back_slope == 0.0:
        for t in range(n):
            x = f32[source + t]
            y = now * x + before * last + back * y
            last = x
            f32[run + t] = y
    else:
        for t in range(n):
            frame, x = np.float32(k + t), f32[source + t]
            y = (now + now_slope * frame) * x + (before + before_slope * frame) * last + (back + back_slope * frame) * y
            last = x
            f32[run + t] = y
    f32[past], f32[past + 1] = last, y


@kernel
def _prepare_input(f32: Any, i64: Any, row: int, left: int, right: int, k: int, n: int) -> None:
    """What goes into the network, in the two feed runs: delayed, cut, chirped, diffused."""
    state, words, rate_hz = i64[row + F32], i64[row + I64] + OWN_I64, i64[row + RATE]
    segments, spare = state + OWN_F32, state + SPARE
    pre, pre_frames = state + RINGS, line_frames(longest_pre_frames(rate_hz))
    ring, frames = pre + 2 * line_cells(longest_pre_frames(rate_hz)), line_frames(longest_diffuser_frames(rate_hz))
    for side in range(2):
        run = state + FEEDS + side * STEP_FRAMES
        write_kernel(f32, pre, pre_frames, i64[words + PRE_HEAD], right if side else left, n)
        source = _read(f32, i64, row, LINES, pre, pre_frames, i64[words + PRE_HEAD], n)
        _cut_lows(f32, segments + CUT * SEGMENT_CELLS, state + CUT_PAST + side, source, run, k, n)
        pre += line_cells(longest_pre_frames(rate_hz))
    chirped = segments + CHIRPED * SEGMENT_CELLS
    if f32[chirped + START] != 0.0 or f32[chirped + END] != 0.0:
        one, other = state + FEEDS, state + FEEDS + STEP_FRAMES
        for t in range(n):
            f32[spare + t] = _HALF * (f32[one + t] + f32[other + t])
        spring_kernel(f32, state + SPRING, rate_hz, spare, n)
        for t in range(n):
            share = f32[chirped + START] + f32[chirped + SLOPE] * np.float32(k + t)
            f32[one + t] += share * (f32[spare + t] - f32[one + t])
            f32[other + t] += share * (f32[spare + t] - f32[other + t])
    for diffuser in range(DIFFUSERS):
        run = state + FEEDS + (diffuser * 2 // DIFFUSERS) * STEP_FRAMES
        delay, gain = diffuser_delay_kernel(diffuser, rate_hz), segments + DIFFUSE * SEGMENT_CELLS
        _diffuse(f32, ring, frames, i64[words + DIFFUSER_HEAD], delay, gain, run, k, n)
        ring += line_cells(longest_diffuser_frames(rate_hz))
    i64[words + PRE_HEAD] = (i64[words + PRE_HEAD] + n) % pre_frames
    i64[words + DIFFUSER_HEAD] = (i64[words + DIFFUSER_HEAD] + n) % frames


@kernel
def _turn_network(f32: Any, i64: Any, row: int, k: int, n: int) -> None:
    """The network's run of this step: read, damped, mixed (this is heard), and with the feed written again."""
    state, words, rate_hz = i64[row + F32], i64[row + I64] + OWN_I64, i64[row + RATE]
    segments, runs = state + OWN_F32, state + RUNS
    longest = longest_line_frames(rate_hz)
    frames, cells, head = line_frames(longest), line_cells(longest), i64[words + HEAD]
    ring = state + RINGS + ring_cells(rate_hz) - LINES * cells
    for line in range(LINES):
        run = runs + line * STEP_FRAMES
        source = _read(f32, i64, row, line, ring + line * cells, frames, head, n)
        _damp(f32, segments + (SHELVES + 3 * line) * SEGMENT_CELLS, state + SHELF_PAST + 2 * line, source, run, k, n)
    cosine, sine = segments + COSINE * SEGMENT_CELLS, segments + SINE * SEGMENT_CELLS
    feed = segments + FEED * SEGMENT_CELLS
    for t in range(n):
        frame = np.float32(k + t)
        f32[state + COSINES + t] = f32[cosine + START] + f32[cosine + SLOPE] * frame
        f32[state + SINES + t] = f32[sine + START] + f32[sine + SLOPE] * frame
    gain, slope = f32[feed + START], f32[feed + SLOPE]
    for side in range(2):
        for t in range(n):
            f32[state + FEEDS + side * STEP_FRAMES + t] *= gain + slope * np.float32(k + t)
    for t in range(0, n, LANES):
        turn_and_mix_tile(f32, runs + t, state + COSINES + t, state + SINES + t)
    for line in range(LINES):
        run, source, at = (
            runs + line * STEP_FRAMES,
            state + FEEDS + (line % 2) * STEP_FRAMES,
            ring + line * cells + head,
        )
        for t in range(n):
            f32[at + t] = f32[run + t] + f32[source + t]
        mirror_kernel(f32, ring + line * cells, frames, head, n)
    i64[words + HEAD] = (head + n) % frames


@kernel
def _hear(f32: Any, state: int, bus: int, side: int, k: int, n: int) -> None:
    """One side of the bus: dry, early and late."""
    segments = state + OWN_F32
    dry, wet, early = segments, segments + WET * SEGMENT_CELLS, segments + EARLIER * SEGMENT_CELLS
    late, feed = state + RUNS + (HEARD_RIGHT if side else HEARD_LEFT) * STEP_FRAMES, state + FEEDS + side * STEP_FRAMES
    for t in range(n):
        frame = np.float32(k + t)
        room = f32[late + t] + (f32[early + START] + f32[early + SLOPE] * frame) * f32[feed + t]
        dry_gain = f32[dry + START] + f32[dry + SLOPE] * frame
        f32[bus + t] = dry_gain * f32[bus + t] + (f32[wet + START] + f32[wet + SLOPE] * frame) * room


@plays
def reverb_kernel(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """Add the room to the bus; a mono row hears the left side of it."""
    state, channels, done = i64[row + F32], i64[row + CHANNELS], 0
    while done < n:
        k = i64[i64[row + I64] + OWN_I64 + HEAD] % STEP_FRAMES
        if k == 0:
            step_kernel(f32, f64, i64, row)
        m, left = min(n - done, STEP_FRAMES - k), bus + done
        right = left + BUS_STRIDE if channels == 2 else left
        _prepare_input(f32, i64, row, left, right, k, m)
        _turn_network(f32, i64, row, k, m)
        for side in range(channels):
            _hear(f32, state, left + side * BUS_STRIDE, side, k, m)
        done += m


@resets
def reset_reverb_kernel(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """An empty room, as the knobs have it."""
    state, words = i64[row + F32], i64[row + I64] + OWN_I64
    clear_kernel(f32, state + RUNS, RINGS - RUNS + ring_cells(i64[row + RATE]))
    for k in range(WORDS):
        i64[words + k] = 0
    for line in range(LINES + 1):
        wanted = wanted_delay_kernel(f32, i64, row, line)
        i64[words + DELAYS + 2 * line] = i64[words + DELAYS + 2 * line + 1] = wanted
    f64[i64[row + F64]] = 0.0
    aim_all_kernel(f32, i64, row, 1.0)
    aim_swing_kernel(f32, f64, i64, row)
    settle_kernel(f32, state + OWN_F32, SEGMENTS)
