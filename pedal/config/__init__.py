"""Board files: which sound card, switches and display a pedal is made of.

``board/*.toml`` becomes frozen records, once, at the start of every process of the pedal. See ``docs/boards.md``.
"""

from pedal.config.analog import CodecBypassSettings, MixerSetting, RelaySettings
from pedal.config.board import AudioSettings, Board, DisplaySettings, LooperSettings, TunerSettings
from pedal.config.controls import (
    ChordSettings,
    EncoderSettings,
    ExpressionSettings,
    FootSwitch,
    KnobSettings,
    LedSettings,
    MidiSettings,
)
from pedal.config.reading import board_names, board_path, load_board, parse_board

__all__ = [
    "AudioSettings",
    "Board",
    "ChordSettings",
    "CodecBypassSettings",
    "DisplaySettings",
    "EncoderSettings",
    "ExpressionSettings",
    "FootSwitch",
    "KnobSettings",
    "LedSettings",
    "LooperSettings",
    "MidiSettings",
    "MixerSetting",
    "RelaySettings",
    "TunerSettings",
    "board_names",
    "board_path",
    "load_board",
    "parse_board",
]
