"""Card: a USB card is unplugged while it plays, and plugged in again: the same sound is back, from the same process."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from tests.lab.ear import envelope, unrest
from tests.lab.gadget import CARD, FAR_END, UsbCard
from tests.lab.guitar import tone
from tests.lab.lab import Lab
from tests.lab.scenario import Breakage

BREAKAGE = Breakage(
    "the loop ends with its card",
    "pedal/audio/loop.py",
    """            report(f"card '{card.name}' is gone ({gone}); looking for it every {RETRY_S} s")
            time.sleep(RETRY_S)
""",
    "            return\n",
)


def scenario(lab: Lab) -> None:
    usb = UsbCard()
    plug(lab, usb)
    lab.set_board(card=CARD)
    lab.boot()
    lab.guitar(tone())
    lab.wait(1.0)
    before, process = lab.listen(0.5), lab.pid("audio")
    assert unrest(before) < 1e-3

    lab.event("card unplugged")
    usb.unplug()
    lab.cable.stop()  # a card that anybody holds keeps its name, and the next one would get another
    lab.until(lambda: lab.status().get("audio") == "lost card", "the pedal misses its card", 2.0)
    lab.wait(5.0)
    lab.event("card plugged")
    plugged_s = time.monotonic()
    plug(lab, usb)
    lab.guitar(tone())
    lab.until(lambda: lab.is_heard(0), "sound from the card that is back", 3.0)
    lab.note(f"sound {time.monotonic() - plugged_s:.2f} s after the card was plugged in again")
    lab.wait(1.0)
    after = lab.listen(0.5)
    change = np.max(envelope(after)) / np.max(envelope(before))
    assert unrest(after) < 1e-3 and 0.99 < change < 1.01, f"another sound came back: {change:.3f} times as loud"
    assert lab.pid("audio") == process, "the audio process was started again"


def plug(lab: Lab, usb: UsbCard) -> None:
    """Plug the card in, wait until the kernel has both ends, and the cable into the far one."""
    usb.plug()
    cards = Path("/proc/asound/cards")
    lab.until(lambda: f"[{CARD} " in cards.read_text() and "[UAC2Gadget" in cards.read_text(), "both ends", 3.0)
    lab.plug_cable(FAR_END)
