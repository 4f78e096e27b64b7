"""The loader: each file once, and again when it changes."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from pedal.errors import ModelError
from pedal.library.assets import Assets
from pedal.library.loader import Loader


class Reads(list[Path]):
    """Reads text and remembers what it read."""

    def __call__(self, path: Path) -> str:
        self.append(path)
        return path.read_text()


def test_a_model_is_read_once_until_it_changes(tmp_path: Path) -> None:
    (tmp_path / "a.nam").write_text("one")
    reads = Reads()
    loader = Loader(Assets(tmp_path), reads)
    assert [loader.model("a.nam") for _ in range(3)] == ["one"] * 3
    assert len(reads) == 1
    (tmp_path / "a.nam").write_text("another")
    assert loader.model("a.nam") == "another"
    assert len(reads) == 2


def test_only_the_last_few_are_kept(tmp_path: Path) -> None:
    reads = Reads()
    loader = Loader(Assets(tmp_path), reads)
    for number in range(9):
        (tmp_path / f"{number}.nam").write_text(str(number))
    for number in (0, 1, 2, 3, 4, 5, 6, 7, 0, 8, 0):
        assert loader.model(f"{number}.nam") == str(number)
    assert len(reads) == 9
    loader.model("1.nam")
    assert len(reads) == 10


def test_impulses_by_rate(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.array([1.0, 0.5]), 48000)
    loader = Loader(Assets(tmp_path), Reads())
    assert loader.impulse("a.wav", 48000) is loader.impulse("a.wav", 48000)
    assert loader.impulse("a.wav", 96000).size > 1.9 * loader.impulse("a.wav", 48000).size
    with pytest.raises(ModelError, match="no model"):
        loader.model("b.nam")
