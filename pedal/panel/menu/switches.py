"""The pages of the footswitches: what each does in the preset in hand, and something else for it to do. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from pedal.actions import ACTIONS, MOST, Action
from pedal.panel.hands_requests import AS_THE_BOARD, AssignSwitch, Gesture
from pedal.panel.menu.facts import Facts
from pedal.panel.menu.sheets import Do, ListPage, Open, Row
from pedal.params import KINDS

#: What a foot can do with a switch, in words.
GESTURES: dict[Gesture, str] = {"action": "Tap", "hold": "Hold", "long_hold": "Long hold", "double_tap": "Double tap"}
#: And with the button of an encoder.
BUTTON: dict[Gesture, str] = {"action": "Push", "hold": "Hold"}


class SwitchesPage(ListPage):
    """Every switch and what its tap does."""

    __slots__ = ()

    def title(self, facts: Facts) -> str:
        """It is saved with the preset."""
        return "Switches, here"

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """What the preset says anything about has a mark."""
        return tuple(
            Row(name, _does(facts, name, "action"), _mark(facts, name, *GESTURES), Open(SwitchPage(name)))
            for name in facts.switches
        )

    def note(self, facts: Facts) -> str:
        """A board without any."""
        return "This board has no switches."


@dataclass(frozen=True, slots=True)
class SwitchPage(ListPage):
    """One switch, or an encoder's button: what each gesture does. A tap waits for what else the switch knows."""

    switch: str

    def title(self, facts: Facts) -> str:
        """Its name."""
        return self.switch

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """What the preset says has a mark."""
        return tuple(
            Row(words, _does(facts, self.switch, key), _mark(facts, self.switch, key), self._open(key))
            for key, words in (BUTTON if self.switch in facts.buttons else GESTURES).items()
        )

    def _open(self, key: Gesture) -> Open:
        return Open(ActionsPage(self.switch, key))


@dataclass(frozen=True, slots=True)
class ActionsPage(ListPage):
    """What a gesture of a switch may do: blocks first, they are what a preset differs in."""

    switch: str
    gesture: Gesture = "action"

    def title(self, facts: Facts) -> str:
        """Whose it is."""
        words = BUTTON if self.switch in facts.buttons else GESTURES
        return f"{words.get(self.gesture, self.gesture)} of {self.switch}"

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """As the board says, and all else."""
        as_before = facts.switches.get(self.switch, {}).get(self.gesture, "none")
        rows = [Row("As the board says", words_of(as_before, facts), push=self._assign(AS_THE_BOARD))]
        return (*rows, *(Row(words_of(text, facts), push=self._assign(text)) for text in actions_of(facts)))

    def _assign(self, text: str) -> Do:
        return Do((AssignSwitch(switch=self.switch, gesture=self.gesture, action=text),), SwitchPage)


def _does(facts: Facts, switch: str, gesture: Gesture) -> str:
    """In words: as the preset says, else as the board does; empty for what the switch does not know."""
    own = facts.preset.switches.get(switch, {}).get(gesture)
    text = own or facts.switches.get(switch, {}).get(gesture, "")
    return words_of(text, facts) if text else ""


def _mark(facts: Facts, switch: str, *gestures: Gesture) -> str:
    own = facts.preset.switches.get(switch, {})
    return ">" if any(gesture in own for gesture in gestures) else ""


def actions_of(facts: Facts) -> list[str]:
    """What can be done: the blocks; snapshots that there are; what else takes nothing."""
    return [
        *(str(Action("bypass", block.id)) for block in facts.preset.blocks),
        *(str(Action("snapshot", str(snapshot.number))) for snapshot in facts.preset.snapshots),
        *(kind.name for kind in ACTIONS.values() if kind.takes in ("", "block", "amp")),
        *(str(Action("preset", str(number))) for number in range(1, MOST + 1)),
    ]


def words_of(text: str, facts: Facts) -> str:
    """An action for people: a block by its kind, where that says which."""
    name, _, about = text.partition(":")
    if name == "none":
        return "Nothing"
    if name == "bypass":
        block = next((block for block in facts.preset.blocks if block.id == about), None)
        if block is not None:
            several = sum(other.kind == block.kind for other in facts.preset.blocks) > 1
            return f"{block.id if several else KINDS[block.kind].label} on/off"
        return f"{about} on/off" if about else "Bypass"
    return text.replace("_", " ").replace(":", " ").capitalize()
