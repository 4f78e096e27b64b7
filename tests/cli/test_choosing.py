"""Which board a pedal starts with; and another one while it runs: tried, kept, put back."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from pedal.cli import choosing
from pedal.cli.choosing import BoardWatch, choose_board
from pedal.config import load_board
from pedal.errors import BoardError
from pedal.health import Health, save_health
from pedal.layout import CARD_LOST, CARD_RUNNING
from pedal.paths import own_board_path
from pedal.setup.choice import load_trial, load_verdict, propose, settle
from pedal.setup.own_board import Changes, load_own_text
from pedal.setup.probation import Probation
from pedal.system.heartbeat import Beat
from pedal.system.leftovers import remember_pid

FIRST, SECOND = (load_own_text("usb-generic", Changes(card=card)) for card in ("M2", "UMC"))
PLAYS, LOST = Beat(7, CARD_RUNNING, 0.0, 8, 0.0), Beat(7, CARD_LOST, 0.0, 8, 0.0)


@pytest.fixture(autouse=True)
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PEDAL_BOARD_DIR", str(tmp_path / "own"))
    monkeypatch.setattr(choosing, "_LOOK_S", 0.0)
    remember_pid(tmp_path / "audio.pid", 7)
    return tmp_path


def test_a_board_of_the_command_line_is_that_one(monkeypatch: pytest.MonkeyPatch) -> None:
    propose(FIRST)
    assert choose_board("pisound", by_hand=True) == choosing.Choice("pisound", follows=False)
    monkeypatch.setenv("PEDAL_HOME", str(own_board_path().parent))
    monkeypatch.delenv("PEDAL_BOARD_DIR")
    assert choose_board("pisound", by_hand=False) == choosing.Choice("pisound", follows=False)
    assert choose_board(None, by_hand=False).name == str(own_board_path())


def test_what_was_chosen_at_an_installed_pedal_comes_before_the_environment() -> None:
    assert choose_board("pisound", by_hand=False) == choosing.Choice("pisound", follows=True)
    assert choose_board(None, by_hand=False).name == "virtual"
    propose(FIRST)
    assert load_board(choose_board("pisound", by_hand=False).name).audio.card == "M2"


def test_one_that_cannot_be_read_is_not_the_end(runtime: Path) -> None:
    propose(FIRST)
    propose(SECOND)
    own_board_path().write_text("[audio]\ncard = 3\n")
    chosen = choose_board("pisound", by_hand=False)
    assert load_board(chosen.name).audio.card == "M2" and "card = 3" in chosen.refusal
    own_board_path().with_name("board.toml.previous").unlink()
    chosen = choose_board("pisound", by_hand=False)
    assert chosen.name == "pisound" and chosen.refusal
    BoardWatch(chosen, runtime, None, lambda: None)
    verdict = load_verdict(runtime, "panel")
    assert verdict is not None and not verdict.kept and verdict.reason == chosen.refusal[:400]
    with pytest.raises(BoardError):
        choose_board(None, by_hand=False)


def watch(runtime: Path, beat: Beat | None, only: str | None = None) -> BoardWatch:
    return BoardWatch(choose_board("pisound", by_hand=False), runtime, only, lambda: beat)


class Hasty(Probation):
    """Judges what it sees at once."""

    def look(self, seen: object, now_s: float) -> bool | None:
        for later_s in (0.0, 100.0):
            said = super().look(seen, now_s + later_s)  # type: ignore[arg-type]
        return said


def test_another_board_ends_both_lives_and_is_kept_if_it_plays(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "Probation", Hasty)
    halves = [watch(runtime, PLAYS, half) for half in ("audio", "panel")]
    assert not any(half.ended() for half in halves)
    propose(FIRST)
    assert all(half.ended() for half in halves)
    audio, panel = (watch(runtime, PLAYS, half) for half in ("audio", "panel"))
    assert not panel.ended() and load_trial() is not None, "only the sound's parent knows"
    assert not audio.ended() and load_trial() is not None, "only the panel's parent may write there"
    assert not panel.ended() and load_trial() is None
    assert not audio.ended() and not panel.ended()
    verdict = load_verdict(runtime, "panel")
    assert verdict is not None and verdict.kept


def test_a_card_that_does_not_open_brings_the_board_before_back(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "Probation", Hasty)
    propose(FIRST)
    settle(kept=True)
    propose(SECOND)
    audio, panel = (watch(runtime, LOST, half) for half in ("audio", "panel"))
    assert not audio.ended()
    assert panel.ended() and audio.ended(), "both start again"
    assert load_board(choose_board(None, by_hand=False).name).audio.card == "M2"
    verdict = load_verdict(runtime, "panel")
    assert verdict is not None and verdict.reason == "The card 'UMC' did not open."
    assert not watch(runtime, LOST).ended(), "the one before is on no trial"


@pytest.mark.parametrize("half", ["audio", "panel"])
def test_who_keeps_failing_with_it_brings_the_board_before_back(runtime: Path, half: str) -> None:
    propose(FIRST)
    health = Health()
    for _ in range(3):
        health = health.failed(half, "it ended with 1", 0.1, time.monotonic())
    save_health(runtime, half, health)
    assert watch(runtime, None).ended() and not own_board_path().exists()
    verdict = load_verdict(runtime, "panel")
    assert verdict is not None and "failed 3 times in a minute" in verdict.reason


def test_what_a_dead_predecessor_left_in_the_link_says_nothing(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "Probation", Hasty)
    propose(FIRST)
    remember_pid(runtime / "audio.pid", 9)
    for beat in (LOST, PLAYS, None):
        assert not watch(runtime, beat).ended() and load_trial() is not None


def test_the_same_board_once_more_is_another_trial(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "Probation", Hasty)
    propose(FIRST)
    assert watch(runtime, LOST).ended() and not own_board_path().exists()
    propose(FIRST)
    assert not watch(runtime, PLAYS).ended() and own_board_path().exists() and load_trial() is None
