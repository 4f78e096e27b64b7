"""The virtual card: real ALSA on a machine without a sound card, paced in real time.

A PCM in user space: the ``jack`` plugin gives it the clock of a private jackd with a dummy driver,
``lfloat`` whole-number formats (unlike ``plug`` it refuses other rates and channel counts, as a
card does), and ``file`` on top puts a take in place of what a guitar would play and keeps what the
pedal plays. Owned by whatever process runs the virtual pedal; used by pedal-audio as any card.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType

import numpy as np
import soundfile
from numpy.typing import NDArray

from pedal.audio.realtime import may_take_priority
from pedal.errors import CardError
from pedal.virtual.raw import BITS, decode, encode
from pedal.virtual.take import Tape

#: The PCM's name: a board's ``audio.card``.
PCM_NAME = "virtual"
_ALSA_CONF = Path("/usr/share/alsa/alsa.conf")
_JACK_PRIORITY = 80  # above the period thread: it is the clock
_START_S = 5.0
_INSTALL = "Install jackd2 and libasound2-plugins (apt install jackd2 libasound2-plugins)"
_CHANNELS_OUT = 2


class VirtualCard:
    """A sound card made of files, as a context: on from ``__enter__`` to ``__exit__``.

    Args:
        directory: its own: made if missing; of an earlier card in it nothing is kept.
        take: what the guitar plays, float32 ``(frames,)``; repeated without end if paced.
        rate_hz: the only rate the card runs at.
        period_frames: the clock's period; the pedal's period must be the same.
        capture_channels: 1 or 2, the same signal on each.
        sample_format: the format the pedal must choose; the take is laid out in it.
        keep_played: False throws away what the pedal plays: a file of it grows by 23 MB a minute.
        paced: False for a card that is always ready, for tests: the take once, as fast as it is
            read, and after it whatever lay in memory.

    The thread that enters must outlive the card: the kernel ends jackd with that thread, so that
    no clock is left ticking after a killed pedal.
    """

    def __init__(
        self,
        directory: Path,
        take: NDArray[np.float32],
        *,
        rate_hz: int = 48000,
        period_frames: int = 64,
        capture_channels: int = 1,
        sample_format: str = "S32_LE",
        keep_played: bool = True,
        paced: bool = True,
    ) -> None:
        self.directory = directory
        self.rate_hz = rate_hz
        self.period_frames = period_frames
        self.capture_channels = capture_channels
        self.sample_format = sample_format
        self.keep_played = keep_played
        self.paced = paced
        self.real_time = False
        self._take = take
        self._server = f"pedal-{os.getpid()}-{id(self) & 0xFFFF:x}"
        self._jackd: subprocess.Popen[bytes] | None = None
        self._tape: Tape | None = None

    def __enter__(self) -> VirtualCard:
        """Start the tape and the clock.

        Raises:
            CardError: jackd or the plugins are missing, or do not start.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        infile = self.directory / "take"
        for left in (infile, *self.directory.glob("played*")):
            left.unlink(missing_ok=True)
        (self.directory / "asoundrc").write_text(self._asoundrc(infile))
        data = encode(np.repeat(self._take, self.capture_channels), self.sample_format)
        if not self.paced:
            infile.write_bytes(data)
            return self
        self._tape = Tape(infile, data, BITS[self.sample_format] // 8 * self.capture_channels)
        try:
            self.start_clock()
        except CardError:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop_clock()
        if self._tape is not None:
            self._tape.close()
            self._tape = None
        (self.directory / "take").unlink(missing_ok=True)

    def environment(self) -> dict[str, str]:
        """What a process needs in its environment to find this card under ``PCM_NAME``."""
        return {
            "ALSA_CONFIG_PATH": f"{_ALSA_CONF}:{self.directory / 'asoundrc'}",
            "JACK_DEFAULT_SERVER": self._server,
            "JACK_NO_AUDIO_RESERVATION": "1",
            "JACK_NO_START_SERVER": "1",
        }

    def start_clock(self) -> None:
        """Start jackd and wait until it answers; with real-time priority where that is permitted."""
        program = shutil.which("jackd")
        if program is None:
            raise CardError("jackd is not installed", where="virtual card", hint=_INSTALL)
        self.real_time = may_take_priority(_JACK_PRIORITY)
        rights = ["-R", "-P", str(_JACK_PRIORITY)] if self.real_time else ["-r"]
        driver = ["-d", "dummy", "-r", str(self.rate_hz), "-p", str(self.period_frames)]
        ports = ["-C", str(self.capture_channels), "-P", str(_CHANNELS_OUT)]
        with (self.directory / "jackd.log").open("wb") as log:
            self._jackd = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", program, "--name", self._server, *rights, *driver, *ports],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=os.environ | self.environment(),
                start_new_session=True,  # Ctrl-C in the terminal is for the pedal, which stops its clock last
            )
        deadline_s = time.monotonic() + _START_S
        while not _answers(self._server):
            if self._jackd.poll() is not None or time.monotonic() > deadline_s:
                self.stop_clock()
                log_path = self.directory / "jackd.log"
                raise CardError("jackd does not start", where="virtual card", hint=f"See {log_path}. {_INSTALL}")
            time.sleep(0.02)

    def stop_clock(self) -> None:
        """Stop jackd, as if the card were unplugged."""
        if self._jackd is None:
            return
        self._jackd.terminate()
        try:
            self._jackd.wait(2.0)
        except subprocess.TimeoutExpired:
            self._jackd.kill()
            self._jackd.wait()
        self._jackd = None
        for left in Path("/dev/shm").glob(f"jack*{self._server}_*"):
            with contextlib.suppress(OSError):
                left.unlink()

    def played(self) -> list[NDArray[np.float32]]:
        """What was played so far: float32 ``(frames, 2)``, one array for each time the card was opened.

        alsa-lib holds back at most one buffer of a card that is still open, or whose owner was killed.
        """
        paths = sorted(self.directory.glob("played*"))
        lives = [decode(path.read_bytes(), self.sample_format, _CHANNELS_OUT) for path in paths]
        return [life for life in lives if len(life)]

    def write_played(self, path: Path) -> int:
        """Write all that was played, one life after the other, as a float32 WAV; returns its frames."""
        lives = self.played()
        whole = np.concatenate(lives) if lives else np.zeros((0, _CHANNELS_OUT), np.float32)
        soundfile.write(path, whole, self.rate_hz, subtype="FLOAT")
        return len(whole)

    def _asoundrc(self, infile: Path) -> str:
        sides = {"capture": self.capture_channels, "playback": _CHANNELS_OUT}
        ports = " ".join(
            f"{side}_ports {{ " + " ".join(f'{n} "system:{side}_{n + 1}"' for n in range(count)) + " }"
            for side, count in sides.items()
        )
        clock = f"type jack {ports}" if self.paced else "type null"
        # truncate no: each opening makes a file of its own (played, played.0001, ...).
        files = {
            "playback": f'file "{self.directory / "played"}" truncate no' if self.keep_played else 'file "/dev/null"',
            "capture": f'file "/dev/null" infile "{infile}"',
        }
        lines = [
            f"pcm.{PCM_NAME} {{ type asym playback.pcm virtual_playback capture.pcm virtual_capture "
            'hint { show on description "the virtual pedal" } }',
            f"pcm.virtual_clock {{ {clock} }}",
        ]
        for side, named in files.items():
            # Only on top, where it is read and written and not mapped, does "file" keep to the frame.
            lines.append(f"pcm.virtual_{side} {{ type file slave.pcm virtual_{side}_whole {named} format raw }}")
            lines.append(f"pcm.virtual_{side}_whole {{ type lfloat slave {{ pcm virtual_clock format FLOAT }} }}")
        return "\n".join(lines) + "\n"


def _answers(server: str) -> bool:
    """Whether a jackd of this name takes clients (libjack's options: 1 no start, 4 server name)."""
    try:
        jack = ctypes.CDLL("libjack.so.0")
    except OSError as missing:
        raise CardError("libjack is not installed", where="virtual card", hint=_INSTALL) from missing
    silence = ctypes.CFUNCTYPE(None, ctypes.c_char_p)(_ignore)
    jack.jack_set_error_function(silence)
    jack.jack_set_info_function(silence)
    jack.jack_client_open.restype = ctypes.c_void_p
    status = ctypes.c_int()
    client = jack.jack_client_open(b"pedal-probe", 1 | 4, ctypes.byref(status), server.encode())
    if client:
        jack.jack_client_close(ctypes.c_void_p(client))
    jack.jack_set_error_function(None)
    jack.jack_set_info_function(None)
    return bool(client)


def _ignore(message: bytes) -> None:
    """What libjack prints while nobody answers yet."""
