"""The choice of a period, from traces of wake-ups."""

import numpy as np
import pytest

from pedal.setup.period import CANDIDATES, Book, choose_period
from pedal.setup.wakes import Wakes, wakes_of

RATE_HZ = 48000


def trace(
    frames: int, late_s: float = 20e-6, drift: float = 0.0, stall_s: float = 0.0, count: int = 2000
) -> np.ndarray:
    """Wake-ups of a card whose clock drifts, each late by chance; one stall in the middle, made up for at once."""
    random = np.random.default_rng(frames)
    turns = np.arange(count) * frames / RATE_HZ * (1.0 + drift) + 1e4
    late = random.exponential(late_s, count)
    late[count // 2] += stall_s
    return np.rint(1e9 * np.maximum.accumulate(turns + late)).astype(np.int64)


def machine(stalls_s: dict[int, float] | None = None, xruns: dict[int, int] | None = None) -> list[Wakes]:
    return [
        wakes_of(trace(n, stall_s=(stalls_s or {}).get(n, 0.0)), n, 3, RATE_HZ, (xruns or {}).get(n, 0))
        for n in CANDIDATES
    ]


@pytest.mark.parametrize("drift", [0.0, 2e-4, -2e-4])
def test_lateness_is_found_whatever_the_cards_clock_does(drift: float) -> None:
    wakes = wakes_of(trace(64, late_s=50e-6, drift=drift, stall_s=3e-3), 64, 3, RATE_HZ, 0)
    median_s, most_s, worst_s = wakes.late_s
    assert median_s == pytest.approx(50e-6 * np.log(2), abs=15e-6)
    assert most_s == pytest.approx(50e-6 * np.log(100), abs=1e-3)  # the stall makes a few after it late, too
    assert worst_s == pytest.approx(3e-3, abs=0.3e-3)
    assert sum(wakes.heights) == 2000 - 16 and wakes.seconds == pytest.approx(2000 * 64 / RATE_HZ)


def test_a_quiet_machine_takes_the_shortest() -> None:
    choice = choose_period(machine(), None)
    assert (choice.period_frames, choice.periods, choice.sure) == (32, 3, True)


def test_stalls_rule_out_what_they_would_empty_and_no_more() -> None:
    stalls_s = dict.fromkeys(CANDIDATES, 2.5e-3)
    choice = choose_period(machine(stalls_s), None)
    assert choice.period_frames == 128
    assert "not 32: " in choice.reason and "not 64: " in choice.reason and "2.5 of 5.3 ms" in choice.reason


def test_a_card_that_ran_dry_rules_a_period_out_however_punctual_it_looked() -> None:
    choice = choose_period(machine(xruns={32: 1, 64: 3}), None)
    assert choice.period_frames == 128
    assert "the card ran dry 3 times" in choice.reason


def test_where_nothing_can_be_kept_it_is_the_longest_and_said() -> None:
    choice = choose_period(machine(xruns=dict.fromkeys(CANDIDATES, 9)), None)
    assert (choice.period_frames, choice.sure) == (256, False)
    assert "gaps to be expected" in choice.reason


def test_a_chain_that_only_fits_at_longer_periods_decides() -> None:
    book = Book("Crunch", {32: 20_000.0, 64: 16_000.0, 128: 14_000.0, 256: 13_900.0}, 0.7)
    choice = choose_period(machine(), book)
    assert choice.period_frames == 128
    assert "not 64: Crunch takes 77% of a core, more than its 70%" in choice.reason


def test_a_chain_that_fits_nowhere_is_narrowed_and_decides_nothing() -> None:
    choice = choose_period(machine(), Book("Cathedral", dict.fromkeys(CANDIDATES, 40_000.0), 0.7))
    assert choice.period_frames == 32 and "plays narrower" in choice.reason


def test_a_late_machine_has_less_room_for_a_chain() -> None:
    stalls_s = dict.fromkeys(CANDIDATES, 0.6e-3)
    assert choose_period(machine(stalls_s), None).period_frames == 32
    heavy = Book("Crunch", dict.fromkeys(CANDIDATES, 14_000.0), 0.7)
    assert choose_period(machine(stalls_s), heavy).period_frames == 64


def test_a_trace_that_is_too_short_is_no_proof() -> None:
    short = wakes_of(trace(64, count=20), 64, 3, RATE_HZ, 0)
    assert short.seconds == 0.0
    assert not choose_period([short], None).sure
