"""What the pedal does with levels: an amp's two gains, from what the board, the player and the model's file say.

Used by the builder (new amps), the panel (changes while playing) and the offline tools. Pure. Every gain
comes with its arithmetic in words; ``docs/levels.md`` has the same for players. Levels in dBu are RMS of a
sine that reaches 0 dBFS.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

import msgspec

OutputMode = Literal["raw", "normalised", "calibrated"]
OUTPUT_MODES: tuple[OutputMode, ...] = get_args(OutputMode)
Channel = Literal["board", "left", "right", "sum"]
#: Which input the guitar is at: as the board file says, or another one. A link's word is the index.
CHANNELS: tuple[Channel, ...] = get_args(Channel)
#: Of normalised amps, unless the player says otherwise: what players of this format agree on.
TARGET_DB = -18.0
LOWEST_TARGET_DB, HIGHEST_TARGET_DB = -40.0, 0.0
#: No gain of this module is larger, whatever a file says: it would only bring up noise, or a speaker down.
MOST_GAIN_DB = 40.0
#: What a file may state and be believed, by key of its metadata; the loudness of real captures is -45 to -3 dB.
BELIEVABLE = {"loudness": (-80.0, 20.0), "input_level_dbu": (-60.0, 60.0), "output_level_dbu": (-60.0, 60.0)}
#: How much louder or softer than usual a model is measured, where calibration may drive it so.
DRIVES_DB = (-24.0, -16.0, -8.0, 0.0, 8.0)
#: No drive changes a loudness by more.
MOST_CHANGE_DB = 60.0
#: A width is brought nearer to its model's widest one by so much at most, and by less not at all: nobody hears that.
MOST_TRIM_DB, LEAST_TRIM_DB = 1.0, 0.1


class Levels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the player has chosen, for the whole pedal, and what the board says.

    Attributes:
        output: how loud amps come out.
        target_db: loudness of normalised amps.
        calibrate_input: drive models as hard as what they were captured from, where both levels are known.
        board_dbu: level that reaches 0 dBFS at the board's input; None: not known. Of the board, never saved.
        channel: which input of the card is heard.
    """

    output: OutputMode = "normalised"
    target_db: float = TARGET_DB
    calibrate_input: bool = True
    board_dbu: float | None = None
    channel: Channel = "board"


#: What a pedal does that nobody has told otherwise.
USUAL = Levels()


class ModelLevels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a model says of itself, or what was measured.

    Attributes:
        loudness_db: of its widest width, as the format defines it; None: neither stated nor measured.
        is_measured: the loudness was measured here, because the file does not state it.
        changes_db: of the loudness, when it is driven by ``DRIVES_DB``; empty if not measured.
        input_level_dbu, output_level_dbu: as the file states them.
    """

    loudness_db: float | None = None
    is_measured: bool = False
    changes_db: tuple[float, ...] = ()
    input_level_dbu: float | None = None
    output_level_dbu: float | None = None


class Measured(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What playing a model has shown.

    Attributes:
        loudness_db: of its widest width, on the format's scale; None: it is silent.
        trims_db: for each width, narrowest first, what brings it nearer to the widest one's loudness.
        changes_db: of the loudness, when it is driven by ``DRIVES_DB``; empty for a model that is never calibrated.
    """

    loudness_db: float | None
    trims_db: tuple[float, ...]
    changes_db: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Gain:
    """A gain and where it comes from: ``board 12.0 dBu - model 19.0 dBu = -7.0 dB``."""

    gain_db: float
    why: str


def input_gain(model: ModelLevels, levels: Levels) -> Gain:
    """What a model's input is multiplied by before the amp's drive: one guitar volt here is one there."""
    if not levels.calibrate_input:
        return Gain(0.0, "calibration is switched off: 0.0 dB")
    if levels.board_dbu is None:
        return Gain(0.0, "the board does not say its input level, so none is assumed: 0.0 dB")
    if model.input_level_dbu is None:
        return Gain(0.0, "the file does not say its input level, so none is assumed: 0.0 dB")
    difference_db = levels.board_dbu - model.input_level_dbu
    return _limited(difference_db, f"board {levels.board_dbu:.1f} dBu - model {model.input_level_dbu:.1f} dBu")


def output_gain(model: ModelLevels, levels: Levels) -> Gain:
    """What an amp's output is multiplied by before its level: one gain for all widths of a model."""
    if levels.output == "raw":
        return Gain(0.0, "raw: 0.0 dB")
    if levels.output == "normalised":
        return _normalised(model, levels)
    if model.output_level_dbu is not None and levels.board_dbu is not None:
        difference_db = model.output_level_dbu - levels.board_dbu
        return _limited(difference_db, f"model {model.output_level_dbu:.1f} dBu - board {levels.board_dbu:.1f} dBu")
    silent = "the file" if model.output_level_dbu is None else "the board"
    which = "output" if model.output_level_dbu is None else "input"
    instead = _normalised(model, levels)
    return Gain(instead.gain_db, f"{silent} does not say its {which} level, so normalised: {instead.why}")


def is_believable(key: str, value: float) -> bool:
    """Whether a file may state ``value`` for ``key`` of ``BELIEVABLE``."""
    low, high = BELIEVABLE[key]
    return low <= value <= high


def trim_db(width_db: float, widest_db: float) -> float:
    """What brings a width nearer to the widest, at most ``MOST_TRIM_DB``; 0 for a trifle, or where one is silent."""
    difference_db = widest_db - width_db
    if not math.isfinite(difference_db) or abs(difference_db) < LEAST_TRIM_DB:
        return 0.0
    return max(-MOST_TRIM_DB, min(MOST_TRIM_DB, difference_db))


def loudness_change_db(changes_db: tuple[float, ...], drive_db: float) -> float:
    """How much louder a model is when it is driven by ``drive_db``, from what was measured at ``DRIVES_DB``.

    Between two measurements a straight line; a guitar softer than all of them loses as much as goes in less, one
    that is louder gains nothing more. 0 if nothing was measured.
    """
    if len(changes_db) != len(DRIVES_DB):
        return 0.0
    if drive_db <= DRIVES_DB[0]:
        return changes_db[0] + drive_db - DRIVES_DB[0]
    points = zip(pairwise(DRIVES_DB), pairwise(changes_db), strict=True)
    for (low_db, high_db), (low, high) in points:
        if drive_db <= high_db:
            return low + (high - low) * (drive_db - low_db) / (high_db - low_db)
    return changes_db[-1]


def _normalised(model: ModelLevels, levels: Levels) -> Gain:
    if model.loudness_db is None:
        return Gain(0.0, "the model's loudness is not known, so it plays raw: 0.0 dB")
    source = "measured" if model.is_measured else "stated"
    drive_db = input_gain(model, levels).gain_db
    change_db = loudness_change_db(model.changes_db, drive_db)
    loudness_db = model.loudness_db + change_db
    if change_db:
        source += f" {model.loudness_db:.1f} dB, {change_db:+.1f} dB for the calibrated input"
    arithmetic = f"target {levels.target_db:.1f} dB - loudness {loudness_db:.1f} dB ({source})"
    return _limited(levels.target_db - loudness_db, arithmetic)


def _limited(gain_db: float, arithmetic: str) -> Gain:
    if abs(gain_db) > MOST_GAIN_DB:
        limit_db = math.copysign(MOST_GAIN_DB, gain_db)
        return Gain(limit_db, f"{arithmetic} = {gain_db:+.1f} dB, limited to {limit_db:+.1f} dB")
    return Gain(gain_db, f"{arithmetic} = {gain_db:+.1f} dB")
