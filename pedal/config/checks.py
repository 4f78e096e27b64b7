"""What a board file may not say though each key is right by itself; pins and buses are in ``wires``.

Called by ``reading``. Pure.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from pedal.actions import ACTIONS, Action, parse_action
from pedal.config.board import AudioSettings, Board
from pedal.config.wires import check_wires
from pedal.errors import BoardError, did_you_mean
from pedal.params import KINDS

#: ALSA's own limit is 15 characters; ids are what ``/proc/asound/cards`` shows in brackets.
_CARD_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,14}")
#: A whole PCM name, for a user-space PCM or one device of a card: ``hw:CARD=M2,DEV=0``.
_PCM_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}:[A-Za-z][A-Za-z0-9_=,.-]{0,80}")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_SERIAL_DEVICE = re.compile(r"/dev(/[A-Za-z0-9][A-Za-z0-9._:+-]{0,79}){1,3}")


def check_board(board: Board, where: str) -> None:
    """All of it.

    Raises:
        BoardError: says which key and what to do.
    """
    _check_names(board, where)
    _check_audio(board.audio, where)
    _check_parameters(board, where)
    check_wires(board, where)
    _check_actions(board, where)
    _check_switches(board, where)
    _check_chords(board, where)
    _check_encoders(board, where)
    _check_leds(board, where)
    _check_midi(board, where)


def _check_names(board: Board, where: str) -> None:
    if not _NAME.fullmatch(board.name):
        raise BoardError(f"the name {board.name!r:.40} is not right", where=where, hint="Use a-z, 0-9, - and _")
    if not board.title.isprintable() or not board.title.strip():
        raise BoardError("the title has characters that no screen shows", where=where, hint="Use plain words")
    if not all(line.isprintable() for line in (*board.boot, *board.untried)):
        raise BoardError("boot or untried has characters that no screen shows", where=where, hint="Use plain words")
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


def _check_parameters(board: Board, where: str) -> None:
    known = sorted({param.name for kind in KINDS.values() for param in kind.params})
    parameters = {f"knobs.{name}": knob.parameter for name, knob in board.knobs.items()}
    parameters |= {f"encoders.{name}": turned.parameter for name, turned in board.encoders.items() if turned.parameter}
    if board.expression is not None:
        parameters["expression"] = board.expression.parameter
    for key, parameter in parameters.items():
        block, _, param = parameter.partition(".")
        if not block or param not in known:
            message = f"{key}.parameter = {parameter!r:.60} is no parameter"
            raise BoardError(message, where=where, hint=f"Write BLOCK.PARAM. {did_you_mean(param, known)}")


def _check_switches(board: Board, where: str) -> None:
    lit: dict[str, str] = {}
    for name, switch in board.switches.items():
        key = f"switches.{name}"
        if switch.momentary:
            if switch.hold or switch.long_hold or switch.double_tap:
                hint = "Remove hold, long_hold and double_tap, or momentary"
                raise BoardError(f"{key} is momentary and cannot wait to be held", where=where, hint=hint)
            if not parse_action(switch.action, BoardError, where).has_two_sides:
                hint = f"Momentary switches have: {', '.join(n for n, kind in ACTIONS.items() if kind.has_two_sides)}"
                raise BoardError(f"{key}: letting go cannot undo {switch.action!r}", where=where, hint=hint)
        if not switch.led:
            continue
        if switch.led not in board.leds:
            hint = did_you_mean(switch.led, board.leds) or f"Add [leds.{switch.led:.24}]"
            raise BoardError(f"{key}.led = {switch.led!r} is no light", where=where, hint=hint)
        if board.leds[switch.led].shows != "switch":
            hint = f'Set leds.{switch.led}.shows = "switch"'
            raise BoardError(f"{key}.led = {switch.led!r} shows something else", where=where, hint=hint)
        if switch.led in lit:
            hint = "Give each switch its own light"
            raise BoardError(f"{key}.led = {switch.led!r} is taken by {lit[switch.led]}", where=where, hint=hint)
        lit[switch.led] = key


def _check_chords(board: Board, where: str) -> None:
    seen: dict[frozenset[str], str] = {}
    for name, chord in board.chords.items():
        key = f"chords.{name}"
        for switch in chord.switches:
            if switch not in board.switches:
                hint = did_you_mean(switch, board.switches) or "Add [switches] first"
                raise BoardError(f"{key}: there is no switch {switch!r:.40}", where=where, hint=hint)
            if board.switches[switch].momentary:
                hint = "Take another switch, or remove momentary"
                raise BoardError(f"{key}: the switch {switch!r} is momentary", where=where, hint=hint)
        pair = frozenset(chord.switches)
        if len(pair) != 2:
            raise BoardError(f"{key}.switches names one switch twice", where=where, hint="Name two switches")
        if pair in seen:
            message = f"{key} has the same switches as {seen[pair]}"
            raise BoardError(message, where=where, hint="Give each chord its own pair")
        seen[pair] = key


def _check_encoders(board: Board, where: str) -> None:
    menu = ""
    for name, encoder in board.encoders.items():
        key = f"encoders.{name}"
        if (encoder.role is None) == (encoder.parameter is None):
            hint = 'Give role = "menu" or a parameter, one of them'
            raise BoardError(f"{key}: it is not clear what it turns", where=where, hint=hint)
        for deed in ("push", "hold"):
            if getattr(encoder, deed) is not None and not encoder.has_free_button:
                why = "chooses in the menu" if encoder.role else "needs pin_push"
                raise BoardError(
                    f"{key}.{deed}: the button {why}", where=where, hint=f"Remove {deed}, or wire a button"
                )
        if encoder.has_free_button and name in board.switches:
            hint = "Call one of them otherwise: presets give both something to do by their names"
            raise BoardError(f"{key} has a button, and a switch is called {name} too", where=where, hint=hint)
        if encoder.role and menu:
            hint = "Give one of them a parameter"
            raise BoardError(f"{key} turns the menu, and so does {menu}", where=where, hint=hint)
        menu = key if encoder.role else menu


def _check_leds(board: Board, where: str) -> None:
    named = {switch.led for switch in board.switches.values()}
    for name, led in board.leds.items():
        if led.shows == "switch" and name not in named:
            hint = f'Write led = "{name}" at a switch, or let it show something else'
            raise BoardError(f"leds.{name}: no switch has this light", where=where, hint=hint)
        if led.shows == "looper" and board.looper is None:
            message = f'leds.{name}.shows = "looper" needs a looper'
            raise BoardError(message, where=where, hint="Write [looper] and the key seconds below it")


def _check_midi(board: Board, where: str) -> None:
    if board.midi is not None and board.midi.uart and not _SERIAL_DEVICE.fullmatch(board.midi.uart):
        hint = 'Use a name such as "/dev/ttyAMA0"'
        raise BoardError(f"midi.uart = {board.midi.uart!r:.40} is no serial device", where=where, hint=hint)


def _check_actions(board: Board, where: str) -> None:
    for key, action in _actions(board, where):
        if board.looper is None and action.name.startswith("looper"):
            message = f"{key} = '{action}' needs a looper"
            raise BoardError(message, where=where, hint="Write [looper] and the key seconds below it")


def _actions(board: Board, where: str) -> Iterator[tuple[str, Action]]:
    """Every action that the file names, with its key.

    Raises:
        BoardError: one that is none.
    """
    for key, text in _action_texts(board):
        yield key, parse_action(text, BoardError, f"{where}: {key}")


def _action_texts(board: Board) -> Iterator[tuple[str, str]]:
    for name, switch in board.switches.items():
        for gesture in ("action", "hold", "long_hold", "double_tap"):
            if (action := getattr(switch, gesture)) is not None:
                yield f"switches.{name}.{gesture}", action
    for name, chord in board.chords.items():
        yield f"chords.{name}.action", chord.action
    for name, encoder in board.encoders.items():
        for deed, does in (("push", encoder.push), ("hold", encoder.hold)):
            if does is not None:
                yield f"encoders.{name}.{deed}", does
