"""pedal-panel of a virtual board: mock pins, a screen in the terminal, the keyboard for hands and feet.

``python -m pedal.virtual.panel BOARD LINK [--quiet] [--chooses] [--plain REASON]``, started by ``pedal run`` in place
of ``pedal.panel.app``. The panel is the same; only what it opens differs.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path

from pedal.config import load_board
from pedal.errors import PedalError
from pedal.panel.app import how_started, plain_reason, run_panel
from pedal.virtual.hands import VirtualHands
from pedal.virtual.keyboard import Keyboard, help_line, key_map
from pedal.virtual.screen import VirtualScreen


def main() -> int:
    """The command line of the process."""
    quiet = "--quiet" in sys.argv
    # A terminal shows the screen: log lines on it would tear it. `pedal run` gives them a file.
    drawn = not quiet and sys.stdout.isatty() and sys.stderr.isatty()
    logging.basicConfig(level=logging.ERROR if drawn else logging.INFO, format="pedal-panel: %(message)s")
    try:
        board = load_board(sys.argv[1])
        screen = VirtualScreen(None if quiet else sys.stdout)
        keys = key_map(board)
        scale = f" · counts as {board.cpu_scale:g}x slower" if board.cpu_scale != 1.0 else ""
        screen.footer = help_line(keys) + scale

        def tell(line: str) -> None:
            screen.footer = line

        def leave() -> None:
            os.killpg(os.getpgrp(), signal.SIGINT)  # what Ctrl-C does: to the whole pedal, not only its panel

        with ExitStack() as stack:
            hands = stack.enter_context(VirtualHands(board))
            if not quiet:
                stack.enter_context(Keyboard(keys, hands.touch, leave, tell, sys.stdin))
            plain = plain_reason(sys.argv)
            run_panel(
                board,
                Path(sys.argv[2]),
                screen=lambda: screen,
                press=hands.press,
                converter=hands.converter,
                plain=plain,
                started=how_started(sys.argv),
            )
    except PedalError as error:
        print(f"pedal-panel: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
