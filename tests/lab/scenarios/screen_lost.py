"""The display is torn off in the middle of a page: the sound and the switches go on, and it shows the page again."""

from __future__ import annotations

import time
from itertools import pairwise

from tests.lab.lab import Lab
from tests.lab.listening import PRESS_FRAMES, first_change, frames_to_hear, play_a_loop
from tests.lab.scenario import Breakage

BREAKAGE = Breakage(
    "the panel gives a lost display up",
    "pedal/panel/display/oled.py",
    "_FAILURES = (OSError, luma.core.error.Error, GPIOZeroError)",
    "_FAILURES = (GPIOZeroError,)",
)
#: A lost display is asked every two seconds: then nothing waits for it, and the bus stays free.
RETRY_S, BACK_S = 2.0, 2.5


def scenario(lab: Lab) -> None:
    lab.boot()
    play_a_loop(lab)
    panel = lab.pid("panel")
    lab.until_page_is_shown()

    # torn off in the middle of a row; then without its bus
    for at_byte, without_bus in ((60, False), (1, True)):
        start, since_ns = lab.cable.frame, time.monotonic_ns()
        lab.player.unplug_display(at_byte)
        lab.until(lambda since_ns=since_ns: lab.player.refusals(since_ns), "the panel notices")
        if without_bus:
            lab.player.remove_bus()
        lab.wait(4 * RETRY_S)
        assert first_change(lab, start) is None, "a lost display was heard"
        asked = lab.player.refusals(since_ns)
        tries = len(asked)
        assert tries == 1 if without_bus else tries >= 4, (
            f"spoke to the lost display {tries} times in {4 * RETRY_S:g} s"
        )
        assert all(later - earlier > 0.9e9 * RETRY_S for earlier, later in pairwise(asked[1:])), "asked too often"
        frames = frames_to_hear(lab, lab.tap("bypass", bounces=3))
        assert frames <= PRESS_FRAMES, f"without a display a press took {frames} frames"
        lab.tap("bypass")
        lab.wait(1.0)
        lab.player.restore_bus()
        lab.player.plug_display()
        assert not lab.screen().is_lit
        lab.until(lambda: lab.screen().is_lit, "the display is lit again", BACK_S)
        lab.until_page_is_shown()
        lab.screen().save(lab.out / f"back-{at_byte}.png")
    assert lab.pid("panel") == panel, "the panel was started again"
    status = lab.status()
    assert status["xruns"] == 0 and not status["bypassed"], status
