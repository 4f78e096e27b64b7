"""``pedal chain ...``: the blocks of the preset that plays. Called through ``main``, in a process of its own."""

from __future__ import annotations

from pathlib import Path

import click

from pedal.cli.completion import complete_block, complete_file, complete_kind
from pedal.cli.talking import Group, answers, call, say, talks, tell
from pedal.cli.values import block_text
from pedal.panel import protocol
from pedal.panel.chain_requests import AddBlock, MoveBlock, NewPreset, RemoveBlock, ShowChain
from pedal.params import BYPASS, KINDS, BlockKind, kind_named
from pedal.params.words import shown
from pedal.preset import MAX_BLOCKS

_PLACE = click.IntRange(1, MAX_BLOCKS)


@click.group(cls=Group)
def chain() -> None:
    """The blocks of the preset that plays: new ones, in another order, fewer. In hand until the preset is saved."""


@chain.command()
@talks
def show(runtime_dir: Path | None) -> None:
    """The blocks in the order of the signal, what they play, and every knob."""
    said = call(runtime_dir, ShowChain())
    title = f"{said['preset']}{', edited' if said['edited'] else ''}{', being built' if said['building'] else ''}"
    tell(said, "\n".join([title, *map(block_text, said["blocks"])]))


@chain.command()
@click.argument("kind", required=False, shell_complete=complete_kind)
@answers
def kinds(kind: str | None) -> None:
    """The kinds of blocks that there are; of one, its knobs."""
    if kind is not None:
        tell(_kind_dict(known := kind_named(kind)), _kind_text(known))
        return
    all_kinds = [known for known in KINDS.values() if not known.implicit]
    tell(
        {"kinds": [_kind_dict(known) for known in all_kinds]},
        "\n".join(
            f"{known.name:<10} {known.label:<16} {known.about.partition('. ')[0]}".rstrip() for known in all_kinds
        ),
    )


@chain.command()
@click.argument("kind", shell_complete=complete_kind)
@click.argument("file", required=False, shell_complete=complete_file)
@click.option("--at", "place", type=_PLACE, help="Its place, counted from 1; the end unless given.")
@talks
def add(kind: str, file: str | None, place: int | None, runtime_dir: Path | None) -> None:
    """Add a block: `pedal chain add delay`, `pedal chain add amp British/plexi.nam --at 2`."""
    say(call(runtime_dir, AddBlock(kind=kind, asset=file, place=place)))


@chain.command()
@click.argument("block", shell_complete=complete_block)
@click.argument("place", type=_PLACE)
@talks
def move(block: str, place: int, runtime_dir: Path | None) -> None:
    """Move a block to a place, counted from 1."""
    say(call(runtime_dir, MoveBlock(block=block, place=place)))


@chain.command()
@click.argument("block", shell_complete=complete_block)
@talks
def remove(block: str, runtime_dir: Path | None) -> None:
    """Take a block out."""
    say(call(runtime_dir, RemoveBlock(block=block)))


@chain.command()
@click.argument("block", shell_complete=complete_block)
@click.argument("state", type=click.Choice(["on", "off"]), default="on")
@talks
def bypass(block: str, state: str, runtime_dir: Path | None) -> None:
    """Bypass a block: it stays where it is, and is not heard; "off" plays it again. As `pedal block` the other way."""
    say(call(runtime_dir, protocol.SwitchBlock(block=block, on=state == "off")))


@chain.command()
@click.argument("name")
@talks
def new(name: str, runtime_dir: Path | None) -> None:
    """Begin a preset without blocks, called NAME."""
    say(call(runtime_dir, NewPreset(name=name)))


def _kind_dict(kind: BlockKind) -> dict[str, object]:
    knobs = [param for param in kind.params if param is not BYPASS]
    return {
        "name": kind.name,
        "label": kind.label,
        "about": kind.about,
        "file": kind.asset,
        "options": [
            {"name": option.name, "label": option.label, "words": list(option.words), "default": option.default}
            for option in kind.options
        ],
        "params": [
            {"name": p.name, "label": p.label, "unit": p.unit, "low": p.low, "high": p.high, "default": p.default}
            | {"words": list(p.words)}
            for p in knobs
        ],
    }


def _kind_text(kind: BlockKind) -> str:
    lines = [f"{kind.name}: {kind.label}. {kind.about}".rstrip()]
    lines += [f"  needs a {kind.asset}"] if kind.asset else []
    for param in kind.params:
        if param is BYPASS:
            continue
        span = ", ".join(param.words) or f"{shown(param, param.low)} to {shown(param, param.high)}"
        lines.append(f"  {param.name:<16} {param.label:<14} {span}; {shown(param, param.default)} if not turned")
    for option in kind.options:
        span = ", ".join(option.words) or ("a file" if option.asset else f"{option.low} to {option.high}")
        lines.append(f"  {option.name:<16} {option.label:<14} {span}")
    return "\n".join(lines)
