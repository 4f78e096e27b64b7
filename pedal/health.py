"""How a half of the pedal has fared since it was switched on: its failures, and whether it is in safe mode.

One small file for each half in the runtime directory, so that it outlives the half, its parent and a restart of
its service, and is gone after a reboot. Written by the half's parent (``system/post``), read by the panel and by
commands. ``Health`` is pure, time is an argument; the functions at the end read and write the files.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from pedal.errors import PedalError
from pedal.files import load_bytes

#: So many failures within this time are no accident.
LIMIT, WINDOW_S = 3, 60.0
#: A life shorter than this has not really begun: waiting before the next is no loss.
EARLY_S = 2.0
FIRST_DELAY_S, LAST_DELAY_S = 0.25, 5.0

_SUBJECTS = {"audio": "The sound", "panel": "The panel"}
_CAP_BYTES = 16 * 1024
#: Failures remembered: enough for the longest delay.
_KEPT = 8


class Failure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One end that nobody asked for.

    Attributes:
        at_s: of the monotonic clock.
        early: whether that life had hardly begun.
        how: "it hung", "it was killed by SIGSEGV": the end of a sentence.
    """

    at_s: float
    early: bool
    how: str


class Health(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What its parent knows of a half.

    Attributes:
        running: it was started and has not ended as it was asked to. A parent that finds this at its own start has
            a predecessor that was killed.
        failures: of the last minute, the oldest first.
        safe_mode: why it is in safe mode, one sentence; empty if it is not.
        safe_number: which safe mode this is; never used twice, so that an old request to leave one means nothing.
    """

    running: bool = False
    failures: tuple[Failure, ...] = ()
    safe_mode: str = ""
    safe_number: int = 0

    def started(self) -> Health:
        """A process of it runs."""
        return msgspec.structs.replace(self, running=True)

    def failed(self, half: str, how: str, lived_s: float, now_s: float, *, has_safe_mode: bool = True) -> Health:
        """It ended without being asked, after ``lived_s``: the third time within a minute, safe mode begins."""
        recent = tuple(failure for failure in self.failures if 0.0 <= now_s - failure.at_s <= WINDOW_S)
        recent = (*recent, Failure(now_s, lived_s < EARLY_S, how))[-_KEPT:]
        now = msgspec.structs.replace(self, running=False, failures=recent)
        if self.safe_mode or not has_safe_mode or len(recent) < LIMIT:
            return now
        reason = f"{_SUBJECTS.get(half, half)} failed {len(recent)} times in a minute; the last time {how}."
        return msgspec.structs.replace(now, safe_mode=reason, safe_number=round(now_s * 1e9))

    def resumed(self) -> Health:
        """Out of safe mode, with a clean record."""
        return Health(running=self.running)

    def delay_s(self) -> float:
        """Seconds to wait before it is started again, after ``failed``.

        None as a rule; from the second life in a row on that had hardly begun 0.25 s, doubling up to 5 s.
        """
        early = 0
        for failure in reversed(self.failures):
            if not failure.early:
                break
            early += 1
        return 0.0 if early < 2 else float(min(LAST_DELAY_S, FIRST_DELAY_S * 2.0 ** (early - 2)))


def load_health(runtime_dir: Path, half: str) -> Health:
    """The last that was written about ``half`` ("audio", "panel"); a clean record if there is nothing readable."""
    try:
        return msgspec.json.decode(load_bytes(_path(runtime_dir, half), _CAP_BYTES, PedalError), type=Health)
    except (PedalError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Health()


def save_health(runtime_dir: Path, half: str, health: Health) -> None:
    """Write it down, whole or not at all. Memory only: nothing here must outlive a power cut.

    Raises:
        OSError: the directory is full or not ours.
    """
    path = _path(runtime_dir, half)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(msgspec.json.encode(health))
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def ask_resume(runtime_dir: Path, half: str) -> bool:
    """Ask the parent of ``half`` to leave safe mode; False if it is in none.

    Raises:
        PedalError: nothing may be written there.
    """
    health = load_health(runtime_dir, half)
    if not health.safe_mode:
        return False
    path = _request(runtime_dir, half, health)
    try:
        path.touch()
    except OSError as error:
        hint = "Join the group of the pedal with `sudo usermod -aG pedal $USER` and log in again"
        raise PedalError(f"cannot be written ({error.strerror})", where=str(path), hint=hint) from error
    return True


def is_resume_asked(runtime_dir: Path, half: str, health: Health) -> bool:
    """Whether somebody asked to leave this very safe mode.

    A file of its number, because whoever asks is another user than the parent, who could not remove it.
    """
    return bool(health.safe_mode) and _request(runtime_dir, half, health).exists()


def _path(runtime_dir: Path, half: str) -> Path:
    return runtime_dir / f"{half}.health"


def _request(runtime_dir: Path, half: str, health: Health) -> Path:
    return runtime_dir / f"{half}.resume-{health.safe_number}"
