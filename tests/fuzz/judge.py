"""What has to hold for any file from outside: it plays, or it is refused in one sentence; soon, and in little memory.

Used by the everyday test and by the fuzzer. An ``AssertionError`` or any error that is no ``PedalError`` is a finding.
"""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import numpy as np

from pedal.config import parse_board
from pedal.errors import PedalError
from pedal.library.impulses import MAX_TAPS, load_impulse
from pedal.nam.file import parse_model
from pedal.nam.model import Model
from pedal.preset import format_preset, parse_preset

MOST_SECONDS = 1.0
MOST_GROWTH_BYTES = 200 << 20
#: Models above these are read, but not played by the fuzzer: their size alone would take its time.
_MOST_MACS, _MOST_STATE = 20_000, 200_000

Judge = Callable[[bytes], bool]


def judge_model(data: bytes) -> bool:
    """Whether ``data`` is a model; one that is small is played as well. Its two decoders have to agree."""
    try:
        quick = msgspec.json.decode(data)
    except (ValueError, RecursionError):
        pass
    else:
        assert quick == json.loads(data)
    try:
        model = parse_model(data, "fuzzed.nam")
    except PedalError as error:
        _check_sentence(error, "fuzzed.nam: ")
        return False
    _play(model)
    return True


def _play(model: Model) -> None:
    x = (0.3 * np.random.default_rng(1).standard_normal(300)).astype(np.float32)
    for index, width in enumerate(model.widths[:4]):
        assert width.weights_count > 0 and width.receptive_field_frames > 0
        if width.macs_per_sample > _MOST_MACS or width.spec.history_count > _MOST_STATE:
            continue
        from pedal.nam.engine import Engine

        # Weights near the end of float32 overflow on the way, which the pedal's guard is for; elsewhere it is silent.
        with np.errstate(all="ignore"):
            y = Engine(model, index, 64).process(x)
        assert y.shape == x.shape


def judge_preset(data: bytes) -> bool:
    """Whether ``data`` is a preset; then it survives being written."""
    try:
        preset = parse_preset(data.decode("utf-8", errors="replace"), "fuzzed.toml")
    except PedalError as error:
        _check_sentence(error, "fuzzed.toml")
        return False
    assert parse_preset(format_preset(preset), "again") == preset
    return True


def judge_board(data: bytes) -> bool:
    """Whether ``data`` is a board file."""
    try:
        parse_board(data.decode("utf-8", errors="replace"), "fuzzed.toml")
    except PedalError as error:
        _check_sentence(error, "fuzzed.toml")
        return False
    return True


def judge_impulse(data: bytes) -> bool:
    """Whether ``data`` is an impulse response."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "fuzzed.wav"
        path.write_bytes(data)
        try:
            taps = load_impulse(path, 48000)
        except PedalError as error:
            _check_sentence(error, "")
            return False
    assert 1 <= taps.size <= MAX_TAPS and np.isfinite(taps).all()
    return True


JUDGES: dict[str, Judge] = {
    "model": judge_model,
    "preset": judge_preset,
    "board": judge_board,
    "impulse": judge_impulse,
}


def _check_sentence(error: PedalError, start: str) -> None:
    sentence = str(error)
    assert sentence.startswith(start) and sentence.isprintable(), sentence
    assert len(sentence) < 2000, len(sentence)
    sentence.encode()


def within_bounds(judge: Judge, data: bytes, start_rss_bytes: int) -> bool:
    """``judge``, in at most ``MOST_SECONDS`` of this thread and without growing by ``MOST_GROWTH_BYTES``."""
    began = time.thread_time()
    verdict = judge(data)
    spent = time.thread_time() - began
    assert spent < MOST_SECONDS, f"took {spent:.2f} s"
    growth = peak_rss_bytes() - start_rss_bytes
    assert growth < MOST_GROWTH_BYTES, f"grew by {growth >> 20} MiB"
    return verdict


def peak_rss_bytes() -> int:
    """The most memory this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
