"""What a player asks of a width, as limits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal.panel.quality import CHOICES, is_quality, limits


@pytest.mark.parametrize(
    ("quality", "expected"),
    [
        ("auto", (0, 3)),
        ("full", (3, 3)),
        ("lite", (0, 0)),
        ("2", (1, 1)),
        ("2..full", (1, 3)),
        ("2..", (1, 3)),
        ("..2", (0, 1)),
        ("2..3", (1, 2)),
        ("lite..full", (0, 3)),
        ("9", (3, 3)),
        ("full..lite", (3, 3)),
        ("nonsense", (0, 3)),
    ],
)
def test_limits_of_four_widths(quality: str, expected: tuple[int, int]) -> None:
    assert limits(quality, 4) == expected


@given(st.one_of(st.text(max_size=12), st.from_regex(r"(lite|full|[0-9]|\.\.|auto){1,3}", fullmatch=True)))
def test_any_text_gives_limits_that_an_amp_has(text: str) -> None:
    for widths in (1, 2, 5):
        floor, ceiling = limits(text, widths)
        assert 0 <= floor <= ceiling < widths


def test_words() -> None:
    assert all(is_quality(word) for word in CHOICES)
    assert not any(is_quality(word) for word in ("", "..", "0", "2..x", "auto..full", "full\n", "1..2..3"))
