"""The panel's end of the connection: applies it to whatever rig plays, changes it, keeps it.

Used by the panel's loop through ``player`` and ``answers``. All of it ramps: knobs as knobs do, cabinets as a bypass.
"""

from __future__ import annotations

from collections.abc import Mapping

from pedal.connection import MASTER, Connection
from pedal.library.connections import ConnectionStore
from pedal.link import Word
from pedal.panel.rigs import BYPASS_CELL, Rigs


class Outlet:
    """The connection in use.

    Attributes:
        connection: it.
        message: one sentence for the page if the kept one could not be read, or empty.
    """

    def __init__(self, store: ConnectionStore, rigs: Rigs) -> None:
        self._store = store
        self._rigs = rigs
        self.connection, self.message = store.load()
        self.apply()

    def apply(self) -> None:
        """To the rig that plays and the one that is wanted."""
        self._rigs.link.put(Word.CABS_OFF, int(not self.connection.has_cabs))
        values = self.connection.values
        for cell, param in enumerate(MASTER.params):
            if cell != BYPASS_CELL:
                self._rigs.set_target(MASTER.name, cell, param.kernel_value(values[param.name]))

    def change(self, name: str | None, values: Mapping[str, float | str]) -> str:
        """Choose another connection, or turn its knobs, or both; returns a sentence if it could not be kept.

        Raises:
            PresetError: no such connection or knob, or out of range; nothing changes then.
        """
        changed: Connection = self.connection if name is None else self.connection.chosen(name)
        for knob, value in values.items():
            changed = changed.with_value(knob, value)
        if changed == self.connection:
            return ""
        self.connection = changed
        self.apply()
        return self._store.save(changed)
