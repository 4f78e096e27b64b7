"""The pages of setting up: how loud a strum is, and whether the card ever ran dry. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from pedal.panel.menu.facts import Facts, SetupStep, SetupView
from pedal.panel.menu.sheets import Deed, Do, KnobSheet, ListPage, ListSheet, Page, Row, Sheet, Turned
from pedal.panel.protocol import SetUp

_TITLES: dict[SetupStep, str] = {"strum": "Strum hard now", "period": "Counting gaps"}
_ROWS: dict[SetupStep, str] = {"strum": "Strum hard", "period": "Count gaps"}


class SetupPage(ListPage):
    """Its steps, each with what it found last."""

    __slots__ = ()

    def title(self, facts: Facts) -> str:
        """As it says."""
        return "Set up"

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """A push starts one; a terminal has the others."""
        rows = []
        for step, label in _ROWS.items():
            view = view_of(facts, step)
            value = view.value if view else ""
            rows.append(Row(label, value, push=Do((SetUp(step=step),), SetupPage, then=StepPage(step))))
        return (*rows, Row("More: `pedal setup` in a terminal"))


@dataclass(frozen=True, slots=True)
class StepPage(Page):
    """One step: a bar while it looks, a sentence after it. A push does it again; the list keeps the result."""

    step: SetupStep

    def sheet(self, facts: Facts, at: int) -> Sheet:
        """The bar is how far it is."""
        view = view_of(facts, self.step)
        if view is None or not view.sentence:
            value, share = (view.value, view.share) if view else ("", 0.0)
            return KnobSheet(_TITLES[self.step], "hold: leave", value, share)
        return ListSheet(f"{_ROWS[self.step]}: {view.value}", (), 0, f"{view.sentence} Push: again")

    def turn(self, facts: Facts, at: int, steps: int) -> Turned:
        """Nothing to turn."""
        return Turned(at)

    def push(self, facts: Facts, at: int) -> Deed | None:
        """Again."""
        return Do((SetUp(step=self.step),))


def view_of(facts: Facts, step: SetupStep) -> SetupView | None:
    """What there is of a step."""
    return next((view for view in facts.setup if view.step == step), None)
