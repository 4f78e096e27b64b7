"""``pedal preset ...``: choose, save, rename, copy, delete, list and show presets.

Called through ``main``, in a process of its own. What is on disk is read here; all that changes is asked of the panel,
which alone writes. Imports neither numba nor numpy.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import click

from pedal.cli.completion import complete_preset
from pedal.cli.talking import Group, call, plain, say, talks, tell
from pedal.errors import ControlError, PresetError
from pedal.files import load_text
from pedal.library.assets import Assets
from pedal.library.presets import Entry, PresetStore
from pedal.library.resolve import file_path, resolve
from pedal.panel import protocol
from pedal.panel.preset_requests import CopyPreset, DeletePreset, RenamePreset, RevertPreset, SavePreset


class _PresetGroup(Group):
    """``pedal preset NAME`` is ``pedal preset use NAME``."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does; a word that is no command is a preset's name."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["use", *args]
        return super().resolve_command(ctx, args)


@click.group(cls=_PresetGroup)
@talks
@click.pass_context
def preset(ctx: click.Context, runtime_dir: Path | None) -> None:
    """Presets: `pedal preset NAME` plays one; next, previous, save, save-as, revert, list, ...

    NAME is a preset's name, or its key (its file's name, with or without the number).
    """
    if runtime_dir is not None:
        ctx.default_map = {name: {"runtime_dir": runtime_dir} for name in preset.commands}


@preset.command()
@click.argument("name", shell_complete=complete_preset)
@talks
def use(name: str, runtime_dir: Path | None) -> None:
    """Play the preset NAME, or the "next" or "previous" one."""
    steps: dict[str, Literal[-1, 1]] = {"next": 1, "previous": -1}
    request = protocol.SelectPreset(step=steps[name]) if name in steps else protocol.SelectPreset(name=name)
    say(call(runtime_dir, request))


@preset.command()
@talks
def save(runtime_dir: Path | None) -> None:
    """Save what plays under its own name; a factory preset as yours, in front of the factory's."""
    say(call(runtime_dir, SavePreset()))


@preset.command("save-as")
@click.argument("name")
@talks
def save_as(name: str, runtime_dir: Path | None) -> None:
    """Save what plays as a new preset called NAME, at the end of the list."""
    say(call(runtime_dir, SavePreset(name=name)))


@preset.command()
@talks
def revert(runtime_dir: Path | None) -> None:
    """Play the preset as it was saved."""
    say(call(runtime_dir, RevertPreset()))


@preset.command()
@click.argument("name")
@click.argument("new_name", metavar="NEW")
@talks
def rename(name: str, new_name: str, runtime_dir: Path | None) -> None:
    """Call the preset NAME otherwise. Its key stays, so that banks still find it."""
    say(call(runtime_dir, RenamePreset(preset=name, name=new_name)))


@preset.command()
@click.argument("name")
@click.argument("new_name", metavar="NEW")
@talks
def copy(name: str, new_name: str, runtime_dir: Path | None) -> None:
    """Make a new preset called NEW, like NAME as it was saved."""
    say(call(runtime_dir, CopyPreset(preset=name, name=new_name)))


@preset.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Also if it is in use.")
@talks
def delete(name: str, yes: bool, runtime_dir: Path | None) -> None:
    """Delete a preset of yours; its content stays beside it in the folder."""
    say(call(runtime_dir, DeletePreset(preset=name, sure=yes)))


@preset.command("list")
@talks
def list_presets(runtime_dir: Path | None) -> None:
    """All presets; * plays, and + behind it: it was changed and is not saved."""
    store, assets, status = PresetStore.default(), Assets.default(once=True), _status(runtime_dir)
    told, lines = [], []
    for entry in store.entries():
        mark = "*" if entry.key == status.get("preset_key") else " "
        edited = "+" if mark == "*" and status.get("edited") else " "
        name, troubles = _about(store, entry, assets)
        told.append({"key": entry.key, "name": name, "factory": entry.is_factory, "plays": mark == "*"})
        told[-1] |= {"edited": edited == "+", "troubles": troubles}
        line = f"{name:<24} {_owner(entry)}" if name else ""
        line += "".join(f"  ({trouble})" for trouble in troubles)
        lines.append(f"{mark}{edited} {entry.key:<24} {plain(line.strip())}".rstrip())
    tell({"presets": told}, "\n".join(lines))


@preset.command()
@click.argument("name")
@talks
def show(name: str, runtime_dir: Path | None) -> None:
    """The file of the preset NAME, and what is wrong with it."""
    store = PresetStore.default()
    entry = store.entry(store.find(name))
    text = load_text(entry.path, PresetError)
    loaded = store.load(entry.key)
    found = resolve(loaded.preset, Assets.default())
    troubles = [trouble for trouble in (loaded.warning, *found.missing, *found.warnings) if trouble]
    lines = [f"# {plain(entry.path)} ({_owner(entry)})", *(plain(line) if line else "" for line in text.splitlines())]
    lines += [f"# {plain(trouble)}" for trouble in troubles]
    about = {"key": entry.key, "path": str(entry.path), "factory": entry.is_factory, "troubles": troubles}
    tell(about | {"text": text}, "\n".join(lines))


def _about(store: PresetStore, entry: Entry, assets: Assets) -> tuple[str, list[str]]:
    """Its name, and what is wrong with it; without a name it cannot be read."""
    try:
        loaded = store.load(entry.key)
    except PresetError as error:
        return "", [str(error)]
    files = [(block, key) for block in loaded.preset.blocks for key in block.files]
    absent = [f"{block.files[key]} is missing" for block, key in files if file_path(block, key, assets) is None]
    return loaded.preset.name, [loaded.warning] if loaded.warning else absent


def _owner(entry: Entry) -> str:
    return "factory" if entry.is_factory else "yours"


def _status(runtime_dir: Path | None) -> dict[str, Any]:
    """What the running pedal says, or nothing: the list does not need it."""
    try:
        return call(runtime_dir, protocol.Status())
    except ControlError:
        return {}
