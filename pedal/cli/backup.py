"""``pedal backup`` and ``pedal restore``. Called through ``main``, in a process of its own; needs no running pedal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from pedal.cli.talking import answers, is_json, tell
from pedal.errors import LibraryError
from pedal.library.backup import (
    Places,
    Watch,
    backup_path,
    counted,
    last_before,
    load_backup,
    plan_restore,
    save_backup,
)
from pedal.library.backup import restore as restore_steps
from pedal.library.report import Progress

_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("target", metavar="FILE|DIR", type=_FILE)
@answers
def backup(target: Path) -> None:
    """Save all that is yours - presets, models, impulse responses, settings - in one file.

    Into a folder it goes under a name of today. It is read back before it counts.
    """
    path = backup_path(target)
    if path.exists():
        raise LibraryError("is there already", where=str(path), hint="Choose another name, or a folder")
    with _bar("saving") as watch:
        manifest = save_backup(path, Places.default(), watch)
    size_bytes = path.stat().st_size
    about = {"path": str(path), "made": manifest.made, "files": len(manifest.files), "size_bytes": size_bytes}
    tell(about, f"{path}: {counted(file.path for file in manifest.files)}, {size_bytes / 1e6:.1f} MB")


@click.command()
@click.argument("source", metavar="FILE", type=_FILE, required=False)
@click.option("--undo", is_flag=True, help="Take back what the last restore replaced.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@answers
def restore(source: Path | None, undo: bool, yes: bool) -> None:
    """Take a backup back. Says what it would change, and asks.

    What it changes is saved in a backup of its own first, and its place is said at the end: --undo takes that back, of
    a restore from a stick as well. What is here and not in the backup stays.
    """
    places = Places.default()
    if (source is None) != undo:
        raise click.UsageError("Name a backup, or say --undo.")
    source = source or last_before(places)
    opened = load_backup(source)
    steps = plan_restore(opened, places)
    there = counted(file.path for file in opened.manifest.files)
    click.echo(f"{source}: made {opened.manifest.made}, {there}", err=is_json())
    if not steps:
        tell({"source": str(source), "restored": 0, "before": None}, "All of it is here already.")
        return
    new = counted(step.file.path for step in steps if not step.replaces)
    changed = counted(step.file.path for step in steps if step.replaces)
    click.echo(f"New here: {new}. Different from what is here: {changed}.", err=is_json())
    if not yes and not click.confirm("Restore it?", default=False, err=is_json()):
        raise LibraryError("nothing was restored")
    with _bar("restoring") as watch:
        before = restore_steps(opened, steps, places, watch)
    said = "Restored. A running pedal plays on as it is; from the next change of preset on it plays what was restored."
    if before is not None:
        said += f"\nWhat was changed is kept in {before}: pedal restore --undo takes it back."
    tell({"source": str(source), "restored": len(steps), "before": None if before is None else str(before)}, said)


@contextmanager
def _bar(label: str) -> Iterator[Watch]:
    if not sys.stderr.isatty():
        yield lambda progress: None
        return
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def watch(progress: Progress) -> None:
            bar.length = max(progress.found, 1)
            bar.update(progress.done - bar.pos)

        yield watch
