"""What the panel asks for that needs the card alone: a small file in the runtime directory.

The panel (``panel/setup_alone``) asks; the parent of pedal-audio (``cli/run``, ``system/post``) sees it, lets
pedal-audio end and starts ``cli/setup_errand`` in its place, which tells what it finds (``setup/told``); then
pedal-audio plays again. Each file is written by one side only, because in that directory nobody may remove what is
another's: an errand is over once its end was told, its process is gone, or it is too old.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from pedal.errors import SettingsError
from pedal.setup.records import load_record, save_record

#: In the runtime directory.
ASKED = "setup.errand"
#: Nobody waits longer for one; the four periods take half a minute.
MOST_S = 180.0

Kind = Literal["period", "cable"]
Token = Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]


class Errand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be tried on the card; which card, and how, is the board's to say and nobody else's.

    Attributes:
        token: its number; no two are alike.
        kind: periods, or a cable.
        asked_s: of the monotonic clock.
    """

    token: Token
    kind: Kind
    asked_s: float


def ask(runtime: Path, kind: Kind, now_s: float) -> Errand:
    """Ask for one; what was asked before is forgotten.

    Raises:
        SettingsError: nothing may be written there.
    """
    errand = Errand(secrets.token_hex(8), kind, now_s)
    try:
        save_record(runtime / ASKED, errand)
    except OSError as error:
        raise SettingsError(f"cannot be written ({error.strerror})", where=str(runtime / ASKED)) from error
    return errand


def withdraw(runtime: Path) -> None:
    """Whatever was asked is not wanted any more; who does it is ended."""
    (runtime / ASKED).unlink(missing_ok=True)


def load_errand(runtime: Path, now_s: float) -> Errand | None:
    """What is asked for; None if nothing is, or it was too long ago."""
    errand = load_record(runtime / ASKED, Errand)
    return errand if errand is not None and 0.0 <= now_s - errand.asked_s <= MOST_S else None
