"""Names from outside: whatever they are, what is shown is one printable line, and no path."""

from __future__ import annotations

import os
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal.library.names import (
    MAX_CATEGORY,
    MAX_NAME,
    UNNAMED,
    clean_category,
    clean_name,
    clean_stem,
    fold,
    free_name,
)
from pedal.preset.model import MAX_ASSET_NAME, checked_asset_name

#: Letters, marks, marks of direction, controls, halves of surrogates.
raw_names = st.text(st.characters(), max_size=300) | st.binary(max_size=255).map(os.fsdecode)


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("Plexi", "Plexi"),
        ("two\nlines\r\n", "two lines"),
        ("../../etc/passwd", "-..-etc-passwd"),
        ("..\\up", "-up"),
        ("evil\u202egnp.exe", "evilgnp.exe"),
        ("\u200f\u2067right to left\u2069", "right to left"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("esc\x1b[31mred\x1b[0m", "esc[31mred[0m"),
        ("e\u0301te\u0301", "été"),
        (".hidden", "hidden"),
        ("   ", UNNAMED),
        ("", UNNAMED),
        ("\u202e\u0000", UNNAMED),
        ("Ö" * 255, "Ö" * MAX_NAME),
        (os.fsdecode(b"caf\xe9"), "caf"),
        ("z" + "\u0335" * 50 + "algo", "z" + "\u0335" * 3 + "algo"),
        ("ギター 🎸", "ギター 🎸"),
    ],
)
def test_names_are_cleaned(raw: str, cleaned: str) -> None:
    assert clean_name(raw) == cleaned


@given(raw_names)
def test_what_is_cleaned_can_be_shown_and_leads_nowhere(raw: str) -> None:
    name = clean_name(raw)
    assert 1 <= len(name) <= MAX_NAME
    assert name.isprintable() and name.encode()
    assert name == unicodedata.normalize("NFC", name) == clean_name(name)
    assert "/" not in name and "\\" not in name and not name.startswith(".")
    assert checked_asset_name(f"{name}.nam", "model", "") == f"{name}.nam"


@given(st.lists(raw_names, max_size=30), raw_names)
def test_category_and_name_together_are_a_name_that_presets_can_hold(folders: list[str], raw: str) -> None:
    category, name = clean_category(folders), clean_name(raw)
    assert len(category) <= MAX_CATEGORY
    asset_name = f"{category}/{name}.nam".lstrip("/")
    assert len(asset_name) <= MAX_ASSET_NAME
    assert checked_asset_name(asset_name, "model", "") == asset_name


def test_the_ending_is_not_part_of_the_name() -> None:
    assert [clean_stem(name) for name in ("amp.v2.nam", "amp", "AMP.NAM", ".nam")] == ["amp.v2", "amp", "AMP", "nam"]


@given(st.lists(raw_names, min_size=1, max_size=8))
def test_a_free_name_is_free(raws: list[str]) -> None:
    taken: list[str] = []
    for raw in raws:
        name = free_name(clean_name(raw), taken)
        assert fold(name) not in {fold(other) for other in taken}
        assert len(name) <= MAX_NAME and name.isprintable()
        taken.append(name)


def test_searching_knows_no_accents_and_no_case() -> None:
    assert fold("  Übergröße-№5: ÉTÉ ") == "ubergrosse no5 ete"
    assert fold("I\u0307stanbul") == fold("istanbul")
