"""The book in the running pedal: what the builder measured, what plays, and what is kept on disk, and how seldom."""

from __future__ import annotations

from pathlib import Path

import pytest

from pedal import layout
from pedal.governor.book import Setting
from pedal.library.cost_book import CostBookStore
from pedal.link import Word
from pedal.notes import BlockNote
from pedal.panel.costs import KEEP_LEARNING_S, KEEP_S, KNOWN_S, Costs
from pedal.panel.jobs import Done
from pedal.preset import Block, Preset
from tests.panel.stand import BOARD, FULL_NS, LITE_NS, OTHER_NS, PERIOD_FRAMES, RATE_HZ, Stand, amp, tone

AT = Setting(RATE_HZ, PERIOD_FRAMES)
CHAIN = Preset("Chain", (amp("amp"), tone("tone"), Block("delay", "delay"), Block("eq", "eq"), Block("drive", "drive")))
#: What the builder's stopwatch says, ns per frame of each size.
TIMED = {"amp/1": (LITE_NS, FULL_NS), "tone/1": (OTHER_NS,), "delay/1": (700.0,), "eq/1": (900.0,), "drive/1": (600.0,)}
TICK_S = 0.05


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    made = Stand(tmp_path, {"01-chain": CHAIN})
    made.play("01-chain")
    made.costs.heard(Done(1, costs=TIMED, rate_hz=RATE_HZ, period_frames=PERIOD_FRAMES))
    return made


def rows(stand: Stand) -> tuple[BlockNote, ...]:
    assert stand.rigs.playing is not None
    return stand.rigs.playing.blocks


def play(stand: Stand, now_s: float, seconds: float, factors: dict[str, float], usual: float = 1.0) -> float:
    """Every row takes so many times what was timed, for so long; the time after it."""
    blocks = rows(stand)
    slot = layout.SLOTS + stand.link.get(Word.PLAYING_SLOT) * layout.SLOT_STRIDE
    stand.link.put(slot + layout.SLOT_ROWS, len(blocks))
    for index, block in enumerate(blocks):
        ns = TIMED.get(block.cost_key, (50.0,))[-1] * factors.get(block.id, usual)
        stand.link.arena.f64[layout.ROW_COST_F64 + index] = ns * PERIOD_FRAMES
    for _ in range(round(seconds / TICK_S)):
        now_s += TICK_S
        stand.costs.tick(stand.link.status(), now_s)
    return now_s


def test_a_stopwatch_that_is_wrong_by_half_is_found_out_within_a_minute(stand: Stand) -> None:
    factors = {"amp": 1.5, "tone": 0.5, "delay": 1.0, "eq": 1.3, "drive": 0.7}
    play(stand, 100.0, 60.0, factors)
    book, costs = stand.costs.book, stand.costs.known()
    for block_id, factor in factors.items():
        key = f"{CHAIN.block(block_id).price}/1"
        assert costs[key][-1] * book.slowness == pytest.approx(TIMED[key][-1] * factor, rel=0.1), block_id


def test_rigs_and_jobs_say_what_the_book_says(stand: Stand) -> None:
    play(stand, 100.0, 30.0, {"amp": 1.5})
    costs = stand.costs.known()
    amp_note = next(block.amp for block in rows(stand) if block.amp)
    assert amp_note.costs_ns == pytest.approx(costs["amp/1"], rel=0.01)
    assert amp_note.costs_ns[1] == pytest.approx(1.5 * FULL_NS, rel=0.1)
    assert next(block.cost_ns for block in rows(stand) if block.id == "tone") == pytest.approx(costs["tone/1"][0])
    stand.player.select("01-chain")
    assert stand.bench.jobs[-1].costs == costs
    assert (stand.bench.jobs[-1].rate_hz, stand.bench.jobs[-1].period_frames) == (RATE_HZ, PERIOD_FRAMES)


def test_a_hot_board_is_no_blocks_fault(stand: Stand) -> None:
    now_s = play(stand, 100.0, 5.0, {})
    play(stand, now_s, 5.0, {}, usual=1.8)
    assert stand.costs.book.slowness == pytest.approx(1.8, rel=0.02)
    assert stand.costs.known()["amp/1"] == pytest.approx(TIMED["amp/1"], rel=0.02)


def test_what_has_just_begun_teaches_nothing(stand: Stand) -> None:
    play(stand, 100.0, 0.9 * KNOWN_S, {}, usual=3.0)
    assert stand.costs.book.slowness == 1.0


def test_what_is_off_teaches_nothing_and_neither_does_a_looper(stand: Stand) -> None:
    stand.player.switch_block("eq", False, 100.0)
    stand.link.arena.f32[next(block.params_idx for block in rows(stand) if block.id == "eq")] = 1.0
    stand.play_width("amp", layout.NO_WIDTH)
    before = stand.costs.known()
    play(stand, 100.0, 20.0, {"eq": 0.3, "amp": 0.3})
    assert stand.costs.known()["eq/1"] == before["eq/1"] and stand.costs.known()["amp/1"] == before["amp/1"]
    assert stand.costs.known()["tone/1"] == pytest.approx(before["tone/1"], rel=0.01)


def test_the_book_outlives_the_panel(stand: Stand) -> None:
    play(stand, 100.0, 30.0, {"amp": 1.5}, usual=1.2)
    stand.costs.keep_now()
    before = stand.costs
    stand.restart()
    assert stand.costs.known() == before.known() and stand.costs.book.slowness == before.book.slowness
    assert stand.costs.book.entry(AT, "amp/1") == before.book.entry(AT, "amp/1")


def test_a_book_of_other_kernels_is_measured_again(stand: Stand) -> None:
    stand.costs.keep_now()
    store = CostBookStore(stand.folder / "costs.json", "other kernels")
    assert Costs(BOARD, stand.link, stand.rigs, store).known() == {}


class Card(CostBookStore):
    """Counts how often it is written to."""

    writes = 0

    def save(self, *args: object) -> bool:
        self.writes += 1
        return super().save(*args)  # type: ignore[arg-type]


def test_a_memory_card_is_seldom_written_to(stand: Stand) -> None:
    card = Card(stand.folder / "card.json", "stand")
    stand.costs = costs = Costs(BOARD, stand.link, stand.rigs, card)
    costs.heard(Done(1, costs=TIMED, rate_hz=RATE_HZ, period_frames=PERIOD_FRAMES))
    assert costs.keep(0.0) and card.writes == 1
    now_s, wrote = 0.0, []
    while now_s < 3600.0:  # an hour of play in which the amp is found out at once, and nothing moves after that
        now_s = play(stand, now_s, TICK_S, {"amp": 1.4 if now_s > 60.0 else 1.0})
        if costs.keep(now_s):
            wrote.append(now_s)
    assert len(wrote) == 1 and wrote[0] == pytest.approx(KEEP_S, abs=1.0)
    costs.keep_now()
    assert card.writes == 2, "nothing has moved since"


def test_a_book_that_grows_is_kept_every_few_seconds(stand: Stand) -> None:
    """Whoever pulls the plug in the middle of the first measuring goes on where he was."""
    card = Card(stand.folder / "card.json", "stand")
    costs = Costs(BOARD, stand.link, stand.rigs, card)
    for number in range(100):
        costs.heard(Done(1, costs={f"k{number}": (1.0,)}, rate_hz=RATE_HZ, period_frames=PERIOD_FRAMES))
        costs.keep(number * 0.1, learning=True)
    assert card.writes == pytest.approx(10.0 / KEEP_LEARNING_S, abs=1)
    again = Costs(BOARD, stand.link, stand.rigs, card)
    assert 100 - KEEP_LEARNING_S / 0.1 <= len(again.book) <= 100


def test_a_disk_that_refuses_does_not_stop_the_pedal(stand: Stand) -> None:
    (stand.folder / "not a folder").write_text("")
    store = CostBookStore(stand.folder / "not a folder" / "costs.json", "stand")
    costs = Costs(BOARD, stand.link, stand.rigs, store)
    costs.heard(Done(1, costs=TIMED, rate_hz=RATE_HZ, period_frames=PERIOD_FRAMES))
    assert not costs.keep(0.0)
    costs.keep_now()


def test_forgetting_is_learning_anew(stand: Stand) -> None:
    stand.costs.book.slowness = 2.0
    stand.costs.forget()
    assert stand.costs.known() == {} and stand.costs.book.slowness == 1.0


def test_notes_of_another_size_stay_as_they_are(stand: Stand) -> None:
    """A book is not to make an amp of two widths one of three."""
    note = next(block for block in rows(stand) if block.amp)
    assert note.priced({"amp/1": (1.0, 2.0, 3.0)}) == note
