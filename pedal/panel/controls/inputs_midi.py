"""MIDI wires: every raw MIDI port of the kernel, and a serial port for a DIN socket. Touches hardware.

Opened by the panel (pedal-panel). USB gear, a sound card's own socket and the header's serial port are all files of
bytes; a thread sleeps until one has some, parses them (``midi``) and hands on what means something. It looks for new
ports once a second: what is plugged in is heard, what is pulled out is forgotten, and what is busy is tried again.
"""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import re
import selectors
import struct
import termios
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pedal.config import MidiSettings
from pedal.panel.controls.midi import Clock, Event, Mail, Message, Parser

_log = logging.getLogger(__name__)

#: Where the kernel has raw MIDI ports, and what they are called.
PORTS = Path("/dev/snd")
_PORT = re.compile(r"midiC\d{1,2}D\d{1,2}")
#: More ports than any pedal has, and how often new ones are looked for.
MOST_PORTS, LOOK_S = 16, 1.0
#: Read at once; then a pause, or a flood would take the processor.
_CHUNK_BYTES, PAUSE_S = 4096, 0.005
_BAUD = 31250
#: ``asm-generic/termbits.h`` and ``ioctls.h``: the one way to a rate that has no name of its own.
_TCGETS2, _TCSETS2, _BOTHER, _CBAUD = 0x802C542A, 0x402C542B, 0o010000, 0o010017
_TERMIOS2 = struct.Struct("4IB19s2I")


@dataclass(frozen=True, slots=True)
class MidiHeard:
    """Something was heard: ``Midi.take`` says what."""


@dataclass(slots=True)
class _Wire:
    """One open port."""

    path: Path
    fd: int
    parser: Parser = field(default_factory=Parser)
    clock: Clock = field(default_factory=Clock)


class Midi:
    """Open wires, and the thread that listens; ``close`` ends both.

    Args:
        settings: of the board.
        on_heard: called in our thread when there is something to ``take``, and not again before that was done: however
            much a wire sends, nothing piles up.
        ports: where the raw ports are.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        settings: MidiSettings,
        on_heard: Callable[[MidiHeard], None],
        ports: Path = PORTS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._on_heard = on_heard
        self._mail = Mail()
        self._mailing = threading.Lock()
        self._ports = ports
        self._clock = clock
        self._wires: dict[Path, _Wire] = {}
        self._refused: dict[Path, int] = {}
        self._selector = selectors.DefaultSelector()
        self._ended, self._end = os.pipe()
        self._selector.register(self._ended, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, name="midi", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Hear no more."""
        os.close(self._end)
        self._thread.join()

    def __enter__(self) -> Midi:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def take(self) -> list[Event]:
        """What was heard since the last time."""
        with self._mailing:
            return self._mail.take()

    def port_names(self) -> list[str]:
        """The ports that are heard now."""
        return sorted(str(path) for path in list(self._wires))

    def _run(self) -> None:
        look_at_s = self._clock()
        while True:
            now_s = self._clock()
            if now_s >= look_at_s:
                self._look()
                look_at_s = now_s + LOOK_S
            ready = [key for key, _ in self._selector.select(max(0.0, look_at_s - now_s))]
            if any(key.fd == self._ended for key in ready):
                break
            for key in ready:
                self._read(key.data)
            if ready:
                time.sleep(PAUSE_S)
        for wire in list(self._wires.values()):
            self._drop(wire)
        self._selector.close()
        os.close(self._ended)

    def _look(self) -> None:
        """Open what has come."""
        found: list[Path] = []
        if self._settings.usb:
            with suppress(OSError):
                found = [self._ports / name for name in sorted(os.listdir(self._ports)) if _PORT.fullmatch(name)]
        uart = Path(self._settings.uart) if self._settings.uart else None
        for path in found[:MOST_PORTS] + ([uart] if uart else []):
            if path not in self._wires:
                self._open(path, is_uart=path == uart)

    def _open(self, path: Path, is_uart: bool) -> None:
        fd = -1
        try:
            fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
            if is_uart:
                set_midi_rate(fd)
            self._selector.register(fd, selectors.EVENT_READ, wire := _Wire(path, fd))
        except (OSError, ValueError) as failure:
            if fd >= 0:
                os.close(fd)
            number = getattr(failure, "errno", None) or 0
            if self._refused.get(path) != number:
                _log.warning("MIDI port %s cannot be heard: %s", path, failure)
            self._refused[path] = number
            return
        self._refused.pop(path, None)
        self._wires[path] = wire
        _log.info("MIDI port %s is heard", path)

    def _read(self, wire: _Wire) -> None:
        try:
            chunk = os.read(wire.fd, _CHUNK_BYTES)
        except BlockingIOError:
            return
        except OSError as failure:
            if failure.errno != errno.EINTR:
                self._drop(wire)
            return
        if not chunk:
            self._drop(wire)
            return
        at_s = self._clock()
        for byte in chunk:
            message = wire.parser.feed(byte)
            if message is not None:
                self._take(wire, message, at_s)

    def _take(self, wire: _Wire, message: Message, at_s: float) -> None:
        if message == "start":
            wire.clock.start()
        elif message == "clock":
            beat = wire.clock.tick(at_s)
            if beat is not None:
                self._tell(beat)
        elif self._is_ours(message.channel):
            self._tell(message)

    def _tell(self, event: Event) -> None:
        with self._mailing:
            is_first = self._mail.put(event)
        if is_first:
            self._on_heard(MidiHeard())

    def _is_ours(self, channel: int) -> bool:
        return self._settings.channel in ("all", channel)

    def _drop(self, wire: _Wire) -> None:
        with suppress(KeyError, ValueError):
            self._selector.unregister(wire.fd)
        os.close(wire.fd)
        self._wires.pop(wire.path, None)
        _log.info("MIDI port %s is gone", wire.path)


def set_midi_rate(fd: int) -> None:
    """A serial port as MIDI has it: 31250 baud, eight bits, nothing in between.

    Raises:
        OSError: it is no serial port, or cannot do this rate.
    """
    words = _TERMIOS2.unpack(fcntl.ioctl(fd, _TCGETS2, bytes(_TERMIOS2.size)))
    keep = ~(_CBAUD | _CBAUD << 16 | termios.CSIZE | termios.PARENB | termios.CSTOPB | termios.CRTSCTS)
    control = words[2] & keep & 0xFFFFFFFF | _BOTHER | termios.CS8 | termios.CREAD | termios.CLOCAL
    characters = bytearray(words[5])
    characters[termios.VMIN], characters[termios.VTIME] = 1, 0
    fcntl.ioctl(fd, _TCSETS2, _TERMIOS2.pack(0, 0, control, 0, words[4], bytes(characters), _BAUD, _BAUD))


def open_midi(settings: MidiSettings | None, on_heard: Callable[[MidiHeard], None]) -> Midi | None:
    """Listen as the board says; None where it has no ``[midi]``. A port that is not there is waited for."""
    return None if settings is None else Midi(settings, on_heard)
