"""Looper: records, plays round and round, takes in more. Behind every preset's output, before the connection.

All of its state lies at a fixed place of the link (``layout.LOOP_...``, ``loop_layers``) and in no rig, so that
presets, blocks and widths come and go around a loop.

Requests are taken at the edge of a period, and not while anything of the one before still fades (``FADE_S``); whoever
asks twice in that time is heard once, with the last. Nothing steps: starting, stopping, undo and both ends of an
overdub are faded, and so is the seam: recording goes on for a fade behind the loop's end, and what was played there is
blended over its beginning, so that the last frame is followed by what did follow it. The length is exact: from the edge
that began it to the edge that closed it. What is stored is dithered (Lipshitz et al., 1992; ``loop_layers``).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pedal import layout
from pedal.dsp.block import State, plays, resets
from pedal.dsp.limiter import RELEASE_S
from pedal.dsp.loop_layers import (
    COPY_SPEED,
    FULL,
    begin_layer_kernel,
    cell_kernel,
    copy_kernel,
    play_kernel,
    take_in_kernel,
)
from pedal.dsp.ramp import param_kernel, ramps_begin_kernel, ramps_next_kernel
from pedal.jit import kernel
from pedal.jit.machine import load_acquire, store_release
from pedal.layout import (
    BUS_STRIDE,
    LOOP_ASKED,
    LOOP_CAPACITY,
    LOOP_COPY_LEFT,
    LOOP_DUB_F64,
    LOOP_EMPTY,
    LOOP_GAIN_F64,
    LOOP_HAS_TWO,
    LOOP_HEARD,
    LOOP_LENGTH,
    LOOP_MEMORY,
    LOOP_MIX_F64,
    LOOP_NEWEST,
    LOOP_OVERDUBBING,
    LOOP_PLACE,
    LOOP_PLAYING,
    LOOP_RECORDING,
    LOOP_ROOM_F64,
    LOOP_STATE,
    LOOP_STOPPED,
    LOOP_TAIL_LEFT,
    LOOP_TAKEN,
    LOOP_VERB_SPAN,
    LOOP_VERBS,
    RATE,
)
from pedal.params.looper import LOOPER

LEVEL = LOOPER.index("level_db")
KNOBS = len(LOOPER.params) - 1

#: Of every fade; and the shortest loop: a press that comes earlier waits.
FADE_S, LEAST_S = 0.01, 0.1

PRESS, RECORD, PLAY, OVERDUB, UNDO, STOP, CLEAR, HALT = range(len(LOOP_VERBS))


def state(rate_hz: int, data_cells: int) -> State:
    """Nothing of its own: what a loop needs outlives rigs."""
    return State()


@kernel
def fade_frames_kernel(rate_hz: int) -> int:
    """Length of every fade in frames."""
    return int(FADE_S * rate_hz + 0.5)


@kernel
def _smooth(share: float) -> float:
    return share * share * (3.0 - 2.0 * share)  # no corner at either end


@kernel
def _toward(share: float, goal: float, step: float) -> float:
    return min(goal, share + step) if goal > share else max(goal, share - step)


@kernel
def _gain_goal(i64: Any) -> float:
    return 1.0 if i64[LOOP_STATE] == LOOP_PLAYING or i64[LOOP_STATE] == LOOP_OVERDUBBING else 0.0


@kernel
def _dub_goal(i64: Any) -> float:
    return 1.0 if i64[LOOP_STATE] == LOOP_OVERDUBBING else 0.0


@kernel
def _is_fading(f64: Any, i64: Any) -> bool:
    still = f64[LOOP_GAIN_F64] == _gain_goal(i64) and f64[LOOP_DUB_F64] == _dub_goal(i64)
    return not (still and f64[LOOP_MIX_F64] == i64[LOOP_HEARD] and i64[LOOP_TAIL_LEFT] == 0)


@kernel
def _begin(f64: Any, i64: Any) -> None:
    """The first frame of a new loop is the next one."""
    i64[LOOP_STATE], i64[LOOP_LENGTH], i64[LOOP_PLACE] = LOOP_RECORDING, 0, 0
    i64[LOOP_HEARD] = i64[LOOP_NEWEST] = i64[LOOP_HAS_TWO] = i64[LOOP_COPY_LEFT] = 0
    f64[LOOP_MIX_F64], f64[LOOP_ROOM_F64] = 0.0, 1.0


@kernel
def _close(i64: Any, state: int, rate_hz: int) -> None:
    """The last frame of the loop was the one before; what comes now is blended over its beginning."""
    i64[LOOP_LENGTH], i64[LOOP_PLACE], i64[LOOP_STATE] = i64[LOOP_PLACE], 0, state
    i64[LOOP_TAIL_LEFT] = fade_frames_kernel(rate_hz)


@kernel
def _obey(f64: Any, i64: Any, verb: int, rate_hz: int) -> bool:
    """Do it; what makes no sense now is done by doing nothing. False: not yet."""
    state = i64[LOOP_STATE]
    if verb == PRESS:
        verb = RECORD if state == LOOP_EMPTY else OVERDUB if state == LOOP_PLAYING else PLAY
    elif verb == HALT:
        verb = CLEAR if state == LOOP_STOPPED else STOP
    if state == LOOP_RECORDING:
        if verb == CLEAR:
            i64[LOOP_STATE], i64[LOOP_PLACE] = LOOP_EMPTY, 0
        elif verb in (PLAY, OVERDUB, STOP):
            if i64[LOOP_PLACE] < LEAST_S * rate_hz:
                return False
            _close(i64, LOOP_STOPPED if verb == STOP else LOOP_PLAYING, rate_hz)
            return verb != OVERDUB
    elif state == LOOP_EMPTY:
        if verb == RECORD:
            _begin(f64, i64)
        elif verb == UNDO and i64[LOOP_LENGTH] > 0:
            i64[LOOP_STATE] = LOOP_STOPPED
    elif verb == PLAY:
        i64[LOOP_STATE] = LOOP_PLAYING
    elif verb == OVERDUB and state != LOOP_OVERDUBBING:
        if not begin_layer_kernel(f64, i64):
            return False
        i64[LOOP_STATE] = LOOP_OVERDUBBING
    elif verb == UNDO and i64[LOOP_HAS_TWO]:
        i64[LOOP_HEARD] = 1 - i64[LOOP_HEARD]
        i64[LOOP_STATE] = LOOP_PLAYING if state == LOOP_OVERDUBBING else state
    elif verb == STOP:
        i64[LOOP_STATE] = LOOP_STOPPED
    elif verb == CLEAR:
        i64[LOOP_STATE] = LOOP_EMPTY
    return True


@kernel
def _play_frame(f32: Any, f64: Any, i16: Any, i64: Any, bus: int, level: float, back: float) -> None:
    """A frame while something fades: of the loop onto the bus, and of the bus into the loop while that overdubs."""
    place, dub, share = i64[LOOP_PLACE], f64[LOOP_DUB_F64], _smooth(f64[LOOP_MIX_F64])
    first, second = cell_kernel(i64, 0, place), cell_kernel(i64, 1, place)
    left = i16[first] + (i16[second] - i16[first]) * share
    right = i16[first + 1] + (i16[second + 1] - i16[first + 1]) * share
    if dub > 0.0:
        take_in_kernel(f32, f64, i16, i64, _newest_cell(i64, place), bus, 1, 1.0, _smooth(dub), back, 0.0)
    gain = np.float32(level * _smooth(f64[LOOP_GAIN_F64]) / FULL)
    f32[bus] += gain * np.float32(left)
    f32[bus + BUS_STRIDE] += gain * np.float32(right)


@kernel
def _newest_cell(i64: Any, place: int) -> int:
    return 2 * (i64[LOOP_MEMORY] + i64[LOOP_NEWEST] * i64[LOOP_CAPACITY] + place)


@kernel
def _record(f32: Any, f64: Any, i16: Any, i64: Any, bus: int, n: int, rate_hz: int, back: float) -> int:
    """Up to ``n`` frames; when the memory is full, that was the loop. Returns how many."""
    frames = min(n, i64[LOOP_CAPACITY] - i64[LOOP_PLACE])
    take_in_kernel(f32, f64, i16, i64, _newest_cell(i64, i64[LOOP_PLACE]), bus, frames, 0.0, 1.0, back, 0.0)
    i64[LOOP_PLACE] += frames
    if i64[LOOP_PLACE] == i64[LOOP_CAPACITY]:
        _close(i64, LOOP_PLAYING, rate_hz)
    return frames


@kernel
def _go_on(f32: Any, f64: Any, i16: Any, i64: Any, bus: int, n: int, level: float, back: float) -> int:
    """Up to ``n`` frames in which nothing fades, no further than to the end of the loop. Returns how many."""
    place, heard = i64[LOOP_PLACE], level / FULL
    frames = min(n, i64[LOOP_LENGTH] - place)
    cell = cell_kernel(i64, i64[LOOP_HEARD], place)
    if i64[LOOP_STATE] == LOOP_OVERDUBBING:
        take_in_kernel(f32, f64, i16, i64, cell, bus, frames, 1.0, 1.0, back, heard)
    else:
        play_kernel(f32, i16, cell, bus, frames, heard)
    i64[LOOP_PLACE] = (place + frames) % i64[LOOP_LENGTH]
    return frames


@kernel
def _fade_on(f32: Any, f64: Any, i16: Any, i64: Any, bus: int, level: float, step: float, back: float) -> None:
    """One frame, and every fade a step further."""
    if i64[LOOP_TAIL_LEFT] > 0:
        begun = int(1.0 / step + 0.5) - i64[LOOP_TAIL_LEFT]
        kept = _smooth(begun * step)
        take_in_kernel(f32, f64, i16, i64, _newest_cell(i64, begun), bus, 1, kept, 1.0 - kept, back, 0.0)
        i64[LOOP_TAIL_LEFT] -= 1
    f64[LOOP_GAIN_F64] = _toward(f64[LOOP_GAIN_F64], _gain_goal(i64), step)
    f64[LOOP_DUB_F64] = _toward(f64[LOOP_DUB_F64], _dub_goal(i64), step)
    f64[LOOP_MIX_F64] = _toward(f64[LOOP_MIX_F64], float(i64[LOOP_HEARD]), step)
    if f64[LOOP_GAIN_F64] > 0.0:
        _play_frame(f32, f64, i16, i64, bus, level, back)
        i64[LOOP_PLACE] = (i64[LOOP_PLACE] + 1) % i64[LOOP_LENGTH]
    else:
        i64[LOOP_PLACE] = 0


@kernel
def _run(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    i16, rate_hz = f32.view(np.int16), i64[row + RATE]
    step, back = 1.0 / fade_frames_kernel(rate_hz), 1.0 - math.exp(-1.0 / (RELEASE_S * rate_hz))
    moving, done = ramps_begin_kernel(f32, i64, row, KNOBS), 0
    while done < n:
        if i64[LOOP_STATE] == LOOP_RECORDING:
            done += _record(f32, f64, i16, i64, bus + done, n - done, rate_hz, back)
            continue
        if moving > 0:
            moving = ramps_next_kernel(f32, i64, row, KNOBS)
        level = float(param_kernel(f32, i64, row, LEVEL))
        if moving > 0 or i64[LOOP_COPY_LEFT] > 0 or _is_fading(f64, i64) or f64[LOOP_GAIN_F64] == 0.0:
            _fade_on(f32, f64, i16, i64, bus + done, level, step, back)
            done += 1
        else:
            done += _go_on(f32, f64, i16, i64, bus + done, n - done, level, back)


@plays
def looper_kernel(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    """Obey, and play; a pedal without a looper, an empty one and one that stands still cost a comparison or two."""
    if i64[LOOP_CAPACITY] == 0:
        return
    asked, fading = load_acquire(i64, LOOP_ASKED), _is_fading(f64, i64)
    if asked != i64[LOOP_TAKEN] and not fading and _obey(f64, i64, asked % LOOP_VERB_SPAN, i64[row + RATE]):
        store_release(i64, LOOP_TAKEN, asked)
    if i64[LOOP_COPY_LEFT] > 0:
        copy_kernel(f32.view(np.int16), i64, COPY_SPEED * n)
    resting = i64[LOOP_STATE] == LOOP_EMPTY or i64[LOOP_STATE] == LOOP_STOPPED
    if not resting or _is_fading(f64, i64):
        _run(f32, f64, i64, row, bus, n)


@resets
def reset_looper_kernel(f32: Any, f64: Any, i64: Any, row: int) -> None:
    """Nothing: a new rig, or a block that broke, is not the loop's affair."""


@kernel
def rest_looper_kernel(f64: Any, i64: Any) -> None:
    """After the audio process died: the loop stands at its beginning, without what was being taken in just then."""
    unfinished = i64[LOOP_STATE] == LOOP_RECORDING or i64[LOOP_TAIL_LEFT] > 0
    if unfinished:
        i64[LOOP_STATE], i64[LOOP_LENGTH] = LOOP_EMPTY, 0
    if i64[LOOP_STATE] == LOOP_OVERDUBBING:
        i64[LOOP_HEARD] = 1 - i64[LOOP_NEWEST]
    if i64[LOOP_STATE] != LOOP_EMPTY:
        i64[LOOP_STATE] = LOOP_STOPPED
    i64[LOOP_PLACE] = i64[LOOP_TAIL_LEFT] = 0
    i64[LOOP_TAKEN] = i64[LOOP_ASKED]
    f64[LOOP_GAIN_F64] = f64[LOOP_DUB_F64] = 0.0
    f64[LOOP_MIX_F64] = i64[LOOP_HEARD]


def lend(words: Any, memory_f32: int, frames: int) -> None:
    """Give the looper room for two layers of ``frames`` at an f32 index, or (0) none; what another room held is gone.

    Args:
        words: the arena's i64 view; nobody may be playing.
        memory_f32: where; ``2 * frames`` cells.
        frames: per layer.
    """
    if (words[LOOP_MEMORY], words[LOOP_CAPACITY]) != (memory_f32, frames):
        words[layout.SLOTS_END : layout.LOOPER_END] = 0
        words[LOOP_MEMORY], words[LOOP_CAPACITY] = memory_f32, frames
