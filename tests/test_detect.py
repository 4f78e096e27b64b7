"""What is connected: files as a kernel shows them, good and bad."""

from pathlib import Path

import pytest

from pedal.config import board_names, load_board
from pedal.config.detect import Machine, SoundCard, boards_for, load_machine, offers_for, parse_cards
from pedal.system.i2c_bus import probe

PRO = """ 0 [vc4hdmi0       ]: vc4-hdmi - vc4-hdmi-0
                      vc4-hdmi-0
 1 [sndrpihifiberry]: HifiberryDacpAdcPro - snd_rpi_hifiberry_dacplusadcpro
                      snd_rpi_hifiberry_dacplusadcpro
 2 [M2             ]: USB-Audio - M2
                      MOTU M2 at usb-0000:01:00.0-1.2, high speed
"""


def shipped_for(card: SoundCard) -> tuple[str, ...]:
    return boards_for(card, [load_board(name) for name in board_names()])


def test_cards_are_read_from_the_kernels_list() -> None:
    hdmi, pro, usb = parse_cards(PRO)
    assert (hdmi.id, hdmi.is_usb) == ("vc4hdmi0", False)
    assert pro == SoundCard("sndrpihifiberry", "HifiberryDacpAdcPro", "snd_rpi_hifiberry_dacplusadcpro")
    assert (usb.id, usb.is_usb) == ("M2", True)


@pytest.mark.parametrize("text", ["", "--- no soundcards ---\n", "\0\0", "0 [", " 0 [" + "x" * 9000 + "]: a - b\n"])
def test_what_is_no_card_is_passed_over(text: str) -> None:
    assert parse_cards(text) == ()


def test_boards_are_found_by_the_card_and_its_overlay() -> None:
    hdmi, pro, usb = parse_cards(PRO)
    assert shipped_for(pro) == ("hifiberry-dacplusadcpro", "reference")
    plain = SoundCard("sndrpihifiberry", "HifiberryDacpAdc", "snd_rpi_hifiberry_dacplusadc")
    assert shipped_for(plain) == ("hifiberry-dacplusadc",)
    unknown = SoundCard("sndrpihifiberry", "other", "something else")
    assert set(shipped_for(unknown)) == {"hifiberry-dacplusadc", "hifiberry-dacplusadcpro", "reference"}
    assert shipped_for(SoundCard("Zero", "DA7213", "RPi Codec Zero")) == ("codec-zero", "minimal-two-switch")
    assert shipped_for(hdmi) == shipped_for(usb) == ()


def test_offers_are_the_header_first_and_any_usb_card_after_it() -> None:
    machine = Machine("", "", parse_cards(PRO))
    offers = offers_for(machine, [load_board(name) for name in board_names()])
    names = [(name, card.id) for name, card in offers]
    pro = "sndrpihifiberry"
    assert names == [("hifiberry-dacplusadcpro", pro), ("reference", pro), ("usb-generic", "M2")]
    assert offers_for(Machine("", "", ()), []) == ()


def test_a_machine_with_a_hat(tmp_path: Path) -> None:
    tree = tmp_path / "proc" / "device-tree"
    (tree / "hat").mkdir(parents=True)
    (tree / "model").write_bytes(b"Raspberry Pi 5 Model B Rev 1.0\0")
    (tree / "hat" / "vendor").write_bytes(b"HiFiBerry\0")
    (tree / "hat" / "product").write_bytes(b"DAC2 ADC Pro\x1b[2J\0rubbish")
    (tmp_path / "proc" / "asound").mkdir()
    (tmp_path / "proc" / "asound" / "cards").write_text(PRO)
    machine = load_machine(tmp_path)
    assert machine.model == "Raspberry Pi 5 Model B Rev 1.0"
    assert machine.hat == "HiFiBerry DAC2 ADC Pro?[2J"
    assert len(machine.cards) == 3


def test_a_machine_with_nothing(tmp_path: Path) -> None:
    assert load_machine(tmp_path) == Machine("", "", ())


def test_a_bus_that_is_not_there_has_nobody() -> None:
    assert probe(bus=99) == ()
