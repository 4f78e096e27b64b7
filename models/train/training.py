"""Training one width: random items of the recording, the gradient, a step; now and then a look at how far it is.

Called by ``models.train`` in the training process. The optimiser is Adam (Kingma & Ba, 2015) with a learning rate
that falls along a half cosine; what is kept are running means of the weights (Polyak & Juditsky 1992), which are
quieter than the last step's. Going on from a file begins from those, with a fresh optimiser that starts slowly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.train.model_file import Checkpoint, Progress
from models.train.network import Floats, Network, starting_weights

#: The output is trained at this level (RMS); a file's own level is set when it is exported.
TRAINED_DB = -18.0
_FIRST_RATE, _LAST_RATE = 6e-3, 1e-5
_MOMENTS, _TINY = (0.9, 0.999), 1e-8
_WARM_STEPS = 50
_MEAN_DECAY = 0.998
#: No step is longer than a few typical ones: one odd item must not throw the weights far.
_MOST_NORM = 4.0


@dataclass(frozen=True, slots=True)
class Pair:
    """A recording: what went in and what came out, float32 ``(frames,)`` each, aligned."""

    x: Floats
    y: Floats

    def scaled(self, gain: float) -> Pair:
        """The same with another output level."""
        return Pair(self.x, (self.y * np.float32(gain)).astype(np.float32))

    @property
    def level_gain(self) -> float:
        """What brings the output to the level that is trained."""
        return float(10.0 ** (TRAINED_DB / 20.0) / max(1e-12, np.sqrt(np.mean(np.square(self.y, dtype=np.float64)))))


class Trainer:
    """One width on its way.

    Args:
        channels: 3 or 8.
        train, check: what it learns from, and what it is looked at with; at the trained level. The first
            ``CONTEXT_FRAMES`` of each are only listened to.
        planned_steps: over which the learning rate falls.
        since: where to go on; None to begin.
        seed: of the first weights and of the choice of items.
        item_frames, items: of a step.
    """

    def __init__(
        self,
        channels: int,
        train: Pair,
        check: Pair,
        planned_steps: int,
        since: Checkpoint | None = None,
        seed: int = 1,
        item_frames: int = 8192,
        items: int = 8,
    ) -> None:
        self._network = Network(channels, item_frames)
        self._train, self._check = train, check
        if min(len(train.x), len(check.x)) <= self._network.context_frames + item_frames:
            raise ValueError("the recording is shorter than one item")
        self._items = items
        self.planned_steps = planned_steps
        self.steps = since.progress.steps if since else 0
        weights = since.weights if since else starting_weights(channels, seed)
        self._weights = weights.astype(np.float64)
        self._mean = self._weights.copy()
        self._first = np.zeros(len(weights))
        self._second = np.zeros(len(weights))
        self._fresh_steps = 0
        self._usual_norm = 0.0
        self._touch = np.random.default_rng((seed, self.steps))

    def step(self) -> float:
        """One step; the ESR of its items, before it."""
        network, frames = self._network, self._network.heard_frames
        network.load(self._weights.astype(np.float32))
        loss, power = 0.0, 0.0
        for _ in range(self._items):
            at = int(self._touch.integers(0, len(self._train.y) - network.context_frames - frames))
            target = self._train.y[at + network.context_frames :][:frames]
            loss += network.add(self._train.x[at : at + network.context_frames + frames], target)
            power += float(np.dot(target, target))
        self._move(network.gradient() / (self._items * frames))
        return loss / max(power, 1e-12)

    def _move(self, gradient: NDArray[np.float64]) -> None:
        self._fresh_steps += 1
        self.steps += 1
        norm = float(np.linalg.norm(gradient))
        if self._fresh_steps > _WARM_STEPS and norm > _MOST_NORM * self._usual_norm:
            gradient = gradient * (_MOST_NORM * self._usual_norm / norm)
            norm = _MOST_NORM * self._usual_norm
        self._usual_norm += (norm - self._usual_norm) / min(self._fresh_steps, 200)
        for moment, value, keep in (
            (self._first, gradient, _MOMENTS[0]),
            (self._second, gradient * gradient, _MOMENTS[1]),
        ):
            moment *= keep
            moment += (1.0 - keep) * value
        first = self._first / (1.0 - _MOMENTS[0] ** self._fresh_steps)
        second = self._second / (1.0 - _MOMENTS[1] ** self._fresh_steps)
        self._weights -= self._rate() * first / (np.sqrt(second) + _TINY)
        keep = min(_MEAN_DECAY, self._fresh_steps / (self._fresh_steps + 9.0))
        self._mean += (1.0 - keep) * (self._weights - self._mean)

    def _rate(self) -> float:
        share = min(1.0, self.steps / max(1, self.planned_steps))
        rate = _LAST_RATE + (_FIRST_RATE - _LAST_RATE) * (0.5 + 0.5 * np.cos(np.pi * share))
        return float(rate * min(1.0, self._fresh_steps / _WARM_STEPS))

    def look(self) -> Checkpoint:
        """The weights as they would be kept now, and their ESR on the check."""
        weights = self._mean.astype(np.float32)
        network, frames = self._network, self._network.heard_frames
        network.load(weights)
        loss, power = 0.0, 0.0
        for at in range(0, len(self._check.y) - network.context_frames - frames + 1, frames):
            target = self._check.y[at + network.context_frames :][:frames]
            loss += network.add(self._check.x[at : at + network.context_frames + frames], target)
            power += float(np.dot(target, target))
        return Checkpoint(weights, Progress(self.steps, self.planned_steps, loss / max(power, 1e-12)))

    def run(self, until: Callable[[], bool], on_look: Callable[[Checkpoint, float], None], every: int = 250) -> None:
        """Train to the planned steps or until ``until()``; ``on_look`` gets what to keep, and the items' mean ESR."""
        heard: list[float] = []
        while self.steps < self.planned_steps and not until():
            heard.append(self.step())
            if self.steps % every == 0 or self.steps == self.planned_steps:
                on_look(self.look(), float(np.mean(heard)))
                heard.clear()
        if heard:
            on_look(self.look(), float(np.mean(heard)))
