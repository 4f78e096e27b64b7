"""What the laboratory sees of a relay: edges of its pin, pauses between them, mutes and sounds of the link's file."""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pedal import layout
from pedal.system.heartbeat import save_muted
from tests.lab.hardware.contacts import STILL_S, Contacts
from tests.lab.hardware.pins import SimulatedPins

PIN = 16
PATIENCE_S = 30.0
S = 10**9


class Rig:
    """The files of a simulated chip and of a link, and who watches them."""

    def __init__(self, folder: Path) -> None:
        chip, line = folder / "config/gpio-sim/pedal", folder / f"sys/devices/platform/sim/chip/sim_gpio{PIN}"
        (chip / "bank0").mkdir(parents=True)
        line.mkdir(parents=True)
        (chip / "dev_name").write_text("sim\n")
        (chip / "bank0" / "chip_name").write_text("chip\n")
        (line / "value").write_text("0\n")
        self._value = line / "value"
        self.link = folder / "link"
        self.contacts = Contacts(SimulatedPins(folder / "config", folder / "sys"), PIN, self.link)

    def drive(self, high: bool) -> None:
        """The pin, in one write: who watches never sees a file without a level."""
        with self._value.open("r+b", buffering=0) as value:
            os.pwrite(value.fileno(), b"1" if high else b"0", 0)

    def play(self, pid: int) -> None:
        """A sound process says its number and that the card plays."""
        words = dict.fromkeys(range(layout.WORDS), 0)
        words |= {layout.MAGIC: layout.LINK_MAGIC, layout.VERSION: layout.LINK_VERSION}
        words |= {layout.AUDIO_PID: pid, layout.CARD_STATE: layout.CARD_RUNNING}
        beside = self.link.with_suffix(".new")
        beside.write_bytes(struct.pack(f"={layout.WORDS}q", *words.values()))
        beside.rename(self.link)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path)
    yield made
    made.contacts.stop()


def until(true: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline_s
        time.sleep(0.001)


def test_edges_are_seen_one_by_one(rig: Rig) -> None:
    contacts, since_ns = rig.contacts, rig.contacts.mutes[0][0]  # before it looked for the first time
    assert not contacts.is_beating and contacts.stopped_ns(since_ns) in (None, since_ns)
    for count in range(1, 7):
        rig.drive(count % 2 == 1)
        until(lambda count=count: len(contacts.edges_ns) == count)
    assert since_ns < contacts.first_edge_ns(since_ns) == contacts.edges_ns[0]
    until(lambda: not contacts.is_beating)
    assert contacts.stopped_ns(contacts.edges_ns[-1]) == contacts.edges_ns[-1]
    assert contacts.longest_pause_s(since_ns) >= STILL_S
    with pytest.raises(StopIteration):
        contacts.first_edge_ns(contacts.edges_ns[-1])


def test_the_first_pause_is_where_a_heartbeat_stopped(rig: Rig) -> None:
    contacts = rig.contacts
    contacts.stop()
    now_ns = time.monotonic_ns()
    beats = [now_ns - 2 * S + number * S // 40 for number in range(20)]  # half a second of it, then nothing, then one
    contacts.edges_ns = [*beats, now_ns - S // 2]
    assert contacts.stopped_ns(beats[3]) == beats[-1]
    assert contacts.stopped_ns(beats[-1]) == beats[-1], "a fault after the last beat"
    assert contacts.longest_pause_s(beats[0]) == pytest.approx((now_ns - S // 2 - beats[-1]) / S, abs=1e-3)
    contacts.edges_ns = [time.monotonic_ns() + number * S // 40 for number in range(4000)]  # it beats on
    assert contacts.stopped_ns(contacts.edges_ns[0] - 1) is None and contacts.is_beating


def test_mutes_and_sounds_are_seen(rig: Rig) -> None:
    contacts = rig.contacts
    assert contacts.is_muted, "before there is a pedal"
    rig.play(7)
    until(lambda: 7 in contacts.began_ns and not contacts.is_muted)
    save_muted(rig.link, True)
    until(lambda: contacts.is_muted)
    save_muted(rig.link, False)
    until(lambda: not contacts.is_muted)
    assert [is_muted for _, is_muted in contacts.mutes] == [True, False, True, False]
    times = [at_ns for at_ns, _ in contacts.mutes]
    assert times == sorted(times)
    rig.play(8)
    until(lambda: 8 in contacts.began_ns)
    assert contacts.began_ns[7] < contacts.began_ns[8]
