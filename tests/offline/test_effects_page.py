"""The page of effects is what the table says today."""

from __future__ import annotations

from pedal.offline.effects_page import PAGE, effects_page


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == effects_page(), "run python -m pedal.offline.effects_page"
