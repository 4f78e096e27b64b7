"""Thousands of random models against the twin: ``./run test -m study tests/nam/test_sweep.py -s`` (some minutes).

The everyday suite does the same with a few dozen of each (``test_twin.py``, ``test_rates.py``).
"""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.nam import test_rates, test_twin
from tests.nam.networks import networks, plain_wavenets, sliceable

#: Without a database of failures, and without passing over models that take long to make up.
THOROUGH = settings(database=None, suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink))

KINDS: list[tuple[str, Any, int, tuple[int, ...]]] = [
    ("any network", networks(), 2500, (1,)),
    ("any slice", sliceable(), 1000, (1,)),
    ("plain WaveNet", plain_wavenets(), 1000, (1,)),
    ("A2-like", test_twin.leaky_networks(), 1000, (1,)),
    ("any of them at 2 to 5 times its rate", networks() | sliceable() | plain_wavenets(), 1500, (2, 3, 4, 5)),
]


@pytest.mark.study
@pytest.mark.parametrize("name, documents, count, factors", KINDS, ids=[kind[0] for kind in KINDS])
def test_thousands(name: str, documents: Any, count: int, factors: tuple[int, ...]) -> None:
    worst, beyond, seen, began = 0.0, 0, Counter[str](), time.monotonic()

    @settings(THOROUGH, max_examples=count)
    @given(document=documents, slim=st.floats(0, 1), block=st.integers(1, 70), factor=st.sampled_from(factors))
    def sweep(document: dict[str, Any], slim: float, block: int, factor: int) -> None:
        nonlocal worst, beyond
        if factor == 1:
            share = test_twin.compare(document, block, slim=slim)
        else:
            share = test_rates.compare(document, factor, slim, block)
        beyond += share > 2e-5
        worst = max(worst, share if share <= 2e-5 else 0.0)
        seen[document["architecture"]] += 1

    sweep()
    kinds = ", ".join(f"{number} {kind}" for kind, number in seen.most_common())
    found = f"worst {worst:.1e} of peak, {beyond} ill-conditioned, {time.monotonic() - began:.0f} s"
    print(f"\n{name}: {seen.total()} models ({kinds}), {found}")
    assert seen.total() >= count
