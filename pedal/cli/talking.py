"""How a command talks to the running pedal, and how it says what came back: to people, or with ``--json`` to programs.

Used by all live commands, and by others for what they say; imports neither numba nor numpy.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from pedal.cli.client import Client
from pedal.cli.groups import Group as Group
from pedal.panel import protocol
from pedal.panel.control import SOCKET_NAME
from pedal.paths import runtime_dir as usual_runtime_dir

_F = TypeVar("_F", bound=Callable[..., Any])
#: In click's notes of a call: answer in JSON.
_JSON = "pedal.json"


def answers(command: _F) -> _F:
    """The option that asks for an answer for programs; ``say`` and ``tell`` look whether it was given."""

    def note(ctx: click.Context, _: click.Parameter, value: bool) -> None:
        if value:
            ctx.meta[_JSON] = True

    option = click.option("--json", is_flag=True, expose_value=False, callback=note, help="Answer for programs.")
    return option(command)


def talks(command: _F) -> _F:
    """The options of commands that ask the running pedal: how to answer, and which pedal, if there is more than one."""
    option = click.option(
        "--runtime-dir",
        type=click.Path(path_type=Path, file_okay=False),
        help="Where the pedal runs, if not in the usual place.",
    )
    return answers(option(command))


def is_json() -> bool:
    """Whether the answer is for programs."""
    return bool(click.get_current_context().meta.get(_JSON))


def client_of(directory: Path | None) -> Client:
    """Of the pedal that runs in this directory; None: the usual one."""
    return Client((directory or usual_runtime_dir()) / SOCKET_NAME)


def call(directory: Path | None, request: protocol.Request) -> dict[str, Any]:
    """What the pedal that runs in this directory (None: the usual one) answers.

    Raises:
        ControlError: it does not run, or refuses.
    """
    return client_of(directory).call(request)


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
    if is_json() or result:
        tell(result, format_status(result))


def tell(result: object, text: str) -> None:
    """Print an answer: ``result`` for programs, ``text`` for people (nothing, if it is empty)."""
    if is_json():
        click.echo(json.dumps(result, indent=2, sort_keys=True))
    elif text:
        click.echo(text)


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
