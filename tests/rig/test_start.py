"""How the builder starts a preset: what fits plays, what does not waits; a block that joins may be refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pedal import layout as at
from pedal.errors import NoRoomError
from pedal.panel.builder_start import Start, start_of, with_held
from pedal.panel.jobs import Job
from pedal.preset import Block, Preset
from pedal.rig.compile import Part, compile_preset
from pedal.rig.measure import Costs
from pedal.rig.place import place_rig
from tests.rig.bench import RATE_HZ, Assets, Bench, guitar, preset

AMP, CAB = Block("amp", "amp", "trio"), Block("cab", "cab", "2048")
DRIVE, ECHO, ROOM = Block("drive", "drive"), Block("delay", "delay"), Block("room", "reverb")
CHAIN = preset(DRIVE, AMP, CAB, ECHO, ROOM)
#: Shares of the period: the amp's widths, the cabinet's sizes, any other block that can wait.
WIDTHS, SIZES, OTHER = (0.05, 0.1, 0.2), (0.02, 0.04, 0.08), 0.1


def parts_of(source: Preset = CHAIN, *, tail: bool = False) -> tuple[Part, ...]:
    parts = compile_preset(source, Assets(), RATE_HZ)
    if tail:
        ringing = replace(parts[1], block=Block("~chorus", "chorus", on=False), tail=True)
        parts = (*parts[:-2], ringing, *parts[-2:])
    return parts


def costs_of(parts: tuple[Part, ...]) -> Costs:
    ns = 1e9 / RATE_HZ
    shares = {part.cost_key: WIDTHS if part.amp else SIZES if part.sizes else (OTHER,) for part in parts}
    for part in parts:
        if part.block.id in ("input", "dc", "output", "master"):
            shares[part.cost_key] = (0.0,)
    return {key: tuple(share * ns for share in own) for key, own in shares.items()}


def start(parts: tuple[Part, ...], budget: float, **job: object) -> Start:
    said = Job(1, "", "", 0, 1, None, (), RATE_HZ, 64, 1.0, budget, **job)  # type: ignore[arg-type]
    return start_of(parts, costs_of(parts), said)


@pytest.mark.parametrize(
    ("budget", "width", "size", "held", "tails"),
    [
        (1.00, 2, 2, set(), True),
        (0.60, 1, 2, set(), True),
        (0.53, 0, 2, set(), True),
        (0.50, 1, 2, set(), False),
        (0.43, 0, 2, set(), False),
        (0.39, 0, 1, set(), False),
        (0.37, 0, 0, set(), False),
        (0.36, 0, 2, {"room"}, False),
        (0.10, 0, 1, {"drive", "delay", "room"}, False),
        (0.01, 0, 0, {"drive", "delay", "room"}, False),
    ],
)
def test_a_preset_starts_with_what_fits(budget: float, width: int, size: int, held: set[str], tails: bool) -> None:
    found = start(parts_of(tail=True), budget)
    assert found == Start({"amp": width, "cab": size}, frozenset(held), tails)


def test_the_newest_waits_whatever_its_place_in_the_chain() -> None:
    order = ("amp", "cab", "delay", "room", "drive")
    assert start(parts_of(), 0.36, order=order).held == {"drive"}


def test_what_waits_already_comes_after_what_sounds() -> None:
    assert start(parts_of(), 0.36, held=("drive",)).held == {"drive"}
    assert start(parts_of(), 1.0, held=("drive",)).held == frozenset()


def test_what_is_off_takes_nothing() -> None:
    parts = parts_of(preset(DRIVE, replace(AMP, on=False), replace(CAB, on=False), ECHO, replace(ROOM, on=False)))
    found = start(parts, 0.2)
    assert (found.sizes, found.held) == ({"amp": 2}, frozenset())


@pytest.mark.parametrize(
    ("joining", "says"),
    [
        ("room", "Reverb does not fit beside an amp on this board: it needs 10 %"),
        ("amp", "Amp does not fit on this board: it needs 5 %"),
        ("cab", "Cab does not fit beside an amp on this board: it needs 2 %"),
    ],
)
def test_a_block_that_joins_is_refused_if_nothing_makes_room(joining: str, says: str) -> None:
    least = 3 * OTHER + WIDTHS[0] + SIZES[0]
    with pytest.raises(NoRoomError) as refused:
        start(parts_of(), least - 0.01, joining=joining)
    assert str(refused.value).startswith(says)
    assert str(refused.value).endswith("Switch something off first.")
    assert start(parts_of(), least + 0.001, joining=joining).held == frozenset()


def test_a_block_that_waits_from_the_start_sleeps_and_comes_when_it_is_let_go() -> None:
    bench, parts = Bench(), with_held(parts_of(preset(DRIVE, ECHO)), frozenset({"delay"}))
    notes = place_rig(
        bench.arena, 0, parts, preset_name="", serial=1, rate_hz=RATE_HZ, live={}, in_use=()
    )  # fmt: skip
    bench.notes.append(notes)
    bench.adopt(0)
    words, row = bench.arena.i64, bench.row("delay")
    plain = Bench(preset(DRIVE))
    plain.adopt(0)
    x = 0.3 * guitar(RATE_HZ // 2)
    np.testing.assert_array_equal(bench.play_all(x, 64), plain.play_all(x, 64))
    assert words[words[row + at.QUIET]] == words[row + at.QUIET_FRAMES]
    bench.turn("delay", 0, at.PLAYS)
    assert np.abs(bench.play_all(x, 64) - plain.play_all(x, 64)).max() > 0.01
