"""How each kind of block is set where all are tested alike: so that every knob of it can be heard.

A kind that is not here stands as it is by default. A new kind needs a line only where its default hides a knob.
"""

from __future__ import annotations

from pedal.params import BYPASS, KINDS
from tests.dsp.rows import Row

SETTINGS: dict[str, dict[str, float]] = {
    "comp": {"threshold_db": -30.0, "blend": 0.8},
    "tone": {"bass_db": 6.0, "mid_db": -6.0, "treble_db": 6.0},
    "eq": {"low_db": 9.0, "one_db": -9.0, "two_db": 9.0, "three_db": -9.0, "high_db": 9.0},
    "wah": {"mode": 1.0},
    "cab": {"low_cut_hz": 80.0, "high_cut_hz": 6000.0},
}
#: Impulse responses, by their taps (``tests.rig.bench.Assets``).
ASSETS = {"cab": "150", "amp": "linear"}
OPTIONS = {"cab": {"impulse_b": "100"}}
#: Where a knob decides something that is heard at once, the sine is so loud that it does not (peak).
LEVELS = {"output": 0.1}

#: Knobs that move what is heard in time, and so its pitch, and one that lets a room go for 20 s: ``test_effects``
#: sweeps these, with what such a movement explains.
GLIDES = {
    ("delay", "time_s"),
    ("delay", "division"),
    ("delay", "tempo_bpm"),
    ("flanger", "delay_s"),
    ("vibrato", "rate_hz"),
}
LONG = {("reverb", "decay_s")}

#: Amps need a model and an understudy: ``tests/rig``.
TESTED = [kind for kind in KINDS.values() if kind.name != "amp"]
KNOBS = [
    (kind.name, param.name)
    for kind in TESTED
    for param in kind.params
    if not (param is BYPASS and kind.bypass == "own")
]


def channels_of(name: str) -> int:
    """Two where the block makes two, or would."""
    return 2 if KINDS[name].widens or name in OPTIONS else 1


def audible(name: str, channels: int | None = None, *, on: bool = True) -> Row:
    """A row of this kind with every knob to be heard."""
    return Row(
        name,
        channels or channels_of(name),
        SETTINGS.get(name, {}),
        ASSETS.get(name, ""),
        on=on,
        options=OPTIONS.get(name, {}),
    )
