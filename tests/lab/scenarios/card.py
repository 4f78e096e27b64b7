"""Card: a USB card is unplugged and plugged in again: dry meanwhile, then the same sound, from the same process."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from pedal.system.failsafe import RELEASE_S
from tests.lab.ear import envelope, unrest
from tests.lab.gadget import CARD, FAR_END, UsbCard
from tests.lab.guitar import tone
from tests.lab.hardware.contacts import LOOK_S, Contacts
from tests.lab.lab import RUNTIME, Lab
from tests.lab.scenario import Breakage

BREAKAGE = Breakage(
    "the loop ends with its card",
    "pedal/audio/loop.py",
    """            report(f"card '{card.name}' is gone ({gone}); looking for it every {RETRY_S} s")
            time.sleep(RETRY_S)
""",
    "            return\n",
)


#: Below this nothing is heard.
SILENT_PEAK = 1e-5
#: Of the relay.
PIN = 16
#: From a fault to the last beat, so that contacts that take their time are dry within two seconds.
LAST_BEAT_S = 2.0 - RELEASE_S


def scenario(lab: Lab) -> None:
    lab.rewire(relay={"pin": PIN})
    contacts = Contacts(lab.player.pins, PIN, RUNTIME / "link")
    usb = UsbCard()
    plug(lab, usb)
    lab.set_board(card=CARD)
    lab.boot()
    lab.guitar(tone())
    lab.until(lambda: contacts.is_beating and not contacts.is_muted, "the pedal is in the wire")
    lab.wait(1.0)
    before, process = lab.listen(0.5), lab.pid("audio")
    assert unrest(before) < 1e-3

    lab.event("card unplugged")
    unplugged_ns = time.monotonic_ns()
    usb.unplug()
    lab.cable.stop()  # a card that anybody holds keeps its name, and the next one would get another
    lab.until(lambda: lab.status().get("audio") == "lost card", "the pedal misses its card", 2.0)
    lab.wait(5.0)
    stopped_ns = contacts.stopped_ns(unplugged_ns)
    assert stopped_ns is not None and contacts.edges_ns[-1] <= max(stopped_ns, unplugged_ns), "the relay is driven"
    beat_s = (stopped_ns - unplugged_ns) / 1e9
    assert beat_s <= LAST_BEAT_S, f"dry {beat_s + RELEASE_S:.2f} s after the card was gone"
    lab.note(f"no heartbeat {beat_s:.2f} s after the card was unplugged")
    lab.event("card plugged")
    plugged_s = time.monotonic()
    plug(lab, usb)
    lab.guitar(tone())
    lab.until(lambda: lab.is_heard(0), "sound from the card that is back", 3.0)
    lab.note(f"sound {time.monotonic() - plugged_s:.2f} s after the card was plugged in again")
    lab.until(lambda: contacts.is_beating and not contacts.is_muted, "the pedal is in the wire again", 5.0)
    lab.note(f"in the wire {time.monotonic() - plugged_s:.2f} s after it")
    moving_ns, rest_ns = contacts.first_edge_ns(round(1e9 * plugged_s)), contacts.mutes[-1][0] - round(1e9 * LOOK_S)
    moving = lab.heard(*(int(lab.cable.frame_at(at_ns)) for at_ns in (moving_ns, rest_ns)))
    assert np.abs(moving).max() < SILENT_PEAK, "something was heard while the contacts moved"
    lab.wait(1.0)
    after = lab.listen(0.5)
    change = np.max(envelope(after)) / np.max(envelope(before))
    assert unrest(after) < 1e-3 and 0.99 < change < 1.01, f"another sound came back: {change:.3f} times as loud"
    assert lab.pid("audio") == process, "the audio process was started again"
    contacts.stop()


def plug(lab: Lab, usb: UsbCard) -> None:
    """Plug the card in, wait until the kernel has both ends, and the cable into the far one."""
    usb.plug()
    cards = Path("/proc/asound/cards")
    lab.until(lambda: f"[{CARD} " in cards.read_text() and "[UAC2Gadget" in cards.read_text(), "both ends", 3.0)
    lab.plug_cable(FAR_END)
