"""Renders of the reference implementation, at every slim size and block size."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pedal.nam import Model, load_model
from tests.nam.models import VECTORS

BLOCKS = (1, 16, 37, 64, 256)
UPSTREAM = os.environ.get("PEDAL_UPSTREAM_MODELS", "")


def entries(folder: Path) -> list[Any]:
    listed = json.loads((folder / "index.json").read_text())
    return [pytest.param(folder, entry, id=Path(entry["output"]).stem) for entry in listed]


def upstream_entries() -> list[Any]:
    if not UPSTREAM:
        reason = "PEDAL_UPSTREAM_MODELS names no folder of public example models"
        return [pytest.param(Path(), {}, marks=pytest.mark.skip(reason=reason), id="no-folder")]
    return entries(Path(UPSTREAM))


def signal(path: Path) -> NDArray[np.float32]:
    return np.load(path).astype(np.float32).ravel()


def compare(model: Model, entry: dict[str, Any], folder: Path, block: int) -> None:
    x = signal(VECTORS / entry["input"])
    wanted = signal(folder / entry["output"]).astype(np.float64)
    slim = 1.0 if entry["slim"] is None else entry["slim"]
    y = model.engine(slim, block).process(x).astype(np.float64)
    assert np.sum((y - wanted) ** 2) / np.sum(wanted**2) < 1e-11
    assert np.max(np.abs(y - wanted)) / np.max(np.abs(wanted)) < 1e-5


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("folder, entry", entries(VECTORS))
def test_own_vectors(folder: Path, entry: dict[str, Any], block: int) -> None:
    model = load_model(folder / entry["model"])
    assert list(model.breakpoints) == entry["breakpoints"]
    compare(model, entry, folder, block)


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("folder, entry", upstream_entries())
def test_public_examples(folder: Path, entry: dict[str, Any], block: int) -> None:
    compare(load_model(folder / entry["model"]), entry, folder, block)
