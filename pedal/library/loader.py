"""Loads what a preset names, and remembers the last few: two amps of one model read it once.

Used by the builder and the offline tools as the rig's source of models and impulse responses.
Reading a model is handed in, because the library knows files, not networks.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from pedal.library.assets import Assets
from pedal.library.impulses import load_impulse

M = TypeVar("M")
_T = TypeVar("_T")

#: Models kept in memory: 0.3 MB of weights each.
_KEPT_MODELS = 8
_KEPT_IMPULSES = 16

#: What a file is known by: changed content has another time, size or number.
_Stamp = tuple[str, int, int, int, int]


class Loader(Generic[M]):
    """Models and impulse responses by name, read again only when their file has changed.

    Args:
        assets: where names lead.
        read_model: reads one model file, such as ``pedal.nam.load_model``.
    """

    def __init__(self, assets: Assets, read_model: Callable[[Path], M]) -> None:
        self._assets = assets
        self._read_model = read_model
        self._models: dict[_Stamp, M] = {}
        self._impulses: dict[_Stamp, NDArray[np.float32]] = {}

    def model(self, name: str) -> M:
        """The model called ``name``.

        Raises:
            ModelError: there is none, or it cannot be played.
        """
        path = self._assets.model_path(name)
        return _recall(self._models, _KEPT_MODELS, _stamp(path, 0), lambda: self._read_model(path))

    def impulse(self, name: str, rate_hz: int) -> NDArray[np.float32]:
        """The impulse response called ``name``: float32 ``(taps,)``, not to be written to.

        Raises:
            ImpulseError: there is none, it cannot be used.
        """
        path = self._assets.impulse_path(name)
        return _recall(self._impulses, _KEPT_IMPULSES, _stamp(path, rate_hz), lambda: load_impulse(path, rate_hz))


def _stamp(path: Path, rate_hz: int) -> _Stamp:
    status = os.stat(path)
    return (str(path), rate_hz, status.st_mtime_ns, status.st_size, status.st_ino)


def _recall(kept: dict[_Stamp, _T], most: int, stamp: _Stamp, load: Callable[[], _T]) -> _T:
    """``kept[stamp]``, loaded if need be; the one not asked for longest goes first."""
    value = kept.pop(stamp) if stamp in kept else load()
    kept[stamp] = value
    while len(kept) > most:
        del kept[next(iter(kept))]
    return value
