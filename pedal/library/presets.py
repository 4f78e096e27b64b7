"""The player's presets on disk, over the factory's: listed, read, saved.

Used by the panel, which alone writes, and by the commands. A preset's *key* is its file name
without ``.toml``; the list is in the order of keys, so ``03-lead`` comes after ``02-rhythm``.
A file in the player's folder stands in front of a factory preset of the same key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pedal.errors import PresetError, did_you_mean
from pedal.files import load_text
from pedal.library.atomic import previous_of, remove_leftovers, write_atomic
from pedal.paths import factory_dir, presets_dir
from pedal.preset import Preset, format_preset, parse_preset

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,63}")
_NUMBER = re.compile(r"^\d+[-_ ]")


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
            for path in folder.glob("*.toml"):
                if _KEY.fullmatch(path.stem):
                    found[path.stem] = Entry(path.stem, path, is_factory)
        return tuple(found[key] for key in sorted(found))

    def entry(self, key: str) -> Entry:
        """The entry of ``key``.

        Raises:
            PresetError: there is none; names the nearest.
        """
        entries = {entry.key: entry for entry in self.entries()}
        if key not in entries:
            raise PresetError(f"there is no preset {key!r:.70}", hint=did_you_mean(key, entries))
        return entries[key]

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

    def step(self, key: str, by: int) -> str:
        """The key ``by`` places after ``key``, around the ends; the first one if ``key`` is gone.

        Raises:
            PresetError: there are no presets at all.
        """
        keys = [entry.key for entry in self.entries()]
        if not keys:
            raise PresetError("there are no presets", where=str(self._user_dir), hint="Install the factory presets")
        return keys[(keys.index(key) + by) % len(keys)] if key in keys else keys[0]

    def load(self, key: str) -> Loaded:
        """The preset of ``key``; when its file is broken, the one before its last save, with a warning.

        Raises:
            PresetError: there is none, or neither can be read.
        """
        path = self.entry(key).path
        try:
            return Loaded(_load(path))
        except PresetError as broken:
            try:
                earlier = _load(previous_of(path))
            except PresetError:
                raise broken from None
            return Loaded(earlier, warning=f"{broken} Playing what it was before.")

    def save(self, key: str, preset: Preset) -> Path:
        """Write ``preset`` into the player's folder, atomically; what was there is kept beside it.

        Raises:
            PresetError: the key is no file name, the preset could not be read back, or the disk refuses.
        """
        if not _KEY.fullmatch(key):
            hint = "Use at most 64 letters, digits, spaces, - and _"
            raise PresetError(f"{key!r:.70} cannot name a preset", hint=hint)
        path = self._user_dir / f"{key}.toml"
        text = format_preset(preset)
        parse_preset(text, str(path))  # never save what cannot be loaded
        try:
            # A file that was broken by hand must not push out the good one before it.
            write_atomic(path, text.encode(), keep_previous=_is_good(path))
        except OSError as failure:
            raise PresetError(
                f"cannot be saved ({failure.strerror})", where=str(path), hint="Is the disk full?"
            ) from failure
        return path


def _load(path: Path) -> Preset:
    return parse_preset(load_text(path, PresetError), str(path))


def _is_good(path: Path) -> bool:
    try:
        _load(path)
    except PresetError:
        return False
    return True
