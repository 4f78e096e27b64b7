"""Setting up at the pedal: its steps, what they found, and what a push puts in use. The menu's pages show it.

Used by the panel's loop. A strum and gaps are looked at while the sound goes on (``setup_looks``); what needs the card
alone is asked for (``setup_alone``); what takes long is done aside (``setup_aside``). What is found lies in the
player's folder as that of ``pedal setup`` does. A board that is put in use is on trial: ``setup/choice`` and
``cli/choosing``.
"""

from __future__ import annotations

import contextlib
import platform
from typing import Any

from pedal.config import Board, board_names, load_board
from pedal.config.detect import load_machine, offers_for
from pedal.errors import BoardError, ControlError, PedalError, SettingsError
from pedal.files import load_text
from pedal.library.atomic import previous_of, write_atomic
from pedal.link.status import Status
from pedal.panel.menu.facts import SetupFacts, SetupView
from pedal.panel.setup_alone import Alone, Outcome
from pedal.panel.setup_aside import Aside, Result
from pedal.panel.setup_looks import Look, Looks
from pedal.panel.setup_requests import SetUp, SetupStep
from pedal.panel.setup_views import cable_view, done, period_view, remembered, strum_view, under_way
from pedal.panel.setup_ways import Ways
from pedal.paths import own_board_path, setup_dir
from pedal.setup.choice import load_verdict, propose
from pedal.setup.costs import time_chain
from pedal.setup.notebook import Notebook, load_findings
from pedal.setup.own_board import Changes
from pedal.setup.pages import report_pages
from pedal.setup.period import choose_period
from pedal.setup.strum import judge_strum

#: In the runtime directory: the panel that is started next goes on where this one was.
GO_ON = "setup.go-on"
#: In the player's folder: he was asked once, and does not want to now.
LATER = "later"
#: In the runtime directory: he was asked since the pedal was switched on. A panel that is started again in the middle
#: of a song must not have the next press for an answer.
ASKED = "setup.asked"
#: Of trying periods, so much is the card; the rest is the chain.
_CARD_SHARE = 0.8


class SettingUp:
    """One step at a time; the last result of each stays.

    Attributes:
        asks: it was never done, and the player is to be asked whether he wants to: once after the pedal is switched on.
        goes_on: it was under way when this panel was started with another board.
    """

    def __init__(self, board: Board, ways: Ways) -> None:
        self._board, self._ways = board, ways
        self._looks = Looks(board.audio.periods)
        self._alone, self._aside = Alone(ways.runtime, ways.silence), Aside()
        self._notebook: Notebook | None = None
        self._views: dict[SetupStep, SetupView] = {}
        self._boards: tuple[tuple[str, str], ...] = ()
        self._pages: tuple[tuple[str, str], ...] = ()
        found = load_findings()
        is_new = found is None and not own_board_path().exists() and not (setup_dir() / LATER).exists()
        self.asks = ways.started.chooses and is_new and not (ways.runtime / ASKED).exists()
        self.goes_on = (ways.runtime / GO_ON).exists()
        (ways.runtime / GO_ON).unlink(missing_ok=True)
        if found is not None and (found.board, found.card) == (board.name, board.audio.card):
            self._views |= remembered(found)

    def note_asked(self) -> None:
        """The question is on the page."""
        (self._ways.runtime / ASKED).touch()

    @property
    def is_busy(self) -> bool:
        """Whether a step is under way."""
        return bool(self._looks.step or self._alone.kind or self._aside.name)

    def facts(self) -> SetupFacts:
        """For the menu."""
        board = self._board
        return SetupFacts(
            views=tuple(self._views.values()),
            board=board.title,
            in_use=(board.name, board.audio.card),
            boards=self._boards,
            pages=self._pages,
            can_undo=self._ways.started.chooses and own_board_path().is_file(),
            no_cable="" if board.relay is None and board.codec_bypass is None else "its bypass is in the way",
        )

    def answer(self, request: SetUp, now_s: float) -> dict[str, Any]:
        """Do what is asked.

        Raises:
            PedalError: it cannot be done.
        """
        if request.verb == "later":
            self._not_now()
        elif request.verb == "undo":
            self._undo()
        elif request.verb == "use" and request.step is not None:
            self._use(request)
        else:
            self.stop()
            if request.step is not None:
                self._begin(request.step, now_s)
        return {"step": request.step or "", "verb": request.verb}

    def stop(self) -> None:
        """Break off what is under way; of it nothing stays."""
        for step in (self._looks.step, self._alone.kind, self._aside.name):
            self._views.pop(step, None)  # type: ignore[call-overload]
        self._looks.stop()
        self._alone.stop()
        self._aside.stop()

    def tick(self, status: Status, now_s: float) -> None:
        """Let time pass, some twenty times a second."""
        try:
            look = self._looks.tick(status, now_s)
            if look is not None:
                self._seen(look)
            outcome = self._alone.tick(now_s)
            if self._alone.kind is not None:
                whole = _CARD_SHARE if self._alone.kind == "period" else 1.0
                self._show(self._alone.kind, whole * self._alone.share, self._alone.words)
            if outcome is not None:
                self._came_back(outcome)
            if self._aside.name == "period":
                self._show("period", _CARD_SHARE + (1.0 - _CARD_SHARE) * self._aside.share, "What a chain costs")
            if (result := self._aside.take()) is not None:
                self._did(result)
        except PedalError as error:
            self._ways.tell(str(error))

    def _begin(self, step: SetupStep, now_s: float) -> None:
        if step == "cable" and self.facts().no_cable:
            raise ControlError("this board's bypass holds the card off the output while no pedal plays")
        notebook = self._book()
        self._show(step, 0.0, "")
        match step:
            case "strum" | "gaps":
                self._looks.start(step, now_s)
            case "period" | "cable":
                self._alone.start(step, now_s)
            case "board":
                self._aside.start("board", lambda show: _boards_here())
            case "report":
                self._pages = report_pages(notebook.findings)
                self._aside.start("report", lambda show: notebook.write_report())

    def _book(self) -> Notebook:
        if self._notebook is None:
            self._notebook = Notebook(self._ways.started.board_name, Changes(), platform.node())
            self._notebook.go_on()
        return self._notebook

    def _seen(self, look: Look) -> None:
        if look.step == "gaps":
            self._views["gaps"] = SetupView("gaps", look.share, f"{look.gaps} gaps", look.sentence)
            return
        self._show("strum", look.share, f"{look.level.peak_db:.0f} dBFS")
        if look.share < 1.0:
            return
        notebook, strum = self._book(), judge_strum({"here": look.level}, "here")
        notebook.find(strum=strum)
        self._views["strum"] = strum_view(strum, notebook.board)

    def _came_back(self, outcome: Outcome) -> None:
        """From the card."""
        notebook, told = self._book(), outcome.told
        if told is None:
            self._views[outcome.kind] = done(outcome.kind, "-", outcome.error)
            notebook.skip(outcome.kind, outcome.error)
            return
        notebook.find(notes=tuple(dict.fromkeys((*notebook.findings.notes, *told.notes))))
        if outcome.kind == "period":
            notebook.find(wakes=told.wakes)
            board = notebook.board
            self._aside.start("period", lambda show: time_chain(board, show))
        elif told.loop is not None:
            notebook.find(loop=told.loop, loop_frames=told.loop_frames)
            self._views["cable"] = cable_view(told.loop, notebook.findings)
            self._aside.start("report", lambda show: notebook.write_report())

    def _did(self, result: Result) -> None:
        """Aside."""
        if result.name == "board":
            self._boards = result.value or ()
            said = "" if self._boards else result.error or "No card is here that a board fits."
            self._views["board"] = done("board", "", said)
        elif result.name == "period":
            notebook = self._book()
            if result.value is None:
                notebook.find(notes=(*notebook.findings.notes, "The chain could not be timed: `pedal bench` says why."))
            notebook.find(book=result.value)
            notebook.find(choice=choose_period(notebook.findings.wakes, result.value))
            view = period_view(notebook.findings, self._board.audio.period_frames)
            self._views["period"] = view or done("period", "-", "Nothing was found.")
            self._aside.start("report", lambda show: notebook.write_report())
        elif result.name == "report":
            self._views["report"] = done("report", "", result.error)

    def _use(self, request: SetUp) -> None:
        """Put in use what a step found.

        Raises:
            PedalError: it found nothing, or the disk refuses.
        """
        notebook, step = self._book(), request.step
        if step == "board":
            if (request.board, request.card) not in self._boards:
                raise ControlError("no such board is offered here", hint="Look again which there are")
            notebook = Notebook(request.board or "", Changes(card=request.card), platform.node())
        elif step == "strum" and notebook.turn_gain():
            pass
        elif step == "period" and notebook.findings.choice is not None:
            notebook.change(period_frames=notebook.findings.choice.period_frames)
        else:
            raise ControlError("nothing was found that could be put in use")
        if not self._ways.started.chooses:
            self._ways.tell("Kept: pedal setup --keep puts it in use.")
            return
        self._put_in_use(notebook.text)

    def _not_now(self) -> None:
        path = setup_dir() / LATER
        try:
            write_atomic(path, b"")
        except OSError as failure:
            raise SettingsError(f"cannot be written ({failure.strerror})", where=str(path)) from failure

    def _undo(self) -> None:
        own = own_board_path()
        if not (self._ways.started.chooses and own.is_file()):
            raise ControlError("there is no board before this one")
        before = previous_of(own)
        self._put_in_use(load_text(before, BoardError) if before.is_file() else None)

    def _put_in_use(self, text: str | None) -> None:
        """The parents of both halves see it, and start them again."""
        with contextlib.suppress(OSError):
            (self._ways.runtime / GO_ON).touch()
        propose(text)
        self._ways.tell("One moment: the pedal starts with it.")

    def tell_verdict(self) -> None:
        """A board that did not play: say so, once."""
        verdict = load_verdict(self._ways.runtime, "panel")
        if verdict is not None and not verdict.kept:
            self._ways.tell(f"The board before is back. {verdict.reason}")
            with contextlib.suppress(OSError):
                (self._ways.runtime / "board.verdict-panel").unlink()

    def _show(self, step: SetupStep, share: float, words: str) -> None:
        self._views[step] = under_way(step, share, words)


def _boards_here() -> tuple[tuple[str, str], ...]:
    """Boards that could be this machine's, each with its card."""
    offers = offers_for(load_machine(), [load_board(name) for name in board_names()])
    return tuple((name, card.id) for name, card in offers)
