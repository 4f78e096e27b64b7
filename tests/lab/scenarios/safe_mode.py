"""Safe mode: three failures in a minute, and the guitar comes through clean; the player is told, and gets out again."""

from __future__ import annotations

import subprocess

import numpy as np

from pedal.link import Word
from tests.lab.cable import RATE_HZ
from tests.lab.guitar import load_take
from tests.lab.lab import Lab
from tests.lab.scenario import Breakage
from tests.lab.scenarios.watchdog import longest_silence_s

BREAKAGE = Breakage(
    "a parent that never loses patience",
    "pedal/health.py",
    "len(recent) < LIMIT:",
    "len(recent) < 1000:",
)
LIMIT_S = 600.0
REASON = "The sound failed 3 times in a minute; the last time it was killed by SIGKILL."


def scenario(lab: Lab) -> None:
    lab.boot()
    lab.pedal("preset", "02-clean-edge")
    lab.pedal("set", "amp.drive_db", "-6")
    lab.until(lambda: lab.status().get("preset_key") == "02-clean-edge", "the preset")
    lab.wait(1.0)
    _fail(lab)
    _is_clean_bypass(lab)
    _is_told(lab)
    lab.tap("bypass")
    _plays_again(lab, "02-clean-edge")

    _fail(lab)  # again; this time the player chooses another preset first, and then the command
    lab.tap("next")
    lab.until(lambda: lab.status()["preset_key"] == "03-two-amps", "the next preset")
    assert lab.link.get(Word.PLAYING_SLOT) == -1
    assert lab.pedal("resume") == "Trying again.\n"
    _plays_again(lab, "03-two-amps")

    _fail(lab)
    lab.systemctl("restart", "pedal-audio.service")
    _plays_again(lab, "03-two-amps")


def _fail(lab: Lab) -> None:
    """Three times what plays is killed as soon as it has played a little."""
    lab.guitar(load_take())
    for _ in range(3):
        pid = lab.pid("audio")
        lab.until(lambda p=pid: lab.link.get(Word.AUDIO_PID) == p, "a process to kill")
        played = lab.link.get(Word.PERIOD_COUNT)
        lab.until(lambda n=played: lab.link.get(Word.PERIOD_COUNT) > n + 8, "a few periods of it")
        killed = lab.cable.frame
        lab.kill("audio")
        lab.until(lambda p=pid: lab.link.get(Word.AUDIO_PID) != p, "its successor")
    lab.until(lambda: lab.status().get("audio") == "safe mode", "safe mode", 5.0)
    safe = lab.cable.frame
    lab.until(lambda: lab.is_heard(safe), "the guitar")
    lab.note(f"clean, silent for {longest_silence_s(lab, killed):.2f} s")


def _is_playing(lab: Lab) -> bool:
    return lab.status().get("audio") == "playing"


def _is_clean_bypass(lab: Lab) -> None:
    """Every sample that is heard is the guitar's, on both sides."""
    whole = np.random.default_rng(lab.random.randrange(2**32)).integers(-(2**22), 2**22, RATE_HZ)
    guitar = (whole / 2.0**23).astype(np.float32)  # exact in every format between here and there
    lab.guitar(guitar)
    lab.wait(0.5)
    heard = lab.listen(2.0)
    (at,) = np.flatnonzero(guitar == heard[0, 0])
    expected = guitar[(at + np.arange(len(heard))) % RATE_HZ]
    differ = np.flatnonzero(np.any(heard != expected[:, None], axis=1))
    assert not len(differ), f"{len(differ)} samples are not the guitar's, the first at {differ[0]}"
    lab.event("every sample of 2 s is the guitar's")


def _is_told(lab: Lab) -> None:
    lab.until(lambda: lab.screen().says("Safe mode", "bold"), "the screen says so")
    lab.until(lambda: lab.screen().says("Press bypass", "small"), "and the way out")
    assert REASON in lab.pedal("status"), "so does the command"
    assert REASON in lab.systemctl("status", "pedal-audio.service"), "and systemd"
    said = subprocess.run(["journalctl", "--unit=pedal-audio", "--no-pager"], capture_output=True, text=True).stdout
    assert f"{REASON} Safe mode begins." in said, "and the journal"


def _plays_again(lab: Lab, preset: str) -> None:
    start = lab.cable.frame
    lab.until(lambda: _is_playing(lab) and bool(lab.status()["blocks"]), "the whole pedal")
    lab.until(lambda: lab.is_heard(start), "sound")
    lab.wait(2.0)
    status = lab.status()
    assert (status["preset_key"], status["safe_mode"], status["bypassed"]) == (preset, "", False), status
    assert not lab.screen().says("Safe mode", "bold")
    lab.note(f"whole again, silent for {longest_silence_s(lab, start):.2f} s")
