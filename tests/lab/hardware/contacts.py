"""Watches the relay's pin: when it changed, whether its heartbeat holds the contacts; and the pedal's mute beside it.

Used by scenarios in the driver; looks every few milliseconds of virtual time, in a thread of its own.
"""

from __future__ import annotations

import threading
import time
from itertools import pairwise
from pathlib import Path

from pedal.layout import CARD_RUNNING
from pedal.system.heartbeat import load_beat
from tests.lab.hardware.pins import SimulatedPins

#: How often one looks: a heartbeat of 20 Hz changes its pin every 25 ms.
LOOK_S = 0.005
#: A pin that has stood still for so long no longer beats.
STILL_S = 0.1


class Contacts:
    """One relay with a heartbeat.

    Args:
        pins: of the guest.
        pin: of the relay.
        link_path: of the pedal, where its parent writes whether it is muted.
    """

    def __init__(self, pins: SimulatedPins, pin: int, link_path: Path) -> None:
        self._pins, self._pin, self._link_path = pins, pin, link_path
        #: Moments (ns) at which the pin was seen to have changed.
        self.edges_ns: list[int] = []
        #: Moments (ns) at which the pedal was seen to be muted, or not any more; it begins with a mute.
        self.mutes: list[tuple[int, bool]] = [(time.monotonic_ns(), True)]
        #: Moments (ns) at which a sound process was first seen to play.
        self.began_ns: dict[int, int] = {}
        self._was_high = pins.is_high(pin)
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="contacts", daemon=True)
        self._thread.start()

    @property
    def is_beating(self) -> bool:
        """Whether the pin changed a moment ago."""
        return bool(self.edges_ns) and time.monotonic_ns() - self.edges_ns[-1] < 1e9 * STILL_S

    @property
    def is_muted(self) -> bool:
        """Whether the pedal was muted when one looked last."""
        return self.mutes[-1][1]

    def first_edge_ns(self, since_ns: int) -> int:
        """The first change of the pin after a moment.

        Raises:
            StopIteration: there is none.
        """
        return next(at_ns for at_ns in self.edges_ns if at_ns > since_ns)

    def stopped_ns(self, since_ns: int) -> int | None:
        """The last change before the first pause after a moment; that moment if none came; None while it beats on."""
        edges = [since_ns, *(at_ns for at_ns in self.edges_ns if at_ns > since_ns), time.monotonic_ns()]
        return next((before for before, after in pairwise(edges) if after - before > 1e9 * STILL_S), None)

    def longest_pause_s(self, since_ns: int) -> float:
        """The longest time since a moment in which the pin did not change."""
        edges = [since_ns, *(at_ns for at_ns in self.edges_ns if at_ns > since_ns), time.monotonic_ns()]
        return max(after - before for before, after in pairwise(edges)) / 1e9

    def stop(self) -> None:
        """Look no more."""
        self._stopped = True
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped:
            now_ns, is_high, beat = time.monotonic_ns(), self._pins.is_high(self._pin), load_beat(self._link_path)
            if is_high != self._was_high:
                self.edges_ns.append(now_ns)
                self._was_high = is_high
            if beat is not None and beat.is_muted != self.is_muted:
                self.mutes.append((now_ns, beat.is_muted))
            if beat is not None and beat.audio_pid and beat.card_state == CARD_RUNNING:
                self.began_ns.setdefault(beat.audio_pid, now_ns)
            time.sleep(LOOK_S)
