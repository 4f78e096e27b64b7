"""A2 in double precision, written down as the format describes it: what the trainer's kernels are held against."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.train.gradient_kernels import HEAD_TAPS
from models.train.network import DILATIONS, HEAD_SCALE, TAPS

Floats = NDArray[np.float64]


def play(weights: Floats, x: Floats, channels: int) -> Floats:
    """``(frames,)`` from silence before; weights in the order of the file, without the head scale."""
    at = 0

    def take(*shape: int) -> Floats:
        nonlocal at
        at += int(np.prod(shape))
        return weights[at - int(np.prod(shape)) : at].reshape(shape)

    def past(rows: Floats, frames: int) -> Floats:
        return np.pad(rows, ((0, 0), (frames, 0)))[:, : rows.shape[1]]

    c = channels
    u = take(c, 1) @ x[None, :]
    head = np.zeros_like(u)
    for taps, dilation in zip(TAPS, DILATIONS, strict=True):
        conv, bias, mixin, out, out_bias = take(c, c, taps), take(c), take(c), take(c, c), take(c)
        z = bias[:, None] + mixin[:, None] * x
        for k in range(taps):
            z = z + conv[:, :, k] @ past(u, (taps - 1 - k) * dilation)
        made = np.where(z > 0.0, z, 0.01 * z)
        head += made
        u = u + out @ made + out_bias[:, None]
    last, bias = take(c, HEAD_TAPS), take(1)
    y = bias + sum(last[:, k] @ past(head, HEAD_TAPS - 1 - k) for k in range(HEAD_TAPS))
    return HEAD_SCALE * y
