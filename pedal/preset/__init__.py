"""Presets: what one is (``model``), its file read (``parse``, ``migrate``) and written (``format``). Pure."""

from pedal.preset.format import format_preset
from pedal.preset.migrate import SCHEMA, NewerSchemaError
from pedal.preset.model import (
    IMPLICIT,
    MAX_BLOCKS,
    MAX_NAME,
    MAX_SNAPSHOTS,
    RESERVED,
    Block,
    Expression,
    Preset,
    Snapshot,
    checked_asset_name,
)
from pedal.preset.parse import checked_name, parse_preset

__all__ = [
    "IMPLICIT",
    "MAX_BLOCKS",
    "MAX_NAME",
    "MAX_SNAPSHOTS",
    "RESERVED",
    "SCHEMA",
    "Block",
    "Expression",
    "NewerSchemaError",
    "Preset",
    "Snapshot",
    "checked_asset_name",
    "checked_name",
    "format_preset",
    "parse_preset",
]
