"""``docs/pedal.1``, the manual page, made from the commands' own help.

Run by hand after a change of a command: ``python -m pedal.cli.man``. A test compares. The text is roff, as ``man``
reads it; what stands in backquotes in the help is bold there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click

from pedal.cli.exits import Exit
from pedal.cli.main import main as root

PAGE = Path(__file__).resolve().parents[2] / "docs" / "pedal.1"

_EXITS = {
    Exit.OK: "done",
    Exit.FAILED: "refused or failed, and standard error has a sentence; or something was found to be wrong",
    Exit.USAGE: "the command itself was not understood",
    Exit.NOT_RUNNING: "there is no pedal to talk to",
    Exit.NO_ANSWER: "there is one, and it does not answer in time",
}


def man_page() -> str:
    """The whole page."""
    parts = [
        '.TH PEDAL 1 "" "pedal" "User Commands"',
        ".SH NAME",
        r"pedal \- a guitar pedal that plays Neural Amp Modeler captures",
        ".SH SYNOPSIS",
        ".B pedal",
        r"[\fIOPTION\fR]... \fICOMMAND\fR [\fIARGUMENT\fR]...",
        ".SH DESCRIPTION",
        _text(root.help or ""),
        "Examples of all commands are in docs/commands.md.",
        ".SH OPTIONS",
        *_options(root),
        ".SH COMMANDS",
        *(line for names, command in _commands(root, ()) for line in _section(names, command)),
        ".SH EXIT STATUS",
        *(line for code, means in _EXITS.items() for line in (".TP", f".B {int(code)}", _text(means))),
        ".SH FILES",
        ".TP",
        ".I /run/pedal/control.sock",
        "Where commands talk to the running pedal; docs/control-socket.md.",
        ".TP",
        ".I /var/lib/pedal",
        "Presets, models, settings; of a user without an installed pedal, ~/.local/share/pedal.",
    ]
    return "\n".join(parts) + "\n"


def _commands(group: click.Group, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*names, name), command
        if isinstance(command, click.Group):
            yield from _commands(command, (*names, name))


def _section(names: tuple[str, ...], command: click.Command) -> list[str]:
    arguments = [param.make_metavar(click.Context(command)) for param in command.params if _is_argument(param)]
    usage = " ".join([rf"\fBpedal {' '.join(names)}\fR", *(_text(word) for word in arguments)])
    return [f".SS {usage}", _text(command.help or ""), *_options(command)]


def _options(command: click.Command) -> list[str]:
    lines = []
    for param in command.params:
        record = param.get_help_record(click.Context(command))
        if not _is_argument(param) and record is not None:
            lines += [".TP", rf"\fB{_text(record[0])}\fR", _text(record[1])]
    return lines


def _is_argument(param: click.Parameter) -> bool:
    return isinstance(param, click.Argument)


def _text(words: str) -> str:
    """Text as roff has it: paragraphs apart, nothing taken for a request, backquoted words bold."""
    paragraphs = [" ".join(part.split()) for part in words.replace("\b", "").split("\n\n")]
    escaped = [part.replace("\\", r"\e").replace("-", r"\-") for part in paragraphs]
    bold = [re.sub(r"`([^`]*)`", r"\\fB\1\\fR", part) for part in escaped]
    return "\n.PP\n".join(r"\&" + part if part.startswith((".", "'")) else part for part in bold)


def write() -> None:
    """Write it."""
    PAGE.write_text(man_page())


if __name__ == "__main__":
    write()
