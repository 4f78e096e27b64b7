"""The connection on disk: ``output.toml`` in the state folder. Read and written by the panel."""

from __future__ import annotations

import logging
from pathlib import Path

from pedal.connection import Connection, format_connection, parse_connection
from pedal.errors import PresetError
from pedal.files import load_text
from pedal.library.atomic import write_atomic
from pedal.paths import state_dir

NAME = "output.toml"
_log = logging.getLogger("pedal.library")


class ConnectionStore:
    """Where it is kept.

    Args:
        path: of the file; may be missing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def default(cls) -> ConnectionStore:
        """In the player's state folder."""
        return cls(state_dir() / NAME)

    def load(self) -> tuple[Connection, str]:
        """What was kept; where there is nothing readable, the first one and a sentence (empty if nothing is wrong)."""
        if not self._path.exists():
            return Connection(), ""
        try:
            return parse_connection(load_text(self._path, PresetError), self._path.name), ""
        except PresetError as error:
            return Connection(), str(error)

    def save(self, connection: Connection) -> str:
        """Keep it, durably; a sentence if the disk refuses (what plays is not held up by that)."""
        try:
            write_atomic(self._path, format_connection(connection).encode(), keep_previous=True)
        except OSError as failure:
            _log.warning("the connection is not kept: %s", failure)
            return f"The connection could not be saved: {failure.strerror or failure}."
        return ""
