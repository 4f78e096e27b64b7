"""Backups: all that is the player's goes in and comes back, a hostile one changes nothing, a power cut neither."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal.errors import LibraryError
from pedal.library.backup import Places, backup_path, is_ours, load_backup, plan_restore, restore, save_backup
from pedal.library.container import Backup, File, Manifest, Writer
from tests.library.brought import PRESET, put
from tests.library.power import disks_of
from tests.library.power import put as put_disk

H = hashlib.sha256(b"content").hexdigest()
MINE = {
    "presets/01-mine.toml": PRESET.encode(),
    "presets/01-mine.toml.previous": b"old",
    "models/friends/Öld amp.nam": b"friend",
    "models/cabs/box.wav": b"box",
    f"library/models/{H}.nam": b"content",
    f"library/models/{H}.json": b"card",
    "library/used.json": b"{}",
    "settings.toml": b"[levels]\n",
    "output.toml": b"x = 1\n",
}
NOT_MINE = {
    "library/index.json": b"cache",
    "library/.lock": b"",
    "inbox/new.nam": b"not yet",
    "backups/older.pedal": b"older",
    "presets/.01-mine.toml.123.tmp": b"half",
    "models/readme.txt": b"x",
}


def places(home: Path) -> Places:
    return Places(home, home / "presets", home / "models", home / "settings.toml")


def tree(home: Path) -> dict[str, bytes]:
    return dict((name, path.read_bytes()) for name, path in places(home).files())


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return put(tmp_path / "home", MINE | NOT_MINE)


@pytest.fixture
def saved(home: Path, tmp_path: Path) -> Path:
    save_backup(tmp_path / "all.pedal", places(home))
    return tmp_path / "all.pedal"


def bring_back(path: Path, home: Path) -> Path | None:
    backup = load_backup(path)
    return restore(backup, plan_restore(backup, places(home)), places(home))


def test_all_that_is_the_players_comes_back(home: Path, saved: Path, tmp_path: Path) -> None:
    assert tree(home) == MINE
    other = tmp_path / "other"
    assert bring_back(saved, other) is None
    assert tree(other) == MINE
    assert plan_restore(load_backup(saved), places(other)) == []
    with tarfile.open(saved) as tar:  # other programs read it too
        assert len(tar.getnames()) == len(set(MINE.values())) + 1


def test_what_was_changed_is_kept_and_nothing_is_removed(home: Path, saved: Path) -> None:
    mine = places(home).presets / "01-mine.toml"
    mine.write_bytes(b'name = "Newer"\n')
    (home / "presets" / "02-later.toml").write_bytes(b'name = "Later"\n')
    (home / "models" / "cabs" / "box.wav").unlink()
    later = tree(home)
    before = bring_back(saved, home)
    assert tree(home) == MINE | {"presets/02-later.toml": b'name = "Later"\n'}
    assert before is not None and before.parent == home / "backups"
    assert [file.path for file in load_backup(before).manifest.files] == ["presets/01-mine.toml"]
    bring_back(before, home)
    assert tree(home) == later | {"models/cabs/box.wav": b"box"}


def test_content_that_is_not_what_its_name_says_is_left_out(home: Path, tmp_path: Path) -> None:
    put(home, {f"library/models/{'b' * 64}.nam": b"false", f"library/models/{'b' * 64}.json": b"its card"})
    save_backup(tmp_path / "false.pedal", places(home))
    other = tmp_path / "other"
    bring_back(tmp_path / "false.pedal", other)
    assert tree(other) == MINE | {f"library/models/{'b' * 64}.json": b"its card"}


def test_a_folder_that_may_not_be_written_to_is_said_before_anything_changes(
    home: Path, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    friends = home / "models" / "friends"
    (friends / "Öld amp.nam").unlink()
    (home / "presets" / "01-mine.toml").write_bytes(b"newer")
    before = tree(home)
    access = os.access  # root may write anywhere, so the answer is given here
    monkeypatch.setattr(os, "access", lambda path, mode: path != friends and access(path, mode))
    with pytest.raises(LibraryError, match=r"friends: may not be written to\. .*nothing was changed"):
        bring_back(saved, home)
    assert tree(home) == before
    monkeypatch.undo()
    bring_back(saved, home)
    assert tree(home) == MINE


def test_names_for_backups(tmp_path: Path) -> None:
    first = backup_path(tmp_path)
    first.write_bytes(b"")
    assert first.parent == tmp_path and first.suffix == ".pedal" and backup_path(tmp_path) != first
    assert backup_path(tmp_path / "x") == tmp_path / "x.pedal"
    assert backup_path(tmp_path / "x.tar") == tmp_path / "x.tar"


def made(files: list[File], contents: list[bytes], **more: object) -> bytes:
    file = io.BytesIO()
    writer = Writer(file)
    for data in contents:
        writer.add(data)
    writer.close(Manifest(tuple(files), **more))  # type: ignore[arg-type]
    return file.getvalue()


def digest(data: bytes) -> str:
    return Writer(io.BytesIO()).add(data)


@pytest.mark.parametrize(
    "path",
    [
        "../out.toml",
        "/etc/passwd.toml",
        "presets/../../out.toml",
        "presets//x.toml",
        "./x.toml",
        "presets/.hidden.toml",
        "presets/x\n.toml",
        "presets/x.sh",
        "presets",
        "",
        "a/" * 9 + "x.toml",
        "presets/" + "x" * 300 + ".toml",
        "inbox/x.nam",
        "backups/x.toml",
        "presets/link/x.toml",
        "models/friends.nam",
    ],
)
def test_no_path_escapes(home: Path, tmp_path: Path, path: str) -> None:
    (tmp_path / "outside").mkdir()
    (home / "presets" / "link").symlink_to(tmp_path / "outside")
    (home / "models" / "friends.nam").mkdir()
    before = sorted(tmp_path.rglob("*"))
    bad = tmp_path / "bad.pedal"
    bad.write_bytes(made([File(path, digest(b"x"), 1)], [b"x"]))
    with pytest.raises(LibraryError, match=r"nothing of the player's|outside the library"):
        bring_back(bad, home)
    assert sorted(tmp_path.rglob("*")) == sorted([*before, bad])


def test_two_files_for_one_place_are_refused(home: Path, tmp_path: Path) -> None:
    files = [File("presets/a.toml", digest(b"x"), 1), File("presets/a.toml", digest(b"y"), 1)]
    (tmp_path / "bad.pedal").write_bytes(made(files, [b"x", b"y"]))
    with pytest.raises(LibraryError, match="twice"):
        bring_back(tmp_path / "bad.pedal", home)


def tar_with(form: int = tarfile.USTAR_FORMAT, **about: object) -> bytes:
    member = tarfile.TarInfo("content/" + digest(b"x"))
    member.size = 1
    for key, value in about.items():
        setattr(member, key, value)
    return member.tobuf(form) + b"x".ljust(512, b"\0")


HOSTILE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "cut short"),
    "text": (b"hello" * 1000, "not a backup"),
    "zeros": (bytes(4096), "cut short"),
    "link": (tar_with(type=tarfile.SYMTYPE, linkname="/etc/passwd"), "not a backup"),
    "hard link": (tar_with(type=tarfile.LNKTYPE, linkname="/etc/passwd"), "not a backup"),
    "device": (tar_with(type=tarfile.CHRTYPE), "not a backup"),
    "folder": (tar_with(type=tarfile.DIRTYPE, size=0), "not a backup"),
    "sparse": (tar_with(type=tarfile.GNUTYPE_SPARSE), "not a backup"),
    "long name": (tar_with(name="content/" + "x" * 90 + "/y" * 30), "not a backup"),
    "gnu": (tar_with(tarfile.GNU_FORMAT), "not a backup"),
    "climbs": (tar_with(name="../../x"), "what no backup of ours"),
    "terabyte": (tar_with(size=0o77777777777), "what no backup of ours"),
    "no manifest": (tar_with(), "cut short"),
    "gzip bomb": (b"\x1f\x8b" + bytes(10_000), "not a backup"),
    "zip": (b"PK\x03\x04" + bytes(10_000), "not a backup"),
    "deep manifest": (tar_with(name="manifest.json", size=100_000) + b"[" * 100_000, "cannot be read"),
    "missing content": (made([File("presets/a.toml", "b" * 64, 1)], []), "is not in it"),
    "wrong size": (made([File("presets/a.toml", digest(b"x"), 2)], [b"x"]), "is not in it"),
    "negative size": (made([File("presets/a.toml", digest(b"x"), -1)], []), "is not in it"),
    "newer": (made([], [], format=2), "newer pedal"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_backups_are_refused_before_anything_is_written(home: Path, tmp_path: Path, name: str) -> None:
    data, reason = HOSTILE[name]
    (tmp_path / "bad.pedal").write_bytes(data)
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    with pytest.raises(LibraryError, match=reason):
        bring_back(tmp_path / "bad.pedal", home)
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before


@given(st.data())
def test_one_changed_byte_never_restores_anything_else(data: st.DataObject) -> None:
    """A backup with any byte changed is refused, or means what it meant (padding, dates, what nobody reads)."""
    files = {"presets/a.toml": b"alpha", "models/b.nam": b"beta"}
    good = made([File(path, digest(c), len(c)) for path, c in files.items()], list(files.values()))
    at = data.draw(st.integers(0, len(good) - 1))
    bad = bytearray(good)
    bad[at] ^= data.draw(st.integers(1, 255))
    try:
        backup = Backup(io.BytesIO(bytes(bad)), "bad")
        list(backup.verify())
    except LibraryError:
        return
    found = {file.path: backup.read(file) for file in backup.manifest.files}
    assert sorted(found.values()) == sorted(files.values()), "contents are what their hashes say"
    assert sum(path in files for path in found) >= len(files) - 1, "one byte is one name at most"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.95])
def test_a_backup_cut_short_is_none(home: Path, saved: Path, share: float) -> None:
    data = saved.read_bytes()
    saved.write_bytes(data[: int((len(data) - 1024) * share)])
    before = tree(home)
    with pytest.raises(LibraryError):
        bring_back(saved, home)
    assert tree(home) == before


def test_a_stick_pulled_out_while_restoring(home: Path, saved: Path, tmp_path: Path) -> None:
    """From any read on the backup cannot be read any more: every file is the old or the new one."""
    put(home, {"presets/01-mine.toml": b"changed", "output.toml": b"changed", "models/cabs/box.wav": b"changed"})
    changed = tree(home)
    ended = 0
    for after in range(16):
        work = tmp_path / f"work{after}"
        shutil.copytree(home, work)
        with open(saved, "rb") as file:
            stick = Dying(file)
            backup = Backup(stick, "stick")  # type: ignore[arg-type]
            steps = plan_restore(backup, places(work))
            stick.left = after
            try:
                restore(backup, steps, places(work))
                ended += 1
            except LibraryError as error:
                assert "do it again" in str(error)
        found = tree(work)
        assert all(found[name] in (changed[name], MINE[name]) for name in MINE)
        bring_back(saved, work)
        assert tree(work) == MINE
        shutil.rmtree(work)
    assert ended == 16 - len(MINE) - 3, "each file is read once before, and what is written once more"


class Dying:
    """A file that can be read so often."""

    def __init__(self, file: io.BufferedReader) -> None:
        self._file, self.left = file, 1000

    def seek(self, offset: int) -> int:
        return self._file.seek(offset)

    def read(self, size: int) -> bytes:
        self.left -= 1
        if self.left < 0:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return self._file.read(size)


def all_states(disks: list[dict[str, bytes]], check: Callable[[Path], None], work: Path) -> None:
    for disk in disks:
        shutil.rmtree(work, ignore_errors=True)
        check(put_disk(disk, work))


def test_power_cut_at_every_write_of_a_restore(home: Path, saved: Path, tmp_path: Path) -> None:
    put(home, {"presets/01-mine.toml": b"changed", "output.toml": b"changed"})
    (home / "models" / "cabs" / "box.wav").unlink()
    changed = tree(home)

    def old_or_new(work: Path) -> None:
        found = tree(work)
        for name, content in MINE.items():
            assert found.get(name) in (changed.get(name), content), name
        bring_back(saved, work)
        assert tree(work) == MINE, "doing it again finishes it"

    disks, last = disks_of(home, lambda: bring_back(saved, home))
    assert len(disks) > 15
    all_states(disks, old_or_new, tmp_path / "work")

    def new(work: Path) -> None:
        assert tree(work) == MINE
        [before] = [path for path in (work / "backups").glob("before-*.pedal")]
        kept = load_backup(before)
        assert {file.path: kept.read(file) for file in kept.manifest.files} == {
            name: b"changed" for name in ("presets/01-mine.toml", "output.toml")
        }

    all_states(last, new, tmp_path / "work")


def test_power_cut_at_every_write_of_a_backup(home: Path, tmp_path: Path) -> None:
    """On the stick: what bears the name of a backup is a whole one."""
    stick = tmp_path / "stick"
    stick.mkdir()
    disks, last = disks_of(stick, lambda: save_backup(stick / "all.pedal", places(home)))

    def none_or_whole(work: Path) -> None:
        if (work / "all.pedal").exists():
            list(load_backup(work / "all.pedal").verify())

    work = tmp_path / "work"
    all_states([disk for disk in disks if disk], none_or_whole, work)
    assert all(set(disk) == {"all.pedal"} for disk in last)


def test_a_full_disk(home: Path, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(home, {"output.toml": b"changed"})
    before = tree(home)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LibraryError, match="No space left"):
        bring_back(saved, home)
    with pytest.raises(LibraryError, match="No space left"):
        save_backup(tmp_path / "more.pedal", places(home))
    assert tree(home) == before and not list(tmp_path.glob("*more*"))


@given(st.text(max_size=40))
def test_what_is_ours_stays_below(path: str) -> None:
    if is_ours(path):
        assert not os.path.isabs(path) and ".." not in Path(path).parts and path.isprintable()


def test_manifests_are_for_people_too(saved: Path) -> None:
    manifest = load_backup(saved).manifest
    assert manifest.made and manifest.pedal
    assert msgspec.json.decode(msgspec.json.encode(manifest), type=Manifest) == manifest
