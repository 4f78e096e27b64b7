"""From the edges of a bouncing encoder to the clicks that a hand felt. Pure: time is an argument.

``Quadrature`` is used by ``inputs_encoders`` (gpiozero's thread) once for every edge of either contact; ``Pace`` for
every click. Both in pedal-panel. Edges, not polling: a thread that asks now and then loses and doubles clicks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: The contacts (a closed, b closed) in the order in which a turn to the right goes through them.
_RIGHT = {(False, False): 0, (True, False): 1, (True, True): 2, (False, True): 3}
#: Clicks closer than this are a quick turn; closer than half of it, a spin.
QUICK_S = 0.05
#: How much further a quick turn and a spin go.
QUICK, SPIN = 3, 8


@dataclass(frozen=True, slots=True)
class Rotation:
    """An encoder was turned.

    Attributes:
        encoder: its name.
        clicks: felt by the hand, positive to the right: for lists.
        steps: the same, further the faster it was: for values.
        at_s: when, on a monotonic clock.
    """

    encoder: str
    clicks: int
    steps: int
    at_s: float


@dataclass(frozen=True, slots=True)
class Push:
    """An encoder's button: a ``tap`` when it is let go in time, a ``hold`` while it is still down."""

    encoder: str
    kind: Literal["tap", "hold"]
    at_s: float


class Quadrature:
    """Counts the changes of two contacts of which only one changes at a time; a bounce is a change and its undoing.

    Clicks are counted where the encoder rests, so trembling about a rest is nothing. Should an edge ever be lost, it
    costs one click at most: at every rest the count begins anew.

    Args:
        steps_per_detent: changes between two clicks. 4 rests with both open, 2 also with both closed, 1 anywhere.
        a, b: whether the contacts are closed now.
    """

    def __init__(self, steps_per_detent: Literal[1, 2, 4] = 4, a: bool = False, b: bool = False) -> None:
        self._per_click = steps_per_detent
        self._a, self._b = a, b
        self._count = 0

    def edge(self, contact: Literal["a", "b"], closed: bool) -> int:
        """One of the contacts changed; the click that this completes: 1 to the right, -1 to the left, or 0."""
        before = _RIGHT[self._a, self._b]
        if contact == "a":
            self._a = closed
        else:
            self._b = closed
        place = _RIGHT[self._a, self._b]
        self._count += (0, 1, 0, -1)[(place - before) % 4]
        if place % self._per_click:
            return 0
        clicks = 0 if 2 * abs(self._count) < self._per_click else 1 if self._count > 0 else -1
        self._count = 0
        return clicks


class Pace:
    """How far a click goes: a slow one by one step, a quick one by more. A change of direction begins slowly."""

    def __init__(self) -> None:
        self._before, self._before_s = 0, float("-inf")

    def steps(self, clicks: int, at_s: float) -> int:
        """Steps for so many clicks in one direction (not 0) at ``at_s``."""
        gap_s = at_s - self._before_s if clicks * self._before > 0 else float("inf")
        self._before, self._before_s = clicks, at_s
        return clicks * (SPIN if gap_s < QUICK_S / 2 else QUICK if gap_s < QUICK_S else 1)
