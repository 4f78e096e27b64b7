"""Whether the sound still flows, read from the link's file without mapping it.

Called by ``supervise`` and by commands that only want to look. Reading a file that others have
mapped shows what they last stored; it needs no compiled code, and holds no memory of a dead pedal.
"""

from __future__ import annotations

import struct
import time
from dataclasses import dataclass
from pathlib import Path

from pedal import layout


@dataclass(frozen=True)
class Beat:
    """One look at the audio process."""

    audio_pid: int
    card_state: int
    age_s: float  # since the last period was played

    def is_stuck(self, limit_s: float) -> bool:
        """The card is said to run, but no period has been played for ``limit_s``."""
        return self.card_state == layout.CARD_RUNNING and self.age_s > limit_s


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
        age_s=(now_ns - words[layout.AUDIO_BEAT_NS]) / 1e9,
    )


def load_beat(link_path: Path) -> Beat | None:
    """The beat of the pedal that uses this link file; None if there is none."""
    try:
        with link_path.open("rb") as file:
            head = file.read(8 * layout.WORDS)
    except OSError:
        return None
    return parse_beat(head, time.monotonic_ns())
