"""The arena: one buffer under three views, and regions that never meet."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal.arena import LINE_BYTES, Arena, Regions, align_up
from pedal.errors import PedalError


def test_all_views_see_the_same_bytes() -> None:
    arena = Arena.allocate(1000)
    assert arena.u8.size == align_up(1000)
    assert not arena.u8.any()
    arena.f64[3] = 1.5
    assert arena.f32[6:8].tobytes() == arena.u8[24:32].tobytes() == np.float64(1.5).tobytes()
    assert int(arena.i64[3]) == int(np.float64(1.5).view(np.int64))


@given(st.integers(1, 10_000))
def test_it_starts_on_a_cache_line(size: int) -> None:
    assert Arena.allocate(size).u8.ctypes.data % LINE_BYTES == 0


def test_buffers_that_kernels_could_not_address_are_refused() -> None:
    whole = Arena.allocate(256).u8
    for buffer in (whole[:100], whole[:128].reshape(2, 64), whole.view(np.int8)):
        with pytest.raises(ValueError, match="whole cache lines"):
            Arena(buffer)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="starts on a cache line"):
        Arena(whole[8:72])


@given(st.integers(0, 10**9), st.sampled_from([8, 64, 4096]))
def test_align_up(value: int, step: int) -> None:
    aligned = align_up(value, step)
    assert aligned % step == 0
    assert 0 <= aligned - value < step


@given(
    st.integers(0, 500),
    st.lists(st.integers(0, 3000), max_size=30),
    st.sets(st.integers(0, 29)),
)
def test_regions_never_meet_and_freed_ones_are_used_again(start: int, sizes: list[int], freed: set[int]) -> None:
    stop = 1 << 20
    first = Regions(start, stop)
    given_out = [(first.take(size), align_up(max(size, 1))) for size in sizes]
    kept = [region for k, region in enumerate(given_out) if k not in freed]
    second = Regions(start, stop, kept)
    again = [(second.take(size), align_up(max(size, 1))) for size in sizes]
    everything = sorted(kept + again)
    assert all(offset % LINE_BYTES == 0 and offset >= start for offset, _ in everything)
    assert all(offset + size <= following for (offset, size), (following, _) in pairwise(everything))
    assert second.taken == tuple(everything)


def test_a_gap_is_filled_before_the_end_grows() -> None:
    regions = Regions(0, 1024, [(128, 64), (512, 64)])
    assert [regions.take(size) for size in (64, 300, 64, 64)] == [0, 192, 64, 576]


def test_no_room_is_said_and_leaves_all_as_it_was() -> None:
    regions = Regions(0, 1024)
    regions.take(512)
    with pytest.raises(PedalError, match="not enough memory"):
        regions.take(513)
    assert regions.taken == ((0, 512),)
    assert regions.take(512) == 512
