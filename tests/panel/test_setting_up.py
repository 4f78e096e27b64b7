"""Setting up at the pedal, by the menu's own verbs: the other side of an errand is the test, time is an argument."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal.config import load_board, parse_board
from pedal.errors import ControlError, PedalError
from pedal.panel import protocol, setting_up
from pedal.panel.display.menu_pages import draw_menu
from pedal.panel.menu.facts import Facts, SetupFacts, SetupView
from pedal.panel.menu.machine import Menu
from pedal.panel.menu.setup import OfferPage, SetupPage
from pedal.panel.menu.sheets import AskSheet, KnobSheet, ListSheet, Page
from pedal.panel.setting_up import ASKED, SettingUp
from pedal.panel.setup_alone import FADE_S, UNHEARD_S
from pedal.panel.setup_looks import SECONDS
from pedal.panel.setup_requests import SetUp
from pedal.panel.setup_ways import Started, Ways
from pedal.paths import own_board_path, setup_dir
from pedal.setup.cable import Loop
from pedal.setup.choice import Verdict, load_trial, save_verdict, settle
from pedal.setup.errand import Errand, load_errand
from pedal.setup.own_board import Changes, load_own_text
from pedal.setup.period import Book
from pedal.setup.told import Told, tell
from pedal.setup.wakes import Wakes
from tests.panel.test_setup_looks import playing

PATIENCE_S = 20.0
WAKES = (Wakes(64, 3, 48000, 6.0, (0.0, 0.0, 0.0005), 0), Wakes(32, 3, 48000, 6.0, (0.0, 0.0, 0.002), 4))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PEDAL_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(setting_up, "time_chain", lambda board, show: Book("Crunch", {64: 2000.0}, 0.7))
    return tmp_path


class Pedal:
    """A menu over what is set up, and the sound as its words have it."""

    def __init__(
        self, runtime: Path, board: str = "codec-zero", chooses: bool = True, page: Page | None = None
    ) -> None:
        self.runtime, self.now_s, self.status = runtime, 100.0, playing()
        self.silent: list[bool] = []
        self.said: list[str] = []
        ways = Ways(Started(board, chooses), runtime, self.silent.append, self.said.append)
        self.board = load_board(board)
        self.setting_up = SettingUp(self.board, ways)
        self.menu = Menu()
        self.menu.open(self.facts, self.now_s, page or SetupPage())

    @property
    def facts(self) -> Facts:
        return Facts(setup=self.setting_up.facts())

    @property
    def sheet(self) -> ListSheet | AskSheet | KnobSheet:
        sheet = self.menu.sheet(self.facts)
        assert isinstance(sheet, (ListSheet, AskSheet, KnobSheet))
        draw_menu(sheet)
        return sheet

    def _do(self, wishes: tuple[protocol.AnyRequest, ...]) -> None:
        for wish in wishes:
            assert isinstance(wish, SetUp)
            self.setting_up.answer(wish, self.now_s)

    def push(self) -> None:
        self._do(self.menu.push(self.facts, self.now_s))

    def hold(self) -> None:
        self._do(self.menu.back(self.facts, self.now_s))

    def choose(self, label: str) -> None:
        """Turn to a row or an answer, and push."""
        for _ in range(12):
            sheet = self.sheet
            shown = sheet.rows[sheet.at].label if isinstance(sheet, ListSheet) else sheet.choices[sheet.at]
            if shown == label:
                self.push()
                return
            self.menu.turn(1, self.facts, self.now_s)
        pytest.fail(f"there is no {label} on {self.sheet}")

    def wait(self, seconds: float, **changes: object) -> None:
        """Ticks of 50 ms; the sound flows."""
        for _ in range(round(seconds / 0.05)):
            self.now_s += 0.05
            self.status = replace(self.status, frame=self.status.frame + 2400, **changes)
            self.setting_up.tick(self.status, self.now_s)

    def until(self, truth: Callable[[], bool]) -> None:
        """What is done aside is done by another thread."""
        deadline_s = time.monotonic() + PATIENCE_S
        while not truth():
            assert time.monotonic() < deadline_s, self.sheet
            self.setting_up.tick(self.status, self.now_s)
            time.sleep(0.005)

    def errand(self) -> Errand:
        errand = load_errand(self.runtime, self.now_s)
        assert errand is not None
        return errand


def test_a_quiet_strum_sets_the_gain_and_undo_takes_it_back(tmp_path: Path) -> None:
    pedal = Pedal(tmp_path)
    pedal.choose("Strum hard")
    assert isinstance(pedal.sheet, KnobSheet) and pedal.setting_up.is_busy
    pedal.wait(2.0)
    pedal.wait(0.1, in_peak=0.0316)
    pedal.wait(SECONDS["strum"])
    assert pedal.sheet == AskSheet(
        "Strum hard: -30 dBFS", "Too quiet: turn the card's input gain up.", ("Use: gain +0 to +21 dB", "Done", "Again")
    )
    assert pedal.silent == [], "it played all the while"
    pedal.push()
    assert isinstance(pedal.sheet, ListSheet) and "starts with it" in pedal.said[-1]
    board = load_board(str(own_board_path()))
    assert board.mixer["Mixin PGA"].level_db == 21.0 and board.name == "codec-zero" and load_trial() is not None
    settle(kept=True)
    again = Pedal(tmp_path, str(own_board_path()))
    assert again.setting_up.goes_on and not again.setting_up.asks
    assert again.facts.setup.view("strum") is not None, "what was found is still there"
    again.choose("Undo the last change")
    assert not own_board_path().exists() and load_trial() is not None
    assert not Pedal(tmp_path).facts.setup.can_undo


def test_the_period_is_tried_on_the_card_alone_and_put_in_use(tmp_path: Path) -> None:
    pedal = Pedal(tmp_path, "usb-generic")
    pedal.choose("Shortest period")
    assert pedal.sheet.text.startswith("Silence")  # type: ignore[union-attr]
    pedal.push()
    assert isinstance(pedal.sheet, ListSheet), "not now"
    pedal.choose("Shortest period")
    pedal.choose("Begin")
    assert pedal.silent == [True] and load_errand(tmp_path, pedal.now_s) is None, "first it fades out"
    pedal.wait(FADE_S + 0.1)
    token = pedal.errand().token
    tell(tmp_path, Told(token, os.getpid(), 0.5, "64 frames"))
    pedal.wait(0.1)
    assert pedal.sheet == KnobSheet("Trying periods", "hold: leave", "64 frames", 0.4)
    tell(tmp_path, Told(token, os.getpid(), 1.0, ended=True, wakes=WAKES, notes=("no rights",)))
    pedal.wait(0.05)
    assert pedal.silent == [True, False] and load_errand(tmp_path, pedal.now_s) is None
    pedal.until(lambda: isinstance(pedal.sheet, AskSheet))
    frames = pedal.board.audio.period_frames
    sheet = pedal.sheet
    assert isinstance(sheet, AskSheet) and sheet.text == "64 frames x 3, 4.0 ms is kept: at most 0.5 ms late, no gap."
    assert (f"Use: {frames} to 64 frames" in sheet.choices) == (frames != 64)
    pedal.until(lambda: (setup_dir() / "report.md").exists() and not pedal.setting_up.is_busy)
    pedal.setting_up.answer(SetUp(step="period", verb="use"), pedal.now_s)
    assert load_board(str(own_board_path())).audio.period_frames == 64
    assert "no rights" in (setup_dir() / "report.md").read_text()


def test_the_cable_asks_first_and_is_told_in_frames(tmp_path: Path) -> None:
    pedal = Pedal(tmp_path, "usb-generic")
    pedal.choose("Cable")
    assert pedal.sheet.text.startswith("AMP OFF!") and pedal.sheet.at == 0  # type: ignore[union-attr]
    pedal.choose("The amp is off")
    pedal.wait(FADE_S + 0.1)
    loop = Loop(352, -0.3, False, -92.4, -80.0)
    tell(tmp_path, Told(pedal.errand().token, os.getpid(), 1.0, ended=True, loop=loop, loop_frames=192))
    pedal.wait(0.05)
    assert pedal.sheet == AskSheet(
        "Cable: 352", "352 frames there and back, 7.33 ms. Noise -92 dBFS.", ("Again", "Done")
    )
    pedal.push()  # another hiss is another question
    assert pedal.sheet.text.startswith("AMP OFF!") and pedal.sheet.at == 0  # type: ignore[union-attr]
    pedal.push()
    pedal.choose("Report")
    pedal.until(lambda: not pedal.setting_up.is_busy)
    titles = []
    while isinstance(pedal.sheet, AskSheet):
        titles.append(pedal.sheet.title.partition(": ")[2])
        pedal.push()
    assert titles[:4] == ["Card", "Guitar", "Period", "Cable"]


@pytest.mark.parametrize("bypass", ["relay", "codec_bypass"])
def test_where_the_bypass_is_in_the_way_there_is_no_cable(tmp_path: Path, bypass: str) -> None:
    name = next(name for name in ("reference", "codec-zero") if getattr(load_board(name), bypass, None) is not None)
    pedal = Pedal(tmp_path, name)
    assert isinstance(pedal.sheet, ListSheet)
    (row,) = [row for row in pedal.sheet.rows if row.label == "Cable"]
    assert row.push is None
    with pytest.raises(ControlError, match="bypass"):
        pedal.setting_up.answer(SetUp(step="cable"), pedal.now_s)
    assert not pedal.setting_up.is_busy and pedal.silent == []


def test_held_it_is_broken_off_and_plays(tmp_path: Path) -> None:
    pedal = Pedal(tmp_path, "usb-generic")
    pedal.choose("Shortest period")
    pedal.choose("Begin")
    pedal.wait(FADE_S + 0.1)
    assert load_errand(tmp_path, pedal.now_s) is not None
    pedal.hold()
    assert load_errand(tmp_path, pedal.now_s) is None and pedal.silent == [True, False]
    assert isinstance(pedal.sheet, ListSheet) and not pedal.setting_up.is_busy
    assert pedal.facts.setup.view("period") is None


def test_who_does_it_is_killed_or_never_comes(tmp_path: Path) -> None:
    gone = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(gone, 0)
    for told, waits_s, words in ((True, 0.2, "broken off"), (False, UNHEARD_S, "could not be had alone")):
        pedal = Pedal(tmp_path, "usb-generic")
        pedal.setting_up.answer(SetUp(step="period"), pedal.now_s)
        pedal.wait(FADE_S + 0.1)
        if told:
            tell(tmp_path, Told(pedal.errand().token, gone, 0.3, "32 frames"))
        pedal.wait(waits_s)
        view = pedal.facts.setup.view("period")
        assert view is not None and words in view.sentence and pedal.silent[-1] is False
        assert load_errand(tmp_path, pedal.now_s) is None


def test_an_error_on_the_card_is_its_sentence(tmp_path: Path) -> None:
    pedal = Pedal(tmp_path, "usb-generic")
    pedal.setting_up.answer(SetUp(step="cable"), pedal.now_s)
    pedal.wait(FADE_S + 0.1)
    tell(tmp_path, Told(pedal.errand().token, os.getpid(), error="card 'USB': is not there.", ended=True))
    pedal.wait(0.05)
    view = pedal.facts.setup.view("cable")
    assert view is not None and view.sentence == "card 'USB': is not there."


def test_which_board_is_asked_where_several_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setting_up, "_boards_here", lambda: (("codec-zero", "Zero"), ("usb-generic", "M2")))
    pedal = Pedal(tmp_path)
    pedal.choose("Board")
    pedal.until(lambda: bool(pedal.facts.setup.boards))
    assert [row.mark for row in pedal.sheet.rows] == [">" if pedal.board.audio.card == "Zero" else "", ""]  # type: ignore[union-attr]
    pedal.choose("usb-generic")
    assert not own_board_path().exists(), "it asks"
    pedal.choose("Yes")
    board = load_board(str(own_board_path()))
    assert (board.name, board.audio.card) == ("usb-generic", "M2")
    with pytest.raises(ControlError, match="no such board"):
        pedal.setting_up.answer(SetUp(step="board", verb="use", board="pisound", card="M2"), 0.0)


def test_boards_are_looked_for_on_this_very_machine(tmp_path: Path) -> None:
    pedal = Pedal(tmp_path)
    pedal.choose("Board")
    pedal.until(lambda: not pedal.setting_up.is_busy)
    assert pedal.facts.setup.boards or "No card is here" in pedal.sheet.note  # type: ignore[union-attr]


def test_where_the_board_was_named_it_is_only_kept(tmp_path: Path) -> None:
    pedal = Pedal(tmp_path, chooses=False)
    pedal.setting_up.answer(SetUp(step="strum"), pedal.now_s)
    pedal.wait(SECONDS["strum"] + 0.1, in_peak=0.0316)
    pedal.setting_up.answer(SetUp(step="strum", verb="use"), pedal.now_s)
    assert not own_board_path().exists() and "--keep" in pedal.said[-1]
    text = (setup_dir() / "board.toml").read_text()
    assert parse_board(text, "b.toml").mixer["Mixin PGA"].level_db == 21.0
    assert not pedal.facts.setup.can_undo
    with pytest.raises(PedalError):
        pedal.setting_up.answer(SetUp(verb="undo"), pedal.now_s)


def test_nothing_found_is_nothing_to_use(tmp_path: Path) -> None:
    pedal = Pedal(tmp_path)
    for step in ("strum", "period", "cable", "gaps", "report"):
        with pytest.raises(ControlError, match="nothing was found"):
            pedal.setting_up.answer(SetUp(step=step, verb="use"), pedal.now_s)


def test_a_pedal_that_was_never_set_up_asks_once(tmp_path: Path) -> None:
    assert not Pedal(tmp_path, chooses=False).setting_up.asks
    pedal = Pedal(tmp_path, page=OfferPage())
    assert pedal.setting_up.asks and pedal.sheet.choices == ("Yes, now", "Later")  # type: ignore[union-attr]
    pedal.push()
    assert pedal.sheet.title == "Set up" and Pedal(tmp_path).setting_up.asks, "only opened"
    pedal = Pedal(tmp_path, page=OfferPage())
    pedal.hold()
    assert not pedal.menu.is_open and not Pedal(tmp_path).setting_up.asks
    (setup_dir() / "later").unlink()
    pedal = Pedal(tmp_path, page=OfferPage())
    pedal.choose("Later")
    assert not pedal.menu.is_open and not Pedal(tmp_path).setting_up.asks


def test_a_panel_that_is_started_again_does_not_ask_again(tmp_path: Path) -> None:
    """It would take the next press for an answer, in the middle of a song."""
    pedal = Pedal(tmp_path)
    assert pedal.setting_up.asks
    pedal.setting_up.note_asked()
    assert not Pedal(tmp_path).setting_up.asks
    (tmp_path / ASKED).unlink()  # as switching off does
    assert Pedal(tmp_path).setting_up.asks


def test_whoever_has_a_board_or_was_set_up_is_not_asked(tmp_path: Path) -> None:
    pedal = Pedal(tmp_path)
    pedal.setting_up.answer(SetUp(step="strum"), pedal.now_s)
    pedal.wait(SECONDS["strum"] + 0.1)
    assert not Pedal(tmp_path).setting_up.asks
    (setup_dir() / "findings.json").unlink()
    assert Pedal(tmp_path).setting_up.asks
    own_board_path().write_text(load_own_text("usb-generic", Changes()))
    assert not Pedal(tmp_path).setting_up.asks


def test_a_board_that_did_not_play_is_told_once(tmp_path: Path) -> None:
    save_verdict(tmp_path, "panel", Verdict("0" * 16, kept=False, reason="The card 'M2' did not open."))
    first, second = Pedal(tmp_path), Pedal(tmp_path)
    first.setting_up.tell_verdict()
    second.setting_up.tell_verdict()
    assert first.said == ["The board before is back. The card 'M2' did not open."] and second.said == []


VIEWS = st.builds(
    SetupView,
    st.sampled_from(["board", "strum", "period", "cable", "gaps", "report"]),
    st.floats(0.0, 1.0), st.text(max_size=30), st.just("") | st.text(max_size=300), st.just("") | st.text(max_size=30),
)  # fmt: skip
PAIRS = st.lists(st.tuples(st.text(max_size=20), st.text(max_size=300)), max_size=4).map(tuple)
SETUPS = st.builds(
    SetupFacts, st.lists(VIEWS, max_size=6).map(tuple), st.text(max_size=30), st.just(("a", "b")), PAIRS, PAIRS,
    st.booleans(), st.just("") | st.text(max_size=30),
)  # fmt: skip


@given(
    st.lists(SETUPS, min_size=1, max_size=3),
    st.lists(st.sampled_from([1, -1, 3, "push", "back"]), max_size=60),
    st.sampled_from([SetupPage(), OfferPage()]),
)
def test_whatever_is_done_there_is_a_page_and_a_wish_that_can_be_said(
    setups: list[SetupFacts], deeds: list[int | str], page: Page
) -> None:
    menu = Menu()
    for number, deed in enumerate(deeds):
        now = Facts(setup=setups[number % len(setups)])
        if not menu.is_open:
            menu.open(now, 0.0, page)
        wishes = menu.turn(deed, now, 0.0) if isinstance(deed, int) else getattr(menu, deed)(now, 0.0)
        for wish in wishes:
            if wish.board != "" and wish.card != "":  # boards and cards have names
                assert protocol.parse_request(protocol.format_request(wish).rstrip()) == wish
        for seen in setups:
            sheet = menu.sheet(Facts(setup=seen))
            if sheet is not None:
                assert draw_menu(sheet, tick=31 * number).size == (128, 64)
