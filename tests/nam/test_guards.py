"""What makes the kernels fast and safe in real time, checked without a clock."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from numba import njit

from pedal.jit.vectors import TARGET, Tile
from pedal.nam import a2_tiles

ALLOCATIONS = """
from numba import njit
from numba.core.runtime import rtsys
from pedal.nam.engine import Engine
from pedal.nam.kernels import play_model_kernel, rest_model_kernel
from tests.nam import models

@njit
def drive(f32, i64, plan, block, n, count):
    for k in range(count):
        play_model_kernel(f32, i64, plan, block, block, 1 + k % n)
        if k % 100 == 0:
            rest_model_kernel(f32, i64, plan)

for document in (models.a2(8), models.a2(3), models.small(), models.rich(), models.lstm()):
    engine = models.parse(document).engine(max_frames=64)
    memory = engine._arena
    counts = []
    for blocks in (1, 1, 1000):
        before = rtsys.get_allocation_stats()
        drive(memory.f32, memory.i64, engine._plan, engine._block, 64, blocks)
        after = rtsys.get_allocation_stats()
        counts.append((after.alloc - before.alloc, after.mi_alloc - before.mi_alloc, after.free - before.free))
    # What is left is the call from Python itself.
    assert counts[1] == counts[2], counts
"""

START = """
from numba.core import event
with event.install_recorder("numba:compile") as compiled:
    from tests.nam import models
    engine = models.parse(models.a2(3)).engine()
    engine.process(models.noise(100))
    engine.process(models.noise(10))
print(len(compiled.buffer))
"""


def run(script: str, **environment: str) -> str:
    done = subprocess.run([sys.executable, "-c", script], env=os.environ | environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_thousand_blocks_allocate_nothing() -> None:
    run(ALLOCATIONS, NUMBA_NRT_STATS="1", NUMBA_OPT="1")


def test_a_second_start_compiles_nothing() -> None:
    # The kernels of this process lie in the cache: the next process is a second start.
    import pedal.nam.engine  # noqa: F401

    assert int(run(START)) == 0


def tap_loop(kernel: Callable[..., Any]) -> list[str]:
    """Instructions of the loop with most multiply-adds in what ``kernel`` compiled to."""
    (assembly,) = kernel.inspect_asm().values()  # type: ignore[attr-defined]
    blocks: list[tuple[str, list[str]]] = [("", [])]
    for line in assembly.splitlines():
        if label := re.match(r"^(\.L\w+):", line):
            blocks.append((label[1], []))
        elif line.startswith("\t") and not line.startswith("\t."):
            blocks[-1][1].append(line.strip())
    loops = [body for label, body in blocks if label and any(re.match(rf"j\w+\s+{re.escape(label)}$", i) for i in body)]
    return max(loops, key=lambda body: sum("vfmadd" in i for i in body))


@njit
def full_probe(f32: Any, k: int, n: int) -> None:
    a2_tiles.full_middle(f32, k, n, k, k, n, n, k, k, n, k, n, k)


@njit
def lite_probe(f32: Any, k: int, n: int) -> None:
    a2_tiles.lite_middle(f32, k, n, k, k, n, n, k, k, n, k, n, k)


@pytest.mark.skipif(TARGET.name not in ("avx512", "avx2"), reason=f"{TARGET.name}: its instructions are not known here")
@pytest.mark.parametrize("probe, channels, tile", [(full_probe, 8, TARGET.full), (lite_probe, 3, TARGET.lite)])
def test_the_tap_loop_stays_in_registers(probe: Callable[..., Any], channels: int, tile: Tile) -> None:
    probe.compile("void(float32[::1], int64, int64)")  # type: ignore[attr-defined]
    body = tap_loop(probe)
    register = {16: "zmm", 8: "ymm"}[tile.lanes]
    multiplications = [i for i in body if i.startswith("vfmadd") and register in i]
    # The compiler may unroll the loop.
    assert multiplications and len(multiplications) % (channels * channels * tile.vectors) == 0
    stack = [i for i in body if "%rsp" in i or "%rbp)" in i]
    assert not stack, stack
    assert len(body) < 2 * len(multiplications) + 60


def test_kernels_are_kept_where_the_cache_says(tmp_path: Path) -> None:
    script = "from pedal.nam import rings; print(rings.advance_kernel.stats.cache_path)"
    assert run(script, PEDAL_CACHE_DIR=str(tmp_path)).startswith(str(tmp_path / "kernels" / "nam.rings."))
