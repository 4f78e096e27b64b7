"""The player's hands and eyes in a guest: switches and knobs of the board under test, its lamps and its display.

Made by ``lab`` in the driver, plugged in before the pedal's units start. Whatever is done or seen goes into the trace.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from pedal.config import Board
from tests.lab.hardware import hands
from tests.lab.hardware.bench import I2C, Bench
from tests.lab.hardware.pins import SimulatedPins, write_cpuinfo
from tests.lab.hardware.screen import REST_NS, Picture, Screen
from tests.lab.trace import Trace

#: Where the panel's unit is told to look for its buses (guest/etc, the unit's drop-in).
FOLDER = Path("/run/pedal-lab")
#: How often a hand that turns a knob moves it on, and how often an eye looks whether a page is whole.
_HAND_S, _EYE_S = 0.01, 0.002
#: Left of this and above that a page stands still while nothing happens.
_STILL_RIGHT_PX, _STILL_BOTTOM_PX = 104, 52


class Player:
    """One board's hardware, and the one who plays it.

    Args:
        board: the board file that the panel is given.
        trace: of the run.
        chance: for contacts that bounce.
        folder: of the buses.
    """

    def __init__(self, board: Board, trace: Trace, chance: random.Random, folder: Path = FOLDER) -> None:
        self._board = board
        self._trace = trace
        self._chance = chance
        self.pins = SimulatedPins()
        for switch in board.switches.values():
            self.pins.pull(switch.pin, True)
        for encoder in board.encoders.values():
            for pin in (encoder.pin_a, encoder.pin_b, encoder.pin_push):
                if pin is not None:
                    self.pins.pull(pin, True)
        self.bench = Bench(folder)
        write_cpuinfo(folder / "cpuinfo")
        for knob in board.knobs:
            self.knob(knob, 0.5)
        self._screen = Screen(board.display.driver) if board.display else None
        self._traced_pictures = 0

    def press(self, switch: str, bounces: int = 0) -> int:
        """A foot comes down on a switch and stays there; CLOCK_MONOTONIC (ns) at the first edge."""
        self._trace.add("press", [switch, bounces])
        return self._play(hands.press(self.pin(switch), bounces, self._chance))[0]

    def release(self, switch: str, bounces: int = 0) -> None:
        """The foot goes up again."""
        self._trace.add("release", [switch, bounces])
        self._play(hands.release(self.pin(switch), bounces, self._chance))

    def tap(self, switch: str, hold_s: float = 0.08, bounces: int = 0) -> int:
        """Down and up; CLOCK_MONOTONIC (ns) at the first edge."""
        first_ns = self.press(switch, bounces)
        time.sleep(hold_s)
        self.release(switch, bounces)
        return first_ns

    def knob(self, name: str, to_norm: float, over_s: float = 0.0) -> None:
        """Turn a knob to ``to_norm`` (0 left, 1 right), as fast as ``over_s`` says."""
        self._trace.add("knob", [name, to_norm, over_s])
        channel = self._board.knobs[name].channel
        start, steps = self.bench.turned_to(channel), round(over_s / _HAND_S)
        for step in range(1, steps):
            self.bench.turn(channel, start + (to_norm - start) * step / steps)
            time.sleep(_HAND_S)
        self.bench.turn(channel, to_norm)

    def is_lit(self, pin: int) -> bool:
        """Whether the pedal drives a pin high: a lamp, a relay."""
        return self.pins.is_high(pin)

    def screen(self) -> Picture:
        """What the display shows, once a page that is on its way has arrived.

        Raises:
            ControllerError: the panel sent what such a display does not know.
        """
        screen = self._eyes
        while True:
            screen.feed(self.bench.new_transfers())
            self._trace_pictures(screen.pictures)
            if time.monotonic_ns() - screen.now().at_ns > REST_NS:
                return screen.now()
            time.sleep(_EYE_S)

    def shows(self, page: Image.Image) -> bool:
        """Whether the display shows this page, but for the meters and the load, which move between two looks."""
        return not any(x < _STILL_RIGHT_PX and y < _STILL_BOTTOM_PX for x, y in self.screen().differs(page))

    def pictures(self, since_ns: int = 0) -> list[Picture]:
        """All whole pictures since a moment of CLOCK_MONOTONIC, the present one last."""
        self.screen()
        return [picture for picture in self._eyes.settled() if picture.at_ns >= since_ns]

    def refusals(self, since_ns: int = 0) -> list[int]:
        """When the panel spoke to a display that did not answer, CLOCK_MONOTONIC in ns."""
        self._eyes.feed(self.bench.new_transfers())
        return [at_ns for at_ns in self._eyes.refusals if at_ns >= since_ns]

    def unplug_display(self, at_byte: int = 0) -> None:
        """The display is gone: now, or in the middle of what is sent next."""
        self._trace.add("display unplugged", at_byte)
        self.bench.unplug_display(at_byte)

    def plug_display(self) -> None:
        """The display is back: dark, and its memory full of chance."""
        self._trace.add("display plugged")
        self.bench.plug_display(self._chance.randbytes(8 * 132))

    def remove_bus(self) -> None:
        """The display's bus itself is gone: there is no such device."""
        self._trace.add("bus removed")
        (self.bench.folder / I2C).rename(self.bench.folder / f"{I2C}.gone")

    def restore_bus(self) -> None:
        """The bus is there again, if it was removed."""
        gone = self.bench.folder / f"{I2C}.gone"
        if gone.exists():
            self._trace.add("bus restored")
            gone.rename(self.bench.folder / I2C)

    def end(self) -> None:
        """What was seen goes into the trace to the last picture."""
        if self._screen is not None:
            self.screen()
            self._trace_pictures(self._screen.settled())

    @property
    def _eyes(self) -> Screen:
        assert self._screen is not None, "this board has no display"
        return self._screen

    def pin(self, switch: str) -> int:
        """Where a switch is wired."""
        return self._board.switches[switch].pin

    def _play(self, moves: list[hands.Move]) -> list[int]:
        clock: Callable[[], int] = time.monotonic_ns
        return hands.play(moves, self.pins, time.sleep, clock)

    def _trace_pictures(self, pictures: list[Picture]) -> None:
        for picture in pictures[self._traced_pictures :]:
            self._trace.add("picture", [picture.at_ns, picture.digest])
        self._traced_pictures = len(pictures)
