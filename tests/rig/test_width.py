"""Width changes: nobody hears them, whatever the two threads, the player and the panel do in which order."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pedal import layout as at
from pedal.preset import Block
from pedal.rig.splice import COLD_S, WARM_S
from pedal.rig.understudy import understudy_loop
from pedal.rig.width import EMERGENCY_PATIENCE
from tests.rig.bench import RATE_HZ, AmpView, Bench, Floats, Twins, guitar, model_named, preset

TAKE = guitar(4 * RATE_HZ)
WARM_FRAMES, COLD_FRAMES = int(WARM_S * RATE_HZ), int(COLD_S * RATE_HZ)
ENOUGH_ROUNDS = 250  # for any chase: 64 frames a round


class Watched:
    """One amp under observation: its twins, and what was seen of it last."""

    def __init__(self, bench: Bench, view: AmpView, model: str) -> None:
        self.view, self.model = view, model_named(model).at_rate(RATE_HZ)
        self.twins = Twins(self.model)
        self.fields = [width.receptive_field_frames for width in self.model.widths]
        self.before = view.playing
        self.splice_left = self.cold_left = self.waited = 0
        self.last = np.zeros(2)

    def hear(self, n: int) -> None:
        """Hold one period against the twins."""
        view, heard = self.view, self.view.heard(n)
        wanted = [view.level * y.astype(np.float64) for y in self.twins.process(heard)]
        if view.playing == at.NO_WIDTH:
            self.before = at.NO_WIDTH
            return
        said = view.said(n).astype(np.float64)
        if view.playing != self.before:
            self.splice_left = WARM_FRAMES if self.before != at.NO_WIDTH else 0
        exact = max(self.splice_left, self.cold_left)
        peak = max(1e-3, *(np.abs(y).max() for y in wanted))
        np.testing.assert_allclose(said[exact:], wanted[view.playing][exact:], rtol=0, atol=1e-5 * peak)
        if view.playing != self.before and self.before != at.NO_WIDTH:
            self._edge_is_smooth(said, wanted, peak)
        self.splice_left, self.cold_left = max(0, self.splice_left - n), max(0, self.cold_left - n)
        self.before, self.last = view.playing, np.append(self.last, said)[-2:]

    def _edge_is_smooth(self, said: Floats, wanted: list[Floats], peak: float) -> None:
        """The step over the edge is no larger than what the old slope and the new sound's own step make of it."""
        step = abs(said[0] - self.last[1])
        slopes = abs(self.last[1] - self.last[0]) + max(np.abs(np.diff(y, prepend=y[0])).max() for y in wanted)
        assert step <= 2.0 * slopes + 0.02 * peak

    def changed_cold(self) -> None:
        self.cold_left = max(COLD_FRAMES, self.fields[self.view.playing])


class Widths(RuleBasedStateMachine):
    """The period thread, the understudy and the panel in any order; two rigs share an amp, one has two."""

    @initialize(model=st.sampled_from(["starter", "trio"]))
    def plug_in(self, model: str) -> None:
        amp = Block("amp", "amp", model)
        self.bench = Bench(
            preset(amp),
            preset(amp, Block("tone", "tone")),
            preset(amp, Block("second", "amp", "trio")),
        )
        self.slot, self.at_frame, self.seized = 0, 0, False
        self.watched: dict[int, Watched] = {}
        for slot in range(3):
            for view, name in zip(self.bench.amps(slot), (model, "trio"), strict=False):
                self.watched.setdefault(view.record, Watched(self.bench, view, name))
        self.bench.adopt(0)
        self.play(64)

    @property
    def amps(self) -> list[Watched]:
        """Of the rig that plays."""
        return [self.watched[view.record] for view in self.bench.amps(self.slot)]

    @rule(n=st.integers(1, 256))
    def play(self, n: int) -> None:
        start = self.at_frame % (TAKE.size - n)
        self.at_frame += n
        held = {record: one.view.get(at.AMP_HELD) for record, one in self.watched.items()}
        self.bench.play(TAKE[start : start + n])
        self.slot = int(self.bench.arena.i64[at.PLAYING_SLOT])
        for event in self.bench.new_events():
            if event.kind == at.EVENT_WIDTH:
                self._look_at_change(event.numbers, held, n)
        for one in self.amps:
            one.hear(n)
            one.waited = one.view.get(at.AMP_WAITED)

    def _look_at_change(self, numbers: tuple[int, ...], held: dict[int, int], n: int) -> None:
        serial, before, after, lag, warm = numbers
        one = next(one for one in self.amps if one.view.serial == serial)
        assert not self.seized
        assert (before, after) == (one.before, one.view.playing)
        if warm:
            hurry = 1000 if held[one.view.record] != at.NO_WIDTH else 0
            assert 0 <= 1000 * lag <= n * max(hurry, one.view.get(at.AMP_LAG_MILLI + after))
            assert after < one.view.widths - 1 or lag <= n
        else:
            assert held[one.view.record] != at.NO_WIDTH
            assert after <= held[one.view.record] < before
            assert one.waited >= EMERGENCY_PATIENCE
            one.changed_cold()
        one.waited = 0

    @rule(periods=st.integers(1, 40), n=st.sampled_from([16, 64, 128]), rounds=st.integers(0, 12))
    def play_on(self, periods: int, n: int, rounds: int) -> None:
        for _ in range(periods):
            self.play(n)
            if not self.seized:
                self.bench.tend(rounds)

    @precondition(lambda self: not self.seized)
    @rule(rounds=st.integers(1, 60))
    def tend(self, rounds: int) -> None:
        self.bench.tend(rounds)

    @rule(which=st.integers(0, 1), width=st.integers(-2, 4))
    def ask(self, which: int, width: int) -> None:
        """Also for widths that do not exist: the nearest one is meant."""
        self.amps[which % len(self.amps)].view.put(at.AMP_WANTED, width)

    @rule(which=st.integers(0, 1), on=st.booleans())
    def bypass(self, which: int, on: bool) -> None:
        self.amps[which % len(self.amps)].view.bypass(on)

    @rule(slot=st.integers(-3, 6), ready=st.booleans())
    def adopt(self, slot: int, ready: bool) -> None:
        """Slot numbers that are none are ignored; slot 3 has no rig yet and is not offered."""
        self.bench.adopt(slot if slot != 3 else 2, ready and not self.seized)

    @rule(which=st.integers(0, 1))
    def overrun(self, which: int) -> None:
        view = self.amps[which % len(self.amps)].view
        if view.playing > 0:
            view.put(at.AMP_HELD, view.playing - 1)

    @rule()
    def let_widen_again(self) -> None:
        for one in self.watched.values():
            one.view.put(at.AMP_HELD, at.NO_WIDTH)

    @rule()
    def stall(self) -> None:
        """The understudy's core goes away while it holds every seat."""
        for one in self.watched.values():
            one.view.put(at.SEAT_LOCK, at.SEAT_UNDERSTUDY)
        self.seized = True

    @precondition(lambda self: self.seized)
    @rule()
    def come_back(self) -> None:
        for one in self.watched.values():
            one.view.put(at.SEAT_LOCK, at.SEAT_FREE)
        self.seized = False

    @rule()
    def lap(self) -> None:
        """The understudy sleeps until everything in the rings is new."""
        longest = max(one.view.get(at.AMP_RING_FRAMES) for one in self.amps)
        for _ in range(longest // 256 + 2):
            self.play(256)

    @precondition(lambda self: not self.seized)
    @rule(n=st.sampled_from([16, 64, 256]))
    def settle(self, n: int) -> None:
        """With an understudy that keeps up, every amp plays what it was asked to within a few periods."""
        for _ in range(3):
            self.play(n)
            self.bench.tend(ENOUGH_ROUNDS)
        self.play(n)
        for one in self.amps:
            if one.view.engaged:
                assert one.view.playing == asked(one.view)
                assert one.view.get(at.AMP_WAITED) == 0

    @precondition(lambda self: not self.seized)
    @rule(n=st.sampled_from([16, 64, 256]))
    def narrow(self, n: int) -> None:
        """One width less comes at the very next period when the understudy is up to date."""
        self.settle(n)
        self.bench.tend(ENOUGH_ROUNDS)
        able = [one for one in self.amps if one.view.engaged and one.view.playing > 0]
        for one in able:
            one.view.put(at.AMP_WANTED, one.view.playing - 1)
        self.play(n)
        for one in able:
            assert one.view.playing == asked(one.view)

    @invariant()
    def nobody_owns_a_seat_twice(self) -> None:
        for one in getattr(self, "watched", {}).values():
            seat, playing = one.view.get(at.SEAT_WIDTH), one.view.playing
            assert seat == at.NO_WIDTH or seat != playing
            assert -1 <= playing < one.view.widths
            assert one.view.get(at.SEAT_LOCK) == (at.SEAT_UNDERSTUDY if self.seized else at.SEAT_FREE)
            assert one.view.get(at.SEAT_POSITION) <= one.view.get(at.AMP_HEAD)


def asked(view: AmpView) -> int:
    wanted, held = view.get(at.AMP_WANTED), view.get(at.AMP_HELD)
    return min(max(wanted if held == at.NO_WIDTH else min(wanted, held), 0), view.widths - 1)


TestWidths = Widths.TestCase
TestWidths.settings = settings(
    max_examples=40,
    stateful_step_count=30,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes: switch it on to hunt a failure
    suppress_health_check=[HealthCheck.too_slow],
)


class Desk:
    """One amp alone on the bench, playing the take in periods of ``n``."""

    def __init__(self, model: str, n: int) -> None:
        self.bench, self.n, self.frame = Bench(preset(Block("amp", "amp", model))), n, 0
        (self.view,) = self.bench.amps(0)
        self.twins = Twins(model_named(model))
        self.said: list[Floats] = []
        self.wanted: list[list[Floats]] = []
        self.changes: list[tuple[int, int]] = []  # frame, width from there on
        self.bench.adopt(0)
        self.play()

    def play(self, periods: int = 1, rounds: int = 0) -> None:
        for _ in range(periods):
            before = self.view.playing
            self.bench.play(TAKE[self.frame : self.frame + self.n])
            self.said.append(self.view.said(self.n))
            self.wanted.append([self.view.level * y for y in self.twins.process(self.view.heard(self.n))])
            if self.view.playing != before:
                self.changes.append((self.frame, self.view.playing))
            self.frame += self.n
            self.bench.tend(rounds)

    def takes(self) -> tuple[Floats, list[Floats]]:
        """What the amp said, and what each width would have."""
        return np.concatenate(self.said), [np.concatenate(each) for each in zip(*self.wanted, strict=True)]


@pytest.mark.parametrize("model, n", [("starter", 16), ("starter", 64), ("starter", 128), ("half-rate", 64)])
def test_there_and_back_nobody_hears_it(model: str, n: int) -> None:
    """Outside 5 ms after each change it is one of the pure renders; within, no step beyond their own."""
    desk = Desk(model, n)
    chances = np.random.default_rng(n)
    while desk.frame < 3 * RATE_HZ:
        desk.view.put(at.AMP_WANTED, int(chances.integers(2)))
        for _ in range(int(chances.integers(1, 30))):
            desk.play(rounds=int(chances.integers(0, 40)))
    said, wanted = desk.takes()
    peak = max(np.abs(y).max() for y in wanted)
    assert len(desk.changes) >= 20
    edges = [frame for frame, _ in desk.changes] + [said.size]
    width = 1
    pure = np.empty_like(said)
    pure[: edges[0]] = wanted[1][: edges[0]]
    near = np.zeros(said.size, bool)
    for (start, width), stop in zip(desk.changes, edges[1:], strict=True):
        pure[start:stop] = wanted[width][start:stop]
        near[start : start + int(0.005 * RATE_HZ)] = True
    np.testing.assert_allclose(said[~near], pure[~near], rtol=0, atol=1e-5 * peak)
    steps = np.abs(np.diff(said))
    own = np.maximum(*(np.abs(np.diff(y)) for y in wanted))
    reach = int(0.025 * RATE_HZ)
    for frame, _ in desk.changes:
        window = slice(max(0, frame - reach), frame + reach)
        assert steps[frame - 1 : frame + WARM_FRAMES].max() <= 1.01 * own[window].max()


def test_narrowing_is_ready_at_the_next_period() -> None:
    desk = Desk("starter", 64)
    desk.play(20, rounds=ENOUGH_ROUNDS)
    desk.view.put(at.AMP_WANTED, 0)
    desk.play()
    assert desk.changes == [(21 * 64, 0)]


def test_widening_takes_a_chase_and_then_one_period_at_most() -> None:
    desk = Desk("starter", 64)
    desk.view.put(at.AMP_WANTED, 0)
    desk.play(20, rounds=ENOUGH_ROUNDS)
    desk.bench.new_events()
    desk.view.put(at.AMP_WANTED, 1)
    desk.play(200, rounds=2)  # two chunks a period: one to keep up, one to come nearer
    (event,) = [event for event in desk.bench.new_events() if event.kind == at.EVENT_WIDTH]
    assert event.numbers[1:3] == (0, 1)
    assert event.numbers[3] <= 64


def test_an_overrun_without_understudy_narrows_cold_and_says_so() -> None:
    desk = Desk("starter", 64)
    desk.play(10)
    desk.view.put(at.AMP_HELD, 0)
    desk.play(EMERGENCY_PATIENCE)
    assert desk.changes == []
    desk.play(200)
    assert desk.changes == [((11 + EMERGENCY_PATIENCE) * 64, 0)]
    assert desk.bench.arena.i64[at.COLD_CHANGES] == 1
    said, wanted = desk.takes()
    peak, start = np.abs(said).max(), desk.changes[0][0]
    forgotten = start + model_named("starter").widths[0].receptive_field_frames
    np.testing.assert_allclose(said[:start], wanted[1][:start], rtol=0, atol=1e-5 * peak)
    np.testing.assert_allclose(said[forgotten:], wanted[0][forgotten:], rtol=0, atol=1e-5 * peak)


def test_an_overtaken_chase_starts_again() -> None:
    desk = Desk("starter", 256)
    desk.play(10, rounds=ENOUGH_ROUNDS)
    desk.play(desk.view.get(at.AMP_RING_FRAMES) // 256 + 1)
    desk.bench.tend(1)
    assert desk.bench.arena.i64[at.SEATS_OVERTAKEN] == 1
    assert desk.view.get(at.SEAT_WIDTH) == at.NO_WIDTH
    desk.bench.tend(ENOUGH_ROUNDS)
    assert desk.view.get(at.SEAT_POSITION) == desk.view.get(at.AMP_HEAD)


def test_a_bypassed_amp_costs_nothing_and_comes_back_warm() -> None:
    desk = Desk("starter", 64)
    desk.view.bypass(True)
    desk.play(40, rounds=4)
    assert desk.view.playing == at.NO_WIDTH
    assert desk.view.get(at.SEAT_WIDTH) == at.NO_WIDTH
    desk.view.bypass(False)
    desk.play(3, rounds=ENOUGH_ROUNDS)
    assert desk.view.playing == 1
    said, wanted = desk.takes()
    np.testing.assert_allclose(said[-64:], wanted[1][-64:], rtol=0, atol=1e-5 * np.abs(wanted[1]).max())


def test_with_the_real_understudy_beside_it() -> None:
    """Two threads, each at its own pace, as in the audio process."""
    desk = Desk("starter", 64)
    arena = desk.bench.arena
    understudy = threading.Thread(target=understudy_loop, args=(arena.f32, arena.f64, arena.i64))
    understudy.start()
    try:
        for turn in range(12):
            desk.view.put(at.AMP_WANTED, turn % 2)
            changes = len(desk.changes)
            for _ in range(400):
                desk.play()
                time.sleep(64 / RATE_HZ)
                if len(desk.changes) > changes:
                    break
            desk.play(4)
    finally:
        arena.i64[at.STOP] = 1
        understudy.join()
    assert [width for _, width in desk.changes] == [turn % 2 for turn in range(12)]
    assert arena.i64[at.COLD_CHANGES] == 0
    said, wanted = desk.takes()
    near = np.zeros(said.size, bool)
    pure = wanted[1].copy()
    for frame, width in desk.changes:
        pure[frame:] = wanted[width][frame:]
        near[frame : frame + WARM_FRAMES] = True
    np.testing.assert_allclose(said[~near], pure[~near], rtol=0, atol=1e-5 * np.abs(pure).max())
