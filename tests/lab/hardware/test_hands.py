"""Gestures as moves of contacts, and the folder of a simulated chip."""

from __future__ import annotations

import random
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from gpiozero import Device, RotaryEncoder
from gpiozero.pins.mock import MockFactory
from hypothesis import given
from hypothesis import strategies as st

from tests.lab.hardware import hands
from tests.lab.hardware.hands import EDGE_S, Move, bouncing, levels_of, play, press, release, tap, turned
from tests.lab.hardware.pins import REVISION, PinsError, SimulatedPins, cpuinfo_of_a_pi, write_cpuinfo


def test_a_press_ends_closed_and_a_release_open() -> None:
    assert press(17) == [Move(0.0, 17, False)]
    assert [move.high for move in press(17, bounces=2)] == [False, True, False, True, False]
    assert [move.high for move in release(17, bounces=1)] == [True, False, True]


@given(st.integers(0, 20), st.integers())
def test_edges_are_never_closer_than_the_chip_can_tell(bounces: int, seed: int) -> None:
    moves = tap(5, hold_s=0.08, bounces=bounces, chance=random.Random(seed))
    assert len(moves) == 2 + 4 * bounces
    assert all(move.after_s >= EDGE_S for move in moves[1:])
    assert all(before.high != after.high for before, after in pairwise(moves))
    assert moves == tap(5, hold_s=0.08, bounces=bounces, chance=random.Random(seed))  # a seed says it all


@given(st.integers(-9, 9), st.integers(0, 4), st.integers())
def test_an_encoder_that_bounces_ends_where_it_would_have(detents: int, most: int, seed: int) -> None:
    clean = turned((5, 6), detents)
    moves = bouncing(clean, most, random.Random(seed))
    assert len(clean) <= len(moves) <= (1 + 2 * most) * len(clean) and (len(moves) - len(clean)) % 2 == 0
    assert all(move.after_s >= EDGE_S for move in moves)
    assert levels_of(moves, (5, 6))[-1:] == levels_of(clean, (5, 6))[-1:]
    assert moves == bouncing(clean, most, random.Random(seed))


@pytest.mark.parametrize("detents", [1, 7, -1, -7])
def test_gpiozeros_encoder_counts_the_detents(detents: int) -> None:
    before = Device.pin_factory
    Device.pin_factory = factory = MockFactory()
    try:
        encoder = RotaryEncoder(5, 6, max_steps=0)

        class Lines:
            def pull(self, pin: int, high: bool) -> None:
                line = factory.pin(pin)
                line.drive_high() if high else line.drive_low()

        play(turned((5, 6), detents), Lines(), lambda _: None, lambda: 0)
        assert abs(encoder.steps) == abs(detents)
        once = encoder.steps
        play(turned((5, 6), -detents), Lines(), lambda _: None, lambda: 0)
        assert encoder.steps == 0 != once
    finally:
        factory.reset()
        Device.pin_factory = before


def test_moves_are_made_in_time() -> None:
    clock, made = [0.0], []

    class Lines:
        def pull(self, pin: int, high: bool) -> None:
            made.append((round(clock[0] * 1e3), pin, high))

    def sleep(duration_s: float) -> None:
        clock[0] += duration_s

    times = play(tap(17, hold_s=0.05, bounces=1), Lines(), sleep, lambda: round(clock[0] * 1e9))
    assert made == [(0, 17, False), (1, 17, True), (2, 17, False), (52, 17, True), (53, 17, False), (54, 17, True)]
    assert times[0] == 0 and times[-1] == pytest.approx(54e6)
    assert hands.levels_of(turned((5, 6), 1), (5, 6)) == [(False, True), (False, False), (True, False), (True, True)]


def test_a_chip_that_is_there_is_used_again(tmp_path: Path) -> None:
    chip = tmp_path / "config/gpio-sim/pedal"
    lines = tmp_path / "sys/devices/platform/gpio-sim.0/gpiochip0/sim_gpio17"
    (chip / "bank0").mkdir(parents=True)
    lines.mkdir(parents=True)
    (chip / "dev_name").write_text("gpio-sim.0\n")
    (chip / "bank0/chip_name").write_text("gpiochip0\n")
    (lines / "value").write_text("1\n")
    pins = SimulatedPins(tmp_path / "config", tmp_path / "sys")
    pins.pull(17, False)
    assert (lines / "pull").read_text() == "pull-down"
    assert pins.is_high(17)
    assert pins.name == "gpiochip0"


def test_a_kernel_without_the_chip_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "gpio-sim").write_text("a file in the way")
    with pytest.raises(PinsError, match="CONFIG_GPIO_SIM"):
        SimulatedPins(tmp_path, tmp_path)


@pytest.mark.privileged
def test_gpiozero_takes_the_guest_for_a_pi(tmp_path: Path) -> None:
    """The real bind mount and gpiozero's real look at it, in a mount namespace that ends with the test."""
    write_cpuinfo(tmp_path / "cpuinfo")
    ask = f"{sys.executable} -c 'from gpiozero.pins.local import get_pi_revision as r; print(r())'"
    script = f"mount --bind {tmp_path}/cpuinfo /proc/cpuinfo && {ask}"
    command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if "unshare" in done.stderr:
        pytest.skip(f"no mount namespaces here: {done.stderr.strip()}")
    assert done.stdout.strip() == str(REVISION), done.stderr


def test_the_revision_is_said_once() -> None:
    text = cpuinfo_of_a_pi("processor\t: 0\nRevision\t: 0000\nmodel name\t: x\n")
    assert text.splitlines()[-1] == f"Revision\t: {REVISION:x}"
    assert cpuinfo_of_a_pi(text) == text
