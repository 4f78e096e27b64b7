"""A pedal on the test bench: the real arena, rigs and compiled calls, driven by hand, period by period.

No processes and no clock: the test says when the period thread and when the understudy take their turn.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pedal import layout as at
from pedal.arena import Arena
from pedal.jit import entry
from pedal.jit.machine import flush_denormals, restore_float_mode
from pedal.levels import Measured
from pedal.link.status import Event, read_events
from pedal.nam import Model, load_model
from pedal.nam.engine import Engine
from pedal.notes import AmpNote, BlockNote, RigNotes
from pedal.preset import Block, Preset
from pedal.rig.compile import compile_preset
from pedal.rig.period import play_period
from pedal.rig.place import place_rig
from pedal.rig.understudy import understudy_round
from tests.nam import models

RATE_HZ = 48000
#: ``CPU_SCALE_MILLI`` of a machine that takes less than no time, and of one a million times slower than this.
NO_TIME_MILLI, AGES_MILLI = -(10**9), 10**9
#: Of the trio's widths, as if somebody had measured them.
TRIMS_DB = (0.7, -1.0, 0.0)
STARTER = Path(__file__).resolve().parents[2] / "models" / "starter-crunch.nam"
Floats = NDArray[np.float32]


@entry("int64()")
def _flush() -> int:
    return flush_denormals()


@entry("void(int64)")
def _restore(mode: int) -> None:
    restore_float_mode(mode)


@cache
def model_named(name: str) -> Model:
    """``starter``, the factory capture; ``trio``, three small widths that want trims; else a small one.

    ``linear`` adds no overtones. ``half-rate`` is the capture as if it were made for half the bench's rate: it plays
    stretched.
    """
    if name == "starter":
        return load_model(STARTER)
    if name == "half-rate":
        return replace(load_model(STARTER), sample_rate_hz=RATE_HZ / 2)
    if name == "trio":
        tiers = [
            (edge, models.wavenet(models.array(channels, dilations), seed=channels))
            for edge, channels, dilations in ((0.3, 2, [1, 8]), (0.7, 4, [1, 2, 40]), (1.0, 6, [1, 16, 64, 200]))
        ]
        return models.parse(models.container(*tiers)).with_measured(Measured(-20.0, TRIMS_DB))
    if name == "linear":
        return models.parse(models.linear(40))
    return models.parse(models.wavenet(models.array(3, [1, 2, 4]), seed=len(name)))


class Assets:
    """Models by the names above; impulse responses by their length: ``"40"`` is 40 taps."""

    def model(self, name: str) -> Model:
        return model_named(name)

    def impulse(self, name: str, rate_hz: int) -> Floats:
        count = int(name)
        taps = np.random.default_rng(count).standard_normal(count) * np.exp(-np.arange(count) / (0.2 * count + 1))
        return (0.5 * taps / np.sqrt(np.sum(taps**2))).astype(np.float32)


def preset(*blocks: Block, name: str = "bench", **implicit: Any) -> Preset:
    return Preset(name, blocks, **implicit)


def guitar(frames: int, seed: int = 1) -> Floats:
    """Plucks of a low string and its overtones, each louder or softer than the one before."""
    rng = np.random.default_rng(seed)
    t = np.arange(frames) / RATE_HZ
    x = np.zeros(frames)
    for start in np.arange(0.0, frames / RATE_HZ, 0.11):
        since = np.maximum(t - start, 0.0)
        pitch_hz, level = rng.uniform(82.0, 330.0), rng.uniform(0.03, 0.25)
        tone = sum(np.sin(2 * np.pi * k * pitch_hz * since) / k for k in range(1, 7))
        x += (t >= start) * level * tone * np.exp(-since / 0.15)
    return (x + 1e-4 * rng.standard_normal(frames)).astype(np.float32)


class Bench:
    """An arena with some rigs in it; nothing plays until a slot is adopted.

    Args:
        presets: one per slot; blocks of one kind and asset are the same instance in all of them.
    """

    def __init__(self, *presets: Preset, heap_bytes: int = 24 << 20) -> None:
        self.arena = Arena.allocate(at.HEAP_AT_BYTE + heap_bytes)
        words = self.arena.i64
        words[at.RATE_HZ] = RATE_HZ
        words[at.SAMPLE_FORMAT] = at.S32_LE
        words[at.CAPTURE_CHANNELS], words[at.PLAYBACK_CHANNELS] = 1, 2
        words[at.VIRTUAL], words[at.CPU_SCALE_MILLI] = 1, NO_TIME_MILLI  # nothing overruns unless the test says so
        words[at.USED_NS : at.USED_NS + at.USED_PERIODS] = 2**62
        words[at.WANTED_SLOT] = words[at.PLAYING_SLOT] = words[at.READY_SLOT] = -1
        self.notes: list[RigNotes] = []
        self.live: dict[str, BlockNote] = {}
        self._events_read = 0
        for each in presets:
            self.place(each)

    def place(self, source: Preset, slot: int | None = None, **options: Any) -> RigNotes:
        """Place a rig into the next slot (or a given one), keeping every instance that an earlier one has."""
        notes = place_rig(
            self.arena,
            len(self.notes) if slot is None else slot,
            compile_preset(source, Assets(), RATE_HZ),
            preset_name=source.name,
            serial=len(self.notes) + 1,
            rate_hz=RATE_HZ,
            live=self.live,
            in_use=[block.region for block in self.live.values()],
            **options,
        )
        self.notes.append(notes)
        self.live |= {block.key: block for block in notes.blocks}
        return notes

    def play(self, x: Floats) -> Floats:
        """One period of captured ``x``, float32 ``(frames,)``; returns what the card gets, ``(frames, 2)``."""
        captured = np.frombuffer(np.round(x.astype(np.float64) * 2.0**31).astype("<i4").tobytes(), np.uint8)
        played = np.zeros(8 * x.size, np.uint8)
        self.call(captured, played, x.size)
        return (played.view("<i4").reshape(-1, 2) / 2.0**31).astype(np.float32)

    def call(self, captured: NDArray[np.uint8], played: NDArray[np.uint8], n: int) -> None:
        """``play_period`` itself, on whatever bytes."""
        mode = _flush()  # it stays so in the period thread, but not for all other tests
        play_period(self.arena.f32, self.arena.f64, self.arena.i64, captured, played, n)
        _restore(mode)

    def play_all(self, x: Floats, period_frames: int, rounds: int = 0) -> Floats:
        """``x`` in periods, the understudy looking in ``rounds`` times after each."""
        out = []
        for start in range(0, x.size, period_frames):
            out.append(self.play(x[start : start + period_frames]))
            self.tend(rounds)
        return np.concatenate(out)

    def tend(self, rounds: int) -> None:
        """The understudy's turn."""
        for _ in range(rounds):
            understudy_round(self.arena.f32, self.arena.f64, self.arena.i64)

    def adopt(self, slot: int, ready: bool = True) -> None:
        """Publish a slot; with the understudy's look at it, the next period plays it."""
        self.arena.i64[at.WANTED_SLOT] = slot
        if ready:
            self.tend(1)

    def block(self, block_id: str, slot: int = 0) -> BlockNote:
        return next(block for block in self.notes[slot].blocks if block.id == block_id)

    def row(self, block_id: str, slot: int = 0) -> int:
        """i64 index of a block's row."""
        index = self.notes[slot].blocks.index(self.block(block_id, slot))
        return at.SLOTS + slot * at.SLOT_STRIDE + at.SLOT_HEADER + index * at.ROW_FIELDS

    def turn(self, block_id: str, cell: int, value: float, slot: int = 0) -> None:
        """A knob: store a kernel value in a parameter cell."""
        self.arena.f32[self.block(block_id, slot).params_idx + cell] = value

    def amps(self, slot: int) -> list[AmpView]:
        """The amps of a rig in the order of sound."""
        found = [block for block in self.notes[slot].blocks if block.amp is not None]
        return [AmpView(self, block, self.row(block.id, slot)) for block in found]

    def new_events(self) -> list[Event]:
        head = int(self.arena.i64[at.EVENTS_HEAD])
        events, lost = read_events(self.arena, self._events_read, head)
        assert lost == 0
        self._events_read = head
        return events


class AmpView:
    """What a test reads and writes of one amp."""

    def __init__(self, bench: Bench, block: BlockNote, row: int) -> None:
        note = block.amp
        assert isinstance(note, AmpNote)
        self._words, self._floats = bench.arena.i64, bench.arena.f32
        self.record, self.serial = note.record_idx, block.serial
        self.params_idx, self.widths = block.params_idx, len(note.labels)
        self._state = int(bench.arena.i64[row + at.F32])

    def get(self, field: int) -> int:
        return int(self._words[self.record + field])

    def put(self, field: int, value: int) -> None:
        self._words[self.record + field] = value

    @property
    def playing(self) -> int:
        return self.get(at.AMP_PLAYING)

    def bypass(self, on: bool) -> None:
        self._floats[self.params_idx] = float(on)

    @property
    def engaged(self) -> bool:
        return bool(self._floats[self.params_idx] < 0.5)

    def heard(self, n: int) -> Floats:
        """The last period's input, as the amp drove it."""
        return self._floats[self._state + at.AMP_X : self._state + at.AMP_X + n].copy()

    def said(self, n: int) -> Floats:
        """The last period's output, its level included."""
        return self._floats[self._state + at.AMP_Y : self._state + at.AMP_Y + n].copy()

    @property
    def level(self) -> float:
        return float(self._floats[self._state + at.AMP_LEVEL])


class Twins:
    """Every width of a model, each hearing all that the amp hears: what a width would sound like all along."""

    def __init__(self, model: Model) -> None:
        model = model.at_rate(RATE_HZ)
        self._engines = [Engine(model, width, at.MAX_FRAMES) for width in range(len(model.widths))]
        self._trims = np.float32(10.0 ** (np.array(model.trims_db) / 20.0))

    def process(self, x: Floats) -> list[Floats]:
        return [engine.process(x) * trim for engine, trim in zip(self._engines, self._trims, strict=True)]
