"""An amp on stage: plays a take through one amp of the pedal, changing width, period by period.

Used by the width study and ``pedal demo --width``. These are the pedal's own rows and kernels; what is
written down is the amp's output, before the DC blocker. The understudy comes by turns, which is the
same on every machine, or in its own thread beside a loop at the pace of the card, as in the pedal.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pedal import layout as at
from pedal.errors import PresetError
from pedal.nam import Model
from pedal.preset import Block, Preset
from pedal.rig.chain import play_chain
from pedal.rig.offline import OfflineRig
from pedal.rig.understudy import understudy_loop, understudy_round

Floats = NDArray[np.float32]

#: A loop at the card's pace that is this late starts to count anew: the machine was away.
_GIVE_UP_S = 0.05


@dataclass(frozen=True, slots=True)
class Ask:
    """From ``frame`` on the amp should play width index ``width``."""

    frame: int
    width: int


@dataclass(frozen=True, slots=True)
class Change:
    """A width change: width indices, first frame of the new width, frames the seat was behind."""

    frame: int
    before: int
    after: int
    asked_frame: int
    lag_frames: int
    warm: bool


@dataclass(frozen=True, slots=True)
class Take:
    """What an amp played.

    Attributes:
        samples: at the amp's output, float32 ``(frames,)``.
        rate_hz: sample rate.
        period_frames: it was played in periods of this.
        changes: in order.
        widths: the width index of every period, ``(periods,)``.
        costs_ns: CPU time of the period thread for every period, ``(periods,)``.
    """

    samples: Floats
    rate_hz: int
    period_frames: int
    changes: tuple[Change, ...]
    widths: NDArray[np.int8]
    costs_ns: NDArray[np.int64]


class _OneModel:
    def __init__(self, model: Model) -> None:
        self._model = model

    def model(self, name: str) -> Model:
        return self._model

    def impulse(self, name: str, rate_hz: int) -> Floats:
        raise PresetError(f"'{name}' is not on this stage")


class Stage:
    """One amp, its understudy, and a pen.

    Args:
        model: what the amp plays.
        rate_hz: sample rate.
        period_frames: 1 to ``layout.MAX_FRAMES``.
        drive_db: the amp's drive.
        slim: which width it starts with, 0 to 1.

    Attributes:
        record: i64 index of the amp's record in ``arena``.
    """

    def __init__(
        self, model: Model, rate_hz: int, period_frames: int, drive_db: float = 0.0, slim: float = 1.0
    ) -> None:
        preset = Preset("stage", (Block("amp", "amp", model.name, {"drive_db": drive_db}),))
        rig = OfflineRig(preset, _OneModel(model), rate_hz, period_frames, width=slim)
        self.arena, self.rate_hz, self.period_frames = rig.arena, rate_hz, period_frames
        index = next(i for i, block in enumerate(rig.notes.blocks) if block.amp is not None)
        row = at.SLOTS + at.SLOT_HEADER + index * at.ROW_FIELDS
        self.record, self._output = int(self.arena.i64[row + at.I64]), int(self.arena.i64[row + at.F32]) + at.AMP_Y

    def play(self, x: Floats, asks: Sequence[Ask] = (), between: Callable[[int], None] | None = None) -> Take:
        """Play ``x``, float32 ``(frames,)``.

        Args:
            x: the guitar.
            asks: in order of their frames; heard at the first period that begins at or after them.
            between: called after every period with the next period's first frame.
        """
        f32, f64, i64, bus = self.arena.f32, self.arena.f64, self.arena.i64, at.BUS_F32
        wanted, playing = self.record + at.AMP_WANTED, self.record + at.AMP_PLAYING
        periods = -(-x.size // self.period_frames)
        samples, widths = np.empty(x.size, np.float32), np.empty(periods, np.int8)
        costs_ns, changes = np.empty(periods, np.int64), []
        asked_frame, waiting = 0, list(reversed(asks))
        for period, start in enumerate(range(0, x.size, self.period_frames)):
            n = min(self.period_frames, x.size - start)
            while waiting and waiting[-1].frame <= start:
                ask = waiting.pop()
                asked_frame, i64[wanted] = ask.frame, ask.width
            before = i64[playing]
            f32[bus : bus + n] = x[start : start + n]
            began_ns = time.thread_time_ns()
            play_chain(f32, f64, i64, at.SLOTS, bus, n)
            costs_ns[period] = time.thread_time_ns() - began_ns
            samples[start : start + n] = f32[self._output : self._output + n]
            widths[period] = i64[playing]
            if i64[playing] != before:
                changes.append(self._last_change(start, asked_frame))
            i64[at.FRAME] += n
            if between is not None:
                between(start + n)
        return Take(samples, self.rate_hz, self.period_frames, tuple(changes), widths, costs_ns)

    def _last_change(self, frame: int, asked_frame: int) -> Change:
        words = self.arena.i64
        event = at.EVENTS + ((int(words[at.EVENTS_HEAD]) - 1) % at.EVENT_COUNT) * at.EVENT_FIELDS
        before, after, lag_frames, warm = (int(word) for word in words[event + 3 : event + 7])
        return Change(frame, before, after, asked_frame, lag_frames, bool(warm))

    def by_turns(self, seed: int, least: int = 0, most: int = 12) -> Callable[[int], None]:
        """For ``play``: ``least`` to ``most`` rounds of the understudy after every period, at random."""
        chances = np.random.default_rng(seed)
        arena = self.arena

        def turn(frame: int) -> None:
            for _ in range(int(chances.integers(least, most + 1))):
                understudy_round(arena.f32, arena.f64, arena.i64)

        return turn

    @contextmanager
    def side_by_side(self) -> Iterator[Callable[[int], None]]:
        """For ``play``: the understudy in its own thread, and the loop at the card's pace."""
        arena = self.arena
        thread = threading.Thread(target=understudy_loop, args=(arena.f32, arena.f64, arena.i64), name="understudy")
        began_s = time.perf_counter()

        def wait(frame: int) -> None:
            nonlocal began_s
            left_s = began_s + frame / self.rate_hz - time.perf_counter()
            if left_s > 0.0:
                time.sleep(left_s)
            elif left_s < -_GIVE_UP_S:
                began_s -= left_s

        thread.start()
        try:
            yield wait
        finally:
            arena.i64[at.STOP] = 1
            thread.join()
            arena.i64[at.STOP] = 0


@contextmanager
def cpu_hog(count: int = 1) -> Iterator[None]:
    """``count`` neighbours that want a core each."""
    command = [sys.executable, "-c", "while True: pass"]
    hogs = [subprocess.Popen(command, stdin=subprocess.DEVNULL) for _ in range(count)]
    try:
        yield
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()


def pure_takes(model: Model, x: Floats, rate_hz: int, drive_db: float = 0.0) -> list[Floats]:
    """The whole of ``x`` through every width alone, narrowest first."""
    slims = [width.slim_low for width in model.widths]
    return [Stage(model, rate_hz, at.MAX_FRAMES, drive_db, slim).play(x).samples for slim in slims]


def random_asks(model: Model, frames: int, count: int, seed: int) -> list[Ask]:
    """``count`` requests at random moments, each for another width than the one before."""
    chances = np.random.default_rng(seed)
    width, asks = len(model.widths) - 1, []
    for frame in np.sort(chances.integers(0, frames, count)):
        width = int((width + chances.integers(1, len(model.widths))) % len(model.widths))
        asks.append(Ask(int(frame), width))
    return asks
