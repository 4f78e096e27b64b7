"""How near measured loudness comes to the format's own, and both to a guitar: the table in ``docs/levels.md``.

Run by hand, over captures that are nobody's to ship: ``python -m tests.nam.loudness_study FOLDER [LOUDNESS.wav]``.
With the trainer's ``loudness_input.wav`` the format's loudness is computed as its exporter does, for files that
do not state it too.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from pedal.errors import ModelError
from pedal.nam import Model, load_model
from pedal.nam.loudness import k_weighted_db, measure_model
from pedal.paths import factory_dir

RATE_HZ = 48000
#: Of the guitar take: as recorded (-27 dBFS RMS), and into a hot input.
DRIVES_DB = (0.0, 9.0)
TAKE_S = 12


def heard_db(model: Model, guitar: NDArray[np.float32], drive_db: float) -> float:
    """K-weighted loudness of the widest width, with a guitar that is ``drive_db`` louder."""
    return k_weighted_db(model.engine(max_frames=256).process(guitar * np.float32(10 ** (drive_db / 20))), RATE_HZ)


def rms_db(model: Model, signal: NDArray[np.float32]) -> float:
    """As the format's exporter measures: root mean square of the response, in dB."""
    response = model.engine(max_frames=256).process(signal).astype(np.float64)
    return float(10 * np.log10(np.mean(response**2) + 1e-30))


def study(folder: Path, loudness_input: Path | None) -> dict[str, list[float]]:
    """Figures of every model at 48 kHz below ``folder``, by what they are."""
    guitar, _ = soundfile.read(factory_dir("models") / "takes" / "guitar-dry.flac", TAKE_S * RATE_HZ, dtype="float32")
    signal = None if loudness_input is None else soundfile.read(loudness_input, dtype="float32")[0]
    found: dict[str, list[float]] = {"format": [], "measured": []} | {f"guitar {d:+.0f} dB": [] for d in DRIVES_DB}
    seen: set[str] = set()
    for path in sorted(folder.rglob("*.nam")):
        try:
            model = load_model(path)
        except ModelError as error:
            print(error, file=sys.stderr)
            continue
        usual_rate = round(model.sample_rate_hz or RATE_HZ) == RATE_HZ
        formats_db = model.loudness_db if signal is None else rms_db(model, signal)
        measured = measure_model(replace(model, loudness_db=None, input_level_dbu=None))
        if model.content_hash in seen or not usual_rate or formats_db is None or measured is None:
            continue
        seen.add(model.content_hash)
        row = [formats_db, measured.loudness_db or np.nan, *(heard_db(model, guitar, d) for d in DRIVES_DB)]
        for values, value in zip(found.values(), row, strict=True):
            values.append(float(value))
        stated = "not stated" if model.loudness_db is None else f"stated {model.loudness_db:6.1f}"
        print(f"{path.name[:50]:50} {stated:13}", *(f"{value:7.2f}" for value in row), sep="  ", flush=True)
    return found


def main(folder: str, loudness_input: str | None = None) -> None:
    """Print all figures, and how far each is from each."""
    given = Path(loudness_input) if loudness_input else None
    found = {name: np.array(values) for name, values in study(Path(folder), given).items()}
    for against, name in combinations(found, 2):
        apart = found[name] - found[against]
        median, rest = float(np.median(apart)), np.abs(apart - np.median(apart))
        print(f"{name} - {against}: median {median:+.2f} dB, standard deviation {np.std(apart):.2f} dB, ", end="")
        print(f"95 % within {np.percentile(rest, 95):.1f} dB of the median, all within {rest.max():.1f} dB")


if __name__ == "__main__":
    main(*sys.argv[1:])
