"""A player's walk by key presses only, from the playing page: at most twenty for each thing. And what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from pedal.config import parse_board
from pedal.errors import ControlError
from pedal.library.banks import Bank
from pedal.panel.menu.machine import IDLE_S
from pedal.panel.menu.sheets import ChainSheet
from tests.panel import walk
from tests.panel.walk import Walker, until, walker

MOST_PRESSES = 20


@pytest.fixture
def walking(tmp_path: Path) -> Iterator[Walker]:
    with walker(tmp_path) as made:
        yield made


def counted(walking: Walker, deed: object) -> int:
    """How many presses a deed takes from the playing page."""
    while walking.menus.is_open:
        walking.hold()
    walking.presses = 0
    deed(walking)  # type: ignore[operator]
    return walking.presses


def test_each_thing_takes_at_most_twenty_presses(walking: Walker) -> None:
    presses = {caption: counted(walking, deed) for caption, deed in walk.WALK}
    print(presses)
    assert max(presses.values()) <= MOST_PRESSES, presses


def test_a_model_is_chosen_and_plays(walking: Walker) -> None:
    walk.choose_a_model(walking)
    assert walking.stand.hand.preset.block("amp1").asset == "British/Plexi bright.nam"
    assert not walking.stand.player.work.is_building and not walking.menus.is_open


def test_a_chain_of_five_blocks_is_built_saved_and_found_again(walking: Walker) -> None:
    walk.build_a_chain(walking)
    blocks = walking.stand.hand.preset.blocks
    assert [block.kind for block in blocks] == ["gate", "amp", "cab", "delay", "reverb"]
    assert walking.stand.hand.key == "", "it is nowhere yet"
    while walking.menus.is_open:
        walking.hold()
    walk.save_it(walking)
    key = walking.stand.hand.key
    assert key and walking.stand.store.load(key).preset.blocks == blocks
    until(lambda: "New preset" in [listed.name for listed in walking.menus.shelf.goods.presets])
    assert walking.stand.player.message == "Saved: New preset"


def test_a_switch_is_assigned_for_this_preset(walking: Walker) -> None:
    walk.build_a_chain(walking)
    while walking.menus.is_open:
        walking.hold()
    walk.assign_a_switch(walking)
    assert walking.stand.hand.preset.switches == {"next": {"action": "bypass:reverb1"}}
    walking.foot("next")
    assert not walking.stand.hand.preset.block("reverb1").on


def test_a_bank_is_made_and_filled_by_key_presses_and_its_presets_are_played_from_it(walking: Walker) -> None:
    def make_it(walk: Walker) -> None:
        walk.push()
        walk.choose("Banks")
        walk.choose("New bank")
        walk.push()
        walk.choose("Bank")
        walk.choose("Add this preset")

    assert counted(walking, make_it) <= MOST_PRESSES
    assert walking.stand.bank_store.load()[0] == (Bank("Bank", ("01-crunch",)),)
    assert walking.menus.facts().bank == "Bank"
    walking.stand.bank_store.save((Bank("Bank", ("02-swell", "01-crunch")),))  # by hand, under the open menu
    walking.choose("1 Swell")
    assert walking.stand.hand.key == "02-swell" and not walking.menus.is_open


def test_a_hold_is_assigned_and_felt(walking: Walker) -> None:
    walking.push()
    for label in ("Switches", "next", "Hold", "Tuner"):
        walking.choose(label)
    assert walking.stand.hand.preset.switches == {"next": {"hold": "tuner"}}
    walking.menus.close()
    walking.foot("next", "hold")
    assert walking.tuner.is_on


def test_a_snapshot_is_written_over_after_a_question(walking: Walker) -> None:
    walking.push()
    walking.choose("This preset")
    walking.choose("Snapshots")
    walking.push()
    before = walking.stand.player.preset.snapshots
    walking.stand.player.set_param("amp1.drive_db", 6.0, 1.0)
    for label in ("Write over one", "1", "No"):
        walking.choose(label)
    assert walking.stand.player.preset.snapshots == before
    for label in ("Write over one", "1", "Yes"):
        walking.choose(label)
    (after,) = walking.stand.player.preset.snapshots
    assert (after.number, after.values["amp1"]["drive_db"]) == (1, 6.0)


def test_the_tuner_comes_and_goes(walking: Walker) -> None:
    walking.hold()
    assert walking.tuner.is_on
    walking.turn(2)
    assert walking.tuner.reference_hz == 442.0
    walking.push()
    assert not walking.tuner.is_on


def test_what_cannot_be_done_is_said_at_the_foot(walking: Walker) -> None:
    """A second gate: a chain has room for one."""
    walking.push()
    walking.choose("Chain")
    walking.choose_box("Add")
    walking.choose("Gate")
    assert "room for 1 'gate'" in walking.stand.player.message
    assert [block.kind for block in walking.stand.player.preset.blocks] == ["gate", "amp", "cab"]
    assert walking.page().crop((0, 52, 128, 64)).getbbox() == (0, 0, 128, 12)


def test_two_footswitches_are_enough(walking: Walker) -> None:
    """Opened by foot, the first switch turns, the second pushes; held they go back. Closed, they do what they did."""
    walking.menus.open_by_foot(0.0)
    walking.footwork.look_after()
    first = walking.sheet()
    walking.foot("bypass")
    assert walking.sheet().at == first.at + 1
    walking.foot("bypass", "hold")
    assert walking.sheet().at == first.at
    walking.foot("next")
    assert isinstance(walking.sheet(), ChainSheet)
    walking.foot("next", "hold")
    assert (walking.sheet().title, walking.sheet().at) == (first.title, first.at)
    walking.foot("next", "hold")
    assert not walking.menus.is_open
    assert walking.stand.hand.key == "01-crunch"
    walking.foot("next")
    assert walking.stand.hand.key == "02-swell"


def test_feet_that_are_needed_elsewhere_are_given_back(walking: Walker) -> None:
    """Safe mode: there the bypass switch is the way out. A menu of the encoder stays."""
    walking.menus.open_by_foot(0.0)
    walking.menus.let_go_of_feet()
    assert not walking.menus.is_open
    walking.foot("next")
    assert walking.stand.hand.key == "02-swell"
    walking.push()
    walking.menus.let_go_of_feet()
    assert walking.menus.is_open
    walking.menus.close()
    assert not walking.menus.is_open


def test_one_footswitch_is_not_enough(walking: Walker) -> None:
    walking.menus.board = parse_board('[audio]\ncard = "M2"\n[switches.a]\npin = 5\naction = "menu"\n', "one.toml")
    with pytest.raises(ControlError, match="two footswitches"):
        walking.menus.open_by_foot(0.0)
    assert not walking.menus.is_open


def test_a_menu_left_alone_gives_the_feet_back(walking: Walker) -> None:
    walking.menus.open_by_foot(0.0)
    walking.menus.tick(IDLE_S + 1.0)
    walking.foot("next")
    assert walking.stand.hand.key == "02-swell"


def test_what_was_said_is_kept_and_does_not_stay_in_the_way(walking: Walker) -> None:
    walking.push()
    walking.stand.player.message = "The stick was pulled out."
    walking.menus.tick(1.0)
    walking.turn(1)
    assert walking.stand.player.message == ""
    assert walking.menus.facts().messages == ("The stick was pulled out.",)


def test_a_new_preset_is_unsaved_as_soon_as_there_is_something_in_it(walking: Walker) -> None:
    walking.turn(-1)
    walking.choose("New preset")
    assert not walking.menus.facts().edited
    walking.choose_box("Add")
    walking.push()
    assert walking.menus.facts().edited


def test_a_preset_that_cannot_be_read_is_listed_as_such(walking: Walker) -> None:
    (walking.stand.folder / "mine" / "03-broken.toml").write_text("name = ")
    walking.menus.shelf.look()
    until(lambda: "03-broken (cannot be read)" in [preset.name for preset in walking.menus.shelf.goods.presets])


def test_the_picture_in_the_readme_is_up_to_date(tmp_path: Path) -> None:
    """Else: ``python -m tests.panel.walk docs/walk-through.gif``, and look at it."""
    drawn, kept = tmp_path / "walk.gif", Path(__file__).parents[2] / "docs" / "walk-through.gif"
    walk.draw(drawn)
    with Image.open(drawn) as fresh, Image.open(kept) as there:
        assert fresh.n_frames == there.n_frames
        for frame in range(fresh.n_frames):
            fresh.seek(frame)
            there.seek(frame)
            assert fresh.convert("RGB").tobytes() == there.convert("RGB").tobytes(), f"frame {frame}"


def test_a_favourite_is_kept_and_listed(walking: Walker) -> None:
    walking.push()
    walking.choose("Model")
    walking.choose("British")
    thing = next(thing for thing in walking.menus.facts().goods.models if thing.label == "Plexi")
    walking.menus.shelf.favour("model", thing.content, True)
    until(lambda: any(thing.favourite for thing in walking.menus.shelf.goods.models))
    walking.hold()
    walking.choose("Favourites")
    assert [row.label for row in walking.sheet().rows] == ["Plexi"]


def test_a_favourite_that_is_gone_is_said(walking: Walker) -> None:
    walking.menus.shelf.favour("model", "0" * 64, True)
    until(lambda: walking.menus.shelf.trouble != "")
    walking.menus.tick(0.0)
    assert "not in the library any more" in walking.stand.player.message
