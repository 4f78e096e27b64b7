"""What somebody brings: good files of every kind, and a library to bring them to."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import soundfile

from pedal.library.catalog import Catalog
from pedal.library.checker import Checker
from pedal.library.importer import Importer
from pedal.library.presets import PresetStore
from pedal.library.report import Report
from pedal.library.scan import USUAL, Limits, Tree
from tests.nam import models

PRESET = 'name = "Loud"\n[[block]]\nkind = "tone"\nbass_db = 3\n'


def model(seed: int = 0, **metadata: object) -> bytes:
    """A small model that plays."""
    document = models.small()
    return json.dumps(document | {"metadata": {"name": f"model {seed}", **metadata}}).encode()


def impulse(seed: int = 0, rate_hz: int = 48000) -> bytes:
    """A small impulse response."""
    taps = np.random.default_rng(seed).standard_normal(64) * np.exp(-np.arange(64) / 9.0)
    file = io.BytesIO()
    soundfile.write(file, taps / np.abs(taps).max(), rate_hz, format="WAV", subtype="FLOAT")
    return file.getvalue()


def put(root: Path, files: dict[str, bytes]) -> Path:
    """A tree of files."""
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def importer(home: Path, checker: Checker, **more: object) -> Importer:
    """Into an empty library at ``home``, or the one that is there."""
    presets = home / "presets"
    store = PresetStore(presets, home / "factory-presets")
    catalog = Catalog(home / "library", ((home / "models", "folder"),))
    return Importer(catalog, store, presets, checker, **more)  # type: ignore[arg-type]


def bring(root: Path, home: Path, checker: Checker, limits: Limits = USUAL) -> Report:
    """Import ``root``."""
    with Tree(root, limits) as tree:
        return importer(home, checker).run(tree)


def outcomes(report: Report) -> dict[str, str]:
    """By path: outcome, or the reason of a refusal."""
    return {line.path: line.what if line.outcome == "refused" else line.outcome for line in report.lines}
