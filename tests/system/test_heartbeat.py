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


def test_a_running_card_owes_periods() -> None:
    def silent_s(state: int, pid: int = 7) -> float:
        beat = parse_beat(head(CARD_STATE=state, AUDIO_BEAT_NS=10**12 - 10**9, AUDIO_PID=7), 10**12)
        assert beat is not None
        return beat.silent_s("audio", pid)

    assert silent_s(layout.CARD_RUNNING) == 1.0
    assert silent_s(layout.CARD_LOST) == 0.0, "nothing to play on is no reason to kill"
    assert silent_s(layout.CARD_STARTING) == 0.0
    assert silent_s(layout.CARD_RUNNING, pid=8) == 0.0, "what a dead predecessor left"


def test_a_panel_with_a_link_owes_ticks() -> None:
    beat = parse_beat(head(PANEL_BEAT_NS=10**12 - 10**9, PANEL_PID=7), 10**12)
    assert beat is not None
    assert beat.silent_s("panel", 7) == 1.0
    assert beat.silent_s("panel", 8) == 0.0
    assert beat.silent_s("editor", 7) == 0.0


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
    assert beat is not None and beat.audio_age_s > 0
