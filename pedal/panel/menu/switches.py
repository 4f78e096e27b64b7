"""The pages of the footswitches: what each does in the preset in hand, and something else for it to do. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from pedal.actions import ACTIONS, MOST, Action
from pedal.panel.hands import AS_THE_BOARD
from pedal.panel.hands_requests import AssignSwitch
from pedal.panel.menu.facts import Facts
from pedal.panel.menu.sheets import Do, ListPage, Open, Row
from pedal.params import KINDS


class SwitchesPage(ListPage):
    """Every switch and what its tap does."""

    __slots__ = ()

    def title(self, facts: Facts) -> str:
        """It is saved with the preset."""
        return "Switches, here"

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """What the preset says has a mark."""
        rows = []
        for name, does in facts.switches:
            own = facts.preset.switches.get(name, {}).get("action")
            mark = ">" if own is not None else ""
            rows.append(Row(name, _words(own or does, facts), mark, push=Open(ActionsPage(name))))
        return tuple(rows)

    def note(self, facts: Facts) -> str:
        """A board without any."""
        return "This board has no switches."


@dataclass(frozen=True, slots=True)
class ActionsPage(ListPage):
    """What a switch may do: blocks first, they are what a preset differs in."""

    switch: str

    def title(self, facts: Facts) -> str:
        """Whose tap it is."""
        return f"A tap of {self.switch}"

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """As the board says; the blocks; snapshots that there are; what else takes nothing."""
        texts = [
            *(str(Action("bypass", block.id)) for block in facts.preset.blocks),
            *(str(Action("snapshot", str(snapshot.number))) for snapshot in facts.preset.snapshots),
            *(kind.name for kind in ACTIONS.values() if kind.takes in ("", "block", "amp")),
            *(str(Action("preset", str(number))) for number in range(1, MOST + 1)),
        ]
        rows = [Row("As the board says", push=self._assign(AS_THE_BOARD))]
        return (*rows, *(Row(_words(text, facts), push=self._assign(text)) for text in texts))

    def _assign(self, text: str) -> Do:
        return Do((AssignSwitch(switch=self.switch, action=text),), SwitchesPage)


def _words(text: str, facts: Facts) -> str:
    """An action for people: a block by its kind, where that says which."""
    name, _, about = text.partition(":")
    if name == "bypass":
        block = next((block for block in facts.preset.blocks if block.id == about), None)
        if block is not None:
            several = sum(other.kind == block.kind for other in facts.preset.blocks) > 1
            return f"{block.id if several else KINDS[block.kind].label} on/off"
        return f"{about} on/off" if about else "Bypass"
    return text.replace("_", " ").replace(":", " ").capitalize()
