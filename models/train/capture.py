"""A capture from its material: both widths trained, put into one file, and judged by what the pedal plays.

Called by ``models.train`` in the training process.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import numpy as np
import soundfile

from models.train.excitation import held_out_sound
from models.train.material import Material
from models.train.model_file import (
    CHANNELS,
    Checkpoint,
    container_document,
    load_checkpoint,
    width_document,
    write_checkpoint,
    write_document,
)
from models.train.network import CONTEXT_FRAMES, Floats
from models.train.training import Pair, Trainer
from pedal.nam import load_model
from pedal.nam.loudness import k_weighted_db
from pedal.offline.render import raw_recipe, render_file

RATE_HZ = 48000

#: What is said of a capture is how loud the take comes out of it, so that a real guitar is as loud through all of them.
#: The constant brings that to the scale of captures measured as the format says: it is that of the starter capture.
TAKE_TO_FORMAT_DB = 0.54
_QUIETEST_DB = -90.0

#: Called with a width's name, where it is, and seconds since training began.
OnLook = Callable[[str, Checkpoint, float], None]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one width plays what it never heard in training.

    Attributes:
        esr: power of what is wrong over power of what should be.
        loudness_db: of the playing, K-weighted, after the file's loudness is brought to -18 dB.
        right_db: the same of what should be.
    """

    width: str
    esr: float
    loudness_db: float
    right_db: float


def checkpoint_path(folder: Path, name: str, width: str) -> Path:
    """Where a width is kept while it is trained."""
    return folder / f"{name}.{width}.nam"


def best_path(folder: Path, name: str, width: str) -> Path:
    """Where the best that was reached is kept: going on begins with large steps, which first make a width worse."""
    return folder / f"{name}.{width}.best.nam"


def best_checkpoint(folder: Path, name: str, width: str) -> Checkpoint:
    """The best of a width until now, by what training looks at.

    Raises:
        ModelError: it has not been trained yet.
    """
    kept, best = checkpoint_path(folder, name, width), best_path(folder, name, width)
    found = [load_checkpoint(path) for path in (best, kept) if path.exists() or path == kept]
    return min(found, key=lambda checkpoint: checkpoint.progress.check_esr)


def train_width(
    name: str, width: str, material: Material, folder: Path, steps: int, until: Callable[[], bool], on_look: OnLook
) -> None:
    """Train to ``steps`` in all, or until ``until()``; goes on from the file of that width in ``folder``."""
    kept, best = checkpoint_path(folder, name, width), best_path(folder, name, width)
    since = load_checkpoint(kept) if kept.exists() else None
    least_esr = best_checkpoint(folder, name, width).progress.check_esr if since else float("inf")
    if since and not best.exists():
        write_checkpoint(best, f"{name} {width}", since)
    trainer = Trainer(CHANNELS[width], material.train, material.check, steps, since, material.seed)
    begun_s = time.monotonic()

    def keep(checkpoint: Checkpoint, _heard_esr: float) -> None:
        nonlocal least_esr
        if checkpoint.progress.check_esr <= least_esr:
            least_esr = checkpoint.progress.check_esr
            write_checkpoint(best, f"{name} {width}", checkpoint)
        write_checkpoint(kept, f"{name} {width}", checkpoint)
        on_look(width, checkpoint, time.monotonic() - begun_s)

    trainer.run(until, keep)


def export(name: str, material: Material, folder: Path, target: Path) -> None:
    """The best of both widths in ``folder`` into ``target``, with their loudness on the guitar take.

    Raises:
        ModelError: a width has not been trained yet.
        OSError: ``target`` cannot be written.
    """
    checkpoints = {width: best_checkpoint(folder, name, width) for width in CHANNELS}
    now = datetime.now(UTC)
    date = {key: getattr(now, key) for key in ("year", "month", "day", "hour", "minute", "second")}
    metadata: dict[str, Any] = {**material.labels.metadata(), "date": date}

    def document(metadata: dict[str, Any]) -> dict[str, Any]:
        steps = {width: checkpoint.progress.steps for width, checkpoint in checkpoints.items()}
        widths = [
            width_document(checkpoint.weights, {**metadata, "training": {"steps": steps[width]}})
            for width, checkpoint in checkpoints.items()
        ]
        return container_document(widths, {**metadata, "training": {"steps": steps, "gain": material.gain}})

    draft = target.with_suffix(".draft.nam")
    write_document(draft, document(metadata))
    try:
        metadata["loudness"] = round(take_loudness_db(draft) + TAKE_TO_FORMAT_DB, 2)
    finally:
        draft.unlink()
    write_document(target, document(metadata))


def take_loudness_db(model_path: Path, width: str = "full") -> float:
    """How loud the guitar take comes out of one width of a model, K-weighted, without any level set."""
    take = held_out_sound(bass=False).astype(np.float32)
    played = load_model(model_path).engine(slim_of(width)).process(take)
    return max(_QUIETEST_DB, k_weighted_db(played, RATE_HZ))


def slim_of(width: str) -> float:
    """Where a width lies from 0, the narrowest, to 1."""
    return list(CHANNELS).index(width) / (len(CHANNELS) - 1)


def stated_loudness_db(model_path: Path) -> float:
    """What a file says; 0 where it says nothing."""
    return float(msgspec.json.decode(model_path.read_bytes())["metadata"].get("loudness") or 0.0)


def trained_gain(model_path: Path) -> float:
    """What brings the original's output to that of a file of ours."""
    return float(msgspec.json.decode(model_path.read_bytes())["metadata"]["training"]["gain"])


def play_width(model_path: Path, width: str, x: Floats) -> Floats:
    """What ``pedal render --raw`` makes of ``x`` with one width of a model."""
    model = load_model(model_path)
    with TemporaryDirectory() as folder:
        dry, wet = Path(folder) / "dry.wav", Path(folder) / "wet.wav"
        soundfile.write(dry, x, RATE_HZ, subtype="FLOAT")
        render_file(dry, wet, raw_recipe(model, slim_of(width), 256), lambda _done, _whole: None)
        played, _ = soundfile.read(wet, dtype="float32")
    return np.asarray(played)


def judge(model_path: Path, held_out: Pair) -> list[Verdict]:
    """Render ``held_out`` as ``pedal render --raw`` does and compare with what should have come out.

    Its first ``CONTEXT_FRAMES`` are only listened to.
    """
    right = held_out.y[CONTEXT_FRAMES:]
    to_usual_db = -18.0 - stated_loudness_db(model_path)
    right_db = k_weighted_db(right, RATE_HZ) + to_usual_db
    verdicts = []
    for width in CHANNELS:
        played = play_width(model_path, width, held_out.x)[CONTEXT_FRAMES:]
        wrong = float(np.sum(np.square(played - right, dtype=np.float64)))
        esr = wrong / float(np.sum(np.square(right, dtype=np.float64)))
        verdicts.append(Verdict(width, esr, k_weighted_db(played, RATE_HZ) + to_usual_db, right_db))
    return verdicts


def in_words(verdicts: list[Verdict]) -> str:
    """One plain sentence on the widest width."""
    esr = verdicts[-1].esr
    if esr < 0.001:
        return "Excellent: hard to tell from the original."
    if esr < 0.01:
        return "Very good: differences are heard only side by side."
    if esr < 0.035:
        return "Good: close to the original; more training may bring it nearer."
    if esr < 0.1:
        return "Usable, but audibly not the original. Train longer; if that does not help, check the recording."
    return "Not usable yet: train longer, and check the recording (levels, hum, a knob that moved)."
