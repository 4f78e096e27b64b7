"""Files from outside play or are refused: a short, seeded share of what the fuzzer does (README.md)."""

from __future__ import annotations

import json
import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz import worst
from tests.fuzz.judge import JUDGES, MOST_GROWTH_BYTES, MOST_SECONDS, judge_impulse, judge_model, judge_preset
from tests.fuzz.mutate import fit, mutate
from tests.fuzz.seeds import SEEDS, model_documents
from tests.nam import models

DOCUMENTS = model_documents()


@pytest.mark.parametrize("kind", JUDGES)
def test_what_fuzzing_starts_from_is_good(kind: str) -> None:
    assert len(SEEDS[kind]()) > 2
    assert all(JUDGES[kind](seed) for seed in SEEDS[kind]())


@pytest.mark.parametrize("seed", range(8))
def test_a_changed_model_is_played_or_refused(seed: int) -> None:
    rng, seen = random.Random(seed), Counter[bool]()
    for _ in range(60):
        document = mutate(rng.choice(DOCUMENTS), rng)
        seen[judge_model(json.dumps(fit(document) if rng.random() < 0.8 else document).encode())] += 1
    # Neither all of them broken, nor none.
    assert seen[True] > 3 and seen[False] > 3, seen


@settings(max_examples=150)
@given(data=st.data())
def test_a_damaged_model_is_played_or_refused(data: st.DataObject) -> None:
    judge_model(damaged(data, json.dumps(models.small()).encode()))


@settings(max_examples=100)
@given(data=st.data())
def test_a_damaged_impulse_response_is_played_or_refused(data: st.DataObject) -> None:
    judge_impulse(damaged(data, data.draw(st.sampled_from(SEEDS["impulse"]()))))


@settings(max_examples=100)
@given(data=st.data())
def test_a_damaged_preset_is_read_or_refused(data: st.DataObject) -> None:
    judge_preset(damaged(data, data.draw(st.sampled_from(SEEDS["preset"]()))))


@settings(max_examples=50)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_refused(data: bytes) -> None:
    for judge in JUDGES.values():
        judge(data)


def damaged(data: st.DataObject, good: bytes) -> bytes:
    start = data.draw(st.integers(0, len(good)))
    stop = data.draw(st.integers(start, min(len(good), start + 40)))
    return good[:start] + data.draw(st.binary(max_size=12)) + good[stop:]


@pytest.mark.parametrize("names", [list(worst.HEAVIEST), list(worst.REFUSED)], ids=["playing", "refused"])
def test_the_heaviest_files_take_neither_long_nor_much_memory(names: list[str]) -> None:
    grown = 0
    for name, (read_s, packed_s, growth, verdict) in zip(names, worst.weigh_apart(*names), strict=True):
        # Time of the thread, not of the clock, and far from the bound: a busy machine does not count.
        assert read_s + packed_s < MOST_SECONDS, (name, read_s, packed_s, verdict)
        grown += growth
    assert grown < MOST_GROWTH_BYTES, grown >> 20
