"""A machine for the governor's tests: its load is what its blocks truly cost, whatever the governor was told."""

from __future__ import annotations

from collections.abc import Callable

from pedal.governor.decide import Load, step
from pedal.governor.memory import Memory
from pedal.governor.scene import Order, Scene
from pedal.offline.governor_machine import TICK_S, carried_out


class Plant:
    """Runs the governor over a scene, tick by tick.

    ``truth`` is what everything in the scene truly takes, as a multiple of what the book says; ``weather`` is what
    comes to the load besides, by the time.
    """

    def __init__(
        self,
        scene: Scene,
        budget: float = 0.7,
        truth: float = 1.0,
        weather: Callable[[float], float] = lambda now_s: 0.0,
    ) -> None:
        self.scene, self.budget, self.truth, self.weather = scene, budget, truth, weather
        self.memory, self.now_s = Memory(), 0.0
        self.taken: list[tuple[float, Order]] = []

    @property
    def load(self) -> float:
        return max(0.0, self.scene.others + self.truth * self.scene.known + self.weather(self.now_s))

    def run(self, duration_s: float, tick_s: float = TICK_S) -> None:
        """Let time pass; a coarser tick is a panel that looks less often."""
        stop_s = self.now_s + duration_s
        while self.now_s < stop_s:
            self.tick(tick_s)

    def tick(self, tick_s: float = TICK_S) -> tuple[Order, ...]:
        self.memory, orders = step(self.memory, Load(self.load, self.budget), self.scene, self.now_s)
        for order in orders:
            self.taken.append((self.now_s, order))
            self.scene = carried_out(self.scene, order)
        self.now_s += tick_s
        return orders

    def since(self, start_s: float) -> list[Order]:
        return [order for now_s, order in self.taken if now_s >= start_s]
