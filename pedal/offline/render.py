"""A sound file through a model or a preset, as the pedal would play it, faster or slower than real time.

Used by ``pedal render``. Mono in, exactly as many frames out; the sample rate stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pedal.errors import ImpulseError
from pedal.levels import USUAL, Levels
from pedal.library.loader import Loader
from pedal.nam import ASSUMED_RATE_HZ, Model
from pedal.offline.wav import open_reader, open_writer
from pedal.preset import Block, Preset
from pedal.units import db_from_gain

#: Progress is told about this often.
_PIECE_S = 1.0


class Player(Protocol):
    """Whatever turns frames into frames."""

    def process(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """float32 ``(frames,)`` to ``(frames,)`` or ``(frames, 2)``."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a rendering was: ``source_channels`` of the input, ``channels`` of the output, its peak in dBFS."""

    frames: int
    rate_hz: int
    source_channels: int
    channels: int
    peak_db: float


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to make a player once the sample rate is known.

    Attributes:
        make: from a rate in Hz.
        channels: of what it plays.
        block_frames: it works in blocks of this size; pieces handed to it are whole blocks.
    """

    make: Callable[[int], Player]
    channels: int
    block_frames: int


def raw_recipe(model: Model, slim: float, block_frames: int) -> Recipe:
    """The bare model: no trim, no level, no DC blocker. Mono.

    Args:
        model: a loaded model.
        slim: 0 (narrowest) to 1 (widest).
        block_frames: 1 to 4096; does not change the sound.
    """

    def make(rate_hz: int) -> Player:
        return _at_rate(model, rate_hz).engine(slim, max_frames=block_frames)

    return Recipe(make, 1, block_frames)


def model_recipe(model: Model, slim: float, block_frames: int, levels: Levels = USUAL) -> Recipe:
    """Input, the model as the only amp, DC blocker, output; no cabinet. Stereo."""

    def make(rate_hz: int) -> Player:
        from pedal.rig.offline import OfflineRig

        preset = Preset(model.name, (Block("amp", "amp", model.name),))
        return OfflineRig(preset, _OneModel(_at_rate(model, rate_hz)), rate_hz, block_frames, width=slim, levels=levels)

    return Recipe(make, 2, block_frames)


def preset_recipe(
    preset: Preset, assets: Loader[Model], slim: float, block_frames: int, levels: Levels = USUAL
) -> Recipe:
    """The whole chain of a preset, every amp at the same width. Stereo."""

    def make(rate_hz: int) -> Player:
        from pedal.rig.offline import OfflineRig

        return OfflineRig(preset, assets, rate_hz, block_frames, width=slim, levels=levels)

    return Recipe(make, 2, block_frames)


def render_file(source: Path, target: Path, recipe: Recipe, on_progress: Callable[[int, int], None]) -> Rendered:
    """Play ``source`` into ``target``, a float32 WAV file.

    Args:
        source: any sound file; more than one channel becomes the mean.
        target: replaced when the whole rendering is there.
        recipe: what plays.
        on_progress: called with the frames done and the frames there are.

    Raises:
        PedalError: a file that cannot be read or written, or one that the recipe cannot play.
    """
    with open_reader(source) as reader:
        player = recipe.make(reader.rate_hz)
        piece_frames = max(1, round(_PIECE_S * reader.rate_hz / recipe.block_frames)) * recipe.block_frames
        done, peak = 0, 0.0
        with open_writer(target, reader.rate_hz, recipe.channels, reader.frames) as writer:
            for piece in reader.blocks(piece_frames):
                played = player.process(piece)
                writer.write(played)
                peak = max(peak, float(np.abs(played).max()))
                done += piece.size
                on_progress(done, reader.frames)
        return Rendered(done, reader.rate_hz, reader.channels, recipe.channels, db_from_gain(peak))


class _OneModel:
    """A library that holds one model, whatever it is asked for."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def model(self, name: str) -> Model:
        return self._model

    def impulse(self, name: str, rate_hz: int) -> NDArray[np.float32]:
        raise ImpulseError(f"there is no impulse '{name}'", hint="A bare amp has no cabinet")


def _at_rate(model: Model, rate_hz: int) -> Model:
    return model.at_rate(rate_hz, f"Convert the input to {model.sample_rate_hz or ASSUMED_RATE_HZ:g} Hz")
