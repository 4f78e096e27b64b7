"""How far an import is, told from its process to whoever looks: one small file in the runtime directory.

Written by the import service, read by the panel. Memory only: nothing here must outlive a power cut.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import Literal

import msgspec

from pedal.errors import PedalError
from pedal.files import load_bytes
from pedal.library.report import Progress

NAME = "import.json"
_CAP_BYTES = 16 * 1024
Source = Literal["stick", "inbox"]


class Told(msgspec.Struct, frozen=True):
    """What was told.

    Attributes:
        progress: how far it is.
        source: where it comes from.
        at_s: when, of the monotonic clock.
    """

    progress: Progress
    source: Source = "stick"
    at_s: float = 0.0


_told = msgspec.json.Decoder(Told)


def tell(runtime_dir: Path, progress: Progress, source: Source) -> None:
    """Tell it; what cannot be told is no reason to stop."""
    path = runtime_dir / NAME
    temporary = runtime_dir / f".{NAME}.{os.getpid()}"
    with contextlib.suppress(OSError):
        temporary.write_bytes(msgspec.json.encode(Told(progress, source, time.monotonic())))
        temporary.chmod(0o640)
        os.replace(temporary, path)
        return
    with contextlib.suppress(OSError):
        temporary.unlink(missing_ok=True)


def heard(runtime_dir: Path) -> Told | None:
    """What was told last; None if nothing readable was."""
    try:
        return _told.decode(load_bytes(runtime_dir / NAME, _CAP_BYTES, PedalError))
    except (PedalError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
