"""When each model and impulse response was last played: one small file in the library, by the hash of content.

Written by the panel's builder, at most once in a while; read by the catalog. Nothing is lost but a date if it is.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Iterable
from pathlib import Path

import msgspec

from pedal.errors import LibraryError
from pedal.files import load_bytes
from pedal.library.atomic import write_atomic

NAME = "used.json"
#: A date is good enough to the quarter of an hour: a memory card does not like to be written to.
COARSE_S = 900.0
_CAP_BYTES = 8 * 1024 * 1024
_dates = msgspec.json.Decoder(dict[str, float])


def load_used(home: Path) -> dict[str, float]:
    """Seconds since 1970 by hash; nothing where there is nothing readable."""
    try:
        dates = _dates.decode(load_bytes(home / NAME, _CAP_BYTES, LibraryError))
    except (LibraryError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return {}
    return {content: at_s for content, at_s in dates.items() if math.isfinite(at_s)}


def note_used(home: Path, contents: Iterable[str], now_s: float | None = None) -> None:
    """These are played now. Nothing is written where the library is not there, or cannot be written to."""
    now_s = time.time() if now_s is None else now_s
    dates = load_used(home)
    late = {content for content in contents if abs(now_s - dates.get(content, -math.inf)) > COARSE_S}
    if late and home.is_dir():
        with contextlib.suppress(OSError):
            write_atomic(home / NAME, msgspec.json.encode(dates | dict.fromkeys(late, now_s)))
