"""Learning what blocks cost: one at a time, when nobody wants anything, and where it was broken off it goes on."""

from __future__ import annotations

import pytest

from pedal.governor.book import Book, Setting
from pedal.library.assets import Assets
from pedal.library.loader import Loader
from pedal.nam.file import load_model
from pedal.panel.jobs import Done, Job, Survey
from pedal.panel.learning import QUIET_S, Learning, LearningView, subjects
from pedal.params import KINDS
from pedal.preset import Preset, parse_preset
from pedal.rig.compile import compile_preset

AT = Setting(48_000, 64)
LOADER = Loader(Assets.default(), load_model)
TICK_S = 0.05


class Bench:
    """In place of the builder: keeps surveys until they are answered."""

    def __init__(self) -> None:
        self.surveys: list[Survey] = []
        self.is_idle = True
        self.number = 0

    def next_number(self) -> int:
        self.number += 1
        return self.number

    def submit(self, job: Job | Survey) -> None:
        assert isinstance(job, Survey) and self.is_idle
        self.surveys.append(job)
        self.is_idle = False

    def answer(self, learning: Learning, book: Book, *, error: str = "") -> None:
        """The builder says what its newest survey found: one figure for every block, by its key."""
        self.is_idle = True
        survey = self.surveys[-1]
        preset = parse_preset(survey.preset_text, survey.origin)
        keys = {part.cost_key for part in compile_preset(preset, LOADER, survey.rate_hz)} - survey.costs.keys()
        done = Done(survey.number, costs={} if error else dict.fromkeys(keys, (1.0,)), error=error)
        book.note_measured(AT, done.costs)
        assert learning.heard(done) and not learning.heard(done)


class Class:
    """A learning panel, and its time."""

    def __init__(self, book: Book | None = None) -> None:
        self.bench, self.book, self.now_s = Bench(), book or Book(), 1000.0
        self.learning = Learning(self.bench, "", has_looper=False)  # type: ignore[arg-type]

    def tick(self, *, may: bool = True, seconds: float = TICK_S, at: Setting = AT) -> None:
        for _ in range(round(seconds / TICK_S)):
            self.now_s += TICK_S
            self.learning.tick(at, lambda: self.book.costs(at), self.now_s, may=may)

    def finish(self, most: int = 100) -> int:
        """Until there is nothing left; how many surveys that took."""
        before = len(self.bench.surveys)
        self.tick(seconds=QUIET_S + 1.0)
        while self.learning.left:
            self.bench.answer(self.learning, self.book)
            self.tick()
            assert len(self.bench.surveys) - before <= most
        return len(self.bench.surveys) - before


def test_every_kind_is_learnt_once_with_a_view_of_how_far_it_is() -> None:
    pupil, views = Class(), list[LearningView]()
    pupil.tick(seconds=QUIET_S + 1.0)
    while pupil.learning.left:
        view = pupil.learning.view()
        assert view is not None
        views.append(view)
        pupil.bench.answer(pupil.learning, pupil.book)
        pupil.tick()
    assert pupil.learning.view() is None
    assert [view.done for view in views] == sorted(view.done for view in views) and views[0].done == 0
    assert {view.count for view in views} == {len(subjects())}
    known = pupil.book.costs(AT)
    for name, kind in KINDS.items():
        if not kind.implicit:
            assert any(key.startswith(name) for key in known), name
    assert {"reverb:room/2", "reverb:plate/2", "reverb:hall/2", "reverb:spring/2", "eq/1", "eq/2"} <= known.keys()
    pupil.tick(seconds=60.0)
    assert pupil.bench.is_idle


def test_keys_said_before_are_those_that_come_out() -> None:
    """Else a subject would be measured at every start."""
    for subject in subjects():
        keys = {part.cost_key for part in compile_preset(subject.preset, LOADER, 48_000)}
        assert subject.is_in(dict.fromkeys(keys, (1.0,))), subject


def test_it_begins_when_nobody_has_wanted_anything_for_a_while() -> None:
    pupil = Class()
    pupil.tick(seconds=QUIET_S - 1.0)
    pupil.tick(may=False)
    pupil.tick(seconds=QUIET_S - 1.0)
    pupil.learning.touched()
    pupil.tick(seconds=QUIET_S - 1.0)
    assert not pupil.bench.surveys
    pupil.tick(seconds=2.0)
    assert len(pupil.bench.surveys) == 1, "and then one at a time"
    pupil.learning.touched()
    assert pupil.learning.view() is None, "whoever plays wants to see what he plays"
    pupil.bench.answer(pupil.learning, pupil.book)
    pupil.tick(seconds=QUIET_S - 1.0)
    assert len(pupil.bench.surveys) == 1
    pupil.tick(seconds=2.0)
    assert len(pupil.bench.surveys) == 2


def test_whoever_was_killed_in_the_middle_goes_on_where_he_was() -> None:
    first = Class()
    first.tick(seconds=QUIET_S + 1.0)
    for _ in range(10):
        first.bench.answer(first.learning, first.book)
        first.tick()
    left = first.learning.left
    second = Class(first.book)
    assert second.finish() == left < len(subjects())
    assert Class(first.book).finish() == 0, "and at the third start nothing is left"


def test_what_cannot_be_measured_is_passed_over_until_the_next_start() -> None:
    pupil = Class()
    pupil.tick(seconds=QUIET_S + 1.0)
    pupil.bench.answer(pupil.learning, pupil.book, error="the builder ended")
    assert pupil.finish() <= len(subjects())
    assert Class(pupil.book).finish() == 1


def test_another_period_is_another_lesson() -> None:
    pupil = Class()
    pupil.finish()
    pupil.tick(seconds=QUIET_S + 1.0, at=Setting(48_000, 128))
    assert pupil.bench.surveys[-1].period_frames == 128 and pupil.bench.surveys[-1].costs == {}


def test_again_is_at_once_and_begins_with_what_plays() -> None:
    pupil = Class()
    count = pupil.finish()
    pupil.book.forget(AT)
    pupil.learning.again(Preset("What plays"))
    pupil.tick()
    assert pupil.bench.surveys[-1].origin == "What plays"
    pupil.bench.answer(pupil.learning, pupil.book)
    assert pupil.finish() == count


@pytest.mark.parametrize("number", [0, 99])
def test_answers_to_others_are_not_its_own(number: int) -> None:
    pupil = Class()
    assert not pupil.learning.heard(Done(number))
    pupil.tick(seconds=QUIET_S + 1.0)
    assert not pupil.learning.heard(Done(number)) and not pupil.bench.is_idle
