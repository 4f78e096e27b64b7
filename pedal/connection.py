"""What is behind the pedal: four connections, each with its knobs, and which is in use. The file that keeps them.

Used by the panel (which owns it) and known by its builder. Outside presets: who carries the pedal from the rehearsal
room to headphones changes this, and no preset. The knobs are those of the block ``master``. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import tomli_w

from pedal.errors import PresetError, did_you_mean
from pedal.files import parse_toml
from pedal.params import BYPASS, KINDS
from pedal.params.words import parse_shown

MASTER = KINDS["master"]
#: By name: what players read, and where its knobs stand unless turned. What a preset sounds like through ``full-range``
#: is what it sounds like; the others differ where what is behind them does.
CONNECTIONS: dict[str, tuple[str, dict[str, float]]] = {
    "amp-input": ("Amp input", {"cabs": 0.0, "level_db": -12.0, "cap_db": -12.0, "mono": 1.0}),
    "fx-return": ("FX return", {"cabs": 0.0, "level_db": -6.0, "cap_db": -3.0, "mono": 1.0}),
    "full-range": ("Full range", {}),
    "headphones": ("Headphones", {"cap_db": -9.0}),
}
FIRST = "full-range"


@dataclass(frozen=True, slots=True)
class Connection:
    """Which connection is in use, and what was turned of each.

    Attributes:
        name: a key of ``CONNECTIONS``.
        turned: by connection, the knobs that were set by the player.
    """

    name: str = FIRST
    turned: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What players read."""
        return CONNECTIONS[self.name][0]

    @property
    def values(self) -> dict[str, float]:
        """Every knob of the one in use."""
        defaults = {param.name: param.default for param in MASTER.params if param is not BYPASS}
        return defaults | CONNECTIONS[self.name][1] | dict(self.turned.get(self.name, {}))

    @property
    def has_cabs(self) -> bool:
        """Whether cabinets play."""
        return self.values["cabs"] > 0.5

    def chosen(self, name: str) -> Connection:
        """The same with another one in use.

        Raises:
            PresetError: there is none of that name.
        """
        if name not in CONNECTIONS:
            hint = did_you_mean(name, CONNECTIONS)
            raise PresetError(f"there is no connection '{name:.40}'", where="output", hint=hint)
        return replace(self, name=name)

    def with_value(self, name: str, value: float | str) -> Connection:
        """The same with a knob of the one in use turned, to a number or to what a player typed.

        Raises:
            PresetError: no such knob, or out of range.
        """
        param = MASTER.params[_index(name, "output")]
        checked = parse_shown(param, value, "output") if isinstance(value, str) else param.checked(value, "output")
        turned = {**self.turned, self.name: {**self.turned.get(self.name, {}), name: checked}}
        return replace(self, turned=turned)


def parse_connection(text: str, where: str) -> Connection:
    """The file's text, checked to the last key.

    Raises:
        PresetError: one sentence that says where and what to do.
    """
    raw = parse_toml(text, where, PresetError)
    name = raw.pop("connection", FIRST)
    if not isinstance(name, str):
        raise PresetError("connection must be a name", where=where, hint="Use " + ", ".join(CONNECTIONS))
    turned: dict[str, dict[str, float]] = {}
    for key, table in raw.items():
        if key not in CONNECTIONS or not isinstance(table, dict):
            raise PresetError(f"unknown key {key!r:.40}", where=where, hint=did_you_mean(key, CONNECTIONS))
        place = f"{where}, [{key}]"
        turned[key] = {knob: MASTER.params[_index(knob, place)].parsed(value, place) for knob, value in table.items()}
    return Connection(turned=turned).chosen(name)


def format_connection(connection: Connection) -> str:
    """The TOML text that ``parse_connection`` reads back as the same."""
    tables = {
        key: {name: MASTER.params[MASTER.index(name)].shown(value) for name, value in knobs.items()}
        for key, knobs in connection.turned.items()
    }
    return tomli_w.dumps({"connection": connection.name} | tables)


def _index(name: str, where: str) -> int:
    index = MASTER.index(name, where)
    if MASTER.params[index] is BYPASS:
        raise PresetError("the connection cannot be switched off", where=where)
    return index
