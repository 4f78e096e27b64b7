"""The plan: the table of integers that tells a kernel where one placed width lies and what it is.

Written by ``pack``, read by the kernels of this package. Word 0 on, in int64; words that name a
place hold element indices, relative to their region in a ``Packed`` and absolute once placed.
"""

from __future__ import annotations

KIND_A2 = 1
KIND_WAVENET = 2
KIND_PROGRAM = 3

#: The words every plan begins with.
KIND = 0
MAX_FRAMES = 1
RECEPTIVE_FIELD = 2
STATE_F32 = 3
STATE_F32_COUNT = 4
STATE_I64 = 5
STATE_I64_COUNT = 6
WEIGHTS = 7
#: Where the input of the block goes: a line of ``X_HISTORY`` old frames and the new ones behind them.
X_LINE = 8
X_HISTORY = 9
#: Room for one tile of every row, to work in.
SCRATCH = 10
#: Columns that this network's rings repeat behind their end: its widest tile, in whole cache lines.
MIRROR = 11

# -- A2: one array ------------------------------------------------------------------------------
CHANNELS = 12
LAYERS = 13
#: The head: a line per channel, and the convolution over it.
HEAD_LINE = 14
HEAD_STRIDE = 15
HEAD_HISTORY = 16
HEAD_WEIGHTS = 17
HEAD_TAPS = 18
HEAD_DILATION = 19
HEAD_STEADY = 20
A2_ROWS = 24

# -- WaveNet: arrays of layers ------------------------------------------------------------------
ARRAYS = 12
#: The residual stream between two arrays: a line per channel, no history.
STREAM_LINE = 13
STREAM_STRIDE = 14
WAVENET_ROWS = 16

#: One row per array of a WaveNet; ``A_FIRST_LAYER`` counts layers over all arrays.
A_INPUTS = 0
A_CHANNELS = 1
A_INNER = 2
A_FIRST_LAYER = 3
A_LAYERS = 4
A_RECHANNEL = 5
A_HEAD_LINE = 6
A_HEAD_STRIDE = 7
A_HEAD_HISTORY = 8
A_HEAD_WEIGHTS = 9
A_HEAD_TAPS = 10
A_HEAD_DILATION = 11
A_HEAD_STEADY = 12
A_HEAD_OUTS = 13
ARRAY_WORDS = 16

#: One row per layer, of either kind. The ring holds the layer's input.
L_WEIGHTS = 0
L_TAPS = 1
L_DILATION = 2
L_RING = 3
L_STRIDE = 4
L_FRAMES = 5
L_STEADY = 6
L_OUT_WEIGHTS = 7
L_ACTIVATION = 8
L_PARAMS = 9
LAYER_WORDS = 12

# -- Program: everything else -------------------------------------------------------------------
#: Rings and steps; the register that the block comes out of.
RINGS = 12
STEPS = 13
OUTPUT = 14
PROGRAM_ROWS = 16

#: One row per ring, then one per step. A ring's position is the state word of its number.
R_START = 0
R_STRIDE = 1
R_FRAMES = 2
R_ROWS = 3
R_STEADY = 4
RING_WORDS = 8

#: A step makes register ``S_TARGET`` (an element of ``SCRATCH``) out of other registers or a ring.
S_OP = 0
S_TARGET = 1
S_ROWS = 2
S_FIRST = 3
S_SECOND = 4
S_THIRD = 5
#: The ring that is read or written; -1 where a convolution reads the register ``S_FIRST``.
S_RING = 6
S_WEIGHTS = 7
S_TAPS = 8
S_DILATION = 9
S_INPUTS = 10
#: Between the rows that stand beside a convolution (``S_SECOND``); 0 where all outputs share one.
S_STRIDE = 11
#: An activation's code; how many layers an LSTM has.
S_CODE = 12
S_STATE = 13
S_STEADY = 14
#: Numbers of an LSTM's state. Its ``S_DILATION`` says how many interleaved states it keeps.
S_COUNT = 15
STEP_WORDS = 16

#: target = bias + gain * second + taps * (ring or first)
OP_CONV = 0
#: the ring's newest columns = first
OP_RECORD = 1
#: target = f(first)
OP_ACTIVATE = 2
#: target = first + second
OP_ADD = 3
#: target = first * second
OP_MULTIPLY = 4
#: target = first * second + third
OP_FILM = 5
#: target = first * second + (1 - first) * third
OP_BLEND = 6
#: target = the top layer's output for first
OP_LSTM = 7
