"""What was measured is measured once, and a cache that somebody spoilt is only slower."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal.levels import DRIVES_DB, Measured
from pedal.library.measured import METHOD, keep, measuring, recall

GOOD = Measured(-12.5, (0.5, 0.0), (-20.0, -14.0, -7.0, 0.0, 4.0))


@dataclass(frozen=True)
class Amp:
    """A model with two widths."""

    content_hash: str
    measured: Measured | None = None

    @property
    def trims_db(self) -> tuple[float, ...]:
        return (0.0, 0.0)

    def with_measured(self, measured: Measured) -> Amp:
        return replace(self, measured=measured)


class Stopwatch:
    """Measures, and counts how often it was asked to."""

    def __init__(self, found: Measured | None = GOOD) -> None:
        self.asked = 0
        self._found = found

    def measure(self, model: Amp) -> Measured | None:
        self.asked += 1
        return self._found


def test_measured_once(tmp_path: Path) -> None:
    watch = Stopwatch()
    for _ in range(3):
        read = measuring(lambda path: Amp(path.name), watch.measure, tmp_path)
        assert read(Path("a" * 64)).measured == GOOD
    assert watch.asked == 1
    read(Path("b" * 64))
    assert watch.asked == 2
    assert sorted(os.listdir(tmp_path)) == [f"{letter * 64}-{METHOD}.json" for letter in "ab"]


def test_what_is_not_measured_is_not_kept(tmp_path: Path) -> None:
    watch = Stopwatch(None)
    read = measuring(lambda path: Amp(path.name), watch.measure, tmp_path)
    assert read(Path("a")).measured is None
    assert os.listdir(tmp_path) == []


BAD: list[Any] = [
    b"",
    b"\xff\xfe",
    b"[" * 4000,
    b"x" * 100_000,
    {},
    {"loudness_db": 1e9, "trims_db": [0.0, 0.0]},
    {"loudness_db": "-18", "trims_db": [0.0, 0.0]},
    {"loudness_db": -18.0, "trims_db": [0.0]},
    {"loudness_db": -18.0, "trims_db": [0.0] * 40},
    {"loudness_db": -18.0, "trims_db": [30.0, 0.0]},
    {"loudness_db": -18.0, "trims_db": [0.0, 0.0], "changes_db": [1.0]},
    {"loudness_db": -18.0, "trims_db": [0.0, 0.0], "changes_db": [1e9] * len(DRIVES_DB)},
    {"loudness_db": -18.0, "trims_db": [0.0, 0.0], "more": 1},
    b'{"loudness_db": NaN, "trims_db": [0.0, 0.0]}',
    b'{"loudness_db": 1e999, "trims_db": [0.0, 0.0]}',
]


@pytest.mark.parametrize("content", BAD, ids=[str(content)[:40] for content in BAD])
def test_what_cannot_be_true_is_measured_again(tmp_path: Path, content: Any) -> None:
    path = tmp_path / f"{'a' * 64}-{METHOD}.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    watch = Stopwatch()
    read = measuring(lambda path: Amp(path.name), watch.measure, tmp_path)
    assert read(Path("a" * 64)).measured == GOOD
    assert watch.asked == 1
    assert recall(path, 2) == GOOD


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_not(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_bytes(data)
    found = recall(path, 2)
    assert found is None or len(found.trims_db) == 2


def test_no_regular_file_holds_nobody_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    assert recall(tmp_path / "pipe", 2) is recall(tmp_path / "folder", 2) is recall(tmp_path / "none", 2) is None


def test_a_disk_that_takes_nothing_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way of a folder")
    watch = Stopwatch()
    read = measuring(lambda path: Amp(path.name), watch.measure, tmp_path / "file" / "levels")
    assert read(Path("a")).measured == GOOD
    assert read(Path("a")).measured == GOOD
    assert watch.asked == 2


def test_there_and_back(tmp_path: Path) -> None:
    for measured in (GOOD, Measured(None, (0.0, 0.0))):
        keep(tmp_path / "one.json", measured)
        assert recall(tmp_path / "one.json", 2) == measured
