"""Board files: which sound card, switches and display a pedal is made of.

``board/*.toml`` becomes frozen records, once, at the start of every process of the pedal. See ``docs/boards.md``.
"""

from pedal.config.board import (
    Action,
    AudioSettings,
    Board,
    DisplaySettings,
    FootSwitch,
    KnobSettings,
    LooperSettings,
    TunerSettings,
)
from pedal.config.reading import board_names, board_path, load_board, parse_board

__all__ = [
    "Action",
    "AudioSettings",
    "Board",
    "DisplaySettings",
    "FootSwitch",
    "KnobSettings",
    "LooperSettings",
    "TunerSettings",
    "board_names",
    "board_path",
    "load_board",
    "parse_board",
]
