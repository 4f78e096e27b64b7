"""MIDI on the pedal: programs, controllers that learn, a clock; real parts up to the preset in hand."""

from __future__ import annotations

import os
import queue
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from pedal.actions import Action
from pedal.config import MidiSettings, parse_board
from pedal.errors import PedalError
from pedal.library.banks import Bank
from pedal.library.calibration import CalibrationStore
from pedal.library.midi_map import MidiMapStore, parse_target
from pedal.link import Link
from pedal.panel.controls.inputs_midi import Midi, MidiHeard
from pedal.panel.controls.midi import Beat, ControlChange, ProgramChange
from pedal.panel.display.oled import open_display
from pedal.panel.expression import ExpressionPedal
from pedal.panel.feeds import NOBODY, News
from pedal.panel.hands import Hands
from pedal.panel.hands_requests import Midi as MidiRequest
from pedal.panel.loop import Panel
from pedal.panel.midi import LEARN_S, MidiIn
from pedal.panel.reflexes import Reflexes
from pedal.panel.workshop import Workshop
from pedal.preset import Block, Expression, Preset
from tests.panel.stand import BOARD, Stand, tone
from tests.panel.test_feeds import Heard

ECHO = Block("echo", "delay", values={"tempo_bpm": 100.0})


class Gear(MidiIn):
    """A stand with a controller."""

    def __init__(self, folder: Path, wires: Midi | None = None, news: News = NOBODY) -> None:
        one = Preset("One", (tone(), ECHO), expression=Expression("tone.treble_db"))
        self.stand = Stand(folder, {"01-one": one, "02-two": Preset("Two")})
        self.stand.play("01-one")
        self.done: list[Action] = []
        self.store = MidiMapStore(folder / "midi.toml")
        player = self.stand.player
        expression = ExpressionPedal(BOARD, player, CalibrationStore(folder / "expression.toml"))
        banks = self.stand.banks
        super().__init__(player, banks, expression, lambda does, at_s: self.done.append(does), self.store, wires, news)

    def turn(self, number: int, *values: int) -> None:
        for value in values:
            self.heard(ControlChange(1, number, value), 1.0)

    def value(self, target: str) -> float:
        block, _, name = target.partition(".")
        return self.stand.player.preset.block(block).value(name)


@pytest.fixture
def gear(tmp_path: Path) -> Gear:
    with Midi(MidiSettings(), lambda heard: None, tmp_path) as wires:
        return Gear(tmp_path, wires)


def test_a_program_plays_a_preset_of_the_list_or_of_the_bank(gear: Gear) -> None:
    gear.heard(ProgramChange(1, 1), 1.0)
    assert gear.stand.player.key == "02-two"
    gear.heard(ProgramChange(1, 2), 1.0)
    assert gear.stand.player.message == "there is no preset 3. The list has 2."
    gear.stand.bank_store.save((Bank("A", ("01-one",)),))
    gear.heard(ProgramChange(1, 0), 1.0)
    assert gear.stand.player.key == "01-one"
    gear.heard(ProgramChange(1, 1), 1.0)
    assert "bank 'A' has no preset 2" in gear.stand.player.message


def test_a_controller_learns_by_being_moved(gear: Gear) -> None:
    gear.learn("tone.bass_db", 0.0)
    gear.turn(20, 64, 65, 64)  # trembles
    gear.turn(74, 10, 14)
    assert gear.status(1.0)["learning"] == "tone.bass_db" and gear.value("tone.bass_db") == 0.0
    gear.turn(74, 18)
    assert gear.status(1.0)["controllers"] == {"74": "tone.bass_db"} and gear.status(1.0)["learning"] is None
    gear.turn(74, 127)
    assert gear.value("tone.bass_db") == 15.0 and gear.stand.player.message == "Tone Bass +15.0 dB"
    gear.turn(74, 0)
    assert gear.value("tone.bass_db") == -15.0
    assert gear.store.load()[0] == {74: Expression("tone.bass_db")}


def test_a_switch_of_a_controller_learns_an_action_and_is_pressed_once(gear: Gear) -> None:
    gear.learn("tuner", 0.0)
    gear.turn(80, 127)  # its first message
    assert gear.done == []
    gear.turn(80, 0, 127, 127, 100, 0, 127)
    assert gear.done == [Action("tuner"), Action("tuner")]


def test_learning_ends_when_nothing_was_moved(gear: Gear) -> None:
    gear.learn("tone.bass_db", -LEARN_S)
    gear.turn(74, 0, 127)
    assert gear.store.load()[0] == {} and gear.status(1.0)["learning"] is None
    for target in ("tone.bas_db", "tunr", "tone"):
        with pytest.raises(PedalError):
            gear.learn(target, 0.0)


def test_learning_is_called_off(gear: Gear) -> None:
    stand = gear.stand
    hands = Hands(BOARD, stand.player, gear._expression, gear)
    hands.answer(MidiRequest(learn="tone.bass_db"))
    view = hands.midi_view()
    assert view is not None and (view.learning, view.controllers) == ("tone.bass_db", ())
    hands.answer(MidiRequest(cancel=True))
    gear.turn(74, 0, 127)
    assert gear.store.load()[0] == {} and gear.value("tone.bass_db") == 0.0
    hands.answer(MidiRequest(learn="tuner"))
    gear.turn(80, 127, 0, 127)
    view = hands.midi_view()
    assert view is not None and (view.learning, view.controllers) == ("", ((80, "tuner"),))


def test_the_range_of_the_file_is_kept(gear: Gear) -> None:
    gear.store.save({7: Expression("tone.bass_db", 3.0, -3.0)})
    again = MidiIn(gear.stand.player, gear.stand.banks, gear._expression, lambda action, at_s: None, gear.store, None)
    again.heard(ControlChange(1, 7, 0), 1.0)
    assert gear.value("tone.bass_db") == 3.0


def test_controller_11_is_the_expression_pedal_until_it_learns_otherwise(gear: Gear) -> None:
    gear.turn(11, 127)
    assert gear.value("tone.treble_db") == 15.0
    gear.learn("tone.bass_db", 0.0)
    gear.turn(11, 0, 127, 0)
    assert (gear.value("tone.treble_db"), gear.value("tone.bass_db")) == (15.0, -15.0)
    gear.turn(12, 5)  # nobody taught it
    assert gear.value("tone.bass_db") == -15.0


def test_what_was_learnt_is_forgotten(gear: Gear) -> None:
    gear.learn("tone.bass_db", 0.0)
    gear.turn(74, 0, 127)
    with pytest.raises(PedalError, match=r"controller 75 has learnt nothing\. Those that have: 74"):
        gear.forget(75)
    gear.forget(74)
    assert gear.store.load()[0] == {}
    gear.turn(74, 0)
    assert gear.value("tone.bass_db") == 0.0
    gear.forget(None)


def test_a_parameter_that_the_preset_has_not_is_a_sentence(gear: Gear) -> None:
    gear.learn("wah.position", 0.0)
    gear.turn(74, 0, 127, 64)
    assert "there is no block 'wah'" in gear.stand.player.message


def test_a_clock_gives_the_tempo_when_it_is_news(gear: Gear) -> None:
    gear.heard(Beat(120.04, 5.0), 5.0)
    assert gear.value("echo.tempo_bpm") == 120.0
    before = gear.stand.player.preset
    gear.heard(Beat(120.3, 5.5), 5.5)
    assert gear.stand.player.preset is before and gear.stand.player.beat_at_s == 5.5
    gear.heard(Beat(90.0, 6.0), 6.0)
    assert gear.value("echo.tempo_bpm") == 90.0 and gear.status(6.0)["clock_bpm"] == 90.0


def test_two_presses_within_a_stall_are_two(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "midiC1D0")
    socket = os.open(tmp_path / "midiC1D0", os.O_RDWR)
    heard: queue.SimpleQueue[MidiHeard] = queue.SimpleQueue()
    with Midi(MidiSettings(), heard.put, tmp_path) as wires:
        gear = Gear(tmp_path, wires)
        gear.store.save({80: Action("tuner")})
        gear.look_at_file()
        os.write(socket, bytes([0xB0, 80, 127, 80, 0, 80, 127, 80, 0, 0xC0, 1]))
        heard.get(timeout=60.0)
        deadline_s = time.monotonic() + 60.0
        while gear.stand.player.key != "02-two" and time.monotonic() < deadline_s:  # the program, sent last, was heard
            gear.look(1.0)
        assert gear.done == [Action("tuner"), Action("tuner")]
    os.close(socket)


def test_a_map_that_comes_while_it_runs_counts_and_a_broken_one_changes_nothing(gear: Gear) -> None:
    gear.store.save({7: Expression("tone.bass_db", 3.0, -3.0)})  # as a restore replaces it
    gear.look_at_file()
    gear.turn(7, 0)
    assert gear.value("tone.bass_db") == 3.0
    (gear.stand.folder / "midi.toml").write_text("[[cc]]\nnumber = 777\n")
    gear.look_at_file()
    assert "number must be a controller from 0 to 119" in gear.stand.player.message
    gear.turn(7, 127)
    assert gear.value("tone.bass_db") == -3.0
    gear.stand.player.message = ""
    gear.look_at_file()
    assert gear.stand.player.message == "", "said once"
    (gear.stand.folder / "midi.toml").unlink()
    gear.look_at_file()
    assert gear.status(1.0)["controllers"] == {}


def test_a_board_without_midi_learns_nothing(tmp_path: Path) -> None:
    gear = Gear(tmp_path)
    with pytest.raises(PedalError, match="this board has no MIDI"):
        gear.learn("tuner", 0.0)
    gear.look(1.0)
    assert gear.status(1.0)["ports"] is None


def test_what_was_heard_while_the_panel_waited_for_its_link_is_done(tmp_path: Path) -> None:
    """Whoever waits there throws the news of it away, and would not be told again."""
    board = parse_board('virtual = true\n[audio]\ncard = "virtual"\n[midi]\n', "midi.toml")
    items: queue.SimpleQueue[object] = queue.SimpleQueue()
    (tmp_path / "ports").mkdir()
    os.mkfifo(tmp_path / "ports" / "midiC1D0")
    socket = os.open(tmp_path / "ports" / "midiC1D0", os.O_RDWR)
    with ExitStack() as stack:
        stack.callback(os.close, socket)
        midi = stack.enter_context(Midi(MidiSettings(), items.put, tmp_path / "ports"))
        os.write(socket, b"\xc0\x7f")
        assert items.get(timeout=60.0) == MidiHeard()
        link, reflexes = Link.create(tmp_path / "link"), Reflexes(items)
        workshop, display = Workshop(link.path, items), open_display(None)
        stack.callback(workshop.close)
        stack.callback(display.close)
        over = threading.Event()
        panel = Panel(board, link, items, display, workshop, reflexes, None, over.is_set, None, midi)
        loop = threading.Thread(target=panel.run)
        loop.start()
        stack.callback(loop.join)
        stack.callback(over.set)
        for program in (b"\x7f", b"\x7e"):
            number = program[0] + 1
            deadline_s = time.monotonic() + 60.0
            while f"there is no preset {number}" not in panel._player.message and time.monotonic() < deadline_s:
                time.sleep(0.01)
            assert f"there is no preset {number}" in panel._player.message
            os.write(socket, b"\xc0\x7e")
        MidiMapStore.default().save({7: Action("tuner")})  # as a restore does, beside the running panel
        deadline_s = time.monotonic() + 60.0
        while not panel._midi.status(0.0)["controllers"] and time.monotonic() < deadline_s:
            time.sleep(0.01)
        assert panel._midi.status(0.0)["controllers"] == {"7": "tuner"}


def test_who_listens_is_told_what_was_heard_and_what_it_does(tmp_path: Path) -> None:
    heard = Heard("midi")
    gear = Gear(tmp_path, news=heard)
    gear.turn(74, 20)
    gear.store.save({74: parse_target("tone.bass_db", "MIDI")})
    gear.look_at_file()
    gear.turn(74, 64)
    gear.heard(ProgramChange(3, 1), 1.0)
    gear.heard(Beat(120.0, 1.0), 1.0)
    assert [data["text"] for _, data in heard.news] == [
        "channel 1: controller 74 at 20",
        "channel 1: controller 74 at 64, tone.bass_db",
        "channel 3: program 1",
        "clock: 120.0 bpm",
    ]
