"""The trainer's network plays what the pedal plays, and its gradient is the slope of its error."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.train.model_file import (
    Checkpoint,
    Progress,
    container_document,
    load_checkpoint,
    width_document,
    write_checkpoint,
    write_document,
)
from models.train.network import CONTEXT_FRAMES, Floats, Network, starting_weights, weight_count
from pedal.errors import ModelError
from pedal.nam import load_model
from tests.training import twin

WIDTHS = (3, 8)


def some_sound(frames: int) -> Floats:
    touch = np.random.default_rng(4)
    return (0.3 * touch.normal(size=frames)).astype(np.float32)


def some_weights(channels: int) -> Floats:
    # Head and biases large enough that everything counts.
    weights = starting_weights(channels, seed=3)
    weights[-(channels * 16 + 1) :] *= 20.0
    return weights


def test_a2_has_the_weights_of_the_format() -> None:
    assert [weight_count(channels) + 1 for channels in WIDTHS] == [1871, 12146]
    assert CONTEXT_FRAMES == 6346


@pytest.mark.parametrize("channels", WIDTHS)
@pytest.mark.parametrize("heard", [100, 2048])
def test_plays_what_the_format_says(channels: int, heard: int) -> None:
    network, weights = Network(channels, heard), some_weights(channels)
    x = some_sound(network.context_frames + heard)
    network.load(weights)
    loss = network.add(x, np.zeros(heard, np.float32))
    right = twin.play(weights.astype(np.float64), x.astype(np.float64), channels)[-heard:]
    np.testing.assert_allclose(network.played, right, atol=3e-6 * np.abs(right).max())
    assert loss == pytest.approx(float(np.sum(right**2)), rel=1e-4)


@pytest.mark.parametrize("channels", WIDTHS)
def test_gradient_is_the_slope_of_the_error(channels: int) -> None:
    heard = 96
    network, weights = Network(channels, heard), some_weights(channels).astype(np.float64)
    x = some_sound(network.context_frames + heard)
    target = (0.1 * np.sin(np.arange(heard) / 5.0)).astype(np.float32)

    def error(weights: np.ndarray) -> float:
        played = twin.play(weights, x.astype(np.float64), channels)[-heard:]
        return float(np.sum(np.square(played - target)))

    network.load(weights.astype(np.float32))
    network.add(x, target)
    gradient = network.gradient()
    touch = np.random.default_rng(8)
    typical = float(np.sqrt(np.mean(gradient**2)))
    # In every direction at once, and along single weights of all kinds.
    directions = [touch.normal(size=len(weights)) for _ in range(3)]
    places = [0, channels - 1, *touch.integers(channels, len(weights), 12), len(weights) - 1]
    directions += [np.eye(1, len(weights), int(place))[0] for place in places]
    for direction in directions:
        step = 1e-7 / np.abs(direction).max()
        slope = (error(weights + step * direction) - error(weights - step * direction)) / (2.0 * step)
        assert gradient @ direction == pytest.approx(slope, rel=2e-3, abs=2e-3 * typical)


def test_gradients_of_items_add_up_until_weights_are_loaded() -> None:
    network, weights = Network(3, 64), some_weights(3)
    x, target = some_sound(network.context_frames + 64), np.zeros(64, np.float32)
    network.load(weights)
    network.add(x, target)
    once = network.gradient()
    network.add(x, target)
    np.testing.assert_allclose(network.gradient(), 2.0 * once, rtol=1e-4, atol=1e-9)
    network.load(weights)
    assert not network.gradient().any()


def test_only_the_widths_of_a2() -> None:
    with pytest.raises(ValueError, match="not of 4"):
        Network(4, 64)


@pytest.mark.parametrize("channels", WIDTHS)
def test_a_kept_width_comes_back_to_the_bit_and_plays_in_the_pedal(channels: int, tmp_path: Path) -> None:
    path, weights = tmp_path / "one.nam", some_weights(channels)
    write_checkpoint(path, "One", Checkpoint(weights, Progress(7, 90, 0.25)))
    back = load_checkpoint(path)
    np.testing.assert_array_equal(back.weights, weights)
    assert back.progress == Progress(7, 90, 0.25)

    network = Network(channels, 512)
    x = some_sound(network.context_frames + 512)
    network.load(weights)
    network.add(x, np.zeros(512, np.float32))
    played = load_model(path).engine().process(x)
    np.testing.assert_allclose(played[-512:], network.played, atol=1e-5 * np.abs(network.played).max())


def test_another_head_scale_is_taken_in(tmp_path: Path) -> None:
    path, weights = tmp_path / "loud.nam", some_weights(3)
    write_document(path, width_document(weights, {}, gain=4.0))
    head = 3 * 16 + 1
    np.testing.assert_allclose(load_checkpoint(path).weights[-head:], 4.0 * weights[-head:], rtol=1e-6)


def test_a_container_has_both_widths(tmp_path: Path) -> None:
    path = tmp_path / "both.nam"
    widths = [width_document(some_weights(channels), {"name": "Both"}) for channels in WIDTHS]
    write_document(path, container_document(widths, {"name": "Both"}))
    assert load_model(path).name == "Both"
    assert [len(width["weights"]) for width in widths] == [1871, 12146]
    assert len(load_model(path).widths) == 2
    with pytest.raises(ModelError, match="cannot go on"):
        load_checkpoint(path)


def test_what_is_no_width_of_a2_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bad.nam"
    document = width_document(some_weights(3), {})
    for change in ({"weights": document["weights"][:-1]}, {"weights": "x"}, {"config": {}}, {"config": {"layers": []}}):
        write_document(path, {**document, **change})
        with pytest.raises(ModelError):
            load_checkpoint(path)
    path.write_text("[]")
    with pytest.raises(ModelError):
        load_checkpoint(path)
