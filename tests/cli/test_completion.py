"""What a shell is offered: commands without importing them, names of the running pedal, nothing without one."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from pedal.cli.completion import PATIENCE_S
from pedal.cli.main import main
from tests.cli.answering import Panel

AMP = {"id": "amp", "kind": "amp", "label": "Amp", "files": {"model": "a.nam"}, "options": {"stereo": "sum"}}
DELAY = {"id": "delay1", "kind": "delay", "label": "Delay", "files": {}, "options": {}}
BLOCKS = [AMP | {"words": {"drive_db": "+0.0 dB"}}, DELAY | {"words": {"time_s": "400 ms", "division": "free"}}]


@pytest.fixture
def panel(monkeypatch: pytest.MonkeyPatch) -> Iterator[Panel]:
    with tempfile.TemporaryDirectory(prefix="pedal-") as directory:  # short enough for a socket's name
        panel = Panel(Path(directory))
        monkeypatch.setenv("PEDAL_RUNTIME_DIR", directory)
        panel.result = {"blocks": BLOCKS}
        yield panel
        panel.close()


def offered(*words: str) -> list[str]:
    shell = ShellComplete(main, {}, "pedal", "_PEDAL_COMPLETE")
    return [item.value for item in shell.get_completions(list(words[:-1]), words[-1])]


def test_commands() -> None:
    assert offered("sna") == ["snapshot"]
    assert "latency" in offered("audio", "")
    assert offered("width", "l") == ["lite"]


def test_what_the_pedal_has(panel: Panel) -> None:
    assert offered("chain", "remove", "d") == ["delay1"]
    assert offered("set", "amp.") == ["amp.model", "amp.stereo", "amp.drive_db"]
    assert offered("get", "d") == ["delay1"]
    assert offered("get", "delay1.t") == ["delay1.time_s"]
    assert offered("set", "delay1.division", "1/8") == ["1/8.", "1/8", "1/8t"]
    assert offered("set", "amp.stereo", "t") == ["twice"]


def test_what_needs_no_pedal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PEDAL_RUNTIME_DIR", str(tmp_path))
    assert "delay" in offered("chain", "add", "d") and "dc" not in offered("chain", "add", "d")
    assert offered("preset", "use", "01") == ["01-crunch"]
    assert "starter-crunch.nam" in offered("chain", "add", "amp", "st")
    assert offered("chain", "add", "delay", "st") == []
    assert offered("set", "amp.") == [] and offered("chain", "move", "") == []


def test_a_pedal_that_does_not_answer_is_not_waited_for(panel: Panel) -> None:
    panel.deaf.set()
    began_s = time.monotonic()
    assert offered("chain", "remove", "") == []
    assert time.monotonic() - began_s < PATIENCE_S + 2.0  # of a machine that does other things, too
    panel.deaf.clear()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_scripts(shell: str) -> None:
    done = CliRunner().invoke(main, ["completion", shell])
    assert done.exit_code == 0 and "_PEDAL_COMPLETE" in done.output
