"""``pedal bank ...``: presets under the feet. Called through ``main``, in a process of its own.

What is on disk is read here; all that changes is asked of the panel, which alone writes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import click

from pedal.cli.talking import Group, answers, call, plain, say, talks, tell
from pedal.errors import ControlError, PresetError
from pedal.library.banks import MAX_IN_BANK, Bank, BankStore, find_bank
from pedal.library.presets import PresetStore
from pedal.panel import protocol
from pedal.panel.bank_requests import (
    AddToBank,
    DeleteBank,
    MoveInBank,
    NewBank,
    RemoveFromBank,
    RenameBank,
    UseBank,
)

_PLACE = click.IntRange(1, MAX_IN_BANK)


@click.group(cls=Group)
def bank() -> None:
    """Banks: short lists of presets, one for each footswitch of the actions preset_1, preset_2, ...

    BANK is a bank's name or number; PRESET a preset's name or key.
    """


@bank.command("list")
@talks
def list_banks(runtime_dir: Path | None) -> None:
    """All banks; * is under the feet."""
    banks, trouble = BankStore.default().load()
    used, lines = _status(runtime_dir).get("bank"), []
    for number, one in enumerate(banks, 1):
        mark = "*" if one.name == used else " "
        lines.append(f"{mark} {number:>2} {plain(one.name):<24} {', '.join(_shown(one))}".rstrip())
    listed = [{"name": one.name, "presets": list(one.presets), "in_use": one.name == used} for one in banks]
    tell({"banks": listed}, "\n".join(lines))
    if trouble:
        click.echo(plain(trouble), err=True)


@bank.command()
@click.argument("name", metavar="BANK")
@answers
def show(name: str) -> None:
    """The presets of a bank, in the order of the switches."""
    banks, trouble = BankStore.default().load()
    one = find_bank(banks, name)
    lines = [f"{place}  {shown}" for place, shown in enumerate(_shown(one), 1)]
    tell({"name": one.name, "presets": list(one.presets)}, "\n".join(lines))
    if trouble:
        click.echo(plain(trouble), err=True)


@bank.command()
@click.argument("name", metavar="BANK|next|previous")
@click.argument("place", type=_PLACE, required=False)
@talks
def use(name: str, place: int | None, runtime_dir: Path | None) -> None:
    """Put a bank under the feet, and play its preset PLACE."""
    steps: dict[str, Literal[-1, 1]] = {"next": 1, "previous": -1}
    request = UseBank(step=steps[name], place=place) if name in steps else UseBank(bank=name, place=place)
    say(call(runtime_dir, request))


@bank.command()
@click.argument("name")
@talks
def new(name: str, runtime_dir: Path | None) -> None:
    """Make an empty bank."""
    say(call(runtime_dir, NewBank(name=name)))


@bank.command()
@click.argument("name", metavar="BANK")
@click.argument("new_name", metavar="NEW")
@talks
def rename(name: str, new_name: str, runtime_dir: Path | None) -> None:
    """Call a bank otherwise."""
    say(call(runtime_dir, RenameBank(bank=name, name=new_name)))


@bank.command()
@click.argument("name", metavar="BANK")
@talks
def delete(name: str, runtime_dir: Path | None) -> None:
    """Delete a bank; its presets stay."""
    say(call(runtime_dir, DeleteBank(bank=name)))


@bank.command()
@click.argument("name", metavar="BANK")
@click.argument("preset")
@click.option("--at", "place", type=_PLACE, help="Before what is there; without it, behind the last.")
@talks
def add(name: str, preset: str, place: int | None, runtime_dir: Path | None) -> None:
    """Put a preset into a bank."""
    say(call(runtime_dir, AddToBank(bank=name, preset=preset, place=place)))


@bank.command()
@click.argument("name", metavar="BANK")
@click.argument("place", type=_PLACE)
@talks
def remove(name: str, place: int, runtime_dir: Path | None) -> None:
    """Take the preset at PLACE out of a bank; the preset stays."""
    say(call(runtime_dir, RemoveFromBank(bank=name, place=place)))


@bank.command()
@click.argument("name", metavar="BANK")
@click.argument("place", type=_PLACE)
@click.argument("to", type=_PLACE)
@talks
def move(name: str, place: int, to: int, runtime_dir: Path | None) -> None:
    """Move a preset within a bank, from PLACE to TO."""
    say(call(runtime_dir, MoveInBank(bank=name, place=place, to=to)))


def _shown(one: Bank) -> list[str]:
    """Its presets with their names; what is missing or broken says so."""
    store, shown = PresetStore.default(), []
    keys = {entry.key for entry in store.entries()}
    for key in one.presets:
        try:
            name = plain(store.load(key).preset.name) if key in keys else "missing"
        except PresetError:
            name = "cannot be read"
        shown.append(f"{key} ({name})")
    return shown


def _status(runtime_dir: Path | None) -> dict[str, Any]:
    try:
        return call(runtime_dir, protocol.Status())
    except ControlError:
        return {}
