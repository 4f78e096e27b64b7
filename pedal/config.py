"""Board files: which sound card, switches and display a pedal is made of.

``board/*.toml`` becomes frozen records, once, at the start of every process of the pedal.
Nothing is guessed: an unknown key, a value out of range or a pin that is taken is fatal, in
one sentence that names the file, the key and what to do. See ``docs/boards.md``.
"""

from __future__ import annotations

import math
import re
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta

from pedal.errors import BoardError, did_you_mean
from pedal.files import load_text, parse_toml
from pedal.params import KINDS
from pedal.paths import factory_dir
from pedal.pins import SPI_CHIP_SELECT, reserved_pins

_T = TypeVar("_T", bound=msgspec.Struct)

#: ALSA's own limit is 15 characters; ids are what ``/proc/asound/cards`` shows in brackets.
_CARD_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,14}")
#: A whole PCM name, for a user-space PCM or one device of a card: ``hw:CARD=M2,DEV=0``.
_PCM_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}:[A-Za-z][A-Za-z0-9_=,.-]{0,80}")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_CONTROL_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,23}")


class AudioSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The sound card and how it is driven.

    ``card`` is an ALSA card id (``/proc/asound/cards``), or a PCM name with a colon; never an
    index, which changes from boot to boot. ``period_core`` pins the period thread to one core;
    None lets the pedal choose.
    """

    card: Annotated[str, Meta(description="an ALSA card id, as in /proc/asound/cards")]
    rate_hz: Annotated[
        Literal[44100, 48000, 88200, 96000, 176400, 192000],
        Meta(description="44100, 48000, 88200, 96000, 176400 or 192000"),
    ] = 48000
    period_frames: Annotated[int, Meta(ge=16, le=256, description="a whole number from 16 to 256")] = 64
    periods: Annotated[int, Meta(ge=2, le=4, description="2, 3 or 4")] = 3
    format: Annotated[
        Literal["auto", "S16_LE", "S24_3LE", "S32_LE"],
        Meta(description='"auto", "S16_LE", "S24_3LE" or "S32_LE"'),
    ] = "auto"
    input: Annotated[Literal["left", "right", "sum"], Meta(description='"left", "right" or "sum"')] = "left"
    capture_channels: Annotated[int, Meta(ge=1, le=2, description="1 or 2")] = 2
    realtime_priority: Annotated[int, Meta(ge=1, le=98, description="a whole number from 1 to 98")] = 70
    period_core: Annotated[int | None, Meta(description="a core number from 0")] = None


class FootSwitch(msgspec.Struct, frozen=True, kw_only=True):
    """One footswitch between ``pin`` (BCM number) and ground, and what a press does."""

    pin: Annotated[int, Meta(ge=2, le=27, description="a BCM pin number from 2 to 27")]
    action: Annotated[
        Literal["bypass", "next_preset", "previous_preset", "tap", "tuner", "looper", "looper_stop", "looper_undo"],
        Meta(
            description='"bypass", "next_preset", "previous_preset", "tap", "tuner", "looper", "looper_stop" '
            'or "looper_undo"'
        ),
    ]


class KnobSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One potentiometer at an input of an MCP3008 on SPI 0, and the parameter (``BLOCK.PARAM``) that it turns."""

    channel: Annotated[int, Meta(ge=0, le=7, description="an input of the MCP3008, 0 to 7")]
    parameter: Annotated[str, Meta(max_length=80, description="BLOCK.PARAM, such as amp.drive_db")]


class TunerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The tuner: frequency of A4, and whether the pedal is silent while one tunes."""

    reference_hz: Annotated[float, Meta(ge=430.0, le=450.0, description="430 to 450")] = 440.0
    mute: Annotated[bool, Meta(description="true or false")] = True


class LooperSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The looper: the longest loop; its memory is taken when the pedal starts."""

    seconds: Annotated[int, Meta(ge=5, le=120, description="a whole number from 5 to 120")] = 60


class DisplaySettings(msgspec.Struct, frozen=True, kw_only=True):
    """The 128x64 display. ``port`` is the bus number: 1 for I2C, 0 for SPI unless given."""

    driver: Annotated[
        Literal["ssd1306", "sh1106", "ssd1309", "virtual", "none"],
        Meta(description='"ssd1306", "sh1106", "ssd1309", "virtual" or "none"'),
    ]
    interface: Annotated[Literal["i2c", "spi"], Meta(description='"i2c" or "spi"')] = "i2c"
    address: Annotated[int, Meta(ge=0x08, le=0x77, description="an I2C address from 0x08 to 0x77")] = 0x3C
    port: Annotated[int, Meta(ge=0, le=9, description="a bus number from 0 to 9")] = 1
    rotate: Annotated[Literal[0, 2], Meta(description="0, or 2 for upside down: no page fits an upright display")] = 0


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """A whole pedal's wiring, checked.

    ``cpu_scale`` makes this machine count as one that many times slower (1.0: as it is);
    ``budget_share`` is the part of a period the chain may use; ``input_dbu_at_0dbfs`` the
    level in dBu RMS of a sine that reaches 0 dBFS at the input (None: not measured); ``prices`` the price
    list of a board that this machine stands for, where computing takes no time (empty: it stands for itself).
    """

    name: Annotated[str, Meta(description="a-z, 0-9, - and _")]
    title: Annotated[str, Meta(max_length=64, description="at most 64 characters")]
    virtual: Annotated[bool, Meta(description="true or false")] = False
    cpu_scale: Annotated[float, Meta(ge=1.0, le=1000.0, description="1.0 to 1000.0")] = 1.0
    budget_share: Annotated[float, Meta(ge=0.1, le=0.95, description="0.1 to 0.95")] = 0.7
    input_dbu_at_0dbfs: Annotated[float | None, Meta(description="-60 to 60 dBu")] = None
    prices: Annotated[str, Meta(max_length=255, description="a price list's name, or its file")] = ""
    audio: AudioSettings
    switches: dict[str, FootSwitch] = {}
    knobs: dict[str, KnobSettings] = {}
    display: DisplaySettings | None = None
    tuner: TunerSettings = TunerSettings()
    looper: LooperSettings | None = None


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
    display = _take_table(raw, "display", where)
    tuner = _take_table(raw, "tuner", where)
    looper = _take_table(raw, "looper", where)
    if audio is None:
        raise BoardError("has no [audio] table", where=where, hint="Add [audio] with the key card")
    if display is not None and display.get("interface") == "spi":
        display.setdefault("port", 0)
    parts: dict[str, Any] = {
        "audio": _record(audio, AudioSettings, where, "audio"),
        "switches": _take_named(raw, "switches", FootSwitch, where),
        "knobs": _take_named(raw, "knobs", KnobSettings, where),
        "display": None if display is None else _record(display, DisplaySettings, where, "display"),
        "tuner": _record(tuner or {}, TunerSettings, where, "tuner"),
        "looper": None if looper is None else _record(looper, LooperSettings, where, "looper"),
    }
    board = _record(raw, Board, where, "", parts)
    _check_names(board, where)
    _check_audio(board.audio, where)
    _check_knobs(board, where)
    _check_pins(board, where)
    _check_looper(board, where)
    return board


def _take_table(raw: dict[str, Any], key: str, where: str) -> dict[str, Any] | None:
    return _table(raw.pop(key), key, where) if key in raw else None


def _take_named(raw: dict[str, Any], table: str, kind: type[_T], where: str) -> dict[str, _T]:
    """``[table.NAME]``, one record for each name."""
    records = {}
    for name, value in (_take_table(raw, table, where) or {}).items():
        key = f"{table}.{_checked_name(name, table, where)}"
        records[name] = _record(_table(value, key, where), kind, where, key)
    return records


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
        except msgspec.ValidationError as failure:
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


def _check_names(board: Board, where: str) -> None:
    if not _NAME.fullmatch(board.name):
        raise BoardError(f"the name {board.name!r:.40} is not right", where=where, hint="Use a-z, 0-9, - and _")
    if not board.title.isprintable() or not board.title.strip():
        raise BoardError("the title has characters that no screen shows", where=where, hint="Use plain words")
    level_dbu = board.input_dbu_at_0dbfs
    if level_dbu is not None and not (math.isfinite(level_dbu) and -60.0 <= level_dbu <= 60.0):
        raise BoardError(f"input_dbu_at_0dbfs = {level_dbu:g} is out of range", where=where, hint="Use -60 to 60 dBu")


def _checked_name(name: str, table: str, where: str) -> str:
    if not _CONTROL_NAME.fullmatch(name):
        hint = "Use at most 24 of a-z, 0-9, - and _"
        raise BoardError(f"the name {name!r:.40} in [{table}] is not right", where=where, hint=hint)
    return name


def _check_audio(audio: AudioSettings, where: str) -> None:
    if not (_CARD_ID.fullmatch(audio.card) or _PCM_NAME.fullmatch(audio.card)):
        raise BoardError(
            f"audio.card = {audio.card!r:.40} is not a card id",
            where=where,
            hint="Use the id in brackets in /proc/asound/cards, never an index: indices change from boot to boot",
        )
    if audio.capture_channels == 1 and audio.input == "right":
        raise BoardError(
            'audio.input = "right" needs two channels',
            where=where,
            hint='Set audio.capture_channels = 2, or audio.input = "left"',
        )
    if audio.period_core is not None and not 0 <= audio.period_core <= 63:
        raise BoardError(f"audio.period_core = {audio.period_core} is no core", where=where, hint="Use 0 to 63")


def _check_knobs(board: Board, where: str) -> None:
    inputs: dict[int, str] = {}
    known = sorted({param.name for kind in KINDS.values() for param in kind.params})
    for name, knob in board.knobs.items():
        block, _, param = knob.parameter.partition(".")
        if not block or param not in known:
            message = f"knobs.{name}.parameter = {knob.parameter!r:.60} is no parameter"
            raise BoardError(message, where=where, hint=f"Write BLOCK.PARAM. {did_you_mean(param, known)}")
        if knob.channel in inputs:
            message = f"knobs.{name}.channel = {knob.channel} is taken by knobs.{inputs[knob.channel]}"
            raise BoardError(message, where=where, hint="Give each knob its own input")
        inputs[knob.channel] = name
    display = board.display
    if board.knobs and display and display.interface == "spi" and display.port == 0:
        hint = "Put the display on I2C, or on SPI port 1"
        raise BoardError("the display and the knobs need the same SPI chip select", where=where, hint=hint)
    user = reserved_pins(board.audio.card, None).get(SPI_CHIP_SELECT)
    if board.knobs and user:
        raise BoardError(f"the knobs need the SPI bus, which is taken by {user}", where=where, hint="Remove [knobs]")


def _check_looper(board: Board, where: str) -> None:
    for name, switch in board.switches.items():
        if board.looper is None and switch.action.startswith("looper"):
            message = f"switches.{name}.action = {switch.action!r} needs a looper"
            raise BoardError(message, where=where, hint="Write [looper] and the key seconds below it")


def _check_pins(board: Board, where: str) -> None:
    display = board.display
    bus = display.interface if display and display.driver not in ("virtual", "none") else None
    taken = {} if board.virtual else reserved_pins(board.audio.card, bus, has_knobs=bool(board.knobs))
    for name, switch in board.switches.items():
        if switch.pin in taken:
            raise BoardError(
                f"switches.{name}.pin = {switch.pin} is taken by {taken[switch.pin]}",
                where=where,
                hint="Wire the switch to a free pin",
            )
        taken[switch.pin] = f"switches.{name}"
