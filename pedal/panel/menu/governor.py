"""The page of the governor: the load, what each block takes, what would fit, what changed of late. Pure."""

from __future__ import annotations

from pedal.panel.menu.facts import Facts
from pedal.panel.menu.sheets import Do, ListPage, Row
from pedal.panel.protocol import MeasureCosts


class GovernorPage(ListPage):
    """Lines to be read; at the end what costs can be measured again."""

    __slots__ = ()

    def title(self, facts: Facts) -> str:
        """As it says."""
        return "CPU"

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """Long ones scroll while they are looked at."""
        lines = tuple(Row(label, value) for label, value in facts.governor)
        return (*lines, Row("Measure again", push=Do((MeasureCosts(),))))
