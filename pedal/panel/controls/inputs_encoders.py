"""Rotary encoders and their buttons on the pins of the board, through gpiozero. Touches hardware.

Opened by the panel (pedal-panel). gpiozero's thread tells every edge of both contacts, in order; ``encoder`` counts.
The buttons are footswitches for a finger: ``inputs`` opens them, and a hold is told while the finger is still down.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Literal

from pedal.gpio import install_pins
from pedal.panel.controls.encoder import Pace, Push, Quadrature, Rotation
from pedal.panel.controls.gestures import Gesture, Knows
from pedal.panel.controls.inputs import open_contact, open_footswitches


@dataclass(frozen=True, slots=True)
class EncoderPins:
    """Where an encoder is wired (BCM numbers), and how often its contacts change between two clicks."""

    a: int
    b: int
    push: int | None = None
    steps_per_detent: Literal[1, 2, 4] = 4


class _Turning:
    """One encoder: both contacts, counted."""

    def __init__(self, name: str, pins: EncoderPins, on_event: Callable[[Rotation], None]) -> None:
        self._name = name
        self._quadrature = Quadrature(pins.steps_per_detent)
        self._pace = Pace()
        self._on_event = on_event

    def starts(self, a: bool, b: bool, steps_per_detent: Literal[1, 2, 4]) -> None:
        """Where the contacts are when it is opened."""
        self._quadrature = Quadrature(steps_per_detent, a, b)

    def edge(self, contact: Literal["a", "b"], clock: Callable[[], float], closed: bool) -> None:
        clicks = self._quadrature.edge(contact, closed)
        if clicks:
            at_s = clock()
            self._on_event(Rotation(self._name, clicks, self._pace.steps(clicks, at_s), at_s))


def open_encoders(
    encoders: Mapping[str, EncoderPins],
    on_event: Callable[[Rotation | Push], None],
    *,
    clock: Callable[[], float] = time.monotonic,
) -> ExitStack:
    """Listen to encoders whose contacts lie between their pins and ground; closing the stack frees the pins.

    Args:
        encoders: by name.
        on_event: called with every click and every push, in gpiozero's thread or in one of ours.
        clock: seconds, monotonic.

    Raises:
        BoardError: a pin is in use or does not exist, or this machine has no GPIO for us.
    """
    with ExitStack() as stack:
        if encoders:
            install_pins("encoders")
        for name, pins in encoders.items():
            turning = _Turning(name, pins, on_event)
            edges = [partial(turning.edge, "a", clock), partial(turning.edge, "b", clock)]
            where = f"encoders.{name}"
            a = open_contact(pins.a, "up", f"{where}.pin_a = {pins.a}", edges[0])
            stack.callback(a.close)
            b = open_contact(pins.b, "up", f"{where}.pin_b = {pins.b}", edges[1])
            stack.callback(b.close)
            turning.starts(bool(a.value), bool(b.value), pins.steps_per_detent)

        def pushed(gesture: Gesture) -> None:
            if gesture.kind in ("tap", "hold"):
                on_event(Push(gesture.name, "tap" if gesture.kind == "tap" else "hold", gesture.at_s))

        buttons = {name: pins.push for name, pins in encoders.items() if pins.push is not None}
        keys = {name: f"encoders.{name}.pin_push" for name in buttons}
        feet = stack.enter_context(open_footswitches(buttons, pushed, keys=keys, clock=clock))
        feet.learn({name: Knows(hold=True) for name in buttons})
        return stack.pop_all()
