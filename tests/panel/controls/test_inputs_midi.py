"""MIDI wires: pipes stand for the kernel's raw ports, a pseudo-terminal for the serial one; plugged in, pulled out."""

from __future__ import annotations

import os
import pty
import queue
import random
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pedal.config import MidiSettings
from pedal.panel.controls import inputs_midi
from pedal.panel.controls.inputs_midi import Midi, MidiHeard, open_midi, set_midi_rate
from pedal.panel.controls.midi import MOST_PRESSES, ControlChange, Event, ProgramChange


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs_midi, "LOOK_S", 0.01)


class Ears:
    """What is heard, taken as the panel's loop does."""

    def __init__(self, ports: Path, **settings: object) -> None:
        self.news: queue.SimpleQueue[MidiHeard] = queue.SimpleQueue()
        self.midi = Midi(MidiSettings(**settings), self.news.put, ports)  # type: ignore[arg-type]

    def next(self) -> list[Event]:
        self.news.get(timeout=60.0)
        return self.midi.take()


@pytest.fixture
def ears(tmp_path: Path) -> Iterator[Ears]:
    made = Ears(tmp_path)
    yield made
    made.midi.close()


def eventually(true: Callable[[], bool]) -> bool:
    deadline_s = time.monotonic() + 60.0
    while not true() and time.monotonic() < deadline_s:
        time.sleep(0.001)
    return true()


def plugged_in(ports: Path, name: str) -> int:
    """A port comes; its other end."""
    os.mkfifo(ports / name)
    return os.open(ports / name, os.O_RDWR)


def test_a_port_is_plugged_in_heard_and_pulled_out(ears: Ears, tmp_path: Path) -> None:
    gear = plugged_in(tmp_path, "midiC1D0")
    assert eventually(lambda: ears.midi.port_names() == [str(tmp_path / "midiC1D0")])
    os.write(gear, b"\xc0\x05")
    assert ears.next() == [ProgramChange(1, 5)]
    os.unlink(tmp_path / "midiC1D0")
    os.close(gear)
    assert eventually(lambda: ears.midi.port_names() == [])
    gear = plugged_in(tmp_path, "midiC1D0")
    assert eventually(lambda: len(ears.midi.port_names()) == 1)
    os.write(gear, b"\xb0\x07\x40")
    assert ears.next() == [ControlChange(1, 7, 64)]
    os.close(gear)


def test_two_wires_are_two_and_halves_of_messages_do_not_mix(ears: Ears, tmp_path: Path) -> None:
    gear = [plugged_in(tmp_path, f"midiC{card}D0") for card in (1, 2)]
    assert eventually(lambda: len(ears.midi.port_names()) == 2)
    os.write(gear[0], b"\xb0\x07")
    os.write(gear[1], b"\xc0")
    os.write(gear[0], b"\x11")
    assert ears.next() == [ControlChange(1, 7, 17)]
    os.write(gear[1], b"\x22")
    assert ears.next() == [ProgramChange(1, 34)]
    for fd in gear:
        os.close(fd)


@pytest.mark.parametrize("seed", range(3))
def test_however_bytes_are_cut_each_message_is_told_before_the_next_byte(ears: Ears, tmp_path: Path, seed: int) -> None:
    chance, gear = random.Random(seed), plugged_in(tmp_path, "midiC1D0")
    assert eventually(lambda: bool(ears.midi.port_names()))
    for number in range(20):
        is_running = number > 0 and chance.random() < 0.5
        data = (b"" if is_running else b"\xb0") + bytes([number, chance.randrange(128)])
        passed_over = chance.choice([b"", b"\xf9", b"\xfe" * 3])
        data = data[:1] + passed_over + data[1:]
        while data:
            cut = chance.randint(1, len(data))
            os.write(gear, data[:cut])
            last, data = data[cut - 1], data[cut:]
        assert ears.next() == [ControlChange(1, number, last)]
    os.close(gear)


def test_nothing_else_in_the_folder_is_opened(ears: Ears, tmp_path: Path) -> None:
    for name in ("pcmC0D0c", "seq", "midiC1D0x", "../midiC1D0", "midiC123D0"):
        os.mkfifo(tmp_path / name.replace("..", "up").replace("/", "-"))
    (tmp_path / "midiC3D0").mkdir()
    gear = plugged_in(tmp_path, "midiC2D0")
    assert eventually(lambda: ears.midi.port_names() == [str(tmp_path / "midiC2D0")])
    os.close(gear)


def test_other_channels_are_passed_over(tmp_path: Path) -> None:
    ears = Ears(tmp_path, channel=3)
    gear = plugged_in(tmp_path, "midiC1D0")
    assert eventually(lambda: bool(ears.midi.port_names()))
    os.write(gear, b"\xc0\x05\xb1\x07\x01\xc2\x06")
    assert ears.next() == [ProgramChange(3, 6)]
    ears.midi.close()
    os.close(gear)


def test_a_flood_does_not_pile_up(ears: Ears, tmp_path: Path) -> None:
    gear = plugged_in(tmp_path, "midiC1D0")
    assert eventually(lambda: bool(ears.midi.port_names()))
    for i in range(300):
        os.write(gear, b"".join(bytes([0xB0, number, (i + number) % 128]) for number in range(120)) + b"\xf0" * 50)
    os.write(gear, b"\xc0\x01")
    heard: list[Event] = []
    while ProgramChange(1, 1) not in heard:
        assert eventually(lambda: not ears.news.empty())
        assert ears.news.qsize() == 1
        heard = ears.next()
        assert len(heard) <= (2 * MOST_PRESSES + 1) * 120 + 1
    os.close(gear)


def test_a_serial_port_has_midis_rate(tmp_path: Path) -> None:
    socket, line = pty.openpty()
    ears = Ears(tmp_path, usb=False, uart=os.ttyname(line))
    assert eventually(lambda: ears.midi.port_names() == [os.ttyname(line)])
    flags = termios.tcgetattr(line)
    assert not flags[3] & (termios.ICANON | termios.ECHO) and not flags[0] & termios.ICRNL
    os.write(socket, b"\xc0\x0d\xc0\x03\xc0\x04")  # carriage return, control-C and control-D are numbers here
    heard: list[Event] = []
    while not heard or heard[-1] != ProgramChange(1, 4):
        heard += ears.next()
    ears.midi.close()
    os.close(socket)
    os.close(line)


def test_what_is_no_serial_port_is_refused(tmp_path: Path) -> None:
    fd = os.open(tmp_path / "file", os.O_CREAT | os.O_RDWR)
    with pytest.raises(OSError):
        set_midi_rate(fd)
    os.close(fd)
    ears = Ears(tmp_path, usb=False, uart=str(tmp_path / "file"))
    gear = plugged_in(tmp_path, "midiC1D0")
    time.sleep(0.05)
    assert ears.midi.port_names() == []
    ears.midi.close()
    os.close(gear)


def test_a_board_without_midi_opens_nothing() -> None:
    assert open_midi(None, lambda heard: None) is None
