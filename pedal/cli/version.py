"""``pedal version``: which release this is, and which one plays. Called through ``main``, in a process of its own."""

from __future__ import annotations

import platform
from importlib import metadata
from pathlib import Path

import click

from pedal import __version__
from pedal.cli.talking import call, talks, tell
from pedal.errors import ControlError
from pedal.panel import protocol


@click.command()
@talks
def version(runtime_dir: Path | None) -> None:
    """Which release this is, which one is playing, and what they stand on."""
    try:
        playing = call(runtime_dir, protocol.Status()).get("version", "")
    except ControlError:
        playing = ""
    about = {
        "version": __version__,
        "playing": playing,
        "protocol": protocol.VERSION,
        "python": platform.python_version(),
        "numba": metadata.version("numba"),
        "kernel": platform.release(),
        "machine": platform.machine(),
    }
    lines = [
        f"pedal {__version__}" + ("" if playing in ("", __version__) else f"; {playing} is playing: restart it"),
        f"Python {about['python']}, numba {about['numba']}, Linux {about['kernel']} on {about['machine']}",
    ]
    tell(about, "\n".join(lines))
