"""The menu: pages that are open, one on top of the other, and what turning, pushing and going back does.

Used by the panel's loop through ``panel/menus.py``, in pedal-panel. Pure: the pedal's state comes in as ``Facts``, time
as an argument, and what is to be done goes out as requests of the control socket. Three verbs are enough for one
encoder with a push (hold is ``back``) and for two footswitches: ``turn`` by one, and ``push``, with a hold of the first
as a turn to the left and of the second as ``back``.
"""

from __future__ import annotations

from dataclasses import dataclass

from pedal.panel.menu.facts import Facts
from pedal.panel.menu.main_page import MainPage
from pedal.panel.menu.presets import PresetsPage
from pedal.panel.menu.sheets import Back, Deed, Do, Open, Page, Sheet
from pedal.panel.pitch import LEAST_REFERENCE_HZ, MOST_REFERENCE_HZ
from pedal.panel.protocol import AnyRequest, Tune

#: Left alone for so long, the menu closes: on stage the preset's number counts.
IDLE_S = 60.0
Wishes = tuple[AnyRequest, ...]


@dataclass(slots=True)
class _Stop:
    page: Page
    at: int


class Menu:
    """Closed at first. Every verb returns what the player wishes for."""

    def __init__(self) -> None:
        self._stops: list[_Stop] = []
        self._used_s = 0.0

    @property
    def is_open(self) -> bool:
        """Whether a page of the menu is shown instead of the playing pedal's."""
        return bool(self._stops)

    def sheet(self, facts: Facts) -> Sheet | None:
        """What is shown; None while the menu is closed."""
        if not self._stops:
            return None
        top = self._stops[-1]
        return top.page.sheet(facts, top.at)

    def tick(self, now_s: float) -> None:
        """Close what nobody uses any more."""
        if self._stops and now_s - self._used_s > IDLE_S:
            self._stops.clear()

    def close(self) -> None:
        """Back to the playing pedal."""
        self._stops.clear()

    def open(self, facts: Facts, now_s: float, page: Page | None = None) -> Wishes:
        """The first page, or another, from wherever one is."""
        self._used_s = now_s
        self._stops.clear()
        return self._do(Open(page or MainPage()), facts)

    def stay(self, now_s: float) -> None:
        """Somebody waits for what it shows, with his hands elsewhere."""
        self._used_s = now_s

    def turn(self, clicks: int, facts: Facts, now_s: float, steps: int | None = None) -> Wishes:
        """Through a page. Closed, it goes to the list of presets; while one tunes, A4 follows.

        Args:
            clicks: as the hand felt them, to the right if positive.
            facts: the pedal as it is.
            now_s: seconds of a monotonic clock.
            steps: the same, more of them the faster it was; for what is long.
        """
        self._used_s = now_s
        if not self._stops:
            if facts.tuner_on:
                hz = min(max(facts.reference_hz + clicks, LEAST_REFERENCE_HZ), MOST_REFERENCE_HZ)
                return (Tune(reference_hz=hz),)
            page = PresetsPage()
            self._stops.append(_Stop(page, page.start(facts)))
        top = self._stops[-1]
        is_long = steps is not None and top.page.is_long(facts)
        turned = top.page.turn(facts, top.at, steps if steps is not None and is_long else clicks)
        top.at = turned.at
        return turned.wishes

    def push(self, facts: Facts, now_s: float) -> Wishes:
        """Choose. Closed, it opens the menu; while one tunes, it ends that."""
        self._used_s = now_s
        if not self._stops:
            if facts.tuner_on:
                return (Tune(on=False),)
            return self._do(Open(MainPage()), facts)
        top = self._stops[-1]
        return self._do(top.page.push(facts, top.at), facts)

    def back(self, facts: Facts, now_s: float) -> Wishes:
        """One page back, out of the last. Closed, it is the tuner on or off."""
        self._used_s = now_s
        if self._stops:
            return self._stops.pop().page.left(facts)
        return (Tune(on=not facts.tuner_on),)

    def _do(self, deed: Deed | None, facts: Facts) -> Wishes:
        match deed:
            case Open(page=page, instead=instead, at=at):
                if instead:
                    self._stops.pop()
                self._stops.append(_Stop(page, page.start(facts) if at is None else at))
            case Back():
                self._stops.pop()
            case Do(wishes=wishes, to=to, at=at, then=then):
                while to is not None and self._stops and not isinstance(self._stops[-1].page, to):
                    self._stops.pop()
                if then is not None:
                    self._stops.append(_Stop(then, 0))
                if at is not None and self._stops:
                    self._stops[-1].at = at
                return wishes
        return ()
