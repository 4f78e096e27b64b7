"""What the scenarios with a stick have in common: what is on it, and waiting for the import's last word."""

from __future__ import annotations

import json
import shutil
from typing import Any

from pedal.library.report import Progress
from pedal.library.telling import heard
from pedal.panel.imports import has_ended
from pedal.paths import factory_dir
from tests.lab.lab import RUNTIME, STATE, Lab

BAD = b'{"architecture": "WaveNet", "weights": ['
PRESET = b'name = "From the stick"\n[[block]]\nkind = "tone"\nbass_db = 3\n'


def brought(models: int) -> dict[str, bytes]:
    """A stick: so many models of the same network that differ in a word, a cabinet, a preset, and what is refused."""
    factory = factory_dir("models")
    text = (factory / "starter-crunch.nam").read_bytes()
    cab = next((factory / "cabs").glob("*.wav")).read_bytes()
    files = {f"Pack/Amp {number}.nam": text + b" " * (number + 1) for number in range(models)}
    files |= {"cabs/box.wav": cab + b"\0", "stick.toml": PRESET}
    files |= {"broken.nam": BAD, "lies.wav": b"RIFF\xff\xff\xff\xffWAVE"}
    return files | {"photo.jpg": b"", "System Volume Information/x.nam": text, "._Amp.nam": b"x"}


def last_word(lab: Lab, since_s: float, limit_s: float = 30.0) -> Progress:
    """How the import that began after ``since_s`` of the monotonic clock ended."""

    def ended() -> Progress | None:
        told = heard(RUNTIME)
        return told.progress if told is not None and told.at_s > since_s and has_ended(told) else None

    progress: Progress = lab.until(ended, "the import's last word", limit_s)
    return progress


def library_check(lab: Lab) -> dict[str, Any]:
    """What ``pedal library check`` finds, as a player: how many files are whole, and what is to be mended."""
    said = json.loads(lab.pedal("library", "check", "--json", check=False))
    to_mend = [finding for finding in said["findings"] if finding["state"] not in ("renamed", "orphaned")]
    return {"whole": said["whole"], "findings": to_mend}


def empty_library() -> None:
    """Take out what was imported: as if it had never been."""
    for path in (STATE / "library" / "models", STATE / "library" / "impulses", STATE / "presets"):
        for entry in path.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
