"""The editor on a panel: a chain built by keys, files listened to, undo, two logins, a pedal that goes and comes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from pedal.cli.client import Client
from pedal.editor.app import Editor
from pedal.panel.hands_requests import AssignSwitch
from pedal.panel.protocol import SelectPreset, SetParam
from pedal.preset import Preset
from tests.editor.driven import SMALL, Hand, drive
from tests.editor.served import Served, served, until


@pytest.fixture
def panel() -> Iterator[Served]:
    with served() as made:
        yield made


def in_hand(panel: Served) -> Preset:
    return panel.walk.stand.player.preset


def kinds(panel: Served) -> list[str]:
    return [block.kind for block in in_hand(panel).blocks]


def test_a_chain_is_built_saved_and_played_again(panel: Served) -> None:
    async def story(hand: Hand) -> None:
        await hand.sees("Crunch", "starter-cru")
        await hand.press("p")
        await hand.sees("01-crunch")
        await hand.press("n")
        await hand.type("Mine")
        await hand.press("enter")
        await hand.until(lambda: in_hand(panel).name == "Mine")
        await hand.sees("Mine ", "Input", "Output")
        await hand.press("a", "enter")  # a gate, the first of the list
        await hand.until(lambda: kinds(panel) == ["gate"])
        await hand.sees("gate1: added")
        await hand.press("a")
        await hand.sees("Add a block")
        await hand.press("down", "down", "down", "down", "down", "enter")  # an amp, which wants a model
        await hand.sees("American/", "British/")
        await hand.press("enter")
        await hand.sees("Twin clean")
        await hand.press("down", "enter")
        await hand.until(lambda: kinds(panel) == ["gate", "amp"])
        assert in_hand(panel).block("amp1").asset == "American/Twin clean.nam"
        await hand.sees("Twin clean.nam")
        await hand.press("down", "down", "plus", "plus", "plus")
        await hand.until(lambda: in_hand(panel).block("amp1").value("drive_db") == 1.5)
        await hand.press("enter")
        await hand.sees("Drive (amp1.drive_db)")
        await hand.type("-3.5 dB")
        await hand.press("enter")
        await hand.until(lambda: in_hand(panel).block("amp1").value("drive_db") == -3.5)
        await hand.press("less_than_sign")
        await hand.until(lambda: kinds(panel) == ["amp", "gate"])
        await hand.press("s")
        await hand.sees("Save as")
        await hand.press("enter")  # under the name that it has
        await hand.until(lambda: panel.walk.stand.player.key == "03-mine")
        await hand.sees("Saved: Mine")
        assert "Mine *" not in hand.screen()

    drive(panel, SMALL, story)
    saved = panel.walk.stand.store.load("03-mine").preset
    assert [block.kind for block in saved.blocks] == ["amp", "gate"]
    assert saved.block("amp1").value("drive_db") == -3.5


def test_what_is_typed_and_cannot_be_is_told_and_stays(panel: Served) -> None:
    async def story(hand: Hand) -> None:
        await hand.sees("Drive")
        await hand.press("down", "down", "enter")
        await hand.sees("Drive (amp1.drive_db)", "+0.0 dB")
        await hand.type("700")
        await hand.press("enter")
        await hand.sees("out of range", "-24 to 24 dB", "700")
        await hand.press("escape")
        await hand.sees("CPU")
        assert in_hand(panel).block("amp1").value("drive_db") == 0.0

    drive(panel, SMALL, story)


def test_a_model_is_listened_to_and_left_or_taken(panel: Served) -> None:
    def model() -> str:
        return in_hand(panel).block("amp1").asset

    async def story(hand: Hand) -> None:
        await hand.sees("starter-crunch")
        await hand.press("m")
        await hand.sees("British/", "▶ starter-crunch")
        await hand.press("slash")
        await hand.type("bri ple")
        await hand.sees("Plexi bright")
        await hand.press("down", "down", "space")
        await hand.until(lambda: model() == "British/Plexi bright.nam")
        await hand.press("escape")
        await hand.sees("British/", "American/")
        await hand.press("escape")
        await hand.until(lambda: model() == "starter-crunch.nam")
        await hand.sees("CPU")
        await hand.press("u")
        await hand.sees("nothing to be undone")
        await hand.press("m")
        await hand.sees("British/")
        await hand.press("slash")
        await hand.type("twin")
        await hand.sees("Twin clean")
        await hand.press("enter")
        await hand.until(lambda: model() == "American/Twin clean.nam")
        await hand.sees("CPU")
        await hand.press("u")
        await hand.until(lambda: model() == "starter-crunch.nam")

    drive(panel, SMALL, story)


def test_a_favourite_has_a_star_and_a_folder_of_its_own(panel: Served) -> None:
    async def story(hand: Hand) -> None:
        await hand.sees("starter-crunch")
        await hand.press("m")
        await hand.sees("▶ starter-crunch")
        await hand.press("asterisk")
        await hand.sees("★ Favourites")

    drive(panel, SMALL, story)


def test_what_another_login_does_shows_and_is_not_undone_here(panel: Served) -> None:
    async def story(hand: Hand) -> None:
        await hand.sees("+0.0 dB")
        await hand.press("down", "down", "plus")
        await hand.sees("+0.5 dB")
        panel.ask(SetParam(target="amp1.drive_db", value=9.0))
        await hand.sees("+9.0 dB")
        await hand.press("u")
        await hand.sees("changed by somebody else")
        assert in_hand(panel).block("amp1").value("drive_db") == 9.0
        panel.ask(SelectPreset(name="02-swell"))
        await hand.sees("Swell")

    drive(panel, SMALL, story)


def test_switches_are_assigned_and_given_back(panel: Served) -> None:
    async def story(hand: Hand) -> None:
        await hand.sees("Crunch")
        await hand.press("f")
        await hand.sees("next_preset")
        await hand.press(*["down"] * 4, "enter")
        await hand.sees("bypass:amp1")
        await hand.press("down", "down", "enter")
        await hand.until(lambda: in_hand(panel).switches == {"next": {"action": "bypass:amp1"}})
        await hand.sees("▸ next")
        await hand.press("backspace")
        await hand.until(lambda: not in_hand(panel).switches)
        await hand.press("escape")
        await hand.sees("q shell")
        await hand.press("u")
        await hand.until(lambda: bool(in_hand(panel).switches))

    drive(panel, SMALL, story)
    assert panel.ask(AssignSwitch(switch="next"))["action"] == "bypass:amp1"


def test_snapshots_and_banks(panel: Served) -> None:
    async def story(hand: Hand) -> None:
        await hand.sees("Crunch")
        await hand.press("n")
        await hand.sees("1  -", "8  -")
        await hand.press("down", "s")
        await hand.sees("Name of snapshot 2")
        await hand.type("Chorus")
        await hand.press("enter")
        await hand.sees("▶ 2  Chorus")
        await hand.press("escape")
        await hand.sees("S2 Chorus", "q shell")
        await hand.press("down", "down", "plus")
        await hand.sees("S2 Chorus", "+0.5 dB")
        await hand.press("2")
        await hand.sees("+0.0 dB")
        await hand.press("k")
        await hand.sees("Friday", "1  01-crunch")
        await hand.press("down", "down", "enter")
        await hand.until(lambda: panel.walk.stand.player.key == "02-swell")
        await hand.press("less_than_sign")
        await hand.sees("1  02-swell")

    drive(panel, SMALL, story)


def test_a_pedal_that_goes_and_comes_back(panel: Served) -> None:
    async def story(hand: Hand) -> None:
        await hand.sees("+0.0 dB")
        await hand.press("down", "down", "plus")
        await hand.sees("+0.5 dB")
        panel.stop()
        await hand.sees("No pedal", "It is looked for")
        await hand.press("plus", "u", "a")  # nobody is there to be asked
        panel.start()
        await hand.sees("CPU", "+0.5 dB")
        await hand.press("u")
        await hand.sees("Undone: amp1.drive_db")

    drive(panel, SMALL, story)


def test_a_pedal_that_is_not_there_yet(panel: Served) -> None:
    panel.stop()

    async def story(hand: Hand) -> None:
        await hand.sees("No pedal", "the pedal is not running")
        panel.start()
        await hand.sees("Crunch", "CPU")

    drive(panel, SMALL, story)


def test_an_editor_that_is_killed_has_lost_nothing(panel: Served) -> None:
    """It ends in the middle of a turn: what was asked for lies in the pedal, and another login goes on from there."""

    async def killed() -> None:
        app = Editor(panel.path)
        async with app.run_test(size=SMALL) as pilot:
            hand = Hand(app, pilot)
            await hand.sees("+0.0 dB")
            await hand.press("down", "down", *["plus"] * 12)

    asyncio.run(killed())
    until(lambda: in_hand(panel).block("amp1").value("drive_db") == 6.0)
    assert Client(panel.path).call(SetParam(target="amp1.drive_db", value=6.5))

    async def again(hand: Hand) -> None:
        await hand.sees("Crunch *", "+6.5 dB")

    drive(panel, SMALL, again)
