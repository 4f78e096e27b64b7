"""Live commands over a real socket: what they ask, and what they print of the answer."""

import json
import os
import queue
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pedal.cli.live import format_status
from pedal.cli.main import main
from pedal.panel import protocol
from pedal.panel.control import SOCKET_NAME, ControlServer

STATUS = {
    "preset": "Crunch\x1b[2J",
    "playing": True,
    "load_norm": 0.123456,
    "message": "",
    "card": {"id": "virtual", "xruns": 0},
    "amps": [{"id": "amp", "width": "Full"}, {"id": "push", "width": "Lite"}],
    "warnings": [],
}


class Panel:
    """Answers every request the same way, and remembers them."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.asked: list[protocol.AnyRequest] = []
        self.result: dict[str, Any] = {}
        self.refusal = ""
        self._asks: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._server = ControlServer(directory / SOCKET_NAME, self._asks)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while (ask := self._asks.get()) is not None:
            self.asked.append(ask.request)
            if self.refusal:
                ask.refuse(self.refusal)
            else:
                ask.answer(self.result)

    def close(self) -> None:
        self._asks.put(None)
        self._thread.join()
        self._server.close()

    def called(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, [arguments[0], "--runtime-dir", str(self.directory), *arguments[1:]])


@pytest.fixture
def panel() -> Iterator[Panel]:
    with tempfile.TemporaryDirectory(prefix="pedal-") as directory:  # short enough for a socket's name
        panel = Panel(Path(directory))
        yield panel
        panel.close()


@pytest.mark.parametrize(
    ("arguments", "request_made"),
    [
        (["preset", "next"], protocol.SelectPreset(step=1)),
        (["preset", "previous"], protocol.SelectPreset(step=-1)),
        (["preset", "Clean edge"], protocol.SelectPreset(name="Clean edge")),
        (["bypass", "on"], protocol.Bypass(on=True)),
        (["bypass", "off"], protocol.Bypass(on=False)),
        (["bypass", "toggle"], protocol.Bypass(on=None)),
        (["set", "amp.drive_db", "3"], protocol.SetParam(target="amp.drive_db", value=3.0)),
        (["set", "amp.drive_db", "-3.5"], protocol.SetParam(target="amp.drive_db", value=-3.5)),
        (["set", "output.mute", "on"], protocol.SetParam(target="output.mute", value=1.0)),
        (["block", "push", "on"], protocol.SwitchBlock(block="push", on=True)),
        (["block", "push", "off"], protocol.SwitchBlock(block="push", on=False)),
        (["width", "auto"], protocol.SetWidth(width="auto")),
        (["width", "lite", "--amp", "2"], protocol.SetWidth(width="lite", amp=2)),
        (["press", "next"], protocol.Press(switch="next")),
        (["status"], protocol.Status()),
    ],
)
def test_what_is_asked(panel: Panel, arguments: list[str], request_made: protocol.AnyRequest) -> None:
    done = panel.called(*arguments)
    assert (done.exit_code, done.output) == (0, "" if arguments != ["status"] else "\n")
    assert panel.asked == [request_made]


@pytest.mark.parametrize(
    "arguments",
    [
        ["bypass", "maybe"],
        ["set", "drive_db", "3"],
        ["set", "amp.drive_db", "loud"],
        ["set", "amp.drive_db", "nan"],
        ["set", "amp.drive_db", "-inf"],
        ["set", "amp.drive_db"],
        ["block", "push", "toggle"],
        ["width", "0.5"],
        ["width", "lite", "--amp", "0"],
        ["press"],
    ],
)
def test_usage_errors_ask_nothing(panel: Panel, arguments: list[str]) -> None:
    assert panel.called(*arguments).exit_code == 2
    assert panel.asked == []


def test_a_refusal_is_one_line(panel: Panel) -> None:
    panel.refusal = "there is no block 'puhs'. Did you mean 'push'?"
    done = panel.called("block", "puhs", "on")
    assert done.exit_code == 1
    assert done.stderr.startswith("pedal: there is no block 'puhs'")
    assert done.stderr.count("\n") == 1


def test_status_for_people(panel: Panel) -> None:
    panel.result = STATUS
    lines = panel.called("status").output.splitlines()
    assert lines[0].split() == ["preset", "Crunch?[2J"]
    assert lines[1].split() == ["playing", "yes"]
    assert lines[2].split() == ["load", "norm", "0.1235"]
    assert lines[3].split() == ["message", "-"]
    assert lines[4:7] == ["card", "  id     virtual", "  xruns  0"]
    assert [line.split() for line in lines[7:10]] == [["amps", "1"], ["id", "amp"], ["width", "Full"]]
    assert lines[-1].split() == ["warnings", "-"]


def test_status_for_programs(panel: Panel) -> None:
    panel.result = STATUS
    assert json.loads(panel.called("status", "--json").output) == STATUS


def test_nothing_to_say_is_nothing() -> None:
    assert format_status({}) == ""


def test_no_pedal_is_one_line_and_the_environment_says_where(monkeypatch: pytest.MonkeyPatch, panel: Panel) -> None:
    with tempfile.TemporaryDirectory() as empty:
        monkeypatch.setenv("PEDAL_RUNTIME_DIR", empty)
        done = CliRunner().invoke(main, ["status"])
    assert done.exit_code == 1
    assert done.stderr == "pedal: the pedal is not running. Start it with `pedal run`.\n"
    monkeypatch.setenv("PEDAL_RUNTIME_DIR", os.fspath(panel.directory))
    assert CliRunner().invoke(main, ["status"]).exit_code == 0
