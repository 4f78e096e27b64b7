"""The governor on one virtual board: chains that grow to twice the budget, busy feet, heat. Called by scenarios.

Every look at a settled chain is held against all combinations of widths: the board's price list says what each
would take, which is more than the pedal itself knows.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pedal.errors import ControlError
from pedal.library.assets import Assets
from pedal.library.loader import Loader
from pedal.nam.file import load_model
from pedal.paths import factory_dir
from pedal.preset import parse_preset
from pedal.prices import load_prices
from pedal.rig.compile import Part, compile_preset
from pedal.rig.priced import Shares, chain_shares
from pedal.virtual.weather import Weather
from tests.lab.cable import RATE_HZ
from tests.lab.lab import Lab
from tests.lab.priced import PERIOD_FRAMES, boot_as, switch

#: How often a chain is looked at, how long it may take to be what it should be, and how long it must stay so.
LOOK_S, MOST_S, STAYS_S = 0.5, 60.0, 1.0
#: The governor leaves this share of a period free below the budget before it widens; and so much of it is nobody's
#: business: its book is made of measurements.
MARGIN, DOUBT = 0.05, 0.01
#: Between two steps of the feet: several a second.
FEET_S = (0.08, 0.4)


@dataclass(frozen=True)
class Stage:
    """A board, as warm as it is, and the blocks of its chain; ``busy_feet`` and the like begin with the first on."""

    prices: str
    blocks: tuple[str, ...]
    heat: float = 1.0

    @property
    def names(self) -> tuple[str, ...]:
        """Ids of the blocks."""
        return tuple(text.partition('id = "')[2].partition('"')[0] for text in self.blocks)


class Board:
    """A pedal that plays a stage.

    Args:
        lab: the laboratory.
        stage: what is played.
        seen: what the builder's stopwatch sees of what things cost.
    """

    def __init__(self, lab: Lab, stage: Stage, *, seen: float = 1.0) -> None:
        self._lab, self.stage, self.heat = lab, stage, stage.heat
        self.weather: Weather = boot_as(lab, stage.prices, stage.blocks, seen=seen, heat=stage.heat)
        self._prices = load_prices(stage.prices)
        text = 'name = "Grow"\n' + "".join(f"\n[[block]]\n{block}" for block in stage.blocks)
        loader = Loader(Assets(factory_dir("models")), load_model)
        self._parts = compile_preset(parse_preset(text, "the stage"), loader, RATE_HZ)
        self._sizes = {part.owner: list(part.sizes) for part in self._parts}

    def warm(self, heat: float) -> None:
        """All work takes so many times its price from now on."""
        self.heat = heat
        self.weather.heat(heat)
        self._lab.event("heat", heat)

    def shares(self, on: Sequence[str]) -> Shares:
        """What the chain takes with these blocks on."""
        parts = [self._switched(part, on) for part in self._parts]
        return chain_shares(parts, self._prices, RATE_HZ, PERIOD_FRAMES).times(self.heat)

    def _switched(self, part: Part, on: Sequence[str]) -> Part:
        if part.owner not in self.stage.names or (part.owner in on) == part.block.on:
            return part
        return replace(part, block=replace(part.block, on=part.owner in on))

    def step(self, block: str, on: bool) -> bool:
        """The foot switches a block; False if the pedal refused it."""
        try:
            switch(self._lab, block, on)
        except ControlError as refusal:
            self._lab.event("refused", [block, str(refusal)])
            return False
        return True

    def settle(self) -> dict[str, Any]:
        """Wait until what plays is the best there is, and still is a while later; the status then.

        Raises:
            AssertionError: it never is, or does not stay so.
        """
        began_s, words = time.monotonic(), "never looked"
        while time.monotonic() - began_s < MOST_S:
            self._lab.wait(LOOK_S)
            if not (words := self.fault(self._lab.status())):
                self._lab.wait(STAYS_S)
                if not (words := self.fault(status := self._lab.status())):
                    self._lab.event("settled", [round(time.monotonic() - began_s, 3), _choice(status)])
                    return status
        raise AssertionError(f"not within {MOST_S:g} s: {words}")

    def fault(self, status: dict[str, Any]) -> str:
        """Why what plays is not the best that fits; empty if it is."""
        blocks = {block["id"]: block for block in status["blocks"]}
        on = [name for name, block in blocks.items() if block["on"]]
        shares = self.shares(on)
        amps = {amp["id"].partition(":")[0]: amp for amp in status["amps"] if amp["width"]}
        if sorted(shares.amps) != sorted(amps):
            return f"not all amps that are on play: {on}"
        widths = [amps[name]["widths"].index(amps[name]["width"]) for name in shares.amps]
        sizes = [self._sizes[name].index(blocks[name]["taps"]) for name in shares.cabs]
        total, budget = shares.total(widths, sizes), status["budget"]
        if total > budget:
            return f"{widths} and {sizes} take {total:.0%} of {budget:.0%}: {on}"
        kept = self._most_steps(shares, budget - MARGIN - DOUBT)
        if (sum(sizes), sum(widths)) < kept:
            return f"{kept} steps of taps and width fit with these blocks, and {sizes} and {widths} play: {on}"
        for name in (name for name, block in blocks.items() if block["held"]):
            more = self.shares([*on, name])
            if more.total([0] * len(more.amps), [0] * len(more.cabs)) <= budget - MARGIN - DOUBT:
                return f"{name} is held, and would fit beside {on}"
        return ""

    @staticmethod
    def _most_steps(shares: Shares, limit: float) -> tuple[int, int]:
        """The most taps, and then the most width, of all combinations that fit."""
        all_widths = list(itertools.product(*(range(len(costs)) for costs in shares.amps.values())))
        all_sizes = itertools.product(*(range(len(costs)) for costs in shares.cabs.values()))
        fitting = [
            (sum(sizes), sum(widths))
            for sizes in all_sizes
            for widths in all_widths
            if shares.total(widths, sizes) <= limit
        ]
        return max(fitting, default=(0, 0))

    def unheard(self) -> dict[str, Any]:
        """The status, after nothing has gone wrong so far.

        Raises:
            AssertionError: a period overran, a gap was heard, or a width came in cold.
        """
        status = self._lab.status()
        assert (status["overruns"], status["xruns"], status["cold_changes"]) == (0, 0, 0), status
        return status


def grow_to_twice(board: Board, lab: Lab) -> None:
    """Everything goes on, step by step: with all amps at their widest it would take twice the budget; and off again."""
    names, refused = board.stage.names, 0
    everything = board.shares(names)
    demanded = everything.total([len(costs) - 1 for costs in everything.amps.values()])
    budget = lab.status()["budget"]
    assert demanded >= 2.0 * budget, f"the stage takes {demanded:.0%}, which is no {2 * budget:.0%}"
    for name in names[1:]:
        refused += not board.step(name, True)
        board.settle()
        board.unheard()
    for name in reversed(names[1:]):
        board.step(name, False)
        board.unheard()
    board.settle()
    changes = len(board.unheard()["width_changes"])
    lab.note(f"grown to {demanded / budget:.1f} budgets: {changes} changes, {refused} refused")


def busy_feet(board: Board, lab: Lab, minutes: float) -> None:
    """Blocks go on and off several times a second; afterwards the chain settles where it belongs."""
    end_s, count, on = time.monotonic() + 60.0 * minutes, 0, dict.fromkeys(board.stage.names, False)
    on[board.stage.names[0]] = True
    while time.monotonic() < end_s:
        name = lab.random.choice(board.stage.names)
        if board.step(name, not on[name]):
            on[name] = not on[name]
        count += 1
        lab.wait(lab.random.uniform(*FEET_S))
    board.settle()
    status = board.unheard()
    lab.note(f"{count} switched in {minutes:g} min, load at most {status['load_worst']:.0%}")


def thermal_steps(board: Board, lab: Lab, heats: Sequence[float]) -> None:
    """The board grows hot and cools: after each step the widest that fit play."""
    for heat in heats:
        board.warm(board.stage.heat * heat)
        board.settle()
        lab.event("thermal", [heat, board.unheard()["load_worst"]])


def _choice(status: dict[str, Any]) -> list[Any]:
    """What the governor decided."""
    amps = [[amp["id"], amp["width"]] for amp in status["amps"]]
    return [*amps, *([block["id"], block["held"], block.get("taps")] for block in status["blocks"])]
