"""A panel for tests of commands: a real socket, and always the same answer."""

from __future__ import annotations

import queue
import threading
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from pedal.cli.main import main
from pedal.panel import protocol
from pedal.panel.control import SOCKET_NAME, ControlServer


class Panel:
    """Answers every request the same way, and remembers them; while it is deaf, it does not answer."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.asked: list[protocol.AnyRequest] = []
        self.result: dict[str, Any] = {}
        self.refusal = ""
        self.deaf = threading.Event()
        self._asks: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.server = ControlServer(directory / SOCKET_NAME, self._asks)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while (ask := self._asks.get()) is not None:
            self.asked.append(ask.request)
            if self.deaf.is_set():
                continue
            if self.refusal:
                ask.refuse(self.refusal)
            else:
                ask.answer(self.result)

    def close(self) -> None:
        self._asks.put(None)
        self._thread.join()
        self.server.close()

    def called(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, [arguments[0], "--runtime-dir", str(self.directory), *arguments[1:]])
