"""From the bytes of a MIDI wire to the messages that mean something here. Pure: time is an argument.

Called by ``inputs_midi`` (its thread, in pedal-panel), with a parser and a clock for each wire. ``mido`` knows MIDI's
messages; of these we hear program change, control change and the clock. Everything else is passed over, whatever it is
and however long. Nothing grows: a parser holds three bytes.
"""

from __future__ import annotations

import itertools
from collections import deque
from dataclasses import dataclass
from typing import Literal

import mido

from pedal.params.tempo import FASTEST_BPM, SLOWEST_BPM

Realtime = Literal["clock", "start"]

#: Bytes from here on begin a message, of no channel, which may come in the middle of others.
_STATUS, _SYSTEM, _REALTIME = 0x80, 0xF0, 0xF8
#: Of the real-time bytes those that mean something here: clock; start and continue.
_REALTIME_MEANS: dict[int, Realtime] = {0xF8: "clock", 0xFA: "start", 0xFB: "start"}
#: From this number on a control change is about the channel itself (all notes off, ...).
_CHANNEL_MODE = 120
#: The highest value; what is more than half of it is on.
HIGHEST = 127
#: So many presses of one controller wait to be done, however many came.
MOST_PRESSES = 8
#: Clocks in a beat, and how many beats a tempo is measured over.
TICKS, OVER_BEATS = 24, 2
#: A clock that paused for so long begins anew.
PAUSE_S = 0.5


@dataclass(frozen=True, slots=True)
class ProgramChange:
    """Program 0 to 127 was chosen, on a channel from 1 to 16."""

    channel: int
    program: int


@dataclass(frozen=True, slots=True)
class ControlChange:
    """Controller ``number`` (0 to 119) is at ``value`` (0 to 127), on a channel from 1 to 16."""

    channel: int
    number: int
    value: int


@dataclass(frozen=True, slots=True)
class Beat:
    """A clock's beat came at ``at_s``, at this tempo."""

    bpm: float
    at_s: float


Message = ProgramChange | ControlChange | Realtime


Event = ProgramChange | ControlChange | Beat


class Mail:
    """What was heard and not yet done, however much comes: of programs the last, of every controller a few values.

    Those are the first, so that it is seen to move, the last, which is where it is, and in between one for each time it
    went down or up again, for every down is a press. Of more presses than ``MOST_PRESSES`` some are forgotten.
    """

    def __init__(self) -> None:
        self._heard: dict[tuple[str, int, int], list[Event]] = {}

    def put(self, event: Event) -> bool:
        """Keep it; whether it is the first since the last ``take``."""
        was_empty = not self._heard
        match event:
            case ControlChange(channel, number):
                key = "control", channel, number
            case ProgramChange(channel):
                key = "program", channel, 0
            case Beat():
                key = "beat", 0, 0
        kept = self._heard.pop(key, [])  # the newest is last
        self._heard[key] = _with_change(kept, event) if isinstance(event, ControlChange) else [event]
        return was_empty

    def take(self) -> list[Event]:
        """All of it, in the order of the last of each."""
        told = list(itertools.chain.from_iterable(self._heard.values()))
        self._heard.clear()
        return told


def _with_change(kept: list[Event], event: ControlChange) -> list[Event]:
    """What is kept of a controller that is somewhere else now: on the same side of half way, the last place counts."""
    last = kept[-1] if kept else None
    if isinstance(last, ControlChange):
        is_same_side = is_down(last.value) == is_down(event.value)
        if is_same_side and (len(kept) > 1 or last == event):
            kept.pop()
        if len(kept) > 2 * MOST_PRESSES:
            del kept[1:3]  # once up and once down
    return [*kept, event]


def is_down(value: int) -> bool:
    """Whether a controller that switches is down."""
    return 2 * value > HIGHEST


class Parser:
    """Bytes of one wire, one after another; a message is told with its last byte.

    ``mido`` is given every message whole. Its own parser (of version 1.3) forgets a message that a clock interrupts,
    and those whose status byte the sender left out because the last one had the same, and keeps system exclusive ones
    of any length; so these three (MIDI 1.0 detailed specification, "Data format" and appendix A-2) are ours.
    """

    def __init__(self) -> None:
        self._messages = mido.Parser()
        self._status = 0  # of the message that comes, or of the last one; 0: what follows is not for us
        self._is_between = True

    def feed(self, byte: int) -> Message | None:
        """Take a byte (0 to 255); the message that it completes."""
        if byte >= _REALTIME:
            return _REALTIME_MEANS.get(byte)
        if byte >= _STATUS:
            self._status = byte if byte < _SYSTEM else 0  # system messages, long ones too, end a running status
        elif self._status and self._is_between:
            self._messages.feed_byte(self._status)
        if not self._status:
            return None
        self._messages.feed_byte(byte)
        message = self._messages.get_message()
        self._is_between = message is not None
        return None if message is None else _meant(message)


def _meant(message: mido.Message) -> Message | None:
    if message.type == "program_change":
        return ProgramChange(message.channel + 1, message.program)
    if message.type == "control_change" and message.control < _CHANNEL_MODE:
        return ControlChange(message.channel + 1, message.control, message.value)
    return None


class Clock:
    """The tempo of a clock, of which 24 make a beat, measured over two beats; and where its beats are."""

    def __init__(self) -> None:
        self._at_s: deque[float] = deque(maxlen=OVER_BEATS * TICKS + 1)
        self._ticks = 0

    def start(self) -> None:
        """The song begins: the next clock is a beat."""
        self._ticks = 0

    def tick(self, at_s: float) -> Beat | None:
        """A clock came at ``at_s`` (monotonic seconds); the beat it is, once a tempo is known."""
        if self._at_s and not 0.0 <= at_s - self._at_s[-1] < PAUSE_S:
            self._at_s.clear()
        self._at_s.append(at_s)
        is_beat = self._ticks % TICKS == 0
        self._ticks = (self._ticks + 1) % TICKS
        intervals = len(self._at_s) - 1
        if not is_beat or intervals < TICKS:
            return None
        beat_s = TICKS * (self._at_s[-1] - self._at_s[0]) / intervals
        if not 60.0 / FASTEST_BPM <= beat_s <= 60.0 / SLOWEST_BPM:
            return None
        return Beat(60.0 / beat_s, at_s)
