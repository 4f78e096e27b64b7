"""What the editor knows of the pedal: records, made of the panel's answers. Pure.

``State`` is what can be edited, and changes when somebody does; ``Live`` moves all the time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pedal.errors import ControlError
from pedal.library.banks import Bank
from pedal.preset import Preset, parse_preset


@dataclass(frozen=True, slots=True)
class State:
    """All that can be edited.

    Attributes:
        mark: of this state; another one has another.
        preset_mark: of the preset alone, for changes that must not overtake one of somebody else.
        key: of the preset's file; empty: it has none yet.
        preset: in hand, as it now is.
        edited: it differs from its file.
        quality: "full", "lite" or "auto" by amp; what is not there is "auto".
        switches: what the board says that its switches do, by switch and gesture.
        buttons: those of them that are buttons of encoders, and know a push and a hold.
        banks, bank: all, and the name of the one under the feet.
        said: what the pedal said, newest first.
        connection: what is behind the pedal.
    """

    mark: str
    preset_mark: str
    key: str
    preset: Preset
    edited: bool = False
    quality: Mapping[str, str] = field(default_factory=dict)
    switches: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    buttons: frozenset[str] = frozenset()
    banks: tuple[Bank, ...] = ()
    bank: str = ""
    said: tuple[str, ...] = ()
    connection: str = ""


@dataclass(frozen=True, slots=True)
class Live:
    """What the pedal does just now: its status, read with care, for a newer pedal may say other things."""

    status: Mapping[str, Any] = field(default_factory=dict)

    def number(self, key: str, default: float = 0.0) -> float:
        """A number of the status; where there is none, or it is none, ``default``."""
        return _number(self.status.get(key), default)

    def text(self, key: str) -> str:
        """A text of the status; empty where there is none."""
        value = self.status.get(key)
        return value if isinstance(value, str) else ""

    def table(self, key: str) -> tuple[Mapping[str, Any], ...]:
        """A list of objects of the status."""
        rows = self.status.get(key)
        return tuple(row for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()

    def load_of(self, block_id: str) -> float:
        """A block's share of the period, both sides of an amp that plays twice together."""
        return sum(_number(b.get("load")) for b in self.table("blocks") if str(b.get("id")).split(":")[0] == block_id)

    def amp(self, block_id: str) -> Mapping[str, Any]:
        """What is said of an amp; nothing while there is none of this id in the chain that plays."""
        return next((amp for amp in self.table("amps") if amp.get("id") == block_id), {})


def parse_state(shown: Mapping[str, Any]) -> State:
    """The answer to ``Show``.

    Raises:
        PedalError: it is not understood.
    """
    try:
        preset = parse_preset(shown["text"], "the preset in hand")
        return State(
            mark=str(shown["mark"]),
            preset_mark=str(shown["preset_mark"]),
            key=str(shown["key"]),
            preset=replace(preset, snapshot=int(shown["snapshot"])),
            edited=bool(shown["edited"]),
            quality={str(amp): str(width) for amp, width in shown["quality"].items()},
            switches={name: {key: str(does) for key, does in own.items()} for name, own in shown["switches"].items()},
            buttons=frozenset(map(str, shown["buttons"])),
            banks=tuple(Bank(str(bank["name"]), tuple(map(str, bank["presets"]))) for bank in shown["banks"]),
            bank=str(shown["bank"]),
            said=tuple(map(str, shown["said"])),
            connection=str(shown["connection"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ControlError(
            f"the pedal shows something else than was expected ({error!r:.60})", hint="Update both"
        ) from error


def _number(value: object, default: float = 0.0) -> float:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else default
