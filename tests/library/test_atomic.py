"""Atomic writes: whatever is killed, the name stands for a whole file."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pedal.library.atomic import previous_of, remove_leftovers, write_atomic

#: Saves two contents in turn, for ever; says when it has begun.
WRITER = """
import sys
from pathlib import Path
from pedal.library.atomic import write_atomic
path, size = Path(sys.argv[1]), int(sys.argv[2])
write_atomic(path, b"b" * size)
write_atomic(path, b"a" * size, keep_previous=True)
print("writing", flush=True)
while True:
    for letter in (b"b", b"a"):
        write_atomic(path, letter * size, keep_previous=True)
"""


def test_writes_and_keeps_what_was_before(tmp_path: Path) -> None:
    path = tmp_path / "new" / "x.toml"
    write_atomic(path, b"one")
    assert not previous_of(path).exists()
    write_atomic(path, b"two", keep_previous=True)
    write_atomic(path, b"three", keep_previous=True)
    assert (path.read_bytes(), previous_of(path).read_bytes()) == (b"three", b"two")
    write_atomic(path, b"four")
    assert (path.read_bytes(), previous_of(path).read_bytes()) == (b"four", b"two")
    assert sorted(p.name for p in path.parent.iterdir()) == ["x.toml", "x.toml.previous"]


def test_a_killed_writer_leaves_whole_files(tmp_path: Path) -> None:
    path, size = tmp_path / "x.toml", 200_000
    chance = random.Random(1)
    seen = set()
    for _ in range(12):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), str(size)], stdout=subprocess.PIPE, text=True
        )
        with writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "writing\n"
            time.sleep(chance.uniform(0.0, 0.02))
            writer.send_signal(signal.SIGKILL)
        for found in (path, previous_of(path)):
            content = found.read_bytes()
            assert content in (b"a" * size, b"b" * size)
            seen.add(content[:1])
        remove_leftovers(tmp_path)
        assert {p.name for p in tmp_path.iterdir()} == {"x.toml", "x.toml.previous"}
    assert seen == {b"a", b"b"}


def test_a_save_interrupted_behind_the_copy_can_be_repeated(tmp_path: Path) -> None:
    """Then the file and its copy are two names of one content, which a rename would leave alone."""
    path = tmp_path / "x.toml"
    write_atomic(path, b"one")
    os.link(path, previous_of(path))
    write_atomic(path, b"two", keep_previous=True)
    assert (path.read_bytes(), previous_of(path).read_bytes()) == (b"two", b"one")
    assert len(list(tmp_path.iterdir())) == 2


def test_leftovers_of_living_writers_stay(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    for name in (f".x.toml.{dead.pid}.tmp", f".x.toml.{os.getpid()}.tmp", ".x.toml.tmp", "x.tmp", ".x.99999999999.tmp"):
        (tmp_path / name).write_bytes(b"")
    remove_leftovers(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
        [f".x.toml.{os.getpid()}.tmp", ".x.toml.tmp", "x.tmp", ".x.99999999999.tmp"]
    )


def test_a_failed_write_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.mkdir()
    (path / "inside").write_bytes(b"")
    with pytest.raises(OSError, match="directory"):
        write_atomic(path, b"one")
    assert [p.name for p in tmp_path.iterdir()] == ["x.toml"]
