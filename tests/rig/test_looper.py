"""The looper in the chain: presets, widths, bypasses and deaths come and go around a loop; the cap holds behind it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from pedal import layout as at
from pedal.params import KINDS
from pedal.preset import Block
from pedal.rig.compile import compile_preset
from pedal.rig.edges import FADE_S
from pedal.rig.measure import measure_costs
from pedal.rig.takeover import take_over
from tests.rig.bench import RATE_HZ, Assets, Bench, Floats, guitar, preset
from tests.rig.loops import ask, give_loops, layers, with_looper

PERIOD, LOOP = 64, 16_000 // 64 * 64
TAKE = 0.5 * guitar(3 * RATE_HZ)
TONE, CHORUS = Block("tone", "tone"), Block("chorus", "chorus")
BRIGHT = Block("tone2", "tone", values={"treble_db": 9.0})
SPLICE = int(2 * FADE_S * RATE_HZ) + PERIOD


def playing(*presets: tuple[Block, ...], rounds: int = 0) -> Bench:
    """A bench with a loop that has just been closed, its seam done; the first preset plays."""
    bench = Bench(*(with_looper(*blocks) for blocks in presets))
    give_loops(bench, 2 * RATE_HZ)
    bench.adopt(0)
    bench.play(TAKE[:PERIOD])
    ask(bench, "record")
    bench.play_all(TAKE[:LOOP], PERIOD, rounds)
    ask(bench, "play")
    bench.play_all(np.zeros(20 * PERIOD, np.float32), PERIOD, rounds)
    return bench


def on(bench: Bench, periods: int, rounds: int = 0) -> Floats:
    """Silence at the guitar."""
    return bench.play_all(np.zeros(periods * PERIOD, np.float32), PERIOD, rounds)


def test_it_stands_behind_the_output_and_before_the_connection() -> None:
    parts = compile_preset(with_looper(TONE), Assets(), RATE_HZ)
    assert [part.block.kind for part in parts] == ["input", "tone", "dc", "output", "looper", "master"]
    assert [part.channels for part in parts] == [1, 1, 1, 1, 2, 2]  # a loop is stereo, whatever it was played with


def test_a_board_without_one_has_no_row_for_it() -> None:
    parts = compile_preset(preset(TONE), Assets(), RATE_HZ)
    assert "looper" not in [part.block.kind for part in parts]


def test_its_cost_is_that_of_an_overdub() -> None:
    """Room is always left for it: it costs the same book entry whether it plays or not, and that is not nothing."""
    parts = compile_preset(with_looper(), Assets(), RATE_HZ)
    costs = {part.block.kind: measure_costs(parts, RATE_HZ, PERIOD, {})[part.cost_key][0] for part in parts}
    assert costs["looper"] > 0.5 * costs["dc"]


def change_preset(bench: Bench) -> None:
    bench.adopt(1)


def change_twice(bench: Bench) -> None:
    bench.adopt(1)
    on(bench, 3)
    bench.adopt(0)


def bypass(bench: Bench) -> None:
    bench.arena.i64[at.BYPASSED] = 1
    on(bench, 40)
    bench.arena.i64[at.BYPASSED] = 0


@pytest.mark.parametrize("disturb", [change_preset, change_twice, bypass])
def test_a_loop_goes_on_to_the_sample(disturb: Callable[[Bench], None]) -> None:
    """Two pedals play the same loop, one is disturbed: once its splices and fades are over, they play the same bits."""
    bench, calm = (playing((TONE,), (BRIGHT,)) for _ in range(2))
    for pedal in (bench, calm):  # until the last of the guitar has left the DC blockers
        on(pedal, 1500)
    before = layers(bench)
    started = int(bench.arena.i64[at.FRAME])
    disturb(bench)
    on(bench, SPLICE // PERIOD + 30)
    on(calm, int(bench.arena.i64[at.FRAME] - started) // PERIOD)
    again, wanted = on(bench, 300), on(calm, 300)
    np.testing.assert_array_equal(again, wanted)
    assert np.abs(wanted).max() > 0.01
    np.testing.assert_array_equal(layers(bench), before)


def test_a_preset_change_is_not_heard_in_a_loop() -> None:
    """Not in a single sample: the bridge that hides the change is in front of the looper, and here that is silence."""
    bench, calm = (playing((TONE,), (BRIGHT, CHORUS)) for _ in range(2))
    for pedal in (bench, calm):
        on(pedal, 1500)
    bench.adopt(1)
    np.testing.assert_allclose(on(bench, 60), on(calm, 60), atol=2e-8)  # of the chorus's own rounding


def test_a_preset_change_under_the_guitar_does_not_step() -> None:
    bench = playing((TONE,), (Block("boost", "boost", values={"gain_db": 6.0}),))
    t = np.arange(200 * PERIOD) / RATE_HZ
    x = (0.05 * np.sin(2 * np.pi * 110.0 * t)).astype(np.float32)
    before = bench.play_all(x[: 100 * PERIOD], PERIOD)
    bench.adopt(1)
    after = bench.play_all(x[100 * PERIOD :], PERIOD)
    steps = np.abs(np.diff(np.concatenate([before[-PERIOD:], after[: 10 * PERIOD]]), axis=0)).max()
    assert steps < 1.5 * np.abs(np.diff(after[10 * PERIOD :], axis=0)).max()


def test_a_rig_without_the_instance_finds_the_loop_all_the_same() -> None:
    """As after a panel that was killed and knows of no rig: another row, the same loop."""
    bench = playing((TONE,))
    before, place = layers(bench), int(bench.arena.i64[at.LOOP_PLACE])
    bench.live = {}
    bench.place(with_looper(BRIGHT))
    np.testing.assert_array_equal(layers(bench), before)
    assert (bench.arena.i64[at.LOOP_STATE], bench.arena.i64[at.LOOP_PLACE]) == (at.LOOP_PLAYING, place)


def test_a_width_change_does_not_touch_it() -> None:
    bench = playing((Block("amp", "amp", "trio"),), rounds=40)
    amp, before = bench.amps(0)[0], layers(bench)
    first = int(bench.arena.i64[at.LOOP_PLACE])
    amp.put(at.AMP_WANTED, 0)
    bench.play_all(TAKE[: 100 * PERIOD], PERIOD, 40)
    assert amp.playing == 0
    np.testing.assert_array_equal(layers(bench), before)
    assert bench.arena.i64[at.LOOP_PLACE] == (first + 100 * PERIOD) % LOOP


def test_a_press_acts_in_the_next_period() -> None:
    bench = playing((TONE,))
    for verb, state in (("press", at.LOOP_OVERDUBBING), ("undo", at.LOOP_PLAYING), ("halt", at.LOOP_STOPPED)):
        ask(bench, verb)
        on(bench, 1)
        assert bench.arena.i64[at.LOOP_STATE] == state
        on(bench, 10)


def test_the_cap_holds_over_loop_and_guitar() -> None:
    bench = playing((TONE,))
    cap = KINDS["master"].index("cap_db")
    bench.turn("master", cap, KINDS["master"].params[cap].kernel_value(-20.0))
    on(bench, 20)
    assert np.abs(bench.play_all(TAKE[: 200 * PERIOD], PERIOD)).max() <= 0.1001


def test_a_stereo_loop_is_stereo_in_a_mono_preset() -> None:
    bench = playing((CHORUS,), (TONE,))
    bench.adopt(1)
    on(bench, 20)
    y = on(bench, LOOP // PERIOD)
    assert np.abs(y[:, 0] - y[:, 1]).max() > 0.01


def test_a_restarted_audio_process_keeps_the_loop() -> None:
    bench = playing((TONE,))
    before = layers(bench)
    take_over(bench.arena.f32, bench.arena.f64, bench.arena.i64)
    assert not on(bench, 300)[SPLICE:].any()
    np.testing.assert_array_equal(layers(bench), before)
    ask(bench, "play")
    assert np.abs(on(bench, 100)).max() > 0.01
