"""From a preset to memory: the order of sound, regions that never meet, instances that go on untouched."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pedal import layout as at
from pedal.arena import Arena
from pedal.errors import ModelError, PedalError, PresetError
from pedal.levels import TARGET_DB
from pedal.params import KINDS
from pedal.preset import Block, Preset
from pedal.rig.compile import compile_preset, in_order_of_sound
from pedal.rig.place import place_rig, region_bytes
from pedal.rig.rows import ring_frames
from tests.rig.bench import RATE_HZ, Assets, Bench, guitar, model_named, preset

TAKE = guitar(RATE_HZ)
AMP, OTHER = Block("amp", "amp", "starter"), Block("other", "amp", "trio")
GATE, TONE, CAB = Block("gate", "gate"), Block("tone", "tone"), Block("cab", "cab", "64")

listed = st.lists(st.sampled_from([AMP, OTHER, TONE, CAB]), max_size=6).flatmap(
    lambda blocks: st.booleans().flatmap(lambda gated: st.permutations([*blocks, GATE]) if gated else st.just(blocks))
)


def named(blocks: list[Block]) -> Preset:
    return preset(*(replace(block, id=f"{block.kind}{k}") for k, block in enumerate(blocks)))


@given(listed)
def test_order_of_sound(blocks: list[Block]) -> None:
    """As listed, but the gate behind the last amp; input first, DC blocker, output and connection last."""
    source = named(blocks)
    order = in_order_of_sound(source)
    assert sorted(block.id for block in order) == sorted(block.id for block in source.chain)
    assert [order[place].kind for place in (0, -3, -2, -1)] == ["input", "dc", "output", "master"]
    rest = [block for block in order if block.kind != "gate"]
    assert rest == [block for block in source.chain if block.kind != "gate"]
    kinds = [block.kind for block in order]
    if "gate" in kinds:
        gate, listed_at = kinds.index("gate"), [b.kind for b in source.chain].index("gate")
        assert "amp" not in kinds[gate:]
        if "amp" not in [b.kind for b in source.chain][listed_at:]:
            assert order == source.chain


def test_targets_are_what_kernels_read() -> None:
    block = Block("output", "output", values={"level_db": -20.0, "mute": 1.0}, on=False)
    assert block.kernel_values() == pytest.approx((1.0, 0.1, 10 ** (-1 / 20), 1.0))
    assert len(TONE.kernel_values()) == len(KINDS["tone"].params)


def test_keys_are_instances() -> None:
    """The same model, impulse or kind of block is the same instance; a second one is another."""
    many = compile_preset(
        preset(AMP, replace(AMP, id="b"), OTHER, CAB, replace(CAB, id="c", asset="65")), Assets(), 48000
    )
    keys = [part.key for part in many]
    assert len(set(keys)) == len(keys)
    again = compile_preset(preset(replace(AMP, id="x", values={"level_db": 3.0})), Assets(), 48000)
    assert again[1].key == keys[1]


def test_amps_come_to_the_same_loudness() -> None:
    part = compile_preset(preset(AMP), Assets(), RATE_HZ)[1]
    assert part.amp is not None
    loudness_db = model_named("starter").loudness_db
    assert loudness_db is not None
    assert 20 * np.log10(part.amp.output_gain) + loudness_db == pytest.approx(TARGET_DB)
    assert part.amp.labels == ("Lite", "Full")
    assert part.amp.macs[0] < part.amp.macs[1]


def test_what_cannot_be_is_said() -> None:
    with pytest.raises(ModelError, match=r"made for 48000 Hz; .* not at 44100 Hz\. Set rate_hz in the board file"):
        compile_preset(preset(AMP), Assets(), 44100)
    many = preset(*(Block(f"t{k}", "tone") for k in range(at.MAX_ROWS)))
    with pytest.raises(PresetError, match="blocks"):
        compile_preset(many, Assets(), RATE_HZ)


@given(st.lists(listed, min_size=1, max_size=3))
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_regions_never_meet_and_kept_ones_are_not_touched(presets: list[list[Block]]) -> None:
    bench = Bench()
    for blocks in presets:
        before = {key: bytes(bench.arena.u8[slice(*_bounds(note.region))]) for key, note in bench.live.items()}
        notes = bench.place(named(blocks))
        for block in notes.blocks:
            if block.key in before:
                assert bytes(bench.arena.u8[slice(*_bounds(block.region))]) == before[block.key]
    regions = sorted({note.region for note in bench.live.values()})
    assert len(regions) == len(bench.live)
    assert regions[0][0] >= at.HEAP_AT_BYTE
    assert all(start % 64 == 0 for start, _ in regions)
    assert all(start + size <= following for (start, size), (following, _) in pairwise(regions))
    assert regions[-1][0] + regions[-1][1] <= bench.arena.u8.size


def _bounds(region: tuple[int, int]) -> tuple[int, int]:
    return region[0], region[0] + region[1]


@given(st.lists(listed, min_size=1, max_size=2))
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_playing_one_rig_touches_only_its_own_regions(presets: list[list[Block]]) -> None:
    bench = Bench(*(named(blocks) for blocks in presets))
    mine = {block.key for block in bench.notes[0].blocks}
    others = [note.region for key, note in bench.live.items() if key not in mine]
    before = [bytes(bench.arena.u8[slice(*_bounds(region))]) for region in others]
    bench.adopt(0)
    bench.play_all(TAKE[:1500], 100, rounds=2)
    assert before == [bytes(bench.arena.u8[slice(*_bounds(region))]) for region in others]


def test_kept_instances_keep_their_serial_and_new_ones_get_their_own() -> None:
    bench = Bench(preset(AMP, TONE), preset(AMP, CAB), preset(OTHER))
    serials: dict[str, int] = {}
    for notes in bench.notes:
        for block in notes.blocks:
            assert serials.setdefault(block.key, block.serial) == block.serial
    assert len(set(serials.values())) == len(serials)


def test_full_memory_is_said_and_what_plays_goes_on() -> None:
    bench = Bench(preset(AMP), heap_bytes=2 << 20)
    bench.adopt(0)
    twin = Bench(preset(AMP))
    twin.adopt(0)
    with pytest.raises(PedalError, match="not enough memory"):
        for number in range(20):
            bench.place(preset(*(Block(f"c{k}", "cab", str(8000 + 10 * number + k)) for k in range(9))), slot=1)
    np.testing.assert_array_equal(bench.play_all(TAKE[:3000], 64), twin.play_all(TAKE[:3000], 64))


def test_a_region_is_as_large_as_it_says() -> None:
    parts = compile_preset(preset(GATE, AMP, TONE, CAB), Assets(), RATE_HZ)
    arena = Arena.allocate(at.HEAP_AT_BYTE + sum(region_bytes(part) for part in parts))
    notes = place_rig(arena, 0, parts, preset_name="", serial=1, rate_hz=RATE_HZ, live={}, in_use=())
    assert sum(size for _, size in notes.regions) + at.HEAP_AT_BYTE == arena.u8.size
    amp = next(part for part in parts if part.amp)
    frames = ring_frames(amp)
    assert frames & (frames - 1) == 0
    assert frames >= max(width.receptive_field_frames for width in model_named("starter").widths) + at.MAX_FRAMES


@given(listed)
@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
def test_kept_blocks_play_on_through_an_adoption(blocks: list[Block]) -> None:
    """The same chain under another name: nobody can hear that it was adopted."""
    source = named(blocks)
    bench, twin = Bench(source, replace(source, name="again")), Bench(source)
    for each in (bench, twin):
        each.adopt(0)
        each.play_all(TAKE[:3000], 64)
    bench.adopt(1)
    changed, wanted = bench.play_all(TAKE[3000:6000], 64), twin.play_all(TAKE[3000:6000], 64)
    np.testing.assert_array_equal(changed, wanted)
