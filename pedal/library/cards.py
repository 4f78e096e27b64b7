"""Cards: what is known of one model or impulse response, kept as JSON beside its content. Pure but for ``load_card``.

A card's upper half is the player's (name, category, favourite), its lower half can be read from the content again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from pedal.errors import LibraryError
from pedal.files import load_bytes

AssetKind = Literal["model", "impulse"]
#: Of cards. A newer one is read as far as it is understood, and never written over.
VERSION = 1
CAP_BYTES = 16 * 1024

_Text = Annotated[str, msgspec.Meta(max_length=256)]


class WidthFacts(msgspec.Struct, frozen=True, gc=False):
    """One width of a model: its label, its channels as text (``8+4``) and its multiply-adds for each frame."""

    label: _Text
    channels: _Text
    macs: int


class About(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What content says about itself; empty or None where it does not.

    Attributes:
        title: the model's own name.
        gear_type, gear, tone_type, by: what was captured, and who did.
        rate_hz: sample rate.
        loudness_db, input_level_dbu, output_level_dbu: as stated.
        widths: narrowest first; none of an impulse response.
        seconds: of an impulse response.
        remarks: what to know before playing it.
    """

    title: _Text = ""
    gear_type: _Text = ""
    gear: _Text = ""
    tone_type: _Text = ""
    by: _Text = ""
    rate_hz: float | None = None
    loudness_db: float | None = None
    input_level_dbu: float | None = None
    output_level_dbu: float | None = None
    widths: Annotated[tuple[WidthFacts, ...], msgspec.Meta(max_length=64)] = ()
    seconds: float | None = None
    remarks: Annotated[tuple[_Text, ...], msgspec.Meta(max_length=16)] = ()


class Card(msgspec.Struct, frozen=True, gc=False):
    """One card.

    Attributes:
        kind: of content.
        hash: SHA-256 of the content, hexadecimal, and the name of both files.
        name: as it is shown, cleaned, without ending; unique in its category.
        category: folders it came in, cleaned; empty for none.
        file_name: what its file was called, cleaned.
        size_bytes: of the content.
        added_s: when it came, seconds since 1970.
        favourite: the player likes it.
        about: what the content says.
        version: of the card's form.
    """

    kind: AssetKind
    hash: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    name: _Text
    category: _Text = ""
    file_name: _Text = ""
    size_bytes: int = 0
    added_s: float = 0.0
    favourite: bool = False
    about: About = About()
    version: int = VERSION


_cards = msgspec.json.Decoder(Card)


def load_card(path: Path, kind: AssetKind) -> Card:
    """The card at ``path``, which is named by the hash of what it is about.

    Raises:
        LibraryError: unreadable, not a card, or somebody else's.
    """
    data = load_bytes(path, CAP_BYTES, LibraryError)
    hint = "Import what it is about again"
    try:
        card = _cards.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise LibraryError("is a damaged card", where=str(path), hint=hint) from error
    if card.hash != path.stem or card.kind != kind:
        raise LibraryError("is a card about something else", where=str(path), hint=hint)
    return card


def format_card(card: Card) -> bytes:
    """The text of a card, for people too."""
    return msgspec.json.format(msgspec.json.encode(card), indent=2) + b"\n"
