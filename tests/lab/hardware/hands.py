"""What a player's hands and feet do to contacts: presses that bounce, encoders that are turned. Pure but for ``play``.

Used by the laboratory's driver. A gesture is a list of moves; time passes between them. Contacts are between a pin
and ground, pulled up: pressed is low.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

#: The simulated chip tells edges apart that are so far from each other in virtual time.
EDGE_S = 0.001
#: Quadrature of one detent to the right, as levels of the two pins: both high at rest.
_TO_THE_RIGHT = ((False, True), (False, False), (True, False), (True, True))


@dataclass(frozen=True, slots=True)
class Move:
    """A pin goes high or low, ``after_s`` after the move before it."""

    after_s: float
    pin: int
    high: bool


class Lines(Protocol):
    """Something with pins that can be pulled."""

    def pull(self, pin: int, high: bool) -> None: ...


def press(pin: int, bounces: int = 0, chance: random.Random | None = None) -> list[Move]:
    """The foot comes down: the contact closes, opens again ``bounces`` times, and stays closed.

    With ``chance`` it is open or closed for 1 to 4 ms each time, as worn contacts are; else for 1 ms.
    """
    return _contact(pin, False, bounces, chance)


def release(pin: int, bounces: int = 0, chance: random.Random | None = None) -> list[Move]:
    """The foot goes up; the contact may close again ``bounces`` times before it stays open."""
    return _contact(pin, True, bounces, chance)


def tap(pin: int, hold_s: float, bounces: int = 0, chance: random.Random | None = None) -> list[Move]:
    """Down, held for ``hold_s``, and up."""
    first, *rest = release(pin, bounces, chance)
    return [*press(pin, bounces, chance), Move(hold_s, first.pin, first.high), *rest]


def turned(pins: tuple[int, int], detents: int, edge_s: float = 0.002) -> list[Move]:
    """An encoder turned by so many detents, to the right (left where negative), from rest to rest."""
    steps = _TO_THE_RIGHT if detents > 0 else (*_TO_THE_RIGHT[-2::-1], _TO_THE_RIGHT[-1])
    moves, levels = [], (True, True)
    for _ in range(abs(detents)):
        for step in steps:
            moves += [
                Move(max(edge_s, EDGE_S), pin, now)
                for pin, before, now in zip(pins, levels, step, strict=True)
                if now != before
            ]
            levels = step
    return moves


def bouncing(moves: Iterable[Move], most: int, chance: random.Random) -> list[Move]:
    """The same moves by contacts that open and close again, up to ``most`` times, at each; 1 to 2 ms each time."""
    made = []
    for move in moves:
        made.append(move)
        for _ in range(chance.randint(0, most)):
            for high in (not move.high, move.high):
                made.append(Move(chance.uniform(EDGE_S, 2 * EDGE_S), move.pin, high))
    return made


def play(moves: Iterable[Move], lines: Lines, sleep: Callable[[float], None], now_ns: Callable[[], int]) -> list[int]:
    """Do it; returns when each move was made, by ``now_ns`` just before it."""
    times = []
    for move in moves:
        if move.after_s > 0:
            sleep(move.after_s)
        times.append(now_ns())
        lines.pull(move.pin, move.high)
    return times


def levels_of(moves: Sequence[Move], pins: tuple[int, int]) -> list[tuple[bool, bool]]:
    """The pair of levels after each move, from both high; for checks."""
    level = dict.fromkeys(pins, True)
    seen = []
    for move in moves:
        level[move.pin] = move.high
        seen.append((level[pins[0]], level[pins[1]]))
    return seen


def _contact(pin: int, high: bool, bounces: int, chance: random.Random | None) -> list[Move]:
    moves = [Move(0.0, pin, high)]
    for _ in range(bounces):
        for level in (not high, high):
            moves.append(Move(chance.uniform(EDGE_S, 4 * EDGE_S) if chance else EDGE_S, pin, level))
    return moves
