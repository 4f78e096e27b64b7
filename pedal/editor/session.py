"""The editor's session with the pedal: a thread that asks, does what it is told in order, and comes back by itself.

Owned by the app, in the editor's process. The app looks at ``view``, which is replaced as a whole, and gives orders;
it never waits. What others change shows at the next look, a fraction of a second later.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pedal.cli.client import Client, Line, RefusedError
from pedal.editor.cells import Knob
from pedal.editor.editing import Editing
from pedal.editor.state import Live, State, parse_state
from pedal.errors import ControlError, PedalError
from pedal.panel.desk_requests import Show
from pedal.panel.protocol import Request, Status

#: From one look at the pedal to the next: as often as a screen at the end of a slow line can follow.
LOOK_S = 0.125
#: A pedal that is not there is looked for so often.
RETRY_S = 0.5
#: Orders that wait; who holds a key down while the pedal does not answer has meant fewer.
ORDERS_MOST = 64


@dataclass(frozen=True, slots=True)
class View:
    """The pedal as it was seen last.

    Attributes:
        state: None while there is no pedal.
        live: what moves.
        trouble: why there is no pedal; empty while there is one.
        notice: what was done last, or why not.
        is_refusal: the notice says why not.
        count: of notices, so that the same one twice is news.
    """

    state: State | None = None
    live: Live = field(default_factory=Live)
    trouble: str = "Looking for the pedal."
    notice: str = ""
    is_refusal: bool = False
    count: int = 0


Order = Callable[[Editing], str]


class GoneError(ControlError):
    """Nobody answers (any more); the message says why, and what to do."""


class Session:
    """One for each editor.

    Args:
        path: of the control socket.
        told: called, from the thread, whenever ``view`` is another one.
    """

    def __init__(self, path: Path, told: Callable[[], None]) -> None:
        self.view = View()
        self._client = Client(path)
        self._told = told
        self._line: Line | None = None
        self._editing = Editing(self._ask, self._look)
        self._orders: deque[Order] = deque()
        self._turns: dict[Knob, tuple[int, int]] = {}  # clicks and steps that wait
        self._after_look: list[Callable[[], None]] = []
        self._news = threading.Condition()
        self._is_closing = False
        self._thread = threading.Thread(target=self._run, name="session", daemon=True)

    def start(self) -> None:
        """Look for the pedal from now on."""
        self._thread.start()

    def close(self) -> None:
        """Do what was ordered, and hang up."""
        with self._news:
            self._is_closing = True
            self._news.notify()
        self._thread.join(timeout=5.0)

    def do(self, order: Order) -> None:
        """Do this soon, behind what was ordered before; the sentence it returns, or its error, becomes the notice."""
        with self._news:
            if len(self._orders) < ORDERS_MOST:
                self._orders.append(order)
            self._news.notify()

    def turn(self, knob: Knob, clicks: int, steps: int) -> None:
        """Turn a knob on; what was turned before and waits still is one turn with it."""
        with self._news:
            before = self._turns.get(knob)
            self._turns[knob] = (before[0] + clicks, before[1] + steps) if before else (clicks, steps)
        if before is None:
            self.do(lambda editing: editing.turn(knob, *self._taken(knob)))

    def ask(self, request: Request, then: Callable[[dict[str, Any]], None]) -> None:
        """Ask the panel; ``then`` gets the answer, in the session's thread."""

        def order(_: Editing) -> str:
            then(self._ask(request))
            return ""

        self.do(order)

    def say(self, sentence: str) -> None:
        """Refuse something that the pedal need not be asked."""

        def order(_: Editing) -> str:
            raise PedalError(sentence.rstrip("."))

        self.do(order)

    def later(self, then: Callable[[], None]) -> None:
        """Call this, in the session's thread, after the next look at the pedal."""
        self._after_look.append(then)

    def seal(self) -> None:
        """What is done from now on is undone by itself."""

        def order(editing: Editing) -> str:
            editing.journal.seal()
            return ""

        self.do(order)

    def _taken(self, knob: Knob) -> tuple[int, int]:
        with self._news:
            return self._turns.pop(knob, (0, 0))

    def _run(self) -> None:
        while True:
            with self._news:
                if not self._orders:
                    if self._is_closing:
                        break
                    self._news.wait(LOOK_S if self._line is not None else RETRY_S)
                orders = [self._orders.popleft() for _ in range(len(self._orders))]
            try:
                self._connect()
                for order in orders:
                    self._obey(order)
                self._show(live=Live(self._ask(Status())), state=self._look(), trouble="")
                after, self._after_look = self._after_look, []
                for then in after:
                    then()
            except PedalError as error:
                self._lose(error)
                if isinstance(error, RefusedError):  # it starts, and says so at once
                    time.sleep(LOOK_S)
        self._hang_up()

    def _connect(self) -> None:
        if self._line is None:
            self._line = self._client.open()

    def _obey(self, order: Order) -> None:
        try:
            notice, is_refusal = order(self._editing), False
        except GoneError:
            raise
        except PedalError as error:
            notice, is_refusal = str(error), True
        if notice:
            self._show(notice=notice, is_refusal=is_refusal, count=self.view.count + 1)

    def _ask(self, request: Request) -> dict[str, Any]:
        if self._line is None:
            raise GoneError("the pedal is not there")
        try:
            return self._line.ask(request)
        except RefusedError:
            raise
        except ControlError as error:
            raise GoneError(error.what, where=error.where, hint=error.hint) from error

    def _look(self) -> State:
        """What there is to edit, now."""
        old = self.view.state
        shown = self._ask(Show(mark=old.mark if old else ""))
        if old is not None and shown.get("mark") == old.mark:
            return old
        state = parse_state(shown)
        self._show(state=state, trouble="")
        return state

    def _show(self, **changes: Any) -> None:
        self.view = replace(self.view, **changes)
        self._told()

    def _lose(self, error: PedalError) -> None:
        self._hang_up()
        with self._news:
            self._orders.clear()
            self._turns.clear()
        if (self.view.state, self.view.trouble) != (None, str(error)):
            self._show(state=None, live=Live(), trouble=str(error))

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None
