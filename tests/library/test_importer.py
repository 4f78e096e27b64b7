"""The import: what is good is in, what is not is one line, and nothing of the library is ever lost."""

from __future__ import annotations

import errno
import os
import re
import shutil
import signal
import struct
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import msgspec
import pytest

from pedal.errors import LibraryError
from pedal.library import importer as importer_module
from pedal.library.catalog import Catalog
from pedal.library.check import check_library
from pedal.library.checker import Checker
from pedal.library.importer import PULLED_OUT, import_path
from pedal.library.report import MOST_LINES, Progress
from pedal.library.scan import USUAL, Limits, Passed, Tree
from tests.library.brought import PRESET, bring, importer, impulse, model, outcomes, put
from tests.library.power import disks_of
from tests.library.power import put as put_disk


@pytest.fixture(scope="module")
def checker() -> Iterator[Checker]:
    with Checker() as judge:
        yield judge


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


def library(home: Path) -> Catalog:
    return Catalog(home / "library")


def names(home: Path) -> list[str]:
    return [entry.asset_name for entry in library(home).entries() if not entry.missing]


GOOD = {
    "Marshall/Plexi.nam": model(1, gear_make="Marshall", gear_model="1959", tone_type="crunch", input_level_dbu=12.5),
    "Marshall/Jumpered/Bright.nam": model(2),
    "irs/box.wav": impulse(1),
    "loud.toml": PRESET.encode(),
}


def test_good_files_come_in_and_a_second_time_are_known(stick: Path, home: Path, checker: Checker) -> None:
    put(stick, GOOD | {"photo.jpg": b"x"})
    report = bring(stick, home, checker)
    assert outcomes(report) == dict.fromkeys(GOOD, "imported")
    assert (report.others, report.is_clean) == (1, True)
    assert names(home) == ["irs/box.wav", "Marshall/Plexi.nam", "Marshall/Jumpered/Bright.nam"]
    plexi = library(home).find("Plexi", "model")
    assert plexi.path.read_bytes() == GOOD["Marshall/Plexi.nam"]
    about = plexi.card.about
    assert (about.gear, about.tone_type, about.input_level_dbu) == ("Marshall 1959", "crunch", 12.5)
    assert [width.label for width in about.widths] == ["Full"] and about.widths[0].macs > 0
    assert (home / "presets" / "01-loud.toml").read_bytes() == PRESET.encode(), "as it was written"
    assert check_library(library(home)) == (3, [])
    cards = library(home).entries()
    again = bring(stick, home, checker)
    assert set(outcomes(again).values()) == {"known"} and again.is_clean
    assert library(home).entries() == cards


def test_one_content_under_two_names_is_one_thing(stick: Path, home: Path, checker: Checker) -> None:
    put(stick, {"a.nam": model(1), "b.nam": model(1), "c/a.nam": model(2), "c/A.NAM": model(3)})
    report = bring(stick, home, checker)
    assert list(outcomes(report).values()) == ["imported", "known", "imported", "imported"]
    assert names(home) == ["a.nam", "c/A.nam", "c/a 2.nam"]


def test_what_lies_in_the_players_folder_is_known(stick: Path, home: Path, checker: Checker) -> None:
    put(home / "models", {"friends/loud.nam": model(1)})
    put(stick, {"x.nam": model(1)})
    report = bring(stick, home, checker)
    assert [(line.outcome, line.what) for line in report.lines] == [("known", "friends/loud.nam")]
    assert names(home) == []


LIES = {
    "empty.nam": b"",
    "text.nam": b"hello",
    "cut.nam": model(1)[:-20],
    "deep.nam": b"[" * 1_000_000,
    "bomb.nam": b'{"weights": [' + b"9999," * 1_000_000 + b"1]}",
    "not-utf8.nam": b'{"architecture": "\xff"}',
    "nan.nam": model(1).replace(b'"weights": [', b'"weights": [NaN, '),
    "empty.wav": b"",
    "liar.wav": impulse(1)[:40] + struct.pack("<I", 0x7FFFFFFF),
    "huge-header.wav": b"RIFF\xff\xff\xff\xffWAVEfmt \xff\xff\xff\x7f" + b"\0" * 100,
    "silence.wav": impulse(1)[:58] + b"\0" * 2000,
    "channels.wav": impulse(1)[:22] + struct.pack("<H", 60000) + impulse(1)[24:],
    "rate-zero.wav": impulse(1)[:24] + struct.pack("<I", 0) + impulse(1)[28:],
    "rate-huge.wav": impulse(1)[:24] + struct.pack("<I", 0xFFFFFFFF) + impulse(1)[28:],
    "only-chunks.wav": b"RIFF\xff\xff\xff\x7fWAVE" + b"JUNK\0\0\0\0" * 500_000,
    "slow.wav": impulse(1, 4000),
    "preset.toml": b"[[block]]\nkind = 3\n",
    "deep.toml": b"a = " + b"[" * 60_000,
    "not-utf8.toml": b"\xff\xfe",
    "whole.pedal": b"anything",
}


def test_lies_are_refused_in_one_line_each(stick: Path, home: Path, checker: Checker) -> None:
    put(stick, LIES | {"good.nam": model(9)})
    os.truncate(put(stick, {"huge.nam": b"x", "long.wav": b"x"}) / "huge.nam", 4 << 30)
    os.truncate(stick / "long.wav", 5 << 30)
    report = bring(stick, home, checker)
    found = outcomes(report)
    assert set(found) == {*LIES, "huge.nam", "long.wav", "good.nam"}
    assert found.pop("good.nam") == "imported"
    for path, reason in found.items():
        assert reason not in ("imported", "known"), path
        assert reason.isprintable() and len(reason) < 500 and not reason.endswith("."), (path, reason)
    assert found["huge.nam"] == "is larger than 8 MiB"
    assert names(home) == ["good.nam"]
    assert not list((home / "presets").iterdir())


def test_hostile_names_are_shown_clean_and_lead_nowhere(stick: Path, home: Path, checker: Checker) -> None:
    strange = ["new\nline.nam", "r\u202etl.nam", "a" * 251 + ".nam", "..nam.nam", "-rf.nam", "\udcff.nam", " .nam"]
    for number, name in enumerate(strange):
        with open(os.path.join(os.fsencode(stick), os.fsencode(name)), "wb") as file:
            file.write(model(number))
    report = bring(stick, home, checker)
    kept = [line for line in report.lines if line.outcome == "imported"]
    assert len(kept) == len(strange) - 1  # one begins with a dot: hidden
    assert all(line.path.isprintable() and line.what.isprintable() for line in report.lines)
    folder = home / "library" / "models"
    assert all(len(path.stem) == 64 for path in folder.iterdir())
    assert sorted(p.name for p in home.iterdir()) == ["library", "presets"]


def test_a_presets_name_leads_nowhere(stick: Path, home: Path, checker: Checker) -> None:
    put(stick, {"p.toml": b'name = "../../../etc/passwd"\n', "q.toml": b'name = "\\u202e/\\u0000"\n'})
    report = bring(stick, home, checker)
    kept = {path.name for path in (home / "presets").iterdir()}
    assert all(re.fullmatch(r"\d\d-[a-z0-9-]+\.toml", name) for name in kept) and len(kept) == report.count("imported")
    assert sorted(p.name for p in home.iterdir()) == ["library", "presets"]


@pytest.mark.slow
def test_a_hundred_thousand_files_of_ours(stick: Path, home: Path, checker: Checker) -> None:
    """As many as are looked at are read and refused or taken, a line each; the rest is one line more."""
    for number in range(100_000):
        os.close(os.open(stick / f"{number:06}.nam", os.O_CREAT | os.O_WRONLY))
    (stick / "000001.nam").write_bytes(model(1))
    (stick / "099999.nam").write_bytes(model(2))
    report = bring(stick, home, checker)
    assert (report.count("imported"), len(report.lines)) == (1, MOST_LINES)
    assert any(line.what == f"more than {USUAL.found} files: the rest was left" for line in report.lines)
    assert names(home) == ["000001.nam"]
    with Tree(stick, Limits(entries=50_000, found=100_000)) as tree:
        items = list(tree.walk())
    assert tree.seen == 50_001 and isinstance(items[-1], Passed) and "50000 files" in items[-1].reason


def test_a_judge_that_dies_or_hangs_refuses_one_file(stick: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(stick, {f"{n}.nam": model(n) for n in range(3)})
    with Checker() as judge:
        asked = 0
        ask = Checker.ask

        def killing(self: Checker, *question: object) -> object:
            nonlocal asked
            asked += 1
            if asked == 2:
                os.kill(judge.judge_pid, 9)
            return ask(self, *question)  # type: ignore[arg-type]

        monkeypatch.setattr(Checker, "ask", killing)
        found = outcomes(bring(stick, home, judge))
    assert found.pop("1.nam").startswith("takes more memory than a pedal has")
    assert set(found.values()) == {"imported"}
    monkeypatch.undo()
    with Checker(timeout_s=2.0) as judge:
        judge.ask("model", "first.nam", b"")
        assert judge.judge_pid
        os.kill(judge.judge_pid, signal.SIGSTOP)
        assert outcomes(bring(stick, home, judge))["1.nam"] == "takes longer than 2 s to read"
        assert outcomes(bring(stick, home, judge))["1.nam"] == "imported"


def test_a_judge_has_little_memory(checker: Checker) -> None:
    checker.ask("model", "warm.nam", b"")
    limits = Path(f"/proc/{checker.judge_pid}/limits").read_text()
    assert "Max data size             671088640" in limits
    maps = Path(f"/proc/{checker.judge_pid}/maps").read_text()
    assert "llvmlite" not in maps, "the judge needs no compiler"


def test_content_that_was_lost_or_damaged_comes_back_under_its_card(stick: Path, home: Path, checker: Checker) -> None:
    put(stick, {"amp.nam": model(1), "other.nam": model(2)})
    bring(stick, home, checker)
    there = library(home)
    amp, other = there.find("amp", "model"), there.find("other", "model")
    there.write_card(msgspec.structs.replace(amp.card, name="My amp", favourite=True))
    amp.path.unlink()
    other.path.write_bytes(other.path.read_bytes()[:-1] + b" ")
    assert {finding.state for finding in check_library(there)[1]} == {"missing", "damaged"}
    shutil.move(stick / "amp.nam", stick / "renamed.nam")
    assert set(outcomes(bring(stick, home, checker)).values()) == {"imported"}
    amp = there.find("My amp", "model")
    assert amp.card.favourite and amp.path.read_bytes() == model(1)
    assert check_library(there) == (2, [])


def test_one_file_and_no_file(stick: Path, home: Path, checker: Checker) -> None:
    put(stick, {"amp.nam": model(1), "other.nam": model(2), "notes.txt": b"x"})
    assert outcomes(import_path(stick / "amp.nam", importer(home, checker))) == {"amp.nam": "imported"}
    assert outcomes(import_path(stick / "notes.txt", importer(home, checker))) == {
        "notes.txt": "is none of .nam, .wav, .toml, .pedal"
    }
    with pytest.raises(LibraryError, match="cannot be read"):
        import_path(stick / "gone.nam", importer(home, checker))
    report = import_path(stick / "amp.nam", importer(home, checker), "Mine")
    assert report.lines[0].outcome == "known"
    assert names(home) == ["amp.nam"]


def test_two_imports_at_once_are_one_too_many(stick: Path, home: Path, checker: Checker) -> None:
    put(stick, {"amp.nam": model(1)})
    second = importer(home, checker)
    seen: list[str] = []

    def watch(progress: Progress) -> None:
        with pytest.raises(LibraryError, match="another import"), Tree(stick) as tree:
            second.run(tree)
        seen.append(progress.phase)

    with Tree(stick) as tree:
        importer(home, checker, watch=watch).run(tree)
    assert seen[0] == "looking" and seen[-1] == "done"
    assert names(home) == ["amp.nam"]


def test_progress_only_goes_forward(stick: Path, home: Path, checker: Checker) -> None:
    put(stick, GOOD | {"bad.nam": b"x"})
    seen: list[Progress] = []
    with Tree(stick) as tree:
        importer(home, checker, watch=seen.append).run(tree)
    assert [p.phase for p in seen] == sorted((p.phase for p in seen), key=["looking", "importing", "done"].index)
    assert [p.done for p in seen] == sorted(p.done for p in seen)
    last = seen[-1]
    assert (last.found, last.done, last.models, last.impulses, last.presets, last.refused) == (5, 5, 2, 1, 1, 1)


@pytest.mark.parametrize("failure", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO])
def test_a_disk_that_refuses_leaves_all_as_it_was(
    stick: Path, home: Path, checker: Checker, monkeypatch: pytest.MonkeyPatch, failure: int
) -> None:
    put(stick, {"a.nam": model(1)})
    bring(stick, home, checker)
    put(stick, {"b.nam": model(2), "c.nam": model(3), "d.toml": PRESET.encode()})
    before = tree_of(home)
    fsync = os.fsync

    def refusing(descriptor: int) -> None:
        raise OSError(failure, os.strerror(failure))

    monkeypatch.setattr(os, "fsync", refusing)
    report = bring(stick, home, checker)
    monkeypatch.setattr(os, "fsync", fsync)
    full = failure in (errno.ENOSPC, errno.EDQUOT)
    assert ("disk is full" if full else "cannot be written to") in report.problem
    assert tree_of(home) == before
    assert bring(stick, home, checker).is_clean


@pytest.mark.parametrize("failure", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_refuses_from_any_call_on(
    stick: Path, home: Path, tmp_path: Path, checker: Checker, failure: int
) -> None:
    """Full, or dying, before every single flush and rename: whole files only, and what the report says is true."""
    put(stick, {"a.nam": model(1)})
    bring(stick, home, checker)
    put(stick, {"b.nam": model(2), "c.wav": impulse(2), "d.toml": PRESET.encode()})
    work, after, refused = tmp_path / "work", 0, True
    while refused:
        shutil.copytree(home, work)
        with pytest.MonkeyPatch.context() as patch:
            disk = Refusing(patch, after, failure)
            report = bring(stick, work, checker)
        there = {entry.hash for entry in library(work).entries() if not entry.missing}
        assert {line.hash for line in report.lines if line.kind != "preset"} <= there
        assert all(finding.state == "unknown" for finding in check_library(library(work))[1])
        presets = list((work / "presets").iterdir())
        assert all(path.read_bytes() == PRESET.encode() for path in presets if path.suffix == ".toml")
        assert report.problem or (len(there), len(presets)) == (3, 1)
        assert bring(stick, work, checker).is_clean and len(library(work).entries()) == 3
        shutil.rmtree(work)
        refused, after = disk.calls > after, after + 1
    assert after > 10 and not report.problem


class Refusing:
    """A disk that refuses every flush and every rename after so many of them."""

    def __init__(self, patch: pytest.MonkeyPatch, after: int, failure: int) -> None:
        self.calls = 0
        self._after, self._failure = after, failure
        for name in ("fsync", "replace"):
            patch.setattr(os, name, partial(self._call, getattr(os, name)))

    def _call(self, real: Callable[..., object], *arguments: object) -> object:
        self.calls += 1
        if self.calls > self._after:
            raise OSError(self._failure, os.strerror(self._failure))
        return real(*arguments)


def test_a_reserve_is_left(stick: Path, home: Path, checker: Checker, monkeypatch: pytest.MonkeyPatch) -> None:
    put(stick, {"a.nam": model(1)})
    monkeypatch.setattr(importer_module, "RESERVE_BYTES", 1 << 60)
    assert "disk is full" in bring(stick, home, checker).problem
    assert names(home) == []


@pytest.mark.parametrize("how", ["fails", "short", "empty", "gone"])
def test_pulled_out_at_every_read(
    stick: Path, home: Path, tmp_path: Path, checker: Checker, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Whatever call is the first that the stick does not answer, and however it fails: whole files only, and a word."""
    put(stick, GOOD | {"z/last.nam": model(7)})
    total = Yank(monkeypatch, stick, how)
    report = bring(stick, home, checker)
    assert report.is_clean and total.calls > 20
    everything = set(names(home))
    told = 0
    for after in range(total.calls):
        work = tmp_path / f"home{after}"
        with pytest.MonkeyPatch.context() as patch:
            Yank(patch, stick, how, after)
            report = bring(stick, work, checker)
        there = library(work)
        whole, findings = check_library(there)
        assert findings == [] and set(names(work)) <= everything
        assert whole == len(names(work))
        presets = list((work / "presets").glob("*"))
        assert all(path.read_bytes() == PRESET.encode() for path in presets)
        complete = set(names(work)) == everything and len(presets) == 1
        if report.lines and not complete:
            told += report.problem == PULLED_OUT
            assert report.problem or not report.is_clean, (after, report)
        assert bring(stick, work, checker).is_clean and set(names(work)) == everything
        shutil.rmtree(work)
    assert told > 5


class Yank:
    """The stick is pulled out after so many of its calls: from then on it fails, lists as empty, or both."""

    def __init__(self, patch: pytest.MonkeyPatch, stick: Path, how: str, after: int = 1 << 30) -> None:
        self.calls = 0
        self._after, self._how, self._stick = after, how, str(stick)
        self._real = {name: getattr(os, name) for name in ("open", "read", "pread", "scandir")}
        for name in self._real:
            patch.setattr(os, name, getattr(self, name))

    def _is_out(self, descriptor: object) -> bool:
        if not isinstance(descriptor, int) or not os.readlink(f"/proc/self/fd/{descriptor}").startswith(self._stick):
            return False
        self.calls += 1
        return self.calls > self._after

    def _fail(self) -> None:
        code = errno.ENODEV if self._how == "gone" else errno.EIO
        raise OSError(code, os.strerror(code))

    def open(self, path: object, flags: int, *more: object, dir_fd: int | None = None, **options: object) -> int:
        if dir_fd is not None and self._is_out(dir_fd) and self._how != "empty":
            self._fail()
        if dir_fd is not None and self.calls > self._after and not flags & os.O_DIRECTORY:
            self._fail()  # nothing is listed, nothing can be opened
        result: int = self._real["open"](path, flags, *more, dir_fd=dir_fd, **options)
        return result

    def read(self, descriptor: int, size: int) -> bytes:
        data: bytes = self._real["read"](descriptor, size)
        if self._is_out(descriptor):
            if self._how == "short":
                return data[: len(data) // 2]
            self._fail()
        return data

    def pread(self, descriptor: int, size: int, offset: int) -> bytes:
        if self._is_out(descriptor):
            self._fail()
        data: bytes = self._real["pread"](descriptor, size, offset)
        return data

    def scandir(self, folder: int) -> object:
        if self._is_out(folder):
            if self._how in ("fails", "gone"):
                self._fail()
            entries = os.open(
                "/var/empty" if os.path.isdir("/var/empty") else "/proc/self/task/self/net/x", os.O_RDONLY
            )
            return self._real["scandir"](entries)
        return self._real["scandir"](folder)


def test_power_cut_at_every_write(stick: Path, home: Path, tmp_path: Path, checker: Checker) -> None:
    """Whatever disk is found: a library that opens, whole files only, and nothing of what was there is gone."""
    put(stick, {"a.nam": model(1), "irs/a.wav": impulse(1)})
    bring(stick, home, checker)
    put(stick, {"b.nam": model(2), "irs/b.wav": impulse(2), "p.toml": PRESET.encode()})
    before = {entry.hash for entry in library(home).entries()}
    disks, last = disks_of(home, lambda: bring(stick, home, checker))
    after = {entry.hash for entry in library(home).entries()}
    assert len(disks) > 20 and len(after) == len(before) + 2
    for disk in disks:
        work = tmp_path / "work"
        shutil.rmtree(work, ignore_errors=True)
        there = Catalog(put_disk(disk, work) / "library")
        listed = {entry.hash for entry in there.entries() if not entry.missing}
        assert before <= listed <= after
        findings = check_library(there)[1]
        assert {finding.state for finding in findings} <= {"unknown"}
        for path in (work / "presets").glob("*.toml"):
            assert path.read_bytes() == PRESET.encode()
    for disk in last:
        shutil.rmtree(work)
        there = Catalog(put_disk(disk, work) / "library")
        assert {entry.hash for entry in there.entries() if not entry.missing} == after
        assert check_library(there)[1] == []
        assert len(list((work / "presets").glob("*.toml"))) == 1


def test_too_many_files_and_too_little_time(stick: Path, home: Path, checker: Checker) -> None:
    put(stick, {f"{number}.nam": b"x" for number in range(20)})
    found = outcomes(bring(stick, home, checker, Limits(found=5)))
    assert found["/"] == "more than 5 files: the rest was left" and len(found) == 6
    late = bring(stick, home, checker, Limits(seconds=0.0))
    assert outcomes(late) == {"/": "more than 0 s of looking: the rest was left"}


def tree_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
