"""Looking through somebody else's tree: all of what is ours is found, nothing else, and every walk has an end."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from pedal.library.scan import Found, Limits, Passed, Tree, is_housekeeping, kind_of


def walk(root: Path, limits: Limits | None = None) -> tuple[list[str], dict[str, str]]:
    """Paths that were found, and reasons by path that was passed by."""
    with Tree(root, limits or Limits()) as tree:
        items = list(tree.walk())
    found = ["/".join((*item.folders, item.name)) for item in items if isinstance(item, Found)]
    passed = {"/".join((*item.folders, item.name)): item.reason for item in items if isinstance(item, Passed)}
    return found, passed


def put(path: Path, data: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_finds_what_is_ours_in_order(tmp_path: Path) -> None:
    for name in ("b/x.nam", "a/deep/y.WAV", "z.nam", "a/crunch.toml", "photo.jpg", "a/old.pedal", "notes"):
        put(tmp_path / name)
    found, passed = walk(tmp_path)
    assert found == ["z.nam", "a/crunch.toml", "a/old.pedal", "a/deep/y.WAV", "b/x.nam"]
    assert passed == {}


def test_housekeeping_is_not_entered(tmp_path: Path) -> None:
    names = (
        "._amp.nam",
        ".Trashes/a.nam",
        ".Spotlight-V100/b.nam",
        "System Volume Information/c.nam",
        "__MACOSX/d.nam",
    )
    for name in (*names, "$RECYCLE.BIN/e.nam", "LOST.DIR.nam"):
        put(tmp_path / name)
    assert walk(tmp_path) == (["LOST.DIR.nam"], {})
    assert is_housekeeping("lost+found") and not is_housekeeping("lost")


def test_links_are_not_followed(tmp_path: Path) -> None:
    secret = put(tmp_path / "outside" / "secret.nam")
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / "file.nam").symlink_to(secret)
    (stick / "folder").symlink_to(secret.parent)
    (stick / "circle").symlink_to(stick)
    found, passed = walk(stick)
    assert found == []
    assert passed == dict.fromkeys(("circle", "file.nam", "folder"), "is a link: not followed")


def test_pipes_and_sockets_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.nam")
    (tmp_path / "folder.nam").mkdir()
    assert walk(tmp_path) == ([], {"pipe.nam": "is not a regular file"})


@pytest.mark.privileged
def test_devices_are_not_opened(tmp_path: Path) -> None:
    try:
        os.mknod(tmp_path / "zero.nam", 0o20666, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("no device nodes here")
    assert walk(tmp_path) == ([], {"zero.nam": "is not a regular file"})


def test_a_file_that_becomes_a_link_is_not_followed(tmp_path: Path) -> None:
    secret, amp = put(tmp_path / "secret", b"secret"), put(tmp_path / "stick" / "a" / "amp.nam", b"sixsix")
    with Tree(tmp_path / "stick") as tree:
        [found] = list(tree.walk())
        assert isinstance(found, Found)
        amp.unlink()
        amp.symlink_to(secret)
        with pytest.raises(OSError, match="symbolic"):
            tree.read(found, 100)
        amp.unlink()
        amp.parent.rmdir()
        amp.parent.symlink_to(tmp_path)
        with pytest.raises(OSError):
            tree.read(found, 100)


def test_what_is_read_is_what_was_listed(tmp_path: Path) -> None:
    amp = put(tmp_path / "amp.nam", b"content")
    with Tree(tmp_path) as tree:
        [found] = list(tree.walk())
        assert isinstance(found, Found)
        assert tree.read(found, 100) == b"content"
        assert tree.is_alive(found)
        with pytest.raises(OSError, match="larger than"):
            tree.read(found, 3)
        amp.write_bytes(b"cont")
        with pytest.raises(OSError, match="gave 4 of its 7 bytes"):
            tree.read(found, 100)
        assert not tree.is_alive(found)
        amp.unlink()
        assert not tree.is_alive(found)


def test_four_gigabytes_are_not_read(tmp_path: Path) -> None:
    path = put(tmp_path / "huge.nam")
    os.truncate(path, 4 << 30)
    with Tree(tmp_path) as tree:
        [found] = list(tree.walk())
        assert isinstance(found, Found) and found.size_bytes == 4 << 30
        with pytest.raises(OSError, match="larger than"):
            tree.read(found, 8 << 20)


def test_ten_thousand_folders_deep(tmp_path: Path) -> None:
    """Deeper than any path may be long, so it is made, and removed, step by step."""
    depth = 10_000
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=here)
        inner = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    put(tmp_path / "amp.nam")
    try:
        found, passed = walk(tmp_path)
        assert found == ["amp.nam"]
        assert passed == {"/".join("d" * 13): "lies more than 12 folders deep: not entered"}
    finally:
        for _ in range(depth):
            upper = os.open("..", os.O_RDONLY, dir_fd=here)
            os.close(here)
            os.rmdir("d", dir_fd=upper)
            here = upper
        os.close(here)


def test_too_many_entries_end_the_walk(tmp_path: Path) -> None:
    for number in range(30):
        put(tmp_path / f"{number:03}.jpg")
    put(tmp_path / "sub" / "amp.nam")
    found, passed = walk(tmp_path, Limits(entries=20))
    assert passed == {"": "more than 20 files and folders: the rest was left"}
    assert len(found) <= 1
    put(tmp_path / "sub" / "other.nam")
    found, passed = walk(tmp_path / "sub", Limits(found=1))
    assert (found, passed) == (["amp.nam"], {"": "more than 1 files: the rest was left"})


def test_time_ends_the_walk(tmp_path: Path) -> None:
    for number in range(10):
        put(tmp_path / f"{number}.nam")
    clock = iter(range(100))
    with Tree(tmp_path, Limits(seconds=4.5), lambda: float(next(clock))) as tree:
        items = list(tree.walk())
    assert [item.name for item in items] == ["0.nam", "1.nam", "2.nam", "3.nam", ""]


def test_a_folder_that_cannot_be_read_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "bad" / "a.nam")
    put(tmp_path / "good" / "b.nam")
    scandir = os.scandir

    def failing(where: int) -> object:
        if os.readlink(f"/proc/self/fd/{where}").endswith("bad"):
            raise OSError(5, "Input/output error")
        return scandir(where)

    monkeypatch.setattr(os, "scandir", failing)
    assert walk(tmp_path) == (["good/b.nam"], {"bad": "cannot be read (Input/output error)"})


@pytest.mark.parametrize("name", [b"new\nline.nam", b"\xff\xfe.nam", "r\u202etl.nam".encode(), b"a" * 251 + b".nam"])
def test_strange_names_are_found_and_read(tmp_path: Path, name: bytes) -> None:
    with open(os.path.join(os.fsencode(tmp_path), name), "wb") as file:
        file.write(b"x")
    with Tree(tmp_path) as tree:
        [found] = list(tree.walk())
        assert isinstance(found, Found) and os.fsencode(found.name) == name
        assert tree.read(found, 10) == b"x"


def test_a_medium_that_lists_names_that_climb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No kernel of today hands such a name on; if one does, it is not opened, for it would lead out."""
    put(tmp_path / "secret.nam", b"secret")
    put(tmp_path / "stick" / "amp.nam")
    scandir = os.scandir

    class Climbing:
        def __init__(self, where: int) -> None:
            self._real = scandir(where)

        def __enter__(self) -> Climbing:
            return self

        def __exit__(self, *_: object) -> None:
            self._real.close()

        def __iter__(self) -> Iterator[object]:
            status = os.stat(tmp_path / "secret.nam")
            for name in ("../secret.nam", "/etc/x.nam"):
                yield SimpleNamespace(name=name, stat=lambda follow_symlinks: status)
            yield from self._real

    monkeypatch.setattr(os, "scandir", Climbing)
    no_name = "has no name that a file can have"
    assert walk(tmp_path / "stick") == (["amp.nam"], {"../secret.nam": no_name, "/etc/x.nam": no_name})


#: In a namespace of its own: an overlay whose layers lie on two file systems, with a folder and a file mounted into it.
_OVERLAY = """
mount -t tmpfs none "$1" && cd "$1" && mkdir low high root && mount -t tmpfs none low && mount -t tmpfs none high
mkdir -p low/pack high/upper high/work && echo x > low/pack/low.nam && echo x > low/top.nam
mount -t overlay -o lowerdir=low,upperdir=high/upper,workdir=high/work,xino=off none root
echo x > root/pack/high.nam && mkdir root/bound root/again && echo x > root/bound.nam
mount --bind low root/bound && mount --bind root/pack root/again && mount --bind low/top.nam root/bound.nam
exec "$2" -c "$3"
"""
_WALK = """
import os
from pathlib import Path
from pedal.library.scan import Found, Tree
with Tree(Path("root")) as tree:
    assert os.stat("root/top.nam").st_dev != os.stat("root").st_dev, "as of a pedal whose root is an overlay"
    for item in tree.walk():
        try:
            words = tree.read(item, 9).decode() if isinstance(item, Found) else item.reason
        except OSError as error:
            words = str(error)
        print("/".join((*item.folders, item.name)), words.strip(), sep=": ")
"""


def test_an_overlay_is_one_tree_and_what_is_mounted_into_it_is_not(tmp_path: Path) -> None:
    unshare = ["unshare", "--user", "--map-root-user", "--mount"]
    may = subprocess.run([*unshare, "true"], capture_output=True, text=True)
    if may.returncode:
        pytest.skip(f"no namespaces for us: {may.stderr.strip()}")
    command = [*unshare, "sh", "-ec", _OVERLAY, "sh", tmp_path, sys.executable, _WALK]
    ran = subprocess.run(
        command, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    )
    if "mount: " in ran.stderr:
        pytest.skip(f"no overlay for us: {ran.stderr.strip()}")
    assert ran.stdout.splitlines() == [
        "bound.nam: is no longer a regular file",
        "top.nam: x",
        "again: something else is mounted there",
        "bound: something else is mounted there",
        "pack/high.nam: x",
        "pack/low.nam: x",
    ], ran.stderr


def test_kinds_by_ending() -> None:
    names = ("a.nam", "a.NAM", "a.wav", "a.toml", "a.pedal", "a.json", "a", "nam")
    assert [kind_of(n) for n in names] == ["model", "model", "impulse", "preset", "backup", None, None, None]
