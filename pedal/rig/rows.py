"""Writing one row of a rig into an arena: the row, the targets it takes on, what it costs, how its state begins.

Called by ``place`` when it has decided where everything lies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pedal import layout as at
from pedal.arena import Arena
from pedal.dsp.block import own_f32, own_i64, quiet_i64
from pedal.dsp.cab import SIZES
from pedal.dsp.ramp import RAMP_CELLS
from pedal.jit import entry
from pedal.nam.kernels import rest_model_kernel
from pedal.params import KINDS
from pedal.prices import Price, Prices
from pedal.rig.compile import Part
from pedal.rig.dispatch import reset_kind
from pedal.rig.priced import row_price

#: Ring of an amp's input beyond the receptive field: what the understudy may sleep through.
RING_SLACK_FRAMES = 8192

_SWITCHED = {"own": at.SWITCHED_OWN, "cut": at.SWITCHED_CUT, "tail": at.SWITCHED_TAIL}

#: A narrow width's time is this much more than its share of multiply-adds (measured: 1.2 to 1.8).
NARROW_OVERHEAD = 1.75
#: Least and most that a seat may be behind when it is taken over, thousandths of a period.
LEAST_LAG_MILLI, MOST_LAG_MILLI = 250, 2000


@entry("void(float32[::1], float64[::1], int64[::1], int64)")
def _reset(f32: Any, f64: Any, i64: Any, row: int) -> None:
    reset_kind(i64[row + at.KIND], f32, f64, i64, row)


@entry("void(float32[::1], int64[::1], int64)")
def _rest(f32: Any, i64: Any, plan: int) -> None:
    rest_model_kernel(f32, i64, plan)


def ring_frames(part: Part) -> int:
    """Length of an amp's input ring: a power of two that holds every width's receptive field."""
    assert part.amp is not None
    return 1 << (max(part.amp.receptive_frames) + RING_SLACK_FRAMES - 1).bit_length()


def lag_milli(macs: Sequence[int], width: int) -> int:
    """How far behind width ``width`` may be taken over, thousandths of a period.

    To catch up and play a period must take no longer than a period of the next wider width did.
    """
    wider = macs[min(width + 1, len(macs) - 1)]
    spare = wider / (NARROW_OVERHEAD * max(1, macs[width])) - 1.0
    return min(MOST_LAG_MILLI, max(LEAST_LAG_MILLI, int(1000 * spare)))


def write_new_targets(arena: Arena, row: int, part: Part, place: int, *, goes_on: bool) -> None:
    """What the targets of a row that goes on are to be once the slot is adopted."""
    cells = at.NEW_TARGETS_F32 + place * at.MOST_TARGETS
    arena.i64[row + at.NEW_TARGETS] = cells
    arena.i64[row + at.NEW_COUNT] = len(part.targets) if goes_on else 0
    arena.f32[cells : cells + len(part.targets)] = part.targets


def write_row(arena: Arena, row: int, part: Part, pieces: Mapping[str, Any], rate_hz: int, serial: int) -> None:
    """The row itself; ``pieces`` are byte offsets of the part's memory."""
    words, kind = arena.i64, KINDS[part.block.kind]
    words[row + at.KIND] = kind.number
    words[row + at.CHANNELS] = part.channels
    words[row + at.SPREAD] = part.spread
    words[row + at.SIDE] = part.side
    words[row + at.PARAMS] = pieces["params"] // 4
    words[row + at.F32] = pieces["f32"] // 4
    words[row + at.F64] = pieces["f64"] // 8
    words[row + at.I64] = pieces["i64"] // 8
    words[row + at.EDGE] = pieces["edge"] // 4
    words[row + at.EDGE_WORDS] = pieces["edge_words"] // 8
    words[row + at.DATA] = pieces["data"] // 4
    words[row + at.TAPS] = part.taps
    words[row + at.RATE] = rate_hz
    words[row + at.SERIAL] = serial
    words[row + at.SWITCHED] = _SWITCHED[kind.bypass]
    words[row + at.QUIET] = pieces["i64"] // 8 + quiet_i64(kind)
    words[row + at.QUIET_FRAMES] = max(1, part.quiet_frames)
    words[row + at.TAIL_GAIN] = max(1, round(part.tail_gain * at.TAIL_GAIN_ONE)) if part.tail else 0
    words[row + at.SIZED] = pieces["i64"] // 8 + own_i64(kind) + SIZES if part.sizes else 0
    words[row + at.METER] = pieces["f32"] // 4 + own_f32(kind) + part.meter if kind.meter else 0


def write_prices(arena: Arena, row: int, part: Part, prices: Prices) -> None:
    """What the row's work takes on the board that this machine stands for."""
    words = arena.i64

    def put(word: int, price: Price) -> None:
        words[word : word + at.PRICE_WORDS] = price.words()

    price = row_price(part, prices)
    put(row + at.PRICE, price.block)
    for index, size in enumerate(price.sizes):
        put(int(words[row + at.SIZED]) + at.SIZE_PRICES + index * at.PRICE_WORDS, size)
    if part.amp is not None:
        record = int(words[row + at.I64])
        put(record + at.AMP_LEARN_PRICE, Price(prices.model.learn_ns, 0.0))
        for index, playing in enumerate(price.widths):
            put(record + at.AMP_PRICES + index * at.PRICE_WORDS, playing)
            put(record + at.AMP_REST_PRICES + index * at.PRICE_WORDS, prices.model.rest(playing))


def _settle(arena: Arena, cells: int, value: float) -> None:
    """A ramp that stands at ``value``."""
    arena.f32[cells], arena.f32[cells + 1], arena.f32[cells + 2] = value, 0.0, value


def write_state(arena: Arena, row: int, part: Part, pieces: Mapping[str, Any], size: int, *, fades_in: bool) -> None:
    """How a new instance begins, of whose widths or sizes it plays the one at ``size``.

    One that ``fades_in`` comes into a sound: a line must not hear where it begins.
    """
    params, state = pieces["params"] // 4, pieces["f32"] // 4
    arena.f32[params : params + len(part.targets)] = part.targets
    arena.f32[pieces["data"] // 4 : pieces["data"] // 4 + part.data.size] = part.data
    wet = 1.0 if part.targets[0] < 0.5 else 0.0
    if part.amp is not None:
        _write_amp(arena, part, pieces, size, wet)
        return
    if part.sizes:
        sizes = int(arena.i64[row + at.SIZED])
        arena.i64[sizes + at.SIZE_WANTED], arena.i64[sizes + at.SIZE_COUNT] = size, len(part.sizes)
        arena.i64[sizes + at.SIZE_TAPS : sizes + at.SIZE_TAPS + len(part.sizes)] = part.sizes
    for cell, value in enumerate((wet, *part.targets[1:])):
        _settle(arena, state + cell * RAMP_CELLS, value)
    kind = KINDS[part.block.kind]
    if fades_in and kind.bypass == "tail" and not kind.asset:
        _settle(arena, state, 0.0)
    if wet == 0.0:  # asleep
        arena.i64[arena.i64[row + at.QUIET]] = arena.i64[row + at.QUIET_FRAMES]
    _reset(arena.f32, arena.f64, arena.i64, row)


def _write_amp(arena: Arena, part: Part, pieces: Mapping[str, Any], width: int, wet: float) -> None:
    amp = part.amp
    assert amp is not None
    record, state, words = pieces["i64"] // 8, pieces["f32"] // 4, arena.i64
    words[record + at.AMP_WIDTHS] = len(amp.packed)
    words[record + at.AMP_WANTED] = width
    words[record + at.AMP_PLAYING] = width if part.block.on else at.NO_WIDTH
    words[record + at.AMP_HELD] = at.NO_WIDTH
    words[record + at.AMP_RING] = pieces["ring"] // 4
    words[record + at.AMP_RING_FRAMES] = ring_frames(part)
    words[record + at.SEAT_WIDTH] = at.NO_WIDTH
    _settle(arena, state + at.AMP_WET, wet)
    for ramp, target, cell, gain in (
        (at.AMP_DRIVE, part.targets[1], at.AMP_INPUT_GAIN, amp.input_gain),
        (at.AMP_LEVEL, part.targets[2], at.AMP_OUTPUT_GAIN, amp.output_gain),
    ):
        arena.f32[state + cell] = gain
        _settle(arena, state + ramp, float(np.float32(target) * np.float32(gain)))
    arena.f32[state + at.AMP_TRIMS : state + at.AMP_TRIMS + len(amp.trim_gains)] = amp.trim_gains
    for index, (packed, places) in enumerate(zip(amp.packed, pieces["widths"], strict=True)):
        plan, weights, state_f32, state_i64 = places
        packed.place(arena, plan // 8, weights // 4, state_f32 // 4, state_i64 // 8)
        _rest(arena.f32, arena.i64, plan // 8)
        words[record + at.AMP_PLANS + index] = plan // 8
        words[record + at.AMP_FIELDS_FRAMES + index] = amp.receptive_frames[index]
        words[record + at.AMP_LAG_MILLI + index] = lag_milli(amp.macs, index)
