"""A relay whose every change of the pin is written down with its time, for tests."""

from __future__ import annotations

import time

from gpiozero.pins.mock import MockFactory

from pedal.config import RelaySettings
from pedal.system.relay import Relay, open_relay

PIN = 12


class NotedRelay:
    """``open_relay`` on a mock pin; ``edges`` are (seconds, monotonic; level), ``drives`` what was asked and when."""

    def __init__(self, pins: MockFactory) -> None:
        self._relay: Relay = open_relay(RelaySettings(pin=PIN))
        self._pin = pins.pin(PIN)
        self.beat_s = self._relay.beat_s
        self.edges: list[tuple[float, bool]] = []
        self.drives: list[tuple[float, bool]] = []

    def drive(self, wet: bool) -> None:
        self.drives.append((time.monotonic(), wet))
        self._relay.drive(wet)
        self._note()

    def turn(self) -> None:
        self._relay.turn()
        self._note()

    def close(self) -> None:
        self._relay.close()

    def _note(self) -> None:
        level = bool(self._pin.state)
        if not self.edges or self.edges[-1][1] != level:
            self.edges.append((time.monotonic(), level))

    @property
    def rising_s(self) -> list[float]:
        return [at_s for at_s, level in self.edges if level]
