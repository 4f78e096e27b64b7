"""All that a set-up has found so far: kept after every step, so that nothing is lost when it is broken off. Pure.

Made by ``cli/setup_steps``, drawn by ``report`` and ``picture``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from pedal.setup.cable import Loop
from pedal.setup.period import Book, Choice
from pedal.setup.strum import Strum
from pedal.setup.wakes import Wakes


@dataclass(frozen=True)
class Findings:
    """What a set-up knows; None where a step was not taken.

    Attributes:
        when: date and time, as people write it.
        machine: what it ran on.
        board, title, card, rate_hz, input: of the board, as it is to be used.
        virtual, cpu_scale: whether the machine stands for another.
        input_dbu: level that reaches 0 dBFS; None where nobody knows.
        strum, gain: the strum, and what was done to the card's input gain.
        wakes, book, choice: of the period.
        loop, loop_frames: the cable, and the buffer (frames) that it was measured with.
        notes: rights that are not given, mixer controls that are not there.
        skipped: steps that were left out, and why.
    """

    when: str
    machine: str
    board: str
    title: str
    card: str
    rate_hz: int
    input: str
    virtual: bool = False
    cpu_scale: float = 1.0
    input_dbu: float | None = None
    strum: Strum | None = None
    gain: str = ""
    wakes: tuple[Wakes, ...] = ()
    book: Book | None = None
    choice: Choice | None = None
    loop: Loop | None = None
    loop_frames: int = 0
    notes: tuple[str, ...] = ()
    skipped: dict[str, str] = field(default_factory=dict)


def format_findings(findings: Findings) -> bytes:
    """As JSON, for programs."""
    return msgspec.json.format(msgspec.json.encode(findings), indent=2) + b"\n"


def next_steps(findings: Findings) -> tuple[str, ...]:
    """What is worth doing now, most important first; one sentence each."""
    steps = []
    strum, choice, loop = findings.strum, findings.choice, findings.loop
    if strum is not None and strum.word != "right":
        steps.append(f"{strum.sentence} Then `pedal setup` once more.")
    if choice is not None and not choice.sure:
        steps.append("No period could be kept: stop other programs, give the pedal real-time rights (docs/audio.md).")
    if any("real-time" in note for note in findings.notes):
        steps.append("Give the pedal real-time rights: docs/audio.md says how. Late wake-ups are heard as clicks.")
    if strum is None:
        steps.append("Strum: `pedal setup` without `--skip strum` looks whether the guitar is loud enough.")
    if findings.input_dbu is None and not findings.virtual:
        steps.append("Find the input's level in dBu (docs/levels.md), so that amps are driven as they were captured.")
    if loop is None and not findings.virtual:
        steps.append("With a cable from the output to the input, `pedal setup` measures the latency you really have.")
    if loop is not None and loop.frames is None:
        steps.append("Nothing came back through the cable: check it, and the output's and the input's level.")
    steps.append("Play: `pedal run`. `pedal status` says whether the card ever runs dry.")
    return tuple(steps)
