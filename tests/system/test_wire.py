"""The wire around the sound: mock pins, the words of a link, and the supervisor's own loop."""

from __future__ import annotations

import itertools
import os
import signal
import struct
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory

from pedal import layout
from pedal.config import RelaySettings
from pedal.errors import BoardError, PedalError
from pedal.system.failsafe import MUTE_S, RELEASE_S, Phase
from pedal.system.heartbeat import Beat, load_beat, save_muted
from pedal.system.leftovers import lock_place
from pedal.system.post import Child
from pedal.system.relay import open_relay
from pedal.system.supervise import Supervisor
from pedal.system.wire import Wire, load_low_voltage
from tests.system.noted import PIN, NotedRelay
from tests.system.pump import HOLDS_V, Pump

ROOT = Path(__file__).resolve().parents[2]
GIVE_UP_S = 30.0


@pytest.fixture
def pins(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockFactory]:
    factory = MockFactory()
    monkeypatch.setattr(Device, "pin_factory", factory)
    yield factory
    factory.close()


def words(path: Path) -> dict[int, int]:
    raw = struct.unpack(f"={layout.WORDS}q", path.read_bytes()[: 8 * layout.WORDS])
    return dict(enumerate(raw))


def beat(pid: int = 7, state: int = layout.CARD_RUNNING, age_s: float = 0.0, muted: bool = False) -> Beat:
    return Beat(pid, state, age_s, 0, 0.0, 0, muted)


class TestRelay:
    def test_a_heartbeat_is_the_callers_own(self, pins: MockFactory) -> None:
        relay = open_relay(RelaySettings(pin=PIN, heartbeat_hz=25))
        assert relay.beat_s == pytest.approx(0.02)
        pin = pins.pin(PIN)
        pin.assert_states([False])
        relay.drive(True)
        relay.turn()
        relay.turn()
        relay.drive(False)
        pin.assert_states([False, True, False, True, False])
        relay.close()

    @pytest.mark.parametrize("active_high", [True, False])
    def test_a_level(self, pins: MockFactory, active_high: bool) -> None:
        relay = open_relay(RelaySettings(pin=PIN, kind="level", active_high=active_high))
        pin = pins.pin(PIN)
        assert pin.state == (not active_high)
        relay.drive(True)
        relay.turn()
        assert relay.beat_s is None
        assert pin.state == active_high
        relay.close()

    def test_a_pin_that_is_taken(self, pins: MockFactory) -> None:
        relay = open_relay(RelaySettings(pin=PIN))
        with pytest.raises(BoardError, match=r"relay.pin = 12: this pin is already in use"):
            open_relay(RelaySettings(pin=PIN))
        relay.close()


class TestWire:
    @pytest.fixture
    def link(self, tmp_path: Path) -> Path:
        path = tmp_path / "link"
        path.write_bytes(bytes(8 * layout.WORDS))
        return path

    @pytest.fixture
    def wire(self, pins: MockFactory, link: Path) -> Iterator[Wire]:
        made = Wire(open_relay(RelaySettings(pin=PIN)), link, lambda: False)
        yield made
        made.close()

    def close(self, wire: Wire, seen: Beat | None = None) -> float:
        """Look until the contacts are closed; returns the time by then."""
        now_s = time.monotonic()
        for _ in range(30):
            now_s += 0.1
            wire.look(seen or beat(), 7, "", now_s)
        assert wire.phase is Phase.CLOSED
        return now_s

    def test_it_closes_beats_and_is_heard(self, wire: Wire, pins: MockFactory, link: Path) -> None:
        assert wire.tick_s is None
        assert wire.words.startswith("dry until")
        now_s = self.close(wire, beat(muted=True))
        assert wire.tick_s == 0.025
        assert wire.words == "in the wire"
        assert words(link)[layout.MUTED] == 0
        changes = len(pins.pin(PIN).states)
        for step in range(8):
            wire.turn(now_s + 0.025 * step)
        assert len(pins.pin(PIN).states) == changes + 8

    def test_it_is_muted_until_then(self, wire: Wire, link: Path) -> None:
        wire.look(beat(), 7, "", time.monotonic())
        assert words(link)[layout.MUTED] == 1

    @pytest.mark.parametrize(
        ("seen", "pid", "safe_mode"),
        [
            (None, 7, ""),
            (beat(), 0, ""),
            (beat(pid=8), 7, ""),
            (beat(state=layout.CARD_LOST), 7, ""),
            (beat(age_s=0.4), 7, ""),
            (beat(), 7, "It failed 3 times in a minute."),
        ],
    )
    def test_any_fault_is_dry_at_once(
        self, wire: Wire, pins: MockFactory, seen: Beat | None, pid: int, safe_mode: str
    ) -> None:
        now_s = self.close(wire)
        wire.look(seen, pid, safe_mode, now_s + 0.1)
        assert wire.phase is Phase.OPEN
        assert wire.words.startswith("dry: ")
        assert not pins.pin(PIN).state
        changes = len(pins.pin(PIN).states)
        wire.turn(now_s + 0.2)
        assert len(pins.pin(PIN).states) == changes, "and nothing beats"

    def test_who_does_not_look_does_not_beat(self, wire: Wire, pins: MockFactory) -> None:
        now_s = self.close(wire)
        changes = len(pins.pin(PIN).states)
        for step in range(40):
            wire.turn(now_s + 0.5 + 0.025 * step)
        assert len(pins.pin(PIN).states) == changes

    def test_a_low_supply_is_a_fault(self, pins: MockFactory, link: Path) -> None:
        supply = [False]
        wire = Wire(open_relay(RelaySettings(pin=PIN)), link, lambda: supply[0])
        now_s = self.close(wire)
        supply[0] = True
        wire.look(beat(), 7, "", now_s + 1.1)
        assert wire.phase is Phase.OPEN
        wire.close()

    def test_the_firmwares_word_on_the_supply(self, tmp_path: Path) -> None:
        assert not load_low_voltage(tmp_path)
        sensor = tmp_path / "sys" / "class" / "hwmon" / "hwmon1"
        sensor.mkdir(parents=True)
        (sensor / "name").write_text("rpi_volt\n")
        assert not load_low_voltage(tmp_path)
        for word, low in (("0\n", False), ("1\n", True)):
            (sensor / "in0_lcrit_alarm").write_text(word)
            assert load_low_voltage(tmp_path) == low

    def test_a_link_that_went_is_no_error(self, tmp_path: Path) -> None:
        save_muted(tmp_path / "none", True)
        assert not (tmp_path / "none").exists()


#: Has the words of an audio process that plays without a gap until it is told to hang.
PLAYER = """
import os, sys, time
import numpy as np
from pedal import layout
path = sys.argv[1]
words = np.memmap(path, np.int64, "r+" if os.path.exists(path) else "w+", shape=(layout.WORDS,))
words[layout.MAGIC], words[layout.VERSION] = layout.LINK_MAGIC, layout.LINK_VERSION
words[layout.AUDIO_PID] = os.getpid()
words[layout.AUDIO_BEAT_NS] = time.monotonic_ns()
words[layout.CARD_STATE] = layout.CARD_RUNNING
while not os.path.exists(path + ".hang"):
    time.sleep(0.01)
    words[layout.AUDIO_BEAT_NS] = time.monotonic_ns()
time.sleep(1000)
"""


class Rig:
    """A supervisor with a player and a wire of mock pins."""

    def __init__(self, folder: Path, pins: MockFactory) -> None:
        self.link = folder / "link"
        self.relay = NotedRelay(pins)
        self.wire = Wire(self.relay, self.link, lambda: False)
        child = Child("audio", (sys.executable, "-c", PLAYER, str(self.link)), {"PYTHONPATH": str(ROOT)})
        self._limit_s = time.monotonic() + GIVE_UP_S
        self._truth: Callable[[], bool] = lambda: False
        self._supervisor = Supervisor(
            [child],
            folder,
            lambda: load_beat(self.link),
            lambda: self._truth() or self.is_late,
            open_wire=lambda: self.wire,
        )

    @property
    def is_late(self) -> bool:
        return time.monotonic() > self._limit_s

    def run_until(self, truth: Callable[[], bool]) -> None:
        self._truth = truth
        self._supervisor.run()
        assert not self.is_late


def test_the_supervisor_holds_the_relay_and_lets_it_go_in_order(tmp_path: Path, pins: MockFactory) -> None:
    rig = Rig(tmp_path, pins)
    asked_s: list[float] = []

    def has_beaten() -> bool:
        if rig.wire.phase is Phase.CLOSED and len(rig.relay.rising_s) >= 20:
            asked_s.append(time.monotonic())
        return bool(asked_s)

    rig.run_until(has_beaten)
    over_s = time.monotonic()
    assert rig.wire.phase is Phase.OPEN
    assert not pins.pin(PIN).state, "and closed"
    assert words(rig.link)[layout.MUTED] == 1
    (_, driven), (let_go_s, held) = rig.relay.drives[:2]
    assert (driven, held) == (True, False)
    assert let_go_s - asked_s[0] >= MUTE_S, "silent first"
    assert not [edge for edge, level in rig.relay.edges if level and edge > let_go_s]
    assert over_s - let_go_s >= RELEASE_S, "the child played on until the contacts had fallen"


@pytest.mark.parametrize("end", ["kill", "hang"])
def test_a_sound_that_dies_or_hangs_leaves_the_guitar_alone(tmp_path: Path, pins: MockFactory, end: str) -> None:
    rig = Rig(tmp_path, pins)
    fault_s: list[float] = []

    def fell() -> bool:
        if rig.wire.phase is Phase.CLOSED and not fault_s:
            fault_s.append(time.monotonic())
            if end == "kill":
                os.kill(words(rig.link)[layout.AUDIO_PID], signal.SIGKILL)
            else:
                (tmp_path / "link.hang").touch()
        return bool(fault_s) and rig.wire.phase is Phase.OPEN

    rig.run_until(fell)
    let_go_s = next(at_s for at_s, wet in rig.relay.drives if not wet)
    assert let_go_s > fault_s[0]
    assert not [edge for edge in rig.relay.rising_s if edge > let_go_s], "not one beat after it was noticed"
    assert not pins.pin(PIN).state


def test_a_second_pedal_does_not_touch_the_wire_of_the_first(tmp_path: Path) -> None:
    opened: list[str] = []

    def open_wire() -> None:
        opened.append("touched")

    child = Child("audio", (sys.executable, "-c", "import time; time.sleep(1000)"))
    with lock_place(tmp_path, "audio"), pytest.raises(PedalError):
        Supervisor([child], tmp_path, open_wire=open_wire).run()
    assert opened == []


def test_the_pump_would_have_held_all_the_while(tmp_path: Path, pins: MockFactory) -> None:
    """On this machine, with whatever else runs on it: the beats of a real supervisor in the model of the circuit."""
    rig = Rig(tmp_path, pins)
    rig.run_until(lambda: rig.wire.phase is Phase.CLOSED and len(rig.relay.rising_s) > 60)
    edges = rig.relay.rising_s
    if any(later - earlier > 0.15 for earlier, later in itertools.pairwise(edges)):
        pytest.skip("this machine was held up")
    assert min(Pump().troughs(edges)[10:-1]) > HOLDS_V
