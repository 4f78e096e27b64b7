"""The player's presets on disk, over the factory's: listed, read, saved, deleted.

Used by the panel, which alone writes, and by the commands. A preset's *key* is its file name
without ``.toml``; the list is in the order of keys, so ``03-lead`` comes after ``02-rhythm``.
A key stays for good, whatever the preset is called: banks and what is in hand refer to it.
A file in the player's folder stands in front of a factory preset of the same key.
"""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from pedal.errors import PresetError, did_you_mean
from pedal.files import TEXT_CAP_BYTES, load_text
from pedal.library.atomic import previous_of, remove_atomic, remove_leftovers, write_atomic
from pedal.library.kept import Form, load_kept, save_kept
from pedal.paths import factory_dir, presets_dir
from pedal.preset import Preset, format_preset, parse_preset

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,63}")
_NUMBER = re.compile(r"^(\d{1,6})[-_ ]")
#: Of a preset's name, in the key made of it.
_KEY_CHARS = 48
FORM = Form(
    parse_preset,
    {"block": "id", "snapshot": "number"},
    lambda preset: {
        "block": [block.id for block in preset.blocks],
        "snapshot": [snapshot.number for snapshot in preset.snapshots],
    },
)


def is_key(text: str) -> bool:
    """Whether a preset's file may be called so."""
    return _KEY.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Entry:
    """One preset of the list; ``is_factory`` ones are never written."""

    key: str
    path: Path
    is_factory: bool


@dataclass(frozen=True, slots=True)
class Loaded:
    """A preset that was read; ``warning`` says if it is not what lies there now."""

    preset: Preset
    warning: str = ""


class PresetStore:
    """Presets in two folders.

    Args:
        user_dir: the player's; made at the first save.
        factory_dir: what the pedal ships.
    """

    def __init__(self, user_dir: Path, factory_dir: Path) -> None:
        self._user_dir = user_dir
        self._factory_dir = factory_dir
        if user_dir.is_dir():
            remove_leftovers(user_dir)

    @classmethod
    def default(cls) -> PresetStore:
        """The folders that ``pedal.paths`` names."""
        return cls(presets_dir(), factory_dir("models") / "presets")

    def entries(self) -> tuple[Entry, ...]:
        """All presets, in order; read from disk anew."""
        found: dict[str, Entry] = {}
        for folder, is_factory in ((self._factory_dir, True), (self._user_dir, False)):
            for name in _names(folder):  # hundreds, and looked at every second
                key = name.removesuffix(".toml")
                if key != name and is_key(key):
                    found[key] = Entry(key, folder / name, is_factory)
        return tuple(found[key] for key in sorted(found))

    def entry(self, key: str) -> Entry:
        """The entry of ``key``.

        Raises:
            PresetError: there is none; names the nearest.
        """
        if is_key(key):
            for folder in (self._user_dir, self._factory_dir):
                path = folder / f"{key}.toml"
                if os.path.lexists(path):
                    return Entry(key, path, folder is self._factory_dir)
        keys = [entry.key for entry in self.entries()]
        raise PresetError(f"there is no preset {key!r:.70}", hint=did_you_mean(key, keys))

    def find(self, name: str) -> str:
        """The key that a player means by ``name``: a key, a key without its number, or a preset's own name.

        Raises:
            PresetError: none of them.
        """
        wanted = name.strip().casefold()
        keys = [entry.key for entry in self.entries()]
        for key in keys:
            if wanted in (key.casefold(), _NUMBER.sub("", key).casefold()):
                return key
        names: dict[str, str] = {}
        for key in keys:
            try:
                names.setdefault(self.load(key).preset.name.casefold(), key)
            except PresetError:
                continue  # a broken preset has no name to be found by; its key still works
        if wanted in names:
            return names[wanted]
        raise PresetError(f"there is no preset {name!r:.70}", hint=did_you_mean(wanted, [*keys, *names]))

    def path_of(self, key: str) -> Path:
        """Where the player's own preset of this key lies, or would."""
        return self._user_dir / f"{key}.toml"

    def step(self, key: str, by: int) -> str:
        """The key ``by`` places after ``key``, around the ends; the first one if ``key`` is gone.

        Raises:
            PresetError: there are no presets at all.
        """
        keys = [entry.key for entry in self.entries()]
        if not keys:
            raise PresetError("there are no presets", where=str(self._user_dir), hint="Install the factory presets")
        return keys[(keys.index(key) + by) % len(keys)] if key in keys else keys[0]

    def stamp(self, key: str) -> tuple[object, ...]:
        """What tells whether the file of ``key`` is still the one that was read; nothing where there is none."""
        for folder in (self._user_dir, self._factory_dir):
            try:
                about = os.stat(folder / f"{key}.toml")
            except OSError:
                continue
            return folder, about.st_mtime_ns, about.st_size, about.st_ino
        return ()

    def new_key(self, name: str) -> str:
        """A free key for a new preset of this name, at the end of the list: ``13-big-clean``."""
        keys = [entry.key for entry in self.entries()]
        number = 1 + max((int(match[1]) for key in keys if (match := _NUMBER.match(key))), default=0)
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
        word = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_KEY_CHARS] or "preset"
        return f"{number:02d}-{word}"

    def check_free(self, name: str) -> None:
        """Refuse a name that would find another preset.

        Raises:
            PresetError: a preset has this name, or is found by it.
        """
        try:
            key = self.find(name)
        except PresetError:
            return
        raise PresetError(f"there is a preset {name!r:.70} already ('{key}')", hint="Choose another name")

    def load(self, key: str) -> Loaded:
        """The preset of ``key``; when its file is broken, the one before its last save, with a warning.

        Raises:
            NewerSchemaError: a newer pedal wrote it.
            PresetError: there is none, or neither can be read.
        """
        return Loaded(*load_kept(self.entry(key).path, FORM, "Playing what it was before."))

    def save(self, key: str, preset: Preset, like: str = "") -> Path:
        """Write ``preset`` into the player's folder, atomically; what was there is kept beside it.

        Args:
            key: of the file; a factory preset of that key stays, behind it.
            preset: as it is to be read back.
            like: where there is no preset of that key yet, the one whose file's comments are taken over; may be empty.

        Raises:
            NewerSchemaError: a newer pedal wrote the file that is there.
            PresetError: the key is no file name, the preset could not be read back, or the disk refuses.
        """
        if not is_key(key):
            hint = "Use at most 64 letters, digits, spaces, - and _"
            raise PresetError(f"{key!r:.70} cannot name a preset", hint=hint)
        path = self.path_of(key)
        fresh = format_preset(preset)
        if len(fresh.encode()) > TEXT_CAP_BYTES:
            hint = "Clear one with `pedal snapshot clear`"
            raise PresetError("has more in its snapshots than fits a file", where=str(path), hint=hint)
        paths = {entry.key: entry.path for entry in self.entries()}
        save_kept(path, fresh, FORM, source=paths.get(key) or paths.get(like))
        return path

    def save_text(self, key: str, text: str, was: str | None = None) -> Path:
        """Write a file as a player has written it, comments and all, atomically; what was there is kept beside it.

        Args:
            key: of a preset that there is; a factory preset stays, behind it.
            text: of the file.
            was: what it was made from, which must lie there still; None: whatever lies there.

        Raises:
            NewerSchemaError: a newer pedal wrote it.
            PresetError: it is no preset, another one lies there by now, or the disk refuses.
        """
        if len(text.encode()) > TEXT_CAP_BYTES:
            raise PresetError("is longer than a preset's file may be", where=f"preset '{key}'")
        parse_preset(text, f"preset '{key}'")
        entry, path = self.entry(key), self.path_of(key)
        if was is not None and load_text(entry.path, PresetError) != was:
            raise PresetError(
                "was changed meanwhile by somebody else", where=f"preset '{key}'", hint="Look at it again"
            )
        try:
            write_atomic(path, text.encode(), keep_previous=True)
        except OSError as failure:
            raise PresetError(
                f"cannot be saved ({failure.strerror})", where=str(path), hint="Is the disk full?"
            ) from failure
        return path

    def delete(self, key: str) -> Path:
        """Delete a preset of the player's; its content stays beside it. Returns where.

        Raises:
            PresetError: there is none, it is the factory's, or the disk refuses.
        """
        entry = self.entry(key)
        if entry.is_factory:
            raise PresetError(f"'{key}' is a factory preset, which stays", hint="Save your own under its name instead")
        try:
            remove_atomic(entry.path)
        except OSError as failure:
            raise PresetError(f"cannot be deleted ({failure.strerror})", where=str(entry.path)) from failure
        return previous_of(entry.path)


def _names(folder: Path) -> list[str]:
    """What lies in a folder; nothing where there is none."""
    try:
        return os.listdir(folder)
    except OSError:
        return []
