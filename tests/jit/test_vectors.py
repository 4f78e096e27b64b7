"""Vector shapes: which CPU gets which, and that all of them play the same."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pedal.jit.vectors import GROUP, TARGETS, Target, padded, select_target

PLAY = """
import sys
import numpy as np
import pedal.jit.vectors as vectors
vectors.TARGET = vectors.TARGETS[sys.argv[1]]
from tests.nam import models, twin

for channels in (8, 3, 5):
    document = models.wavenet(models.array(channels, [1, 40, 3, 0, 7], activation="LeakyReLU"), seed=channels)
    model = models.parse(document)
    x = models.noise(400)
    wanted = twin.render(document, x, history=model.widths[0].receptive_field_frames)
    for block in (1, 37, 64):
        y = model.engine(max_frames=block).process(x)
        assert np.max(np.abs(y - wanted)) < 1e-5 * np.max(np.abs(wanted)), (channels, block)
"""


@pytest.mark.parametrize(
    "triple, features, name",
    [
        ("x86_64-unknown-linux-gnu", "+avx512f,+avx512vl,+avx2,+fma", "avx512"),
        ("x86_64-unknown-linux-gnu", "+avx2,+fma,-avx512f", "avx2"),
        ("x86_64-unknown-linux-gnu", "+avx2,-fma", "portable"),
        ("x86_64-unknown-linux-gnu", "", "portable"),
        ("aarch64-unknown-linux-gnu", "+neon,+fp-armv8", "neon"),
        ("armv7l-unknown-linux-gnueabihf", "+vfp4", "portable"),
    ],
)
def test_selection(triple: str, features: str, name: str) -> None:
    assert select_target(triple, features) is TARGETS[name]


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_shapes_fit_each_other(target: Target) -> None:
    for tile in (target.full, target.lite, target.lite_short, target.conv):
        assert tile.frames <= 32 and 8 % tile.passes == 0
        assert not target.lane_splat or tile.lanes == GROUP
    assert target.lite.frames % target.lite_short.frames == 0


def test_padding() -> None:
    assert [padded(count) for count in (1, 3, 4, 5, 8)] == [4, 4, 4, 8, 8]


@pytest.mark.slow
@pytest.mark.parametrize("name", ("avx2", "neon"))
def test_other_shapes_play_the_same(name: str, tmp_path: Path) -> None:
    # Compiled for this CPU all the same: what is checked are shapes, padding and order, not instructions.
    environment = os.environ | {"PEDAL_CACHE_DIR": str(tmp_path), "NUMBA_OPT": "1"}
    done = subprocess.run([sys.executable, "-c", PLAY, name], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
