"""What the reverb's knobs mean to its sound: delays, gains and shelves, aimed at every control step.

Called by ``reverb``, which says where the equations are from.
"""

from __future__ import annotations

import math
from typing import Any

from pedal.dsp.control import (
    END,
    SEGMENT_CELLS,
    STEP_FRAMES,
    aim_kernel,
    step_ramps_kernel,
    target_kernel,
)
from pedal.dsp.ramp import param_kernel
from pedal.dsp.reverb_memory import (
    CHIRPED,
    COSINE,
    CUT,
    DELAYS,
    DIFFUSE,
    DRY,
    EARLIER,
    FADE_LEFT,
    FEED,
    LIVELY,
    OWN_F32,
    OWN_I64,
    SHELVES,
    SINE,
    WET,
    longest_pre_frames,
)
from pedal.dsp.rooms import (
    CHIRP,
    DAMPED_HZ,
    EARLY,
    LINES,
    MOST_DAMPING,
    diffusion_kernel,
    line_delay_kernel,
)
from pedal.jit import kernel
from pedal.layout import F32, F64, I64, RATE
from pedal.params.reverb import FLAVOURS, REVERB

FLAVOUR, DECAY, MIX, DAMPING = (REVERB.index(name) for name in ("flavour", "decay_s", "mix", "damping"))
PRE_DELAY, SIZE, LOW_CUT, MODULATION = (REVERB.index(f) for f in ("pre_delay_s", "size", "low_cut_hz", "modulation"))
PARAMS_COUNT = len(REVERB.params) - 1

#: A new size, flavour or pre-delay takes this long.
FADE_S = 0.04
#: The ramps have corners, and a decay that changes a hundredfold within a tenth of a second makes them heard. So what
#: is computed goes this share of its way at a step, and is taken to be there after so many.
STEP_SHARE, LIVELY_STEPS = 0.25, 50
#: The angle swings so often a second, at full modulation by so many radians.
SWING_HZ, SWING = 0.7, 0.5 * math.pi


@kernel
def flavour_kernel(f32: Any, i64: Any, row: int) -> int:
    """The chosen flavour."""
    return min(max(int(target_kernel(f32, i64, row, FLAVOUR)), 0), len(FLAVOURS) - 1)


@kernel
def wanted_delay_kernel(f32: Any, i64: Any, row: int, line: int) -> int:
    """What the knobs ask for: the delay of a line of the network, or (``LINES``) of the pre-delay."""
    rate_hz = i64[row + RATE]
    if line == LINES:
        return min(int(target_kernel(f32, i64, row, PRE_DELAY) * rate_hz + 0.5), longest_pre_frames(rate_hz) - 1)
    return line_delay_kernel(flavour_kernel(f32, i64, row), target_kernel(f32, i64, row, SIZE), line, rate_hz)


@kernel
def fade_steps_kernel(rate_hz: int) -> int:
    """Control steps of a cross-fade."""
    return max(1, int(FADE_S * rate_hz / STEP_FRAMES + 0.5))


@kernel
def _go(f32: Any, segment: int, value: float, share: float) -> None:
    """This share of the way to ``value``."""
    aim_kernel(f32, segment, f32[segment + END] + (value - f32[segment + END]) * share)


@kernel
def _aim_shelf(
    f32: Any,
    segments: int,
    delay_s: float,
    decay_s: float,
    damped_s: float,
    corner_hz: float,
    rate_hz: int,
    share: float,
) -> None:
    """The shelf of a line: ``-60 * delay / decay`` dB below the corner, with the damped decay above."""
    low, high = 10.0 ** (-3.0 * delay_s / decay_s), 10.0 ** (-3.0 * delay_s / damped_s)
    root, corner = math.sqrt(low / high), math.tan(math.pi * corner_hz / rate_hz)
    zero, pole = corner * root, corner / root
    _go(f32, segments, high * (1.0 + zero) / (1.0 + pole), share)
    _go(f32, segments + SEGMENT_CELLS, high * (zero - 1.0) / (1.0 + pole), share)
    _go(f32, segments + 2 * SEGMENT_CELLS, (1.0 - pole) / (1.0 + pole), share)


@kernel
def aim_all_kernel(f32: Any, i64: Any, row: int, share: float) -> None:
    """Let every segment but the swing's go a share of its way to what the ramps say."""
    rate_hz, segments = i64[row + RATE], i64[row + F32] + OWN_F32
    flavour, mix = flavour_kernel(f32, i64, row), param_kernel(f32, i64, row, MIX)
    decay_s = max(0.01, float(param_kernel(f32, i64, row, DECAY)))
    damped_s = decay_s * (1.0 - MOST_DAMPING * param_kernel(f32, i64, row, DAMPING))
    corner_hz = min(DAMPED_HZ[flavour], 0.4 * rate_hz)
    mean_s = 0.0
    for line in range(LINES):
        delay_s = i64[i64[row + I64] + OWN_I64 + DELAYS + 2 * line + 1] / rate_hz
        mean_s += delay_s / LINES
        at = segments + (SHELVES + 3 * line) * SEGMENT_CELLS
        _aim_shelf(f32, at, delay_s, decay_s, damped_s, corner_hz, rate_hz, share)
    _go(f32, segments + DRY * SEGMENT_CELLS, min(1.0, 2.0 - 2.0 * mix), share)
    _go(f32, segments + WET * SEGMENT_CELLS, min(1.0, 2.0 * mix), share)
    # What stays in the network grows with the decay; half of that growth (in dB) is taken back.
    lost = 1.0 - 10.0 ** (-6.0 * mean_s / decay_s)
    _go(f32, segments + FEED * SEGMENT_CELLS, 8.0**-0.5 * (8.0 * lost) ** 0.25, share)
    _go(f32, segments + EARLIER * SEGMENT_CELLS, EARLY[flavour], share)
    cut = 1.0 - math.exp(-2.0 * math.pi * param_kernel(f32, i64, row, LOW_CUT) / rate_hz)
    _go(f32, segments + CUT * SEGMENT_CELLS, cut, share)
    _go(f32, segments + DIFFUSE * SEGMENT_CELLS, diffusion_kernel(flavour, decay_s), share)
    _go(f32, segments + CHIRPED * SEGMENT_CELLS, CHIRP[flavour], share)


@kernel
def aim_swing_kernel(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """The angle at the end of this step: a straight line between two points of a circle is inside, so nothing grows."""
    segments, phase = i64[row + F32] + OWN_F32, f64[i64[row + F64]] + SWING_HZ * STEP_FRAMES / i64[row + RATE]
    phase -= math.floor(phase)
    f64[i64[row + F64]] = phase
    angle = SWING * param_kernel(f32, i64, row, MODULATION) * math.sin(2.0 * math.pi * phase)
    aim_kernel(f32, segments + COSINE * SEGMENT_CELLS, math.cos(angle))
    aim_kernel(f32, segments + SINE * SEGMENT_CELLS, math.sin(angle))


@kernel
def _begin_fade(f32: Any, i64: Any, row: int) -> None:
    """Fade to other delays if the knobs ask for them."""
    words = i64[row + I64] + OWN_I64
    for line in range(LINES + 1):
        wanted = wanted_delay_kernel(f32, i64, row, line)
        if wanted != i64[words + DELAYS + 2 * line]:
            i64[words + DELAYS + 2 * line + 1] = wanted
            i64[words + FADE_LEFT] = fade_steps_kernel(i64[row + RATE])


@kernel
def step_kernel(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """What happens at every control step."""
    words = i64[row + I64] + OWN_I64
    if i64[words + FADE_LEFT] > 0:
        i64[words + FADE_LEFT] -= 1
        i64[words + LIVELY] = LIVELY_STEPS
        if i64[words + FADE_LEFT] == 0:
            for line in range(LINES + 1):
                i64[words + DELAYS + 2 * line] = i64[words + DELAYS + 2 * line + 1]
    if step_ramps_kernel(f32, i64, row, PARAMS_COUNT):
        i64[words + LIVELY] = LIVELY_STEPS
    if i64[words + LIVELY] > 0:
        i64[words + LIVELY] -= 1
        if i64[words + FADE_LEFT] == 0:
            _begin_fade(f32, i64, row)
        if i64[words + FADE_LEFT] > 0:
            aim_all_kernel(f32, i64, row, 1.0 / i64[words + FADE_LEFT])
        else:
            aim_all_kernel(f32, i64, row, STEP_SHARE if i64[words + LIVELY] > 1 else 1.0)
    aim_swing_kernel(f32, f64, i64, row)
