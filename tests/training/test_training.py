"""Training makes a network better, can be stopped at any step, and its export is what the pedal plays."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from models.train.capture import best_checkpoint, checkpoint_path, export, in_words, judge, train_width
from models.train.material import Labels, Material
from models.train.model_file import CHANNELS, Checkpoint, Progress, load_checkpoint, write_checkpoint
from models.train.network import CONTEXT_FRAMES
from models.train.training import TRAINED_DB, Pair, Trainer
from pedal.errors import ModelError
from pedal.nam import load_model


def a_pair(seed: int, frames: int = 24000) -> Pair:
    """A short low-passed noise through a soft bend."""
    touch = np.random.default_rng(seed)
    x = np.convolve(touch.normal(size=frames), np.hanning(24) / 12.0, mode="same") * 0.3
    pair = Pair(x.astype(np.float32), np.tanh(3.0 * x + 0.2).astype(np.float32))
    return pair.scaled(pair.level_gain)


def a_material() -> Material:
    return Material(
        Labels("Bend", gear_type="pedal", input_level_dbu=2.7), a_pair(1), a_pair(2, 16000), a_pair(3, 16000), 1.0
    )


def test_a_recording_is_trained_at_one_level() -> None:
    level_db = 20.0 * np.log10(np.sqrt(np.mean(np.square(a_pair(1).y))))
    assert level_db == pytest.approx(TRAINED_DB, abs=1e-3)


def test_training_gets_better_and_goes_on_from_a_file(tmp_path: Path) -> None:
    material = a_material()
    looks: list[Checkpoint] = []

    def run(steps: int, stop_after: int = 10**9) -> None:
        asked = 0

        def until() -> bool:
            nonlocal asked
            asked += 1
            return asked > stop_after

        trainer_steps = len(looks)
        train_width("bend", "lite", material, tmp_path, steps, until, lambda _width, now, _s: looks.append(now))
        assert len(looks) > trainer_steps

    run(80, stop_after=40)  # stopped by hand, long before its end
    assert looks[-1].progress.steps == 40
    first = load_checkpoint(checkpoint_path(tmp_path, "bend", "lite"))
    np.testing.assert_array_equal(first.weights, looks[-1].weights)
    assert first.progress.steps == 40
    assert first.progress.check_esr == pytest.approx(looks[-1].progress.check_esr, rel=1e-8)  # nine digits

    assert best_checkpoint(tmp_path, "bend", "lite").progress == first.progress

    # What goes on is what was kept: it knows as much before its first step as when it was stopped.
    again = Trainer(3, material.train, material.check, 80, first)
    assert again.steps == 40
    assert again.look().progress.check_esr == looks[-1].progress.check_esr

    run(80)
    assert looks[-1].progress.steps == 80
    assert best_checkpoint(tmp_path, "bend", "lite").progress.steps == 80
    # A worse one is gone on from, but the best is what is exported.
    worse = Checkpoint(looks[-1].weights, Progress(90, 200, 0.9))
    write_checkpoint(checkpoint_path(tmp_path, "bend", "lite"), "bend", worse)
    assert load_checkpoint(checkpoint_path(tmp_path, "bend", "lite")).progress.steps == 90
    assert best_checkpoint(tmp_path, "bend", "lite").progress.steps == 80
    assert looks[-1].progress.check_esr <= first.progress.check_esr < 1.0


def test_an_export_is_judged_by_what_the_pedal_plays(tmp_path: Path) -> None:
    material, target = a_material(), tmp_path / "Bend.nam"
    with pytest.raises(ModelError):
        export("bend", material, tmp_path, target)
    for width in CHANNELS:
        train_width("bend", width, material, tmp_path, 12, lambda: False, lambda *_: None)
    export("bend", material, tmp_path, target)

    metadata = msgspec.json.decode(target.read_bytes())["metadata"]
    assert (metadata["name"], metadata["gear_type"], metadata["input_level_dbu"]) == ("Bend", "pedal", 2.7)
    assert np.isfinite(metadata["loudness"])
    assert metadata["training"]["steps"] == {"lite": 12, "full": 12}
    assert sorted(path.name for path in tmp_path.glob("Bend*")) == ["Bend.nam"]

    lite, full = judge(target, material.held_out)
    right = material.held_out.y[CONTEXT_FRAMES:]
    played = load_model(target).engine(1.0).process(material.held_out.x)[CONTEXT_FRAMES:]
    by_hand = np.sum(np.square(played - right)) / np.sum(np.square(right))
    assert (lite.width, full.width) == ("lite", "full")
    assert full.esr == pytest.approx(by_hand, rel=1e-3)


def test_a_recording_shorter_than_an_item_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Trainer(3, a_pair(1, 8000), a_pair(2, 8000), 10)


def test_the_verdict_is_plain() -> None:
    from models.train.capture import Verdict

    words = [in_words([Verdict("full", esr, 0.0, 0.0)]) for esr in (0.0005, 0.005, 0.02, 0.05, 0.5)]
    assert [sentence.split(":")[0].split(",")[0] for sentence in words] == [
        "Excellent",
        "Very good",
        "Good",
        "Usable",
        "Not usable yet",
    ]
