"""``pedal chain ...``: the blocks of the preset that plays. Called through ``main``, in a process of its own."""

from __future__ import annotations

from pathlib import Path

import click

from pedal.cli.talking import call, say, talks
from pedal.panel.chain_requests import AddBlock, MoveBlock, NewPreset, RemoveBlock
from pedal.preset import MAX_BLOCKS

_PLACE = click.IntRange(1, MAX_BLOCKS)


@click.group()
def chain() -> None:
    """The blocks of the preset that plays: new ones, in another order, fewer. In hand until the preset is saved."""


@chain.command()
@click.argument("kind")
@click.argument("file", required=False)
@click.option("--at", "place", type=_PLACE, help="Its place, counted from 1; the end unless given.")
@talks
def add(kind: str, file: str | None, place: int | None, runtime_dir: Path | None) -> None:
    """Add a block: `pedal chain add delay`, `pedal chain add amp British/plexi.nam --at 2`."""
    say(call(runtime_dir, AddBlock(kind=kind, asset=file, place=place)))


@chain.command()
@click.argument("block")
@click.argument("place", type=_PLACE)
@talks
def move(block: str, place: int, runtime_dir: Path | None) -> None:
    """Move a block to a place, counted from 1."""
    say(call(runtime_dir, MoveBlock(block=block, place=place)))


@chain.command()
@click.argument("block")
@talks
def remove(block: str, runtime_dir: Path | None) -> None:
    """Take a block out."""
    say(call(runtime_dir, RemoveBlock(block=block)))


@chain.command()
@click.argument("name")
@talks
def new(name: str, runtime_dir: Path | None) -> None:
    """Begin a preset without blocks, called NAME."""
    say(call(runtime_dir, NewPreset(name=name)))
