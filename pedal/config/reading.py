"""Reading a board file: the shipped one of a name, or any, checked to the last key.

Nothing is guessed: an unknown key, a value out of range or a pin that is taken is fatal, in
one sentence that names the file, the key and what to do.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from pedal.config.analog import CodecBypassSettings, MixerSetting, RelaySettings
from pedal.config.board import AudioSettings, Board, DisplaySettings, LooperSettings, TunerSettings
from pedal.config.checks import check_board
from pedal.config.controls import (
    ChordSettings,
    EncoderSettings,
    ExpressionSettings,
    FootSwitch,
    KnobSettings,
    LedSettings,
    MidiSettings,
)
from pedal.errors import BoardError, did_you_mean
from pedal.files import load_text, parse_toml
from pedal.paths import factory_dir

_T = TypeVar("_T", bound=msgspec.Struct)

_CONTROL_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,23}")
#: ALSA keeps 43 characters of a mixer control's name.
_MIXER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _./()+:&-]{0,42}")

#: ``[KEY]``: one record, None without that table.
_TABLES: dict[str, type[msgspec.Struct]] = {
    "display": DisplaySettings,
    "expression": ExpressionSettings,
    "looper": LooperSettings,
    "midi": MidiSettings,
    "relay": RelaySettings,
}
#: ``[KEY.NAME]``: one record for each name.
_NAMED: dict[str, type[msgspec.Struct]] = {
    "chords": ChordSettings,
    "encoders": EncoderSettings,
    "knobs": KnobSettings,
    "leds": LedSettings,
    "switches": FootSwitch,
}


def load_board(name_or_path: str | Path) -> Board:
    """A shipped board by its name, or any board file by its path (a slash or ``.toml`` in it).

    Raises:
        BoardError: no such board, or its file is not right.
    """
    path = board_path(name_or_path)
    return parse_board(load_text(path, BoardError), str(path))


def board_path(name_or_path: str | Path) -> Path:
    """Where a board's file lies; see ``load_board``.

    Raises:
        BoardError: no shipped board is called so.
    """
    text_name = str(name_or_path)
    if isinstance(name_or_path, Path) or "/" in text_name or text_name.endswith(".toml"):
        return Path(name_or_path)
    shipped = board_names()
    if text_name not in shipped:
        raise BoardError(
            f"there is no board {text_name!r:.60}",
            where="board",
            hint=f"Known: {', '.join(shipped)}; or name a file",
        )
    return factory_dir("board") / f"{text_name}.toml"


def board_names() -> tuple[str, ...]:
    """Names of the shipped boards, sorted."""
    return tuple(sorted(path.stem for path in factory_dir("board").glob("*.toml")))


def parse_board(text: str, where: str) -> Board:
    """A board file's text, checked to the last key.

    Args:
        text: TOML.
        where: the file's name, for messages; its stem is the board's name unless the text gives one.

    Raises:
        BoardError: says which key and what to do.
    """
    raw = parse_toml(text, where, BoardError)
    stem = Path(where).stem
    raw.setdefault("name", stem)
    raw.setdefault("title", raw["name"])
    audio = _take_table(raw, "audio", where)
    if audio is None:
        raise BoardError("has no [audio] table", where=where, hint="Add [audio] with the key card")
    tables = {key: _take_table(raw, key, where) for key in _TABLES}
    if (display := tables["display"]) is not None and display.get("interface") == "spi":
        display.setdefault("port", 0)
    parts: dict[str, Any] = {
        "audio": _record(audio, AudioSettings, where, "audio"),
        "tuner": _record(_take_table(raw, "tuner", where) or {}, TunerSettings, where, "tuner"),
        "mixer": _mixer(_take_table(raw, "mixer", where) or {}, where, "mixer"),
        "codec_bypass": _codec_bypass(_take_table(raw, "codec_bypass", where), where),
    }
    for key, kind in _TABLES.items():
        table = tables[key]
        parts[key] = None if table is None else _record(table, kind, where, key)
    for key, kind in _NAMED.items():
        parts[key] = _take_named(raw, key, kind, where)
    board = _record(raw, Board, where, "", parts)
    check_board(board, where)
    return board


def _take_table(raw: dict[str, Any], key: str, where: str, prefix: str = "") -> dict[str, Any] | None:
    return _table(raw.pop(key), prefix + key, where) if key in raw else None


def _take_named(raw: dict[str, Any], table: str, kind: type[_T], where: str) -> dict[str, _T]:
    """``[table.NAME]``, one record for each name."""
    records = {}
    for name, value in (_take_table(raw, table, where) or {}).items():
        key = f"{table}.{_checked_name(name, table, where)}"
        records[name] = _record(_table(value, key, where), kind, where, key)
    return records


def _mixer(raw: Mapping[str, Any], where: str, table: str) -> dict[str, MixerSetting]:
    """``[table]``: for each control of a card's mixer, by ALSA's name for it, what it is set to."""
    settings = {}
    for name, value in raw.items():
        if not _MIXER_NAME.fullmatch(name):
            hint = "Use a name that `amixer scontrols` lists, in quotes"
            raise BoardError(f"the name {name!r:.60} in [{table}] is not right", where=where, hint=hint)
        key = f'{table}."{name}"'
        if not isinstance(value, dict):
            raise BoardError(f"{key} = {value!r:.40} is not right", where=where, hint="Write { on = true } or so")
        settings[name] = _record(value, MixerSetting, where, key)
    return settings


def _codec_bypass(raw: dict[str, Any] | None, where: str) -> CodecBypassSettings | None:
    if raw is None:
        return None
    halves = {
        half: _mixer(_take_table(raw, half, where, "codec_bypass.") or {}, where, f"codec_bypass.{half}")
        for half in ("dry", "wet")
    }
    return _record(raw, CodecBypassSettings, where, "codec_bypass", halves)


def _table(value: object, key: str, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BoardError(f"{key} must be a table", where=where, hint=f"Write [{key}] and its keys below it")
    return value


def _record(
    raw: Mapping[str, Any], kind: type[_T], where: str, table: str, parts: Mapping[str, Any] | None = None
) -> _T:
    """``raw`` as a ``kind``; ``parts`` are its sub-tables, made before."""
    prefix = f"{table}." if table else ""
    hints = typing.get_type_hints(kind, include_extras=True)
    for key in raw:
        if key not in hints:
            raise BoardError(f"unknown key {prefix + key!r:.60}", where=where, hint=_known_keys(key, hints))
    for field in msgspec.structs.fields(kind):
        if field.required and field.name not in raw and field.name not in (parts or {}):
            meaning = _meaning(hints[field.name])
            raise BoardError(f"the key '{prefix}{field.name}' is missing", where=where, hint=f"Give {meaning}")
    values: dict[str, Any] = dict(parts or {})
    for key, value in raw.items():
        try:
            values[key] = msgspec.convert(value, hints[key])
        except (msgspec.ValidationError, UnicodeError) as failure:  # half a surrogate is no word of a list
            shown = f"{value!r:.40}"
            raise BoardError(
                f"{prefix}{key} = {shown} is not right", where=where, hint=f"Use {_meaning(hints[key])}"
            ) from failure
    return kind(**values)


def _meaning(hint: Any) -> str:
    return next((m.description for m in getattr(hint, "__metadata__", ()) if m.description), "a value")


def _known_keys(key: str, known: Iterable[str]) -> str:
    names = sorted(known)
    near = did_you_mean(key, names)
    listing = f"Known: {', '.join(names)}"
    return near if near.startswith("Known") else f"{near} {listing}"


def _checked_name(name: str, table: str, where: str) -> str:
    if not _CONTROL_NAME.fullmatch(name):
        hint = "Use at most 24 of a-z, 0-9, - and _"
        raise BoardError(f"the name {name!r:.40} in [{table}] is not right", where=where, hint=hint)
    return name
