"""Power cuts, played back from a log made by hand: each is looked at as a boot would find it, and none is left out."""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from tests.lab.guest.machine import Disk, make_disk
from tests.lab.power import judge_cuts, old_or_new, rehearsed
from tests.lab.test_write_log import SECTOR, entry, log
from tests.lab.write_log import MARK

DISK = Disk(mib=8)
BLOCK = 1024

with_ext4 = pytest.mark.skipif(
    shutil.which("mke2fs") is None or shutil.which("debugfs") is None, reason="e2fsprogs is not installed"
)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run's folder: a file comes onto an empty disk in one step, block by block."""
    make_disk(tmp_path, DISK)
    image = tmp_path / "data.img"
    before = image.read_bytes()
    (tmp_path / "new").write_text("new")
    subprocess.run(["debugfs", "-w", "-R", f"write {tmp_path / 'new'} mine", image], check=True, capture_output=True)
    after = image.read_bytes()
    changed = [at for at in range(0, len(after), BLOCK) if before[at : at + BLOCK] != after[at : at + BLOCK]]
    writes = [entry(at // SECTOR, 0, after[at : at + BLOCK]) for at in changed]
    marks = [entry(0, MARK, mark=name) for name in (b"begin", b"step-1", b"end")]
    (tmp_path / "writes.img").write_bytes(log(marks[0], *writes, *marks[1:]))
    return tmp_path


def mine(state: Path) -> str:
    """What is in the file."""
    path = state / "mine"
    return path.read_text() if path.exists() else "none"


@with_ext4
def test_every_cut_is_looked_at(run: Path) -> None:
    seen: list[tuple[int, str]] = []
    notes = judge_cuts(run, DISK, 1, lambda state, done: seen.append((done, mine(state))))
    count = struct.unpack_from("<Q", (run / "writes.img").read_bytes(), 16)[0]
    assert len(seen) == count and notes == [f"{count} power cuts"]
    assert seen[0] == (0, "none") and seen[-2:] == [(1, "new")] * 2
    assert [done for done, _ in seen] == [0] * (count - 2) + [1] * 2


@with_ext4
def test_what_is_wrong_is_said_with_its_place(run: Path) -> None:
    def look(state: Path, done: int) -> None:
        assert not done, "nothing may ever end"

    with pytest.raises(AssertionError, match=r"cut \d+, after step-1: nothing may ever end"):
        judge_cuts(run, DISK, 1, look)


@with_ext4
def test_a_log_that_lacks_a_step_is_refused(run: Path) -> None:
    with pytest.raises(AssertionError, match="writes of 1 steps"):
        judge_cuts(run, DISK, 2, lambda state, done: None)


def test_old_or_new_and_what_was_said_holds(tmp_path: Path) -> None:
    expected = rehearsed(
        mine, lambda state: None, lambda state: [lambda text=text: (state / "mine").write_text(text) for text in "ab"]
    )
    assert expected == ["none", "a", "b"]
    look = old_or_new(mine, expected)
    look(tmp_path, 0)
    (tmp_path / "mine").write_text("a")
    look(tmp_path, 0)
    look(tmp_path, 1)
    with pytest.raises(AssertionError, match="neither before nor after step 3"):
        look(tmp_path, 2)
    (tmp_path / "mine").unlink()
    with pytest.raises(AssertionError, match="neither before nor after step 2"):
        look(tmp_path, 1)
