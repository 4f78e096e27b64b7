"""The reference trainer's network, by automatic differentiation, agrees with our kernels. Wants the extra ``train``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from models.train.model_file import width_document
from models.train.network import Floats, Network
from tests.training.test_network import some_sound, some_weights

pytestmark = pytest.mark.train

torch = pytest.importorskip("torch", reason="train: pip install 'nam-pedal[train]'")
from_nam = pytest.importorskip("nam.models._from_nam", reason="train: pip install 'nam-pedal[train]'")


def reference_network(weights: Floats) -> Any:
    """Theirs with our weights; it reads activations by name only, not in the form that it writes."""
    document = width_document(weights, {})
    document["config"]["layers"][0]["activation"] = "LeakyReLU"
    return from_nam.init_from_nam(document)


@pytest.mark.parametrize("channels", [3, 8])
def test_output_and_gradient_are_the_reference_trainers(channels: int) -> None:
    torch.set_num_threads(1)
    heard, weights = 4096, some_weights(channels)
    network = Network(channels, heard)
    x = some_sound(network.context_frames + heard)
    target = (0.1 * np.sin(np.arange(heard) / 9.0)).astype(np.float32)
    network.load(weights)
    network.add(x, target)

    reference = reference_network(weights)
    played = reference(torch.from_numpy(x)[None], pad_start=False)[..., -heard:]
    torch.sum(torch.square(played - torch.from_numpy(target))).backward()
    np.testing.assert_allclose(
        played.detach().numpy().ravel(), network.played, atol=2e-6 * np.abs(network.played).max()
    )

    # Which weight of the file each of their parameters is: load the numbers of the weights as weights.
    numbered = reference_network(np.arange(len(weights), dtype=np.float32))
    theirs = np.zeros(len(weights))
    for (name, parameter), (other_name, places) in zip(
        reference.named_parameters(), numbered.named_parameters(), strict=True
    ):
        assert name == other_name
        if parameter.grad is not None:
            theirs[places.detach().numpy().astype(int).ravel()] = parameter.grad.numpy().ravel()
    np.testing.assert_allclose(network.gradient(), theirs, rtol=1e-3, atol=1e-4 * np.abs(theirs).max())
