"""The pedal in safe mode: ``python -m pedal.audio.safe BOARD LINK REASON``. Guitar in, guitar out, nothing else.

Started by ``system/post`` in place of ``process`` when that failed three times in a minute. Whatever the reason was -
a model, a rig, a kernel, the compiler, its cache - is not here: no rig is played, no kernel loaded, and what others
wrote into the link is left as it is, so that nothing of it is lost. The loop, the card and the heartbeat are those of
``process``. Plain numpy between two periods costs some 20 us, which a period has to spare when nothing else is in it.
"""

from __future__ import annotations

import logging
import mmap
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pedal import layout
from pedal.arena import Arena
from pedal.audio import realtime
from pedal.audio.alsa import FORMATS
from pedal.audio.alsa_mixer import ReadyCard
from pedal.audio.loop import STARTING, play
from pedal.audio.stopping import block_signals, on_signal
from pedal.audio.words import CardWords
from pedal.config import Board, load_board
from pedal.errors import PedalError

_log = logging.getLogger("pedal.audio")
#: The guitar comes in over this time.
FADE_S = 0.02
#: Meters fall 20 dB in this time, as ``rig/period`` has it.
_METER_FALL_S = 0.3
_CLIP = 0.999
_SAMPLE_BYTES = {code: size for size, code in FORMATS.values()}
#: What a rig and its load left: nothing of it is so any more.
_GONE_F64 = (layout.LOAD, layout.LOAD_MEAN, layout.LOAD_PEAK)


class PassThrough:
    """What ``play_period`` does with a bypassed pedal, for bytes: every sample comes out as it came in.

    Only the mean of two inputs (``input = "sum"``) and fades compute anything: at the start, around another choice of
    input, and to silence for the tuner.
    """

    def __init__(self) -> None:
        self._select = -1
        self._heard = 0.0  # 0 silent, 1 as it came in

    def __call__(self, f32: Any, f64: Any, i64: Any, captured: NDArray[np.uint8], played: Any, n: int) -> None:
        """One period of ``n`` frames; the arguments are those of ``rig.period.play_period``."""
        channels, size = int(i64[layout.CAPTURE_CHANNELS]), _SAMPLE_BYTES[int(i64[layout.SAMPLE_FORMAT])]
        # All formats look alike at the upper end of 32 bits.
        wide = np.zeros((n, channels, 4), np.uint8)
        wide[:, :, 4 - size :] = captured.reshape(n, channels, size)
        samples = wide.view("<i4")[:, :, 0]
        select = self._chosen(i64) if channels == 2 else 0
        mono = (samples[:, 0] >> 1) + (samples[:, 1] >> 1) if select == layout.SELECT_SUM else samples[:, select]
        mono = self._fade(np.ascontiguousarray(mono), i64)
        heard = mono.view(np.uint8).reshape(n, 1, 4)[:, :, 4 - size :]
        played.reshape(n, int(i64[layout.PLAYBACK_CHANNELS]), size)[:] = heard
        self._account(f64, i64, mono, n)

    def _chosen(self, i64: Any) -> int:
        """The input that is heard: another one than last time only from silence on."""
        if self._heard == 0.0:
            self._select = _wanted(i64)
        return self._select

    def _fade(self, mono: NDArray[np.int32], i64: Any) -> NDArray[np.int32]:
        changes = int(i64[layout.CAPTURE_CHANNELS]) == 2 and self._select != _wanted(i64)
        silent = bool(i64[layout.SILENT] or i64[layout.MUTED]) or changes
        if not silent and self._heard == 1.0:
            return mono
        steps = (1 + np.arange(len(mono))) / round(FADE_S * int(i64[layout.RATE_HZ]))
        gains = np.clip(self._heard + (-steps if silent else steps), 0.0, 1.0)
        self._heard = float(gains[-1])
        return np.where(gains < 1.0, mono * gains, mono).astype(np.int32)

    def _account(self, f64: Any, i64: Any, mono: NDArray[np.int32], n: int) -> None:
        peak = float(np.abs(mono.astype(np.float64)).max()) / 2.0**31
        falling = 0.1 ** (n / (_METER_FALL_S * float(i64[layout.RATE_HZ])))
        for meter in (layout.IN_PEAK, layout.OUT_PEAK):
            f64[meter] = max(peak, float(f64[meter]) * falling)
        if peak >= _CLIP:
            i64[layout.CLIPPED_AT] = i64[layout.FRAME]
        i64[layout.FRAME] += n
        i64[layout.PERIOD_COUNT] += 1
        i64[layout.AUDIO_BEAT_NS] = time.monotonic_ns()


def _wanted(i64: Any) -> int:
    """The player's input, else the board's."""
    chosen = int(i64[layout.INPUT_CHANNEL])
    return min(chosen - 1, layout.SELECT_SUM) if chosen > 0 else int(i64[layout.CAPTURE_SELECT])


def open_words(link_path: Path) -> Arena:
    """The words of the link that is there, of whatever build; private ones, which nobody sees, if there is none.

    Only ``pedal.link`` can make a link, and that needs the compiler.
    """
    try:
        with link_path.open("r+b") as file:
            if os.fstat(file.fileno()).st_size == layout.LINK_BYTES:
                arena = Arena(np.frombuffer(mmap.mmap(file.fileno(), layout.LINK_BYTES), np.uint8))
                if (arena.i64[layout.MAGIC], arena.i64[layout.VERSION]) == (layout.LINK_MAGIC, layout.LINK_VERSION):
                    return arena
    except OSError:
        pass
    return Arena.allocate(8 * layout.STATUS_END)


def main(board: Board, link_path: Path) -> None:
    """Pass the guitar through until SIGTERM or SIGINT. A missing card is waited for."""
    block_signals()
    arena = open_words(link_path)

    def put(word: int, value: int) -> None:
        arena.i64[word] = value

    words = CardWords(arena, put, board)
    words.set_state(STARTING)
    put(layout.STOP, 0)
    put(layout.AUDIO_PID, os.getpid())
    put(layout.PLAYING_SLOT, -1)
    for index in _GONE_F64:
        arena.f64[index] = 0.0
    on_signal(lambda: put(layout.STOP, 1))
    core, _ = realtime.choose_cores(board.audio.period_core)
    for warning in realtime.prepare(board.audio.realtime_priority, core, arena, 8 * layout.STATUS_END):
        _log.warning("%s", warning)
    play(ReadyCard(board.audio, board.mixer, _log.warning), words, PassThrough(), _log.info)


def _command_line() -> int:
    logging.basicConfig(level=logging.INFO, format="pedal-audio: %(message)s")
    if len(sys.argv) != 4:
        print("usage: python -m pedal.audio.safe BOARD LINK REASON", file=sys.stderr)
        return 2
    _log.warning(
        "safe mode: the guitar passes through clean. %s `pedal resume` tries the whole pedal again.", sys.argv[3]
    )
    try:
        main(load_board(sys.argv[1]), Path(sys.argv[2]))
    except PedalError as error:
        print(f"pedal-audio: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_command_line())
