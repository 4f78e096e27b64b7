"""A hard strum, judged: too quiet, right, clipping, nothing, or at the other input. Pure.

Used by ``pedal setup`` and by the panel's page of the same name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pedal.units import db_from_gain

Word = Literal["nothing", "quiet", "right", "clipping", "other"]

#: Below this a strum was none; a bare input with a cable in it is about there.
NOTHING_DB = -50.0
QUIET_DB = -24.0
#: Where the peak of a hard strum belongs: room for a harder one, and far above the noise.
WANTED_DB = -9.0
#: A peak above this leaves no room for the harder strum on stage.
HOT_DB = -1.0
CLIP = 0.999
#: The other input has the guitar if it is so much louder.
OTHER_DB = 20.0
#: What to take back where the strum was cut off and nobody knows how much is missing.
CLIPPED_STEP_DB = -12.0


@dataclass(frozen=True, slots=True)
class Level:
    """One input while somebody strummed: highest sample in dBFS, and how many samples were at full scale."""

    peak_db: float
    clipped: int = 0


@dataclass(frozen=True, slots=True)
class Strum:
    """What came of it.

    Attributes:
        word: in a word.
        peak_db: of the input that was listened to, in dBFS.
        change_db: how much more gain (less, if negative) brings a strum to where it belongs; 0 where it is right.
        sentence: for the player.
        channel: where the guitar is, if it is at the other one.
    """

    word: Word
    peak_db: float
    change_db: float
    sentence: str
    channel: str = ""


def level_of(samples: NDArray[np.float32]) -> Level:
    """Of one channel, float ``(frames,)``; a steady offset is no sound and does not count."""
    if not len(samples):
        return Level(db_from_gain(0.0))
    loud = np.abs(samples)
    peak = float(np.abs(samples - np.median(samples)).max())
    return Level(db_from_gain(min(peak, 1.0)), int(np.count_nonzero(loud >= CLIP)))


def judge_strum(levels: dict[str, Level], chosen: str) -> Strum:
    """What is to be said of a strum.

    Args:
        levels: of each input that was heard, by its name ("left", "right"), or of the only one.
        chosen: the one that the pedal listens to; "sum" is the louder one.
    """
    if chosen not in levels:
        chosen = max(levels, key=lambda name: levels[name].peak_db)
    own = levels[chosen]
    for name, other in levels.items():
        if name != chosen and other.peak_db > NOTHING_DB and other.peak_db - own.peak_db >= OTHER_DB:
            sentence = f"The guitar is at the {name} input, the pedal listens to the {chosen} one."
            return Strum("other", other.peak_db, 0.0, sentence, channel=name)
    if own.clipped:
        sentence = "Too loud: the card cut the strum off. Turn its input gain down, or the guitar."
        return Strum("clipping", own.peak_db, CLIPPED_STEP_DB, sentence)
    if own.peak_db < NOTHING_DB:
        sentence = "Nothing was heard. Is the guitar plugged in, its volume up, and the card's input the right one?"
        return Strum("nothing", own.peak_db, 0.0, sentence)
    change_db = round(WANTED_DB - own.peak_db, 1)
    if own.peak_db > HOT_DB:
        return Strum("clipping", own.peak_db, change_db, "Nearly too loud: a harder strum would be cut off.")
    if own.peak_db < QUIET_DB:
        sentence = f"Too quiet by about {change_db:.0f} dB. Turn the card's input gain up, and the guitar's volume."
        return Strum("quiet", own.peak_db, change_db, sentence)
    return Strum("right", own.peak_db, 0.0, "Right: loud enough, with room for a harder strum.")
