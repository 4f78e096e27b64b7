"""The computer's own sound card under a virtual board: found, tried, and written into a copy of the board's file.

Called by ``pedal run --card``, before anything is started. Pins, screen and what a slower machine's load would be stay
virtual; the guitar is real.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec
import tomli_w

from pedal.audio.alsa import card_ids, open_card
from pedal.config import AudioSettings, board_path
from pedal.errors import CardError
from pedal.files import load_text

#: In place of a name: whichever works.
AUTO = "auto"
#: The computer's choice: on a desktop its sound server, which may have the card already.
_DEFAULT = "plug:default"


def find_card(wanted: str, audio: AudioSettings) -> AudioSettings:
    """The board's audio with a card of this computer that plays and records as the board asks for.

    A card is opened through ALSA's ``plug``, which converts what it does not offer itself: this is no pedal, and it
    need not be exact to the sample. Two inputs are better than one: which one the guitar is at can be chosen.

    Args:
        wanted: a card's id as in ``/proc/asound/cards``, the name of a PCM, or ``AUTO``.
        audio: of the board.

    Raises:
        CardError: there is none; of one that was named, why.
    """
    refusals: list[CardError] = []
    for name in _names(wanted):
        for channels in (2, 1):
            settings = msgspec.structs.replace(audio, card=name, capture_channels=channels)
            try:
                open_card(settings).close()
            except CardError as refusal:
                refusals.append(refusal)
            else:
                return settings
    raise refusals[0]


def _names(wanted: str) -> list[str]:
    """What to try, in this order: whole cards first, a sound server adds a delay of its own."""
    cards = card_ids()
    if wanted == AUTO:
        return [*(f"plughw:CARD={card}" for card in cards), _DEFAULT]
    return [f"plughw:CARD={wanted}" if wanted in cards else wanted]


def save_board(name_or_path: str, audio: AudioSettings, folder: Path) -> Path:
    """A copy of a board's file, with the card of ``audio``, under its own name in ``folder``: for all processes.

    Raises:
        BoardError: there is no such board.
    """
    path = board_path(name_or_path)
    text = tomllib.loads(load_text(path, CardError))
    text["audio"] |= {"card": audio.card, "capture_channels": audio.capture_channels}
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / path.name
    copy.write_text(tomli_w.dumps(text))
    return copy
