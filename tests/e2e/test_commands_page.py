"""Every example of docs/commands.md, executed against a running virtual pedal, in the order of the page."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click
import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from pedal.cli.main import COMMANDS, main
from pedal.panel.chain_requests import ShowChain
from tests.e2e.running import ROOT, Pedal, running_pedal

PAGE = ROOT / "docs" / "commands.md"
#: Found to be wrong is no failure of the command: what a machine is like is no business of this test.
MAY_FIND_FAULT = ("doctor",)
#: Commands that no example is executed of, and why.
WITHOUT_EXAMPLE = {
    "run": "is what the others talk to",
    "setup": "tests/cli/test_setup.py",
    "demo": "tests/virtual",
    "bench": "compiles and times for minutes",
    "calibrate expression": "needs a foot",
    "completion": "tests/cli/test_completion.py",
}  # fmt: skip


@dataclass
class Example:
    """One command, its exit code, and lines of what it says."""

    words: list[str]
    environment: dict[str, str]
    line: int
    exit_code: int = 0
    says: list[str] = field(default_factory=list)


def examples() -> Iterator[Example]:
    example, is_console = None, False
    for number, line in enumerate(PAGE.read_text().splitlines(), 1):
        if line.startswith("```"):
            is_console = line == "```console"
        elif is_console and line.startswith("$ "):
            if example is not None:
                yield example
            words, environment = shlex.split(line[2:]), {}
            while "=" in words[0]:
                name, _, value = words.pop(0).partition("=")
                environment[name] = value
            assert words.pop(0) == "pedal", line
            example = Example(words, environment, number)
        elif is_console and example is not None:
            if match := re.fullmatch(r"\[exit (\d)\]", line):
                example.exit_code = int(match[1])
            else:
                example.says.append(line)
    if example is not None:
        yield example


def key_words(line: str) -> set[str]:
    """What must be said of an expected line, whatever the numbers and the spaces are."""
    return {word for word in re.findall(r"[A-Za-z][A-Za-z_'’-]{2,}", line) if "/" not in word}


@pytest.fixture(scope="module")
def gear() -> Iterator[str]:
    """A MIDI pedal on a serial port, whose controller 74 never rests."""
    ours, theirs = os.openpty()
    over = threading.Event()

    def play() -> None:
        value = 0
        while not over.wait(0.05):
            value = (value + 9) % 128
            os.write(ours, bytes([0xB0, 74, value]))

    thread = threading.Thread(target=play)
    thread.start()
    yield os.ttyname(theirs)
    over.set()
    thread.join()
    os.close(ours)
    os.close(theirs)


@pytest.fixture(scope="module")
def pedal(gear: str) -> Iterator[Pedal]:
    more = f'[midi]\nusb = false\nuart = "{gear}"\n[looper]\nseconds = 5\n'
    with running_pedal(more_board=more) as running:
        yield running


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the examples name: a model and an impulse response that the library has not, and a take."""
    folder, models = tmp_path_factory.mktemp("desk"), ROOT / "models"
    model = json.loads((models / "starter-crunch.nam").read_text())
    model["metadata"]["name"] = "Plexi"
    (folder / "plexi.nam").write_text(json.dumps(model))
    soundfile.write(folder / "room.wav", 0.5 ** np.arange(64, dtype=np.float64), 48000, subtype="FLOAT")
    take, rate_hz = soundfile.read(models / "takes" / "guitar-dry.flac", frames=4800)
    soundfile.write(folder / "dry.wav", take, rate_hz)
    return folder


def settle(pedal: Pedal) -> None:
    """What was asked is done: no player types so fast that it would not be."""
    played = pedal.status()["periods_played"]
    pedal.until(lambda status: status["periods_played"] > played + 2)
    while pedal.call(ShowChain())["building"]:
        time.sleep(0.01)


def test_every_example_does_what_the_page_says(pedal: Pedal, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk)
    assert shutil.which("sed"), "one example edits with it"
    environment = {**pedal.environment, "HOME": str(desk)}
    for example in examples():
        settle(pedal)
        done = CliRunner().invoke(main, example.words, env=environment | example.environment)
        where = f"docs/commands.md:{example.line}: pedal {shlex.join(example.words)}\n{done.output}"
        assert done.exit_code == example.exit_code or example.words[0] in MAY_FIND_FAULT, where
        said = key_words(done.output)
        for line in example.says:
            assert key_words(line) <= said, f"{where}\nis not: {line}\n{key_words(line) - said}"


def leaves(group: click.Group, names: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from leaves(command, (*names, name))
        else:
            yield (*names, name)


def test_every_command_has_an_example() -> None:
    shown = {tuple(example.words[:depth]) for example in examples() for depth in (1, 2)}
    missing = {" ".join(leaf) for leaf in leaves(main) if leaf not in shown}
    assert missing == set(WITHOUT_EXAMPLE)


def test_every_command_answers_programs_too() -> None:
    quiet = {"run", "setup", "demo", "completion"}
    assert quiet <= set(COMMANDS)
    for leaf in leaves(main):
        command: click.Command = main
        for name in leaf:
            assert isinstance(command, click.Group)
            found = command.get_command(click.Context(command), name)
            assert found is not None
            command = found
        options = {option for param in command.params for option in param.opts}
        assert ("--json" in options) != (leaf[0] in quiet), leaf
