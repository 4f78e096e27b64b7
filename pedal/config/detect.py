"""What is connected to this machine: the Pi itself, a HAT's EEPROM, sound cards, displays on I2C.

Called by ``pedal board detect`` and by whoever sets a pedal up: ``pedal setup``, and the panel in a thread of its own.
Reads what the kernel shows and asks nothing of the hardware; displays are looked for by ``system/i2c_bus``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pedal.config.board import Board

#: `` 0 [sndrpihifiberry]: HifiberryDacpAdcPro - snd_rpi_hifiberry_dacplusadcpro``
_CARD_LINE = re.compile(r" *\d{1,2} \[(?P<id>[^\]]{1,32})\]: (?P<driver>\S{0,32}) - (?P<name>.{0,80})")
_USB_DRIVER = "USB-Audio"
#: The board of a USB card that has none of its own.
_ANY_USB = "usb-generic"
#: What the kernel shows of one thing is short; more is none of it.
_CAP_BYTES = 4096
_HAT = Path("proc/device-tree/hat")


@dataclass(frozen=True)
class SoundCard:
    """One line of ``/proc/asound/cards``: the id that a board file wants, the driver and its name for the card."""

    id: str
    driver: str
    name: str

    @property
    def is_usb(self) -> bool:
        """Whether it is plugged in, and not on the header."""
        return self.driver == _USB_DRIVER


@dataclass(frozen=True)
class Machine:
    """What was found; empty strings and tuples where there is nothing."""

    model: str
    hat: str
    cards: tuple[SoundCard, ...]


def parse_cards(text: str) -> tuple[SoundCard, ...]:
    """``/proc/asound/cards``; lines that are not understood are passed over."""
    found = (_CARD_LINE.fullmatch(line) for line in text.splitlines())
    return tuple(SoundCard(match["id"].strip(), match["driver"], _printable(match["name"])) for match in found if match)


def load_machine(root: Path = Path("/")) -> Machine:
    """Look at this machine, or at one whose files lie below ``root``."""
    return Machine(
        model=_load_property(root / "proc/device-tree/model"),
        hat=" ".join(filter(None, (_load_property(root / _HAT / key) for key in ("vendor", "product")))),
        cards=parse_cards(_load(root / "proc/asound/cards")),
    )


def boards_for(card: SoundCard, boards: Iterable[Board]) -> tuple[str, ...]:
    """Names of the boards that are made for a card, sorted.

    Cards of one id may be different ones (two HiFiBerrys are): then the overlay decides, by which such drivers are
    called: ``snd_rpi_hifiberry_dacplusadc`` comes of ``dtoverlay=hifiberry-dacplusadc``.
    """
    of_this_id = [board for board in boards if board.audio.card == card.id and not board.virtual]
    overlay = "dtoverlay=" + card.name.removeprefix("snd_rpi_").replace("_", "-")
    exact = [board for board in of_this_id if overlay in board.boot]
    return tuple(sorted(board.name for board in exact or of_this_id))


def offers_for(machine: Machine, boards: Iterable[Board]) -> tuple[tuple[str, SoundCard], ...]:
    """Boards that could be this machine, each with its card, best first; any USB card is a ``usb-generic``."""
    shipped = tuple(boards)
    header = [(name, card) for card in machine.cards if not card.is_usb for name in boards_for(card, shipped)]
    usb = [(name, card) for card in machine.cards if card.is_usb for name in boards_for(card, shipped) or (_ANY_USB,)]
    return (*header, *usb)


def _load_property(path: Path) -> str:
    """A device tree's string, which ends with a zero."""
    return _printable(_load(path).partition("\0")[0])


def _load(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_CAP_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text.strip())
