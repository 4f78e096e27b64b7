"""The virtual card: real ALSA on a machine without a sound card, paced in real time.

A PCM in user space: the ``jack`` plugin gives it the clock of a private jackd with a dummy driver,
``lfloat`` whole-number formats (unlike ``plug`` it refuses other rates and channel counts, as a
card does), and ``file`` on top puts a take in place of what a guitar would play and keeps what the
pedal plays. Owned by whatever process runs the virtual pedal; used by pedal-audio as any card.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import numpy as np
import soundfile
from numpy.typing import NDArray

from pedal.errors import CardError
from pedal.virtual.clock import Clock
from pedal.virtual.raw import BITS, decode, encode
from pedal.virtual.take import Tape

#: The PCM's name: a board's ``audio.card``.
PCM_NAME = "virtual"
_ALSA_CONF = Path("/usr/share/alsa/alsa.conf")
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
        cabled: its input hears what ``cable.plug_in`` connects to it, and no take.

    The thread that enters must outlive the card: the clock ends with that thread, so that none is
    left ticking after a killed pedal.
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
        cabled: bool = False,
    ) -> None:
        self.directory = directory
        self.rate_hz = rate_hz
        self.period_frames = period_frames
        self.capture_channels = capture_channels
        self.sample_format = sample_format
        self.keep_played = keep_played
        self.paced = paced
        self.cabled = cabled
        self._take = take
        self._clock: Clock | None = None
        self._started = ExitStack()

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
        with ExitStack() as started:  # taken back unless all of it succeeds
            tape = Tape(infile, data, BITS[self.sample_format] // 8 * self.capture_channels)
            started.callback(infile.unlink)
            started.callback(tape.close)
            driver = ["-r", str(self.rate_hz), "-p", str(self.period_frames)]
            ports = ["-C", str(self.capture_channels), "-P", str(_CHANNELS_OUT)]
            clock = Clock(driver + ports, self.directory / "jackd.log")
            started.callback(clock.close)
            clock.start()
            self._clock, self._started = clock, started.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._started.close()
        self._clock = None

    def environment(self) -> dict[str, str]:
        """What a process needs in its environment to find this card under ``PCM_NAME``."""
        clock = self._clock.environment() if self._clock is not None else {}
        return {"ALSA_CONFIG_PATH": f"{_ALSA_CONF}:{self.directory / 'asoundrc'}"} | clock

    @property
    def real_time(self) -> bool:
        """Whether the clock has real-time priority."""
        return self._clock is not None and self._clock.real_time

    def start_clock(self) -> None:
        """Plug the card in again after ``stop_clock``.

        Raises:
            CardError: jackd does not start, or the card is off.
        """
        if self._clock is None:
            raise CardError("is off, or has no clock", where="virtual card")
        self._clock.start()

    def stop_clock(self) -> None:
        """Unplug the card: whoever plays on it waits for ever, whoever opens it finds none."""
        if self._clock is not None:
            self._clock.stop()

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
            "capture": 'file "/dev/null"' + ("" if self.cabled else f' infile "{infile}"'),
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
