"""Small records in the runtime directory, from one process of the pedal to another: whole or not at all.

In memory only: nothing here must outlive a power cut. Used by ``errand``, ``told`` and ``choice``.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeVar

import msgspec

from pedal.errors import SettingsError
from pedal.files import load_bytes

_CAP_BYTES = 64 * 1024
_Record = TypeVar("_Record", bound=msgspec.Struct)


def load_record(path: Path, kind: type[_Record]) -> _Record | None:
    """What lies there; None if there is nothing, or nothing that can be understood."""
    if not path.exists():
        return None
    try:
        return msgspec.json.decode(load_bytes(path, _CAP_BYTES, SettingsError), type=kind)
    except (SettingsError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def save_record(path: Path, record: msgspec.Struct) -> None:
    """By a rename.

    Raises:
        OSError: the directory is full or not ours, or the file is another user's.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(msgspec.json.encode(record))
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
