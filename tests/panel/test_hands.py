"""Switches that a preset gives something else to do, the expression pedal, encoders; up to the preset in hand."""

from __future__ import annotations

import queue
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pedal.config import parse_board
from pedal.errors import PedalError
from pedal.library.banks import Bank
from pedal.library.calibration import Calibration, CalibrationStore
from pedal.library.midi_map import MidiMapStore
from pedal.link import Link
from pedal.panel.actions import Actions
from pedal.panel.control import Ask
from pedal.panel.controls.encoder import Push, Rotation
from pedal.panel.controls.feet import button_action, feet_of
from pedal.panel.controls.gestures import Gesture, Kind, Knows
from pedal.panel.controls.inputs import Footswitches
from pedal.panel.controls.lights import Scene
from pedal.panel.display.oled import open_display
from pedal.panel.expression import ExpressionPedal
from pedal.panel.footwork import Footwork
from pedal.panel.hands import Hands
from pedal.panel.hands_requests import AssignSwitch, Expression
from pedal.panel.lighting import Lighting
from pedal.panel.loop import Panel
from pedal.panel.midi import MidiIn
from pedal.panel.protocol import Tune
from pedal.panel.reflexes import Reflexes
from pedal.panel.shelf import Shelf
from pedal.panel.tuner import Tuner
from pedal.panel.turns import Turns
from pedal.panel.workshop import Workshop
from pedal.preset import Block, Preset
from pedal.preset import Expression as ExpressionTarget
from tests.panel.stand import Stand, tone

BOARD = parse_board(
    """
[audio]
card = "M2"
[switches.bypass]
pin = 5
action = "bypass"
[switches.next]
pin = 6
action = "next_preset"
hold = "tuner"
[display]
driver = "ssd1306"
interface = "i2c"
[expression]
channel = 5
parameter = "wah.position"
""",
    "feet.toml",
)
WAH = Block("wah", "wah")


class Rig:
    """A stand with feet."""

    def __init__(self, folder: Path, presets: dict[str, Preset]) -> None:
        self.stand = Stand(folder, presets, BOARD)
        self.stand.play("01-one")
        player = self.stand.player
        self.tuner = Tuner(self.stand.link, BOARD.tuner)
        self.items: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.reflexes = Reflexes(self.items)
        self.store = CalibrationStore(folder / "expression.toml")
        self.pedal = ExpressionPedal(BOARD, player, self.store)
        stand = self.stand
        self.actions = Actions(player, self.tuner, stand.snapshots, stand.banks, self.pedal.point, Shelf())
        self.footwork = Footwork(BOARD, stand.link, player, self.actions, self.reflexes)
        self.footwork.look_after(False)
        self.hands = Hands(
            BOARD,
            player,
            self.pedal,
            MidiIn(player, stand.banks, self.pedal, self.footwork.do, MidiMapStore(folder / "midi.toml"), None),
        )

    def feel(self, name: str, kind: Kind = "tap") -> None:
        """A gesture, through the reflexes and, if they leave it, through the loop's queue."""
        self.reflexes.feel(Gesture(name, kind, 1.0))
        while not self.items.empty():
            self.footwork.felt(self.items.get_nowait())
            self.footwork.look_after()


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    one = Preset("One", (tone(), WAH))
    return Rig(tmp_path, {"01-one": one, "02-two": Preset("Two", switches={"bypass": {"action": "tuner"}})})


def test_a_hold_does_its_own_thing(rig: Rig) -> None:
    rig.feel("next", "hold")
    assert rig.tuner.is_on and rig.stand.player.key == "01-one"


def test_bypass_is_a_reflex_until_a_preset_says_otherwise(rig: Rig) -> None:
    rig.reflexes.feel(Gesture("bypass", "tap", 1.0))
    assert rig.stand.player.is_bypassed and rig.items.empty()
    rig.feel("next")
    assert rig.stand.player.key == "02-two"
    rig.feel("bypass")
    assert rig.tuner.is_on and rig.stand.player.is_bypassed
    rig.feel("next")
    rig.feel("bypass")
    assert not rig.stand.player.is_bypassed


def test_where_the_page_asks_one_switch_waits_for_a_long_hold(rig: Rig) -> None:
    taught: list[Mapping[str, Knows]] = []

    class Switches(Footswitches):
        def learn(self, knows: Mapping[str, Knows], chords: Mapping[str, tuple[str, str]] | None = None) -> None:
            taught.append(knows)

    rig.reflexes.attach(Switches([], rig.reflexes.feel))
    before = feet_of(BOARD).knows
    assert rig.footwork.agrees == "next" and not before["next"].long_hold
    rig.footwork.look_after(asked=True)
    assert taught.pop() == {**before, "next": replace(before["next"], long_hold=True)}
    rig.footwork.look_after(asked=False)
    assert taught == [before]
    blind = msgspec.structs.replace(BOARD, display=None)
    assert Footwork(blind, rig.stand.link, rig.stand.player, rig.actions, rig.reflexes).agrees == ""


def test_a_switch_is_assigned_in_hand_and_saved_with_the_preset(rig: Rig) -> None:
    said = rig.hands.answer(AssignSwitch(switch="bypass", action="bypass:tone"))
    assert said == {"switch": "bypass", "action": "bypass:tone", "of_preset": ["action"]}
    assert rig.stand.keeping.is_edited
    rig.footwork.look_after()
    rig.feel("bypass")
    assert not rig.stand.player.preset.block("tone").on and not rig.stand.player.is_bypassed
    rig.stand.keeping.save()
    assert rig.stand.store.load("01-one").preset.switches == {"bypass": {"action": "bypass:tone"}}
    said = rig.hands.answer(AssignSwitch(switch="bypass", action="board"))
    assert said == {"switch": "bypass", "action": "bypass", "of_preset": []}
    rig.footwork.look_after()
    rig.feel("bypass")
    assert rig.stand.player.is_bypassed


BUTTON = """
[encoders.time]
pin_a = 17
pin_b = 27
pin_push = 22
parameter = "delay.time_s"
push = "tap"
"""


def test_the_button_of_an_encoder_is_given_something_else_to_do(rig: Rig) -> None:
    board = parse_board('[audio]\ncard = "M2"\n' + BUTTON, "time.toml")
    hands = Hands(board, rig.stand.player, rig.pedal, rig.hands.midi)
    button = board.encoders["time"]

    def does() -> list[str]:
        own = rig.stand.player.preset.switches.get("time", {})
        return [str(button_action(button, own, "tap")), str(button_action(button, own, "hold"))]

    assert does() == ["tap", "tap"], "held, it does the same"
    assert hands.answer(AssignSwitch(switch="time", gesture="hold", action="tuner"))["hold"] == "tuner"
    assert does() == ["tap", "tuner"]
    hands.assign("time", "action", "none")
    assert does() == ["none", "tuner"]
    said = hands.answer(AssignSwitch(switch="time", gesture="hold", action="board"))
    assert (said["hold"], said["of_preset"]) == ("none", ["action"])
    with pytest.raises(PedalError, match="knows a push and a hold"):
        hands.assign("time", "double_tap", "tuner")
    with pytest.raises(PedalError, match=r"there is no switch 'tim'\. Did you mean 'time'"):
        hands.assign("tim", "hold", "tuner")


def test_the_loop_does_what_a_held_button_means(tmp_path: Path) -> None:
    """A whole panel, with the preset's own word for the button; the builder builds nothing here."""
    board = parse_board('virtual = true\n[audio]\ncard = "virtual"\n' + BUTTON, "time.toml")
    items: queue.SimpleQueue[Any] = queue.SimpleQueue()
    with ExitStack() as stack:
        link, display = Link.create(tmp_path / "link"), open_display(None)
        workshop = Workshop(link.path, items)
        stack.callback(workshop.close)
        stack.callback(display.close)
        over = threading.Event()
        panel = Panel(board, link, items, display, workshop, Reflexes(items), None, over.is_set)
        loop = threading.Thread(target=panel.run)
        loop.start()
        stack.callback(loop.join)
        stack.callback(over.set)
        answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        items.put(Ask(AssignSwitch(switch="time", gesture="hold", action="tuner"), answers.put))
        assert b'"hold":"tuner"' in answers.get(timeout=60.0)
        items.put(Push("time", "hold", 1.0))
        items.put(Ask(Tune(), answers.put))
        assert b'"on":true' in answers.get(timeout=60.0)


def test_a_button_that_the_board_leaves_alone_does_nothing() -> None:
    board = parse_board('[audio]\ncard = "M2"\n' + BUTTON.replace('push = "tap"', 'hold = "tuner"'), "time.toml")
    assert button_action(board.encoders["time"], {}, "tap") is None
    assert str(button_action(board.encoders["time"], {}, "hold")) == "tuner"


def test_what_a_killed_panel_had_assigned_is_still_in_hand(rig: Rig) -> None:
    rig.hands.assign("next", "hold", "none")
    rig.stand.restart()
    rig.stand.player.begin(0.0)
    assert rig.stand.player.preset.switches == {"next": {"hold": "none"}}


@pytest.mark.parametrize(
    ("switch", "action", "said"),
    [("nxt", "tap", "there is no switch 'nxt'. Did you mean 'next'"), ("next", "tp", "'tp' is no action")],
)
def test_a_wrong_assignment_changes_nothing(rig: Rig, switch: str, action: str, said: str) -> None:
    before = rig.stand.player.preset
    with pytest.raises(PedalError) as caught:
        rig.hands.answer(AssignSwitch(switch=switch, action=action))
    assert said in str(caught.value) and rig.stand.player.preset is before


def test_in_safe_mode_nothing_is_a_reflex(rig: Rig) -> None:
    rig.footwork.look_after(True)
    rig.reflexes.feel(Gesture("bypass", "tap", 1.0))
    assert not rig.items.empty() and not rig.stand.player.is_bypassed


# --- the expression pedal


def test_where_it_stands_at_the_start_is_no_movement(rig: Rig) -> None:
    before = rig.stand.player.preset
    for _ in range(2):  # and neither is to be told again
        rig.pedal.moved(0.9, 1.0)
    assert rig.stand.player.preset is before
    rig.pedal.moved(1.0, 1.1)
    assert rig.stand.player.preset.block("wah").value("position") == 1.0
    assert rig.stand.targets("wah") and rig.stand.player.message == "Wah Position 100 %"


def test_heel_and_toe_are_learnt_and_kept(rig: Rig) -> None:
    rig.pedal.moved(0.8, 1.0)
    rig.hands.answer(Expression(end="heel"))
    rig.pedal.moved(0.2, 2.0)
    said = rig.hands.answer(Expression(end="toe"))
    assert (said["heel"], said["toe"], said["position"], said["moves"]) == (0.8, 0.2, 1.0, "wah.position")
    rig.pedal.moved(0.5, 3.0)
    assert rig.stand.player.preset.block("wah").value("position") == pytest.approx(0.5)
    again = ExpressionPedal(BOARD, rig.stand.player, rig.store)
    assert (again.status()["heel"], again.status()["toe"]) == (0.8, 0.2)
    assert rig.hands.answer(Expression(end="forget"))["heel"] == 0.0


def test_ends_that_a_restore_brings_count_at_once(rig: Rig) -> None:
    rig.pedal.moved(0.8, 1.0)
    rig.store.save(Calibration(0.8, 0.2))
    rig.pedal.look_at_file()
    assert (rig.pedal.status()["heel"], rig.pedal.status()["position"]) == (0.8, 0.0)
    (rig.stand.folder / "expression.toml").write_text("heel = 2\ntoe = 0\n")
    rig.pedal.look_at_file()
    assert rig.pedal.status()["heel"] == 0.8 and "heel and toe are from 0 to 1" in rig.stand.player.message


def test_a_pedal_that_did_not_move_keeps_what_was_learnt(rig: Rig) -> None:
    with pytest.raises(PedalError, match=r"there is no expression pedal\. Is it plugged in"):
        rig.pedal.learn("heel")
    rig.pedal.moved(0.5, 1.0)
    with pytest.raises(PedalError, match="the heel comes first"):
        rig.pedal.learn("toe")
    rig.pedal.learn("heel")
    rig.pedal.moved(0.53, 1.0)
    with pytest.raises(PedalError, match="hardly moved"):
        rig.pedal.learn("toe")
    assert rig.store.load()[0].toe == 1.0


def test_a_preset_says_what_it_moves_and_how_far(tmp_path: Path) -> None:
    target = ExpressionTarget("tone.bass_db", heel=6.0, toe=-3.0)
    rig = Rig(tmp_path, {"01-one": Preset("One", (tone(), WAH), expression=target)})
    rig.pedal.moved(0.5, 1.0)
    for reading, bass_db in ((0.0, 6.0), (1.0, -3.0), (0.5, 1.5)):
        rig.pedal.moved(reading, 1.0)
        assert rig.stand.player.preset.block("tone").value("bass_db") == pytest.approx(bass_db, abs=0.01)


def test_ends_outside_of_the_parameter_are_its_own(tmp_path: Path) -> None:
    target = ExpressionTarget("tone.bass_db", heel=-1e6, toe=1e6)
    rig = Rig(tmp_path, {"01-one": Preset("One", (tone(),), expression=target)})
    for reading in (0.5, 0.0, 1.0):
        rig.pedal.moved(reading, 1.0)
    block = rig.stand.player.preset.block("tone")
    assert block.value("bass_db") == 15.0 and not rig.stand.player.message.startswith("bass_db")


def test_a_preset_without_the_block_ignores_the_boards_and_says_its_own(tmp_path: Path) -> None:
    there = Preset("One", (tone(),))
    rig = Rig(tmp_path, {"01-one": there, "02-two": Preset("Two", expression=ExpressionTarget("wah9.position"))})
    rig.stand.player.message = ""
    rig.pedal.moved(0.1, 1.0)
    rig.pedal.moved(0.9, 1.0)
    assert rig.stand.player.message == ""
    rig.stand.play("02-two")
    rig.pedal.moved(0.1, 1.0)
    assert "there is no block 'wah9'" in rig.stand.player.message


def test_it_is_given_something_else_to_move_in_the_preset_in_hand(rig: Rig) -> None:
    view = rig.hands.expression_view()
    assert view is not None and (view.moves, view.is_of_preset, view.position_norm) == ("wah.position", False, None)
    rig.pedal.point("tone.treble_db")
    assert rig.hands.answer(Expression(moves="tone.bass_db"))["moves"] == "tone.bass_db"
    assert rig.stand.player.preset.expression == ExpressionTarget("tone.bass_db")
    rig.pedal.moved(0.0, 1.0)
    rig.pedal.moved(1.0, 1.0)
    assert rig.stand.player.preset.block("tone").value("bass_db") == 15.0
    view = rig.hands.expression_view()
    assert view is not None and (view.moves, view.is_of_preset, view.position_norm) == ("tone.bass_db", True, 1.0)
    for wrong in ("wah9.position", "tone.bas_db", "tone"):
        with pytest.raises(PedalError):
            rig.hands.answer(Expression(moves=wrong))
    assert rig.pedal.status()["moves"] == "tone.bass_db"
    rig.hands.answer(Expression(moves="board"))
    assert rig.stand.player.preset.expression is None and rig.pedal.status()["moves"] == "wah.position"


def test_the_menu_knows_whether_it_was_shown_its_ends(rig: Rig) -> None:
    rig.pedal.moved(0.2, 1.0)
    rig.hands.answer(Expression(end="heel"))
    rig.pedal.moved(0.7, 1.0)
    view = rig.hands.expression_view()
    assert view is not None and not view.is_calibrated and view.reading_norm == 0.7
    rig.hands.answer(Expression(end="toe"))
    view = rig.hands.expression_view()
    assert view is not None and view.is_calibrated and view.position_norm == 1.0
    assert rig.hands.midi_view() is None, "this board has none"


def test_a_switch_points_it_elsewhere_until_the_next_preset(rig: Rig) -> None:
    rig.hands.assign("next", "hold", "expression:tone.treble_db")
    rig.footwork.look_after()
    rig.feel("next", "hold")
    assert rig.pedal.status()["moves"] == "tone.treble_db"
    rig.feel("next")
    assert rig.pedal.status()["moves"] == "wah.position"


# --- encoders


def test_an_encoder_goes_on_from_where_its_parameter_is(rig: Rig) -> None:
    turns = Turns(BOARD, rig.stand.player)
    rig.stand.player.set_param("tone.bass_db", 2.0, 0.0)
    turns.rotated("tone.bass_db", Rotation("level", 1, 1, 1.0))
    assert rig.stand.player.preset.block("tone").value("bass_db") == 2.5
    turns.rotated("tone.bass_db", Rotation("level", -1, -8, 1.1))
    assert rig.stand.player.preset.block("tone").value("bass_db") == -1.5
    turns.rotated("tone.bass_db", Rotation("level", -99, -99, 1.1))
    assert rig.stand.player.preset.block("tone").value("bass_db") == -15.0
    turns.rotated("delay7.mix", Rotation("level", 1, 1, 1.0))
    assert "there is no block 'delay7'" in rig.stand.player.message


# --- lights


def test_the_scene_is_what_the_pedal_does(tmp_path: Path) -> None:
    delay = Block("echo", "delay", values={"tempo_bpm": 100.0}, on=False)
    rig = Rig(tmp_path, {"01-one": Preset("One", (tone(), delay)), "02-two": Preset("Two")})
    stand = rig.stand
    lighting = Lighting(BOARD, None, stand.player, stand.rigs, rig.tuner, stand.banks, rig.footwork)

    def scene() -> Scene:
        return lighting.scene(stand.link.status())

    assert scene() == Scene(beat_s=0.6, blocks_on={"tone": True, "delay": False, "echo": False})
    stand.player.bypass(True)
    rig.tuner.switch(True)
    rig.footwork.look_after(True)
    for at_s in (10.0, 10.5):
        stand.player.tap(at_s)
    now = scene()
    assert now.bypassed and now.tuning and now.safe_mode
    assert (now.beat_s, now.beat_at_s) == (pytest.approx(0.5), 10.5)
    stand.bank_store.save((Bank("A", ("01-one", "02-two")),))
    stand.banks.play(2)
    assert scene().place == 2 and scene().beat_s == 0.0
    stand.player.select("01-one")
    assert scene().place == 0
