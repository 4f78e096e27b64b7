"""Hands: bouncing presses and encoder clicks by the thousand (--minutes), slow and fast: none lost, none invented."""

from __future__ import annotations

import time

from pedal.layout import BYPASSED, PLAYING_SLOT
from pedal.link import Link
from pedal.notes import decode_notes
from pedal.panel.controls.encoder import SPIN
from pedal.params import KINDS
from tests.lab.hardware import hands
from tests.lab.lab import Lab
from tests.lab.scenario import Breakage

LIMIT_S = 7200.0
BREAKAGE = (
    Breakage(
        "edges are told when their contact has settled",
        "pedal/panel/controls/inputs.py",
        "bounce_time=None",
        "bounce_time=0.005",
    ),
    Breakage(
        "an encoder that trembles where it rests has clicked",
        "pedal/panel/controls/encoder.py",
        "clicks = 0 if 2 * abs(self._count) < self._per_click else 1",
        "clicks = 1",
    ),
)
#: Of each in a virtual minute of ``--minutes``; ten of them are ten thousand.
COUNT = 1000
ENCODER = {"pin_a": 5, "pin_b": 6, "pin_push": 13, "parameter": "tone.bass_db", "push": "bypass"}
PINS = (5, 6)
TONE = KINDS["tone"]
BASS_IDX = TONE.index("bass_db")
BASS = TONE.params[BASS_IDX]
#: Slow enough that a click is a step, and fast enough that all but the first go the furthest: from edge to edge.
SLOW_S, FAST_S = 0.014, hands.EDGE_S
#: The panel's part of "one period and 2 ms".
ACTS_S = 0.002
#: The shortest that a foot stays down or up once the contact is still; more than the lock-out.
STILL_S = 0.03


def scenario(lab: Lab) -> None:
    lab.rewire(display=None, knobs=None, encoders={"bass": ENCODER})
    lab.boot()
    lab.wait(2.0)
    # What counts is what the panel makes of edges; the sound would take most of the run's real time.
    link = lab.link
    lab.cable.stop()
    lab.systemctl("stop", "pedal-audio.service")
    count = round(COUNT * lab.minutes)
    began_s = time.monotonic()
    edges = sum(_press(lab, link, number) for number in range(count))
    pressed_s = time.monotonic() - began_s
    clicks, changes = _turn(lab, link, count)
    turned_s = time.monotonic() - began_s - pressed_s
    for number in range(20):
        before = link.get(BYPASSED)
        hands.play(hands.tap(ENCODER["pin_push"], 0.1, 3, lab.random), lab.player.pins, time.sleep, time.monotonic_ns)
        lab.wait(0.1)
        assert link.get(BYPASSED) == 1 - before, f"push {number} of the encoder did not count once"
    lab.note(
        f"{count} presses ({edges} edges) in {pressed_s:.0f} s; {clicks} clicks ({changes} edges) in {turned_s:.0f} s"
    )


def _press(lab: Lab, link: Link, number: int) -> int:
    """Press and let go; looked at before every edge: a press has acted within 2 ms of its first one, and only once."""
    pin, chance = lab.player.pin("bypass"), lab.random
    after = 1 - link.get(BYPASSED)
    bounces = chance.randrange(8)
    moves = hands.tap(pin, chance.uniform(STILL_S, 0.08), bounces, chance)
    lab.wait(chance.uniform(STILL_S, 0.08))
    passed_s, has_acted = 0.0, False
    for edge, move in enumerate([*moves, hands.Move(ACTS_S, pin, True)]):  # and a last look
        if edge:
            lab.wait(move.after_s)
            passed_s += move.after_s
            is_so = link.get(BYPASSED) == after
            assert is_so or (not has_acted and passed_s < ACTS_S), (
                f"press {number}, {bounces} bounces: {'more than once' if has_acted else 'late'} before edge {edge}"
            )
            has_acted = is_so
        lab.player.pins.pull(move.pin, move.high)
    return len(moves)


def _turn(lab: Lab, link: Link, count: int) -> tuple[int, int]:
    """Turn the bass to and fro, slowly or as fast as can be; it must be where so many clicks bring it, to the step."""
    notes = decode_notes(link.read_notes(link.get(PLAYING_SLOT)))
    cell = next(block.params_idx for block in notes.blocks if block.id == "tone") + BASS_IDX
    steps = round((BASS.high - BASS.low) / BASS.step)
    place = round((float(link.arena.f32[cell]) - BASS.low) / BASS.step)
    clicks = edges = 0
    while clicks < count:
        fast = lab.random.random() < 0.5
        detents = lab.random.randint(1, 4)
        far = 1 + SPIN * (detents - 1) if fast else detents
        right = lab.random.random() < 0.5
        if not 0 <= place + (far if right else -far) <= steps:
            right = not right
        sign = 1 if right else -1
        turned = hands.turned(PINS, sign * detents, FAST_S if fast else SLOW_S)
        moves = hands.bouncing(turned, 1 if fast else 2, lab.random)
        hands.play(moves, lab.player.pins, time.sleep, time.monotonic_ns)
        lab.wait(0.06)  # what comes next is no quick turn of this one
        place += sign * far
        clicks, edges = clicks + detents, edges + len(moves)
        now_db = float(link.arena.f32[cell])
        assert now_db == BASS.low + place * BASS.step, (
            f"click {clicks}: {now_db:g} dB, not {BASS.low + place * BASS.step:g} (turned by {sign * detents}, {fast=})"
        )
    return clicks, edges
