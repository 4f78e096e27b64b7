"""A new rig's amps have heard everything before they play, however long the rig waits to be adopted."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from pedal import layout as at
from pedal.preset import Block
from pedal.rig.adopt import UNDERSTUDY_PATIENCE
from pedal.rig.prewarm import prewarm
from pedal.rig.understudy import understudy_loop
from tests.rig.bench import RATE_HZ, Bench, Floats, Twins, guitar, model_named, preset

TAKE = guitar(2 * RATE_HZ)
TRIMMED = Block("input", "input", values={"trim_db": 6.0})
NEW = Block("amp", "amp", "starter", {"drive_db": -6.0})


class Change:
    """A rig without amp plays; one with a new amp is built, and published ``late`` frames later."""

    def __init__(self, *new: Block, before: int = 20_000) -> None:
        self.bench = Bench(preset(Block("tone", "tone"), input=TRIMMED))
        self.bench.adopt(0)
        self.frame = 0
        self.play(before)
        notes = self.bench.place(preset(*new, input=TRIMMED))
        kept = frozenset(block.key for block in self.bench.notes[0].blocks)
        prewarm(self.bench.arena, 1, notes, kept, at.BUILDER_BUS_F32, 12_000)
        self.view = self.bench.amps(1)[0]

    @property
    def playing(self) -> int:
        return int(self.bench.arena.i64[at.PLAYING_SLOT])

    def play(self, frames: int, n: int = 64, rounds: int = 0) -> None:
        for _ in range(0, frames, n):
            self.bench.play(TAKE[self.frame : self.frame + n])
            self.frame += n
            self.bench.tend(rounds)

    def wanted(self, n: int) -> Floats:
        """The last ``n`` frames of an amp that heard the whole take."""
        trim, drive = np.float32(10 ** (6 / 20)), np.float32(10 ** (-6 / 20))
        return self.view.level * Twins(model_named("starter")).process(TAKE[: self.frame] * trim * drive)[1][-n:]


def exact(change: Change, n: int = 64) -> None:
    wanted = change.wanted(n)
    np.testing.assert_allclose(change.view.said(n), wanted, rtol=0, atol=1e-5 * np.abs(wanted).max())


@pytest.mark.parametrize("late", [0, 960, 30_016])
@pytest.mark.parametrize("n", [16, 64])
def test_first_frames_are_exact_however_late(late: int, n: int) -> None:
    change = Change(NEW)
    change.play(late)
    change.bench.adopt(1)
    while change.playing == 0:
        change.play(n, n, rounds=500)
    exact(change, n)
    (event,) = [e for e in change.bench.new_events() if e.kind == at.EVENT_ADOPTED and e.numbers[0] == 1]
    assert event.numbers[3] == 0


def test_waits_until_everything_was_heard() -> None:
    change = Change(NEW)
    change.play(1024)
    change.bench.adopt(1)
    change.play(64, rounds=4)
    assert change.playing == 0
    change.play(64, rounds=60)
    change.play(64)
    assert change.playing == 1
    exact(change)


def test_a_starved_understudy_delays_but_does_not_prevent() -> None:
    change = Change(NEW)
    change.play(1024)
    change.bench.adopt(1)
    change.play(64 * UNDERSTUDY_PATIENCE)
    assert change.playing == 0
    change.play(64)
    assert change.playing == 1
    events = [e for e in change.bench.new_events() if e.kind == at.EVENT_ADOPTED and e.numbers[0] == 1]
    heard = 64  # in the one round that ``adopt`` gives
    assert events[0].numbers[3] == 1024 + 64 * UNDERSTUDY_PATIENCE - heard  # so much it missed, and says so
    change.play(model_named("starter").widths[1].receptive_field_frames + 64)
    exact(change)


def test_nobody_plays_rows_that_the_understudy_holds() -> None:
    change = Change(NEW)
    change.bench.adopt(1)
    change.bench.arena.i64[at.REHEARSAL_LOCK] = at.SEAT_UNDERSTUDY
    change.play(64 * (UNDERSTUDY_PATIENCE + 8))
    assert change.playing == 0
    change.bench.arena.i64[at.REHEARSAL_LOCK] = at.SEAT_FREE
    change.play(64)
    assert change.playing == 1


def test_beside_the_real_understudy() -> None:
    change = Change(NEW)
    arena = change.bench.arena
    understudy = threading.Thread(target=understudy_loop, args=(arena.f32, arena.f64, arena.i64))
    understudy.start()
    try:
        change.bench.adopt(1)
        deadline = time.monotonic() + 20.0
        while change.playing == 0 and time.monotonic() < deadline:
            change.play(64)
            time.sleep(64 / RATE_HZ)
        (event,) = [e for e in change.bench.new_events() if e.kind == at.EVENT_ADOPTED and e.numbers[0] == 1]
        if event.numbers[3] == 0:
            exact(change)
    finally:
        arena.i64[at.STOP] = 1
        understudy.join()
    assert change.playing == 1
