"""Whether the sound still flows and the panel still turns, read from the link's file without mapping it.

Called by ``supervise`` and by commands that only want to look. Reading a file that others have
mapped shows what they last stored; it needs no compiled code, and holds no memory of a dead pedal.
"""

from __future__ import annotations

import os
import struct
import time
from dataclasses import dataclass
from pathlib import Path

from pedal import layout


@dataclass(frozen=True)
class Beat:
    """One look at both heartbeats."""

    audio_pid: int
    card_state: int
    audio_age_s: float  # since the last period was played
    panel_pid: int
    panel_age_s: float  # since the last tick of the panel's loop
    xruns: int = 0
    is_muted: bool = False  # as ``save_muted`` left it

    def silent_s(self, name: str, pid: int) -> float:
        """For how long the child ``name`` ("audio", "panel"), process ``pid``, has owed a sign of life.

        0 while nothing can be expected: it has not come so far as to say its number (what a dead predecessor left
        says nothing about it), or there is no card to play on.
        """
        if name == "audio" and pid == self.audio_pid and self.card_state == layout.CARD_RUNNING:
            return self.audio_age_s
        if name == "panel" and pid == self.panel_pid:
            return self.panel_age_s
        return 0.0


def parse_beat(head: bytes, now_ns: int) -> Beat | None:
    """The beat in a link's first words; None if these are not the words of this version.

    Args:
        head: the first ``8 * layout.WORDS`` bytes of the file.
        now_ns: the monotonic clock.
    """
    if len(head) < 8 * layout.WORDS:
        return None
    words = struct.unpack_from(f"={layout.WORDS}q", head)
    if words[layout.MAGIC] != layout.LINK_MAGIC or words[layout.VERSION] != layout.LINK_VERSION:
        return None
    return Beat(
        audio_pid=words[layout.AUDIO_PID],
        card_state=words[layout.CARD_STATE],
        audio_age_s=(now_ns - words[layout.AUDIO_BEAT_NS]) / 1e9,
        panel_pid=words[layout.PANEL_PID],
        panel_age_s=(now_ns - words[layout.PANEL_BEAT_NS]) / 1e9,
        xruns=words[layout.XRUNS],
        is_muted=words[layout.MUTED] != 0,
    )


def load_beat(link_path: Path) -> Beat | None:
    """The beat of the pedal that uses this link file; None if there is none."""
    try:
        with link_path.open("rb") as file:
            head = file.read(8 * layout.WORDS)
    except OSError:
        return None
    return parse_beat(head, time.monotonic_ns())


def save_muted(link_path: Path, muted: bool) -> None:
    """Tell pedal-audio to fade to silence, or back: the one word of the link that its parent writes.

    Only after ``load_beat`` has seen a link there. Eight bytes at a multiple of eight: the period thread sees the old
    word or the new one.
    """
    try:
        with link_path.open("r+b", buffering=0) as file:
            os.pwrite(file.fileno(), struct.pack("=q", muted), 8 * layout.MUTED)
    except OSError:  # it went meanwhile, and who makes it anew is told again
        return
