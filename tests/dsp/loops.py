"""A looper on the bench, and its slow twin: whole copies instead of lazy ones, float64 instead of 16 bits."""

from __future__ import annotations

from typing import Any

import numpy as np

from pedal import layout as at
from pedal.arena import Arena
from pedal.dsp.looper import lend, rest_looper_kernel
from pedal.jit import entry
from tests.dsp.rows import Exact, Floats, Row

#: Slow enough for a twin in Python; fades are 80 frames, the shortest loop 800.
LOW_HZ = 8000
STEP = 1.0 / 32767.0
STATES = ("empty", "recording", "playing", "overdubbing", "stopped")


@entry("void(float64[::1], int64[::1])")
def _rest(f64: Any, i64: Any) -> None:
    rest_looper_kernel(f64, i64)


class Looper:
    """The real kernel with room for ``frames``; what comes out of ``play`` is the loop alone."""

    def __init__(self, frames: int = 4 * LOW_HZ, rate_hz: int = LOW_HZ) -> None:
        self.row = Row("looper", 2, rate_hz=rate_hz)
        small = self.row.arena
        self.memory_f32 = small.u8.size // 4
        self.row.arena = Arena.allocate(small.u8.size + 8 * frames)
        self.row.arena.u8[: small.u8.size] = small.u8
        self.words = self.row.arena.i64
        self.frames = frames
        lend(self.words, self.memory_f32, frames)

    def ask(self, verb: str) -> None:
        """As the panel does."""
        count = int(self.words[at.LOOP_ASKED]) // at.LOOP_VERB_SPAN + 1
        self.words[at.LOOP_ASKED] = count * at.LOOP_VERB_SPAN + at.LOOP_VERBS.index(verb)

    @property
    def has_heard(self) -> bool:
        return bool(self.words[at.LOOP_ASKED] == self.words[at.LOOP_TAKEN])

    @property
    def state(self) -> str:
        return STATES[int(self.words[at.LOOP_STATE])]

    @property
    def length(self) -> int:
        return int(self.words[at.LOOP_LENGTH])

    @property
    def place(self) -> int:
        return int(self.words[at.LOOP_PLACE])

    def play(self, x: Floats, periods: tuple[int, ...] = (64,), verb: str = "") -> Floats:
        """``(frames, 2)`` in, the same out less what came in; ``verb`` is asked before."""
        if verb:
            self.ask(verb)
        return self.row.play_all(x, periods) - x

    def rest(self) -> None:
        """What a new audio process does with it."""
        _rest(self.row.arena.f64, self.row.arena.i64)

    def layer(self, index: int) -> np.ndarray:
        """The stored frames of a layer, as they lie there: int16 ``(length, 2)``."""
        start = self.memory_f32 + index * self.frames
        return self.row.arena.f32[start : start + self.length].view(np.int16).reshape(-1, 2).copy()

    @property
    def heard(self) -> np.ndarray:
        """The layer that plays."""
        return self.layer(int(self.words[at.LOOP_HEARD]))


class Twin:
    """The same machine by other means, frame after frame. ``naive``: without any fade, as a bad looper does it."""

    def __init__(self, frames: int, rate_hz: int = LOW_HZ, *, naive: bool = False) -> None:
        self.fade = 1 if naive else round(0.01 * rate_hz)
        self.least, self.most, self.naive = 0.1 * rate_hz, frames, naive
        self.state, self.place, self.length, self.tail = "empty", 0, 0, 0
        self.layers = np.zeros((2, frames, 2))
        self.heard = self.newest = self.copied_at = self.copy_left = 0
        self.has_two = False
        self.gain = self.dub = self.mix = 0.0
        self.asked = ""

    def goals(self) -> tuple[float, float, float]:
        return float(self.state in ("playing", "overdubbing")), float(self.state == "overdubbing"), float(self.heard)

    def is_fading(self) -> bool:
        return (self.gain, self.dub, self.mix) != self.goals() or self.tail > 0

    def close(self, state: str) -> None:
        self.length, self.place, self.state = self.place, 0, state
        self.tail = 0 if self.naive else self.fade

    def obey(self, verb: str) -> bool:
        if verb == "press":
            verb = {"empty": "record", "playing": "overdub"}.get(self.state, "play")
        if verb == "halt":
            verb = "clear" if self.state == "stopped" else "stop"
        if self.state == "recording":
            if verb == "clear":
                self.state, self.place = "empty", 0
            elif verb in ("play", "overdub", "stop"):
                if self.place < self.least:
                    return False
                self.close("stopped" if verb == "stop" else "playing")
                return verb != "overdub"
        elif self.state == "empty":
            if verb == "record":
                self.state, self.place, self.length = "recording", 0, 0
                self.heard = self.newest = self.copy_left = 0
                self.mix, self.has_two = 0.0, False
            elif verb == "undo" and self.length:
                self.state = "stopped"
        elif verb == "overdub" and self.state != "overdubbing":
            if self.heard == self.newest and self.copy_left > 0:
                if (self.place - self.copied_at) % self.length < self.copy_left:
                    return False
            else:
                self.newest = self.heard = 1 - self.heard
                self.layers[self.newest] = self.layers[1 - self.newest]
                self.mix, self.has_two = float(self.heard), True
                self.copied_at, self.copy_left = self.place, self.length
            self.state = "overdubbing"
        elif verb == "undo" and self.has_two:
            self.heard = 1 - self.heard
            self.state = "playing" if self.state == "overdubbing" else self.state
        elif verb in ("play", "stop", "clear"):
            self.state = {"play": "playing", "stop": "stopped", "clear": "empty"}[verb]
        return True

    def period(self, x: Exact) -> Exact:
        """One period, ``(frames, 2)``; returns the loop alone."""
        if self.asked and not self.is_fading() and self.obey(self.asked):
            self.asked = ""
        copied = min(32 * len(x), self.copy_left)
        if copied:
            self.copied_at, self.copy_left = (self.copied_at + copied) % self.length, self.copy_left - copied
        return np.array([self.frame(frame) for frame in x])

    def frame(self, x: Exact) -> Exact:
        if self.state == "recording":
            self.layers[0, self.place] = x
            self.place += 1
            if self.place == self.most:
                self.close("playing")
            return np.zeros(2)
        if self.tail:
            k = self.fade - self.tail
            kept = smooth(k / self.fade)
            self.layers[self.heard, k] = kept * self.layers[self.heard, k] + (1 - kept) * x
            self.tail -= 1
        step = 1 / self.fade
        self.gain, self.dub, self.mix = (
            min(goal, now + step) if goal > now else max(goal, now - step)
            for now, goal in zip((self.gain, self.dub, self.mix), self.goals(), strict=True)
        )
        if self.gain == 0.0:
            self.place = 0
            return np.zeros(2)
        a, b = self.layers[:, self.place]
        out = smooth(self.gain) * (a + (b - a) * smooth(self.mix))
        self.layers[self.newest, self.place] += smooth(self.dub) * x if self.dub else 0.0
        self.place = (self.place + 1) % self.length
        return np.asarray(out)


def smooth(share: float) -> float:
    return share * share * (3 - 2 * share)
