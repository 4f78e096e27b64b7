"""From the names in a preset to files: the player's models and impulse responses, the factory's, what was imported.

Used by the builder, the commands and the offline tools. A name never leads out of the library:
no absolute names, no climbing, no links to elsewhere, no devices.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from pedal.errors import ImpulseError, ModelError, PedalError, PresetError, did_you_mean
from pedal.files import load_bytes
from pedal.library.cards import AssetKind
from pedal.library.catalog import Catalog
from pedal.paths import factory_dir, models_dir
from pedal.preset import checked_asset_name

#: No model or impulse response is larger.
ASSET_CAP_BYTES = 32 * 1024 * 1024
#: Impulse responses lie here, beside the models, or among them.
IMPULSE_FOLDER = "cabs"
#: Before a hash that stands for a name.
CONTENT = "sha256:"
MODEL_SUFFIXES = (".nam",)
IMPULSE_SUFFIXES = (".wav",)


class Assets:
    """The library's folders, the first one first.

    Args:
        roots: folders with models; impulse responses in them or in their ``cabs`` folder.
        catalog: asked for names that no folder has; it knows what was imported, whose names are no paths.
    """

    def __init__(self, *roots: Path, catalog: Catalog | None = None) -> None:
        self._roots = roots
        self._catalog = catalog

    @classmethod
    def default(cls, *, once: bool = False) -> Assets:
        """As ``pedal.paths`` names them: the player's folder, the factory's, the library (``once``: see there)."""
        return cls(models_dir(), factory_dir("models"), catalog=Catalog.default(once=once))

    def model_path(self, name: str, known: str = "") -> Path:
        """The ``.nam`` file that a preset calls ``name``, or that has the content ``sha256:HASH``.

        Args:
            name: as a preset has it.
            known: the hash of what it stood for, if that is known: makes it no other file, but sooner found.

        Raises:
            ModelError: there is none, or it leads out of the library.
        """
        return self._resolve(name, "model", list(self._roots), MODEL_SUFFIXES, ModelError, known)

    def impulse_path(self, name: str, known: str = "") -> Path:
        """The ``.wav`` file that a preset calls ``name``, or that has the content ``sha256:HASH``.

        Args:
            name: as a preset has it.
            known: the hash of what it stood for, if that is known: makes it no other file, but sooner found.

        Raises:
            ImpulseError: there is none, or it leads out of the library.
        """
        folders = [folder for root in self._roots for folder in (root / IMPULSE_FOLDER, root)]
        return self._resolve(name, "impulse", folders, IMPULSE_SUFFIXES, ImpulseError, known)

    def content_path(self, content: str, kind: AssetKind) -> Path | None:
        """The file with content of this hash, under whatever name; None if the library does not know it."""
        return None if self._catalog is None else self._catalog.path_of(content, kind)

    def model_names(self) -> tuple[str, ...]:
        """All models, as presets name them, sorted."""
        return self._all_names(_names(list(self._roots), MODEL_SUFFIXES), "model")

    def impulse_names(self) -> tuple[str, ...]:
        """All impulse responses, as presets name them, sorted."""
        return self._all_names(_names([root / IMPULSE_FOLDER for root in self._roots], IMPULSE_SUFFIXES), "impulse")

    def _all_names(self, names: tuple[str, ...], kind: AssetKind) -> tuple[str, ...]:
        if self._catalog is None:
            return names
        imported = {entry.asset_name for entry in self._catalog.entries(kind) if entry.source == "library"}
        return tuple(sorted({*names, *imported}))

    def _resolve(
        self,
        name: str,
        what: AssetKind,
        folders: list[Path],
        suffixes: tuple[str, ...],
        error: type[PedalError],
        known: str,
    ) -> Path:
        if name.startswith(CONTENT):
            path = self.content_path(name.removeprefix(CONTENT), what)
            if path is None:
                raise error(f"there is no {what} with the content {name:.20}...", hint="Import it again")
            return path
        try:
            checked_asset_name(name, what, "")
        except PresetError as unsafe:
            raise error(unsafe.what, hint=unsafe.hint) from unsafe
        if not name.lower().endswith(suffixes):
            raise error(f"{what} '{name}' does not end in {suffixes[0]}", hint="Check the name")
        for folder in folders:
            path = folder / name
            if not os.path.lexists(path):
                continue
            if not _lies_in(path, folder):
                raise error(f"{what} '{name}' is a link that leads out of the library", where=str(path), hint="Copy it")
            if not stat.S_ISREG(path.stat().st_mode):
                raise error(f"{what} '{name}' is not a file", where=str(path), hint="Choose another name")
            return path
        if self._catalog is not None and (entry := self._catalog.named(name, what, known)):
            return entry.path
        names = _names(folders, suffixes)
        raise error(f"there is no {what} '{name}'", hint=did_you_mean(name, names) or "The library is empty")


def load_content_hash(path: Path, error: type[PedalError] = ModelError) -> str:
    """SHA-256 of a file of the library, hexadecimal: what a name stands for today.

    Raises:
        PedalError: ``error``, when it cannot be read or is too large.
    """
    return hashlib.sha256(load_bytes(path, ASSET_CAP_BYTES, error)).hexdigest()


def _lies_in(path: Path, folder: Path) -> bool:
    try:
        return path.resolve(strict=True).is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # a dangling link, or a circle of links
        return False


def _names(folders: list[Path], suffixes: tuple[str, ...]) -> tuple[str, ...]:
    found = {
        path.relative_to(folder).as_posix()
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix.lower() in suffixes and not any(p.startswith(".") for p in path.relative_to(folder).parts)
    }
    return tuple(sorted(found))
