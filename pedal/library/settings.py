"""The player's settings for the whole pedal: ``settings.toml``, read at start, written when one changes.

Used by the panel, which alone writes, and by the offline commands. What a preset holds is not here.
"""

from __future__ import annotations

import typing
from pathlib import Path
from typing import Any

import msgspec
import tomli_w

from pedal.errors import SettingsError, did_you_mean
from pedal.files import load_text, parse_toml
from pedal.levels import CHANNELS, HIGHEST_TARGET_DB, LOWEST_TARGET_DB, OUTPUT_MODES, USUAL, Channel, Levels, OutputMode
from pedal.library.atomic import write_atomic
from pedal.paths import settings_path

_KEYS = ("output", "target_db", "calibrate_input", "channel")


def load_levels(path: Path | None = None) -> Levels:
    """The levels that the player has chosen; the usual ones where there is no file.

    Raises:
        SettingsError: a file that is there and not right.
    """
    path = path or settings_path()
    return parse_levels(load_text(path, SettingsError), str(path)) if path.exists() else USUAL


def parse_levels(text: str, where: str) -> Levels:
    """The table ``[levels]`` of a settings file, checked to the last key.

    Raises:
        SettingsError: says which key, and what to do.
    """
    raw = parse_toml(text, where, SettingsError)
    table = raw.pop("levels", {})
    if raw:
        raise SettingsError(f"unknown key {next(iter(raw))!r:.40}", where=where, hint="Known: levels")
    if not isinstance(table, dict):
        raise SettingsError("levels must be a table", where=where, hint="Write [levels] and its keys below it")
    for key in table:
        if key not in _KEYS:
            raise SettingsError(f"unknown key levels.{key!r:.40}", where=where, hint=did_you_mean(key, _KEYS))
    return changed_levels(USUAL, **table, where=where)


def changed_levels(
    levels: Levels,
    output: Any = None,
    target_db: Any = None,
    calibrate_input: Any = None,
    channel: Any = None,
    *,
    where: str = "",
) -> Levels:
    """``levels`` with what is not None instead, checked.

    Raises:
        SettingsError: a value that cannot be.
    """
    if output is not None:
        if output not in OUTPUT_MODES:
            hint = f"Use {', '.join(OUTPUT_MODES)}"
            raise SettingsError(f"{output!r:.40} is no output mode", where=where, hint=hint)
        levels = msgspec.structs.replace(levels, output=typing.cast(OutputMode, output))
    if target_db is not None:
        levels = msgspec.structs.replace(levels, target_db=_checked_target_db(target_db, where))
    if calibrate_input is not None:
        if not isinstance(calibrate_input, bool):
            raise SettingsError("calibrate_input must be true or false", where=where)
        levels = msgspec.structs.replace(levels, calibrate_input=calibrate_input)
    if channel is not None:
        if channel not in CHANNELS:
            hint = did_you_mean(str(channel)[:40], CHANNELS)
            raise SettingsError(f"{channel!r:.40} is no input", where=where, hint=hint)
        levels = msgspec.structs.replace(levels, channel=typing.cast(Channel, channel))
    return levels


def save_levels(levels: Levels, path: Path | None = None) -> None:
    """Write them down, atomically; what was there before stays beside it.

    Raises:
        SettingsError: the disk refuses.
    """
    path = path or settings_path()
    table = {key: getattr(levels, key) for key in _KEYS}
    try:
        write_atomic(path, tomli_w.dumps({"levels": table}).encode(), keep_previous=True)
    except OSError as failure:
        raise SettingsError(
            f"cannot be saved ({failure.strerror})", where=str(path), hint="Is the disk full?"
        ) from failure


def _checked_target_db(value: object, where: str) -> float:
    usual = isinstance(value, (int, float)) and not isinstance(value, bool)
    # Compared before it becomes a float: an integer of hundreds of digits would not fit one.
    if not usual or not LOWEST_TARGET_DB <= typing.cast(float, value) <= HIGHEST_TARGET_DB:
        shown = f"{value!r:.20}"
        hint = f"Use {LOWEST_TARGET_DB:g} to {HIGHEST_TARGET_DB:g} dB"
        raise SettingsError(f"target_db = {shown} is out of range", where=where, hint=hint)
    return float(typing.cast(float, value))
