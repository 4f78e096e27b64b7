"""Meters of a pedal that plays meanwhile, for ``pedal setup``: reads the link's file, changes nothing, is never heard.

The card is the pedal's: what needs it alone - other periods, a cable - is left out, and said so.
"""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pedal import layout
from pedal.errors import CardError
from pedal.setup.strum import Level
from pedal.setup.wakes import Wakes
from pedal.system.heartbeat import Beat, load_beat
from pedal.units import db_from_gain

#: A pedal that has not played a period for so long is not playing.
_SILENT_S = 1.0
#: Meters fall 20 dB in 0.3 s: looked at so often, a peak is read 1.4 dB too low at worst.
_LOOK_S = 0.02

Watch = Callable[[float, Level], None]


@dataclass(frozen=True, slots=True)
class _Look:
    """The words that count here."""

    rate_hz: int
    period_frames: int
    periods: int
    frame: int
    clipped_at: int
    xruns: int
    in_peak: float


def is_playing(runtime: Path) -> bool:
    """Whether a pedal plays there now."""
    beat = load_beat(runtime / "link")
    return beat is not None and _alive(beat) and beat.audio_age_s < _SILENT_S


def listen(runtime: Path, seconds: float, watch: Watch) -> tuple[Level, Wakes]:
    """The input's level and the card's gaps for so long.

    Lateness is not in the link, only gaps are: ``late_s`` of what comes back is 0.

    Raises:
        CardError: the pedal has stopped meanwhile.
    """
    first = look = _look(runtime)
    peak, clipped, started_s = look.in_peak, 0, time.monotonic()
    while (passed_s := time.monotonic() - started_s) < seconds:
        time.sleep(_LOOK_S)
        before, look = look, _look(runtime)
        clipped += look.clipped_at != before.clipped_at
        peak = max(peak, look.in_peak)
        watch(passed_s / seconds, Level(db_from_gain(peak), clipped))
    if look.frame == first.frame:
        raise CardError("the pedal has stopped", hint="Start it again, or set it up without it")
    wakes = Wakes(look.period_frames, look.periods, look.rate_hz, seconds, (0.0, 0.0, 0.0), look.xruns - first.xruns)
    return Level(db_from_gain(min(peak, 1.0)), clipped), wakes


def _look(runtime: Path) -> _Look:
    try:
        with (runtime / "link").open("rb") as file:
            words = struct.unpack(f"={layout.WORDS}q", file.read(8 * layout.WORDS))
            (in_peak,) = struct.unpack("=d", os.pread(file.fileno(), 8, 8 * layout.IN_PEAK))
    except (OSError, struct.error) as gone:
        raise CardError("the pedal has stopped", hint="Start it again, or set it up without it") from gone
    return _Look(
        rate_hz=words[layout.RATE_HZ],
        period_frames=words[layout.PERIOD_FRAMES],
        periods=words[layout.PERIODS],
        frame=words[layout.FRAME],
        clipped_at=words[layout.CLIPPED_AT],
        xruns=words[layout.XRUNS],
        in_peak=in_peak if 0.0 <= in_peak < 1e3 else 0.0,
    )


def _alive(beat: Beat) -> bool:
    try:
        os.kill(beat.audio_pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # of another user
        return True
    return beat.audio_pid > 0
