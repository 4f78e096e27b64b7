"""How long a message stays on the page. Used by the panel's loop."""

from __future__ import annotations

import logging

from pedal.panel.player import Player

_log = logging.getLogger("pedal.panel")

MESSAGE_S = 6.0


class Message:
    """Whatever is said last is written into the log once, and leaves the page after ``MESSAGE_S``."""

    def __init__(self, player: Player) -> None:
        self._player = player
        self._text, self._since_s = "", 0.0

    def tick(self, now_s: float) -> None:
        """Let time pass."""
        text = self._player.message
        if text != self._text:
            self._text, self._since_s = text, now_s
            if text:
                _log.info("%s", text)
        elif text and now_s - self._since_s > MESSAGE_S:
            self._player.message = ""
