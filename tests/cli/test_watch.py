"""``pedal watch``, ``log``, ``version`` and ``get``: what is listened to, and what is printed of it."""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pedal.cli import journal
from pedal.cli.exits import Exit, exit_code
from pedal.cli.journal import load_journal, parse_journal_line
from pedal.cli.values import parse_value
from pedal.cli.watch import line_text, news_text
from pedal.errors import ControlError
from pedal.panel import protocol
from pedal.panel.chain_requests import GetParam, ShowChain
from pedal.panel.feed_requests import News, ReadLog, Topic
from tests.cli.answering import Panel

METERS = {
    "audio": "playing", "in_peak_db": -14.0, "in_clipped": True, "out_peak_db": -9.5, "load_mean": 0.41,
    "budget": 0.7, "xruns": 1, "overruns": 2, "widths": {"amp\x1b[2J": "Full", "push": ""}, "blocks": [],
}  # fmt: skip


@pytest.fixture
def panel() -> Iterator[Panel]:
    with tempfile.TemporaryDirectory(prefix="pedal-") as directory:  # short enough for a socket's name
        panel = Panel(Path(directory))
        yield panel
        panel.close()


def tell(panel: Panel, *news: tuple[Topic, dict[str, Any]]) -> threading.Thread:
    """Publish as soon as somebody listens."""

    def run() -> None:
        while not panel.server.wanted:
            time.sleep(0.005)
        for topic, data in news:
            panel.server.publish(topic, data)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_watch_prints_what_it_hears_and_stops(panel: Panel) -> None:
    telling = tell(panel, ("meters", METERS), ("changes", {"values": {"amp.drive_db": 3.0}, "edited": True}))
    done = panel.called("watch", "--count", "2")
    telling.join()
    assert done.exit_code == 0
    assert set(done.output.splitlines()) == {
        "playing  in  -14.0 CLIP  out   -9.5 dBFS  load  41% of 70%  gaps 3  amp?[2J Full push off",
        "amp.drive_db = 3, edited: yes",
    }


def test_watch_for_programs_is_a_line_each(panel: Panel) -> None:
    telling = tell(panel, ("log", {"at_s": 0.0, "level": "info", "text": "hello"}))
    done = panel.called("watch", "log", "--count", "1", "--json")
    telling.join()
    assert json.loads(done.output) == {"v": 1, "topic": "log", "data": {"at_s": 0.0, "level": "info", "text": "hello"}}


def test_what_was_missed_is_said() -> None:
    assert news_text(News(v=1, topic="changes", dropped=3, data={"preset": "Lead"})) == "preset: Lead  (3 missed)"
    assert news_text(News(v=1, topic="changes", data={"blocks": [{"id": "amp"}, {"id": "cab"}]})) == "chain: amp cab"
    assert news_text(News(v=1, topic="changes", data={"building": True})) == ""


def test_the_log_of_the_panel(panel: Panel) -> None:
    panel.result = {"lines": [{"at_s": 0.0, "level": "warning", "text": "a period\x1b overran"}]}
    done = panel.called("log", "--lines", "3")
    assert panel.asked == [ReadLog(lines=3)]
    assert done.output.endswith("warning: a period? overran\n")
    assert json.loads(panel.called("log", "--json").output) == panel.result


def test_a_line_of_the_journal() -> None:
    raw = b'{"MESSAGE":"played","__REALTIME_TIMESTAMP":"1500000","PRIORITY":"4","_SYSTEMD_UNIT":"pedal-audio.service"}'
    line = parse_journal_line(raw)
    assert line == {"at_s": 1.5, "level": "warning", "text": "played", "from": "pedal-audio.service"}
    assert line_text(line).endswith("warning: played")
    raw = b'{"MESSAGE":[104,105,255],"__REALTIME_TIMESTAMP":"0"}'
    assert (parse_journal_line(raw) or {})["text"] == "hi\ufffd"


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"null", b'{"MESSAGE":"a"}', b'{"MESSAGE":[999],"__REALTIME_TIMESTAMP":"0"}']
)
def test_what_is_no_line_is_passed_over(raw: bytes) -> None:
    assert parse_journal_line(raw) is None


def test_without_services_there_is_no_journal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(journal, "_UNIT_FOLDER", tmp_path)
    assert load_journal(5) is None


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("3 dB", ("3 dB", False)),
        ("-6 dB", ("-6 dB", False)),
        ("+1.5 dB", ("1.5 dB", True)),
        ("+=2", ("2", True)),
        ("-=1.5 dB", ("-1.5 dB", True)),
        ("plate", ("plate", False)),
        ("+", ("+", True)),
    ],
)
def test_steps(typed: str, means: tuple[str, bool]) -> None:
    assert parse_value(typed) == means


def test_steps_and_values_are_asked_for(panel: Panel) -> None:
    panel.called("set", "amp.drive_db", "+1.5", "dB")
    panel.called("set", "amp.drive_db", "-=2")
    panel.called("get", "amp")
    panel.called("get", "amp.drive_db")
    assert panel.asked[:2] == [
        protocol.SetParam(target="amp.drive_db", value="1.5 dB", step=True),
        protocol.SetParam(target="amp.drive_db", value="-2", step=True),
    ]
    assert panel.asked[2:] == [GetParam(target="amp"), GetParam(target="amp.drive_db")]


def test_exit_codes_tell_who_refused(panel: Panel) -> None:
    assert panel.called("status", "--typo").exit_code == Exit.USAGE
    panel.refusal = "no."
    assert panel.called("chain", "show").exit_code == Exit.USAGE  # the option stands behind the word
    assert panel.called("get", "amp").exit_code == Exit.FAILED
    assert exit_code(ControlError("no")) == Exit.FAILED
    assert not any(isinstance(request, ShowChain) for request in panel.asked)


def test_a_pedal_that_does_not_answer_has_a_code_of_its_own(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pedal.cli.client.Client.call.__defaults__", (0.1,))
    panel.deaf.set()
    done = panel.called("get", "amp")
    assert done.exit_code == Exit.NO_ANSWER and "did not answer" in done.stderr


def test_near_misses_of_commands(panel: Panel) -> None:
    from click.testing import CliRunner

    from pedal.cli.main import main

    assert (
        "There is no command 'chain sohw'. Did you mean 'show'?" in CliRunner().invoke(main, ["chain", "sohw"]).stderr
    )
    assert "Did you mean 'import'?" in CliRunner().invoke(main, ["models", "improt"]).stderr


def test_version_works_alone_and_says_what_plays(panel: Panel) -> None:
    panel.result = {"version": "9.9"}
    assert "9.9 is playing: restart it" in panel.called("version").output
    assert json.loads(panel.called("version", "--json").output)["playing"] == "9.9"
