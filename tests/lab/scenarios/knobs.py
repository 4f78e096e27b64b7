"""Knobs on the converter: picked up where the parameter is, followed without a click, deaf to noise, shown."""

from __future__ import annotations

import time

from pedal.library.presets import PresetStore
from pedal.panel.controls.knobs import DEAD_BAND_NORM
from pedal.params import KINDS
from pedal.params.words import turn_of
from tests.lab.cable import RATE_HZ
from tests.lab.lab import Lab
from tests.lab.listening import assert_no_click, first_change, play_a_loop
from tests.lab.scenario import Breakage

BREAKAGE = Breakage(
    "a knob takes hold wherever it stands",
    "pedal/panel/controls/knobs.py",
    "        return held",
    "        return True",
)
AMP = KINDS["amp"]
DRIVE = AMP.params[AMP.index("drive_db")]
OUTPUT = KINDS["output"]
LEVEL = OUTPUT.params[OUTPUT.index("level_db")]


def scenario(lab: Lab) -> None:
    lab.boot()
    play_a_loop(lab)
    asked, since_s = lab.player.bench.conversions(0), time.monotonic()
    _noise(lab)
    rate_hz = (lab.player.bench.conversions(0) - asked) / (time.monotonic() - since_s)
    assert rate_hz > 20.0, f"the knob is asked {rate_hz:g} times a second"

    # the preset's level is far above where this knob stands, in the middle
    preset = PresetStore.default().load(lab.status()["preset_key"]).preset
    there = turn_of(LEVEL, preset.output.value("level_db"))
    start = lab.cable.frame
    lab.knob("level", there - 0.05, over_s=0.5)
    lab.wait(0.5)
    assert first_change(lab, start) is None, "a knob was heard before it came to where the parameter is"
    start = lab.cable.frame
    lab.knob("level", there + 0.006, over_s=0.2)
    lab.knob("level", there - 0.1, over_s=0.5)
    _heard_and_clean(lab, start)

    start = lab.cable.frame
    lab.knob("drive", 0.8, over_s=0.4)
    _heard_and_clean(lab, start)
    assert _shows_drive(lab, 0.8), "the page does not say where the drive knob stands"
    lab.screen().save(lab.out / "drive.png")

    # as fast as a hand can: from one end to the other at once
    for to_norm in (1.0, 0.0, 0.5):
        start = lab.cable.frame
        lab.knob("drive", to_norm)
        _heard_and_clean(lab, start)
    assert _shows_drive(lab, 0.5)
    lab.note(f"knobs asked {rate_hz:.0f} times a second")


def _noise(lab: Lab) -> None:
    """Five seconds of a converter that never says the same twice: nobody hears it."""
    start = lab.cable.frame
    for _ in range(250):
        lab.player.bench.turn(0, 0.5 + lab.random.choice((-1, 0, 1)) / 1024)
        lab.wait(0.02)
    assert first_change(lab, start) is None, "noise of the converter was heard"
    assert not _shows_drive(lab, 0.5)


def _heard_and_clean(lab: Lab, start: int) -> None:
    lab.wait(0.5)
    changed = first_change(lab, start)
    assert changed is not None, "a turned knob was not heard"
    assert_no_click(lab, changed, lab.cable.frame - RATE_HZ // 10)


def _shows_drive(lab: Lab, at_norm: float) -> bool:
    """Whether the page names the value at ``at_norm``, as near as the knob can be told."""
    lab.wait(0.3)
    shown = lab.screen()
    span_db = DRIVE.high - DRIVE.low
    value_db, slack_db = DRIVE.low + at_norm * span_db, 2 * DEAD_BAND_NORM * span_db
    tenths = range(round(10 * (value_db - slack_db)), round(10 * (value_db + slack_db)) + 1)
    return any(shown.says(f"{AMP.label} {DRIVE.label} {tenth / 10:+.1f} dB", "small") for tenth in tenths)
