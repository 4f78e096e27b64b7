"""Safe mode: every sample comes out as it came in, whatever the card, and without anything that could have failed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pedal import layout
from pedal.arena import Arena
from pedal.audio.alsa import FORMATS
from pedal.audio.safe import FADE_S, PassThrough, open_words
from pedal.health import ask_resume, load_health
from pedal.link import Link, Word
from pedal.system.heartbeat import load_beat
from pedal.system.post import Child
from pedal.system.supervise import Supervisor
from pedal.virtual.card import VirtualCard
from pedal.virtual.raw import encode
from tests.audio.players import ROOT, needs_jackd, take
from tests.audio.test_process import BOARD, PERIOD, compiled_kernels

__all__ = ["compiled_kernels"]
RATE_HZ = 48000
FADE_FRAMES = round(FADE_S * RATE_HZ)
GIVE_UP_S = 100.0


def arena(sample_format: str, channels: int, select: int) -> Arena:
    made = Arena.allocate(8 * layout.STATUS_END)
    words = {
        layout.RATE_HZ: RATE_HZ,
        layout.SAMPLE_FORMAT: FORMATS[sample_format][1],
        layout.CAPTURE_CHANNELS: channels,
        layout.CAPTURE_SELECT: select,
        layout.PLAYBACK_CHANNELS: 2,
    }
    for word, value in words.items():
        made.i64[word] = value
    return made


def passed(memory: Arena, captured: NDArray[np.uint8], frame_bytes: int, period: int) -> NDArray[np.uint8]:
    """All that is played, period by period, as bytes per frame."""
    frames = len(captured) // frame_bytes
    played = np.zeros(frames * 2 * sample_bytes(memory), np.uint8)
    play = PassThrough()
    for start in range(0, frames, period):
        stop = min(start + period, frames)
        out = np.zeros((stop - start) * 2 * sample_bytes(memory), np.uint8)
        play(memory.f32, memory.f64, memory.i64, captured[start * frame_bytes : stop * frame_bytes], out, stop - start)
        played[start * 2 * sample_bytes(memory) : stop * 2 * sample_bytes(memory)] = out
    return played.reshape(frames, 2, sample_bytes(memory))


def sample_bytes(memory: Arena) -> int:
    return {code: size for size, code in FORMATS.values()}[int(memory.i64[layout.SAMPLE_FORMAT])]


@pytest.mark.parametrize("sample_format", FORMATS)
@pytest.mark.parametrize(("channels", "select"), [(1, layout.SELECT_LEFT), (2, layout.SELECT_LEFT), (2, 1)])
def test_every_bit(sample_format: str, channels: int, select: int) -> None:
    memory = arena(sample_format, channels, select)
    size, frames = FORMATS[sample_format][0], FADE_FRAMES + 4 * 64
    captured = np.random.default_rng(3).integers(0, 256, frames * channels * size, np.uint8)
    captured.flags.writeable = False  # as bytes from the card are
    heard = passed(memory, captured, channels * size, 64)
    guitar = captured.reshape(frames, channels, size)[:, select if channels == 2 else 0]
    np.testing.assert_array_equal(heard[FADE_FRAMES:], np.repeat(guitar[FADE_FRAMES:, None], 2, axis=1))
    assert memory.i64[layout.FRAME] == frames and memory.i64[layout.PERIOD_COUNT] == -(-frames // 64)


def numbers(raw: NDArray[np.uint8], size: int) -> NDArray[np.float64]:
    """Samples as share of full scale, written down once more and differently."""
    values = [int.from_bytes(sample.tobytes(), "little", signed=True) for sample in raw.reshape(-1, size)]
    return np.array(values) / 2.0 ** (8 * size - 1)


@pytest.mark.parametrize("sample_format", FORMATS)
def test_the_sum_is_the_mean_and_cannot_overflow(sample_format: str) -> None:
    memory, size = arena(sample_format, 2, layout.SELECT_SUM), FORMATS[sample_format][0]
    rng = np.random.default_rng(4)
    two = rng.uniform(-1.0, 0.999, (FADE_FRAMES + 200, 2)).astype(np.float32)
    two[FADE_FRAMES : FADE_FRAMES + 3] = [(-1.0, -1.0), (0.999, 0.999), (1.0, -1.0)]
    captured = np.frombuffer(encode(two.reshape(-1), sample_format), np.uint8)
    heard = passed(memory, captured, 2 * size, 100)
    left = numbers(heard[FADE_FRAMES:, 0].copy(), size)
    mean = numbers(captured, size).reshape(-1, 2)[FADE_FRAMES:].mean(axis=1)
    assert np.abs(left - mean).max() <= 1.5 / 2.0 ** (8 * size - 1)


@pytest.mark.parametrize("period", [16, 64, 256])
def test_the_guitar_comes_in_without_a_click(period: int) -> None:
    memory = arena("S32_LE", 1, 0)
    captured = np.frombuffer(encode(np.full(FADE_FRAMES + 512, 0.5, np.float32), "S32_LE"), np.uint8)
    left = numbers(passed(memory, captured, 4, period)[:, 0].copy(), 4)
    assert 0.0 < left[0] < 1.0 / FADE_FRAMES and left[-1] == 0.5
    assert np.abs(np.diff(left)).max() < 0.6 / FADE_FRAMES


@pytest.mark.parametrize("period", [16, 64, 256])
def test_another_input_and_the_tuners_silence_come_without_a_click(period: int) -> None:
    """Two constants: every step is one of a fade. To another input it fades out and in again."""
    memory = arena("S32_LE", 2, layout.SELECT_LEFT)
    two = np.tile(np.float32([0.5, -0.5]), 4 * FADE_FRAMES)
    captured = np.frombuffer(encode(two, "S32_LE"), np.uint8)
    play, heard = PassThrough(), []
    for word, value, last in (
        (layout.INPUT_CHANNEL, 0, 0.5),
        (layout.INPUT_CHANNEL, 1 + layout.SELECT_RIGHT, -0.5),
        (layout.SILENT, 1, 0.0),
        (layout.SILENT, 0, -0.5),
        (layout.MUTED, 1, 0.0),
        (layout.MUTED, 0, -0.5),
        (layout.INPUT_CHANNEL, 0, 0.5),
    ):
        memory.i64[word] = value
        for start in range(0, len(captured), 8 * period):
            out = np.zeros(len(captured[start : start + 8 * period]), np.uint8)
            play(memory.f32, memory.f64, memory.i64, captured[start : start + 8 * period], out, len(out) // 8)
            heard.append(numbers(out, 4)[::2])
        assert heard[-1][-1] == last
    assert np.abs(np.diff(np.concatenate(heard))).max() < 0.6 / FADE_FRAMES


def test_meters_and_beat() -> None:
    memory = arena("S16_LE", 1, 0)
    loud = np.frombuffer(encode(np.full(2 * FADE_FRAMES, 0.25, np.float32), "S16_LE"), np.uint8)
    passed(memory, loud, 2, 64)
    assert memory.f64[layout.IN_PEAK] == memory.f64[layout.OUT_PEAK] == pytest.approx(0.25, abs=1e-4)
    assert time.monotonic_ns() - memory.i64[layout.AUDIO_BEAT_NS] < 60e9
    passed(memory, np.zeros(2 * RATE_HZ, np.uint8), 2, 64)
    assert memory.f64[layout.IN_PEAK] < 0.001


def test_words_of_a_link_and_of_none(tmp_path: Path) -> None:
    link = Link.create(tmp_path / "link")
    open_words(tmp_path / "link").i64[layout.XRUNS] = 7
    assert link.get(Word.XRUNS) == 7
    for content in (b"", b"x" * 4096, bytes(layout.LINK_BYTES)):
        (tmp_path / "other").write_bytes(content)
        open_words(tmp_path / "other").i64[layout.XRUNS] = 7
        assert (tmp_path / "other").read_bytes() == content
    assert not (tmp_path / "none").exists() and open_words(tmp_path / "none").i64[layout.XRUNS] == 0


def test_nothing_that_could_have_failed_is_loaded() -> None:
    suspects = {"numba", "llvmlite", "pedal.jit", "pedal.link", "pedal.rig", "pedal.nam"}
    script = f"import sys, pedal.audio.safe; print(*({suspects} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stdout.strip()) == (0, "")


@needs_jackd
def test_three_deaths_then_the_guitar_then_the_pedal_again(tmp_path: Path) -> None:
    """The real processes under their parent; what is heard in safe mode is the guitar, sample for sample."""
    (tmp_path / "board.toml").write_text(BOARD)
    link_path, guitar = tmp_path / "link", take(RATE_HZ)
    killed: list[int] = []
    told: dict[str, Any] = {}

    def playing_pid() -> int:
        beat = load_beat(link_path)
        if beat is None or beat.card_state != layout.CARD_RUNNING or beat.audio_age_s > 0.2:
            return 0
        return beat.audio_pid if beat.audio_pid not in killed else 0

    def story() -> Any:
        for _ in range(3):
            while not playing_pid():
                yield
            killed.append(playing_pid())
            os.kill(killed[-1], signal.SIGKILL)
            told["killed_s"] = time.monotonic()
        while not playing_pid():
            yield
        told["silent_s"] = time.monotonic() - told["killed_s"]
        told["safe"] = load_health(tmp_path, "audio").safe_mode
        link, safe_pid = Link.attach(link_path), playing_pid()
        told["generation"], told["slot"] = link.get(Word.GENERATION), link.get(Word.PLAYING_SLOT)
        while link.get(Word.FRAME) < told.setdefault("from", link.get(Word.FRAME)) + 2 * RATE_HZ:
            yield
        assert ask_resume(tmp_path, "audio")
        killed.append(safe_pid)
        while not playing_pid():
            yield
        told["command"] = Path(f"/proc/{playing_pid()}/cmdline").read_text()
        told["health"] = load_health(tmp_path, "audio")

    with VirtualCard(tmp_path / "card", guitar, period_frames=PERIOD) as card:
        arguments = (str(tmp_path / "board.toml"), str(link_path))
        usual, safe = ((sys.executable, "-m", f"pedal.audio.{name}", *arguments) for name in ("process", "safe"))
        audio = Child("audio", usual, card.environment() | {"PYTHONPATH": str(ROOT)}, safe_command=safe)
        steps, give_up_s = story(), time.monotonic() + GIVE_UP_S
        Supervisor(
            [audio],
            tmp_path,
            load_beat=lambda: load_beat(link_path),
            ended=lambda: next(steps, "over") == "over" or time.monotonic() > give_up_s,
        ).run()
        heard = [life for life in card.played() if np.abs(life).max() > 0.5]
    print(f"sound back {told['silent_s']:.2f} s after the third kill -9")
    assert told["safe"] == "The sound failed 3 times in a minute; the last time it was killed by SIGKILL."
    assert told["slot"] == -1 and "pedal.audio.process" in told["command"] and not told["health"].safe_mode
    assert Link.attach(link_path).get(Word.GENERATION) == told["generation"], "nothing in the link was lost"
    # No rig was ever published: whatever is loud was played in safe mode.
    (safely,) = heard
    at = FADE_FRAMES + 4 * PERIOD
    snippet = safely[at : at + PERIOD, 0]
    takes = np.concatenate([guitar, guitar[:PERIOD]])
    matches = [s for s in range(RATE_HZ) if np.array_equal(takes[s : s + PERIOD], snippet)]
    assert len(matches) == 1, "the guitar, wherever its take had got to"
    np.testing.assert_array_equal(safely[:, 0], safely[:, 1])
