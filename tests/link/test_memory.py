"""The link: made, taken over, refused; words in order between processes; a killed peer leaves no trace."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pedal import layout
from pedal.errors import LinkError
from pedal.jit import entry
from pedal.jit.machine import sleep_us
from pedal.link import Link, Word
from pedal.notes import decode_notes
from pedal.rig.events import push_event_kernel

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def link(tmp_path: Path) -> Link:
    return Link.create(tmp_path / "link")


def python(script: str, *arguments: object) -> subprocess.Popen[str]:
    """Another process with the package at hand."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_fresh_link(link: Link) -> None:
    assert link.path.stat().st_size == layout.LINK_BYTES
    assert link.path.stat().st_mode & 0o777 == 0o660
    assert link.get(Word.PLAYING_SLOT) == link.get(Word.WANTED_SLOT) == -1
    assert link.get(Word.STOP) == 0
    assert [path.name for path in link.path.parent.iterdir()] == ["link"]
    assert not link.was_replaced()


def test_pages_nobody_touched_take_no_room(link: Link) -> None:
    assert link.path.stat().st_blocks * 512 < 1 << 20


def test_what_one_writes_the_other_reads(link: Link) -> None:
    other = Link.attach(link.path)
    link.put(Word.BYPASSED, 1)
    assert other.get(Word.BYPASSED) == 1
    other.arena.f32[layout.BUS_F32] = 0.5
    assert link.arena.f32[layout.BUS_F32] == 0.5


def test_a_sound_link_is_taken_over_with_all_that_is_in_it(link: Link) -> None:
    link.put(Word.PLAYING_SLOT, 2)
    again = Link.create(link.path)
    assert again.get(Word.PLAYING_SLOT) == 2
    assert not link.was_replaced()


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(LinkError, match="pedal run"):
        Link.attach(tmp_path / "link")


@pytest.mark.parametrize("word", [layout.MAGIC, layout.VERSION, layout.SIZE_BYTES, layout.BUILD])
def test_foreign_or_other_version(link: Link, word: int) -> None:
    link.arena.i64[word] += 1
    with pytest.raises(LinkError, match="Restart the pedal"):
        Link.attach(link.path)
    fresh = Link.create(link.path)
    assert fresh.get(Word.GENERATION) != link.get(Word.GENERATION)
    assert link.was_replaced()
    assert not fresh.was_replaced()


@pytest.mark.parametrize("size", [0, 1, 4096, layout.LINK_BYTES - 1, layout.LINK_BYTES + 1])
def test_files_of_another_size(tmp_path: Path, size: int) -> None:
    path = tmp_path / "link"
    with path.open("wb") as file:
        file.truncate(size)
    with pytest.raises(LinkError, match="another version"):
        Link.attach(path)
    assert Link.create(path).get(Word.PLAYING_SLOT) == -1


def test_a_folder_in_its_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "link").mkdir()
    with pytest.raises(LinkError, match="cannot be made"):
        Link.create(tmp_path / "link")
    assert [path.name for path in tmp_path.iterdir()] == ["link"]
    with pytest.raises(LinkError, match="cannot be made"):
        Link.create(tmp_path / "missing" / "link")


def test_a_vanished_or_emptied_file_counts_as_replaced(link: Link) -> None:
    link.path.write_bytes(b"")
    assert link.was_replaced()
    link.path.unlink()
    assert link.was_replaced()


@given(st.integers(0, layout.SLOT_COUNT - 1), st.binary(max_size=2000), st.binary(min_size=1, max_size=2000))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_notes_come_back(link: Link, slot: int, first: bytes, second: bytes) -> None:
    link.write_notes(slot, first)
    link.write_notes(slot, second)
    assert link.read_notes(slot) == second


def test_notes_that_do_not_fit(link: Link) -> None:
    link.write_notes(layout.SLOT_COUNT - 1, bytes(layout.NOTES_BYTES - 8))
    assert len(link.read_notes(layout.SLOT_COUNT - 1)) == layout.NOTES_BYTES - 8
    with pytest.raises(LinkError, match="do not fit"):
        link.write_notes(0, bytes(layout.NOTES_BYTES - 7))


@pytest.mark.parametrize("length", [-1, 0, layout.NOTES_BYTES, 2**62])
def test_a_length_that_cannot_be_is_no_note(link: Link, length: int) -> None:
    link.arena.i64[layout.NOTES_AT_BYTE // 8] = length
    assert link.read_notes(0) == b""


def test_torn_notes_are_refused(link: Link) -> None:
    link.write_notes(0, b'{"preset_name":"a","serial":1,"blocks":[]}')
    assert decode_notes(link.read_notes(0)).preset_name == "a"
    link.write_notes(0, link.read_notes(0)[:-3])
    with pytest.raises(ValueError, match="rig notes"):
        decode_notes(link.read_notes(0))


def _push(link: Link, count: int) -> None:
    for _ in range(count):
        head = link.get(Word.EVENTS_HEAD)
        start = layout.EVENTS + head % layout.EVENT_COUNT * layout.EVENT_FIELDS
        link.arena.i64[start : start + 7] = [layout.EVENT_OVERRUN, 10 * head, head, 1, 2, 3, 4]
        link.put(Word.EVENTS_HEAD, head + 1)


@given(st.lists(st.integers(0, 2 * layout.EVENT_COUNT), max_size=6))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_events_come_once_in_order_and_the_lost_are_counted(link: Link, bursts: list[int]) -> None:
    reader = Link.attach(link.path)
    number = link.get(Word.EVENTS_HEAD)
    for burst in bursts:
        _push(link, burst)
        lost = reader.events_lost
        events = reader.new_events()
        lost = reader.events_lost - lost
        assert len(events) + lost == burst
        assert lost == max(0, burst - layout.EVENT_COUNT + 1)
        assert [event.numbers[0] for event in events] == list(range(number + lost, number + burst))
        assert all(event.frame == 10 * event.numbers[0] for event in events)
        number += burst
    assert reader.new_events() == []


@entry("void(int64[::1], int64)")
def _push_many(i64: Any, count: int) -> None:
    for _ in range(count):
        head = i64[layout.EVENTS_HEAD]
        i64[layout.FRAME] = 10 * head
        push_event_kernel(i64, layout.EVENT_OVERRUN, head, head, head, head, head)
        sleep_us(1)


def test_a_writer_that_comes_round_tears_nothing(link: Link) -> None:
    reader, count = Link.attach(link.path), 30_000
    writer = threading.Thread(target=_push_many, args=(link.arena.i64, count))
    writer.start()
    seen = 0
    while writer.is_alive() or seen + reader.events_lost < count:
        events = reader.new_events()
        seen += len(events)
        for event in events:
            assert event.frame == 10 * event.numbers[0]
            assert len(set(event.numbers)) == 1
    writer.join()
    assert seen + reader.events_lost == count


def test_status_of_a_link_nobody_plays(link: Link) -> None:
    status = link.status()
    assert status.playing_slot == -1
    assert status.row_costs_ns == ()
    assert status.clipped_ago_frames is None


@pytest.mark.parametrize(("slot", "rows"), [(0, 3), (0, -5), (0, 2**40), (2**40, 3), (-7, 3)])
def test_status_trusts_no_count(link: Link, slot: int, rows: int) -> None:
    link.arena.i64[layout.SLOTS + layout.SLOT_ROWS] = rows
    link.put(Word.PLAYING_SLOT, slot)
    costs = len(link.status().row_costs_ns)
    assert costs == (min(max(rows, 0), layout.MAX_ROWS) if slot == 0 else 0)


def test_two_processes_see_words_in_order(link: Link) -> None:
    """What was stored before a published number is there when the number is seen."""
    reader = python(
        """
        import sys
        from pathlib import Path
        from pedal import layout
        from pedal.link import Link, Word
        link = Link.attach(Path(sys.argv[1]))
        wrong = 0
        for k in range(1, 1001):
            while link.get(Word.FRAME) != k:
                pass
            wrong += int((link.arena.i64[layout.EVENTS : layout.EVENTS + 64] != k).sum())
            link.put(Word.INPUT_HEAD, k)
        print(wrong)
        """,
        link.path,
    )
    for k in range(1, 1001):
        link.arena.i64[layout.EVENTS : layout.EVENTS + 64] = k
        link.put(Word.FRAME, k)
        while link.get(Word.INPUT_HEAD) != k:
            assert reader.poll() is None
    out, _ = reader.communicate(timeout=60)
    assert out.strip() == "0"


def test_a_killed_peer_leaves_the_file(link: Link) -> None:
    peer = python(
        """
        import sys, time
        from pathlib import Path
        from pedal.link import Link, Word
        link = Link.attach(Path(sys.argv[1]))
        link.put(Word.PANEL_PID, 7)
        print("attached", flush=True)
        time.sleep(60)
        """,
        link.path,
    )
    assert peer.stdout is not None
    assert peer.stdout.readline() == "attached\n"
    peer.send_signal(signal.SIGKILL)
    peer.wait(10)
    assert link.path.exists()
    assert not link.was_replaced()
    assert Link.attach(link.path).get(Word.PANEL_PID) == 7


def test_words_are_named_after_the_layout() -> None:
    for word in Word:
        assert word == getattr(layout, word.name)
    assert len({int(word) for word in Word}) == len(Word)
    assert max(Word) < layout.WORDS


def test_the_map_has_no_overlaps() -> None:
    starts = np.array(
        [
            0,
            layout.STATUS_F64,
            layout.ROW_COST_F64,
            layout.CLOCK_SCRATCH,
            layout.EVENTS,
            layout.SLOTS,
            layout.NOTES_AT_BYTE // 8,
            layout.BUS_F32 // 2,
            layout.INPUT_RING_F32 // 2,
            layout.HEAP_AT_BYTE // 8,
        ]
    )
    ends = np.array(
        [
            layout.WORDS,
            layout.STATUS_END,
            layout.ROW_COST_F64 + layout.MAX_ROWS,
            layout.PRIVATE_END,
            layout.EVENTS_END,
            layout.SLOTS_END,
            (layout.NOTES_AT_BYTE + layout.SLOT_COUNT * layout.NOTES_BYTES) // 8,
            (layout.BUS_F32 + layout.BUS_ROWS * layout.BUS_STRIDE) // 2,
            (layout.INPUT_RING_F32 + layout.INPUT_RING_FRAMES) // 2,
            layout.LINK_BYTES // 8,
        ]
    )
    assert (starts < ends).all()
    assert (ends[:-1] <= starts[1:]).all()
    assert layout.HEAP_AT_BYTE % 64 == layout.NOTES_AT_BYTE % 64 == 0
