"""What fades out to make room: tails that are not wanted any more, blocks that are held; and how they come back."""

from __future__ import annotations

import numpy as np
import pytest

from pedal import layout as at
from pedal.preset import Block
from pedal.prices import load_prices
from pedal.rig.chain import FADE_S
from pedal.rig.clearing import PATIENCE
from pedal.rig.compile import compile_preset
from pedal.rig.measure import measure_costs
from pedal.rig.spend import price_ns_kernel
from pedal.rig.takeover import take_over
from tests.rig.bench import RATE_HZ, Assets, guitar, preset
from tests.rig.test_tails import ECHO, ROOM, SILENCE, TONE, Pedal, kinds, level

FADE = int(FADE_S * RATE_HZ)
DRIVE, CHORUS = Block("drive", "drive"), Block("chorus1", "chorus")


def word(pedal: Pedal, block_id: str, field: int) -> int:
    slot = len(pedal.notes) - 1
    return int(pedal.arena.i64[pedal.row(block_id, slot) + field])


def quiet(pedal: Pedal, block_id: str) -> int:
    return int(pedal.arena.i64[word(pedal, block_id, at.QUIET)])


def switch(pedal: Pedal, block_id: str, bypass: float) -> None:
    pedal.turn(block_id, 0, bypass, len(pedal.notes) - 1)


def with_a_tail() -> Pedal:
    """An echo and a room ring on behind a tone stack."""
    pedal = Pedal()
    pedal.go_to(preset(ECHO, ROOM))
    pedal.play_all(0.3 * guitar(RATE_HZ // 2), 64)
    assert {"tone", "~delay", "~reverb"} <= set(kinds(pedal.go_to(preset(TONE))))
    pedal.play_all(SILENCE[:4800], 64)
    return pedal


def drop_tails(pedal: Pedal) -> None:
    for note in pedal.notes[-1].blocks:
        if note.id.startswith("~"):
            switch(pedal, note.id, at.FADES_OUT)


def test_tails_fade_out_and_are_skipped() -> None:
    dropped, ringing = with_a_tail(), with_a_tail()
    drop_tails(dropped)
    y, always = (pedal.play_all(SILENCE[:9600], 64) for pedal in (dropped, ringing))
    assert level(always[FADE:]) > 1e-3
    assert np.abs(y[FADE + 1200 :]).max() < 1e-4  # the DC blocker forgets at its own pace
    assert (np.abs(y[:FADE]) <= np.abs(always[:FADE]) + 0.05).all()
    steps = [np.abs(np.diff(take[:FADE], axis=0)).max() for take in (y, always)]
    assert steps[0] <= 1.05 * steps[1]
    for block_id in ("~delay1", "~reverb1"):
        assert quiet(dropped, block_id) == at.UNCLEAN
        assert quiet(ringing, block_id) == 0


def test_what_plays_beside_them_hears_nothing_of_it() -> None:
    x = 0.1 * guitar(9600, 5)
    dropped, alone = with_a_tail(), with_a_tail()
    for pedal in (dropped, alone):
        drop_tails(pedal)
        pedal.play_all(SILENCE, 64)
    np.testing.assert_array_equal(dropped.play_all(x, 64), alone.play_all(x, 64))
    never = Pedal()
    never.go_to(preset(TONE))
    never.play_all(SILENCE, 64)
    np.testing.assert_allclose(dropped.play_all(x, 64)[4800:], never.play_all(x, 64)[4800:], atol=1e-3)


@pytest.mark.parametrize("n", [1, 16, 256])
def test_the_fade_takes_as_long_at_any_period(n: int) -> None:
    takes = []
    for period in (n, 64):
        pedal = with_a_tail()
        drop_tails(pedal)
        takes.append(pedal.play_all(SILENCE[:4096], period))
    np.testing.assert_allclose(takes[0], takes[1], atol=1e-4)


def test_tails_that_fade_are_not_taken_into_the_next_preset() -> None:
    pedal = with_a_tail()
    drop_tails(pedal)
    pedal.play_all(SILENCE[:128], 64)
    assert kinds(pedal.go_to(preset(DRIVE))) == ["input", "drive", "dc", "output", "master"]


def held(block: Block) -> Pedal:
    pedal = Pedal()
    pedal.go_to(preset(block))
    pedal.play_all(0.3 * guitar(RATE_HZ // 2), 64)
    switch(pedal, block.id, at.FADES_OUT)
    return pedal


@pytest.mark.parametrize("block", [ECHO, ROOM, CHORUS, DRIVE], ids=lambda block: block.kind)
def test_a_block_that_is_held_is_gone_within_its_fade(block: Block) -> None:
    pedal, x = held(block), 0.3 * guitar(9600, 3)
    y = pedal.play_all(x, 64)
    plain = Pedal()
    plain.go_to(preset())
    plain.play_all(0.3 * guitar(RATE_HZ // 2), 64)
    wanted = plain.play_all(x, 64)
    np.testing.assert_allclose(y[FADE + 64 + 4800 :], wanted[FADE + 64 + 4800 :], atol=2e-3)  # the DC blocker forgets
    assert quiet(pedal, block.id) >= word(pedal, block.id, at.QUIET_FRAMES)
    edge = np.abs(np.diff(y[: 2 * FADE], axis=0)).max()
    assert edge <= 1.5 * np.abs(np.diff(wanted, axis=0)).max()


def test_it_wakes_up_without_a_memory_of_what_was_cut_off() -> None:
    pedal = held(ECHO)
    pedal.play_all(SILENCE, 64)
    pedal.tend(1)
    assert quiet(pedal, "delay1") == word(pedal, "delay1", at.QUIET_FRAMES)
    switch(pedal, "delay1", at.PLAYS)
    assert np.abs(pedal.play_all(SILENCE, 64)).max() < 1e-6


def test_an_understudy_without_time_does_not_keep_it_asleep() -> None:
    pedal = held(ECHO)
    pedal.play_all(SILENCE[:9600], 64)
    switch(pedal, "delay1", at.PLAYS)
    pedal.play_all(SILENCE[: 64 * PATIENCE], 64)
    assert quiet(pedal, "delay1") == at.UNCLEAN + PATIENCE
    pedal.play_all(SILENCE[:64], 64)
    assert quiet(pedal, "delay1") == 0
    assert np.abs(pedal.play_all(SILENCE, 64)).max() < 1e-4
    wet = pedal.play_all(0.3 * guitar(RATE_HZ // 2), 64)
    assert level(wet) > 0.01
    assert level(pedal.play_all(SILENCE[:9600], 64)) > 1e-3, "it echoes again"


def test_one_that_is_being_cleared_sleeps_on() -> None:
    pedal = held(ECHO)
    pedal.play_all(SILENCE[:9600], 64)
    pedal.arena.i64[word(pedal, "delay1", at.QUIET)] = at.CLEANING
    switch(pedal, "delay1", at.PLAYS)
    pedal.play_all(SILENCE[:9600], 64, rounds=1)
    assert quiet(pedal, "delay1") == at.CLEANING
    take_over(pedal.arena.f32, pedal.arena.f64, pedal.arena.i64)  # whoever was at it is dead
    assert quiet(pedal, "delay1") == word(pedal, "delay1", at.QUIET_FRAMES)


def test_released_while_it_fades_it_goes_to_the_end_of_the_fade_and_comes_back() -> None:
    pedal = held(ECHO)
    x, parts = 0.3 * guitar(RATE_HZ, 7), []
    parts.append(pedal.play_all(x[:640], 64, rounds=1))
    switch(pedal, "delay1", at.PLAYS)
    parts.append(pedal.play_all(x[640:], 64, rounds=1))
    y = np.concatenate(parts)
    assert np.abs(np.diff(y, axis=0)).max() < 1.5 * np.abs(np.diff(x)).max()
    assert quiet(pedal, "delay1") == 0
    assert level(pedal.play_all(SILENCE[:9600], 64)) > 1e-3


def test_an_instance_that_was_cut_off_comes_into_the_next_preset_clean() -> None:
    pedal = held(ECHO)
    pedal.play_all(SILENCE[:9600], 64)
    serial = pedal.block("delay1").serial
    notes = pedal.go_to(preset(TONE, ECHO))
    assert next(note.serial for note in notes.blocks if note.id == "delay1") == serial
    assert np.abs(pedal.play_all(SILENCE, 64, rounds=1)).max() < 1e-4


def sized(pedal: Pedal) -> int:
    return word(pedal, "cab", at.SIZED)


def test_a_smaller_size_has_a_smaller_price_and_a_change_that_of_the_larger() -> None:
    prices, pedal = load_prices("pi-4"), Pedal()
    cab = Block("cab", "cab", "2048")
    pedal.place(preset(cab), prices=prices)
    pedal.adopt(0)
    sizes, words, seen = sized(pedal), pedal.arena.i64, []
    words[at.SLOWDOWN_MILLI] = 0  # no sleep, but a price
    for size in (2, 1, 0):
        words[sizes + at.SIZE_WANTED] = size
        pedal.play_all(SILENCE[:4096], 64)
        words[at.SLOWDOWN_MILLI] = 1000
        seen.append(
            price_ns_kernel(words, sizes + at.SIZE_PRICES + at.PRICE_WORDS * words[sizes + at.SIZE_PLAYING], 64)
        )
        words[at.SLOWDOWN_MILLI] = 0
    wanted = [prices.blocks["cab"].of(taps) for taps in (2048, 1024, 512)]
    assert seen == [pytest.approx(price.call_ns + 64 * price.frame_ns, abs=2) for price in wanted]
    words[sizes + at.SIZE_WANTED] = 2
    pedal.play_all(SILENCE[:64], 64)
    assert (words[sizes + at.SIZE_PLAYING], words[sizes + at.SIZE_OTHER]) == (2, 0)


def test_a_cabinet_that_sleeps_wakes_up_with_the_size_that_is_wanted_by_then() -> None:
    """There may be no room for the larger one, not even on the way."""
    pedal = Pedal()
    pedal.place(preset(Block("cab", "cab", "2048", on=False)))
    pedal.adopt(0)
    pedal.play_all(SILENCE[:256], 64)
    sizes, words = sized(pedal), pedal.arena.i64
    words[sizes + at.SIZE_WANTED] = 0
    switch(pedal, "cab", at.PLAYS)
    pedal.play_all(SILENCE[:64], 64)
    assert (words[sizes + at.SIZE_PLAYING], words[sizes + at.SIZE_WAY]) == (0, 0)


def test_the_builder_knows_what_every_size_costs() -> None:
    prices = load_prices("zero-2-w")
    parts = compile_preset(preset(Block("cab", "cab", "2048")), Assets(), RATE_HZ)
    cab = next(part for part in parts if part.sizes)
    slowdown = 20  # so that a late awakening matters less
    costs = np.array(measure_costs(parts, RATE_HZ, 64, {}, prices, 1000 * slowdown)[cab.cost_key]) / slowdown
    wanted = [prices.blocks["cab"].of(taps) for taps in cab.sizes]
    shares = [price.call_ns / 64 + price.frame_ns for price in wanted]
    assert (costs >= 0.95 * np.array(shares)).all()
    assert (np.diff(costs) > 0.0).all()
    assert costs[0] < 0.7 * costs[-1]


def test_a_cabinet_starts_with_the_size_there_is_room_for() -> None:
    pedal = Pedal()
    notes = pedal.place(preset(Block("cab", "cab", "2048")), start_widths={"cab": 0})
    cab = next(note for note in notes.blocks if note.impulse)
    assert cab.impulse is not None
    assert (cab.impulse.taps, cab.impulse.start_idx) == ((512, 1024, 2048), 0)
    words = pedal.arena.i64
    assert words[cab.impulse.sizes_idx + at.SIZE_PLAYING] == words[cab.impulse.sizes_idx + at.SIZE_WANTED] == 0
