"""The pages of hands and feet: what footswitches do in this preset, and which MIDI controller turns what.

Opened by the app over the main screen, in the editor's process.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from pedal.actions import ACTIONS, MOST, Action
from pedal.editor.cells import Job
from pedal.editor.pages import Choice, Item, ListPage
from pedal.editor.session import Session, View
from pedal.editor.state import State
from pedal.panel.hands_requests import Gesture, Midi

GESTURES: dict[Gesture, str] = {"action": "tap", "hold": "hold", "long_hold": "long hold", "double_tap": "double tap"}
#: The button of an encoder knows less.
BUTTON: dict[Gesture, str] = {"action": "push", "hold": "hold"}


class SwitchesPage(ListPage):
    """Every gesture of every switch; what the preset says of it has a mark."""

    TITLE = "Switches in this preset"
    HINT = "Enter: something else   Backspace: as the board says   Esc: back"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("backspace,delete", "give_back", "As the board says")]

    def items(self, view: View) -> Sequence[Item]:
        """The board's switches, in its order."""
        if view.state is None or not view.state.switches:
            return [Item(None, Content("This board has no switches."))]
        items = []
        for switch, of_board in view.state.switches.items():
            for gesture, words in (BUTTON if switch in view.state.buttons else GESTURES).items():
                job = Job(switch, gesture)
                own = job.read(view.state)
                does = own or of_board.get(gesture, "")
                text = f"{'▸' if own else ' '} {switch:<14.14}{words:<12}"
                items.append(Item(job, Content.assemble(text, (does or "-", "" if does else "$text-muted"))))
        return items

    def chosen(self, value: object) -> None:
        """From the list of actions."""
        state = self.session.view.state
        if isinstance(value, Job) and state is not None:
            known = [("", "as the board says"), *actions(state)]
            items = [Item(name, Content.assemble(f"{name:<22}", (words, "$text-muted"))) for name, words in known]
            page = Choice(self.session, f"{value.switch}: {GESTURES[value.gesture]}", items, value.read(state))
            self.app.push_screen(page, lambda action: None if action is None else self._assign(value, action))

    def action_give_back(self) -> None:
        """What the board says counts again."""
        if isinstance(job := self.current, Job):
            self._assign(job, "")

    def _assign(self, job: Job, action: str) -> None:
        self.session.do(lambda editing: editing.change(job, action))


def actions(state: State) -> list[tuple[str, str]]:
    """All that a switch can do in this preset: blocks first, they are what presets differ in; with words."""
    own = [(str(Action("bypass", block.id)), "off, or on again") for block in state.preset.blocks]
    own += [(str(Action("snapshot", str(kept.number))), kept.name) for kept in state.preset.snapshots]
    own += [(kind.name, kind.words) for kind in ACTIONS.values() if kind.takes in ("", "block", "amp")]
    return own + [(str(Action("preset", str(n))), ACTIONS["preset"].words) for n in range(1, MOST + 1)]


class MidiPage(ListPage):
    """Which controller turns what.

    Args:
        session: with the pedal.
        target: what a controller can be taught here: the knob that was chosen on the main screen.
    """

    TITLE = "MIDI"
    HINT = "l: learn   d: forget this one   Esc: back"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("l", "learn", "Learn"), Binding("d", "forget", "Forget")]

    def __init__(self, session: Session, target: str) -> None:
        super().__init__(session)
        self._target = target
        self._about: dict[str, Any] = {}

    def start(self) -> None:
        """Ask now, and again twice a second: a controller that is moved shows."""
        self._ask(Midi())
        self.set_interval(0.5, lambda: self._ask(Midi()))

    def heading(self, view: View) -> str:
        """Which ports there are, and what is waited for."""
        ports = self._about.get("ports")
        heard = "not on this board" if ports is None else ", ".join(map(str, ports)) or "nothing plugged in"
        if waits := self._about.get("learning"):
            return f"MIDI: move the controller for {waits}"
        return f"MIDI: {heard}   (l: learn {self._target})"

    def items(self, view: View) -> Sequence[Item]:
        """By the controllers' numbers."""
        known = self._about.get("controllers") or {}
        return [Item(int(number), Content(f" CC {number:<5}{does}")) for number, does in known.items()] or [
            Item(None, Content("No controller has learnt anything."))
        ]

    def chosen(self, value: object) -> None:
        """Nothing to be chosen."""

    def action_learn(self) -> None:
        """The next controller that moves."""
        self._ask(Midi(learn=self._target))

    def action_forget(self) -> None:
        """This one does nothing any more."""
        if isinstance(number := self.current, int):
            self._ask(Midi(forget=number))

    def _ask(self, request: Midi) -> None:
        self.session.ask(request, self._came)

    def _came(self, about: dict[str, Any]) -> None:
        self._about = about
        self.app.call_later(self.look, self.session.view)
