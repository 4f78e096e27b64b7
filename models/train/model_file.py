"""Weights into ``.nam`` files and back: one width for going on later, both widths in a container for playing.

Called by ``models.train`` in the training process. A width's file is its own checkpoint: it can be played, and
training can go on from it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models.train.gradient_kernels import HEAD_TAPS
from models.train.network import DILATIONS, HEAD_SCALE, TAPS, Floats, weight_count
from pedal.errors import ModelError
from pedal.library.atomic import write_atomic

RATE_HZ = 48000
CHANNELS = {"lite": 3, "full": 8}
_VERSION = "0.7.0"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a width has come.

    Attributes:
        steps, planned_steps: done, and those the learning rate is planned for.
        check_esr: on the sound that training looks at.
    """

    steps: int
    planned_steps: int
    check_esr: float


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Weights in the order of the file, without the head scale, and how far they have come."""

    weights: Floats
    progress: Progress


def width_document(weights: Floats, metadata: dict[str, Any], gain: float = 1.0) -> dict[str, Any]:
    """One width as a plain WaveNet; ``gain`` goes into the head scale."""
    channels = next(count for count in CHANNELS.values() if weight_count(count) == len(weights))
    head_scale = float(np.float32(HEAD_SCALE * gain))
    layers = {
        "input_size": 1,
        "condition_size": 1,
        "channels": channels,
        "bottleneck": channels,
        "kernel_sizes": list(TAPS),
        "dilations": list(DILATIONS),
        "activation": [{"type": "LeakyReLU", "negative_slope": 0.01}] * len(TAPS),
        "head": {"out_channels": 1, "kernel_size": HEAD_TAPS, "bias": True},
        "layer1x1": {"active": True, "groups": 1},
    }
    return {
        "version": _VERSION,
        "architecture": "WaveNet",
        "config": {"layers": [layers], "head": None, "head_scale": head_scale},
        "weights": [float(weight) for weight in weights] + [head_scale],
        "sample_rate": RATE_HZ,
        "metadata": metadata,
    }


def container_document(widths: list[dict[str, Any]], metadata: dict[str, Any]) -> dict[str, Any]:
    """Widths, narrowest first, as one file."""
    count = len(widths)
    return {
        "version": _VERSION,
        "architecture": "SlimmableContainer",
        "config": {"submodels": [{"max_value": (at + 1) / count, "model": width} for at, width in enumerate(widths)]},
        "weights": [],
        "sample_rate": RATE_HZ,
        "metadata": metadata,
    }


def write_document(path: Path, document: dict[str, Any]) -> None:
    """Write it whole or not at all; weights with nine digits, which bring a float32 back exactly."""
    write_atomic(path, json.dumps(_short(document), separators=(",", ":")).encode())


def write_checkpoint(path: Path, name: str, checkpoint: Checkpoint) -> None:
    """Keep a width as it is now."""
    progress = checkpoint.progress
    training = {"steps": progress.steps, "planned_steps": progress.planned_steps, "check_esr": progress.check_esr}
    write_document(path, width_document(checkpoint.weights, {"name": name, "training": training}))


def load_checkpoint(path: Path) -> Checkpoint:
    """A width that ``write_checkpoint`` has kept, or any A2 width by another trainer.

    Raises:
        ModelError: not a file of one A2 width.
    """
    try:
        document = json.loads(path.read_text())
        weights = np.array(document["weights"], dtype=np.float32)
        layers = document["config"]["layers"]
        shape = (tuple(layers[0]["kernel_sizes"]), tuple(layers[0]["dilations"]))
        training = (document.get("metadata") or {}).get("training") or {}
        progress = Progress(
            int(training.get("steps", 0)), int(training.get("planned_steps", 0)), float(training.get("check_esr", 1.0))
        )
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise ModelError(f"training cannot go on from it ({error})", where=str(path)) from error
    if shape != (TAPS, DILATIONS) or len(layers) != 1 or len(weights) - 1 not in map(weight_count, CHANNELS.values()):
        raise ModelError("is not one width of A2, the only thing that is trained here", where=str(path))
    if not np.isfinite(weights).all():
        raise ModelError("has weights that are no numbers", where=str(path))
    # Another head scale than ours moves into the head's weights.
    ratio = weights[-1] / np.float32(HEAD_SCALE)
    head = weights[:-1].copy()
    head[-(_channels(len(head)) * HEAD_TAPS + 1) :] *= ratio
    return Checkpoint(head, progress)


def _channels(count: int) -> int:
    return next(channels for channels in CHANNELS.values() if weight_count(channels) == count)


def _short(value: Any) -> Any:
    """Numbers with as many digits as a float32 has."""
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, list):
        return [_short(item) for item in value]
    if isinstance(value, dict):
        return {key: _short(item) for key, item in value.items()}
    return value
