"""All that can be edited, shown to whoever has room for it; and a preset from there, held.

Used by the panel's loop, for the editor. What is shown is asked for several times a second: while nothing changes it
costs a comparison.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from pedal.errors import ControlError
from pedal.library.presets import is_key
from pedal.panel.desk_requests import THINGS_AT_ONCE, DeskRequest, HoldPreset, Show, Things
from pedal.panel.menu.facts import Facts
from pedal.panel.player import Player
from pedal.panel.quality import CHOICES
from pedal.panel.shelf import Shelf
from pedal.preset import Preset, format_preset, parse_preset
from pedal.preset.snapshots import fitting

_MARK_CHARS = 16


@dataclass(slots=True)
class Desk:
    """Requests, answered.

    Attributes:
        player: has the preset in hand.
        shelf: what there is to choose from.
        facts: the pedal as it is.
    """

    player: Player
    shelf: Shelf
    facts: Callable[[], Facts]
    _text_of: tuple[Preset | None, str] = field(default=(None, ""))

    def answer(self, request: DeskRequest, now_s: float) -> dict[str, Any]:
        """What is there, or what is held now.

        Raises:
            PedalError: it is no preset, or another one is in hand by now; nothing was changed.
        """
        match request:
            case Show(mark=mark):
                return self._show(mark)
            case Things(kind=kind, start=start, look=look):
                return self._things(kind, start, look)
            case HoldPreset():
                return self._hold(request, now_s)

    def _show(self, mark: str) -> dict[str, Any]:
        facts = self.facts()
        shown = {
            "key": facts.key,
            "text": self._text(),
            "preset_mark": self._mark(),
            "snapshot": facts.preset.snapshot,
            "edited": facts.edited,
            "quality": dict(facts.quality),
            "switches": {name: dict(own) for name, own in facts.switches.items()},
            "buttons": sorted(facts.buttons),
            "banks": [{"name": bank.name, "presets": list(bank.presets)} for bank in facts.banks],
            "bank": facts.bank,
            "said": list(facts.messages),
            "connection": facts.connection,
        }
        now = _mark_of(msgspec.json.encode(shown))
        return {"mark": now} if mark == now else {"mark": now, **shown}

    def _things(self, kind: str, start: int, look: bool) -> dict[str, Any]:
        if look or not (self.shelf.goods.is_read or self.shelf.is_looking):
            self.shelf.look()
        goods = self.shelf.goods
        looking = {"is_looking": self.shelf.is_looking, "start": start}
        if kind == "preset":
            presets = [[p.key, p.name, p.is_factory] for p in goods.presets[start : start + THINGS_AT_ONCE]]
            return looking | {"things": presets, "total": len(goods.presets)}
        things = goods.models if kind == "model" else goods.impulses
        few = things[start : start + THINGS_AT_ONCE]
        return looking | {
            "things": [[thing.asset_name, thing.label, thing.folder, thing.content, thing.favourite] for thing in few],
            "total": len(things),
        }

    def _hold(self, request: HoldPreset, now_s: float) -> dict[str, Any]:
        player, key = self.player, request.key
        if request.instead_of is not None and request.instead_of != self._mark():
            raise ControlError("the preset was changed meanwhile by somebody else", hint="Look at it, and try again")
        if key and not is_key(key):
            raise ControlError("is no name of a preset's file", where=f"{key!r:.70}")
        changed = parse_preset(request.text, f"preset '{key or 'in hand'}'")
        changed = replace(changed, snapshots=fitting(changed.snapshots, changed))
        before = player.work.quality
        quality = _quality(changed, request.quality or (before if key == player.key else {}))
        if (key, quality) == (player.key, _quality(changed, before)) and _is_built_like(changed, player.preset):
            known = {block.id: block.hashes for block in player.preset.blocks}
            player.change_to(replace(changed.with_hashes(known), snapshot=player.preset.snapshot), now_s)
        else:
            player.work.build(key, changed, quality)
        return {"preset": player.preset.name, "preset_key": player.key, "preset_mark": self._mark()}

    def _text(self) -> str:
        """Of the preset in hand; made again only when there is another."""
        preset = self.player.preset
        if self._text_of[0] is not preset:
            self._text_of = preset, format_preset(preset)
        return self._text_of[1]

    def _mark(self) -> str:
        return _mark_of(self.player.key.encode(), self._text().encode())


def _mark_of(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:_MARK_CHARS]


def _quality(preset: Preset, chosen: Mapping[str, str]) -> dict[str, str]:
    """What is chosen of the amps that there are.

    Raises:
        ControlError: no width is called so.
    """
    for width in chosen.values():
        if width not in CHOICES:
            raise ControlError(f"'{width:.40}' is no width", hint=f"Use {', '.join(CHOICES)}")
    amps = [block.id for block in preset.blocks if block.kind == "amp"]
    return {amp: chosen[amp] for amp in amps if chosen.get(amp, "auto") != "auto"}


def _is_built_like(one: Preset, other: Preset) -> bool:
    """Whether both have the same blocks in the same order, with the same files and options: one plays as the other."""
    pairs = list(zip(one.blocks, other.blocks, strict=False))
    return len(one.blocks) == len(other.blocks) and all(
        (a.id, a.kind, a.files, a.filled.options) == (b.id, b.kind, b.files, b.filled.options)
        and all(b.hashes.get(key, known) == known for key, known in a.hashes.items())
        for a, b in pairs
    )
