"""How calm the governor is: loads of every sort over simulated hours, and a table of what it did.

``python -m pedal.offline.governor_bench [HOURS]`` prints it; with ``--write`` it goes into ``docs/governor.md``.
Synthetic loads are made from a seed; the recorded one lies in ``traces/``. The tests run the same for minutes.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pedal.governor.scene import Amp, Extra, Impulse, Scene
from pedal.offline.governor_machine import TICK_S, Machine, Tally

PAGE = Path(__file__).resolve().parents[2] / "docs" / "governor.md"
BEGIN, END = "<!-- bench: made by pedal.offline.governor_bench -->", "<!-- end of bench -->"
TRACES = Path(__file__).with_name("traces")
HOURS, SEED = 2.0, 9
#: Whatever a trace begins with, it has come to rest after this.
SETTLED_S = 120.0

#: Two amps with cabinets beside three effects, one amp wide: about what a Zero 2 W would be asked to play (estimated).
CHAIN = Scene(
    (Amp("amp1", (0.075, 0.30), 1, 1), Amp("amp2", (0.075, 0.30), 0, 1)),
    (Impulse("cab1", (0.03, 0.05, 0.09), 2), Impulse("cab2", (0.03, 0.05, 0.09), 2)),
    (Extra("comp", 0.03), Extra("delay", 0.02), Extra("drive", 0.05)),
    others=0.08,
)
REVERB = Extra("reverb", 0.09)
#: Load of the chain with one amp at each width.
ONE_WIDE = 0.08 + 0.375 + 0.18 + 0.10

#: At every tick: by how much everything is slower than on a cool board, and what others take of the period.
Weather = Iterator[tuple[float, float]]


@dataclass(frozen=True)
class Trace:
    """A sort of load.

    Attributes:
        title: of its row.
        weather: by a generator of chance.
        is_constant: whether its load stays the same but for noise, from ``SETTLED_S`` on.
        wrong: what the book has of the truth at first.
        learns: whether it may learn.
        toggle_s: a foot switches the reverb so often, on or off; 0: never.
    """

    title: str
    weather: Callable[[random.Random], Weather]
    is_constant: bool = True
    wrong: float = 1.0
    learns: bool = True
    toggle_s: float = 0.0


def at_load(load: float) -> float:
    """How hot a board is on which the chain takes ``load`` of the period with one amp wide."""
    return load / ONE_WIDE


def steady(load: float, noise: float = 0.0) -> Callable[[random.Random], Weather]:
    """The same at all times, but for noise: its standard deviation, as a share of the period."""

    def weather(chance: random.Random) -> Weather:
        while True:
            yield at_load(load), chance.gauss(0.0, noise) if noise else 0.0

    return weather


def bursts(load: float, wait_s: float, length_s: float, share: float) -> Callable[[random.Random], Weather]:
    """Somebody takes a share of the period now and then; waits and lengths are exponential."""

    def weather(chance: random.Random) -> Weather:
        while True:
            for _ in range(max(1, round(chance.expovariate(1.0 / wait_s) / TICK_S))):
                yield at_load(load), 0.0
            for _ in range(max(1, round(chance.expovariate(1.0 / length_s) / TICK_S))):
                yield at_load(load), share

    return weather


def ramp(low: float, high: float, up_s: float) -> Callable[[random.Random], Weather]:
    """A board that warms up and cools down again, evenly."""

    def weather(_: random.Random) -> Weather:
        ticks = round(up_s / TICK_S)
        while True:
            for tick in (*range(ticks), *range(ticks, 0, -1)):
                yield at_load(low + (high - low) * tick / ticks), 0.0

    return weather


def thermal_steps(loads: tuple[float, ...], least_s: float, most_s: float) -> Callable[[random.Random], Weather]:
    """A clock that is turned down and up again."""

    def weather(chance: random.Random) -> Weather:
        while True:
            heat = at_load(chance.choice(loads))
            for _ in range(round(chance.uniform(least_s, most_s) / TICK_S)):
                yield heat, chance.gauss(0.0, 0.005)

    return weather


def recorded(name: str, load: float) -> Callable[[random.Random], Weather]:
    """A load that was recorded, over and over, scaled so that its median is ``load``."""

    def weather(_: random.Random) -> Weather:
        shares = recording(name)
        while True:
            for share in shares:
                yield at_load(load) * share, 0.0

    return weather


@cache
def recording(name: str) -> tuple[float, ...]:
    """A recorded load at every tick, as a multiple of its median."""
    lines = (TRACES / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return tuple(float(line) for line in lines if line and not line.startswith("#"))


ALL = (
    Trace("constant, room to spare", steady(0.55)),
    Trace("constant, just below the budget", steady(0.695)),
    Trace("constant, just above", steady(0.705)),
    Trace("noise of 1 % at the threshold", steady(0.70, 0.01)),
    Trace("noise of 4 % at the threshold", steady(0.70, 0.04)),
    Trace("noise of 4 % at the margin", steady(0.65, 0.04)),
    Trace("spikes: 40 % for a moment, every 10 s", bursts(0.62, 10.0, 0.05, 0.4)),
    Trace("a neighbour: 15 % for 2 s, every 20 s", bursts(0.62, 20.0, 2.0, 0.15)),
    Trace("a neighbour: 15 % half of the time", bursts(0.62, 30.0, 30.0, 0.15)),
    Trace("ramp: 55 to 90 % and back in 40 min", ramp(0.55, 0.90, 1200.0), is_constant=False),
    Trace("thermal steps of 1 to 5 min", thermal_steps((0.55, 0.69, 0.72, 0.85, 1.0), 60.0, 300.0), is_constant=False),
    Trace("book of half the truth, learning", steady(0.74, 0.005), wrong=0.5),
    Trace("book of half the truth, never learning", steady(0.74, 0.005), wrong=0.5, learns=False),
    Trace("book of one and a half, learning", steady(0.74, 0.005), wrong=1.5),
    Trace("book of one and a half, never learning", steady(0.74, 0.005), wrong=1.5, learns=False),
    Trace("recorded: a busy desktop, median at the threshold", recorded("busy-desktop", 0.70)),
    Trace("recorded: a busy desktop, median at 60 %", recorded("busy-desktop", 0.60)),
    Trace("reverb on and off, four times a second", steady(0.62), is_constant=False, toggle_s=0.25),
    Trace("reverb on and off, every 4 s", steady(0.62), is_constant=False, toggle_s=4.0),
)


def run(trace: Trace, duration_s: float, seed: int = SEED) -> Tally:
    """Play a trace for so long."""
    machine = Machine(CHAIN, wrong=trace.wrong, learns=trace.learns)
    weather = trace.weather(random.Random(f"{seed} {trace.title}"))
    toggle_ticks = round(trace.toggle_s / TICK_S)
    is_on = False
    for tick in range(round(duration_s / TICK_S)):
        heat, busy = next(weather)
        if toggle_ticks and tick % toggle_ticks == toggle_ticks - 1:
            if is_on:
                machine.switch_off(REVERB.id)
            is_on = not is_on and machine.switch_on(REVERB)
        machine.tick(heat, busy)
    return machine.tally


def table(hours: float) -> str:
    """All traces, Markdown."""
    head = "| load | changes a minute | most in 10 min | looks over the budget | overruns | below the optimum |"
    lines = [head, "|---" * 6 + "|"]
    for trace in ALL:
        tally = run(trace, 3600.0 * hours)
        per_minute = len(tally.changes) / (60.0 * hours)
        most = f"{tally.most_within(600.0)}" + (
            f" + {tally.by_foot / hours:.0f} an hour by foot" if tally.by_foot else ""
        )
        over, below = tally.over / tally.looks, tally.below / tally.compared
        lines.append(f"| {trace.title} | {per_minute:.2f} | {most} | {over:.2%} | {tally.overruns} | {below:.1%} |")
    return "\n".join(lines) + "\n"


def page_with_table(text: str, hours: float) -> str:
    """The page with the table between its two marks made anew."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{table(hours)}\n{END}{rest.partition(END)[2]}"


def main(arguments: list[str]) -> None:
    """Print the table, or write it into the page."""
    hours = next((float(argument) for argument in arguments if argument != "--write"), HOURS)
    if "--write" in arguments:
        PAGE.write_text(page_with_table(PAGE.read_text(encoding="utf-8"), hours), encoding="utf-8")
    else:
        print(table(hours), end="")


if __name__ == "__main__":
    main(sys.argv[1:])
