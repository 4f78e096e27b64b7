"""One period of the pedal: the only compiled call between ``read`` and ``write``.

Called by ``audio/loop.py`` in the period thread, once a period: captured bytes in, bytes to play
out. In between: the input ring, the adoption of a new rig, the chain, the bridge over whatever
changed, the whole-pedal bypass, and all counters. Allocates nothing, waits for nothing.
"""

from __future__ import annotations

from typing import Any

from numba import types

from pedal.dsp.ramp import ramp_frames_kernel
from pedal.jit import entry, kernel
from pedal.jit.machine import (
    CLOCK_MONOTONIC,
    CLOCK_THREAD_CPU,
    clock_ns,
    flush_denormals,
    load_acquire,
    store_release,
)
from pedal.layout import (
    BUS_F32,
    BUS_STRIDE,
    BYPASS_MIX,
    BYPASSED,
    CAPTURE_CHANNELS,
    CAPTURE_RIGHT,
    CAPTURE_SELECT,
    CLIPPED_AT,
    CLOCK_SCRATCH,
    DRY_ROW,
    FRAME,
    IN_PEAK,
    INPUT_CHANNEL,
    INPUT_HEAD,
    INPUT_RING_F32,
    INPUT_RING_FRAMES,
    MAX_FRAMES,
    MUTED,
    OUT_PEAK,
    PLAYBACK_CHANNELS,
    PLAYING_SLOT,
    RATE_HZ,
    SAMPLE_FORMAT,
    SELECT_LEFT,
    SELECT_SUM,
    SILENT,
    SILENT_MIX,
    SLOT_STRIDE,
    SLOTS,
)
from pedal.rig.adopt import adopt_kernel
from pedal.rig.chain import run_chain
from pedal.rig.codec import read_sample_kernel, sample_bytes_kernel, write_sample_kernel
from pedal.rig.edges import out_bridge_kernel
from pedal.rig.load import account_kernel
from pedal.rig.spend import spend_period_kernel

#: Input this near full scale lights the clip indicator.
CLIP = 0.999
#: Meters fall 20 dB in this time.
METER_FALL_S = 0.3


@kernel
def _step_kernel(present: float, target: float, step: float) -> float:
    """One step nearer to the target, never beyond it."""
    return min(target, present + step) if target > present else max(target, present - step)


@kernel
def _right_share(i64: Any) -> float:
    """How much of the right channel is chosen."""
    select = i64[INPUT_CHANNEL] - 1 if i64[INPUT_CHANNEL] > 0 else i64[CAPTURE_SELECT]
    if i64[CAPTURE_CHANNELS] != 2 or select == SELECT_LEFT:
        return 0.0
    return 0.5 if select == SELECT_SUM else 1.0


@kernel
def _capture(f32: Any, f64: Any, i64: Any, captured: Any, n: int) -> float:
    """Decode the chosen channel into the left, right and dry rows and the input ring; returns the peak.

    Another channel is faded over to.
    """
    sample_format, channels = i64[SAMPLE_FORMAT], i64[CAPTURE_CHANNELS]
    size, step = sample_bytes_kernel(sample_format), 1.0 / ramp_frames_kernel(i64[RATE_HZ])
    target, share = _right_share(i64), f64[CAPTURE_RIGHT]
    if channels == 1 or not (0.0 <= share <= 1.0):
        share = target
    head, peak = i64[INPUT_HEAD], 0.0
    for t in range(n):
        at = t * channels * size
        share = _step_kernel(share, target, step)
        if share == 0.0:
            x = read_sample_kernel(captured, at, sample_format)
        elif share == 1.0:
            x = read_sample_kernel(captured, at + size, sample_format)
        else:
            x = (1.0 - share) * read_sample_kernel(captured, at, sample_format)
            x += share * read_sample_kernel(captured, at + size, sample_format)
        f32[BUS_F32 + t] = x
        f32[BUS_F32 + BUS_STRIDE + t] = x
        f32[BUS_F32 + DRY_ROW * BUS_STRIDE + t] = x
        f32[INPUT_RING_F32 + ((head + t) & (INPUT_RING_FRAMES - 1))] = x
        peak = max(peak, abs(x))
    f64[CAPTURE_RIGHT] = share
    store_release(i64, INPUT_HEAD, head + n)
    return peak


@kernel
def _bypass(f32: Any, f64: Any, i64: Any, n: int) -> None:
    """Cross-fade the whole pedal to its dry input; the chain goes on, so coming back is seamless."""
    target, mix = (1.0 if i64[BYPASSED] else 0.0), f64[BYPASS_MIX]
    if target == 0.0 and mix == 0.0:
        return
    step = 1.0 / ramp_frames_kernel(i64[RATE_HZ])
    dry = BUS_F32 + DRY_ROW * BUS_STRIDE
    for t in range(n):
        mix = _step_kernel(mix, target, step)
        for channel in range(2):
            at = BUS_F32 + channel * BUS_STRIDE + t
            f32[at] += (f32[dry + t] - f32[at]) * mix
    f64[BYPASS_MIX] = mix


@kernel
def _silence(f32: Any, f64: Any, i64: Any, n: int) -> None:
    """Fade to silence and back, whatever plays: who mutes to tune hears nothing of a bypassed pedal either.

    So does who waits for a relay's contacts to come to rest.
    """
    target, mix = (1.0 if i64[SILENT] or i64[MUTED] else 0.0), f64[SILENT_MIX]
    if target == 0.0 and mix == 0.0:
        return
    step = 1.0 / ramp_frames_kernel(i64[RATE_HZ])
    for t in range(n):
        mix = _step_kernel(mix, target, step)
        for channel in range(2):
            f32[BUS_F32 + channel * BUS_STRIDE + t] *= 1.0 - mix
    f64[SILENT_MIX] = mix


@kernel
def _emit(f32: Any, i64: Any, played: Any, n: int) -> float:
    """Encode the bus; a mono card gets the mean. Returns the peak."""
    sample_format, channels = i64[SAMPLE_FORMAT], i64[PLAYBACK_CHANNELS]
    size, peak = sample_bytes_kernel(sample_format), 0.0
    for t in range(n):
        left, right = f32[BUS_F32 + t], f32[BUS_F32 + BUS_STRIDE + t]
        peak = max(peak, max(abs(left), abs(right)))
        at = t * channels * size
        if channels == 1:
            write_sample_kernel(played, at, sample_format, 0.5 * (left + right))
        else:
            write_sample_kernel(played, at, sample_format, left)
            write_sample_kernel(played, at + size, sample_format, right)
    return peak


@kernel
def play_period_kernel(f32: Any, f64: Any, i64: Any, captured: Any, played: Any, n: int) -> None:
    """One period of ``n`` frames (1 to ``MAX_FRAMES``)."""
    flush_denormals()  # and stay so: nothing else runs in the period thread
    woke_ns = clock_ns(i64, CLOCK_SCRATCH, CLOCK_MONOTONIC)
    cpu_ns = clock_ns(i64, CLOCK_SCRATCH, CLOCK_THREAD_CPU)
    n = min(n, MAX_FRAMES)
    spend_period_kernel(i64)
    falling = 0.1 ** (n / (METER_FALL_S * i64[RATE_HZ]))
    peak = _capture(f32, f64, i64, captured, n)
    f64[IN_PEAK] = max(peak, f64[IN_PEAK] * falling)
    if peak >= CLIP:
        i64[CLIPPED_AT] = i64[FRAME]
    adopt_kernel(f32, f64, i64, n)
    playing = load_acquire(i64, PLAYING_SLOT)
    if playing >= 0:
        run_chain(f32, f64, i64, SLOTS + playing * SLOT_STRIDE, BUS_F32, n)
    else:
        for t in range(n):
            f32[BUS_F32 + t] = f32[BUS_F32 + BUS_STRIDE + t] = 0.0
    _bypass(f32, f64, i64, n)
    _silence(f32, f64, i64, n)
    out_bridge_kernel(f32, i64, n)
    f64[OUT_PEAK] = max(_emit(f32, i64, played, n), f64[OUT_PEAK] * falling)
    i64[FRAME] += n
    account_kernel(f64, i64, woke_ns, cpu_ns, n)


_BYTES_IN = types.Array(types.uint8, 1, "C", readonly=True)
_BYTES_OUT = types.Array(types.uint8, 1, "C")
_VIEWS = (types.float32[::1], types.float64[::1], types.int64[::1])


@entry(types.void(*_VIEWS, _BYTES_IN, _BYTES_OUT, types.int64))
def play_period(f32: Any, f64: Any, i64: Any, captured: Any, played: Any, n: int) -> None:
    """``play_period_kernel`` as the period thread calls it.

    Args:
        f32: the link's arena, as are ``f64`` and ``i64``.
        f64: see ``f32``.
        i64: see ``f32``.
        captured: interleaved frames as read from the card (read-only uint8).
        played: room for ``n`` interleaved frames (uint8); filled on return.
        n: frames.
    """
    play_period_kernel(f32, f64, i64, captured, played, n)
