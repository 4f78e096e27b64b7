"""The first page of the menu. Pure."""

from __future__ import annotations

from pedal.panel.menu.banks import BanksPage
from pedal.panel.menu.browser import BrowserPage, Fill, kind_of_file
from pedal.panel.menu.chain import ChainPage, file_label
from pedal.panel.menu.facts import Facts
from pedal.panel.menu.presets import PresetPage, PresetsPage, save_row
from pedal.panel.menu.settings import LooperPage, MessagesPage, SettingsPage, SystemPage
from pedal.panel.menu.sheets import Do, Home, ListPage, Open, Row
from pedal.panel.menu.switches import SwitchesPage
from pedal.panel.protocol import Tune
from pedal.params import KINDS


class MainPage(ListPage):
    """From what is done most to what is done least."""

    __slots__ = ()

    def title(self, facts: Facts) -> str:
        """The preset that all of it is about."""
        return facts.preset.name or "Menu"

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """What the preset or the board does not have is not there."""
        rows = [
            Row("Chain", str(len(facts.preset.blocks)), push=Open(ChainPage())),
            *_file_row(facts, "amp", "Model"),
            *_file_row(facts, "cab", "Cabinet"),
            Row("Presets", push=Open(PresetsPage())),
            save_row(facts),
            Row("This preset", push=Open(PresetPage())),
            Row("Tuner", push=Do((Tune(on=True),), Home)),
        ]
        if facts.loop_level_db is not None:
            rows.append(Row("Looper", facts.loop.state if facts.loop else "", push=Open(LooperPage())))
        rows.append(Row("Banks", facts.bank, push=Open(BanksPage())))
        if facts.switches:
            rows.append(Row("Switches", push=Open(SwitchesPage())))
        rows += [
            Row("Settings", push=Open(SettingsPage())),
            Row("Messages", str(len(facts.messages) or ""), push=Open(MessagesPage())),
            Row("System", push=Open(SystemPage())),
        ]
        return tuple(rows)


def _file_row(facts: Facts, kind: str, label: str) -> tuple[Row, ...]:
    """The first block of a kind: straight to what it plays."""
    block = next((block for block in facts.preset.blocks if block.kind == kind), None)
    if block is None:
        return ()
    key = KINDS[kind].asset
    return (Row(label, file_label(block.asset), push=Open(BrowserPage(kind_of_file(key), Fill(block.id, key)))),)
