"""The player's own board file: a shipped one with what a set-up found, in the place where ``pedal run`` looks.

Used by ``pedal setup``. On an installed pedal that is ``/etc/pedal``, which the services read and only root writes:
pedal-audio cannot see the player's folder. Elsewhere it is the player's folder.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit

from pedal.config import Board, MixerSetting, board_path, parse_board
from pedal.errors import BoardError, SettingsError
from pedal.files import load_text
from pedal.library.atomic import remove_atomic, write_atomic
from pedal.paths import own_board_path

#: Below the root of the file system: what the services take their environment from, and the board beside it.
_CONF, _BOARD = Path("etc/pedal/pedal.conf"), Path("etc/pedal/board.toml")
#: Below the root, too: what was chosen at the pedal itself, which comes before those.
_CHOSEN = Path("var/lib/pedal-board/board.toml")
_VARIABLE = "PEDAL_BOARD"
#: Names of mixer controls that are an input's gain, best first.
_GAINS = ("PGA", "Capture", "ADC")
#: Where it is a list of words (PCM1863: -12 to 40 dB in half decibels), one of them, and the first and the last.
_WORD = re.compile(r"([+-]?\d{1,2}\.\d)dB")
_WORDS_DB = (-12.0, 40.0)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a set-up changes of a board; None leaves it as it is."""

    card: str | None = None
    period_frames: int | None = None
    periods: int | None = None
    input: str | None = None
    gain_db: tuple[str, float] | None = None  # a mixer control and its new level
    input_dbu: float | None = None


def load_own_text(name: str, changes: Changes) -> str:
    """The text of a board, shipped or one's own, with changes; its comments stay.

    Raises:
        BoardError: no such board, it is not right, or it would not be with the changes.
    """
    path = board_path(name)
    text = load_text(path, BoardError)
    before = parse_board(text, str(path))
    document = tomlkit.parse(text)
    document["name"], document["title"] = before.name, before.title
    audio: Any = document["audio"]
    for key in ("card", "period_frames", "periods", "input"):
        if (value := getattr(changes, key)) is not None:
            audio[key] = value
    if changes.input_dbu is not None:
        document["input_dbu_at_0dbfs"] = changes.input_dbu
    if changes.gain_db is not None:
        control, level_db = changes.gain_db
        mixer: Any = document["mixer"]
        if before.mixer[control].level_db is not None:
            mixer[control]["level_db"] = level_db
        for name in (name for name, setting in before.mixer.items() if _gain_in_words(name, setting) is not None):
            mixer[name]["choice"] = f"{level_db:.1f}dB"  # left and right are two controls there
    changed = tomlkit.dumps(document)
    parse_board(changed, str(path))
    return changed


def gain_control(board: Board) -> tuple[str, float] | None:
    """The mixer control that is the input's gain, and how it stands (dB); None where the board names none."""
    for part in _GAINS:
        for name, setting in board.mixer.items():
            if part in name and setting.level_db is not None and setting.direction != "playback":
                return name, setting.level_db
    for name, setting in board.mixer.items():
        if (level_db := _gain_in_words(name, setting)) is not None:
            return name, level_db
    return None


def wanted_gain_db(board: Board, control: str, level_db: float) -> float:
    """As near to a gain as the control comes: mixers go in half decibels, one in words has a first and a last word."""
    level_db = round(2.0 * level_db) / 2.0
    least_db, most_db = (-150.0, 60.0) if board.mixer[control].level_db is not None else _WORDS_DB
    return min(max(level_db, least_db), most_db)


def _gain_in_words(name: str, setting: MixerSetting) -> float | None:
    """How an input's gain stands that is a list of words like ``0.0dB``; None if it is another control."""
    word = _WORD.fullmatch(setting.choice or "")
    return float(word[1]) if word and any(part in name for part in _GAINS) else None


def is_installed(root: Path = Path("/")) -> bool:
    """Whether the services are set up here."""
    return (root / _CONF).is_file()


def save_own_board(text: str, root: Path = Path("/")) -> Path:
    """Put a board in use; what was there before stays beside it. Returns where it lies.

    Raises:
        BoardError: the text is no board.
        SettingsError: it cannot be written.
    """
    board = parse_board(text, "the board that was found")
    installed = is_installed(root) and not board.virtual
    path = root / _BOARD if installed else own_board_path()
    try:
        write_atomic(path, text.encode(), keep_previous=True)
        if installed:
            conf = load_text(root / _CONF, SettingsError)
            write_atomic(root / _CONF, _with_board(conf, Path("/") / _BOARD).encode(), keep_previous=True)
            if (root / _CHOSEN).is_file():  # the newer word counts
                remove_atomic(root / _CHOSEN)
    except OSError as failure:
        hint = "Run `sudo pedal setup --keep`" if installed else "Is the disk full?"
        raise SettingsError(f"cannot be written ({failure.strerror})", where=str(path), hint=hint) from failure
    return path


def _with_board(conf: str, path: Path) -> str:
    """The environment file with another board; all other lines stay."""
    lines = [line for line in conf.splitlines() if not line.startswith(f"{_VARIABLE}=")]
    return "\n".join([*lines, f"{_VARIABLE}={path}"]) + "\n"
