"""MIDI's bytes: what senders really send is understood, and whatever else comes does nothing and piles up nowhere."""

from __future__ import annotations

import itertools
import random
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal.panel.controls.midi import (
    MOST_PRESSES,
    Beat,
    Clock,
    ControlChange,
    Event,
    Mail,
    Message,
    Parser,
    ProgramChange,
    is_down,
)


def parsed(data: bytes) -> list[Message]:
    parser = Parser()
    return [message for byte in data if (message := parser.feed(byte)) is not None]


@pytest.mark.parametrize(
    ("data", "messages"),
    [
        ("c0 05", [ProgramChange(1, 5)]),
        ("bf 0b 7f", [ControlChange(16, 11, 127)]),
        ("b0 07 01 07 02 08 03", [ControlChange(1, 7, 1), ControlChange(1, 7, 2), ControlChange(1, 8, 3)]),  # running
        ("b0 07 f8 01 f8", ["clock", ControlChange(1, 7, 1), "clock"]),  # a clock in the middle
        ("c0 01 f8 02", [ProgramChange(1, 1), "clock", ProgramChange(1, 2)]),
        ("fa f8 fb fc fe ff", ["start", "clock", "start"]),
        ("f0 7e 01 c0 02 f7 c1 03", [ProgramChange(1, 2), ProgramChange(2, 3)]),  # cut short by a status
        ("f0 41 10 42 b0", []),
        ("f0 01 02 f8 03 f7 04", ["clock"]),
        ("90 40 7f 80 40 00 e0 00 40 d0 10 a0 01 02", []),
        ("f1 05 f3 02 f2 01 02 f6 05 06", []),
        ("c0 01 f1 05 06", [ProgramChange(1, 1)]),  # a system message ends a running status
        ("b0 78 00 b0 7b 00 07 09", [ControlChange(1, 7, 9)]),  # channel mode is not ours
        ("05 06 07", []),
    ],
)
def test_what_senders_send(data: str, messages: list[Message]) -> None:
    assert parsed(bytes.fromhex(data)) == messages


@given(st.binary(max_size=400))
def test_whatever_comes_is_in_range(data: bytes) -> None:
    for message in parsed(data):
        if isinstance(message, ProgramChange):
            assert 1 <= message.channel <= 16 and 0 <= message.program <= 127
        elif isinstance(message, ControlChange):
            assert 1 <= message.channel <= 16 and 0 <= message.number <= 119 and 0 <= message.value <= 127


@given(st.lists(st.tuples(st.integers(1, 16), st.integers(0, 119), st.integers(0, 127)), max_size=40), st.randoms())
def test_messages_are_heard_whatever_the_sender_leaves_out_or_puts_between(
    meant: list[tuple[int, int, int]], chance: random.Random
) -> None:
    data, running = bytearray(), 0
    for channel, number, value in meant:
        status = 0xB0 | channel - 1
        if status != running or chance.random() < 0.3:
            data.append(status)
        running = status
        for byte in (number, value):
            data += bytes(chance.choices([0xF8, 0xFE, 0xFC], k=chance.randrange(3)))
            data.append(byte)
    heard = [message for message in parsed(bytes(data)) if message != "clock"]
    assert heard == [ControlChange(*values) for values in meant]


@given(st.binary(max_size=200), st.integers(0, 127), st.integers(0, 127))
def test_whatever_came_before_a_message_is_heard_with_its_last_byte(data: bytes, program: int, other: int) -> None:
    parser = Parser()
    for byte in data:
        parser.feed(byte)
    assert parser.feed(0xC0) is None
    assert parser.feed(program) == ProgramChange(1, program)
    assert parser.feed(other) == ProgramChange(1, other), "with running status, too"


@pytest.mark.parametrize(
    ("begin", "more"), [("f0", 1_000_000), *((begin, 30_000) for begin in ("f0 7e", "b0 07 f0", "", "f4", "f1", "f8"))]
)
def test_a_megabyte_of_what_means_nothing_takes_no_memory(begin: str, more: int) -> None:
    parser = Parser()
    tracemalloc.start()
    for byte in itertools.chain(bytes.fromhex(begin), itertools.repeat(0, more)):
        assert parser.feed(byte) in (None, "clock")
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 20_000
    assert [parser.feed(byte) for byte in (0xF7, 0xC0, 9)] == [None, None, ProgramChange(1, 9)]


# --- the clock


@given(st.floats(31.0, 299.0), st.floats(0.0, 1e6), st.integers(0, 1000))
def test_a_clock_is_measured(bpm: float, start_s: float, seed: int) -> None:
    """With a millisecond of trembling, as from a read of a busy machine."""
    chance, clock, beats = random.Random(seed), Clock(), list[Beat]()
    for i in range(24 * 8):
        late_s = chance.uniform(0.0, 0.001)
        if beat := clock.tick(start_s + i * 60.0 / bpm / 24 + late_s):
            beats.append(beat)
    assert len(beats) >= 6
    assert all(abs(beat.bpm - bpm) < 0.5 + 0.004 * bpm for beat in beats)
    apart = [later.at_s - earlier.at_s for earlier, later in itertools.pairwise(beats)]
    assert all(abs(gap_s - 60.0 / bpm) < 0.0021 for gap_s in apart)


def test_a_start_puts_the_beat_there() -> None:
    clock, beats = Clock(), list[float]()
    for i in range(100):
        if i == 40:
            clock.start()
        if beat := clock.tick(i * 0.02):
            beats.append(round(beat.at_s / 0.02))
    assert beats == [24, 40, 64, 88]


def test_a_pause_begins_anew_and_a_clock_that_no_foot_could_tap_is_none() -> None:
    clock = Clock()
    assert not [i for i in range(24) if clock.tick(i * 0.02)]
    assert not [i for i in range(24) if clock.tick(100.0 + i * 0.02)]
    fast = Clock()
    assert not [i for i in range(500) if fast.tick(i * 0.001)]
    assert not [i for i in range(500) if Clock().tick(-float(i))]


# --- what waits to be done


@given(
    st.lists(
        st.builds(ControlChange, st.integers(1, 2), st.integers(0, 3), st.integers(0, 127))
        | st.builds(ProgramChange, st.integers(1, 2), st.integers(0, 127))
        | st.builds(Beat, st.floats(30, 300), st.floats(0, 1e6)),
        max_size=200,
    )
)
def test_the_last_of_each_waits_and_never_more(events: list[Event]) -> None:
    mail = Mail()
    firsts = [mail.put(event) for event in events]
    assert firsts == [i == 0 for i in range(len(events))]
    told = mail.take()
    assert len(told) <= (2 * MOST_PRESSES + 1) * (2 * 4) + 2 + 1
    state: dict[object, Event] = {}
    for event in told:
        state[(type(event), getattr(event, "channel", 0), getattr(event, "number", 0))] = event
    for event in events:
        key = type(event), getattr(event, "channel", 0), getattr(event, "number", 0)
        assert (
            state[key] == [e for e in events if (type(e), getattr(e, "channel", 0), getattr(e, "number", 0)) == key][-1]
        )
    assert mail.take() == []


def test_a_switch_that_went_down_and_up_is_a_press() -> None:
    mail = Mail()
    for value in (0, 127, 0):
        mail.put(ControlChange(1, 80, value))
    assert mail.take() == [ControlChange(1, 80, value) for value in (0, 127, 0)]


@given(st.lists(st.integers(0, 127), min_size=1, max_size=60))
def test_every_press_that_waits_is_one(values: list[int]) -> None:
    mail = Mail()
    for value in values:
        mail.put(ControlChange(1, 80, value))
    told = [event.value for event in mail.take() if isinstance(event, ControlChange)]
    assert (told[0], told[-1]) == (values[0], values[-1]), "it is seen to move, and where it is"
    assert len(told) <= 2 * MOST_PRESSES + 1
    assert presses(told) == presses(values) or presses(values) > presses(told) >= MOST_PRESSES - 1


def test_two_presses_while_nobody_looked_are_two() -> None:
    mail = Mail()
    for value in (127, 0, 127, 0):
        mail.put(ControlChange(1, 80, value))
    assert mail.take() == [ControlChange(1, 80, value) for value in (127, 0, 127, 0)]


def presses(values: list[int]) -> int:
    return sum(is_down(now) and not is_down(before) for before, now in itertools.pairwise([0, *values]))


def test_a_controller_that_moved_is_seen_to_move() -> None:
    mail = Mail()
    for value in (3, 90, 100, 70):
        mail.put(ControlChange(1, 80, value))
    assert mail.take() == [ControlChange(1, 80, 3), ControlChange(1, 80, 70)]
    mail.put(ControlChange(1, 80, 70))
    assert mail.take() == [ControlChange(1, 80, 70)]
