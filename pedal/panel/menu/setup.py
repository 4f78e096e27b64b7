"""The pages of setting up: which board, a strum, the period, a cable, gaps, the report; and the question whether. Pure.

A hold on the page of a step that is under way breaks it off.
"""

from __future__ import annotations

from dataclasses import dataclass

from pedal.panel.menu.facts import Facts, SetupView
from pedal.panel.menu.presets import ConfirmPage
from pedal.panel.menu.sheets import (
    AskSheet,
    Back,
    Deed,
    Do,
    Home,
    KnobSheet,
    ListPage,
    Open,
    Page,
    Row,
    Sheet,
    Turned,
    stepped,
    within,
)
from pedal.panel.protocol import AnyRequest
from pedal.panel.setup_requests import SetUp, SetupStep

_ROWS: dict[SetupStep, str] = {
    "strum": "Strum hard",
    "period": "Shortest period",
    "cable": "Cable",
    "gaps": "Count gaps",
}
#: Above the bar, while a step is under way.
_TITLES: dict[SetupStep, str] = {
    "strum": "Strum hard now",
    "period": "Trying periods",
    "cable": "Through the cable",
    "gaps": "Counting gaps",
}
#: What a step is about, and the answers before it begins; the last one begins it.
_FIRST: dict[SetupStep, tuple[str, tuple[str, ...]]] = {
    "period": ("Silence for half a minute: four periods are tried.", ("Not now", "Begin")),
    "cable": ("AMP OFF! A cable from the output to the input: it hisses.", ("Not now", "The amp is off")),
}


class SetupPage(ListPage):
    """Its steps in their order, each with what it found last."""

    __slots__ = ()

    def title(self, facts: Facts) -> str:
        """As it says."""
        return "Set up"

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """A push goes to a step, or begins it."""
        setup = facts.setup
        look = Do((SetUp(step="board"),), SetupPage, then=BoardsPage())
        rows = [Row("Board", setup.board, push=look)]
        for step, label in _ROWS.items():
            if step == "cable" and setup.no_cable:
                rows.append(Row(label, setup.no_cable))
                continue
            view = setup.view(step)
            page = StepPage(step)
            push = Open(page) if step in _FIRST else Do((SetUp(step=step),), SetupPage, then=page)
            rows.append(Row(label, view.value if view else "", push=push))
        rows.append(Row("Report", push=Do((SetUp(step="report"),), SetupPage, then=ReportPage())))
        if setup.can_undo:
            rows.append(Row("Undo the last change", push=Do((SetUp(verb="undo"),))))
        return tuple(rows)


@dataclass(frozen=True, slots=True)
class StepPage(Page):
    """One step: what it is about, a bar while it goes on, what it found and what may be done about that."""

    step: SetupStep

    def sheet(self, facts: Facts, at: int) -> Sheet:
        """The bar is how far it is."""
        view = facts.setup.view(self.step)
        if (view is not None and not view.is_done) or (view is None and self.step not in _FIRST):
            value, share = (view.value, view.share) if view else ("", 0.0)
            return KnobSheet(_TITLES[self.step], "hold: leave", value, share)
        if view is None:
            text, choices = _FIRST[self.step]
            return AskSheet(_ROWS[self.step], text, choices, within(at, len(choices)))
        answers = tuple(label for label, _ in self._answers(view))
        return AskSheet(f"{_ROWS[self.step]}: {view.value}", view.sentence, answers, within(at, len(answers)))

    def turn(self, facts: Facts, at: int, steps: int) -> Turned:
        """Through the answers."""
        view = facts.setup.view(self.step)
        count = len(self._answers(view)) if view else len(_FIRST.get(self.step, ("", ()))[1])
        return Turned(stepped(at, steps, count))

    def push(self, facts: Facts, at: int) -> Deed | None:
        """The answer; while it goes on there is none."""
        view = facts.setup.view(self.step)
        if view is None:
            choices = _FIRST.get(self.step, ("", ()))[1]
            begins = choices and within(at, len(choices)) == len(choices) - 1
            return Do((SetUp(step=self.step),), at=0) if begins else Back() if choices else None
        if not view.is_done:
            return None
        answers = self._answers(view)
        return answers[within(at, len(answers))][1]

    def left(self, facts: Facts) -> tuple[AnyRequest, ...]:
        """Who leaves a step that goes on does not want it."""
        view = facts.setup.view(self.step)
        return (SetUp(),) if view is not None and not view.is_done else ()

    def _answers(self, view: SetupView) -> tuple[tuple[str, Deed], ...]:
        """Of a step that is done: what it offers comes first; what needs a question is asked again."""
        again = Open(AgainPage(self.step), instead=True) if self.step in _FIRST else Do((SetUp(step=self.step),), at=0)
        use = ((view.offer, Do((SetUp(step=self.step, verb="use"),), SetupPage)),) if view.offer else ()
        return (*use, ("Done", Back()), ("Again", again)) if use else (("Again", again), ("Done", Back()))


@dataclass(frozen=True, slots=True)
class AgainPage(Page):
    """The question before a step that was done before."""

    step: SetupStep

    def sheet(self, facts: Facts, at: int) -> Sheet:
        """What it is about."""
        text, choices = _FIRST[self.step]
        return AskSheet(_ROWS[self.step], text, choices, within(at, len(choices)))

    def turn(self, facts: Facts, at: int, steps: int) -> Turned:
        """Through the answers."""
        return Turned(stepped(at, steps, len(_FIRST[self.step][1])))

    def push(self, facts: Facts, at: int) -> Deed | None:
        """The last answer begins it."""
        choices = _FIRST[self.step][1]
        if within(at, len(choices)) < len(choices) - 1:
            return Back()
        return Do((SetUp(step=self.step),), SetupPage, then=StepPage(self.step))


class BoardsPage(ListPage):
    """The boards that this machine could be; a push, and a yes, puts one in use."""

    __slots__ = ()

    def title(self, facts: Facts) -> str:
        """As it says."""
        return "Which board is it?"

    def note(self, facts: Facts) -> str:
        """What is said where none was found."""
        view = facts.setup.view("board")
        return view.sentence if view and view.is_done else "Looking..."

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """Each with its card."""
        rows = []
        for name, card in facts.setup.boards:
            wish = SetUp(step="board", verb="use", board=name, card=card)
            mark = ">" if (name, card) == facts.setup.in_use else ""
            rows.append(Row(name, card, mark, Open(ConfirmPage(f"Play with {name}?", wish, SetupPage))))
        return tuple(rows)


class ReportPage(Page):
    """The report, page by page; all of it is a file in the player's folder."""

    __slots__ = ()

    def sheet(self, facts: Facts, at: int) -> Sheet:
        """One page."""
        pages = facts.setup.pages
        if not pages:
            return AskSheet("Report", "Nothing was measured yet.")
        at = within(at, len(pages))
        title, text = pages[at]
        return AskSheet(f"Report {at + 1}/{len(pages)}: {title}", text)

    def turn(self, facts: Facts, at: int, steps: int) -> Turned:
        """From page to page."""
        return Turned(stepped(at, steps, len(facts.setup.pages)))

    def push(self, facts: Facts, at: int) -> Deed | None:
        """The next page; from the last one back."""
        return Open(self, instead=True, at=at + 1) if at + 1 < len(facts.setup.pages) else Back()


class OfferPage(Page):
    """Shown once by itself, on a pedal that was never set up. It plays meanwhile."""

    __slots__ = ()

    def sheet(self, facts: Facts, at: int) -> Sheet:
        """A question of two answers."""
        return AskSheet("New here", "Set the pedal up? Three minutes. Settings has it later.", _OFFER, within(at, 2))

    def turn(self, facts: Facts, at: int, steps: int) -> Turned:
        """To the other answer."""
        return Turned(stepped(at, steps, len(_OFFER)))

    def push(self, facts: Facts, at: int) -> Deed | None:
        """Yes, or later."""
        return Open(SetupPage(), instead=True) if at == 0 else Do(_LATER, Home)

    def left(self, facts: Facts) -> tuple[AnyRequest, ...]:
        """A hold says later."""
        return _LATER


_OFFER = ("Yes, now", "Later")
_LATER: tuple[AnyRequest, ...] = (SetUp(verb="later"),)
