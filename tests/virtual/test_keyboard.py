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
from collections.abc import Iterator
from typing import IO

import pytest

from pedal.config import Board, parse_board
from pedal.virtual.hands import Touch
from pedal.virtual.keyboard import Keyboard, help_line, key_map

BOARD = """
[audio]
card = "M2"
[switches.bypass]
pin = 5
action = "bypass"
[switches.next]
pin = 6
action = "next_preset"
[switches.broken]
pin = 13
action = "tap"
[encoders.menu]
pin_a = 16
pin_b = 17
pin_push = 22
role = "menu"
"""
#: Presses go to standard error; the switch "broken" fails.
PLAY = """
import sys, time
from pedal.errors import BoardError
from pedal.config import parse_board
from pedal.virtual.keyboard import Keyboard, key_map

done = []
board = parse_board(sys.argv[1], "keys.toml")

def touch(touch):
    if touch.name == "broken":
        raise BoardError("there is no foot")
    say(f"{touch.deed} {touch.name}" + (f" {touch.by}" if touch.by else ""))

def say(line):
    print(line, file=sys.stderr, flush=True)

with Keyboard(key_map(board), touch, lambda: done.append(1), say, sys.stdin):
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
            [sys.executable, "-c", PLAY, BOARD, *args],
            stdin=self.slave,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            bufsize=0,  # or lines would hide from select
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


def test_other_keys_of_several_characters_press_nothing(player: Player) -> None:
    player.type(b"\x1b[15~\x1b[1n\x1bOP\x1bb")
    player.type(b"1")
    assert player.line() == "press bypass"


def test_arrows_turn_and_enter_pushes(player: Player) -> None:
    for keys, said in [
        (b"\x1b[C", "turn menu 1"),
        (b"\x1b[A", "turn menu -1"),
        (b"\x1bOB", "turn menu 1"),
        (b"\n", "push menu"),
        (b"\x7f", "hold menu"),
    ]:
        player.type(keys)
        assert player.line() == said
    player.type(b"\x1b[D\x1b[Dn")
    assert [player.line() for _ in range(3)] == ["turn menu -1", "turn menu -1", "press next"]


def test_a_mark_before_a_key_holds_it(player: Player) -> None:
    player.type(b"!n!")
    assert player.line() == "long press next"
    player.type(b"1 1")
    assert [player.line() for _ in range(3)] == ["long press bypass", "press bypass", "press bypass"]


def test_help_and_trouble_are_told(player: Player) -> None:
    player.type(b"?")
    menu = "→/↓/←/↑ menu · enter push menu · backspace hold menu"
    assert player.line() == f"1/space bypass · 2/n next · 3 broken · {menu} · ! before a key holds · q quits"
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
    pressed: queue.SimpleQueue[Touch] = queue.SimpleQueue()
    with Keyboard({"1": Touch("press", "bypass")}, pressed.put, lambda: None, lambda line: None, io.StringIO("1")):
        pass
    assert pressed.empty()


def board(*switches: str, rest: str = "") -> Board:
    tables = [f'[switches.{name}]\npin = {pin}\naction = "tap"\n' for pin, name in enumerate(switches, start=2)]
    return parse_board('virtual = true\n[audio]\ncard = "virtual"\n' + "".join(tables) + rest, "keys.toml")


def switches(keys: dict[str, Touch]) -> dict[str, str]:
    return {key: touch.name for key, touch in keys.items() if touch.deed == "press"}


def test_keys_are_unambiguous() -> None:
    assert key_map(board()) == {}
    assert switches(key_map(board("bypass", "next"))) == {
        "1": "bypass",
        "2": "next",
        " ": "bypass",
        "b": "bypass",
        "n": "next",
    }
    assert switches(key_map(board("quiet", "a1", "a2"))) == {"1": "quiet", "2": "a1", "3": "a2", " ": "quiet"}
    assert len(key_map(board(*(f"s{i}" for i in range(20))))) == 10
    assert help_line({}) == "q quits"


def test_everything_on_a_board_has_keys() -> None:
    rest = """
[chords.up]
switches = ["x1", "b"]
action = "next_bank"
[encoders.level]
pin_a = 16
pin_b = 17
parameter = "output.level_db"
[encoders.menu]
pin_a = 18
pin_b = 19
pin_push = 20
role = "menu"
[knobs.bass]
channel = 0
parameter = "tone.bass_db"
[expression]
channel = 1
"""
    keys = key_map(board("x1", "b", rest=rest))
    assert keys["x"] == Touch("press", "x1") and keys["y"] == Touch("chord", "up")
    assert keys["right"] == Touch("turn", "menu", 1) and keys["enter"] == Touch("push", "menu")
    assert (keys["-"], keys["="]) == (Touch("turn", "level", -1), Touch("turn", "level", 1))
    assert (keys["["], keys["]"]) == (Touch("move", "bass", -1), Touch("move", "bass", 1))
    assert keys["."] == Touch("move", "expression pedal", 1)
