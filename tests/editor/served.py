"""A panel that is served: the real control server and the panel's own answers on the test stand, in a thread.

The builder answers at once and the period thread adopts at once (``walk.settle``); everything between the socket and
the preset in hand is what runs in the pedal.
"""

from __future__ import annotations

import queue
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pedal.cli.client import Client
from pedal.errors import PedalError
from pedal.library.banks import Bank
from pedal.panel import protocol
from pedal.panel.control import SOCKET_NAME, Ask, ControlServer
from pedal.panel.report import Reporter
from tests.panel.walk import BOARD, Walker, walker

PATIENCE_S = 30.0


class Served:
    """A panel behind its socket; ``stop`` and ``start`` are a panel that goes and comes back with what was in hand."""

    def __init__(self, walk: Walker, folder: Path) -> None:
        self.walk, self.folder = walk, folder
        self.path = folder / SOCKET_NAME
        stand = walk.stand
        self._reporter = Reporter(BOARD, stand.hand, stand.rigs, stand.widths, stand.player, stand.keeping, [])
        self.start()

    def start(self) -> None:
        self._items: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._server = ControlServer(self.path, self._items)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._items.put(None)
        self._thread.join()
        self._server.close()

    def ask(self, request: protocol.Request) -> dict[str, Any]:
        """As another login would."""
        return Client(self.path).call(request, PATIENCE_S)

    def _serve(self) -> None:
        while isinstance(ask := self._items.get(), Ask):
            try:
                ask.answer(self._answer(ask.request))
            except PedalError as error:
                ask.refuse(str(error))
            self.walk.settle()

    def _answer(self, request: protocol.AnyRequest) -> dict[str, Any]:
        if isinstance(request, protocol.Status):
            return self._status()
        return self.walk.menus.perform(request)

    def _status(self) -> dict[str, Any]:
        stand = self.walk.stand
        said = self._reporter.status(stand.link.status()) | {"tuner": self.walk.tuner.status()}
        loads = {"amp1": 0.31, "cab1": 0.06}  # nobody plays: what the period thread would say
        for block in said["blocks"]:
            block["load"] = loads.get(block["id"], 0.01 if block["on"] else 0.0)
        return said | {"audio": "playing", "load_mean": 0.42, "in_peak_db": -17.0, "out_peak_db": -11.0}


@contextmanager
def served() -> Iterator[Served]:
    folder = Path(tempfile.mkdtemp(prefix="pedal-editor-", dir="/tmp"))  # short enough for a Unix socket
    with walker(folder) as walk:
        walk.stand.bank_store.save((Bank("Friday", ("01-crunch", "02-swell")),))
        panel = Served(walk, folder)
        try:
            yield panel
        finally:
            panel.stop()
    shutil.rmtree(folder)


def until(truth: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while not truth():
        assert time.monotonic() < deadline_s, "it never came true"
        time.sleep(0.005)
