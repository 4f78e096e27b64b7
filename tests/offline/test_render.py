"""Rendering: the frames that go in come out, through the engine the pedal plays with."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from pedal.errors import ModelError
from pedal.library.assets import Assets
from pedal.library.loader import Loader
from pedal.nam import Model, load_model
from pedal.offline.render import Recipe, model_recipe, preset_recipe, raw_recipe, render_file
from pedal.offline.wav import SoundFileError
from pedal.paths import factory_dir
from pedal.preset import Block, Preset

RATE_HZ = 48000


@pytest.fixture(scope="module")
def starter() -> Model:
    return load_model(factory_dir("models") / "starter-crunch.nam")


def played(tmp_path: Path, samples: np.ndarray, recipe: Recipe, rate_hz: int = RATE_HZ) -> np.ndarray:
    soundfile.write(tmp_path / "in.wav", samples, rate_hz, subtype="FLOAT")
    steps: list[tuple[int, int]] = []
    done = render_file(tmp_path / "in.wav", tmp_path / "out.wav", recipe, lambda n, total: steps.append((n, total)))
    out, out_rate_hz = soundfile.read(tmp_path / "out.wav", dtype="float32")
    assert out_rate_hz == rate_hz
    assert done.frames == out.shape[0] == samples.shape[0]
    assert steps == sorted(steps)
    assert not steps or steps[-1] == (samples.shape[0], samples.shape[0])
    return np.asarray(out)


def guitar(frames: int) -> np.ndarray:
    t = np.arange(frames) / RATE_HZ
    return (0.3 * np.sin(2 * np.pi * 110 * t) * np.exp(-t)).astype(np.float32)


@pytest.mark.parametrize("block_frames", [1, 37, 64, 4096])
@pytest.mark.parametrize("slim", [0.0, 1.0])
def test_raw_is_the_engine_and_nothing_else(tmp_path: Path, starter: Model, block_frames: int, slim: float) -> None:
    samples = guitar(50_000)
    out = played(tmp_path, samples, raw_recipe(starter, slim, block_frames))
    assert np.array_equal(out, starter.engine(slim, max_frames=block_frames).process(samples))


@pytest.mark.parametrize("frames", [0, 1, 63, 64, 65, 4097])
def test_every_length(tmp_path: Path, starter: Model, frames: int) -> None:
    assert played(tmp_path, guitar(frames), raw_recipe(starter, 0.0, 64)).shape == (frames,)
    assert played(tmp_path, guitar(frames), model_recipe(starter, 0.0, 64)).shape == (frames, 2)


def test_a_model_alone_has_no_cabinet_and_no_dc(tmp_path: Path, starter: Model) -> None:
    samples = guitar(2 * RATE_HZ)
    raw = played(tmp_path, samples, raw_recipe(starter, 1.0, 64))
    out = played(tmp_path, samples, model_recipe(starter, 1.0, 64))
    assert np.array_equal(out[:, 0], out[:, 1])
    # The same sound but for level, the offset and what lies below a guitar.
    spectrum, wanted = (np.abs(np.fft.rfft(s[RATE_HZ:] * np.hanning(RATE_HZ))) for s in (out[:, 0], raw))
    harmonics = [110, 220, 330, 440, 1100]
    gains = [spectrum[hz] / wanted[hz] for hz in harmonics]
    assert np.ptp(gains) < 0.02 * gains[0]
    assert abs(out[RATE_HZ:].mean()) < 0.1 * abs(raw[RATE_HZ:].mean()) + 1e-5


def test_block_size_does_not_change_a_preset(tmp_path: Path, starter: Model) -> None:
    del starter
    assets = Loader(Assets(factory_dir("models")), load_model)
    preset = Preset(
        "Test",
        (
            Block("gate", "gate"),
            Block("amp", "amp", "starter-crunch.nam"),
            Block("cab", "cab", "open-back-1x12.wav"),
        ),
    )
    samples = guitar(10_000)
    whole = played(tmp_path, samples, preset_recipe(preset, assets, 1.0, 256))
    assert whole.shape == (10_000, 2)
    assert np.abs(whole).max() > 0.01
    for block_frames in (32, 100):
        out = played(tmp_path, samples, preset_recipe(preset, assets, 1.0, block_frames))
        assert np.max(np.abs(out - whole)) < 1e-5 * np.abs(whole).max()


def test_stereo_input_is_its_mean(tmp_path: Path, starter: Model) -> None:
    left, right = guitar(5000), np.roll(guitar(5000), 20)
    recipe = raw_recipe(starter, 0.0, 64)
    both = played(tmp_path, np.column_stack([left, right]), recipe)
    assert np.allclose(both, played(tmp_path, (left + right) / 2, recipe), atol=1e-5)


def test_another_rate_is_refused_and_nothing_written(tmp_path: Path, starter: Model) -> None:
    for recipe in (raw_recipe(starter, 1.0, 64), model_recipe(starter, 1.0, 64)):
        with pytest.raises(ModelError, match=r"made for 48000 Hz.* not at 44100 Hz\. Convert the input to 48000 Hz"):
            played(tmp_path, guitar(100), recipe, 44100)
    assert not (tmp_path / "out.wav").exists()


def test_a_model_that_does_not_say_its_rate_counts_as_48000_hz(tmp_path: Path, starter: Model) -> None:
    silent_about_it = replace(starter, sample_rate_hz=None)
    with pytest.raises(ModelError, match=r"counts as 48000 Hz; .* not at 44100 Hz"):
        played(tmp_path, guitar(100), raw_recipe(silent_about_it, 1.0, 64), 44100)
    assert np.array_equal(
        played(tmp_path, guitar(1000), raw_recipe(silent_about_it, 1.0, 64), 96000),
        played(tmp_path, guitar(1000), raw_recipe(starter, 1.0, 64), 96000),
    )


@pytest.mark.parametrize("factor", [2, 4])
def test_at_a_multiple_of_its_rate_a_model_plays_each_of_the_interleaved_signals(
    tmp_path: Path, starter: Model, factor: int
) -> None:
    samples = guitar(40_000)
    out = played(tmp_path, samples, raw_recipe(starter, 1.0, 64), factor * RATE_HZ)
    for phase in range(factor):
        # A slice of its own memory: the engine's blocks end elsewhere in it, which is of no consequence.
        wanted = starter.engine().process(np.ascontiguousarray(samples[phase::factor]))
        np.testing.assert_allclose(out[phase::factor], wanted, atol=1e-5 * np.abs(wanted).max())
    # The whole chain of a lone amp as well: it has no blocks of a fixed rate.
    assert played(tmp_path, samples, model_recipe(starter, 1.0, 64), factor * RATE_HZ).shape == (40_000, 2)


def test_a_bad_input_leaves_no_output(tmp_path: Path, starter: Model) -> None:
    samples = guitar(3 * RATE_HZ)
    samples[-1] = np.inf
    with pytest.raises(SoundFileError, match="not a number"):
        played(tmp_path, samples, raw_recipe(starter, 0.0, 64))
    assert [path.name for path in tmp_path.iterdir()] == ["in.wav"]
