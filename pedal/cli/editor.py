"""``pedal-editor``, and ``pedal edit`` without arguments: the full-screen editor in this terminal.

Called by the console script, by a login (``systemd/profile.d``) and by ``pedal edit``; it is made in ``pedal.editor``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from pedal.errors import ControlError, PedalError
from pedal.panel.control import SOCKET_NAME
from pedal.paths import runtime_dir as usual_runtime_dir


def open_editor(directory: Path | None) -> None:
    """Run the editor until it is left.

    Raises:
        ControlError: this is no terminal that it can draw on.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM", "dumb") == "dumb":
        raise ControlError("the editor needs a terminal", hint="Commands do not: `pedal --help` lists them")
    from pedal.editor.app import Editor  # half a second of imports on a Pi: only for who wants it

    Editor((directory or usual_runtime_dir()) / SOCKET_NAME).run()
    click.echo("Everything plays on as it is. `pedal edit` comes back, `pedal --help` lists commands.")


@click.command()
@click.option(
    "--runtime-dir", type=click.Path(path_type=Path, file_okay=False), help="Where the pedal runs, if elsewhere."
)
def main(runtime_dir: Path | None) -> None:
    """The pedal's full-screen editor. `?` in it shows the keys, `q` leaves it."""
    try:
        open_editor(runtime_dir)
    except PedalError as error:
        click.echo(f"pedal-editor: {error}", err=True)
        sys.exit(1)
