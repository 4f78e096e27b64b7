"""The engine, the state it keeps, and where kernels may write."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from pedal.arena import Arena
from pedal.errors import ModelError
from pedal.nam import load_model
from pedal.nam.engine import Engine, _play_block, _rest
from pedal.nam.pack import LARGEST_BLOCK_FRAMES, pack
from pedal.nam.plan import KIND, MAX_FRAMES, RECEPTIVE_FIELD, STATE_F32, STATE_F32_COUNT, STATE_I64, WEIGHTS
from tests.nam import models, twin

SHAPES: dict[str, dict[str, Any]] = {
    "full": models.a2(8),
    "lite": models.a2(3),
    "plain": models.wavenet(
        models.array(5, [1, 9, 30], head={"out_channels": 3, "kernel_size": 4, "bias": True}),
        models.array(3, [2, 20], input_size=5, activation="SiLU"),
    ),
    "rich": models.rich(),
    "recurrent": models.chain(models.lstm(), models.linear(90)),
}
shapes = pytest.mark.parametrize("document", SHAPES.values(), ids=SHAPES)


@shapes
def test_a_new_engine_is_at_rest_as_after_endless_silence(document: dict[str, Any]) -> None:
    model = models.parse(document)
    x = models.noise(200)
    silence = np.zeros(2 * model.widths[0].receptive_field_frames, np.float32)
    waited = model.engine()
    idle = waited.process(silence)[-1]
    fresh = model.engine()
    assert fresh.process(silence[:1])[0] == pytest.approx(idle, rel=1e-5, abs=1e-7)
    fresh.reset()
    scale = np.max(np.abs(fresh.process(x)))
    fresh.reset()
    np.testing.assert_allclose(fresh.process(x), waited.process(x), rtol=0, atol=1e-5 * scale)


@shapes
@pytest.mark.parametrize("poison", (0.7, np.nan, np.inf))
def test_reset_forgets_everything(document: dict[str, Any], poison: float) -> None:
    model = models.parse(document)
    x = models.noise(500)
    engine = model.engine(max_frames=48)
    wanted = engine.process(x)
    engine.process(np.full(333, poison, np.float32))
    engine.reset()
    np.testing.assert_array_equal(engine.process(x), wanted)


@shapes
def test_a_nan_comes_out_as_a_nan_at_once(document: dict[str, Any]) -> None:
    # The guard behind the amp relies on it: a NaN that hid would poison the rings unseen.
    x = np.zeros(300, np.float32)
    x[10] = np.nan
    assert np.argmax(np.isnan(models.parse(document).engine().process(x))) == 10


@shapes
def test_a_placed_width_stays_inside_its_regions(document: dict[str, Any]) -> None:
    spec = models.parse(document).widths[0].spec
    most = 40
    packed = pack(spec, most)
    guard = 64
    sizes = (
        packed.plan_bytes // 8,
        packed.weights_bytes // 4,
        packed.state_f32_bytes // 4,
        packed.state_i64_bytes // 8,
    )
    assert packed.bytes_needed == 8 * sizes[0] + 4 * sizes[1] + 4 * sizes[2] + 8 * sizes[3]
    arena = Arena.allocate(packed.bytes_needed + 64 * guard)
    arena.i64[:] = 0x7EADBEEF7EADBEEF
    before = arena.u8.copy()
    free = np.ones(arena.u8.size, bool)
    starts, at = [], 8 * guard
    for size, width in zip(sizes, (8, 4, 4, 8), strict=True):
        starts.append(at // width)
        free[at : at + size * width] = False
        at += size * width + 8 * guard
    packed.place(arena, *starts)
    plan, weights, state, _ = starts
    assert tuple(arena.i64[plan + np.array([MAX_FRAMES, RECEPTIVE_FIELD])]) == (most, spec.receptive_field_frames)
    assert tuple(arena.i64[plan + np.array([WEIGHTS, STATE_F32, STATE_I64])]) == (weights, state, starts[3])
    assert arena.i64[plan + STATE_F32_COUNT] == packed.state_f32
    block = at // 4
    free[4 * block : 4 * (block + most)] = False
    _rest(arena.f32, arena.i64, plan)
    weights_before = arena.f32[weights : weights + packed.weights.size].copy()
    for n in [*range(1, most + 1), most, 1, most]:
        x = models.noise(n, seed=n)
        arena.f32[block : block + n] = x
        arena.f32[block + n : block + most] = 7.0
        _play_block(arena.f32, arena.i64, plan, block, block, n)
        assert np.all(arena.f32[block + n : block + most] == 7.0)
        assert np.all(np.isfinite(arena.f32[block : block + n]))
    assert np.array_equal(arena.u8[free], before[free])
    np.testing.assert_array_equal(arena.f32[weights : weights + packed.weights.size], weights_before)


def test_a_block_beyond_the_plan_is_not_played() -> None:
    engine = models.parse(models.a2(3)).engine(max_frames=16)
    memory = engine._arena
    before = memory.u8.copy()
    for n in (0, -1, 17, 1 << 40):
        _play_block(memory.f32, memory.i64, engine._plan, engine._block, engine._block, n)
    np.testing.assert_array_equal(memory.u8, before)


def test_input_is_float32_in_one_dimension() -> None:
    engine = models.parse(models.small()).engine()
    for wrong in (np.zeros(4), np.zeros((1, 4), np.float32), np.zeros(4, np.int16), [0.0], None):
        with pytest.raises(ValueError, match="one-dimensional float32"):
            engine.process(wrong)  # type: ignore[arg-type]


def test_input_may_be_strided_or_read_only_and_is_left_alone() -> None:
    engine = models.parse(models.small()).engine(max_frames=16)
    x = models.noise(100)
    wanted = engine.process(x)
    engine.reset()
    wide = np.repeat(x, 2)
    np.testing.assert_array_equal(engine.process(wide[::2]), wanted)
    engine.reset()
    frozen = x.copy()
    frozen.flags.writeable = False
    np.testing.assert_array_equal(engine.process(frozen), wanted)
    np.testing.assert_array_equal(frozen, x)
    assert engine.process(x[:0]).shape == (0,)


@pytest.mark.parametrize("most", (0, -1, LARGEST_BLOCK_FRAMES + 1))
def test_block_sizes_have_bounds(most: int) -> None:
    with pytest.raises(ModelError, match="1 to 4096"):
        models.parse(models.small()).engine(max_frames=most)


def test_the_largest_block() -> None:
    document = models.a2(3)
    x = models.noise(LARGEST_BLOCK_FRAMES)
    y = models.parse(document).engine(max_frames=LARGEST_BLOCK_FRAMES).process(x)
    wanted = twin.render(document, x, history=6347)
    assert np.max(np.abs(y - wanted)) < 1e-5 * np.max(np.abs(wanted))


def test_every_width_has_its_engine() -> None:
    model = load_model(models.VECTORS / "syn_a2.nam")
    assert Engine(model, 0).width.label == "Lite"
    assert model.engine(0.2).width is model.widths[0]
    assert model.engine().width is model.widths[1]
    with pytest.raises(IndexError):
        Engine(model, 2)


def test_state_of_a2_full_stays_small() -> None:
    full = load_model(models.VECTORS / "syn_a2.nam").widths[1]
    assert 4 * pack(full.spec, 64).state_f32 < 300_000
    assert 4 * pack(full.spec, 256).state_f32 < 450_000


def test_kinds() -> None:
    assert pack(models.parse(models.a2(8)).widths[0].spec, 64).plan[KIND] == 1
    assert pack(models.parse(models.small()).widths[0].spec, 64).plan[KIND] == 2
    assert pack(models.parse(models.rich()).widths[0].spec, 64).plan[KIND] == 3
    grouped = models.wavenet(models.array(4, [1], groups_input=2, layer1x1={"active": True, "groups": 4}))
    assert pack(models.parse(grouped).widths[0].spec, 64).plan[KIND] == 2


def test_float_mode_comes_back() -> None:
    engine = models.parse(models.small()).engine()
    engine.process(models.noise(10))
    tiny = np.float32(1e-40)
    assert tiny * np.float32(0.5) != 0


def test_documents_are_reproducible() -> None:
    assert json.dumps(models.a2(3)) == json.dumps(models.a2(3))
