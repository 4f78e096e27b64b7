"""One block on its own: a row in a small arena, played by the real ``play_row_kernel``."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pedal import layout as at
from pedal.arena import Arena
from pedal.jit import entry
from pedal.jit.machine import flush_denormals, restore_float_mode
from pedal.params import KINDS
from pedal.preset import Block, Preset
from pedal.rig.chain import play_row_kernel
from pedal.rig.compile import compile_preset
from pedal.rig.dispatch import reset_kind
from pedal.rig.place import place_rig, region_bytes
from tests.rig.bench import Assets

RATE_HZ = 48000
#: Blocks that a kernel's tiles and loops treat differently, and one of each in turn.
PERIODS = [(1,), (16,), (37,), (64,), (256,), (1, 256, 3, 64, 37, 2, 100)]
Floats = NDArray[np.float32]
Exact = NDArray[np.float64]


@entry("void(float32[::1], float64[::1], int64[::1], int64, int64, int64)")
def _play_row(f32: Any, f64: Any, i64: Any, row: int, bus: int, n: int) -> None:
    mode = flush_denormals()
    play_row_kernel(f32, f64, i64, row, bus, n)
    restore_float_mode(mode)


@entry("void(float32[::1], float64[::1], int64[::1], int64)")
def _reset(f32: Any, f64: Any, i64: Any, row: int) -> None:
    reset_kind(i64[row + at.KIND], f32, f64, i64, row)


def reset_row(row: Row) -> None:
    """What the chain's guard does to a row that broke."""
    _reset(row.arena.f32, row.arena.f64, row.arena.i64, row.row)


class Row:
    """A block of ``kind`` with one channel or two; implicit kinds too.

    Args:
        kind: as in ``params.KINDS``.
        channels: 1 or 2.
        values: of its parameters, in the player's units.
        asset: number of taps, for a cabinet.
        on: bypassed if False.
        options: as in presets.
    """

    def __init__(
        self,
        kind: str,
        channels: int = 2,
        values: Mapping[str, float] | None = None,
        asset: str = "",
        on: bool = True,
        rate_hz: int = RATE_HZ,
        options: Mapping[str, str | int] | None = None,
    ) -> None:
        block = Block(kind, kind, asset, values or {}, on, options or {})
        preset = Preset("row", **{kind: block}) if KINDS[kind].implicit else Preset("row", (block,))
        parts = [part for part in compile_preset(preset, Assets(), rate_hz) if part.block.id == kind]
        self.arena = Arena.allocate(at.HEAP_AT_BYTE + sum(region_bytes(part) for part in parts))
        self.notes = place_rig(
            self.arena, 0, parts, preset_name="", serial=1, rate_hz=rate_hz, live={}, in_use=()
        ).blocks[0]
        self.row = at.SLOTS + at.SLOT_HEADER
        self.arena.i64[self.row + at.CHANNELS] = channels
        self.arena.i64[self.row + at.SPREAD] = 0  # what comes in has as many
        self.kind, self.channels = kind, channels

    def turn(self, name: str, value: float) -> None:
        """A knob, in the player's units."""
        kind = KINDS[self.kind]
        cell = kind.index(name)
        self.arena.f32[self.notes.params_idx + cell] = kind.params[cell].kernel_value(value)

    def _bus(self, row: int, n: int) -> Floats:
        start = at.BUS_F32 + row * at.BUS_STRIDE
        return self.arena.f32[start : start + n]

    def play(self, x: Floats, key: Floats | None = None) -> Floats:
        """One period of ``(frames, channels)``; ``key`` is what the guitar plays meanwhile."""
        n = len(x)
        for channel in range(2):
            self._bus(channel, n)[:] = x[:, channel] if channel < self.channels else 9.0
        if key is not None:
            self._bus(at.KEY, n)[:] = key
        _play_row(self.arena.f32, self.arena.f64, self.arena.i64, self.row, at.BUS_F32, n)
        if self.channels == 1:
            assert (self._bus(1, n) == 9.0).all(), "a mono row leaves the right channel alone"
        return np.stack([self._bus(channel, n) for channel in range(self.channels)], axis=1)

    def timed_ns(self, n: int) -> int:
        """What a period of whatever is on the bus takes."""
        began = time.perf_counter_ns()
        _play_row(self.arena.f32, self.arena.f64, self.arena.i64, self.row, at.BUS_F32, n)
        return time.perf_counter_ns() - began

    def play_all(self, x: Floats, periods: Iterable[int] = (64,), key: Floats | None = None) -> Floats:
        """The whole of ``x`` in periods of these lengths in turn."""
        lengths, out, start = list(periods), [], 0
        while start < len(x):
            stop = start + lengths[len(out) % len(lengths)]
            out.append(self.play(x[start:stop], None if key is None else key[start:stop]))
            start = stop
        return np.concatenate(out)


def noise(frames: int, channels: int = 2, seed: int = 1, level: float = 0.2) -> Floats:
    return (level * np.random.default_rng(seed).standard_normal((frames, channels))).astype(np.float32)


def ramp(values: Iterable[tuple[int, float]], frames: int, start: float, length: int) -> Exact:
    """A ramped parameter, frame by frame: ``values`` are ``(from frame, target)``, in order."""
    out = np.empty(frames)
    current = target = start
    step, left = 0.0, 0
    turns = dict(values)
    for t in range(frames):
        if t in turns and turns[t] != target:
            target = turns[t]
            step, left = (target - current) / length, length
        if left:
            left -= 1
            current = target if left == 0 else current + step
        out[t] = current
    return out
