"""Restore: a stick with a backup asks on the page; a tap says no, two seconds say yes, and a player can undo it."""

from __future__ import annotations

import time
from pathlib import Path

from pedal.library.telling import Question, heard
from pedal.system.stick import REMOVE
from tests.lab.bringing import last_word
from tests.lab.lab import RUNTIME, STATE, Lab
from tests.lab.scenario import Breakage
from tests.lab.stick import UsbStick

BREAKAGE = (
    Breakage(
        "a tap says yes",
        "pedal/panel/loop.py",
        'item.kind == "long_hold"',
        'item.kind in ("tap", "long_hold")',
    ),
    Breakage(
        "what a restore replaces is not kept",
        "pedal/library/backup.py",
        "_save(before, old, lambda progress: None)",
        "_save(before, [], lambda progress: None)",
    ),
)
LIMIT_S = 600.0
#: The page says two seconds.
HOLD_S = 2.2
#: Presets by key: their files.
Presets = dict[str, bytes]


def scenario(lab: Lab) -> None:
    stick = UsbStick(Path("/run/stick.img"))
    lab.boot()
    mine = save_as(lab, "Mine", drive_db="-6")
    kept = STATE / "kept.pedal"
    lab.pedal("backup", str(kept))
    stick.fill({"gig/kept.pedal": kept.read_bytes()})
    kept.unlink()
    then = presets()
    lab.pedal("set", "amp.drive_db", "3")
    lab.pedal("preset", "save")
    other = save_as(lab, "Other", drive_db="0")
    now = presets()
    assert set(now) == {*then, other} and now[mine] != then[mine]
    xruns, overruns = (lab.status()[name] for name in ("xruns", "overruns"))

    # a tap does what it always does, and is a no
    plugged(lab, stick)
    lab.tap("next", bounces=3)
    assert answered(lab, stick) == "Nothing was restored."
    lab.until(lambda: lab.status()["preset_key"] not in (other, ""), "the tap counts")
    assert presets() == now, "a tap restored something"

    # two seconds are a yes: what is in the backup is as it was then, and what is not stays
    playing = lab.status()["preset_key"]
    plugged(lab, stick)
    lab.tap("next", HOLD_S, bounces=3)
    assert answered(lab, stick) == "Restored."
    assert presets() == now | then, "not what the backup holds"
    assert lab.status()["preset_key"] == playing, "the hold did something else, too"

    # all of it is here now: nobody is asked again
    since_s = time.monotonic()
    stick.plug()
    assert last_word(lab, since_s).text.startswith("All of the backup is here.")
    stick.pull()

    for after in (now, now | then):
        lab.pedal("restore", "--undo", "--yes")
        assert presets() == after, "an undo brings back what was before, and an undo of that what was restored"
    lab.pedal("preset", mine)
    lab.until(lambda: lab.status()["preset_key"] == mine, "what was restored plays")
    assert [lab.status()[name] for name in ("xruns", "overruns")] == [xruns, overruns]


def save_as(lab: Lab, name: str, drive_db: str) -> str:
    """A preset of the player's own; its key."""
    lab.pedal("set", "amp.drive_db", drive_db)
    lab.pedal("preset", "save-as", name)
    key: str = lab.until(lambda: not lab.status()["edited"] and lab.status()["preset_key"], "it is saved")
    return key


def presets() -> Presets:
    """All that the player has now."""
    return {path.stem: path.read_bytes() for path in (STATE / "presets").glob("*.toml")}


def plugged(lab: Lab, stick: UsbStick) -> Question:
    """The stick comes; what is asked, once it stands on the glass."""
    since_s = time.monotonic()

    def asked() -> Question | None:
        told = heard(RUNTIME)
        return told.question if told is not None and told.at_s > since_s else None

    lab.event("stick plugged")
    stick.plug()
    question: Question = lab.until(asked, "a question")
    lab.until(lambda: lab.screen().says("Backup of", "small"), "it is asked on the page", 2.0)
    lab.until_page_is_shown()
    lab.screen().save(lab.out / "asked.png")
    return question


def answered(lab: Lab, stick: UsbStick) -> str:
    """What the import said last; the stick is out again."""
    text = last_word(lab, time.monotonic() - HOLD_S).text
    lab.event("answered", text)
    stick.pull()
    lab.wait(1.0)
    return text.removesuffix(f" {REMOVE}")
