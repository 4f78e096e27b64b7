"""What the panel asks of its builder and what comes back: JSON messages over a pipe. Pure."""

from __future__ import annotations

import msgspec

from pedal.levels import USUAL, Levels
from pedal.notes import RigNotes


class Job(msgspec.Struct, frozen=True, tag="build"):
    """Build a rig into a slot.

    Attributes:
        number: from 1; comes back with the answer; older answers are not waited for any more.
        preset_text: TOML.
        origin: the preset's key, kept in the notes.
        slot, serial: where, and which; serials are never reused within a link.
        live: notes of the rig that plays, whose blocks may go on; None if none does.
        in_use: memory that must not be touched, ``(offset, size)`` in bytes.
        rate_hz, period_frames: of the card.
        cpu_scale, budget: for the widths that amps start with.
        slowness: how much longer things take in the period thread than on the stopwatch.
        prices: name of the price list of the board that this machine stands for, or empty.
        quality: by block id, what the player chose: "full", "lite" or "auto".
        order: ids of the blocks that are on, the newest last; held: of those that wait already.
        joining: id of the block for which the preset is built: refused if it does not fit. Empty: what does not fit
            waits.
        connection: values of the block ``master``, which no preset has.
        looper_db: level of the looper, which no preset has either; None where the board has none.
        levels: how loud amps hear and are heard.
        costs: what the pedal's book knows: by cost key, ns per frame of each size.
    """

    number: int
    preset_text: str
    origin: str
    slot: int
    serial: int
    live: RigNotes | None
    in_use: tuple[tuple[int, int], ...]
    rate_hz: int
    period_frames: int
    cpu_scale: float
    budget: float
    slowness: float = 1.0
    prices: str = ""
    quality: dict[str, str] = {}
    order: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    joining: str = ""
    connection: dict[str, float] = {}
    looper_db: float | None = None
    levels: Levels = USUAL
    costs: dict[str, tuple[float, ...]] = {}


class Survey(msgspec.Struct, frozen=True, tag="survey"):
    """Measure what the blocks of a preset cost; nothing is built.

    Attributes:
        number: as of a ``Job``.
        preset_text, origin: likewise.
        rate_hz, period_frames, prices, looper_db: likewise.
        costs: what is known, and need not be measured.
    """

    number: int
    preset_text: str
    origin: str
    rate_hz: int
    period_frames: int
    prices: str = ""
    looper_db: float | None = None
    costs: dict[str, tuple[float, ...]] = {}


class Done(msgspec.Struct, frozen=True):
    """The answer: ``notes`` of the placed rig, or one ``error`` sentence. Number 0: ready for jobs.

    Attributes:
        number, slot: of the job.
        notes: of the rig; None if there is none.
        error: then, why.
        warning: a sentence about a file that is not the one that was saved; or empty.
        hashes: of the files that play, by block and key.
        costs: what was measured that the job did not know, ns per frame of each size, by cost key.
        rate_hz, period_frames: what that is true at.
    """

    number: int
    slot: int = -1
    notes: RigNotes | None = None
    error: str = ""
    warning: str = ""
    hashes: dict[str, dict[str, str]] = {}
    costs: dict[str, tuple[float, ...]] = {}
    rate_hz: int = 0
    period_frames: int = 0


encode = msgspec.json.encode
decode_job = msgspec.json.Decoder(Job | Survey).decode
decode_done = msgspec.json.Decoder(Done).decode
