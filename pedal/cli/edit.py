"""``pedal edit``: the full-screen editor; ``pedal edit preset NAME``: a preset's file in ``$EDITOR``.

Called through ``main``, in a process of its own. The panel alone writes presets: what a text editor leaves is checked,
kept and played by the panel once it is a preset, and until then the old one plays and stays.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

from pedal.cli.completion import complete_preset
from pedal.cli.editor import open_editor
from pedal.cli.talking import Group, call, is_json, plain, say, talks
from pedal.errors import ControlError, PedalError, PresetError
from pedal.files import load_text
from pedal.library.presets import PresetStore
from pedal.panel import protocol
from pedal.panel.preset_requests import WritePreset
from pedal.preset import parse_preset


@click.group(cls=Group, invoke_without_command=True)
@talks
@click.pass_context
def edit(ctx: click.Context, runtime_dir: Path | None) -> None:
    """The full-screen editor; with `preset NAME`, a file of yours in $EDITOR."""
    if runtime_dir is not None:
        ctx.default_map = {name: {"runtime_dir": runtime_dir} for name in edit.commands}
    if ctx.invoked_subcommand is None:
        open_editor(runtime_dir)


@edit.command()
@click.argument("name", shell_complete=complete_preset)
@talks
def preset(name: str, runtime_dir: Path | None) -> None:
    """The preset NAME in $VISUAL or $EDITOR. What you save is checked and, if it plays now, heard at once.

    What is no preset is not kept: the old one plays and stays, and you may mend it or give it up. Comments stay. A
    factory preset becomes yours, in front of the factory's.
    """
    status = call(runtime_dir, protocol.Status())
    store = PresetStore.default()
    entry = store.entry(store.find(name))
    if status["edited"] and status["preset_key"] == entry.key:
        hint = "`pedal preset save` keeps it, `pedal preset revert` gives it up"
        raise ControlError(f"'{entry.key}' plays, and was changed and not saved", hint=hint)
    was = load_text(entry.path, PresetError)
    with _draft(entry.key, was) as path:
        while True:
            click.edit(filename=str(path))
            text = load_text(path, PresetError)
            if text == was:
                click.echo("Nothing was changed.", err=True)
                return
            try:
                parse_preset(text, f"preset '{entry.key}'")
                said = call(runtime_dir, WritePreset(preset=entry.key, text=text, instead_of=was))
            except PedalError as error:
                if is_json() or not sys.stdin.isatty():
                    raise
                click.echo(plain(str(error)), err=True)
                if not click.confirm("Mend it?", default=True, err=True):
                    raise PresetError("nothing was kept", where=f"preset '{entry.key}'") from error
            else:
                say(said)
                return


@contextlib.contextmanager
def _draft(key: str, text: str) -> Iterator[Path]:
    """A file of ours alone for the editor; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="pedal-edit-") as folder:
        path = Path(folder) / f"{key}.toml"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        yield path
