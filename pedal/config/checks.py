"""What a board file may not say though each key is right by itself: names, pins and inputs that are taken.

Called by ``reading``. Pure.
"""

from __future__ import annotations

import math
import re

from pedal.config.board import AudioSettings, Board
from pedal.errors import BoardError, did_you_mean
from pedal.params import KINDS
from pedal.pins import SPI_CHIP_SELECT, reserved_pins

#: ALSA's own limit is 15 characters; ids are what ``/proc/asound/cards`` shows in brackets.
_CARD_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,14}")
#: A whole PCM name, for a user-space PCM or one device of a card: ``hw:CARD=M2,DEV=0``.
_PCM_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}:[A-Za-z][A-Za-z0-9_=,.-]{0,80}")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


def check_board(board: Board, where: str) -> None:
    """All of it.

    Raises:
        BoardError: says which key and what to do.
    """
    _check_names(board, where)
    _check_audio(board.audio, where)
    _check_knobs(board, where)
    _check_pins(board, where)
    _check_looper(board, where)


def _check_names(board: Board, where: str) -> None:
    if not _NAME.fullmatch(board.name):
        raise BoardError(f"the name {board.name!r:.40} is not right", where=where, hint="Use a-z, 0-9, - and _")
    if not board.title.isprintable() or not board.title.strip():
        raise BoardError("the title has characters that no screen shows", where=where, hint="Use plain words")
    level_dbu = board.input_dbu_at_0dbfs
    if level_dbu is not None and not (math.isfinite(level_dbu) and -60.0 <= level_dbu <= 60.0):
        raise BoardError(f"input_dbu_at_0dbfs = {level_dbu:g} is out of range", where=where, hint="Use -60 to 60 dBu")


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


def _check_looper(board: Board, where: str) -> None:
    for name, switch in board.switches.items():
        if board.looper is None and switch.action.startswith("looper"):
            message = f"switches.{name}.action = {switch.action!r} needs a looper"
            raise BoardError(message, where=where, hint="Write [looper] and the key seconds below it")
