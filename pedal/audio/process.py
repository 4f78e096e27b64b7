"""The process pedal-audio: ``python -m pedal.audio.process BOARD LINK``.

Started and watched by ``system/supervise.py``. The main thread becomes the period thread; beside it
run the understudy (compiled, never in Python) and a thread that sleeps until a signal comes. All
that takes time - imports, kernels from the cache, touching memory - is done before the card is
opened, so that nothing is left to do but play.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from pedal import layout
from pedal.audio import realtime
from pedal.audio.alsa import Card, open_card
from pedal.audio.loop import STARTING, play
from pedal.config import Board, load_board
from pedal.errors import PedalError
from pedal.jit.machine import wake_exactly
from pedal.link import Link
from pedal.prices import load_prices

_log = logging.getLogger("pedal.audio")
_SELECT = {"left": layout.SELECT_LEFT, "right": layout.SELECT_RIGHT, "sum": layout.SELECT_SUM}
#: How long a stop may take before the process just ends: a read can wait for ever on a dead card.
_STOP_S = 1.0
_SIGNALS = {signal.SIGTERM, signal.SIGINT}
#: The understudy yields to the period thread, also where that has no real-time priority.
_UNDERSTUDY_NICE = 5


class LinkWords:
    """The loop's words in the shared memory of a running pedal."""

    def __init__(self, link: Link, board: Board) -> None:
        self.arena = link.arena
        self._link = link
        self._board = board
        self._prices = load_prices(board.prices) if board.prices else None

    def stopped(self) -> bool:
        """Whether somebody asked the pedal to stop."""
        return bool(self._link.get(layout.STOP))

    def count_xrun(self) -> None:
        """One more gap that the card reported."""
        self._link.put(layout.XRUNS, self._link.get(layout.XRUNS) + 1)

    def announce(self, card: Card) -> None:
        """Store what the compiled side must know of the card before its first period."""
        link, board = self._link, self._board
        link.put(layout.RATE_HZ, card.rate_hz)
        link.put(layout.PERIOD_FRAMES, card.period_frames)
        link.put(layout.PERIODS, card.periods)
        link.put(layout.SAMPLE_FORMAT, card.format_code)
        link.put(layout.CAPTURE_CHANNELS, card.capture_channels)
        link.put(layout.CAPTURE_SELECT, _SELECT[board.audio.input])
        link.put(layout.PLAYBACK_CHANNELS, card.playback_channels)
        link.put(layout.CPU_SCALE_MILLI, round(board.cpu_scale * 1000))
        link.put(layout.VIRTUAL, int(board.virtual))
        self._set_prices()
        link.put(layout.LAST_WAKE_NS, 0)  # the time without a card was not a late wake-up
        # The watcher compares this with now as soon as the state says running.
        link.put(layout.AUDIO_BEAT_NS, time.monotonic_ns())

    def _set_prices(self) -> None:
        """Of a machine that stands for another; one that is hot stays so when this process starts again."""
        link, prices = self._link, self._prices
        link.put(layout.PERIOD_PRICE_NS, round(prices.period_ns) if prices else 0)
        if prices is None:
            link.put(layout.SLOWDOWN_MILLI, 0)
        elif link.get(layout.SLOWDOWN_MILLI) == 0:
            link.put(layout.STOPWATCH_MILLI, round(1000 * prices.start.stopwatch))
            link.put(layout.SLOWDOWN_MILLI, round(1000 * prices.start.slowdown))

    def set_state(self, state: int) -> None:
        """Store ``STARTING``, ``RUNNING`` or ``LOST``."""
        self._link.put(layout.CARD_STATE, state)


def main(board: Board, link_path: Path) -> None:
    """Play until SIGTERM, SIGINT or the stop word.

    Raises:
        PedalError: there can be no link. A missing card is not an error: it is waited for.
    """
    # A signal must not cut a read short: it may come to any thread but this one.
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    from pedal.rig.period import play_period  # compiled, or loaded from the cache, here
    from pedal.rig.takeover import take_over
    from pedal.rig.understudy import understudy_loop

    link = Link.create(link_path)  # or the one that a killed predecessor left, with the rig in it
    words = LinkWords(link, board)
    words.set_state(STARTING)
    link.put(layout.STOP, 0)
    link.put(layout.AUDIO_PID, os.getpid())  # from here on the state and the beat are ours
    threading.Thread(target=_stop_on_signal, args=(_signal_pipe(), link), name="signals", daemon=True).start()
    period_core, understudy_core = _choose_cores(board)
    arena = link.arena
    take_over(arena.f32, arena.f64, arena.i64)  # a killed predecessor may have left half a period behind
    understudy = threading.Thread(
        target=_run_understudy,
        args=(understudy_core, bool(board.prices), lambda: understudy_loop(arena.f32, arena.f64, arena.i64)),
        name="understudy",
        daemon=True,
    )
    understudy.start()
    for warning in _prepare_period_thread(board, link, period_core):
        _log.warning("%s", warning)
    play(lambda: open_card(board.audio), words, play_period, _log.info)
    link.put(layout.STOP, 1)
    understudy.join(_STOP_S)
    _log.info("stopped after %d periods, %d xruns", link.get(layout.PERIOD_COUNT), link.get(layout.XRUNS))


def _choose_cores(board: Board) -> tuple[int, int]:
    """Cores of the period thread and of the understudy."""
    period_core, understudy_core = realtime.choose_cores()
    if board.audio.period_core is None:
        return period_core, understudy_core
    others = sorted(os.sched_getaffinity(0) - {board.audio.period_core})
    return board.audio.period_core, others[-1] if others else board.audio.period_core


def _run_understudy(core: int, exactly: bool, loop: Callable[[], None]) -> None:
    os.nice(_UNDERSTUDY_NICE)  # of this thread only, as Linux has it
    realtime.use_core(core)
    if exactly:
        wake_exactly()
    loop()


def _prepare_period_thread(board: Board, link: Link, core: int) -> list[str]:
    """Take every right that is given; returns a sentence for each that is not."""
    warnings = [realtime.lock_memory()]
    realtime.touch(link.arena, layout.HEAP_AT_BYTE)  # rigs are the understudy's to walk through
    wake_exactly()
    realtime.stop_collecting()
    refused = realtime.take_priority(board.audio.realtime_priority)
    # An ordinary thread is better off where the scheduler finds room for it.
    warnings += [refused] if refused else [realtime.use_core(core)]
    return [warning for warning in warnings if warning]


def _signal_pipe() -> int:
    """A descriptor to read from that delivers a byte with each of our signals."""
    read_fd, write_fd = os.pipe2(os.O_CLOEXEC)
    os.set_blocking(write_fd, False)
    signal.set_wakeup_fd(write_fd)
    for number in _SIGNALS:
        signal.signal(number, lambda *_: None)
    return read_fd


def _stop_on_signal(read_fd: int, link: Link) -> None:
    """Sleep until a signal comes, then ask everybody to stop."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    os.read(read_fd, 1)
    link.put(layout.STOP, 1)
    time.sleep(_STOP_S)
    os._exit(0)  # the period thread still waits for a card that does not answer


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
