"""From a preset to the text of its file.

Called by the library, which saves, and by the panel, whose preset in hand and jobs travel as text. Pure.
"""

from __future__ import annotations

from typing import Any

import tomli_w

from pedal.params import KINDS
from pedal.preset.controls import control_tables
from pedal.preset.migrate import SCHEMA
from pedal.preset.model import HASH_SUFFIX, Block, Preset
from pedal.preset.snapshots import snapshot_table


def format_preset(preset: Preset) -> str:
    """The TOML text that ``parse_preset`` reads back as the same preset."""
    head: dict[str, Any] = {"schema": SCHEMA, "name": preset.name}
    head |= {block.id: _values(block) for block in (preset.input, preset.dc, preset.output) if block.values}
    head |= control_tables(preset)
    parts = [tomli_w.dumps(head)]
    # One [[block]] each, as players write it; the writer itself would put short ones on one line.
    parts += [f"[[block]]\n{tomli_w.dumps(_table(block))}" for block in preset.blocks]
    parts += [_snapshot(snapshot_table(snapshot, preset)) for snapshot in preset.snapshots]
    return "\n".join(parts)


def _snapshot(table: dict[str, Any]) -> str:
    """One [[snapshot]], with lines such as ``amp1.drive_db = 3.0``: of ids and parameters, no key needs quotes."""
    lines = [
        f"{block_id}.{line}"
        for block_id, values in table.pop("values").items()
        for line in tomli_w.dumps(values).splitlines(keepends=True)
    ]
    return f"[[snapshot]]\n{tomli_w.dumps(table)}\n[snapshot.values]\n{''.join(lines)}"


def _table(block: Block) -> dict[str, Any]:
    kind = KINDS[block.kind]
    head: dict[str, Any] = {"kind": block.kind, "id": block.id, "on": block.on}
    if kind.asset:
        head[kind.asset] = block.asset
    hashes = {f"{key}{HASH_SUFFIX}": f"sha256:{known}" for key, known in block.hashes.items()}
    return head | dict(block.options) | hashes | _values(block)


def _values(block: Block) -> dict[str, float | bool | str]:
    params = {param.name: param for param in KINDS[block.kind].params}
    return {name: params[name].shown(value) for name, value in block.values.items()}
