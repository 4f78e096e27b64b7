"""A few nasty trees; the long run is ``python -m tests.library.nasty``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pedal.library.checker import Checker
from tests.library.nasty import judge


@pytest.fixture(scope="module")
def checker() -> Iterator[Checker]:
    with Checker() as found:
        yield found


@settings(max_examples=15)
@given(seed=st.integers(0, 2**32))
def test_nasty_trees(checker: Checker, seed: int) -> None:
    judge(seed, checker)
