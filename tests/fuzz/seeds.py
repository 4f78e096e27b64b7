"""Small good files of every kind, from which fuzzers start."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import soundfile

from pedal.paths import factory_dir
from tests.nam import models


def model_documents() -> list[dict[str, Any]]:
    """One of each architecture and option."""
    slices = {"method": "slice_channels_uniform", "kwargs": {"allowed_channels": [1, 3]}}
    return [
        models.small(),
        models.a2(3),
        models.container((0.5, models.small()), (1.0, models.wavenet(models.array(8, [1, 2], activation="LeakyReLU")))),
        models.wavenet(models.array(3, [1, 2], kernel_size=None, kernel_sizes=[2, 3], activation=["Tanh", "PReLU"])),
        models.rich(),
        models.chain(models.lstm(2), models.linear(3), models.convnet(2, [1]) | {"sample_rate": 2000}),
        models.wavenet(models.array(3, [1, 2], gated=True, slimmable=slices)),
        models.linear(40),
        models.convnet(4, [1, 2, 4], batchnorm=False),
    ]


def _wav(**options: Any) -> bytes:
    file = io.BytesIO()
    taps = np.random.default_rng(1).standard_normal((60, options.pop("channels", 1))) * 0.1
    soundfile.write(file, taps, 48000, **options)
    return file.getvalue()


def impulses() -> list[bytes]:
    """A WAV file of each accepted kind."""
    kinds = ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE")
    return [_wav(format="WAV", subtype=kind, channels=1 + k % 2) for k, kind in enumerate(kinds)] + [
        _wav(format=form, subtype="PCM_16") for form in ("WAVEX", "RF64")
    ]


SEEDS: dict[str, Callable[[], list[bytes]]] = {
    "model": lambda: [json.dumps(document).encode() for document in model_documents()],
    "preset": lambda: [path.read_bytes() for path in sorted((factory_dir("models") / "presets").glob("*.toml"))],
    "board": lambda: [path.read_bytes() for path in sorted(factory_dir("board").glob("*.toml"))],
    "impulse": impulses,
}
