"""The heartbeat, read from whatever lies in the link's place."""

from __future__ import annotations

import struct
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pedal import layout
from pedal.system.heartbeat import load_beat, parse_beat


def head(**words: int) -> bytes:
    values = [0] * layout.WORDS
    for name, value in ({"MAGIC": layout.LINK_MAGIC, "VERSION": layout.LINK_VERSION} | words).items():
        values[getattr(layout, name)] = value
    return struct.pack(f"={layout.WORDS}q", *values)


def test_a_running_card_without_a_beat_is_stuck() -> None:
    def look(state: int, age_s: float) -> bool:
        words = head(CARD_STATE=state, AUDIO_BEAT_NS=10**12 - int(age_s * 1e9), AUDIO_PID=7)
        beat = parse_beat(words, 10**12)
        assert beat is not None and beat.audio_pid == 7
        return beat.is_stuck(1.0)

    assert look(layout.CARD_RUNNING, 1.1)
    assert not look(layout.CARD_RUNNING, 0.9)
    assert not look(layout.CARD_LOST, 60.0), "nothing to play on is no reason to kill"
    assert not look(layout.CARD_STARTING, 60.0)


@given(st.binary(max_size=8 * layout.WORDS))
def test_anything_else_has_no_beat(noise: bytes) -> None:
    assert parse_beat(noise, 0) is None


def test_another_version_has_no_beat() -> None:
    assert parse_beat(head(), 0) is not None
    assert parse_beat(head(VERSION=layout.LINK_VERSION + 1), 0) is None


def test_no_file_has_no_beat(tmp_path: Path) -> None:
    assert load_beat(tmp_path / "link") is None
    (tmp_path / "link").write_bytes(head(CARD_STATE=layout.CARD_RUNNING))
    beat = load_beat(tmp_path / "link")
    assert beat is not None and beat.age_s > 0
