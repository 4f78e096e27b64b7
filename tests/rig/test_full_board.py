"""A full pedalboard costs less than five amps: measured in one run, in turns, the best of many."""

from __future__ import annotations

import time

import numpy as np

from pedal import layout as at
from pedal.nam.engine import Engine
from pedal.preset import Block
from pedal.rig.chain import play_chain
from pedal.rig.offline import OfflineRig
from tests.rig.bench import RATE_HZ, Assets, guitar, model_named, preset

FRAMES, ROUNDS, PERIODS = 64, 40, 24
BOARD = (
    Block("gate", "gate"),
    Block("comp", "comp"),
    Block("drive", "drive"),
    Block("amp", "amp", "starter"),
    Block("eq", "eq"),
    Block("cab", "cab", "2048"),
    Block("chorus", "chorus"),
    Block("delay", "delay"),
    Block("reverb", "reverb"),
)


def board_ns(rig: OfflineRig, x: np.ndarray) -> float:
    arena, began = rig.arena, time.perf_counter_ns()
    for start in range(0, PERIODS * FRAMES, FRAMES):
        arena.f32[at.BUS_F32 : at.BUS_F32 + FRAMES] = x[start : start + FRAMES]
        play_chain(arena.f32, arena.f64, arena.i64, at.SLOTS, at.BUS_F32, FRAMES)
    return (time.perf_counter_ns() - began) / (PERIODS * FRAMES)


def amp_ns(engine: Engine, x: np.ndarray) -> float:
    began = time.perf_counter_ns()
    for start in range(0, PERIODS * FRAMES, FRAMES):
        engine.process(x[start : start + FRAMES])
    return (time.perf_counter_ns() - began) / (PERIODS * FRAMES)


def test_a_full_board_costs_at_most_five_times_the_amp() -> None:
    board, model = OfflineRig(preset(*BOARD), Assets(), RATE_HZ, FRAMES), model_named("starter")
    engine, x = Engine(model, len(model.widths) - 1), guitar(PERIODS * FRAMES)
    spent = np.array([(board_ns(board, x), amp_ns(engine, x)) for _ in range(ROUNDS)]).min(axis=0)
    print(f"board {spent[0]:.0f} ns a frame, Full {spent[1]:.0f}: {spent[0] / spent[1]:.2f} times")
    assert spent[0] <= 5.0 * spent[1]
