"""How far an errand is and what it found: a file beside ``errand``'s; ``cli/setup_errand`` tells, the panel hears."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from pedal.setup.cable import Loop
from pedal.setup.errand import Token
from pedal.setup.records import load_record, save_record
from pedal.setup.wakes import Wakes

#: In the runtime directory.
TOLD = "setup.told"


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How far it is.

    Attributes:
        token: of the errand.
        pid: of the process that does it.
        share: what is done of it, 0 to 1.
        words: what is done now.
        ended: nothing more will be told.
        error: why it ended without a result; empty otherwise.
        wakes: of the periods that were tried.
        loop, loop_frames: what came back through the cable, and the buffer (frames) that it was measured with.
        notes: what could not be had.
    """

    token: Token
    pid: int
    share: Annotated[float, Meta(ge=0.0, le=1.0)] = 0.0
    words: Annotated[str, Meta(max_length=200)] = ""
    ended: bool = False
    error: Annotated[str, Meta(max_length=400)] = ""
    wakes: Annotated[tuple[Wakes, ...], Meta(max_length=16)] = ()
    loop: Loop | None = None
    loop_frames: int = 0
    notes: Annotated[tuple[str, ...], Meta(max_length=64)] = ()


def tell(runtime: Path, told: Told) -> None:
    """Say how far it is, whole or not at all.

    Raises:
        OSError: the directory is full or not ours.
    """
    save_record(runtime / TOLD, told)


def load_told(runtime: Path, token: str) -> Told | None:
    """What was told last of the errand ``token``; None if nothing was."""
    told = load_record(runtime / TOLD, Told)
    return told if told is not None and told.token == token else None
