"""What can be told by listening: when a sound changes, whether it stayed the same, whether something clicked.

Used by scenarios in the guest. The guitar plays a loop of a whole number of periods; once the pedal's filters have
settled the sound repeats too, but for rounding. So the sound of one loop before says what would have been heard.
"""

from __future__ import annotations

import numpy as np

from tests.lab.cable import RATE_HZ
from tests.lab.guitar import load_take
from tests.lab.lab import Lab

PERIOD_FRAMES, PERIODS = 64, 3
LOOP_FRAMES = 375 * PERIOD_FRAMES
#: Rounding, and what the slowest filter still remembers of the loop before the last.
SAME = 1e-5
#: Parameters and bypass move for so long.
RAMP_FRAMES = round(0.02 * RATE_HZ)
#: A press acts within one period plus 2 ms; then it has to come through what is already in the card's buffer. The
#: loopback card itself moves once a millisecond.
PRESS_FRAMES = PERIOD_FRAMES + round(0.002 * RATE_HZ) + PERIODS * PERIOD_FRAMES + RATE_HZ // 1000


def play_a_loop(lab: Lab) -> None:
    """Half a second of guitar over and over; back when what is heard repeats.

    Raises:
        AssertionError: it does not.
    """
    lab.guitar(load_take()[6 * LOOP_FRAMES : 7 * LOOP_FRAMES])
    lab.wait(3.0)
    sound = lab.listen(2 * LOOP_FRAMES / RATE_HZ)
    rest = float(np.abs(sound[:LOOP_FRAMES] - sound[LOOP_FRAMES:]).max())
    assert rest < SAME, f"the sound does not repeat, so nothing can be measured: {rest:g}"


def first_change(lab: Lab, start: int, end: int | None = None) -> int | None:
    """The first frame from ``start`` to ``end`` (else now) that is not as one loop before; None if there is none."""
    last = lab.cable.frame if end is None else end
    now, before = lab.heard(start, last), lab.heard(start - LOOP_FRAMES, last - LOOP_FRAMES)
    other = np.flatnonzero(np.abs(now - before).max(axis=1) > SAME)
    return start + int(other[0]) if len(other) else None


def assert_no_click(lab: Lab, start: int, end: int) -> None:
    """Between two frames the sound takes no step that neither the loop before nor the loop behind has.

    Raises:
        AssertionError: it does.
    """
    lab.until(lambda: lab.cable.frame >= end + LOOP_FRAMES, "the sound goes on")
    spans = ((start - LOOP_FRAMES, start), (end, end + LOOP_FRAMES), (start - 2, end + 2))
    before, after, between = (float(np.abs(np.diff(lab.heard(*span), axis=0)).max()) for span in spans)
    usual = max(before, after)
    assert between <= 1.1 * usual + SAME, f"a step of {between:.4f}, where the sound itself has up to {usual:.4f}"


def frames_to_hear(lab: Lab, edge_ns: int) -> int:
    """Frames from an edge (CLOCK_MONOTONIC) until the sound is another, which must fade without a click.

    Raises:
        AssertionError: nothing is heard of it.
    """
    edge = int(lab.cable.frame_at(edge_ns))
    lab.until(lambda: lab.cable.frame > edge + LOOP_FRAMES, "the sound goes on")
    first = first_change(lab, edge)
    assert first is not None, "nothing was heard of a press"
    assert_no_click(lab, first, first + RAMP_FRAMES)
    return first - edge
