"""The cost book in the running pedal: told what the builder measured, corrected by what plays, and kept on disk.

Used by the panel's loop. The panel is its one owner: it alone hears both the builder's stopwatch and the period
thread. The builder gets what is known with every job and gives back what it measured. A memory card does not like to be
written to, so the book is kept seldom, and only when a figure has moved.
"""

from __future__ import annotations

from collections.abc import Iterator

from pedal import layout
from pedal.config import Board
from pedal.governor.book import Book, Entry, Seen, Setting
from pedal.library.cost_book import CostBookStore, Kept, KeptBook, truth_of
from pedal.link import Link, Word
from pedal.link.status import Status
from pedal.notes import TAIL_MARK, BlockNote
from pedal.panel.jobs import Done
from pedal.panel.rigs import BYPASS_CELL, Rigs
from pedal.prices import load_prices

#: Between two writings, and while things are learnt for the first time; then so much of a figure must have moved.
KEEP_S, KEEP_LEARNING_S, MOVED = 300.0, 5.0, 0.03
#: A row must have played as it does for so long, and for so many periods, before its mean is its own.
KNOWN_S, KNOWN_PERIODS = 0.5, 120
#: So often what rigs say of themselves follows the book.
REPRICE_S = 1.0
#: What these take is no matter of their own size: of what was recorded, or of what is connected.
_UNLIKE = ("looper", "master")


class Costs:
    """One book, and when it was kept.

    Args:
        board: for what it takes to be true, and for a setting before there is a card.
        link: the period thread's words.
        rigs: what plays.
        store: where it is kept; the usual place if None.

    Attributes:
        book: what is known.
    """

    def __init__(self, board: Board, link: Link, rigs: Rigs, store: CostBookStore | None = None) -> None:
        prices = load_prices(board.prices) if board.prices else None
        self._store = store or CostBookStore.default(truth_of(board.name, prices))
        self._audio = board.audio
        self._link = link
        self._rigs = rigs
        kept = self._store.load()
        self.book = _opened(kept)
        self._kept = _figures(self.book)
        self._kept_at_s = self._learnt_at_s = self._repriced_at_s = float("-inf")
        self._since_s: dict[int, tuple[tuple[str, int], float]] = {}  # by row's serial: what it plays, and since when

    @property
    def setting(self) -> Setting:
        """Of the card now, or as the board has it."""
        rate_hz, period_frames = self._link.get(Word.RATE_HZ), self._link.get(Word.PERIOD_FRAMES)
        return Setting(rate_hz or self._audio.rate_hz, period_frames or self._audio.period_frames)

    def known(self) -> dict[str, tuple[float, ...]]:
        """What a job is told."""
        return self.book.costs(self.setting)

    def heard(self, done: Done) -> None:
        """What came back with a job."""
        if done.costs:
            self.book.note_measured(Setting(done.rate_hz, done.period_frames), done.costs)

    def forget(self) -> None:
        """What is known at this setting, to be measured again."""
        self.book.forget(self.setting)

    def tick(self, status: Status, now_s: float) -> None:
        """Look at what plays, and let rigs say what the book says."""
        elapsed_s = min(now_s - self._learnt_at_s, 1.0)
        self._learnt_at_s = now_s
        self.book.learn(self.setting, {str(serial): seen for serial, seen in self._seen(status, now_s)}, elapsed_s)
        if now_s - self._repriced_at_s >= REPRICE_S:
            self._repriced_at_s = now_s
            self._rigs.reprice(self.known())

    def keep(self, now_s: float, *, learning: bool = False) -> bool:
        """Write the book down, if it is time and worth it; whether it was."""
        if now_s - self._kept_at_s < (KEEP_LEARNING_S if learning else KEEP_S):
            return False
        self._kept_at_s = now_s  # also where nothing has moved, and where the disk refuses
        return self._has_moved() and self._write()

    def keep_now(self) -> None:
        """Something ends, a lesson or the panel: what has moved is kept at once."""
        if self._has_moved():
            self._write()

    def _write(self) -> bool:
        entries = tuple(
            Kept(key, setting.rate_hz, setting.period_frames, entry.ns, entry.source, entry.looks)
            for key, setting, entry in self.book.entries()
        )
        if not self._store.save(self.book.slowness, entries):
            return False
        self._kept = _figures(self.book)
        return True

    def _has_moved(self) -> bool:
        now = _figures(self.book)
        if now.keys() != self._kept.keys():
            return True
        return any(
            abs(ns / was_ns - 1.0) > MOVED
            for key, sizes in now.items()
            for ns, was_ns in zip(sizes, self._kept[key], strict=True)
        )

    def _seen(self, status: Status, now_s: float) -> Iterator[tuple[int, Seen]]:
        """Rows that have played the same for long enough, and what they took."""
        notes = self._rigs.notes_of(status.playing_slot)
        if notes is None or not status.period_frames or not status.rate_hz:
            self._since_s.clear()
            return
        wait_s = max(KNOWN_S, KNOWN_PERIODS * status.period_frames / status.rate_hz)
        widths = {row.serial: amp.playing for amp in self._rigs.amps() for row in amp.rows}
        since_s: dict[int, tuple[tuple[str, int], float]] = {}
        for block, spent_ns in zip(notes.blocks, status.row_costs_ns, strict=False):
            size_idx = widths.get(block.serial, -1) if block.amp is not None else self._size(block)
            if size_idx < 0 or not block.cost_key or not self._plays(block):
                continue
            what = (block.cost_key, size_idx)
            before = self._since_s.get(block.serial)
            since_s[block.serial] = before if before is not None and before[0] == what else (what, now_s)
            if now_s - since_s[block.serial][1] >= wait_s:
                yield block.serial, Seen(block.cost_key, size_idx, spent_ns / status.period_frames)
        self._since_s = since_s

    def _size(self, block: BlockNote) -> int:
        """Which of its sizes a cabinet plays; any other block has one."""
        if block.impulse is None:
            return 0
        return int(self._link.arena.i64[block.impulse.sizes_idx + layout.SIZE_PLAYING])

    def _plays(self, block: BlockNote) -> bool:
        """Switched on, no tail, and of a kind whose cost is its own."""
        is_on = self._link.arena.f32[block.params_idx + BYPASS_CELL] < 0.5
        return bool(is_on) and not block.id.startswith(TAIL_MARK) and block.kind not in _UNLIKE


def _opened(kept: KeptBook | None) -> Book:
    if kept is None:
        return Book()
    entries = (
        (entry.key, Setting(entry.rate_hz, entry.period_frames), Entry(entry.ns, entry.source, entry.looks))
        for entry in kept.entries
    )
    return Book(entries, kept.slowness)


def _figures(book: Book) -> dict[tuple[str, Setting], tuple[float, ...]]:
    return {(key, setting): entry.ns for key, setting, entry in book.entries()}
