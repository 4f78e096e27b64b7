"""The knobs of a block as rows: what each is called, where it stands, what it says. Pure.

Used by the main screen; every row is a cell, so whatever turns it is the same for all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pedal.editor.cells import Cell, Knob, Quality
from pedal.editor.state import State
from pedal.params import BYPASS, KINDS
from pedal.params.words import shown, turn_of
from pedal.preset import Block

#: Widths that may be asked for.
QUALITIES = ("auto", "full", "lite")
#: What the files of a block are called; other options by their name.
_LABELS = {"model": "Model", "impulse": "Cabinet", "impulse_b": "2nd cabinet"}


@dataclass(frozen=True, slots=True)
class Row:
    """One knob.

    Attributes:
        cell: what it turns.
        label, value: for people.
        at_norm: where it stands, from 0 to 1; None: it is no slider.
        words: what it can be, where that is few words.
        form: ``file``: chosen in the browser. ``word``: one of ``words``. ``number``: typed, or turned.
    """

    cell: Cell
    label: str
    value: str
    at_norm: float | None = None
    words: tuple[str, ...] = ()
    form: Literal["number", "word", "file"] = "number"


def tiles_of(state: State) -> tuple[Block, ...]:
    """The blocks that have a tile, in the order of the signal: the player's, between the input and the output."""
    return (state.preset.input, *state.preset.blocks, state.preset.output)


def rows_of(state: State, block: Block) -> tuple[Row, ...]:
    """Every knob of a block: files, its width, parameters, options."""
    kind = KINDS[block.kind]
    rows = []
    if kind.asset:
        rows.append(Row(Knob(block.id, kind.asset), _label(kind.asset), block.asset, form="file"))
    if block.kind == "amp":
        quality = Quality(block.id)
        rows.append(Row(quality, "Width", str(quality.read(state)), words=QUALITIES, form="word"))
    for param in kind.params:
        if param is BYPASS:
            continue
        value = block.value(param.name)
        words = ("off", "on") if param.unit == "on/off" else param.words
        rows.append(
            Row(
                Knob(block.id, param.name),
                param.label,
                shown(param, value),
                None if words else turn_of(param, value),
                words,
                "word" if words else "number",
            )
        )
    for option in kind.options:
        form: Literal["number", "word", "file"] = "file" if option.asset else "word" if option.words else "number"
        given = str(block.option(option.name))
        at_norm = (int(given) - option.low) / (option.high - option.low) if form == "number" else None
        rows.append(Row(Knob(block.id, option.name), _label(option.name), given, at_norm, option.words, form))
    return tuple(rows)


def _label(name: str) -> str:
    return _LABELS.get(name, name.replace("_", " ").capitalize())
