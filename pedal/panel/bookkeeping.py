"""The cost book and its first measuring, as the panel's loop sees them: told what comes, ticked, closed.

Used by the panel's loop.
"""

from __future__ import annotations

from pedal import layout
from pedal.config import Board
from pedal.link import Link
from pedal.link.status import Status
from pedal.panel.costs import Costs
from pedal.panel.jobs import Done
from pedal.panel.learning import Learning
from pedal.panel.rigs import Rigs
from pedal.panel.widths import Widths
from pedal.panel.workshop import Workshop
from pedal.preset import Preset


class Bookkeeping:
    """One book, its pupil, and the governor's executor, which counts with it; the usual book if none is given.

    Attributes:
        costs: the book.
        learning: what is still to be measured.
    """

    def __init__(
        self, board: Board, link: Link, rigs: Rigs, widths: Widths, workshop: Workshop, costs: Costs | None = None
    ) -> None:
        self.costs = costs or Costs(board, link, rigs)
        self.learning = Learning(workshop, board.prices, has_looper=board.looper is not None)
        self._rigs = rigs
        self._widths = widths
        self._was_learning = False
        widths.slowness = self.costs.book.slowness

    def heard(self, done: Done) -> bool:
        """The builder's answer; True if it was to a survey, and nobody else waits for it."""
        self.costs.heard(done)
        return self.learning.heard(done)

    def tick(self, status: Status, now_s: float, *, is_building: bool) -> None:
        """Look at what plays; measure what is not known while nothing else is in work; keep what was learnt."""
        plays = status.card_state == layout.CARD_RUNNING and self._rigs.is_adopted and self._rigs.playing is not None
        if plays:
            self.costs.tick(status, now_s)
            self._widths.slowness = self.costs.book.slowness
        self.learning.tick(self.costs.setting, self.costs.known, now_s, may=plays and not is_building)
        self.costs.keep(now_s, learning=self.learning.left > 0)
        if self._was_learning and not self.learning.left:  # all that there is for now: nobody has to do it again
            self.costs.keep_now()
        self._was_learning = self.learning.left > 0

    def measure_again(self, playing: Preset) -> int:
        """Forget what is known at this setting, and measure it once more; how many blocks that is."""
        self.costs.forget()
        self.learning.again(playing)
        return self.learning.left

    def close(self) -> None:
        """The panel ends."""
        self.costs.keep_now()
