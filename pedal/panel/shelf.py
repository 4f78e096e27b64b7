"""What there is to choose from, read beside the panel's loop: a library of thousands must not hold up a footswitch.

Owned by the panel's loop, which only ever looks at what was read last. A thread waits for orders, and for the process
that reads (``library/listing.py``); it decodes short lines, so that it never has Python's lock for long.
"""

from __future__ import annotations

import logging
import os
import queue
import subprocess
import sys
import threading

import msgspec

from pedal.errors import LibraryError
from pedal.library.cards import AssetKind
from pedal.library.listing import Lines
from pedal.panel.menu.facts import Goods, Listed, Thing

_log = logging.getLogger("pedal.panel")

#: What plays comes first; a list may take a little longer.
_NICE = 10
_lines = msgspec.json.Decoder(Lines)


class Shelf:
    """Presets, models and impulse responses by name.

    Attributes:
        goods: what was read last; replaced as a whole.
        trouble: why something could not be read or kept, one sentence, or empty; whoever shows it clears it.
    """

    def __init__(self) -> None:
        self.goods = Goods(is_read=False)
        self.trouble = ""
        self._ordered = self._finished = 0  # the one counted by whoever orders, the other by the thread
        self._orders: queue.SimpleQueue[tuple[str, ...] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="shelf", daemon=True)

    @property
    def is_looking(self) -> bool:
        """Whether something that was asked for is not done yet."""
        return self._finished < self._ordered

    def look(self) -> None:
        """Read again, soon."""
        self._order(())

    def favour(self, kind: AssetKind, content: str, on: bool) -> None:
        """Keep that something is liked, or no longer, soon; and read again."""
        self._order((kind, content, "on" if on else "off"))

    def close(self) -> None:
        """Finish what was asked for."""
        if self._thread.is_alive():
            self._orders.put(None)
            self._thread.join(timeout=5.0)

    def _order(self, order: tuple[str, ...]) -> None:
        if not self._thread.is_alive():
            self._thread.start()
        self._ordered += 1
        self._orders.put(order)

    def _run(self) -> None:
        while (order := self._orders.get()) is not None:
            if order or self._orders.empty():  # else it would be read again at once
                self._do(order)
            self._finished += 1

    def _do(self, order: tuple[str, ...]) -> None:
        try:
            self.goods = _read(order)
        except (LibraryError, OSError) as error:
            self.trouble = str(error)
            _log.warning("the lists: %s", error)


def _read(order: tuple[str, ...]) -> Goods:
    """All that the process says.

    Raises:
        LibraryError: it could not do what was asked, or died.
        OSError: it cannot be started.
    """
    presets: list[Listed] = []
    models: list[Thing] = []
    impulses: list[Thing] = []
    command = [sys.executable, "-m", "pedal.library.listing", *order]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        os.setpriority(os.PRIO_PROCESS, process.pid, _NICE)
        assert process.stdout is not None and process.stderr is not None
        try:
            for line in process.stdout:
                said = _lines.decode(line)
                presets += [Listed(preset.key, preset.name, preset.is_factory) for preset in said.presets]
                for listed, things in ((said.models, models), (said.impulses, impulses)):
                    things += [Thing(t.asset_name, t.label, t.folder, t.content, t.favourite) for t in listed]
        except msgspec.MsgspecError as error:
            raise LibraryError("the lists cannot be understood") from error
        refused = process.stderr.read().decode(errors="replace").strip()
    if process.returncode:
        raise LibraryError(refused.rpartition("\n")[2] or "the lists could not be read")
    return Goods(tuple(presets), tuple(models), tuple(impulses))
