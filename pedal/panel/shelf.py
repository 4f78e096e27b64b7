"""What there is to choose from, read in a thread of its own: lists of thousands must not hold up the panel's loop.

Owned by the panel's loop, which only ever looks at what was read last. Favourites are written here too, so that
nobody waits for the disk.
"""

from __future__ import annotations

import logging
import queue
import threading
from dataclasses import dataclass

import msgspec

from pedal.errors import LibraryError, PedalError
from pedal.library.cards import AssetKind
from pedal.library.catalog import Catalog, Entry
from pedal.library.presets import PresetStore
from pedal.panel.menu.facts import Goods, Listed, Thing

_log = logging.getLogger("pedal.panel")


@dataclass(frozen=True, slots=True)
class _Liking:
    kind: AssetKind
    content: str
    on: bool


@dataclass(frozen=True, slots=True)
class _Look:
    """Read all of it again."""


@dataclass(frozen=True, slots=True)
class _End:
    """No more of it."""


class Shelf:
    """Presets, models and impulse responses by name.

    Args:
        catalog: of models and impulse responses.
        store: of presets.

    Attributes:
        goods: what was read last; replaced as a whole.
        trouble: why something could not be kept, one sentence, or empty; whoever shows it clears it.
    """

    def __init__(self, catalog: Catalog, store: PresetStore) -> None:
        self.goods = Goods(is_read=False)
        self.trouble = ""
        self._catalog = catalog
        self._store = store
        self._names: dict[tuple[object, ...], str] = {}
        self._orders: queue.SimpleQueue[_Liking | _Look | _End] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="shelf", daemon=True)

    def look(self) -> None:
        """Read again, soon."""
        self._start()
        self._orders.put(_Look())

    def favour(self, kind: AssetKind, content: str, on: bool) -> None:
        """Keep that something is liked, or no longer, soon."""
        self._start()
        self._orders.put(_Liking(kind, content, on))

    def close(self) -> None:
        """Finish what was asked for."""
        if self._thread.is_alive():
            self._orders.put(_End())
            self._thread.join(timeout=5.0)

    def _start(self) -> None:
        if not self._thread.is_alive():
            self._thread.start()

    def _run(self) -> None:
        while not isinstance(order := self._orders.get(), _End):
            try:
                if isinstance(order, _Liking):
                    self._keep(order)
                if self._orders.empty():  # else it would be read again at once
                    self.goods = self._read()
            except (PedalError, OSError) as error:
                self.trouble = str(error)
                _log.warning("the lists: %s", error)

    def _keep(self, liking: _Liking) -> None:
        entries = self._catalog.entries(liking.kind)
        entry = next((entry for entry in entries if entry.hash == liking.content), None)
        if entry is None:
            raise LibraryError("is not in the library any more", where=f"the {liking.kind}")
        self._catalog.write_card(msgspec.structs.replace(entry.card, favourite=liking.on))

    def _read(self) -> Goods:
        models: list[Thing] = []
        impulses: list[Thing] = []
        for entry in self._catalog.entries():
            if not entry.missing:
                (models if entry.card.kind == "model" else impulses).append(_thing(entry))
        return Goods(self._presets(), tuple(models), tuple(impulses))

    def _presets(self) -> tuple[Listed, ...]:
        """Names stand in the files, which are read when they change."""
        names: dict[tuple[object, ...], str] = {}
        listed = []
        for entry in self._store.entries():
            stamp = (entry.key, *self._store.stamp(entry.key))
            try:
                names[stamp] = self._names[stamp] if stamp in self._names else self._store.load(entry.key).preset.name
            except PedalError:
                names[stamp] = f"{entry.key} (cannot be read)"
            listed.append(Listed(entry.key, names[stamp], entry.is_factory))
        self._names = names
        return tuple(listed)


def _thing(entry: Entry) -> Thing:
    return Thing(entry.asset_name, entry.name, entry.card.category, entry.hash, entry.card.favourite)
