"""A few seconds of what ``tests.fuzz.socket`` does for minutes: the pedal answers, plays on, and does not grow."""

from __future__ import annotations

import contextlib
import random

from tests.e2e.running import running_pedal
from tests.fuzz.socket import WRONGS, Report, fuzz


def test_whoever_does_what_the_pedal_answers_and_plays_on() -> None:
    with running_pedal() as pedal:
        for wrong in WRONGS:  # each once, and then all at once
            with contextlib.suppress(OSError):
                wrong(pedal.runtime / "control.sock", random.Random(1))
            assert pedal.status()["audio"] == "playing", wrong.__name__
        report = fuzz(pedal, seconds=4.0, attackers=3, seed=1)
        assert not report.failures, report.text()
        assert report.took_s and sum(report.done.values()) > 3
        assert max(report.memory_kib) - min(report.memory_kib) < 40 * 1024, report.text()
        assert pedal.status()["audio"] == "playing"


def test_a_report_says_what_was_seen() -> None:
    report = Report(took_s=[0.01, 0.02, 0.3], memory_kib=[2048, 4096, 4096, 6144], done={"flood": 2}, overruns=3)
    said = report.text()
    assert "1 later than 100 ms" in said and "worst 300.0 ms" in said and "overruns 3" in said
    assert "2.0 MiB in the first quarter, 6.0 MiB in the last" in said
