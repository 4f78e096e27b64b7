"""``pedal snapshot ...``: other settings of the preset that plays. Called through ``main``, in a process of its own."""

from __future__ import annotations

from pathlib import Path

import click

from pedal.cli.talking import Group, call, plain, say, talks, tell
from pedal.panel import protocol
from pedal.panel.preset_requests import ClearSnapshot, RecallSnapshot, TakeSnapshot
from pedal.preset import MAX_SNAPSHOTS

_NUMBER = click.IntRange(1, MAX_SNAPSHOTS)


@click.group(cls=Group)
def snapshot() -> None:
    """Snapshots: up to 8 settings of a preset's knobs and switches, a press apart."""


@snapshot.command("list")
@talks
def list_snapshots(runtime_dir: Path | None) -> None:
    """Those of the preset that plays; * was recalled last."""
    status = call(runtime_dir, protocol.Status())
    lines = []
    for kept in status["snapshots"]:
        mark = "*" if kept["number"] == status["snapshot"] else " "
        lines.append(f"{mark} {kept['number']}  {plain(kept['name'])}".rstrip())
    tell({"snapshots": status["snapshots"], "recalled": status["snapshot"]}, "\n".join(lines))


@snapshot.command()
@click.argument("number", type=click.Choice(["next", *map(str, range(1, MAX_SNAPSHOTS + 1))]))
@talks
def recall(number: str, runtime_dir: Path | None) -> None:
    """Play the snapshot NUMBER, or the "next" one."""
    say(call(runtime_dir, RecallSnapshot(number=None if number == "next" else int(number))))


@snapshot.command()
@click.argument("number", type=_NUMBER)
@click.argument("name", required=False)
@talks
def save(number: int, name: str | None, runtime_dir: Path | None) -> None:
    """Keep what plays as the snapshot NUMBER, called NAME; saved at once."""
    say(call(runtime_dir, TakeSnapshot(number=number, name=name)))


@snapshot.command()
@click.argument("number", type=_NUMBER)
@talks
def clear(number: int, runtime_dir: Path | None) -> None:
    """Forget the snapshot NUMBER."""
    say(call(runtime_dir, ClearSnapshot(number=number)))
