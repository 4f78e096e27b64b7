"""From a preset to the text of its file, and to the document that the text is of.

Called by the library, which saves, and by the panel, whose preset in hand and jobs travel as text. Pure.
"""

from __future__ import annotations

from typing import Any

import tomli_w

from pedal.params import KINDS
from pedal.preset.migrate import SCHEMA
from pedal.preset.model import Block, Preset


def format_preset(preset: Preset) -> str:
    """The TOML text that ``parse_preset`` reads back as the same preset."""
    head = document_of(preset)
    tables = [tomli_w.dumps(block) for block in head.pop("block")]
    # One [[block]] each, as players write it; the writer itself would put short ones on one line.
    return "\n[[block]]\n".join([tomli_w.dumps(head), *tables])


def document_of(preset: Preset) -> dict[str, Any]:
    """The preset as plain dictionaries and lists, in the order of its file, of the schema ``SCHEMA``."""
    implicit = (preset.input, preset.dc, preset.output)
    return {
        "schema": SCHEMA,
        "name": preset.name,
        **{block.id: _values(block) for block in implicit if block.values},
        "block": [_table(block) for block in preset.blocks],
    }


def _table(block: Block) -> dict[str, Any]:
    kind = KINDS[block.kind]
    head: dict[str, Any] = {"kind": block.kind, "id": block.id, "on": block.on}
    if kind.asset:
        head[kind.asset] = block.asset
    return head | dict(block.options) | _values(block)


def _values(block: Block) -> dict[str, float | bool | str]:
    params = {param.name: param for param in KINDS[block.kind].params}
    return {name: params[name].shown(value) for name, value in block.values.items()}
