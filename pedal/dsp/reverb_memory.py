"""Where everything lies in the reverb's memory. Known by ``reverb``, which plays, and ``reverb_knobs``, which aims.

Pure numbers, behind the row's ``F32`` and ``I64``.
"""

from __future__ import annotations

from pedal.dsp.block import own_f32, own_i64
from pedal.dsp.control import SEGMENT_CELLS, STEP_FRAMES
from pedal.dsp.line import line_cells
from pedal.dsp.matrix_tiles import LANES
from pedal.dsp.rooms import DIFFUSERS, LINES, longest_diffuser_frames, longest_line_frames
from pedal.dsp.spring import SPRING_CELLS
from pedal.jit import kernel
from pedal.params.reverb import MOST_PRE_DELAY_S, REVERB

# Segments: gains and coefficients, then the shelves' b0, b1 and -a1 of every line.
DRY, WET, FEED, EARLIER, CUT, DIFFUSE, CHIRPED, COSINE, SINE = range(9)
SHELVES = 9
SEGMENTS = SHELVES + 3 * LINES
OWN_F32, OWN_I64 = own_f32(REVERB), own_i64(REVERB)
# Runs of one step: the network's sixteen, cosine and sine, two of the input, one spare. Then what is remembered: the
# past input and output of every shelf, of both low cuts; the spring; and the lines.
RUNS = OWN_F32 + SEGMENTS * SEGMENT_CELLS
COSINES, SINES, FEEDS, SPARE = (RUNS + (LINES + k) * STEP_FRAMES for k in (0, 1, 2, 4))
SHELF_PAST = RUNS + (LINES + 5) * STEP_FRAMES + LANES
CUT_PAST = SHELF_PAST + 2 * LINES
SPRING = CUT_PAST + 2
RINGS = SPRING + SPRING_CELLS
# Words: places in the three kinds of ring, steps left of a fade, steps left to aim; delays from and to of every
# line and (last) of the pre-delay.
HEAD, DIFFUSER_HEAD, PRE_HEAD, FADE_LEFT, LIVELY, DELAYS = range(6)
WORDS = DELAYS + 2 * (LINES + 1)


@kernel
def longest_pre_frames(rate_hz: int) -> int:
    """The longest pre-delay."""
    return int(MOST_PRE_DELAY_S * rate_hz + 0.5) + 1


@kernel
def ring_cells(rate_hz: int) -> int:
    """Cells of all lines: the network's, the diffusers', two for the pre-delay."""
    cells = LINES * line_cells(longest_line_frames(rate_hz)) + DIFFUSERS * line_cells(longest_diffuser_frames(rate_hz))
    return cells + 2 * line_cells(longest_pre_frames(rate_hz))
