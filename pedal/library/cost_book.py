"""The cost book on disk: what blocks cost on this machine, kept from one start to the next.

Written by the panel alone (``panel/costs.py``), which is the only process that hears both the builder's stopwatch and
the period thread; nobody else needs the file. It is a cache: figures of another machine, other kernels or another
board are not believed, and neither is anything that is not whole and within bounds. All of it is measured again then.
"""

from __future__ import annotations

import hashlib
import logging
import math
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from pedal import __version__
from pedal.errors import PedalError
from pedal.files import load_bytes
from pedal.jit.cache import source_hash
from pedal.layout import MAX_FRAMES
from pedal.library.atomic import write_atomic
from pedal.paths import state_dir
from pedal.prices import Prices

_log = logging.getLogger("pedal.library")

NAME = "costs.json"
#: Another method of measuring must not believe the old one's figures.
METHOD = 1
MOST_ENTRIES, MOST_SIZES = 1024, 16
_CAP_BYTES = 512 * 1024
_SHOWN_CAP_BYTES = 256 * 1024
#: What the kernel shows of a processor, and of that what stays the same from start to start.
_MODEL, _PROCESSOR = Path("proc/device-tree/model"), Path("proc/cpuinfo")
_LASTING = ("model name", "cpu implementer", "cpu part", "cpu variant", "cpu revision", "hardware", "revision", "flags")


class Kept(msgspec.Struct, frozen=True, gc=False):
    """What is known of one kind and size of block; see ``governor.book.Entry``."""

    key: Annotated[str, Meta(min_length=1, max_length=128)]
    rate_hz: Annotated[int, Meta(ge=1, le=1_000_000)]
    period_frames: Annotated[int, Meta(ge=1, le=MAX_FRAMES)]
    ns: Annotated[tuple[float, ...], Meta(min_length=1, max_length=MOST_SIZES)]
    source: Literal["measured", "corrected", "estimated"]
    looks: Annotated[tuple[Annotated[int, Meta(ge=0, le=1_000_000)], ...], Meta(max_length=MOST_SIZES)] = ()


class KeptBook(msgspec.Struct, frozen=True):
    """A whole book: what makes it true (``truth_of``), how slow the machine was of late, and all entries."""

    truth: str
    slowness: float
    entries: Annotated[tuple[Kept, ...], Meta(max_length=MOST_ENTRIES)]


_book = msgspec.json.Decoder(KeptBook)


def truth_of(board: str, prices: Prices | None, root: Path = Path("/")) -> str:
    """What figures depend on, hashed: machine and its processor, kernels and compiler, pedal, board, prices.

    Args:
        board: name of the board.
        prices: of the board that this machine stands for; None if for itself.
        root: of the machine's ``proc``.
    """
    shown = [_shown(root / _MODEL), *sorted(_lasting_lines(_shown(root / _PROCESSOR)))]
    priced = msgspec.json.encode(prices).decode() if prices is not None else ""
    facts = (*shown, source_hash(), __version__, board, priced, str(METHOD))
    return hashlib.sha256("\0".join(facts).encode()).hexdigest()


class CostBookStore:
    """Where the book is kept.

    Args:
        path: of the file; may be missing.
        truth: from ``truth_of``.
    """

    def __init__(self, path: Path, truth: str) -> None:
        self._path = path
        self._truth = truth

    @classmethod
    def default(cls, truth: str) -> CostBookStore:
        """In the player's state folder."""
        return cls(state_dir() / NAME, truth)

    def load(self) -> KeptBook | None:
        """What was kept; None if there is nothing that is whole, can be true, and is of this machine."""
        try:
            book = _book.decode(load_bytes(self._path, _CAP_BYTES, PedalError))
        except (PedalError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
        believed = math.isfinite(book.slowness) and book.slowness > 0.0 and all(map(_can_be, book.entries))
        return book if believed and book.truth == self._truth else None

    def save(self, slowness: float, entries: tuple[Kept, ...]) -> bool:
        """Keep it, durably; False if the disk refuses, and then it is measured again another day."""
        try:
            write_atomic(self._path, msgspec.json.encode(KeptBook(self._truth, slowness, entries)))
        except OSError as failure:
            _log.warning("what blocks cost is not kept: %s", failure)
            return False
        return True


def _can_be(kept: Kept) -> bool:
    whole = len(kept.looks) in (0, len(kept.ns))
    return whole and all(math.isfinite(ns) and 0.0 < ns < 1e9 for ns in kept.ns)


def _lasting_lines(text: str) -> set[str]:
    """Lines that say which processor it is, and not how fast it runs just now; each once, however many cores."""
    lines = (line.partition(":") for line in text.splitlines())
    return {f"{name.strip()}:{value.strip()}" for name, _, value in lines if name.strip().lower() in _LASTING}


def _shown(path: Path) -> str:
    try:
        return load_bytes(path, _SHOWN_CAP_BYTES, PedalError).decode(errors="replace")
    except PedalError:
        return ""
