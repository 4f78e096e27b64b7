"""When each model and impulse response was last played, and what it cost: one small file, by the hash of content.

Written by the panel's builder, at most once in a while; read by the catalog. Nothing is lost but a date if it is.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec

from pedal.errors import LibraryError
from pedal.files import load_bytes
from pedal.library.atomic import write_atomic

NAME = "used.json"
#: A date is good enough to the quarter of an hour: a memory card does not like to be written to.
COARSE_S = 900.0
_CAP_BYTES = 8 * 1024 * 1024


class Use(msgspec.Struct, frozen=True, gc=False):
    """The last time something was played.

    Attributes:
        at_s: seconds since 1970.
        frame_ns: what each width of a model took for a frame on this machine, as the builder measured it, narrowest
            first; empty if it was not measured.
    """

    at_s: float = 0.0
    frame_ns: tuple[float, ...] = ()


NEVER = Use()
_uses = msgspec.json.Decoder(dict[str, Use])


def load_used(home: Path) -> dict[str, Use]:
    """By hash; nothing where there is nothing readable."""
    try:
        uses = _uses.decode(load_bytes(home / NAME, _CAP_BYTES, LibraryError))
    except (LibraryError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return {}
    return {content: use for content, use in uses.items() if math.isfinite(use.at_s)}


def note_used(home: Path, costs_ns: Mapping[str, tuple[float, ...]], now_s: float | None = None) -> None:
    """These are played now, at these costs. Nothing is written where there is no library, or none that lets us."""
    now_s = time.time() if now_s is None else now_s
    uses = load_used(home)
    late = {content for content in costs_ns if abs(now_s - uses.get(content, NEVER).at_s) > COARSE_S}
    if late and home.is_dir():
        fresh = {content: Use(now_s, tuple(round(ns, 1) for ns in costs_ns[content])) for content in late}
        with contextlib.suppress(OSError):
            write_atomic(home / NAME, msgspec.json.encode(uses | fresh))
