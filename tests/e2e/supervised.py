"""The whole pedal on a virtual card whose guitar plays one tone for ever; what is played is kept.

``python -m tests.e2e.supervised BOARD RUNTIME [--no-safe-mode]``, the way ``pedal run`` does it. The tone repeats every
``TONE_FRAMES``, and so does everything that a pedal at rest makes of it: a period that is missing,
empty or played twice breaks the pattern.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from pedal.cli.run import LINK_NAME, audio_child, panel_child
from pedal.config import load_board
from pedal.system.heartbeat import load_beat
from pedal.system.supervise import Supervisor
from pedal.virtual.card import VirtualCard

TONE_FRAMES = 96


def main() -> None:
    board_path, runtime = sys.argv[1], Path(sys.argv[2])
    board = load_board(board_path)
    tone = 0.2 * np.sin(2 * np.pi * np.arange(100 * TONE_FRAMES) / TONE_FRAMES)
    audio = board.audio
    with VirtualCard(
        runtime / "card", tone.astype(np.float32), rate_hz=audio.rate_hz, period_frames=audio.period_frames
    ) as card:
        children = [
            audio_child(board_path, runtime, card.environment()),
            panel_child(board_path, runtime, virtual=True, quiet=True),
        ]
        if "--no-safe-mode" in sys.argv:  # killed more often than a pedal in use ever is
            children = [replace(child, safe_command=()) for child in children]
        Supervisor(children, runtime, lambda: load_beat(runtime / LINK_NAME)).run()


if __name__ == "__main__":
    main()
