"""The map of shared memory: which word, row column and record field means what.

Pure numbers, known by everyone: kernels freeze them at compile time, the link sizes its file
by them, the panel reads status through them. Indices are elements of the arena's ``i64`` view
unless a name ends in ``_F64`` or ``_F32``. Editing this file changes what is compiled and, as any edit
of a kernel does, the link's ``BUILD``: two processes of different builds never share a link.
"""

from __future__ import annotations

#: Of the header (the words up to ``BUILD``), which programs that know no kernels read too.
LINK_VERSION = 5
LINK_MAGIC = 0x4C41444550  # "PEDAL"

#: The longest period, and the distance between two rows of a bus.
MAX_FRAMES = 256
BUS_STRIDE = MAX_FRAMES + 64
#: Bus rows: left, right, the gate's key (input after its trim), a block's dry copies, two scratch
#: rows for blocks, the pedal's dry input, a bypass's cross-fade, and a third scratch row.
LEFT, RIGHT, KEY, DRY_LEFT, DRY_RIGHT, SCRATCH, GAINS, DRY_ROW, MIX, SPARE = range(10)
BUS_ROWS = 10

# ---- words: control and status --------------------------------------------------------------
(
    MAGIC,
    VERSION,
    SIZE_BYTES,
    BUILD,  # fingerprint of all kernel sources: what the state of a block is, only they know
    GENERATION,  # new for every file, so that a peer notices a replaced one
    STOP,
    AUDIO_PID,
    AUDIO_BEAT_NS,
    PANEL_PID,
    PANEL_BEAT_NS,
    CARD_STATE,
    RATE_HZ,
    PERIOD_FRAMES,
    PERIODS,
    SAMPLE_FORMAT,
    CAPTURE_CHANNELS,
    CAPTURE_SELECT,
    PLAYBACK_CHANNELS,
    VIRTUAL,
    CPU_SCALE_MILLI,
    WANTED_SLOT,
    READY_SLOT,  # the wanted slot, once the understudy has touched all its memory
    WANTED_PERIODS,  # periods since the wanted slot has been waiting
    PLAYING_SLOT,
    FRAME,  # frames captured since the audio process started
    PERIOD_COUNT,
    XRUNS,
    OVERRUNS,
    WOKEN_LATE,
    GUARD_TRIPS,
    COLD_CHANGES,
    WIDTH_CHANGES,
    INPUT_HEAD,  # frames ever written to the input ring
    EVENTS_HEAD,  # events ever written
    BYPASSED,  # the whole pedal: written by the panel
    CLIPPED_AT,  # FRAME of the last clipped input sample
    UNDERSTUDY_ROUND,  # rounds the understudy has finished: an old rig is free two rounds later
    SEATS_OVERTAKEN,  # chases that the ring overtook: the understudy was starved
    REHEARSAL_LOCK,  # of the wanted rig's new rows: SEAT_FREE / SEAT_UNDERSTUDY / SEAT_PERIOD
    # Of a machine that stands for another (rig/spend.py); all 0 where it stands for itself.
    SLOWDOWN_MILLI,  # heat: all prices times this; 0: nothing has a price
    STOPWATCH_MILLI,  # what the builder's stopwatch sees, of what it costs: 1000 is right
    PERIOD_PRICE_NS,  # of a period without its blocks
    STALL_NS,  # once, in the next period
    NEIGHBOUR_PPM,  # of the periods, in which a neighbour takes the core: exponential, mean and most
    NEIGHBOUR_MEAN_NS,
    NEIGHBOUR_MOST_NS,
    NEIGHBOUR_SEED,
    CABS_OFF,  # 1: no cabinet plays, whatever presets say (pedal output): written by the panel
    INPUT_CHANNEL,  # 0: CAPTURE_SELECT, as the board says; else 1 + SELECT_...: written by the panel
    SILENT,  # 1: nothing is heard, bypassed or not (the tuner): written by the panel
    MUTED,  # 1: nothing is heard, for the relay is not closed: written by the parent of pedal-audio
) = range(51)
WORDS = 64

CARD_STARTING, CARD_RUNNING, CARD_LOST = range(3)
S16_LE, S24_3LE, S32_LE = range(3)
SELECT_LEFT, SELECT_RIGHT, SELECT_SUM = range(3)

# ---- status floats (f64 view), after the words -----------------------------------------------
STATUS_F64 = WORDS
(
    LOAD,  # of the last period, share of the period
    LOAD_MEAN,  # exponential mean over LOAD_MEAN_S
    LOAD_PEAK,  # falls by half a second
    LOAD_WORST,  # since the audio process started
    IN_PEAK,
    OUT_PEAK,
    BYPASS_MIX,  # 0 effects, 1 dry: the ramp's present value
    CAPTURE_RIGHT,  # what is heard of the right channel, 0 to 1, the rest being left; nan: what is chosen, at once
    SILENT_MIX,  # 0 heard, 1 silent
) = range(STATUS_F64, STATUS_F64 + 9)
LOAD_MEAN_S = 0.1
STATUS_END = STATUS_F64 + 32

#: Cost of each row of the playing rig, mean nanoseconds per period (f64 view).
ROW_COST_F64 = STATUS_END
MAX_ROWS = 32

# ---- small private areas of the period thread -------------------------------------------------
CLOCK_SCRATCH = ROW_COST_F64 + MAX_ROWS  # timespec, period thread
UNDERSTUDY_CLOCK = CLOCK_SCRATCH + 2  # timespec, understudy
LAST_WAKE_NS = CLOCK_SCRATCH + 4
OUT_EDGE_WORDS = CLOCK_SCRATCH + 5  # of the edge at the chain's end
GUARD_FRAME = CLOCK_SCRATCH + 9  # when the guard last silenced something
USED_NS = CLOCK_SCRATCH + 16  # CPU time of the last periods, in turns
USED_PERIODS = 7
PRIVATE_END = CLOCK_SCRATCH + 24

# ---- events: a ring from the period thread to the panel ---------------------------------------
EVENTS = PRIVATE_END
EVENT_COUNT = 256
EVENT_FIELDS = 8  # kind, frame, five numbers, spare
EVENT_ADOPTED, EVENT_WIDTH, EVENT_GUARD, EVENT_OVERRUN, EVENT_RESTART = range(1, 6)
EVENTS_END = EVENTS + EVENT_COUNT * EVENT_FIELDS

# ---- rig slots --------------------------------------------------------------------------------
SLOT_COUNT = 4
SLOT_HEADER = 8
SLOT_ROWS, SLOT_SERIAL, SLOT_NEW, SLOT_HEARD = range(4)  # header fields; of the last two see rig/rehearse.py
ROW_FIELDS = 32
(
    KIND,
    CHANNELS,  # 1: only the left bus row carries the signal here; 2: both
    PARAMS,  # f32 index of the targets the panel writes
    F32,  # first index of the block's state, per view; how it begins: dsp/block.py
    F64,
    I64,
    DATA,  # f32 index of constant data (impulse response)
    TAPS,
    RATE,
    SERIAL,  # which block instance this is; never reused within a link
    SWITCHED,  # what a bypass does: SWITCHED_OWN / SWITCHED_CUT / SWITCHED_TAIL
    QUIET,  # i64 index: for how many frames a bypassed block has been silent
    QUIET_FRAMES,  # so long, and it is asleep: skipped, as if it were not there
    SPREAD,  # 1: the first row with two channels; the left bus row is copied to the right before it
    SIDE,  # of an amp behind a stereo block: SIDE_BOTH hears the sum; two rows of one amp have a side each
    METER,  # f32 index of the number that it shows in the status, or 0
    REGION_F32,  # all memory of the block, as f32 index and length
    REGION_CELLS,
    REHEARSES,  # 1: a new row that hears what is played before it plays
    PRICE,  # nanoseconds per call, then picoseconds per frame: what its work takes on the board this machine stands for
    _PRICE_FRAMES,
    EDGE,  # f32 index of its edge: what went into it of late (``rig/edges.py``)
    EDGE_WORDS,  # i64 index of the edge's words
    NEW_TARGETS,  # f32 index of what its targets are from the adoption on,
    NEW_COUNT,  # so many: only of a row that goes on from the rig before
    TAIL_GAIN,  # only of a tail: the gain, times TAIL_GAIN_ONE, at which it rings on
    SIZED,  # i64 index of the sizes of a block that can play fewer taps (SIZE_...), or 0
) = range(27)
TAIL_GAIN_ONE = 1 << 16
SIDE_BOTH, SIDE_LEFT, SIDE_RIGHT = range(3)
#: The bypass of a row: it plays, rings out, or fades out together with what rings of it.
PLAYS, RINGS_OUT, FADES_OUT = 0.0, 1.0, 2.0
#: Its ``QUIET``, besides: negative while it fades out; asleep, but its memory is not silent yet; being cleared.
UNCLEAN, CLEANING = 1 << 40, 1 << 41
SWITCHED_OWN, SWITCHED_CUT, SWITCHED_TAIL = range(3)
SLOT_STRIDE = SLOT_HEADER + MAX_ROWS * ROW_FIELDS
SLOTS = EVENTS_END
SLOTS_END = SLOTS + SLOT_COUNT * SLOT_STRIDE

# ---- the looper: outside of every rig, so that a loop goes on whatever plays (dsp/looper.py) ----
(
    LOOP_MEMORY,  # f32 index of its two layers, a cell for each frame: 16 bits left, 16 bits right
    LOOP_CAPACITY,  # frames of a layer; 0: this pedal has no looper
    LOOP_ASKED,  # written by the panel: a count, times ``LOOP_VERB_SPAN``, and a verb
    LOOP_TAKEN,  # the last one that was obeyed
    LOOP_STATE,
    LOOP_LENGTH,  # frames of the loop (of one that was cleared too); 0: there is none
    LOOP_PLACE,  # where in it the next frame is; while recording, frames so far
    LOOP_HEARD,  # which layer plays: 0 or 1
    LOOP_NEWEST,  # which one overdubs go into
    LOOP_HAS_TWO,  # 1: the other layer is the loop before or after its newest part (undo)
    LOOP_COPY_AT,  # the newest layer begins as a copy of the other: where it is copied next
    LOOP_COPY_LEFT,  # frames still to be copied
    LOOP_TAIL_LEFT,  # frames still to be blended in behind the end
    LOOP_SEED,  # of the dither
    LOOP_GAIN_F64,  # fades, 0 to 1: of the loop
    LOOP_DUB_F64,  # of what is taken in
    LOOP_MIX_F64,  # between the layers
    LOOP_ROOM_F64,  # what is taken in is turned down by so much, that it fits
) = range(SLOTS_END, SLOTS_END + 18)
LOOPER_END = SLOTS_END + 24
LOOP_EMPTY, LOOP_RECORDING, LOOP_PLAYING, LOOP_OVERDUBBING, LOOP_STOPPED = range(5)
#: The verbs. ``press`` is a footswitch: record, play, overdub, play; ``halt`` another: stop, then clear.
LOOP_VERBS = ("press", "record", "play", "overdub", "undo", "stop", "clear", "halt")
LOOP_VERB_SPAN = 16

#: The kinds that others than the chain's dispatch know; all numbers: params/numbers.py.
KIND_AMP, KIND_CAB, KIND_LOOPER = 3, 5, 13

# ---- an edge: where what went on before meets what comes after an adoption (``rig/edges.py``) ----
#: Its words. EDGE_LEFT: frames of the bridge still to come; EDGE_ASKED: it begins with the next frame.
EDGE_LEFT, EDGE_HEAD, EDGE_CHANNELS, EDGE_LAG = range(4)
EDGE_WORD_COUNT = 4
EDGE_ASKED = -1
#: Per channel: the last frames, a ring; then by how much a bridge's first frame misses them, and its slope.
EDGE_PAST_FRAMES = 1024
EDGE_MISS = EDGE_PAST_FRAMES
EDGE_MISS_SLOPE = EDGE_MISS + 1
EDGE_STRIDE = EDGE_MISS + 16

# ---- an amp's record: the first words of its I64 state ------------------------------------------
(
    AMP_WIDTHS,
    AMP_PLAYING,  # width index, or NO_WIDTH
    AMP_WANTED,  # written by the panel: the governor's decision
    AMP_HELD,  # widest width allowed after an overrun (set by the period thread), or NO_WIDTH
    AMP_RING,  # f32 index of the ring of driven input
    AMP_RING_FRAMES,  # its length, a power of two
    AMP_HEAD,  # frames ever written to it (release)
    SEAT_LOCK,  # SEAT_FREE / SEAT_UNDERSTUDY / SEAT_PERIOD
    SEAT_WIDTH,  # the width whose state the seat holds, or NO_WIDTH
    SEAT_POSITION,  # ring frames that state has consumed
    SPLICE_LEFT,  # frames of the running splice still to come
    SPLICE_FRAMES,  # its whole length
    AMP_WAITED,  # periods an emergency has been waiting for a warm seat
    AMP_ENGAGED,  # 1 while the block is not bypassed (period thread to understudy)
    SPLICE_COLD,  # 1 while the running splice fades a cold width in
    SEAT_LEARNT,  # ring frame up to which the understudy has learnt how the seat differs from what is heard; 0: not yet
    AMP_PLAYED,  # ring frame up to which AMP_PAST holds what left the amp (release): behind AMP_HEAD while it plays
    AMP_TWIN,  # record of the other side of an amp that plays twice, or 0: the left one changes widths for both
    AMP_HANDOVER,  # of a right side whose seat the left one holds for it: HANDOVER_...
) = range(19)
NO_HANDOVER, HANDOVER_WARM, HANDOVER_COLD = range(3)
NO_WIDTH = -1
SEAT_FREE, SEAT_UNDERSTUDY, SEAT_PERIOD = range(3)
#: Of one model; the loader refuses files with more.
MAX_WIDTHS = 32
AMP_PLANS = 24  # plan index per width
AMP_FIELDS_FRAMES = AMP_PLANS + MAX_WIDTHS  # receptive field per width, frames
AMP_LAG_MILLI = AMP_FIELDS_FRAMES + MAX_WIDTHS  # how far behind a seat may be taken over, thousandths of a period
AMP_RAMP_COUNTS = AMP_LAG_MILLI + MAX_WIDTHS
AMP_PRICES = AMP_RAMP_COUNTS + 16  # of playing each width: PRICE_WORDS each, as a row's
PRICE_WORDS = 2
AMP_REST_PRICES = AMP_PRICES + PRICE_WORDS * MAX_WIDTHS  # of bringing each width to rest
AMP_LEARN_PRICE = AMP_REST_PRICES + PRICE_WORDS * MAX_WIDTHS  # of learning a forecast
AMP_WORDS = AMP_LEARN_PRICE + PRICE_WORDS

# ---- sizes of a block that can play fewer taps: words of its I64 state, at the row's SIZED (dsp/cab.py) ----
#: The size index that the governor wants (written by the panel); the one that plays, or of a change the larger of
#: both; of a change, the smaller; its frames from the larger to the smaller, 0: none is under way; how many there are.
SIZE_WANTED, SIZE_PLAYING, SIZE_OTHER, SIZE_WAY, SIZE_COUNT = range(5)
MAX_SIZES = 3
SIZE_TAPS = 5  # of each size, fewest first
SIZE_PRICES = SIZE_TAPS + MAX_SIZES  # of playing each: PRICE_WORDS each, as a row's
SIZE_WORDS = SIZE_PRICES + PRICE_WORDS * MAX_SIZES

# ---- an amp's f32 state: ramps, edges for the splice, blocks ---------------------------------
AMP_WET, AMP_DRIVE, AMP_LEVEL = 0, 3, 6  # ramps of three cells
#: One pair of gains per model (``levels.py``): before the drive, and before the level. The panel stores them.
AMP_INPUT_GAIN, AMP_OUTPUT_GAIN = 12, 13
SEAT_REST, AMP_REST = 9, 10  # what the difference moves about: learnt, and of the running splice
FORECAST_ORDER = 8
SEAT_FORECAST = 16  # coefficients: how the difference between amp and seat moves
AMP_FORECAST = SEAT_FORECAST + FORECAST_ORDER  # of the running splice: the same, and the last values, newest first
#: The last frames that left the amp, and that the seat's width would have played: frame p of the
#: ring lies at ``p & (PAST_FRAMES - 1)``.
PAST_FRAMES = 512
AMP_TRIMS = AMP_FORECAST + 2 * FORECAST_ORDER  # gain per width
AMP_PAST = AMP_TRIMS + MAX_WIDTHS
SEAT_PAST = AMP_PAST + PAST_FRAMES
AMP_X = SEAT_PAST + PAST_FRAMES
AMP_Y = AMP_X + BUS_STRIDE
SEAT_X = AMP_Y + BUS_STRIDE
SEAT_Y = SEAT_X + BUS_STRIDE
AMP_CELLS = SEAT_Y + BUS_STRIDE

# ---- bytes: what lies behind the words --------------------------------------------------------
NOTES_BYTES = 32 * 1024  # per slot: what the builder says about the rig, as JSON
#: Two more, written in turn: the panel's preset in hand, for a panel that was killed while it wrote.
HAND_NOTES = (SLOT_COUNT, SLOT_COUNT + 1)
NOTES_AT_BYTE = -(-LOOPER_END * 8 // 64) * 64
BUS_F32 = (NOTES_AT_BYTE + (SLOT_COUNT + len(HAND_NOTES)) * NOTES_BYTES) // 4
OUT_EDGE_F32 = BUS_F32 + BUS_ROWS * BUS_STRIDE
EDGE_SCRATCH_F32 = OUT_EDGE_F32 + 2 * EDGE_STRIDE
BUILDER_BUS_F32 = EDGE_SCRATCH_F32 + EDGE_PAST_FRAMES  # the builder's own, for replays
UNDERSTUDY_BUS_F32 = BUILDER_BUS_F32 + BUS_ROWS * BUS_STRIDE  # for rehearsals
INPUT_RING_F32 = UNDERSTUDY_BUS_F32 + BUS_ROWS * BUS_STRIDE
INPUT_RING_FRAMES = 1 << 19  # 10.9 s at 48 kHz
#: By slot and row: the targets of rows that go on, until the rig is adopted.
NEW_TARGETS_F32 = INPUT_RING_F32 + INPUT_RING_FRAMES
MOST_TARGETS = 24
HEAP_AT_BYTE = (NEW_TARGETS_F32 + SLOT_COUNT * MAX_ROWS * MOST_TARGETS) * 4
HEAP_BYTES = 96 * 1024 * 1024
TOUCHED_F32 = BUILDER_BUS_F32 - 1  # the understudy's, in the slack behind the bus
#: Two layers of 120 s at 48 kHz: 46 MB, of which only what a board's looper was given is ever touched.
LOOP_MOST_FRAMES = 120 * 48_000
LOOPS_AT_BYTE = HEAP_AT_BYTE + HEAP_BYTES
LINK_BYTES = LOOPS_AT_BYTE + 2 * 4 * LOOP_MOST_FRAMES


def heap_stop_byte(arena_bytes: int) -> int:
    """Where the heap of an arena of this size ends: a link has the loops behind it, a private arena nothing."""
    return LOOPS_AT_BYTE if arena_bytes == LINK_BYTES else arena_bytes
