"""A backup: everything that is the player's in one file, and the way back.

Called by ``pedal backup``, ``pedal restore`` and the export service, each in a process of its own. A backup counts when
it was read back from its place. What a restore is about to change goes into a backup of its own first, in ``backups``;
then file after file is written beside its place and renamed, contents before the cards and presets that name them: a
power cut leaves each file the old or the new one, and doing it again finishes it. Nothing is removed.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pedal import __version__
from pedal.errors import LibraryError, PedalError
from pedal.files import load_bytes
from pedal.library.atomic import sync_folder, write_atomic
from pedal.library.container import CONTENT_CAP_BYTES, SUFFIX, Backup, File, Manifest, Writer
from pedal.library.index import NAME as INDEX
from pedal.library.index import content_hash
from pedal.library.lock import locked
from pedal.library.report import Progress
from pedal.library.shelves import SUFFIXES
from pedal.paths import models_dir, presets_dir, settings_path, state_dir

#: Below the state folder: what a restore changed.
BEFORE_FOLDER = "backups"
#: What is not the player's, or not to be taken along.
_LEFT_OUT = {"inbox", BEFORE_FOLDER}
_SUFFIXES = (".toml", ".nam", ".wav", ".json", ".previous", ".broken")
_MAX_DEPTH, _MAX_PATH = 8, 400
#: Disk that a restore leaves free.
_RESERVE_BYTES = 16 << 20
Watch = Callable[[Progress], None]


@dataclass(frozen=True)
class Places:
    """Where the player's files lie: a folder each for presets and models, the settings, and the rest."""

    state: Path
    presets: Path
    models: Path
    settings: Path

    @classmethod
    def default(cls) -> Places:
        """As ``pedal.paths`` names them."""
        return cls(state_dir(), presets_dir(), models_dir(), settings_path())

    @property
    def library(self) -> Path:
        """What was imported."""
        return self.state / "library"

    def files(self) -> Iterator[tuple[str, Path]]:
        """All that is the player's: path in a backup, and where it lies; in order."""
        for top, folder in (("presets", self.presets), ("models", self.models)):
            yield from ((f"{top}/{name}", path) for name, path in _below(folder))
        if self.settings.is_file():
            yield "settings.toml", self.settings
        taken = {"presets", "models", "settings.toml", *_LEFT_OUT}
        for name, path in _below(self.state):
            if name.split("/")[0] not in taken and name != f"library/{INDEX}":
                yield name, path

    def place(self, path: str) -> Path:
        """Where a path of a backup leads here.

        Raises:
            LibraryError: nowhere, or out of the player's folders.
        """
        parts = path.split("/")
        if not is_ours(path) or parts[0] in _LEFT_OUT:
            raise LibraryError(
                f"holds a file {path!r:.100}, which is nothing of the player's", hint="Use another backup"
            )
        root, rest = {"presets": (self.presets, parts[1:]), "models": (self.models, parts[1:])}.get(
            parts[0], (self.state, parts)
        )
        target = self.settings if path == "settings.toml" else root.joinpath(*rest)
        if (
            not rest
            or target.is_dir()
            or not target.parent.resolve().is_relative_to(target.parents[len(rest) - 1].resolve())
        ):
            raise LibraryError(f"leads outside the library with {path!r:.100}", hint="Use another backup")
        return target


@dataclass(frozen=True)
class Step:
    """One file of a restore: what it becomes, where, and whether something else lies there now."""

    file: File
    target: Path
    replaces: bool


def is_ours(path: str) -> bool:
    """Whether a path may be in a backup: relative, no deeper than ours are, not hidden, of a kind we write."""
    parts = path.split("/")
    plain = all(part and not part.startswith(".") and part.isprintable() and len(part) <= 255 for part in parts)
    return plain and len(parts) <= _MAX_DEPTH and len(path) <= _MAX_PATH and path.endswith(_SUFFIXES)


def backup_path(path: Path, word: str = "pedal") -> Path:
    """Where a backup goes that is asked for at ``path``: into that folder under a name of today, or that very file."""
    if not path.is_dir():
        return path if path.suffix else path.with_name(path.name + SUFFIX)
    stem = time.strftime(f"{word}-%Y-%m-%d-%H%M")
    names = [f"{stem}{SUFFIX}", *(f"{stem}-{number}{SUFFIX}" for number in range(2, 1000))]
    return next(path / name for name in names if not (path / name).exists())


def save_backup(target: Path, places: Places, watch: Watch = lambda progress: None) -> Manifest:
    """Write everything that is the player's to ``target``, durably, and read it back.

    Raises:
        LibraryError: it cannot be written, or does not read back; then nothing new bears that name.
    """
    return _save(target, list(places.files()), watch)


def load_backup(path: Path) -> Backup:
    """Open a backup; the caller reads it while the file stays open (it is closed with the process, or the object).

    Raises:
        LibraryError: it cannot be read, or is no backup.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise LibraryError("is not a file", where=str(path), hint="Name a backup")
        return Backup(open(descriptor, "rb"), path.name)  # read as long as the backup is
    except OSError as error:
        raise LibraryError(f"cannot be read ({error.strerror})", where=str(path), hint="Check the name") from error


def last_before(places: Places) -> Path:
    """What the last restore replaced.

    Raises:
        LibraryError: none has replaced anything.
    """
    kept = list((places.state / BEFORE_FOLDER).glob(f"before-*{SUFFIX}"))
    if not kept:
        raise LibraryError("no restore has changed anything", hint="Name a backup")
    return max(kept, key=lambda path: path.stat().st_mtime_ns)


def counted(paths: Iterable[str]) -> str:
    """How many of what these files of a backup are, in words."""
    words = Counter(_word(path) for path in paths)
    order = [("preset", "presets"), ("model", "models"), ("impulse response", "impulse responses"), ("other", "others")]
    parts = [f"{words[one]} {one if words[one] == 1 else many}" for one, many in order if words[one]]
    return ", ".join(parts) or "nothing"


def plan_restore(backup: Backup, places: Places) -> list[Step]:
    """What a restore would write, in its order; what lies here already, to the last byte, is left out.

    So is content of the library that is not what its name says: it was damaged before, or is meant to pass for another.

    Raises:
        LibraryError: the backup holds a file that leads out of the player's folders, or two for one place.
    """
    steps: dict[Path, Step] = {}
    for file in backup.manifest.files:
        target = places.place(file.path)
        if target in steps:
            raise LibraryError(f"holds {file.path!r:.100} twice", hint="Use another backup")
        if file.path.startswith("library/") and target.suffix in SUFFIXES.values() and target.stem != file.hash:
            continue
        steps[target] = Step(file, target, target.exists())
    changed = (step for step in steps.values() if not _holds(step.target, step.file.hash))
    return sorted(changed, key=lambda step: (_rank(step.file.path), step.file.path))


def restore(backup: Backup, steps: list[Step], places: Places, watch: Watch = lambda progress: None) -> Path | None:
    """Do what was planned; the backup of what was replaced, if anything was.

    Raises:
        LibraryError: it is damaged, the disk is full, or an import is going on; every file is the old or the new one.
    """
    with locked(places.library, places.state / BEFORE_FOLDER):
        try:
            _check_writable(steps)
            for _ in backup.verify():  # before a byte is written
                pass
            size_bytes = sum(step.file.size_bytes for step in steps)
            old = [(step.file.path, step.target) for step in steps if step.replaces]
            size_bytes += sum(path.stat().st_size for _, path in old)
            about = os.statvfs(places.library)
            if about.f_bavail * about.f_frsize < size_bytes + _RESERVE_BYTES:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            before = None
            if old:
                before = backup_path(places.state / BEFORE_FOLDER, "before")
                _save(before, old, lambda progress: None)
            for number, step in enumerate(steps, 1):
                write_atomic(step.target, backup.read(step.file))
                watch(Progress("saving", len(steps), number))
        except OSError as error:
            hint = "What was not written yet is as it was; do it again"
            raise LibraryError(f"cannot be restored ({error.strerror})", hint=hint) from error
    return before


def _save(target: Path, files: list[tuple[str, Path]], watch: Watch) -> Manifest:
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o664)
        with open(descriptor, "w+b") as file:
            writer, kept = Writer(file), []
            for number, (name, path) in enumerate(files, 1):
                data = load_bytes(path, CONTENT_CAP_BYTES, LibraryError)
                kept.append(File(name, writer.add(data), len(data)))
                watch(Progress("saving", len(files), number))
            manifest = Manifest(tuple(kept), time.strftime("%Y-%m-%d %H:%M"), __version__)
            writer.close(manifest)
            file.flush()
            os.fsync(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            for _ in Backup(file, target.name).verify():
                pass
            os.replace(temporary, target)
            os.fsync(descriptor)  # on FAT the new name is that of an empty file until its file is written once more
        with contextlib.suppress(PermissionError):
            sync_folder(target.parent)
    except OSError as error:
        raise LibraryError(f"cannot be saved ({error.strerror})", where=str(target), hint="Is there room?") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    return manifest


def _check_writable(steps: list[Step]) -> None:
    """A player's own folder may not let the import service write: said before anything is half restored."""
    for folder in {next(folder for folder in step.target.parents if folder.exists()) for step in steps}:
        if not os.access(folder, os.W_OK | os.X_OK):
            hint = "Let the group write there (chmod g+w), or restore as the owner; nothing was changed"
            raise LibraryError("may not be written to", where=str(folder), hint=hint)


def _below(folder: Path) -> Iterator[tuple[str, Path]]:
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(here, name)
            relative = path.relative_to(folder).as_posix()
            if is_ours(f"presets/{relative}") and stat.S_ISREG(path.lstat().st_mode):
                yield relative, path


def _word(path: str) -> str:
    if path.endswith(".nam"):
        return "model"
    if path.endswith(".wav"):
        return "impulse response"
    return "preset" if path.startswith("presets/") and path.endswith(".toml") else "other"


def _rank(path: str) -> int:
    """Contents first, then the cards about them, then what names them."""
    if path.startswith(("library/", "models/")):
        return 1 if path.endswith(".json") else 0
    return 2 if path.startswith("presets/") else 3


def _holds(path: Path, content: str) -> bool:
    try:
        return path.is_file() and content_hash(path) == content
    except PedalError:
        return False
