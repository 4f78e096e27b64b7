"""From the edges of bouncing contacts to what a foot meant. Pure: time is an argument.

Called by ``inputs`` in pedal-panel: once for every edge of every footswitch (gpiozero's thread), and when time alone
decides (``inputs``' own thread). A switch that knows nothing but a tap never waits: it acts on the first edge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

#: Footswitches bounce for a few milliseconds, worn ones for ten or more; nobody taps twice this fast.
LOCKOUT_S = 0.025
#: Both feet, or one across two switches, come down within this.
CHORD_S = 0.06
#: From the first edge of one tap to the first edge of the other.
DOUBLE_TAP_S = 0.3
HOLD_S, LONG_HOLD_S = 0.6, 2.0

Kind = Literal["tap", "release", "hold", "long_hold", "double_tap", "chord"]


@dataclass(frozen=True, slots=True)
class Gesture:
    """What a foot did: ``name`` is the switch, or the chord; ``at_s`` when its first edge came.

    A ``release`` ends the tap of a momentary switch; its time is that of letting go.
    """

    name: str
    kind: Kind
    at_s: float


@dataclass(frozen=True, slots=True)
class Knows:
    """What a switch means beyond a tap; the less it knows, the less it waits."""

    hold: bool = False
    long_hold: bool = False
    double_tap: bool = False
    momentary: bool = False


class Contact:
    """One contact without its bounces: the first edge counts at once, and then none before it was still.

    Waiting for the contact to settle first, as debouncing often does, would delay every press by that time. Edges of
    both kinds count as unrest, or the bounces of letting go would press again. A contact that comes to rest
    elsewhere than it was taken for has changed then.
    """

    def __init__(self, lockout_s: float = LOCKOUT_S) -> None:
        self._lockout_s = lockout_s
        self._unrest_until_s = float("-inf")
        self._level = False
        self.is_closed = False

    @property
    def rests_at_s(self) -> float | None:
        """When it must be looked at again, if no edge comes before; None: it is what it seems."""
        return None if self._level == self.is_closed else self._unrest_until_s

    def edge(self, closed: bool, at_s: float) -> bool:
        """Take an edge; whether it is a change that counts. Call ``rest`` first."""
        still = at_s >= self._unrest_until_s
        self._unrest_until_s = at_s + self._lockout_s
        self._level = closed
        if not still or closed == self.is_closed:
            return False
        self.is_closed = closed
        return True

    def rest(self, at_s: float) -> bool:
        """Whether it has come to rest, by ``at_s``, elsewhere than it was taken for; then it changes."""
        if self._level == self.is_closed or at_s < self._unrest_until_s:
            return False
        self.is_closed = self._level
        return True


@dataclass(slots=True)
class _Switch:
    """One switch: its contact, and the press that is not decided yet."""

    contact: Contact
    knows: Knows = Knows()
    chords: tuple[str, ...] = ()
    began_s: float | None = None  # of the press that is undecided
    acted_s: float | None = None  # of a press that a momentary switch has told of
    let_go: bool = False  # the undecided press is over, another may follow


class Gestures:
    """All footswitches of a pedal.

    What waits, and how long: a chord's switches 60 ms for each other; a switch with a double tap 0.3 s for the second
    one; a switch with a hold until it is let go, at most until the hold. With both, a hold is told when the foot
    lifts, because it may become a long one. Every press is one gesture and no more.

    Args:
        switches: names.
        lockout_s: how long a contact must be still before it changes again.
    """

    def __init__(self, switches: Sequence[str], lockout_s: float = LOCKOUT_S) -> None:
        self._switches = {name: _Switch(Contact(lockout_s)) for name in switches}
        self._chords: dict[str, tuple[str, str]] = {}

    def learn(self, knows: Mapping[str, Knows], chords: Mapping[str, tuple[str, str]] | None = None) -> None:
        """From now on the switches know this, and the others a tap. What is pressed now goes on by the new rules."""
        self._chords = dict(chords or {})
        for name, switch in self._switches.items():
            switch.knows = knows.get(name, Knows())
            switch.chords = tuple(chord for chord, pair in self._chords.items() if name in pair)

    def edge(self, name: str, closed: bool, at_s: float) -> list[Gesture]:
        """An edge of a switch; what it, and the time until it, mean for that switch.

        Args:
            name: of the switch.
            closed: whether the contact closed.
            at_s: seconds of a monotonic clock.
        """
        switch = self._switches[name]
        told = self._due(name, switch, at_s)
        if switch.contact.edge(closed, at_s):
            told += self._closed(name, switch, at_s) if closed else self._opened(name, switch, at_s)
        return told

    def due(self, at_s: float) -> list[Gesture]:
        """What time alone has decided by ``at_s``."""
        return [gesture for name, switch in self._switches.items() for gesture in self._due(name, switch, at_s)]

    def next_s(self) -> float | None:
        """When ``due`` has to be called, if no edge comes before; None: not at all."""
        rests = [switch.contact.rests_at_s for switch in self._switches.values()]
        ends = [None if s.began_s is None else s.began_s + _waits_s(s) for s in self._switches.values()]
        return min((time_s for time_s in (*rests, *ends) if time_s is not None), default=None)

    def _due(self, name: str, switch: _Switch, at_s: float) -> list[Gesture]:
        told: list[Gesture] = []
        rested_s = switch.contact.rests_at_s
        if rested_s is not None and switch.contact.rest(at_s):
            act = self._closed if switch.contact.is_closed else self._opened
            told += act(name, switch, rested_s)
        if switch.began_s is not None and at_s >= switch.began_s + _waits_s(switch):
            told += self._run_out(name, switch)
        return told

    def _closed(self, name: str, switch: _Switch, at_s: float) -> list[Gesture]:
        chord = next((chord for chord in switch.chords if self._waits_for(name, chord, at_s)), None)
        if chord is not None:
            other = self._switches[self._other(name, chord)]
            began_s, other.began_s, switch.began_s = other.began_s, None, None
            return [Gesture(chord, "chord", at_s if began_s is None else began_s)]
        if switch.began_s is not None:  # let go, and waiting for the second tap
            began_s, switch.began_s = switch.began_s, None
            return [Gesture(name, "double_tap", began_s)]
        switch.began_s, switch.let_go = at_s, False
        return [] if _waits_s(switch) else self._tap(name, switch)

    def _opened(self, name: str, switch: _Switch, at_s: float) -> list[Gesture]:
        if switch.acted_s is not None:
            switch.acted_s = None
            return [Gesture(name, "release", at_s)]
        if switch.began_s is None or switch.let_go:
            return []
        if switch.knows.hold and at_s >= switch.began_s + HOLD_S:
            began_s, switch.began_s = switch.began_s, None
            return [Gesture(name, "hold", began_s)]
        switch.let_go = True
        if switch.knows.double_tap and at_s < switch.began_s + DOUBLE_TAP_S:
            return []
        told = self._tap(name, switch)
        return told + self._opened(name, switch, at_s)  # of a momentary switch: that was all

    def _run_out(self, name: str, switch: _Switch) -> list[Gesture]:
        """The time for which an undecided press waited is over."""
        began_s, knows = switch.began_s, switch.knows
        if began_s is None:
            return []
        if not switch.let_go and (knows.hold or knows.long_hold):
            switch.began_s = None
            return [Gesture(name, "long_hold" if knows.long_hold else "hold", began_s)]
        return self._tap(name, switch)

    def _tap(self, name: str, switch: _Switch) -> list[Gesture]:
        began_s, switch.began_s = switch.began_s, None
        assert began_s is not None
        if switch.knows.momentary:
            switch.acted_s = began_s
        return [Gesture(name, "tap", began_s)]

    def _waits_for(self, name: str, chord: str, at_s: float) -> bool:
        """Whether the chord's other switch has just gone down and still is."""
        other = self._switches[self._other(name, chord)]
        return other.began_s is not None and not other.let_go and at_s < other.began_s + CHORD_S

    def _other(self, name: str, chord: str) -> str:
        first, second = self._chords[chord]
        return second if name == first else first


def _waits_s(switch: _Switch) -> float:
    """How long after its first edge an undecided press is decided, whatever happens; 0: at once."""
    knows, down = switch.knows, not switch.let_go
    if knows.long_hold and down:
        return LONG_HOLD_S
    if knows.hold and down:
        return HOLD_S
    if knows.double_tap:
        return DOUBLE_TAP_S
    return CHORD_S if switch.chords and down else 0.0
