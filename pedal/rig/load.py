"""Load and lateness, measured once a period by the period thread itself.

Load is the share of the period that the compiled call took: wall time on a board. A virtual board
counts as one ``cpu_scale`` times slower: what the chain computes costs so many times the thread's own
CPU time. A hiccup of *this* machine (an interrupt, a cold cache) is no hiccup of the slower one, so
only the least of the last eight periods is scaled, and what a period took beyond it counts once. A load
above 1 is an *overrun*: the pedal was too slow. A wake-up more than half a period after its turn is
*woken late*: the machine was. They are counted apart, because their remedies differ.
"""

from __future__ import annotations

from typing import Any

from pedal.jit import kernel
from pedal.jit.machine import CLOCK_MONOTONIC, CLOCK_THREAD_CPU, clock_ns, store_release
from pedal.layout import (
    AMP_HELD,
    AMP_PLAYING,
    AUDIO_BEAT_NS,
    CLOCK_SCRATCH,
    CPU_SCALE_MILLI,
    EVENT_OVERRUN,
    I64,
    KIND,
    KIND_AMP,
    LAST_WAKE_NS,
    LOAD,
    LOAD_MEAN,
    LOAD_MEAN_S,
    LOAD_PEAK,
    LOAD_WORST,
    OVERRUNS,
    PERIOD_COUNT,
    PLAYING_SLOT,
    RATE_HZ,
    ROW_FIELDS,
    SLOT_HEADER,
    SLOT_ROWS,
    SLOT_STRIDE,
    SLOTS,
    USED_NS,
    USED_PERIODS,
    VIRTUAL,
    WOKEN_LATE,
)
from pedal.rig.events import push_event_kernel

#: A wake-up this many periods after the last one is late.
LATE_PERIODS = 1.5
#: The shown peak halves in this time.
PEAK_FALL_S = 0.5


@kernel
def hold_widest_kernel(i64: Any) -> None:
    """After an overrun: allow the widest playing amp one width less, at once.

    Said again every period until it plays that width, and one less again if that is not enough.
    """
    playing = i64[PLAYING_SLOT]
    if playing < 0:
        return
    slot = SLOTS + playing * SLOT_STRIDE
    widest, held = 0, -1
    for index in range(i64[slot + SLOT_ROWS]):
        row = slot + SLOT_HEADER + index * ROW_FIELDS
        if i64[row + KIND] == KIND_AMP and i64[i64[row + I64] + AMP_PLAYING] > widest:
            held, widest = i64[row + I64], i64[i64[row + I64] + AMP_PLAYING]
    if held >= 0:
        i64[held + AMP_HELD] = widest - 1


@kernel
def account_kernel(f64: Any, i64: Any, woke_ns: int, cpu_ns: int, n: int) -> None:
    """Close the books of a period that began at ``woke_ns`` (monotonic) and ``cpu_ns`` (thread CPU)."""
    done_ns = clock_ns(i64, CLOCK_SCRATCH, CLOCK_MONOTONIC)
    period_ns = 1e9 * n / i64[RATE_HZ]
    used_ns = done_ns - woke_ns
    if i64[VIRTUAL]:
        used_ns = clock_ns(i64, CLOCK_SCRATCH, CLOCK_THREAD_CPU) - cpu_ns
        least_ns = used_ns
        for k in range(USED_PERIODS):
            least_ns = min(least_ns, i64[USED_NS + k])
        i64[USED_NS + i64[PERIOD_COUNT] % USED_PERIODS] = used_ns
        load = (least_ns * (i64[CPU_SCALE_MILLI] / 1000.0) + (used_ns - least_ns)) / period_ns
    else:
        load = used_ns / period_ns
    f64[LOAD] = load
    f64[LOAD_MEAN] += (load - f64[LOAD_MEAN]) * min(1.0, n / (LOAD_MEAN_S * i64[RATE_HZ]))
    f64[LOAD_PEAK] = max(load, f64[LOAD_PEAK] * 0.5 ** (n / (PEAK_FALL_S * i64[RATE_HZ])))
    f64[LOAD_WORST] = max(load, f64[LOAD_WORST])
    if load > 1.0:
        i64[OVERRUNS] += 1
        push_event_kernel(i64, EVENT_OVERRUN, int(load * 1000.0), used_ns, done_ns - woke_ns, 0, 0)
        hold_widest_kernel(i64)
    last_ns = i64[LAST_WAKE_NS]
    if last_ns > 0 and woke_ns - last_ns > LATE_PERIODS * period_ns:
        i64[WOKEN_LATE] += 1
    i64[LAST_WAKE_NS] = woke_ns
    i64[PERIOD_COUNT] += 1
    store_release(i64, AUDIO_BEAT_NS, done_ns)
