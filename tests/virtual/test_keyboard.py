"""Keys on a real pseudo-terminal, in a process of their own where the terminal must survive it."""

from __future__ import annotations

import io
import os
import pty
import queue
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from typing import IO

import pytest

from pedal.virtual.keyboard import Keyboard, help_line, key_map

#: Presses go to standard error; the switch "broken" fails.
PLAY = """
import sys, time
from pedal.errors import BoardError
from pedal.virtual.keyboard import Keyboard, key_map

done = []

def press(switch):
    if switch == "broken":
        raise BoardError("there is no foot")
    say("press " + switch)

def say(line):
    print(line, file=sys.stderr, flush=True)

with Keyboard(key_map(["bypass", "next", "broken"]), press, lambda: done.append(1), say, sys.stdin):
    say("ready")
    while not done:
        time.sleep(0.01)
        if "crash" in sys.argv and sys.argv.pop():
            raise RuntimeError("on purpose")
say("left")
"""


class Player:
    """A child process with a terminal of its own, whose settings can be looked at."""

    def __init__(self, *args: str) -> None:
        self.master, self.slave = pty.openpty()
        self.before = termios.tcgetattr(self.slave)
        self.child = subprocess.Popen(
            [sys.executable, "-c", PLAY, *args],
            stdin=self.slave,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=self.take_terminal,
        )
        assert self.child.stderr is not None
        self.said: IO[bytes] = self.child.stderr

    def take_terminal(self) -> None:
        # opening it makes it the controlling terminal of the new session
        os.close(os.open(os.ttyname(0), os.O_RDWR))
        # whoever runs the tests in a shell's background ignores control-C, and so would the child
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    def line(self) -> str:
        assert select.select([self.said], [], [], 20.0)[0], "nothing was said"
        return self.said.readline().decode().strip()

    def type(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def close(self) -> None:
        self.child.kill()
        self.child.wait()
        self.said.close()
        os.close(self.master)
        os.close(self.slave)


@pytest.fixture
def player() -> Iterator[Player]:
    made = Player()
    assert made.line() == "ready"
    yield made
    made.close()


def test_keys_press_switches(player: Player) -> None:
    assert termios.tcgetattr(player.slave) != player.before
    for keys, switch in [(b"1", "bypass"), (b"2", "next"), (b" ", "bypass"), (b"N", "next"), (b"zn", "next")]:
        player.type(keys)
        assert player.line() == f"press {switch}"


def test_arrow_keys_press_nothing(player: Player) -> None:
    player.type(b"\x1b[1n")
    time.sleep(0.1)
    player.type(b"1")
    assert player.line() == "press bypass"


def test_help_and_trouble_are_told(player: Player) -> None:
    player.type(b"?")
    assert player.line() == "1/space bypass · 2/n next · 3 broken · q quits"
    player.type(b"3")
    assert player.line() == "there is no foot."
    player.type(b"1")
    assert player.line() == "press bypass"


def test_q_quits_and_the_terminal_is_as_before(player: Player) -> None:
    player.type(b"q")
    assert player.line() == "left"
    assert player.child.wait(20.0) == 0
    assert termios.tcgetattr(player.slave) == player.before


def test_control_c_and_a_crash_leave_the_terminal_as_before(player: Player) -> None:
    player.child.send_signal(signal.SIGINT)
    player.child.wait(20.0)
    assert termios.tcgetattr(player.slave) == player.before
    crashed = Player("crash")
    assert crashed.child.wait(20.0) == 1
    assert termios.tcgetattr(crashed.slave) == crashed.before
    crashed.close()


def test_what_is_no_terminal_is_not_read() -> None:
    pressed: queue.SimpleQueue[str] = queue.SimpleQueue()
    with Keyboard({"1": "bypass"}, pressed.put, lambda: None, lambda line: None, io.StringIO("1")):
        pass
    assert pressed.empty()


def test_keys_are_unambiguous() -> None:
    assert key_map([]) == {}
    assert key_map(["bypass", "next"]) == {"1": "bypass", "2": "next", " ": "bypass", "b": "bypass", "n": "next"}
    assert key_map(["quiet", "a1", "a2"]) == {"1": "quiet", "2": "a1", "3": "a2", " ": "quiet"}
    assert len(key_map([f"s{i}" for i in range(30)])) == 10
    assert help_line({}) == "q quits"
