"""Text in pixels: fitted, scrolled, wrapped, and in letters that the fonts have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pedal.panel.display import text


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("Crunch", "Crunch"),
        ("Señor Müller", "Señor Müller"),
        ("“Łódź” – 2×12…", '"Łódź" - 2x12...'),
        ("Съешь ещё этих, №5", "Съешь ещё этих, No.5"),
        ("Їжак, Ґанок, Ђорђе", "Їжак, Ґанок, Ђорђе"),
        ("ğ", "g"),
        ("a\tb\n c", "a b c"),
        ("e\u0301", "é"),
        ("\x1b[31mred\x00", "[31mred"),
        ("ギ", "?"),
        ("", ""),
    ],
)
def test_printable(given_text: str, shown: str) -> None:
    assert text.printable(given_text) == shown


@given(st.text(max_size=80))
def test_printable_is_in_every_font(given_text: str) -> None:
    shown = text.printable(given_text)
    for name in ("tiny", "small", "bold", "big"):
        text.width_px(shown, name)
    assert text.printable(shown) == shown


@given(st.integers(1, 500))
def test_a_scroll_rests_runs_and_starts_again(overflow_px: int) -> None:
    offsets = [text.scroll_px(overflow_px, tick) for tick in range(1000)]
    assert offsets[0] == 0
    assert max(offsets) == overflow_px
    assert offsets.count(overflow_px) >= 10
    first_end = offsets.index(overflow_px)
    assert offsets[: first_end + 1] == sorted(offsets[: first_end + 1])
    assert 0 in offsets[first_end:]


def test_what_fits_never_moves() -> None:
    assert {text.scroll_px(overflow_px, tick) for overflow_px in (-40, 0) for tick in range(100)} == {0}


@given(st.text(max_size=200), st.integers(12, 128))
def test_wrapped_lines_fit_and_lose_nothing(given_text: str, width: int) -> None:
    lines = text.wrapped(given_text, "small", width)
    assert all(text.width_px(line, "small") <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.printable(given_text).replace(" ", "")


@given(st.text(max_size=60), st.integers(0, 300), st.booleans())
def test_text_stays_in_its_box(given_text: str, tick: int, centred: bool) -> None:
    page = Image.new("1", (128, 64))
    text.draw_text(page, (20, 10, 70, 22), given_text, "bold", tick=tick, centred=centred)
    left, top, right, bottom = page.getbbox() or (20, 10, 70, 22)
    assert left >= 20
    assert top >= 9  # the caron of a capital
    assert right <= 70
    assert bottom <= 22


@pytest.mark.parametrize("letter", "ŠŁżщЫїЖ")
@pytest.mark.parametrize("font_name", ["small", "bold", "big"])
def test_letters_of_other_charsets_are_letters_on_the_same_line(letter: str, font_name: str) -> None:
    def drawn(given_text: str) -> Image.Image:
        page = Image.new("1", (128, 64))
        text.draw_text(page, (0, 10, 128, 40), given_text, font_name)
        return page

    assert drawn(letter).tobytes() != drawn("?").tobytes()
    assert drawn(letter).getbbox() is not None
    base_line = drawn("H").getbbox()[3]
    assert abs(drawn(letter).getbbox()[3] - base_line) <= (0 if letter in "ŠŁЫЖ" else 3)


@pytest.mark.parametrize("font_name", ["tiny", "small", "bold", "big"])
def test_the_last_letter_is_whole(font_name: str) -> None:
    """Each letter is as wide at the end of a text as before a blank and another one."""
    for letter in map(chr, range(33, 127)):
        wide = Image.new("1", (128, 64))
        text.draw_text(wide, (0, 10, 128, 40), letter, font_name)
        box = (0, 10, text.width_px(letter, font_name), 40)
        fitted = Image.new("1", (128, 64))
        text.draw_text(fitted, box, letter, font_name)
        with_more = Image.new("1", (128, 64))
        text.draw_text(with_more, (0, 10, 128, 40), f"{letter} .", font_name)
        first = with_more.crop((0, 0, box[2], 64))
        assert fitted.tobytes() == wide.tobytes()
        assert first.getbbox() == wide.getbbox()
