"""What was measured of a model, kept on disk by its content: a model is measured once, however often it is loaded.

Used by the builder and the offline tools around whatever reads a model. A cache: what cannot be read back,
whole and within bounds, is measured again; what cannot be written is measured again next time.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, Self, TypeVar

import msgspec

from pedal.errors import PedalError
from pedal.files import load_bytes
from pedal.jit.cache import cache_root
from pedal.layout import MAX_WIDTHS
from pedal.levels import DRIVES_DB, MOST_CHANGE_DB, MOST_TRIM_DB, Measured, is_believable
from pedal.library.atomic import write_atomic

#: Part of every file's name: another method of measuring must not find the old one's results.
METHOD = 1
_CAP_BYTES = 4096


class Measurable(Protocol):
    """A model, as far as this module knows it."""

    @property
    def content_hash(self) -> str:
        """sha256, hexadecimal."""

    @property
    def trims_db(self) -> tuple[float, ...]:
        """One for each width."""

    def with_measured(self, measured: Measured) -> Self:
        """The same model, measured."""


M = TypeVar("M", bound=Measurable)


def measuring(
    read_model: Callable[[Path], M], measure: Callable[[M], Measured | None], folder: Path | None = None
) -> Callable[[Path], M]:
    """A reader of models that comes back with measured ones.

    Args:
        read_model: reads one model file.
        measure: plays a model; None if there is nothing to measure, or it would take too long.
        folder: of the cache; the usual one if None.
    """

    def read(path: Path) -> M:
        model = read_model(path)
        kept_at = _path(folder or cache_root() / "levels", model.content_hash)
        measured = recall(kept_at, len(model.trims_db))
        if measured is None:
            measured = measure(model)
            if measured is not None:
                keep(kept_at, measured)
        return model if measured is None else model.with_measured(measured)

    return read


def recall(path: Path, widths: int) -> Measured | None:
    """What lies at ``path``, if it is whole and can be true of a model of ``widths`` widths."""
    try:
        measured = msgspec.json.decode(load_bytes(path, _CAP_BYTES, PedalError), type=Measured)
    except (PedalError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    loudness_db, trims_db = measured.loudness_db, measured.trims_db
    known = loudness_db is None or is_believable("loudness", loudness_db)
    near = len(trims_db) == widths <= MAX_WIDTHS and all(abs(trim_db) <= MOST_TRIM_DB for trim_db in trims_db)
    changes_db = measured.changes_db
    driven = len(changes_db) in (0, len(DRIVES_DB)) and all(abs(change) <= MOST_CHANGE_DB for change in changes_db)
    return measured if known and near and driven else None


def keep(path: Path, measured: Measured) -> None:
    """Write it down, if the disk lets us."""
    with contextlib.suppress(OSError):
        write_atomic(path, msgspec.json.encode(measured))


def _path(folder: Path, content_hash: str) -> Path:
    return folder / f"{content_hash}-{METHOD}.json"
