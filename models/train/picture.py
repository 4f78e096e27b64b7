"""A picture of a capture: spectrograms of what the circuit plays and of what the pedal plays instead, and of the rest.

Called by ``report`` in the training process.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Sound = NDArray[np.float32]

RATE_HZ = 48000
#: The range of levels that is drawn, below the loudest.
_RANGE_DB = 90.0
_WINDOW_FRAMES, _LOWEST_HZ, _HIGHEST_HZ = 4096, 60.0, 16000.0
_WIDTH, _HEIGHT, _TEXT, _GAP = 300, 160, 14, 6
#: From nothing to the loudest: black, blue, red, yellow, white.
_COLOURS = np.array([(0, 0, 0), (40, 30, 120), (190, 40, 80), (250, 180, 50), (255, 255, 255)], dtype=np.float64)


def spectrogram_db(sound: Sound) -> NDArray[np.float64]:
    """Levels ``(_HEIGHT, _WIDTH)`` in dB, high notes on top; pitch by octaves."""
    window = np.hanning(_WINDOW_FRAMES)
    begins = np.linspace(0, len(sound) - _WINDOW_FRAMES, _WIDTH).astype(int)
    columns = np.stack([np.abs(np.fft.rfft(sound[at : at + _WINDOW_FRAMES] * window)) ** 2 for at in begins], axis=1)
    edges_hz = np.geomspace(_HIGHEST_HZ, _LOWEST_HZ, _HEIGHT)
    places = edges_hz / (RATE_HZ / _WINDOW_FRAMES)
    low = np.floor(places).astype(int)
    share = (places - low)[:, None]
    return 10.0 * np.log10((1.0 - share) * columns[low] + share * columns[low + 1] + 1e-12)


def draw(right: Sound, played: dict[str, Sound], path: Path) -> None:
    """One row: the circuit, each width, and what each width leaves over; all on one scale of levels."""
    panels = [("circuit", right)]
    panels += [(width, sound) for width, sound in played.items()]
    panels += [(f"{width} - circuit", sound - right) for width, sound in played.items()]
    levels = [spectrogram_db(sound) for _, sound in panels]
    top_db = max(float(level.max()) for level in levels)
    image = Image.new("RGB", (len(panels) * (_WIDTH + _GAP) - _GAP, _HEIGHT + _TEXT), "white")
    pen = ImageDraw.Draw(image)
    for at, ((title, _), level) in enumerate(zip(panels, levels, strict=True)):
        share = np.clip((level - top_db) / _RANGE_DB + 1.0, 0.0, 1.0) * (len(_COLOURS) - 1)
        pixels = np.stack([np.interp(share, np.arange(len(_COLOURS)), _COLOURS[:, c]) for c in range(3)], axis=-1)
        image.paste(Image.fromarray(pixels.astype(np.uint8)), (at * (_WIDTH + _GAP), _TEXT))
        pen.text((at * (_WIDTH + _GAP) + 2, 1), title, fill="black")
    image.quantize(64).save(path, optimize=True)
