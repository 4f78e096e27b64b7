"""Undo and redo: all that is done here comes back, whatever it was; nothing that others did is ever taken back."""

from __future__ import annotations

import contextlib
import random
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pedal.cli.client import RefusedError
from pedal.editor.cells import ABSENT, Job, Knob, Place, Placed, Presence, Quality, Switched
from pedal.editor.editing import Editing
from pedal.editor.state import State, parse_state
from pedal.errors import ControlError, PedalError
from pedal.panel.chain_requests import NewPreset
from pedal.panel.desk_requests import Show
from pedal.panel.preset_requests import RecallSnapshot, RevertPreset, TakeSnapshot
from pedal.panel.protocol import AnyRequest, Request, SelectPreset, SetParam, SwitchBlock
from pedal.params import BYPASS, KINDS
from pedal.params.words import value_at
from pedal.preset import Preset
from pedal.preset.editing import with_added
from tests.panel.walk import MODELS, Walker, walker


class Login:
    """An editor without a screen, on a panel without a socket; several may share the panel."""

    def __init__(self, walk: Walker) -> None:
        self.walk = walk
        self.editing = Editing(self.ask, self.look)
        self.journal = self.editing.journal

    def ask(self, request: Request) -> dict:  # type: ignore[type-arg]
        answer = self.walk.menus.perform(request)  # type: ignore[arg-type]
        self.walk.settle()
        return answer

    def look(self) -> State:
        return parse_state(self.walk.menus.perform(Show()))

    def add(self, kind: str, asset: str = "", place: int = 1) -> None:
        block = with_added(self.look().preset, kind, asset, place).blocks[place - 1]
        self.editing.change(Presence(block.id), Placed(place, block))


@pytest.fixture(scope="module")
def panel() -> Iterator[Walker]:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder, walker(Path(folder)) as walk:
        yield walk


@pytest.fixture
def login(panel: Walker) -> Login:
    return fresh(panel)


def fresh(panel: Walker) -> Login:
    login = Login(panel)
    login.ask(SelectPreset(name="01-crunch"))
    panel.stand.hand.quality = {}
    return login


def sound(state: State) -> object:
    """All that a player hears, and what his feet do."""
    quality = {amp: width for amp, width in state.quality.items() if width != "auto"}
    return state.key, state.preset.name, [b.filled for b in state.preset.chain], state.preset.switches, quality


def a_deed(login: Login, chance: random.Random) -> None:
    """Something that a player may do, as his keys do it."""
    state = login.look()
    blocks, editing = state.preset.blocks, login.editing
    block = chance.choice(blocks) if blocks else None
    deeds: list[Callable[[], object]] = [
        lambda: login.add("tone", "", chance.randint(1, len(blocks) + 1)),
        lambda: login.add("amp", chance.choice(MODELS), chance.randint(1, len(blocks) + 1)),
        lambda: editing.change(Job(chance.choice(["bypass", "next"]), "hold"), chance.choice(["tuner", "bypass", ""])),
        lambda: editing.go(SelectPreset(name=chance.choice(["01-crunch", "02-swell"]))),
        lambda: editing.go(NewPreset(name="Fresh")),
    ]
    if block is not None:
        knobs = [param for param in KINDS[block.kind].params if param is not BYPASS]
        deeds += [
            lambda: editing.change(Switched(block.id), not block.on),
            lambda: editing.change(Place(block.id), chance.randint(1, len(blocks))),
            lambda: editing.change(Presence(block.id), ABSENT),
        ]
        if knobs:
            param = chance.choice(knobs)
            value = value_at(param, chance.random())
            deeds += [lambda: editing.change(Knob(block.id, param.name), round(value) if param.words else value)] * 3
        if block.kind == "amp":
            deeds += [lambda: editing.change(Quality(block.id), chance.choice(["auto", "full", "lite"]))]
            deeds += [lambda: editing.change(Knob(block.id, "model"), chance.choice(MODELS))]
            deeds += [lambda: editing.change(Knob(block.id, "stereo"), chance.choice(["sum", "twice"]))]
    with contextlib.suppress(PedalError):  # a chain that is full, a preset that is gone: as the pedal says
        chance.choice(deeds)()
    if chance.random() < 0.5:
        editing.journal.seal()


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32), count=st.integers(1, 12))
def test_all_that_is_done_comes_back_and_can_be_done_again(panel: Walker, seed: int, count: int) -> None:
    login, chance = fresh(panel), random.Random(seed)
    began = sound(login.look())
    for _ in range(count):
        a_deed(login, chance)
    ended, deeds = sound(login.look()), len(login.journal.done)
    for _ in range(deeds):
        login.editing.undo()
    assert sound(login.look()) == began
    for _ in range(deeds):
        login.editing.redo()
    assert sound(login.look()) == ended
    with pytest.raises(ControlError, match="nothing to be done again"):
        login.editing.redo()


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32), count=st.integers(1, 14))
def test_what_others_did_is_never_taken_back(panel: Walker, seed: int, count: int) -> None:
    """Each login has knobs of its own; one of them undoes all it can, and the other's stand as they were left."""
    mine, theirs, chance = fresh(panel), Login(panel), random.Random(seed)
    knobs = [Knob("gate1", "threshold_db"), Knob("amp1", "drive_db"), Knob("amp1", "level_db")]
    last_by: dict[Knob, tuple[str, float]] = {}
    for turn in range(1, count + 1):  # never the same value twice: who turns to where it stands has done nothing
        knob, who = chance.choice(knobs), chance.choice(["mine", "theirs"])
        value = -20.0 - turn if knob.block_id == "gate1" else float(turn)
        (mine if who == "mine" else theirs).editing.change(knob, value)
        if chance.random() < 0.5:
            mine.journal.seal()
        last_by[knob] = who, value
    while mine.journal.done:
        before = mine.look()
        try:
            mine.editing.undo()
        except ControlError as told:
            assert "changed by somebody else" in str(told)
            assert mine.look().mark == before.mark
    for knob, (who, value) in last_by.items():
        if who == "theirs":
            assert knob.read(mine.look()) == value


def test_turning_on_is_one_deed_until_something_else_is_done(login: Login) -> None:
    drive = Knob("amp1", "drive_db")
    for clicks in (1, 1, 1):
        login.editing.turn(drive, clicks, clicks)
    login.journal.seal()
    login.editing.turn(drive, 1, 10)
    assert drive.read(login.look()) == 6.5
    assert login.editing.undo() == "Undone: amp1.drive_db, +1.5 dB"
    assert login.editing.undo() == "Undone: amp1.drive_db, +0.0 dB"
    assert login.editing.redo() == "Done again: amp1.drive_db, +1.5 dB"


def test_what_was_listened_to_and_left_is_no_deed(login: Login) -> None:
    model = Knob("amp1", "model")
    for name in (MODELS[1], MODELS[2], MODELS[0]):
        login.editing.change(model, name)
    assert login.journal.done == []


def test_a_block_that_was_taken_out_comes_back_with_its_knobs_and_snapshots(login: Login) -> None:
    login.editing.change(Knob("amp1", "drive_db"), 7.0)
    login.ask(TakeSnapshot(number=2, name="Loud"))
    before = login.look().preset
    login.editing.change(Presence("amp1"), ABSENT)
    login.ask(SetParam(target="gate1.threshold_db", value=-33.0))  # somebody else, meanwhile
    login.editing.undo()
    after = login.look().preset
    assert after.block("amp1").filled == before.block("amp1").filled
    assert [block.id for block in after.blocks] == [block.id for block in before.blocks]
    assert after.snapshots[0].values["amp1"]["drive_db"] == 7.0
    assert after.block("gate1").value("threshold_db") == -33.0, "it is not ours to take back"


def test_a_block_that_others_turned_is_not_taken_out_again(login: Login) -> None:
    login.add("tone", "", 1)
    login.ask(SetParam(target="tone1.bass_db", value=5.0))
    with pytest.raises(ControlError, match="tone1: was changed by somebody else"):
        login.editing.undo()
    assert login.look().preset.block("tone1").value("bass_db") == 5.0


def test_who_goes_to_another_preset_can_go_back_to_what_was_not_saved(login: Login) -> None:
    login.editing.change(Knob("amp1", "drive_db"), 7.0)
    login.editing.go(SelectPreset(name="02-swell"))
    assert not login.look().edited
    assert login.editing.undo() == "Undone: preset, Crunch"
    assert login.look().preset.block("amp1").value("drive_db") == 7.0
    assert (login.look().key, login.look().edited) == ("01-crunch", True)
    login.editing.undo()
    assert not login.look().edited


def test_reverting_and_recalling_can_be_undone(login: Login) -> None:
    login.ask(TakeSnapshot(number=1, name="As it was"))
    login.editing.change(Knob("amp1", "drive_db"), 7.0)
    login.editing.go(RevertPreset())
    login.editing.undo()
    assert login.look().preset.block("amp1").value("drive_db") == 7.0
    login.editing.go(RecallSnapshot(number=1))
    assert login.look().preset.block("amp1").value("drive_db") == 0.0
    login.editing.undo()
    assert login.look().preset.block("amp1").value("drive_db") == 7.0


def test_deeds_of_another_preset_wait_until_it_is_in_hand_again(login: Login) -> None:
    login.editing.change(Switched("cab1"), False)
    login.ask(SelectPreset(name="02-swell"))  # by foot
    with pytest.raises(ControlError, match="in another preset"):
        login.editing.undo()
    assert len(login.journal.done) == 1
    login.ask(SelectPreset(name="01-crunch"))  # and back: it is as it was saved
    with pytest.raises(ControlError, match="changed by somebody else"):
        login.editing.undo()


def test_what_was_done_before_a_save_under_another_name_can_still_be_undone(login: Login) -> None:
    login.editing.change(Switched("cab1"), False)
    login.editing.save("Another")
    assert login.look().preset.name == "Another"
    login.editing.undo()
    assert login.look().preset.block("cab1").on


def test_what_the_pedal_refuses_is_no_deed(login: Login) -> None:
    with pytest.raises(PedalError, match="out of range"):
        login.editing.change(Knob("amp1", "drive_db"), 700.0)
    with pytest.raises(PedalError, match="no block"):
        login.editing.turn(Knob("reverb9", "mix"), 1, 1)
    assert login.journal.done == []


def test_a_whole_preset_is_held_again_from_what_there_is_then(login: Login, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody turns a knob between our look and our request: both changes are there afterwards."""
    login.editing.change(Presence("cab1"), ABSENT)
    asked: list[AnyRequest] = []

    def overtaken(request: AnyRequest) -> dict:  # type: ignore[type-arg]
        if not asked:
            login.walk.menus.perform(SwitchBlock(block="gate1", on=False))
        asked.append(request)
        return login.ask(request)

    def through_a_wire(request: Request) -> dict:  # type: ignore[type-arg]
        try:
            return overtaken(request)  # type: ignore[arg-type]
        except PedalError as error:
            raise RefusedError(str(error)) from error

    late = Editing(through_a_wire, login.look)
    late.journal.done = login.journal.done
    late.undo()
    preset: Preset = login.look().preset
    assert (preset.block("cab1").on, preset.block("gate1").on) == (True, False)
    assert len(asked) == 2
