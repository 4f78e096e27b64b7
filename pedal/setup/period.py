"""Which period this machine can keep: from how late it woke up at each, and what a chain costs. Pure.

Used by ``pedal setup``. A wake-up that is late eats of what lies in the card's buffer: with ``periods`` periods of
``n`` frames, the pedal may be done ``(periods - 1) * n`` frames after its turn at the latest. So a period is kept if
the latest wake-up and the chain together stay well below that, and the card never ran dry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pedal.setup.wakes import Wakes

#: What is tried: shorter ones fail on most machines, longer ones are felt.
CANDIDATES = (32, 64, 128, 256)
#: How long each.
PERIOD_S = 6.0
#: Some seconds do not show the worst of an evening: so much of the buffer may be used up in them.
ROOM_SHARE = 0.7


@dataclass(frozen=True, slots=True)
class Book:
    """What a chain costs, amps at their widest.

    Attributes:
        preset: whose chain.
        ns_per_frame: by size of the period, as this machine takes it (or the one it stands for).
        budget_share: of a period that the chain may use.
    """

    preset: str
    ns_per_frame: dict[int, float]
    budget_share: float

    def share(self, period_frames: int, rate_hz: int) -> float | None:
        """Of a core at this period; None where it is not known."""
        cost = self.ns_per_frame.get(period_frames)
        return None if cost is None else cost * rate_hz * 1e-9


@dataclass(frozen=True, slots=True)
class Choice:
    """A period, and why; ``sure`` is False where none of those tried could be kept."""

    period_frames: int
    periods: int
    reason: str
    sure: bool = True


def choose_period(tried: Sequence[Wakes], book: Book | None) -> Choice:
    """The shortest period that this machine keeps; the longest that was tried if it keeps none.

    Args:
        tried: at least one.
        book: what the chain costs; None leaves it out of account.
    """
    ordered = sorted(tried, key=lambda wakes: wakes.period_frames)
    refusals: list[str] = []
    for wakes in ordered:
        refusal = _why_not(wakes, _done_s(wakes, book))
        if not refusal and (heavy := _too_heavy(wakes, ordered, book)):
            refusal = heavy
        if not refusal:
            why = [f"the latest wake-up was {1e3 * wakes.late_s[2]:.1f} of {1e3 * wakes.room_s:.1f} ms"]
            share = book.share(wakes.period_frames, wakes.rate_hz) if book else None
            if book and share is not None:
                fits = "fits" if share <= book.budget_share else "plays narrower, as at any period"
                why.append(f"{book.preset} takes {share:.0%} of a core and {fits}")
            return Choice(wakes.period_frames, wakes.periods, "; ".join([*why, *refusals]))
        refusals.append(f"not {wakes.period_frames}: {refusal}")
    last = ordered[-1]
    reason = "; ".join([*refusals, "so the longest, with gaps to be expected"])
    return Choice(last.period_frames, last.periods, reason, sure=False)


def judge_gaps(period_frames: int, periods: int, xruns: int, woken_late: int) -> str:
    """What a count of gaps at one period says, beside a pedal that plays; short enough for a small screen."""
    if xruns:
        return f"{xruns} gaps at {period_frames} frames: take a longer period."
    if woken_late:
        return f"{period_frames} x {periods} is kept: {woken_late} late wake-ups, no gap."
    return f"{period_frames} x {periods} is kept: nothing came late."


def _done_s(wakes: Wakes, book: Book | None) -> float:
    """After its turn, the pedal is done so late at worst; a chain that is too heavy is narrowed to its budget."""
    share = book.share(wakes.period_frames, wakes.rate_hz) if book else None
    chain = min(share, book.budget_share) if book and share is not None else 0.0
    return wakes.late_s[2] + chain * wakes.period_s


def _why_not(wakes: Wakes, done_s: float) -> str:
    if wakes.seconds <= 0.0:
        return "it did not play long enough to tell"
    if wakes.xruns:
        return f"the card ran dry {wakes.xruns} times in {wakes.seconds:.0f} s"
    if done_s > ROOM_SHARE * wakes.room_s:
        return f"the latest wake-up and the chain take {1e3 * done_s:.1f} of {1e3 * wakes.room_s:.1f} ms"
    return ""


def _too_heavy(wakes: Wakes, tried: Sequence[Wakes], book: Book | None) -> str:
    """Over the budget here, and within it at a longer period."""
    if book is None:
        return ""
    share = book.share(wakes.period_frames, wakes.rate_hz)
    if share is None or share <= book.budget_share:
        return ""
    longer = (book.share(w.period_frames, w.rate_hz) for w in tried if w.period_frames > wakes.period_frames)
    if any(other is not None and other <= book.budget_share for other in longer):
        return f"{book.preset} takes {share:.0%} of a core, more than its {book.budget_share:.0%}"
    return ""
