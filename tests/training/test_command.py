"""The command from two sound files to a capture, and the picture of one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner
from PIL import Image

from models.train.__main__ import main
from models.train.excitation import plucked
from models.train.picture import draw, spectrogram_db
from pedal.nam import load_model

RATE_HZ = 48000


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("pair")
    dry = 0.5 * plucked(np.random.default_rng(7), 21.5, bass=False)
    wet = 0.4 * np.pad(np.tanh(5.0 * dry), (220, 0))[: len(dry)]
    for name, sound in (("dry.wav", dry), ("wet.wav", wet)):
        soundfile.write(folder / name, sound, RATE_HZ, subtype="FLOAT")
    return folder / "dry.wav", folder / "wet.wav"


def test_a_pair_becomes_a_capture_and_goes_on(pair: tuple[Path, Path], tmp_path: Path) -> None:
    where = ["--pair", *map(str, pair), "--name", "My Amp", "--folder", str(tmp_path)]
    once = CliRunner().invoke(main, [*where, "--steps", "3"])
    assert once.exit_code == 0, once.output
    assert "late" in once.output
    assert "full step 3" in once.output
    assert "Not usable yet" in once.output
    assert load_model(tmp_path / "my-amp.nam").name == "My Amp"

    # Nothing is left to do but to write and judge; more steps go on from three.
    target = tmp_path / "elsewhere.nam"
    again = CliRunner().invoke(main, [*where, "--only-export", "--to", str(target)])
    assert again.exit_code == 0, again.output
    assert "step" not in again.output
    assert target.exists()
    more = CliRunner().invoke(main, [*where, "--width", "lite", "--steps", "5"])
    assert "lite step 5" in more.output


def test_what_cannot_be_is_said_in_a_sentence(pair: tuple[Path, Path], tmp_path: Path) -> None:
    dry, _ = pair
    nothing = CliRunner().invoke(main, [])
    assert nothing.exit_code == 2
    assert "one of the two" in nothing.output
    missing = CliRunner().invoke(main, ["--pair", str(dry), str(tmp_path / "none.wav"), "--folder", str(tmp_path)])
    assert missing.exit_code == 1
    assert "none.wav: cannot be read as sound" in missing.output
    early = CliRunner().invoke(main, ["--pair", str(dry), str(dry), "--only-export", "--folder", str(tmp_path / "new")])
    assert early.exit_code == 0, early.output
    assert "lite and full must be trained first" in early.output


def test_a_picture_shows_where_a_note_is(tmp_path: Path) -> None:
    sound = np.sin(2.0 * np.pi * 1000.0 * np.arange(RATE_HZ) / RATE_HZ).astype(np.float32)
    levels = spectrogram_db(sound)
    rows = np.geomspace(16000.0, 60.0, len(levels))
    assert rows[levels.mean(axis=1).argmax()] == pytest.approx(1000.0, rel=0.03)
    draw(sound, {"lite": 0.9 * sound, "full": sound}, tmp_path / "one.png")
    with Image.open(tmp_path / "one.png") as image:
        assert image.size[0] > 4 * image.size[1]
        # The last panel is what Full leaves over of itself: nothing.
        assert np.asarray(image.convert("L"))[20:, -290:].max() < 10
