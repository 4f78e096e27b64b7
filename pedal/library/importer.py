"""Takes what somebody brought - on a stick, by network, in a folder - into the library, one whole file after the other.

Called by ``pedal models import`` and by the import service, each in a process of its own. A file is read once, into
memory; those bytes are judged by the loader that will play them, in another process (``checker``); then they are
written beside their place, flushed and renamed. A stick that is pulled out, a full disk or a power cut in between
leaves the library as it was before that file.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from pedal.errors import LibraryError
from pedal.library.atomic import write_atomic
from pedal.library.cards import AssetKind, Card
from pedal.library.catalog import Catalog, Entry
from pedal.library.checker import Checker
from pedal.library.index import content_hash
from pedal.library.lock import locked
from pedal.library.names import clean_category, clean_name, clean_stem, fold, free_name
from pedal.library.presets import PresetStore
from pedal.library.report import MOST_LINES, Line, Outcome, Progress, Report, shown_path
from pedal.library.scan import BACKUP_HERE, USUAL, Found, Kind, Limits, Passed, Tree
from pedal.library.shelves import FOLDERS, SUFFIXES
from pedal.paths import presets_dir

#: No file of a kind is larger: as their loaders have it.
CAPS_BYTES: dict[Kind, int] = {"model": 8 << 20, "impulse": 32 << 20, "preset": 64 << 10, "backup": 0}
#: Disk that an import leaves free, for presets that are saved later.
RESERVE_BYTES = 32 << 20
#: What a medium that is gone says, if it says anything.
_GONE = {errno.ENODEV, errno.ENXIO, errno.ENOMEDIUM, errno.ESTALE, errno.ENOTCONN}
_ORDER: dict[Kind, int] = {"model": 0, "impulse": 1, "preset": 2, "backup": 3}
PULLED_OUT = "It was gone before everything was read. What is listed as imported is safe; put it in again."


class _StopError(Exception):
    """The import ends here, with a sentence."""


class Importer:
    """One import.

    Args:
        catalog: where models and impulse responses go.
        store: the presets that there are.
        presets: the folder that presets go to.
        checker: judges content.
        watch: told how far it is, whenever that changed.
    """

    def __init__(
        self,
        catalog: Catalog,
        store: PresetStore,
        presets: Path,
        checker: Checker,
        watch: Callable[[Progress], None] = lambda progress: None,
    ) -> None:
        self._catalog = catalog
        self._store = store
        self._presets = presets
        self._checker = checker
        self._watch = watch
        self._report = Report()
        self._progress = Progress("looking")
        self._known: dict[str, Entry] = {}
        self._names: dict[tuple[str, str], set[str]] = {}
        self._preset_hashes: dict[str, str] = {}

    @classmethod
    def default(cls, checker: Checker, watch: Callable[[Progress], None] = lambda progress: None) -> Importer:
        """Into the player's library."""
        return cls(Catalog.default(), PresetStore.default(), presets_dir(), checker, watch)

    def run(self, tree: Tree, category: str = "") -> Report:
        """Import everything below ``tree``.

        Args:
            tree: open.
            category: before the folders' own.

        Raises:
            LibraryError: another import is going on, or there can be no library.
        """
        home = self._catalog.home
        with locked(home, *(home / name for name in FOLDERS.values()), self._presets):
            self._look_at_library()
            try:
                self._import(tree, category)
            except _StopError as stop:
                self._report.problem = str(stop)
            self._catalog.entries()  # what is new is remembered now, not when somebody searches
            self._report.others = tree.others
            failed = bool(self._report.problem)
            self._tell(phase="failed" if failed else "done", text=self._report.problem)
        return self._report

    def _import(self, tree: Tree, category: str) -> None:
        found: list[Found] = []
        for item in tree.walk():
            if isinstance(item, Passed):
                self._refuse(item.folders, item.name, item.reason)
            else:
                found.append(item)
                if len(found) % 100 == 1:
                    self._tell(found=len(found))
        self._report.backup_wanted = tree.has(BACKUP_HERE)
        self._tell(phase="importing", found=len(found))
        found.sort(key=lambda item: _ORDER[item.kind])  # a preset comes after what it names
        for number, item in enumerate(found):
            if tree.is_late:
                raise _StopError(f"It took too long: {len(found) - number} files were left out.")
            data = self._read(tree, item, found)
            if data is not None:
                self._take(item, data, category)
            self._tell(done=number + 1)
        # A folder of a stick that is gone lists as empty: whether all was seen, only what was seen can tell.
        if found and not any(tree.is_alive(item) for item in (found[0], found[-1])):
            raise _StopError(PULLED_OUT)

    def _read(self, tree: Tree, item: Found, all_found: list[Found]) -> bytes | None:
        """Its content; None if it was refused."""
        cap_bytes = CAPS_BYTES[item.kind]
        if item.kind == "backup":
            reason = "is a whole backup: nothing of it comes in unasked (`pedal restore`)"
            self._add(Line(shown_path(item.folders, item.name), "refused", reason, item.kind))
        elif item.size_bytes > cap_bytes:
            self._refuse(item.folders, item.name, f"is larger than {_size(cap_bytes)}", item.kind)
        else:
            try:
                return tree.read(item, cap_bytes)
            except OSError as error:
                others = [other for other in (all_found[0], all_found[-1]) if other is not item]
                if error.errno in _GONE or (others and not any(tree.is_alive(other) for other in others)):
                    raise _StopError(PULLED_OUT) from error
                self._refuse(item.folders, item.name, f"cannot be read ({error.strerror or error})", item.kind)
        return None

    def _take(self, item: Found, data: bytes, category: str) -> None:
        content = hashlib.sha256(data).hexdigest()
        if item.kind == "preset":
            self._take_preset(item, data, content)
            return
        kind: AssetKind = "model" if item.kind == "model" else "impulse"
        known = self._known.get(content)
        if known is not None and known.card.kind == kind and _is_whole(known):
            self._line(item, "known", known.asset_name, content)
            return
        verdict = self._checker.ask(kind, clean_name(item.name), data)
        if verdict.error:
            self._refuse(item.folders, item.name, _reason(verdict.error, clean_name(item.name)), kind)
            return
        if known is not None and known.card.kind == kind:  # its card is here, its content is gone or damaged
            card = known.card
        else:
            place = "/".join(part for part in (category, clean_category(item.folders)) if part)
            name = free_name(clean_stem(item.name), self._names.setdefault((kind, fold(place)), set()))
            card = Card(kind, content, name, place, clean_name(item.name, 200), len(data), round(time.time(), 3))
        card = msgspec.structs.replace(card, about=verdict.about)
        self._write(len(data), lambda: self._catalog.add(card, data))
        entry = Entry(card, str(self._catalog.content_path(kind, content)), "library", _asset_name(card))
        self._remember(entry)
        self._line(item, "imported", entry.asset_name, content)

    def _take_preset(self, item: Found, data: bytes, content: str) -> None:
        if key := self._preset_hashes.get(content):
            self._line(item, "known", key, content)
            return
        shown = clean_name(item.name)
        verdict = self._checker.ask("preset", shown, data)
        if verdict.error:
            self._refuse(item.folders, item.name, _reason(verdict.error, shown), "preset")
            return
        key = self._store.new_key(verdict.about.title)
        # As it is: what a player wrote between its lines stays.
        self._write(len(data), lambda: write_atomic(self._presets / f"{key}.toml", data))
        self._preset_hashes[content] = key
        self._line(item, "imported", key, content)

    def _write(self, size_bytes: int, write: Callable[[], object]) -> None:
        """Write, if there is room; an import that cannot go on writing ends."""
        try:
            if _free_bytes(self._catalog.home) < size_bytes + RESERVE_BYTES:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            write()
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            reason = "The pedal's disk is full" if full else f"The library cannot be written to ({error.strerror})"
            raise _StopError(f"{reason}: the rest was not imported. What was there is as it was.") from error

    def _look_at_library(self) -> None:
        for entry in self._catalog.entries():
            self._remember(entry)
        for preset in self._store.entries():
            with contextlib.suppress(LibraryError):
                self._preset_hashes.setdefault(content_hash(preset.path), preset.key)

    def _remember(self, entry: Entry) -> None:
        self._known.setdefault(entry.hash, entry)
        if not entry.missing:
            self._known[entry.hash] = entry
        self._names.setdefault((entry.card.kind, fold(entry.card.category)), set()).add(entry.name)

    def _line(self, item: Found, outcome: Outcome, what: str, content: str) -> None:
        self._add(Line(shown_path(item.folders, item.name), outcome, what, item.kind, content))
        counted = "known" if outcome == "known" else f"{item.kind}s"
        self._progress = msgspec.structs.replace(self._progress, **{counted: int(getattr(self._progress, counted)) + 1})

    def _refuse(self, folders: tuple[str, ...], name: str, reason: str, kind: str = "") -> None:
        self._add(Line(shown_path(folders, name), "refused", reason, kind))
        self._progress = msgspec.structs.replace(self._progress, refused=self._progress.refused + 1)

    def _add(self, line: Line) -> None:
        if len(self._report.lines) < MOST_LINES:
            self._report.lines.append(line)

    def _tell(self, **changed: object) -> None:
        self._progress = msgspec.structs.replace(self._progress, **changed)
        self._watch(self._progress)


def import_path(path: Path, importer: Importer, category: str = "", limits: Limits = USUAL) -> Report:
    """Import a folder with all that is in it, or one file.

    Raises:
        LibraryError: there is no such thing, or see ``Importer.run``.
    """
    try:
        real = path.resolve(strict=True)  # links on the way are the caller's own
        tree = Tree(real, limits) if real.is_dir() else Tree(real.parent, limits, only=real.name)
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise LibraryError(f"cannot be read ({reason})", where=str(path), hint="Check the name") from error
    with tree:
        return importer.run(tree, category)


def _is_whole(entry: Entry) -> bool:
    """Whether what is known of content is true of the file that should hold it."""
    try:
        return not entry.missing and content_hash(entry.path) == entry.hash
    except LibraryError:
        return False


def _asset_name(card: Card) -> str:
    name = f"{card.category}/{card.name}" if card.category else card.name
    return name + SUFFIXES[card.kind]


def _reason(sentence: str, name: str) -> str:
    """A loader's sentence without the name of the file, which stands before it in the report."""
    return sentence.removeprefix(f"{name}: ").removesuffix(".")


def _size(size_bytes: int) -> str:
    return f"{size_bytes >> 20} MiB" if size_bytes >= 1 << 20 else f"{size_bytes >> 10} KiB"


def _free_bytes(folder: Path) -> int:
    about = os.statvfs(folder)
    return about.f_bavail * about.f_frsize
