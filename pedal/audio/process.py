"""The process pedal-audio: ``python -m pedal.audio.process BOARD LINK``.

Started and watched by ``system/supervise.py``. The main thread becomes the period thread; beside it
run the understudy (compiled, never in Python) and a thread that sleeps until a signal comes. All
that takes time - imports, kernels from the cache, touching memory - is done before the card is
opened, so that nothing is left to do but play.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from pedal import layout
from pedal.audio import realtime
from pedal.audio.alsa import Card
from pedal.audio.alsa_mixer import ReadyCard
from pedal.audio.loop import STARTING, play
from pedal.audio.stopping import STOP_S, block_signals, on_signal
from pedal.audio.words import CardWords
from pedal.config import Board, load_board
from pedal.errors import PedalError
from pedal.jit.machine import wake_exactly
from pedal.link import Link
from pedal.prices import load_prices

_log = logging.getLogger("pedal.audio")
#: The understudy yields to the period thread, also where that has no real-time priority.
_UNDERSTUDY_NICE = 5


class RigWords(CardWords):
    """The loop's words where rigs are played, and with them what they cost on a machine that stands for another."""

    def __init__(self, link: Link, board: Board) -> None:
        super().__init__(link.arena, link.put, board)
        self._link = link
        self._prices = load_prices(board.prices) if board.prices else None

    def announce(self, card: Card) -> None:
        """As ``CardWords``, and the prices; a machine that is hot stays so when this process starts again."""
        link, prices = self._link, self._prices
        link.put(layout.PERIOD_PRICE_NS, round(prices.period_ns) if prices else 0)
        if prices is None:
            link.put(layout.SLOWDOWN_MILLI, 0)
        elif link.get(layout.SLOWDOWN_MILLI) == 0:
            link.put(layout.STOPWATCH_MILLI, round(1000 * prices.start.stopwatch))
            link.put(layout.SLOWDOWN_MILLI, round(1000 * prices.start.slowdown))
        super().announce(card)


def main(board: Board, link_path: Path) -> None:
    """Play until SIGTERM, SIGINT or the stop word.

    Raises:
        PedalError: there can be no link. A missing card is not an error: it is waited for.
    """
    block_signals()
    from pedal.rig.period import play_period  # compiled, or loaded from the cache, here
    from pedal.rig.takeover import lend_loops, take_over
    from pedal.rig.understudy import understudy_loop

    link = Link.create(link_path)  # or the one that a killed predecessor left, with the rig in it
    words = RigWords(link, board)
    words.set_state(STARTING)
    link.put(layout.STOP, 0)
    link.put(layout.AUDIO_PID, os.getpid())  # from here on the state and the beat are ours
    on_signal(lambda: link.put(layout.STOP, 1))
    period_core, understudy_core = realtime.choose_cores(board.audio.period_core)
    arena = link.arena
    if link.get(layout.PLAYING_SLOT) < 0:  # safe mode played no rig; what was published meanwhile plays from here on
        link.put(layout.PLAYING_SLOT, link.get(layout.WANTED_SLOT))
    lend_loops(arena.i64, _loop_frames(board, link))
    take_over(arena.f32, arena.f64, arena.i64)  # a killed predecessor may have left half a period behind
    understudy = threading.Thread(
        target=_run_understudy,
        args=(understudy_core, bool(board.prices), lambda: understudy_loop(arena.f32, arena.f64, arena.i64)),
        name="understudy",
        daemon=True,
    )
    understudy.start()
    wake_exactly()
    # Rigs are the understudy's to walk through.
    for warning in realtime.prepare(board.audio.realtime_priority, period_core, arena, layout.HEAP_AT_BYTE):
        _log.warning("%s", warning)
    play(ReadyCard(board.audio, board.mixer, _log.warning), words, play_period, _log.info)
    link.put(layout.STOP, 1)
    understudy.join(STOP_S)
    _log.info("stopped after %d periods, %d xruns", link.get(layout.PERIOD_COUNT), link.get(layout.XRUNS))


def _loop_frames(board: Board, link: Link) -> int:
    """How long a loop may be, its memory taken and touched; 0 without a looper, or without the memory."""
    if board.looper is None:
        return 0
    frames = min(board.looper.seconds * board.audio.rate_hz, layout.LOOP_MOST_FRAMES)
    size_bytes = 2 * 4 * frames
    refused = realtime.reserve(link.path, layout.LOOPS_AT_BYTE, size_bytes)
    if refused:
        _log.warning("no looper: %s. Give it fewer seconds in the board file", refused)
        return 0
    realtime.touch(link.arena, size_bytes, layout.LOOPS_AT_BYTE)
    return frames


def _run_understudy(core: int, exactly: bool, loop: Callable[[], None]) -> None:
    os.nice(_UNDERSTUDY_NICE)  # of this thread only, as Linux has it
    realtime.use_core(core)
    if exactly:
        wake_exactly()
    loop()


def _command_line() -> int:
    logging.basicConfig(level=logging.INFO, format="pedal-audio: %(message)s")
    if len(sys.argv) != 3:
        print("usage: python -m pedal.audio.process BOARD LINK", file=sys.stderr)
        return 2
    try:
        main(load_board(sys.argv[1]), Path(sys.argv[2]))
    except PedalError as error:
        print(f"pedal-audio: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_command_line())
