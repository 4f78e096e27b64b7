"""What every block costs on this machine: measured off the audio core, then corrected by what the period thread takes.

Held by the panel (``panel/costs.py``), which alone writes it. Pure: no clock, no disk; time is an argument.

Two things make a block take longer than the book says, and they are kept apart. A hot board, or a neighbour who
empties the caches, slows *all* blocks alike: that is ``slowness``, one factor, followed within a second and
forgotten as quickly. A figure that was wrong from the start is wrong for *its* block only: the entry is corrected,
slowly, by what is left of its ratio once the common factor is taken out. The common factor is the median of the ratios
of the rows that matter, so that one wrong entry among several does not count as heat. What takes long once (an
interrupt, a page fault) is no cost: a row's ratio is the median of its last looks, and one far outside all
reason is not looked at.

What is known of one block at a time is the product of the two, ``ns * slowness``, and that is right even where they
cannot be told apart (one block alone plays).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Literal

#: Entries kept; the ones not used for longest go first.
MOST = 512
#: A row that takes less than this share of the heaviest has a ratio of noise, and no vote on ``slowness``.
MATTERS = 0.03
#: What took so many times less or more than expected is no cost: a block that was skipped, a thread that was put aside.
LEAST_RATIO, MOST_RATIO = 0.1, 10.0
#: ``slowness`` stays within these.
LEAST_SLOWNESS, MOST_SLOWNESS = 0.25, 8.0
#: Looks whose median counts, at some twenty a second; and how often something is made of them.
WINDOW, LEARN_S = 15, 0.2
#: How fast ``slowness`` follows, and an entry: quickly while it is new, slowly once it has been seen ``SETTLED`` times.
SLOWNESS_S, NEW_S, OLD_S, SETTLED = 0.3, 3.0, 15.0, 100

Source = Literal["measured", "corrected", "estimated"]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a cost is true at: frames a second, frames a period."""

    rate_hz: int
    period_frames: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind and size of block.

    Attributes:
        ns: nanoseconds per frame of each size, narrowest first, where ``slowness`` is 1: an amp's widths, an impulse
            response's lengths; of any other block there is one.
        source: where that is from: the builder's stopwatch, the period thread, or another period's figure.
        looks: how often the period thread's figure was counted in, for each size.
    """

    ns: tuple[float, ...]
    source: Source = "measured"
    looks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """A row of the playing rig at one look: which entry, which of its sizes plays, and ns per frame it took."""

    key: str
    size_idx: int
    ns: float


@dataclass(slots=True)
class _Row:
    """The last looks at one row, ns per frame, while the same size of the same entry played."""

    what: tuple[str, int]
    looks_ns: deque[float] = field(default_factory=lambda: deque(maxlen=WINDOW))


class Book:
    """Entries by cost key and setting, and one factor for all of them.

    Attributes:
        slowness: how much longer things take, of late, than their entries say.
    """

    def __init__(self, entries: Iterable[tuple[str, Setting, Entry]] = (), slowness: float = 1.0) -> None:
        self.slowness = min(max(slowness, LEAST_SLOWNESS), MOST_SLOWNESS)
        self._entries: dict[tuple[Setting, str], Entry] = {}
        self._rows: dict[str, _Row] = {}
        self._elapsed_s = 0.0
        for key, setting, entry in entries:
            self._put(setting, key, entry)

    def __len__(self) -> int:
        return len(self._entries)

    def entries(self) -> list[tuple[str, Setting, Entry]]:
        """All of them, the one not used for longest first."""
        return [(key, setting, entry) for (setting, key), entry in self._entries.items()]

    def costs(self, setting: Setting) -> dict[str, tuple[float, ...]]:
        """What is known at a setting: ns per frame of each size, by cost key, without ``slowness``."""
        return {key: entry.ns for (at, key), entry in self._entries.items() if at == setting}

    def entry(self, setting: Setting, key: str) -> Entry | None:
        """What is known of a block; at a setting that nobody measured, what the nearest period says; None: nothing."""
        if (setting, key) in self._entries:
            return self._entries[setting, key]
        others = [
            (abs(math.log(at.period_frames / setting.period_frames)), entry)
            for (at, known), entry in self._entries.items()
            if known == key and at.rate_hz == setting.rate_hz
        ]
        if not others:
            return None
        return Entry(min(others, key=lambda other: other[0])[1].ns, "estimated")

    def note_measured(self, setting: Setting, costs: Mapping[str, Sequence[float]]) -> None:
        """Write down what the builder's stopwatch found; figures that cannot be are left out."""
        for key, ns in costs.items():
            if ns and all(math.isfinite(size_ns) and size_ns > 0.0 for size_ns in ns):
                self._put(setting, key, Entry(tuple(ns), "measured", (0,) * len(ns)))

    def forget(self, setting: Setting) -> None:
        """Everything that is known at a setting, and how slow the board was."""
        self._entries = {at: entry for at, entry in self._entries.items() if at[0] != setting}
        self._rows.clear()
        self.slowness = 1.0

    def learn(self, setting: Setting, seen: Mapping[str, Seen], elapsed_s: float) -> None:
        """One look at the playing rig.

        Args:
            setting: of the card.
            seen: by any name that a row keeps, every row that has been on, at this size, for long enough that its
                mean is its own.
            elapsed_s: since the last look.
        """
        self._rows = {name: self._looked(name, row) for name, row in seen.items()}
        self._elapsed_s += elapsed_s
        if self._elapsed_s < LEARN_S:
            return
        elapsed_s, self._elapsed_s = self._elapsed_s, 0.0
        known = {row.what: self._size_ns(setting, *row.what) for row in self._rows.values()}
        ratios: dict[tuple[str, int], float] = {}  # by entry and size: two rows of one entry are one witness
        for row in self._rows.values():
            known_ns = known[row.what]
            if known_ns > 0.0 and len(row.looks_ns) > WINDOW // 2:
                ratio = median(row.looks_ns) / known_ns
                if LEAST_RATIO <= ratio / self.slowness <= MOST_RATIO:
                    ratios[row.what] = ratio
        most = max((known[what] for what in ratios), default=0.0)
        votes = [ratio for what, ratio in ratios.items() if known[what] >= MATTERS * most]
        if not votes:
            return
        common = math.exp(median(map(math.log, votes)))
        slowness = self.slowness * (common / self.slowness) ** (1.0 - math.exp(-elapsed_s / SLOWNESS_S))
        self.slowness = min(max(slowness, LEAST_SLOWNESS), MOST_SLOWNESS)
        for (key, size_idx), ratio in ratios.items():
            self._correct(setting, key, size_idx, ratio / common, elapsed_s)

    def _size_ns(self, setting: Setting, key: str, size_idx: int) -> float:
        entry = self._entries.get((setting, key))
        return entry.ns[size_idx] if entry is not None and size_idx < len(entry.ns) else 0.0

    def _looked(self, name: str, seen: Seen) -> _Row:
        """The row with this look; a new one where it plays something else."""
        row = self._rows.get(name)
        if row is None or row.what != (seen.key, seen.size_idx):
            row = _Row((seen.key, seen.size_idx))
        row.looks_ns.append(seen.ns)
        return row

    def _correct(self, setting: Setting, key: str, size_idx: int, residual: float, elapsed_s: float) -> None:
        """Bring an entry nearer to what it was seen to take; sizes that were never seen go along."""
        entry = self._entries[setting, key]
        looks = entry.looks or (0,) * len(entry.ns)
        time_s = NEW_S if looks[size_idx] < SETTLED else OLD_S
        factor = residual ** (1.0 - math.exp(-elapsed_s / time_s))
        ns = tuple(
            size_ns * factor if index == size_idx or looks[index] == 0 else size_ns
            for index, size_ns in enumerate(entry.ns)
        )
        after = tuple(min(count + (index == size_idx), SETTLED) for index, count in enumerate(looks))
        self._put(setting, key, Entry(ns, "corrected", after))

    def _put(self, setting: Setting, key: str, entry: Entry) -> None:
        self._entries.pop((setting, key), None)
        self._entries[setting, key] = entry
        while len(self._entries) > MOST:
            del self._entries[next(iter(self._entries))]


def beside(known: Mapping[str, Sequence[float]], fresh: Mapping[str, Sequence[float]]) -> dict[str, tuple[float, ...]]:
    """What a stopwatch found of blocks that are not ``known``, as it would have been when the others were measured.

    All of ``fresh`` was measured at once. By how much those that are known took longer this time (the board is hot,
    or somebody else is busy), so much is taken off the new ones; where none is known, they stand as they are.
    """
    pairs = [(now, then) for key, ns in fresh.items() for now, then in zip(ns, known.get(key, ()), strict=False)]
    most = max((then for _, then in pairs), default=0.0)
    paces = [now / then for now, then in pairs if now > 0.0 and then >= MATTERS * most and then > 0.0]
    pace = min(max(median(paces), LEAST_SLOWNESS), MOST_SLOWNESS) if paces else 1.0
    return {key: tuple(size_ns / pace for size_ns in ns) for key, ns in fresh.items() if key not in known}
