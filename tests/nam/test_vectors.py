"""Renders of the reference implementation, at every slim size and block size.

``python -m tests.nam.test_vectors [FOLDER]`` prints the deviations as a table; FOLDER holds other vectors.
"""

from __future__ import annotations

import json
import os
import sys
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


#: What a deviation may be: energy of the error over energy of the signal; largest error over peak.
MAX_ESR, MAX_SHARE = 1e-11, 1e-5


def deviation(model: Model, entry: dict[str, Any], folder: Path, block: int) -> tuple[float, float]:
    """Energy of the error over energy of the signal, and the largest error over the signal's peak."""
    x = signal(VECTORS / entry["input"])
    wanted = signal(folder / entry["output"]).astype(np.float64)
    slim = 1.0 if entry["slim"] is None else entry["slim"]
    y = model.engine(slim, block).process(x).astype(np.float64)
    esr = np.sum((y - wanted) ** 2) / np.sum(wanted**2)
    return float(esr), float(np.max(np.abs(y - wanted)) / np.max(np.abs(wanted)))


def compare(model: Model, entry: dict[str, Any], folder: Path, block: int) -> None:
    esr, share = deviation(model, entry, folder, block)
    assert esr < MAX_ESR and share < MAX_SHARE


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


def table(folder: Path) -> list[str]:
    """A line for each model and slim value: ESR and largest error at each block size, the worst of its renders."""
    blocks = " | ".join(f"block {block}" for block in BLOCKS)
    lines = [f"| model | slim | {blocks} |", "|---|---|" + "---|" * len(BLOCKS)]
    worst: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for entry in json.loads((folder / "index.json").read_text()):
        model = load_model(folder / entry["model"])
        slim = "" if entry["slim"] is None else f"{entry['slim']:g}"
        found = [deviation(model, entry, folder, block) for block in BLOCKS]
        before = worst.get((entry["model"], slim), [(0.0, 0.0)] * len(BLOCKS))
        worst[entry["model"], slim] = [(max(a, c), max(b, d)) for (a, b), (c, d) in zip(found, before, strict=True)]
    for (name, slim), found in worst.items():
        cells = " | ".join(f"{esr:.0e}, {share:.0e}" for esr, share in found)
        lines.append(f"| {Path(name).stem} | {slim} | {cells} |")
    everything = [one for found in worst.values() for one in found]
    esr, share = max(esr for esr, _ in everything), max(share for _, share in everything)
    verdict = "within" if esr < MAX_ESR and share < MAX_SHARE else "BEYOND"
    lines += [
        "",
        f"Worst of {len(everything)}: ESR {esr:.1e}, {share:.1e} of peak; {verdict} {MAX_ESR:g}, {MAX_SHARE:g}.",
    ]
    return lines


if __name__ == "__main__":
    print("\n".join(table(Path(sys.argv[1]) if len(sys.argv) > 1 else VECTORS)))
