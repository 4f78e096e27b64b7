"""The page of the control socket is what the messages are today."""

from __future__ import annotations

from pedal.cli.socket_page import PAGE, socket_page


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == socket_page(), "run python -m pedal.cli.socket_page"
