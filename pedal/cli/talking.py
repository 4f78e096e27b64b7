"""How a command talks to the running pedal, and how it says what came back.

Used by all live commands; imports neither numba nor numpy.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from pedal.cli.client import Client
from pedal.panel import protocol
from pedal.panel.control import SOCKET_NAME
from pedal.paths import runtime_dir as usual_runtime_dir

_F = TypeVar("_F", bound=Callable[..., Any])


def talks(command: _F) -> _F:
    """The option that says which pedal, for more than one on a machine."""
    option = click.option(
        "--runtime-dir",
        type=click.Path(path_type=Path, file_okay=False),
        help="Where the pedal runs, if not in the usual place.",
    )
    return option(command)


def call(directory: Path | None, request: protocol.Request) -> dict[str, Any]:
    """What the pedal that runs in this directory (None: the usual one) answers.

    Raises:
        ControlError: it does not run, or refuses.
    """
    return Client((directory or usual_runtime_dir()) / SOCKET_NAME).call(request)


def format_status(result: dict[str, Any], indent: str = "") -> str:
    """A reply as indented lines of ``name  value``."""
    width_chars = max((len(key) for key in result), default=0)
    lines = []
    for key, value in result.items():
        name = key.replace("_", " ")
        if isinstance(value, dict) and value:
            lines += [f"{indent}{name}", format_status(value, indent + "  ")]
        elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            for number, item in enumerate(value, 1):
                lines += [f"{indent}{name} {number}", format_status(item, indent + "  ")]
        else:
            lines.append(f"{indent}{name:<{width_chars}}  {plain(value)}")
    return "\n".join(lines)


def say(result: dict[str, Any]) -> None:
    """Print a reply."""
    if result:
        click.echo(format_status(result))


def plain(value: object) -> str:
    """A value as a terminal may show it."""
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.4g}"
        case list():
            return ", ".join(plain(item) for item in value) or "-"
        case _:
            # Names come from files: a terminal must not obey them.
            return "".join(c if c.isprintable() else "?" for c in str(value)) or "-"
