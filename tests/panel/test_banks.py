"""Banks under the feet: a press plays what lies there, or says what is missing; nothing is skipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from pedal.config import parse_board
from pedal.errors import PresetError
from pedal.library.banks import Bank
from pedal.panel.bank_requests import (
    AddToBank,
    BankRequest,
    DeleteBank,
    MoveInBank,
    NewBank,
    RemoveFromBank,
    RenameBank,
    UseBank,
)
from pedal.panel.preset_requests import DeletePreset
from pedal.preset import Preset
from tests.panel.stand import Stand, tone

BOARD = parse_board(
    '[audio]\ncard = "M2"\n[switches.one]\npin = 17\naction = "preset_1"\n'
    '[switches.up]\npin = 27\naction = "next_bank"\n',
    "four.toml",
)
PRESETS = {
    f"0{number}-{name.lower()}": Preset(name, (tone(),)) for number, name in enumerate(("One", "Two", "Three"), 1)
}
BANKS = (Bank("Rock", ("02-two", "09-gone", "01-one")), Bank("Quiet", ("03-three",)), Bank("Empty"))


@pytest.fixture(params=["with switches", "without"])
def stand(tmp_path: Path, request: pytest.FixtureRequest) -> Stand:
    return made(tmp_path, has_switches=request.param == "with switches")


@pytest.fixture
def switches(tmp_path: Path) -> Stand:
    return made(tmp_path, has_switches=True)


def made(folder: Path, *, has_switches: bool) -> Stand:
    stand = Stand(folder, PRESETS, BOARD) if has_switches else Stand(folder, PRESETS)
    stand.bank_store.save(BANKS)
    stand.play("01-one")
    return stand


def test_a_press_plays_what_lies_under_it(stand: Stand) -> None:
    stand.banks.play(1)
    assert stand.player.key == "02-two", "of the first bank, where none was chosen"
    stand.banks.play(3)
    assert stand.player.key == "01-one"


def test_what_is_missing_is_said_and_keeps_its_place(stand: Stand) -> None:
    with pytest.raises(PresetError, match=r"bank 'Rock', 2: preset '09-gone' is missing. Take it out with"):
        stand.banks.play(2)
    with pytest.raises(PresetError, match="bank 'Rock' has no preset 4"):
        stand.banks.play(4)
    assert stand.player.key == "01-one"


def test_with_switches_a_bank_waits_for_one(switches: Stand) -> None:
    jobs = len(switches.bench.jobs)
    switches.banks.step(1)
    assert (switches.hand.bank, switches.player.message) == ("Quiet", "Bank Quiet: 1 03-three")
    switches.banks.step(-1)
    assert switches.player.message == "Bank Rock: 1 02-two, 2 09-gone (missing), 3 01-one"
    switches.banks.step(-1)
    assert switches.player.message == "Bank Empty: empty", "around the end"
    assert len(switches.bench.jobs) == jobs
    switches.banks.step(-1)
    switches.banks.play(1)
    assert switches.player.key == "03-three"


def test_without_switches_a_bank_plays_its_first(tmp_path: Path) -> None:
    stand = made(tmp_path, has_switches=False)
    stand.banks.step(1)
    assert (stand.player.key, stand.player.message) == ("03-three", "Bank Quiet: 1 03-three")
    stand.banks.step(1)
    assert (stand.player.key, stand.player.message) == ("03-three", "Bank Empty: empty")


def test_the_bank_survives_the_panel(switches: Stand) -> None:
    switches.banks.step(1)
    switches.restart()
    switches.player.begin(0.0)
    switches.banks.play(1)
    assert switches.player.key == "03-three"


def test_no_banks(stand: Stand) -> None:
    stand.bank_store.save(())
    for verb in (lambda: stand.banks.play(1), lambda: stand.banks.step(1)):
        with pytest.raises(PresetError, match=r"no banks.*pedal bank new"):
            verb()


@pytest.mark.parametrize(
    ("request_", "after"),
    [
        (NewBank(name="Late"), (*BANKS, Bank("Late"))),
        (RenameBank(bank="quiet", name="Soft"), (BANKS[0], Bank("Soft", ("03-three",)), BANKS[2])),
        (RenameBank(bank="quiet", name="QUIET"), (BANKS[0], Bank("QUIET", ("03-three",)), BANKS[2])),
        (DeleteBank(bank="2"), (BANKS[0], BANKS[2])),
        (AddToBank(bank="Quiet", preset="One"), (BANKS[0], Bank("Quiet", ("03-three", "01-one")), BANKS[2])),
        (
            AddToBank(bank="Quiet", preset="01-one", place=1),
            (BANKS[0], Bank("Quiet", ("01-one", "03-three")), BANKS[2]),
        ),
        (RemoveFromBank(bank="Rock", place=2), (Bank("Rock", ("02-two", "01-one")), *BANKS[1:])),
        (MoveInBank(bank="Rock", place=3, to=1), (Bank("Rock", ("01-one", "02-two", "09-gone")), *BANKS[1:])),
        (MoveInBank(bank="Rock", place=1, to=8), (Bank("Rock", ("09-gone", "01-one", "02-two")), *BANKS[1:])),
    ],
)
def test_changes_are_kept(switches: Stand, request_: BankRequest, after: tuple[Bank, ...]) -> None:
    switches.banks.answer(request_)
    assert switches.bank_store.load() == (after, "")


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (NewBank(name="rock"), "two banks 'rock'"),
        (NewBank(name="a\nb"), "a screen shows"),
        (RenameBank(bank="Quiet", name="Rock"), "two banks"),
        (DeleteBank(bank="Quite"), "no bank 'Quite'.*Quiet"),
        (AddToBank(bank="Quiet", preset="Four"), "no preset 'Four'"),
        (RemoveFromBank(bank="Quiet", place=2), "has no preset 2"),
        (MoveInBank(bank="Quiet", place=2, to=1), "has no preset 2"),
        (UseBank(bank="Loud"), "no bank 'Loud'"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(switches: Stand, request_: BankRequest, says: str) -> None:
    with pytest.raises(PresetError, match=says):
        switches.banks.answer(request_)
    assert switches.bank_store.load() == (BANKS, "") and switches.hand.bank == ""


def test_use_by_command(switches: Stand) -> None:
    answer = switches.banks.answer(UseBank(bank="rock", place=3))
    assert answer == {"bank": "Rock", "presets": list(BANKS[0].presets), "missing": ["09-gone"]}
    assert (switches.player.key, switches.hand.bank) == ("01-one", "Rock")
    assert switches.banks.answer(UseBank(step=1))["bank"] == "Quiet"
    assert switches.banks.answer(UseBank())["bank"] == "Quiet", "only asked"
    switches.banks.answer(RenameBank(bank="Quiet", name="Soft"))
    assert switches.hand.bank == "Soft"


def test_a_preset_of_a_bank_is_not_deleted_unasked(switches: Stand) -> None:
    with pytest.raises(PresetError, match=r"'03-three' is in bank Quiet.*--yes"):
        switches.keeping.answer(DeletePreset(preset="Three"))
    switches.keeping.answer(DeletePreset(preset="Three", sure=True))
    switches.hand.choose_bank("Quiet")
    with pytest.raises(PresetError, match="'03-three' is missing"):
        switches.banks.play(1)


def test_a_broken_file_is_said_and_the_banks_are_as_before(switches: Stand) -> None:
    switches.bank_store.save(BANKS[::-1])
    (switches.folder / "banks.toml").write_text("[[bank")
    switches.banks.answer(UseBank())
    assert "banks.toml: is not TOML" in switches.player.message
    switches.banks.answer(UseBank(bank="Rock", place=1))
    assert switches.player.key == "02-two"
