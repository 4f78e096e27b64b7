"""A class-compliant USB sound card whose other end is in the guest too, and whose plug can be pulled.

Called by scenarios in the driver. The kernel's audio gadget (UAC2) hangs on the kernel's cable between a host port and
a gadget port (``dummy_hcd``, which carries sound since ``guest/edits.py``). What the gadget plays, the card captures.
"""

from __future__ import annotations

from pathlib import Path

_GADGETS = Path("/sys/kernel/config/usb_gadget")
_PORT = "dummy_udc.0"
#: ALSA's names: of the card as the pedal sees it, and of its far end.
CARD, FAR_END = "Gadget", "hw:UAC2Gadget"
_SETTINGS = {
    "c_chmask": "3",
    "c_srate": "48000",
    "c_ssize": "4",
    "p_chmask": "3",
    "p_srate": "48000",
    "p_ssize": "4",
    "req_number": "4",
}


class UsbCard:
    """The card, unplugged at first."""

    def __init__(self) -> None:
        self._gadget = _GADGETS / "card"
        strings = self._gadget / "strings" / "0x409"
        strings.mkdir(parents=True)
        (self._gadget / "idVendor").write_text("0x1d6b")
        (self._gadget / "idProduct").write_text("0x0101")
        (strings / "product").write_text("Gadget")
        function = self._gadget / "functions" / "uac2.0"
        function.mkdir()
        for name, value in _SETTINGS.items():
            (function / name).write_text(value)
        configuration = self._gadget / "configs" / "c.1"
        configuration.mkdir()
        (configuration / "uac2.0").symlink_to(function)

    def plug(self) -> None:
        """Into the port; the kernel finds it a moment later."""
        (self._gadget / "UDC").write_text(_PORT)

    def unplug(self) -> None:
        """Out of the port, whatever is being played."""
        (self._gadget / "UDC").write_text("\n")
