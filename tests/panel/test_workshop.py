"""The panel's end of its builder, with the real process: jobs one at a time, and no builder is worth waiting for."""

from __future__ import annotations

import os
import queue
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from pedal.library.catalog import Catalog
from pedal.link import Link
from pedal.panel.jobs import Done, Job, Survey
from pedal.panel.workshop import BUILD_TIMEOUT_S, RESTART_S, Workshop
from pedal.paths import library_dir
from pedal.preset import Block, Preset, format_preset
from tests.panel.stand import tone

GIVE_UP_S = 600.0  # the first builder may have to compile


class Shop:
    """A workshop and its queue, as the panel's loop uses them."""

    def __init__(self, folder: Path) -> None:
        self.answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.workshop = Workshop(Link.create(folder / "link").path, self.answers)

    def next(self) -> Done:
        done: Done = self.answers.get(timeout=GIVE_UP_S)
        self.workshop.received(done)
        return done

    def job(self, name: str, preset_text: str = "") -> Job:
        text = preset_text or format_preset(Preset(name, (tone(),)))
        number = self.workshop.next_number()
        return Job(number, text, name, 0, number, None, (), 48000, 64, 1.0, 0.7)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    made = Shop(tmp_path_factory.mktemp("shop"))
    assert not made.workshop.is_ready
    assert made.next() == Done(0)
    yield made
    made.workshop.close()


def test_a_job_is_answered_with_notes_or_a_sentence(shop: Shop) -> None:
    assert shop.workshop.is_ready
    good, bad = shop.job("good"), shop.job("bad", "name = ")
    shop.workshop.submit(good)
    done = shop.next()
    assert done.number == good.number and done.notes is not None and done.notes.origin == "good"
    shop.workshop.submit(bad)
    done = shop.next()
    assert done.number == bad.number and done.notes is None and done.error.startswith("preset 'bad'")


def test_what_is_played_is_noted_for_the_library_with_its_cost(shop: Shop) -> None:
    library_dir().mkdir(parents=True, exist_ok=True)
    shop.workshop.submit(shop.job("amp", 'name = "Amp"\n[[block]]\nkind = "amp"\nmodel = "starter-crunch.nam"\n'))
    assert shop.next().notes is not None
    crunch = Catalog.default().find("starter-crunch.nam", "model")
    assert abs(crunch.used.at_s - time.time()) < 600.0
    assert len(crunch.used.frame_ns) == 2 and 0.0 < crunch.used.frame_ns[0] < crunch.used.frame_ns[1]


def test_what_blocks_cost_is_measured_once_and_comes_back_with_the_answer(shop: Shop) -> None:
    """With a job that is built, and with a survey that builds nothing; what is known is not measured."""
    job = shop.job("costs")
    shop.workshop.submit(job)
    done = shop.next()
    assert (done.rate_hz, done.period_frames) == (48000, 64)
    assert {"input/1", "tone/1", "output/1"} <= done.costs.keys()
    assert all(len(ns) == 1 and ns[0] > 0.0 for ns in done.costs.values())
    text = format_preset(Preset("Amp", (Block("amp", "amp", "starter-crunch.nam"), tone())))
    survey = Survey(shop.workshop.next_number(), text, "Amp", 48000, 64, costs=done.costs)
    shop.workshop.submit(survey)
    found = shop.next()
    assert found.number == survey.number and found.notes is None and found.error == ""
    ((key, widths),) = found.costs.items()
    assert key.startswith("amp:") and 0.0 < widths[0] < widths[1]
    shop.workshop.submit(structs.replace(survey, number=shop.workshop.next_number(), costs=done.costs | found.costs))
    assert shop.next().costs == {}
    broken = Survey(shop.workshop.next_number(), "name = ", "Broken", 48000, 64)
    shop.workshop.submit(broken)
    refused = shop.next()
    assert refused.number == broken.number and refused.error != "" and refused.costs == {}


def test_of_those_that_wait_the_newest_is_built(shop: Shop) -> None:
    jobs = [shop.job(f"number {number}") for number in range(4)]
    for job in jobs:
        shop.workshop.submit(job)
    assert [shop.next().number for _ in range(2)] == [jobs[0].number, jobs[3].number]
    with pytest.raises(queue.Empty):
        shop.answers.get(timeout=0.3)


def test_a_builder_that_hangs_is_replaced_and_its_job_answered(shop: Shop) -> None:
    before, job = shop.workshop.builder_pid, shop.job("slow")
    os.kill(before, signal.SIGSTOP)
    shop.workshop.submit(job)
    now_s = time.monotonic()
    shop.workshop.look_after(now_s + BUILD_TIMEOUT_S - 1.0)
    assert shop.workshop.builder_pid == before, "not yet"
    shop.workshop.look_after(now_s + BUILD_TIMEOUT_S + 1.0)
    assert shop.workshop.builder_pid != before and not shop.workshop.is_ready
    done = shop.next()
    assert done.number == job.number
    assert done.error == "The builder took too long to build preset 'slow'. What played plays on."
    again = shop.job("again")
    shop.workshop.submit(again)  # waits until the new one is ready
    assert [shop.next().number for _ in range(2)] == [0, again.number]


def test_a_builder_that_dies_is_replaced_but_not_all_the_time(shop: Shop) -> None:
    before = shop.workshop.builder_pid
    os.kill(before, signal.SIGKILL)
    deadline_s = time.monotonic() + 30.0
    while shop.workshop.builder_pid == before:
        shop.workshop.look_after(time.monotonic())
        assert time.monotonic() < deadline_s
        time.sleep(0.01)
    second = shop.workshop.builder_pid
    os.kill(second, signal.SIGKILL)
    started_s = time.monotonic()
    shop.workshop.look_after(started_s)
    assert shop.workshop.builder_pid == second, "one that cannot start must not be started without end"
    while shop.workshop.builder_pid == second:
        shop.workshop.look_after(started_s + 2 * RESTART_S)
        assert time.monotonic() < deadline_s
        time.sleep(0.01)
    assert shop.next() == Done(0)
