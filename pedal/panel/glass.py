"""Which of all pages is on the glass, how often it is sent, and whether it is dim.

Used by the panel's loop. A question of a stick comes before the menu, that before the tuner, and that before what is
said of an import; else, if nobody touches anything, how far the learning of costs is; else it is the page of the
playing pedal.
"""

from __future__ import annotations

from PIL import Image

from pedal.link.status import Status
from pedal.panel.display.dimming import Dimming
from pedal.panel.display.import_page import draw_import
from pedal.panel.display.learning_page import draw_learning
from pedal.panel.display.oled import Display
from pedal.panel.display.pages import draw_page
from pedal.panel.display.tuner_page import draw_tuner
from pedal.panel.footwork import Footwork
from pedal.panel.imports import Imports
from pedal.panel.learning import Learning
from pedal.panel.menus import Menus
from pedal.panel.player import Player
from pedal.panel.report import Reporter
from pedal.panel.tuner import Tuner
from pedal.units import db_from_gain

#: Ticks of the loop from page to page.
PAGE_TICKS = 2


class Glass:
    """The display, and what is drawn on it.

    Args:
        display: open.
        player, tuner, imports, menus, footwork, reporter, learning: of the panel.
        now_s: seconds of a monotonic clock.
    """

    def __init__(
        self,
        display: Display,
        player: Player,
        tuner: Tuner,
        imports: Imports,
        menus: Menus,
        footwork: Footwork,
        reporter: Reporter,
        learning: Learning,
        now_s: float,
    ) -> None:
        self._display = display
        self._player = player
        self._tuner = tuner
        self._imports = imports
        self._menus = menus
        self._footwork = footwork
        self._reporter = reporter
        self._learning = learning
        self._dimming = Dimming(now_s)
        self._ticks = 0

    def touched(self, now_s: float) -> None:
        """A hand or a foot did something."""
        self._dimming.touched(now_s)

    def tick(self, status: Status, now_s: float) -> None:
        """Send the page, if it is time."""
        self._ticks += 1
        # a needle, the first reading and what a hand turns do not wait
        if self._menus.take_touch() or self._tuner.is_on or self._ticks % PAGE_TICKS == 0:
            self._display.show(self.page(status, now_s), dim=self._is_idle(status, now_s))

    def page(self, status: Status, now_s: float) -> Image.Image:
        """Mode ``1``, 128x64."""
        ticks = self._ticks // PAGE_TICKS
        told = self._imports.view(now_s)
        if told is None or told.question is None:
            menu = self._menus.page(now_s)
            if menu is not None:
                return menu
            tuner = self._tuner.view()
            if tuner is not None:
                return draw_tuner(tuner)
        if told is not None:
            return draw_import(told, ticks, self._footwork.agrees)
        view = self._reporter.view(status, ticks)
        learning = self._learning.view()
        # what the pedal has to say is more important
        return draw_page(view) if learning is None or view.message else draw_learning(learning)

    def _is_idle(self, status: Status, now_s: float) -> bool:
        """Whether nobody plays and nothing happens: reflexes do not come through the loop, what they change does."""
        player = self._player
        seen = player.is_bypassed, player.message, player.key, status.card_state, player.looper.view() is None
        return self._dimming.is_dim(now_s, db_from_gain(status.in_peak), seen) and not self._tuner.is_on
