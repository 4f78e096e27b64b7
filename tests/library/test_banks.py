"""The file of banks: what is read, what is refused and how, and what survives."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal.errors import PresetError
from pedal.library.atomic import previous_of
from pedal.library.banks import Bank, BankStore, find_bank, format_banks, parse_banks, with_new, with_presets
from pedal.preset import NewerSchemaError

ROCK, QUIET = Bank("Rock", ("01-crunch", "03-two-amps")), Bank("Quiet songs", ("02-clean-edge", "01-crunch"))
TEXT = """\
# for Friday
[[bank]]
name = "Rock"   # loud
presets = ["01-crunch", "03-two-amps"]

[[bank]]
name = "Quiet songs"
presets = ["02-clean-edge", "01-crunch"]
"""

KEYS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,63}", fullmatch=True)
NAMES = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=24)
BANKS = st.lists(
    st.builds(Bank, NAMES, st.lists(KEYS, max_size=8).map(tuple)),
    max_size=6,
    unique_by=lambda bank: bank.name.casefold(),
).map(tuple)


@given(BANKS)
def test_what_is_written_is_read_back(banks: tuple[Bank, ...]) -> None:
    assert parse_banks(format_banks(banks), "banks.toml") == banks


def test_reads_what_a_person_writes() -> None:
    assert parse_banks(TEXT, "banks.toml") == (ROCK, QUIET)
    assert parse_banks("", "banks.toml") == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("bank = 3", "list of tables"),
        ("banks = []", "unknown key 'banks'.*bank"),
        ("[[bank]]", "bank 1: has no name"),
        ('[[bank]]\nname = ""', "has no name"),
        ('[[bank]]\nname = "' + "x" * 25 + '"', "1 to 24 plain"),
        ('[[bank]]\nname = "a"\n[[bank]]\nname = "A"', "two banks 'A'"),
        ('[[bank]]\nname = "a"\npreset = []', "unknown key 'preset'.*presets"),
        ('[[bank]]\nname = "a"\npresets = "x"', "list of presets"),
        ('[[bank]]\nname = "a"\npresets = ["../x"]', "list of presets"),
        ('[[bank]]\nname = "a"\npresets = ["x", 3]', "list of presets"),
        ('[[bank]]\nname = "a"\npresets = [' + '"x",' * 9 + "]", "9 presets.*at most 8"),
        ("".join(f'[[bank]]\nname = "{i}"\n' for i in range(65)), "65 banks.*at most 64"),
        ("schema = 2", "newer pedal"),
        ("schema = 0", "no version"),
        ("x = [", "not TOML"),
    ],
)
def test_refuses_in_one_sentence(text: str, says: str) -> None:
    with pytest.raises(PresetError, match=says) as caught:
        parse_banks(text, "banks.toml")
    assert str(caught.value).startswith("banks.toml") and "\n" not in str(caught.value)


def test_found_by_name_or_number() -> None:
    banks = (ROCK, QUIET)
    assert [find_bank(banks, name) for name in ("rock", "QUIET SONGS", "2")] == [ROCK, QUIET, QUIET]
    for name in ("3", "0", "roc", "99999999999"):
        with pytest.raises(PresetError, match="no bank"):
            find_bank(banks, name)


def test_limits() -> None:
    full = Bank("Full", ("x",) * 8)
    with pytest.raises(PresetError, match="has 8 presets already"):
        with_presets((full,), Bank("Full", ("x",) * 9), full)
    with pytest.raises(PresetError, match="64 banks already"):
        with_new(tuple(Bank(str(number)) for number in range(64)), "one more")


def test_saving_keeps_comments_and_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "banks.toml"
    store = BankStore(path)
    assert store.load() == ((), "")
    path.write_text(TEXT)
    store.save((QUIET, Bank("Rock", ("03-two-amps",))))
    assert store.load() == ((QUIET, Bank("Rock", ("03-two-amps",))), "")
    assert "# loud" in path.read_text() and previous_of(path).read_text() == TEXT
    path.write_text("[[bank")
    banks, trouble = store.load()
    assert banks == (ROCK, QUIET) and "is not TOML" in trouble and "as they were before" in trouble
    store.save(banks)
    assert path.with_name("banks.toml.broken").read_text() == "[[bank"
    assert previous_of(path).read_text() == TEXT
    path.write_text("schema = 2\n")
    for attempt in (store.load, lambda: store.save(banks)):
        with pytest.raises(NewerSchemaError):
            attempt()
    assert path.read_text() == "schema = 2\n"
