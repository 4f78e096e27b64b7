"""The next model of an amp's folder, by foot: from the lists that are read beside the panel's loop (``shelf``).

Used by ``actions``. With thousands of models, reading the library would hold the loop up for longer than the next press
may wait; here a step is a look into a table. A press before anybody has looked counts as soon as that is done.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from pedal.errors import ControlError, PedalError
from pedal.panel.menu.facts import Goods
from pedal.panel.player import Player
from pedal.panel.shelf import Shelf
from pedal.params import KINDS
from pedal.preset import Block, Preset


class ModelSteps:
    """What ``next_model`` and ``previous_model`` do.

    Args:
        player: whose preset is in hand.
        shelf: the models, as they were read last; read again after every step, for the next one.
    """

    def __init__(self, player: Player, shelf: Shelf) -> None:
        self._player = player
        self._shelf = shelf
        self._waiting: Counter[tuple[str, str]] = Counter()  # steps by preset and amp

    def step(self, amp: str, by: int, at_s: float) -> None:
        """The amp (empty: the first) plays the model ``by`` further in its folder, around the end, once it is built.

        Raises:
            ControlError: there is no such amp, or no other model.
        """
        amps_of(self._player.preset, amp)
        if self._shelf.goods.is_read:
            self._go(amp, by, at_s)
        else:
            self._waiting[self._player.key, amp] += by
            self._player.message = "Looking for models ..."
        self._shelf.look()

    def tick(self, now_s: float) -> None:
        """Do what waited for the lists; where they cannot be read, whoever tells of that has said why."""
        if not self._waiting or (self._shelf.is_looking and not self._shelf.goods.is_read):
            return
        waiting, self._waiting = self._waiting, Counter()
        for (key, amp), by in waiting.items():
            if self._shelf.goods.is_read and key == self._player.key and by:
                try:
                    self._go(amp, by, now_s)
                except PedalError as error:
                    self._player.message = str(error)

    def _go(self, amp: str, by: int, at_s: float) -> None:
        block = amps_of(self._player.preset, amp)[0]
        key = KINDS["amp"].asset
        models = _models(self._shelf.goods)
        now = models.name_of(block.asset, block.hashes.get(key, ""))
        names = models.by_folder.get(now.rpartition("/")[0], ())
        if not names or names == (now,):
            raise ControlError("there is no other model in this folder", hint="Import some, or choose another folder")
        place = names.index(now) if now in names else -1 if by > 0 else 0
        name = names[(place + by) % len(names)]
        self._player.set_param(f"{block.id}.{key}", name, at_s)
        self._player.message = name.rpartition("/")[2].removesuffix(".nam")


def amps_of(preset: Preset, name: str) -> list[Block]:
    """The amps that are meant: all, or the one of this id.

    Raises:
        ControlError: there is none.
    """
    amps = [block for block in preset.blocks if block.kind == "amp" and name in ("", block.id)]
    if not amps:
        what = f"no amp '{name}'" if name else "no amp"
        raise ControlError(f"there is {what}", where=f"preset '{preset.name}'")
    return amps


@dataclass(frozen=True, slots=True)
class _Models:
    """Names of models: in each folder in the order of lists, by content, and by what presets may call them."""

    by_folder: dict[str, tuple[str, ...]]
    by_content: dict[str, str]
    by_name: dict[str, str]

    def name_of(self, asset: str, content: str) -> str:
        """What is called ``asset`` here: the same name, the same content, or the same name in another folder."""
        name = asset.casefold()
        found = self.by_name.get(name) or self.by_content.get(content) or self.by_name.get(name.rpartition("/")[2])
        return found or asset


@lru_cache(maxsize=1)
def _models(goods: Goods) -> _Models:
    by_folder: dict[str, dict[str, None]] = {}
    by_content: dict[str, str] = {}
    whole: dict[str, str] = {}
    last: dict[str, str] = {}
    for name, content in ((thing.asset_name, thing.content) for thing in goods.models):
        folded = name.casefold()
        by_folder.setdefault(name.rpartition("/")[0], {})[name] = None
        by_content.setdefault(content, name)
        whole.setdefault(folded, name)
        last.setdefault(folded.rpartition("/")[2], name)
    return _Models({folder: tuple(names) for folder, names in by_folder.items()}, by_content, last | whole)
