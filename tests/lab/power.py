"""A pedal whose power fails at every write: what a player does, step by step, and what is found after each cut.

``do_steps`` is called in the guest by the scenarios ``power_cut...``, ``judge_cuts`` on the host by their judges. The
kernel logs every write to the player's partition (``write_log``). Every prefix of that log is a disk that lost its
power there; it is repaired as a boot would, and the pedal's own code looks at what it holds.
"""

from __future__ import annotations

import mmap
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pedal.errors import PedalError
from tests.lab.guest.cache import do
from tests.lab.guest.machine import Disk, make_disk
from tests.lab.lab import Lab
from tests.lab.write_log import load_writes, play

#: A step that is durable flushes a file and its folder: fewer writes than these were not logged.
_FEWEST_WRITES = 3
Step = Callable[[], object]
T = TypeVar("T")


@dataclass(frozen=True)
class Cut:
    """A power cut.

    Attributes:
        where: after which write, in words.
        done: steps that were over by then.
        state: the state folder as a pedal finds it at its next start; may be changed.
    """

    where: str
    done: int
    state: Path


def do_steps(lab: Lab, steps: Iterable[Step]) -> None:
    """What the player does, in the guest, on what he has by now; a step is over when its function returns."""
    subprocess.run(["sync"], check=True)
    _mark(lab, "begin")
    for number, step in enumerate(steps, 1):
        step()
        _mark(lab, f"step-{number}")
    lab.wait(10.0)  # whatever the kernel still has, it writes by itself
    _mark(lab, "end")
    subprocess.run(["sync"], check=True)


def judge_cuts(folder: Path, disk: Disk, steps: int, look: Callable[[Path, int], None]) -> list[str]:
    """Let ``look`` see every disk that a cut may have left; what to say of it in the table.

    Args:
        folder: of the run.
        disk: its disk.
        steps: that were done.
        look: is given the state folder and the steps that were over; raises AssertionError, or what the pedal raises.

    Raises:
        AssertionError: what ``look`` said, and after which write; or too little was logged.
    """
    count, done = 0, 0
    for cut in _cuts(folder, disk):
        try:
            look(cut.state, cut.done)
        except (AssertionError, PedalError) as wrong:
            raise AssertionError(f"cut {count}, {cut.where}: {wrong}") from wrong
        count, done = count + 1, cut.done
    assert done == steps and count > _FEWEST_WRITES * steps, f"the log holds {count} writes of {done} steps"
    return [f"{count} power cuts in {steps} steps" if steps > 1 else f"{count} power cuts"]


def rehearsed(
    library: Callable[[Path], T], begin: Callable[[Path], object], steps: Callable[[Path], list[Step]]
) -> list[T]:
    """What is to be found before the first step, and after each: the same done here, where the power stays on."""
    with tempfile.TemporaryDirectory() as state:
        begin(Path(state))
        found = [library(Path(state))]
        for step in steps(Path(state)):
            step()
            found.append(library(Path(state)))
    return found


def old_or_new(library: Callable[[Path], T], expected: Sequence[T]) -> Callable[[Path, int], None]:
    """Looks whether a disk holds what there is before, or after, the step that was being done: all of it."""

    def look(state: Path, done: int) -> None:
        found = library(state)
        assert found in expected[done : done + 2], f"neither before nor after step {done + 1}: {found}"

    return look


def _mark(lab: Lab, name: str) -> None:
    """A name for this moment, in the trace and in the log of writes."""
    lab.event("mark", name)
    subprocess.run(["dmsetup", "message", "data", "0", "mark", name], check=True)


def _cuts(folder: Path, disk: Disk) -> Iterator[Cut]:
    """Every prefix of the log, from the mark "begin" on."""
    done, begun = 0, False
    with tempfile.TemporaryDirectory(dir=folder) as work, _image(Path(work), disk) as image:
        for write in load_writes(folder / "writes.img"):
            play(image, write)
            if write.mark.startswith("step-"):
                done = int(write.mark.removeprefix("step-"))
            begun = begun or write.mark == "begin"
            if begun:
                where = write.mark or f"a write of {len(write.data)} bytes at {write.offset}"
                yield Cut(f"after {where}", done, _booted(Path(work)))


@contextmanager
def _image(work: Path, disk: Disk) -> Iterator[mmap.mmap]:
    """An empty disk, ``data.img``, open for writing."""
    make_disk(work, disk)
    with open(work / "data.img", "r+b") as file, mmap.mmap(file.fileno(), 0) as image:
        yield image


def _booted(work: Path) -> Path:
    """The state folder that a pedal finds on a copy of ``data.img``, once its file system is repaired."""
    disk, state = work / "cut.img", work / "state"
    do("cp", "--sparse=always", work / "data.img", disk)
    checked = subprocess.run(["e2fsck", "-fy", disk], capture_output=True, text=True)
    assert checked.returncode in (0, 1), f"the file system cannot be repaired: {checked.stdout}"
    do("rm", "-rf", state)
    state.mkdir()
    do("debugfs", "-R", f"rdump / {state}", disk)
    return state
