"""The menu: whatever is turned and pushed, in whatever state, there is a page to draw, and wishes that can be said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pedal.library.banks import MAX_IN_BANK, Bank
from pedal.panel import protocol
from pedal.panel.bank_requests import AddToBank, DeleteBank, MoveInBank, NewBank, RemoveFromBank, RenameBank, UseBank
from pedal.panel.chain_requests import AddBlock, MoveBlock, NewPreset, RemoveBlock
from pedal.panel.display.menu_pages import draw_menu
from pedal.panel.hands_requests import AssignSwitch, Expression, Midi
from pedal.panel.menu.facts import ExpressionView, Facts, Goods, Listed, MidiView, Thing
from pedal.panel.menu.machine import IDLE_S, Menu
from pedal.panel.menu.sheets import ChainSheet, KnobSheet, ListSheet, NameSheet
from pedal.panel.preset_requests import (
    ClearSnapshot,
    DeletePreset,
    RecallSnapshot,
    RevertPreset,
    SavePreset,
    TakeSnapshot,
)
from pedal.panel.request import Request
from pedal.params import KINDS
from pedal.preset import Block, Preset, Snapshot
from tests.panel.display.gallery import CRUNCH, FACTS, LONG_NAME

EMPTY = replace(FACTS, preset=Preset("New preset"), key="", edited=False)


def drive(menu: Menu, facts: Facts, keys: str) -> list[Request]:
    """``>`` and ``<`` turn, ``o`` pushes, ``b`` goes back."""
    wishes: list[Request] = []
    for key in keys:
        if key in "<>":
            wishes += menu.turn(1 if key == ">" else -1, facts, 0.0)
        else:
            wishes += {"o": menu.push, "b": menu.back}[key](facts, 0.0)
    return wishes


def go_to(menu: Menu, facts: Facts, label: str) -> None:
    """Turn until the row of this label is the one that a push is about."""
    for _ in range(60):
        sheet = menu.sheet(facts)
        assert isinstance(sheet, ListSheet) or hasattr(sheet, "rows"), sheet
        if sheet.rows[sheet.at].label == label:
            return
        menu.turn(1, facts, 0.0)
    pytest.fail(f"there is no {label}")


def choose(menu: Menu, facts: Facts, *labels: str) -> list[Request]:
    wishes: list[Request] = []
    for label in labels:
        go_to(menu, facts, label)
        wishes += menu.push(facts, 0.0)
    return wishes


def test_closed_a_turn_goes_to_the_presets_and_a_push_to_the_menu() -> None:
    menu = Menu()
    assert menu.sheet(FACTS) is None and not menu.is_open
    assert drive(menu, FACTS, ">o") == [protocol.SelectPreset(name="04-cyr")]
    assert not menu.is_open
    assert drive(menu, FACTS, "o") == [] and menu.is_open
    assert drive(menu, FACTS, "b") == [] and not menu.is_open


def test_closed_back_is_the_tuner() -> None:
    menu, tuning = Menu(), replace(FACTS, tuner_on=True)
    assert drive(menu, FACTS, "b") == [protocol.Tune(on=True)]
    for key in "ob":
        assert drive(menu, tuning, key) == [protocol.Tune(on=False)]
    assert drive(menu, tuning, ">") == [protocol.Tune(reference_hz=441.0)]
    assert drive(menu, replace(tuning, reference_hz=450.0), ">") == [protocol.Tune(reference_hz=450.0)]


def test_left_alone_it_closes() -> None:
    menu = Menu()
    menu.push(FACTS, 100.0)
    menu.tick(100.0 + IDLE_S)
    assert menu.is_open
    menu.turn(1, FACTS, 130.0)
    menu.tick(130.0 + IDLE_S + 0.1)
    assert not menu.is_open


def test_a_list_goes_around_by_steps_and_stops_at_its_ends_in_a_spin() -> None:
    menu = Menu()
    menu.push(FACTS, 0.0)
    count = len(menu.sheet(FACTS).rows)
    places = []
    for steps in (-1, 1, 99, 1, -99):
        menu.turn(steps, FACTS, 0.0)
        places.append(menu.sheet(FACTS).at)
    assert places == [count - 1, 0, count - 1, 0, 0]


def test_a_block_is_added_moved_switched_and_removed() -> None:
    menu = Menu()
    menu.push(FACTS, 0.0)
    choose(menu, FACTS, "Chain")
    assert isinstance(menu.sheet(FACTS), ChainSheet)
    drive(menu, FACTS, "o")
    assert choose(menu, FACTS, "On") == [protocol.SwitchBlock(block="amp1", on=False)]
    assert choose(menu, FACTS, "Add before", "Chorus") == [AddBlock(kind="chorus", place=3)]
    assert isinstance(menu.sheet(FACTS), ChainSheet), "back at the chain"
    drive(menu, FACTS, "o")
    choose(menu, FACTS, "Move")
    assert drive(menu, FACTS, "<") == [MoveBlock(block="amp1", place=2)]
    assert menu.turn(99, FACTS, 0.0) == (MoveBlock(block="amp1", place=6),)
    drive(menu, FACTS, "o")
    assert choose(menu, FACTS, "Remove") == [RemoveBlock(block="amp1")]
    assert isinstance(menu.sheet(FACTS), ChainSheet)


def test_a_chain_from_nothing_suggests_what_comes_next() -> None:
    """One push for a kind, as far as one wants what most have; the box that adds stays under the hand."""
    menu, facts, wishes = Menu(), EMPTY, []
    menu.push(facts, 0.0)
    choose(menu, facts, "Chain")
    for _ in range(5):
        before = len(wishes)
        while len(wishes) == before:
            wishes += menu.push(facts, 0.0)
        added = wishes[-1]
        block = Block(f"b{before}", added.kind, added.asset or "")
        facts = replace(facts, preset=replace(facts.preset, blocks=(*facts.preset.blocks, block)))
    assert [wish.kind for wish in wishes] == ["gate", "amp", "cab", "delay", "reverb"]


def test_a_model_is_found_in_its_folder_and_tried_without_leaving() -> None:
    menu = Menu()
    menu.push(FACTS, 0.0)
    choose(menu, FACTS, "Model")
    sheet = menu.sheet(FACTS)
    assert sheet.rows[sheet.at].label == "British", "where the one that plays lies"
    drive(menu, FACTS, "o")
    sheet = menu.sheet(FACTS)
    assert sheet.rows[sheet.at].mark == ">"
    assert choose(menu, FACTS, "Ёлка 50 Вт") == [protocol.SetParam(target="amp1.model", value="British/Ёлка 50 Вт.nam")]
    assert isinstance(menu.sheet(FACTS), ListSheet)
    drive(menu, FACTS, "b")
    choose(menu, FACTS, "Favourites")
    assert [row.label for row in menu.sheet(FACTS).rows] == ["Twin clean", "Ёлка 50 Вт"]


def test_a_folder_in_a_folder() -> None:
    menu = Menu()
    menu.push(FACTS, 0.0)
    choose(menu, FACTS, "Model", "British", "Bass")
    assert [row.label for row in menu.sheet(FACTS).rows] == ["Größe 4x10"]


def test_what_has_no_file_yet_asks_for_a_name_that_is_free() -> None:
    menu = Menu()
    menu.push(EMPTY, 0.0)
    assert choose(menu, EMPTY, "Save") == []
    assert isinstance(menu.sheet(EMPTY), NameSheet)
    assert drive(menu, EMPTY, "o") == [SavePreset(name="New preset")] and not menu.is_open
    menu.push(FACTS, 0.0)
    assert choose(menu, FACTS, "Save") == [SavePreset()] and not menu.is_open
    menu.push(FACTS, 0.0)
    choose(menu, FACTS, "This preset", "Save as new")
    assert menu.sheet(FACTS).text == "Crunch 2"


def test_a_name_letter_by_letter() -> None:
    menu, facts = Menu(), replace(EMPTY, preset=Preset("Ab"), goods=Goods())
    menu.push(facts, 0.0)
    choose(menu, facts, "Save")
    drive(menu, facts, ">o")  # Erase
    assert menu.sheet(facts).text == "A"
    for letter in ("x", "Space", "S", "y"):
        while menu.sheet(facts).choice != letter:
            menu.turn(1, facts, 0.0)
        menu.push(facts, 0.0)
    assert menu.sheet(facts).text == "Ax Sy"
    menu.turn(-99, facts, 0.0)
    assert drive(menu, facts, "o") == [SavePreset(name="Ax Sy")]


def test_no_name_is_no_name() -> None:
    menu, facts = Menu(), replace(EMPTY, preset=Preset("A"), goods=Goods())
    menu.push(facts, 0.0)
    choose(menu, facts, "Save")
    assert drive(menu, facts, ">oo<o") == [] and menu.is_open


def test_the_expression_pedal_is_given_something_to_move_and_shown_its_ends() -> None:
    menu = Menu()
    menu.push(FACTS, 0.0)
    assert choose(menu, FACTS, "Settings", "Expression pedal", "Moves", "Amp", "Drive") == [
        Expression(moves="amp1.drive_db")
    ]
    assert menu.sheet(FACTS).title == "Expression pedal", "back where its target stands"
    assert choose(menu, FACTS, "Moves", "As the board says") == [Expression(moves="board")]
    assert choose(menu, FACTS, "Show its ends") == []
    assert isinstance(menu.sheet(FACTS), KnobSheet)
    assert drive(menu, FACTS, "o") == [Expression(end="heel")]
    assert menu.sheet(FACTS).title == "Toe all the way down"
    assert drive(menu, FACTS, "o") == [Expression(end="toe")]
    assert choose(menu, FACTS, "Forget its ends") == [Expression(end="forget")]
    unplugged = replace(FACTS, expression=ExpressionView("amp1.drive_db"))
    assert [row.label for row in menu.sheet(unplugged).rows] == ["Moves"]


def test_a_controller_is_taught_and_forgets() -> None:
    menu, waiting = Menu(), replace(FACTS, midi=MidiView(learning="amp1.drive_db"))
    menu.push(FACTS, 0.0)
    assert choose(menu, FACTS, "Settings", "MIDI", "Learn", "Amp", "Drive") == [Midi(learn="amp1.drive_db")]
    sheet = menu.sheet(waiting)
    assert (sheet.title, sheet.rows) == ("Amp Drive", ()) and "Move the controller" in sheet.note
    assert drive(menu, waiting, "o") == [Midi(cancel=True)], "not now"
    assert choose(menu, FACTS, "Learn", "What a switch does", "Delay on/off") == [Midi(learn="bypass:delay1")]
    assert "any more" in menu.sheet(FACTS).note, "it was moved"
    drive(menu, FACTS, "o")
    assert [row.label for row in menu.sheet(FACTS).rows] == ["CC 20", "CC 64", "CC 80", "Learn", "Ports"]
    assert [row.value for row in menu.sheet(FACTS).rows[:3]] == ["Amp Drive", "Tuner", "wah7.position"]
    assert choose(menu, FACTS, "CC 64", "Forget") == []
    assert drive(menu, FACTS, ">o") == [Midi(forget=64)]
    assert menu.sheet(FACTS).title == "MIDI, 1 port"


def test_a_board_without_pedal_and_midi_has_no_pages_of_them() -> None:
    menu, facts = Menu(), replace(FACTS, expression=None, midi=None)
    menu.push(facts, 0.0)
    choose(menu, facts, "Settings")
    assert not {"Expression pedal", "MIDI"} & {row.label for row in menu.sheet(facts).rows}


def test_what_cannot_be_undone_is_asked_twice() -> None:
    for label, wish in (("Revert", RevertPreset()), ("Delete", DeletePreset(preset="03-crunch", sure=True))):
        menu = Menu()
        menu.push(FACTS, 0.0)
        assert choose(menu, FACTS, "This preset", label) == []
        assert drive(menu, FACTS, "o") == [], "No comes first"
        menu.push(FACTS, 0.0)
        assert choose(menu, FACTS, "This preset", label, "Yes") == [wish]


def test_the_factorys_presets_are_not_deleted_and_the_unsaved_not_renamed() -> None:
    def labels(facts: Facts) -> list[str]:
        menu = Menu()
        menu.push(facts, 0.0)
        choose(menu, facts, "This preset")
        return [row.label for row in menu.sheet(facts).rows]

    assert "Delete" not in labels(replace(FACTS, key="01-clean"))
    assert {"Delete", "Rename", "Revert"} <= set(labels(FACTS))
    assert not {"Delete", "Rename", "Revert"} & set(labels(EMPTY))


def test_snapshots_are_recalled_taken_and_written_over() -> None:
    menu = Menu()
    menu.push(FACTS, 0.0)
    choose(menu, FACTS, "This preset", "Snapshots")
    assert drive(menu, FACTS, "o>o") == [RecallSnapshot(number=1), TakeSnapshot(number=2)]
    assert choose(menu, FACTS, "Write over one", "3 Соло") == [], "it asks"
    assert drive(menu, FACTS, "o") == [], "and No comes first"
    assert menu.sheet(FACTS).title == "Snapshots"
    assert choose(menu, FACTS, "Write over one", "3 Соло", "Yes") == [TakeSnapshot(number=3)]
    assert choose(menu, FACTS, "Clear one", "1 Verse", "Yes") == [ClearSnapshot(number=1)]
    assert menu.sheet(FACTS).title == "Snapshots"


def test_where_no_snapshot_was_taken_there_is_none_to_write_over() -> None:
    menu, bare = Menu(), replace(FACTS, preset=replace(CRUNCH, snapshots=(), snapshot=0))
    menu.push(bare, 0.0)
    choose(menu, bare, "This preset", "Snapshots")
    assert [row.value for row in menu.sheet(bare).rows] == ["take"] * 8


@pytest.mark.parametrize(
    ("words", "gesture"),
    [("Tap", "action"), ("Hold", "hold"), ("Long hold", "long_hold"), ("Double tap", "double_tap")],
)
def test_every_gesture_of_a_switch_is_given_something_to_do(words: str, gesture: str) -> None:
    menu = Menu()
    menu.push(FACTS, 0.0)
    choose(menu, FACTS, "Switches", "next")
    assert choose(menu, FACTS, words, "Delay on/off") == [
        AssignSwitch(switch="next", gesture=gesture, action="bypass:delay1")
    ]
    assert menu.sheet(FACTS).title == "next", "back at the switch"
    assert choose(menu, FACTS, words, "Nothing") == [AssignSwitch(switch="next", gesture=gesture, action="none")]
    assert choose(menu, FACTS, words, "As the board says") == [
        AssignSwitch(switch="next", gesture=gesture, action="board")
    ]


def test_a_switch_says_what_board_and_preset_make_of_it() -> None:
    menu, own = Menu(), replace(FACTS, preset=replace(CRUNCH, switches={"next": {"hold": "none", "double_tap": "tap"}}))
    menu.push(own, 0.0)
    choose(menu, own, "Switches")
    assert [(row.label, row.mark) for row in menu.sheet(own).rows if row.mark] == [("next", ">")]
    choose(menu, own, "next")
    assert [(row.label, row.value, row.mark) for row in menu.sheet(own).rows] == [
        ("Tap", "Next preset", ""),
        ("Hold", "Nothing", ">"),
        ("Long hold", "Tuner", ""),
        ("Double tap", "Tap", ">"),
    ]


def test_the_button_of_an_encoder_knows_a_push_and_a_hold() -> None:
    menu, own = Menu(), replace(FACTS, switches={"time": {"hold": "tuner"}}, buttons=frozenset({"time"}))
    menu.push(own, 0.0)
    choose(menu, own, "Switches", "time")
    assert [(row.label, row.value) for row in menu.sheet(own).rows] == [("Push", ""), ("Hold", "Tuner")]
    assert choose(menu, own, "Hold", "Tap") == [AssignSwitch(switch="time", gesture="hold", action="tap")]
    choose(menu, own, "Push")
    assert menu.sheet(own).title == "Push of time"


def test_a_bank_is_made_filled_ordered_and_deleted() -> None:
    menu = Menu()
    menu.push(FACTS, 0.0)
    choose(menu, FACTS, "Banks", "New bank")
    assert drive(menu, FACTS, "o") == [NewBank(name="Bank")]
    assert menu.sheet(FACTS).title == "Banks"
    choose(menu, FACTS, "Пятница")
    assert choose(menu, FACTS, "Add this preset") == [AddToBank(bank="Пятница", preset="03-crunch")]
    drive(menu, FACTS, "b")
    choose(menu, FACTS, "Friday")
    assert [row.label for row in menu.sheet(FACTS).rows[:3]] == ["1 Crunch", f"2 {LONG_NAME}", "3 gone (missing)"]
    assert choose(menu, FACTS, "Take out", "3 gone (missing)") == [RemoveFromBank(bank="Friday", place=3)]
    choose(menu, FACTS, "Move", "1 Crunch")
    assert drive(menu, FACTS, ">>") == [
        MoveInBank(bank="Friday", place=1, to=2),
        MoveInBank(bank="Friday", place=2, to=3),
    ]
    drive(menu, FACTS, "o")
    assert menu.sheet(FACTS).title == "Friday"
    choose(menu, FACTS, "Delete")
    assert choose(menu, FACTS, "Yes") == [DeleteBank(bank="Friday")]
    assert menu.sheet(FACTS).title == "Banks"


def test_a_bank_is_used_played_from_and_renamed() -> None:
    menu = Menu()
    menu.push(FACTS, 0.0)
    assert choose(menu, FACTS, "Banks", "Пятница", "Use this bank") == [UseBank(bank="Пятница")]
    assert not menu.is_open
    menu.push(FACTS, 0.0)
    assert choose(menu, FACTS, "Banks", "Friday", "1 Crunch") == [UseBank(bank="Friday", place=1)]
    menu.push(FACTS, 0.0)
    choose(menu, FACTS, "Banks", "Friday")
    assert "Use this bank" not in [row.label for row in menu.sheet(FACTS).rows]
    choose(menu, FACTS, "Rename")
    assert drive(menu, FACTS, ">o<o") == [RenameBank(bank="Friday", name="Frida")]


def test_a_full_bank_takes_no_more_and_one_that_is_gone_says_so() -> None:
    full = replace(FACTS, banks=(Bank("Friday", ("03-crunch",) * MAX_IN_BANK),))
    menu = Menu()
    menu.push(full, 0.0)
    choose(menu, full, "Banks", "Friday")
    assert "Add this preset" not in [row.label for row in menu.sheet(full).rows]
    sheet = menu.sheet(replace(FACTS, banks=()))
    assert (sheet.rows, sheet.note) == ((), "This bank is gone.")


def test_a_new_preset_has_a_name_of_its_own() -> None:
    menu = Menu()
    taken = replace(FACTS, goods=replace(FACTS.goods, presets=(*FACTS.goods.presets, Listed("09-new", "New preset"))))
    menu.turn(1, taken, 0.0)
    assert choose(menu, taken, "New preset") == [NewPreset(name="New preset 2")]
    assert isinstance(menu.sheet(EMPTY), ChainSheet) and menu.sheet(EMPTY).boxes[menu.sheet(EMPTY).at].short == "+"


def test_a_knob_is_turned_until_its_end() -> None:
    menu = Menu()
    menu.push(FACTS, 0.0)
    choose(menu, FACTS, "Chain")
    drive(menu, FACTS, "o")
    choose(menu, FACTS, "Drive")
    assert isinstance(menu.sheet(FACTS), KnobSheet)
    assert drive(menu, FACTS, ">") == [protocol.SetParam(target="amp1.drive_db", value=4.0)]
    assert menu.turn(999, FACTS, 0.0) == (protocol.SetParam(target="amp1.drive_db", value=24.0),)
    amp = replace(CRUNCH.block("amp1"), values={"drive_db": 24.0})
    loud = replace(FACTS, preset=CRUNCH.with_block(amp))
    assert drive(menu, loud, ">") == []
    drive(menu, loud, "o")
    assert isinstance(menu.sheet(loud), ListSheet)


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    kinds = draw(st.lists(st.sampled_from([kind.name for kind in KINDS.values() if not kind.implicit]), max_size=16))
    files = {"model": "a/b.nam", "impulse": "c.wav"}
    blocks = tuple(
        Block(f"{kind}{number}", kind, files.get(KINDS[kind].asset, ""), on=draw(st.booleans()))
        for number, kind in enumerate(kinds)
    )
    snapshots = tuple(Snapshot(number) for number in draw(st.sets(st.integers(1, 8))))
    name = draw(st.text(max_size=64))
    folders = st.sampled_from(["", "a", "a/b", "a/b/c", "ab", "Ж"])
    banks = st.builds(Bank, st.sampled_from("abc"), st.lists(st.sampled_from(["01-a", "gone"]), max_size=8).map(tuple))
    things = st.builds(Thing, st.text(min_size=1), st.text(), folders, st.just("0" * 64), st.booleans())
    return Facts(
        preset=Preset(name, blocks, snapshots=snapshots),
        key=draw(st.sampled_from(["", "01-a", "gone"])),
        edited=draw(st.booleans()),
        goods=Goods(
            tuple(draw(st.lists(st.builds(Listed, st.sampled_from(["01-a", "02-b"]), st.text()), max_size=5))),
            tuple(draw(st.lists(things, max_size=6))),
            tuple(draw(st.lists(things, max_size=6))),
            draw(st.booleans()),
        ),
        loop=draw(st.sampled_from([None, FACTS.loop])),
        loop_level_db=draw(st.sampled_from([None, -3.0])),
        can_undo=draw(st.booleans()),
        tuner_on=draw(st.booleans()),
        reference_hz=draw(st.floats(430.0, 450.0)),
        connection=draw(st.sampled_from(["", "full-range", "what is this"])),
        output_mode=draw(st.sampled_from(["raw", "normalised", "?"])),
        channel=draw(st.sampled_from(["left", "right", "sum", "?"])),
        messages=tuple(draw(st.lists(st.text(), max_size=3))),
        switches=draw(st.sampled_from([{}, FACTS.switches])),
        banks=tuple(draw(st.lists(banks, max_size=3, unique_by=lambda bank: bank.name))),
        bank=draw(st.sampled_from(["", "a", "b"])),
    )


#: As a hand that wants to get somewhere: mostly on, seldom back.
DEEDS = st.sampled_from([1, 1, 1, 2, 3, 5, -1, -1, -2, -40, 40, *["push"] * 9, "back"])


@settings(max_examples=150, deadline=None)
@given(st.lists(facts(), min_size=1, max_size=3), st.lists(DEEDS, min_size=20, max_size=80), st.text(max_size=40))
def test_whatever_is_done_there_is_a_page_and_wishes_that_can_be_said(
    pedals: list[Facts], deeds: list[int | str], message: str
) -> None:
    """The pedal changes in between: presets, blocks and things come and go under the menu."""
    menu = Menu()
    for number, deed in enumerate(deeds):
        now = pedals[number % len(pedals)]
        wishes = menu.turn(deed, now, 0.0) if isinstance(deed, int) else getattr(menu, deed)(now, 0.0)
        for wish in wishes:
            line = protocol.format_request(wish)
            assert protocol.parse_request(line.rstrip()) == wish
        for seen in pedals:
            sheet = menu.sheet(seen)
            if sheet is not None:
                assert draw_menu(sheet, message, number).size == (128, 64)
