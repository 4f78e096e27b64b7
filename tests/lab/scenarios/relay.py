"""Relay: its heartbeat stops at every fault, soon enough to be dry within two seconds; back: mute, relay, unmute."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

import numpy as np

from pedal.system.failsafe import CLEAN_S, CLOSE_S, RELEASE_S
from tests.lab.guitar import tone
from tests.lab.hardware.contacts import LOOK_S, STILL_S, Contacts
from tests.lab.hardware.supply import Supply
from tests.lab.lab import RUNTIME, Lab
from tests.lab.scenario import Breakage

LIMIT_S = 900.0
BREAKAGE = (
    Breakage(
        "a sound that hangs is a fault only once its parent has replaced it",
        "pedal/system/failsafe.py",
        "STILL_S = 0.3",
        "STILL_S = 30.0",
    ),
    Breakage(
        "the supply is looked at every ten seconds",
        "pedal/system/wire.py",
        "_SUPPLY_S = 0.5",
        "_SUPPLY_S = 10.0",
    ),
    Breakage(
        "nobody looks whether the parent hangs",
        "systemd/pedal-audio.service",
        "WatchdogSec=10\n",
        "",
    ),
)
PIN = 16
UNIT = "pedal-audio.service"
#: From a fault to contacts that have fallen back.
DRY_S = 2.0
#: A look of the parent's at its children, and one of ours.
TICK_S = 0.1 + 2 * LOOK_S
SILENT_PEAK = 1e-5


def scenario(lab: Lab) -> None:
    lab.rewire(relay={"pin": PIN})
    supply = Supply()
    contacts = Contacts(lab.player.pins, PIN, RUNTIME / "link")
    since_ns = time.monotonic_ns()
    lab.boot(sound=False)
    lab.guitar(tone())
    _comes_back(lab, contacts, since_ns, "boot")
    _panel_killed(lab, contacts)
    _low_voltage(lab, contacts, supply)
    _falls(lab, contacts, "audio killed", lambda: lab.kill("audio"))
    _falls(lab, contacts, "period thread hung", lambda: os.kill(lab.pid("audio"), signal.SIGSTOP))
    _safe_mode(lab, contacts)
    _falls(lab, contacts, "parent killed", lambda: os.kill(_parent(lab), signal.SIGKILL))
    _parent_hung(lab, contacts)
    _stop(lab, contacts)
    contacts.stop()


def _panel_killed(lab: Lab, contacts: Contacts) -> None:
    """The sound goes on, and so does the relay."""
    since_ns, panel = time.monotonic_ns(), lab.pid("panel")
    lab.kill("panel")
    lab.until(lambda: lab.pid("panel") != panel and lab.status(), "the panel is back")
    lab.wait(1.0)
    assert contacts.longest_pause_s(since_ns) < STILL_S, "the relay's heartbeat stopped when the panel died"
    assert contacts.mutes[-1][0] < since_ns, "the pedal was muted when the panel died"


def _low_voltage(lab: Lab, contacts: Contacts, supply: Supply) -> None:
    """Dry for as long as the supply sags, with the sound going on behind; nothing has to be started again."""
    audio, fault_ns = lab.pid("audio"), time.monotonic_ns()
    supply.sag(True)
    stopped_ns = _stops(lab, contacts, fault_ns, "low voltage")
    lab.wait(4.0)
    assert contacts.edges_ns[-1] == stopped_ns and contacts.is_muted, "the relay was driven while the supply was low"
    since_ns = time.monotonic_ns()
    supply.sag(False)
    first_ns = _comes_back(lab, contacts, since_ns, "low voltage")
    lab.note(f"supply good again: driven after {(first_ns - since_ns) / 1e9:.2f} s")
    assert lab.pid("audio") == audio, "the sound was started again"


def _falls(lab: Lab, contacts: Contacts, why: str, fault: Callable[[], None]) -> None:
    """A fault that a restart cures: the heartbeat stops in time, and begins again when the sound has flowed."""
    assert contacts.is_beating and not contacts.is_muted
    lab.event("fault", why)
    fault_ns = time.monotonic_ns()
    fault()
    first_ns = _comes_back(lab, contacts, _stops(lab, contacts, fault_ns, why), why)
    plays_ns = max(contacts.began_ns.values())
    clean_s = (first_ns - plays_ns) / 1e9
    assert plays_ns > fault_ns and clean_s >= CLEAN_S - TICK_S, f"{why}: driven {clean_s:.2f} s after sound began"


def _parent_hung(lab: Lab, contacts: Contacts) -> None:
    """Nobody is left who could mute or beat: the relay falls by itself, and systemd starts all of it again."""
    audio, fault_ns = lab.pid("audio"), time.monotonic_ns()
    os.kill(_parent(lab), signal.SIGSTOP)
    stopped_ns = _stops(lab, contacts, fault_ns, "parent hung")
    lab.until(lambda: contacts.is_muted, "another parent", 20.0)
    muted_ns = contacts.mutes[-1][0]
    edges = sum(stopped_ns < at_ns < muted_ns for at_ns in contacts.edges_ns)
    assert edges <= 1, f"{edges} edges without a parent: more than the pin that its end let go"
    _comes_back(lab, contacts, muted_ns, "parent hung")
    assert lab.pid("audio") != audio
    lab.note(f"parent hung: in the wire again after {(contacts.mutes[-1][0] - fault_ns) / 1e9:.1f} s")


def _safe_mode(lab: Lab, contacts: Contacts) -> None:
    """The third death in a minute: the guitar alone comes through, past the pedal, until the player says so."""
    fault_ns = time.monotonic_ns()
    lab.kill("audio")
    stopped_ns = _stops(lab, contacts, fault_ns, "safe mode")
    lab.until(lambda: lab.status().get("audio") == "safe mode", "safe mode", 5.0)
    lab.wait(4.0)
    assert contacts.edges_ns[-1] == stopped_ns and contacts.is_muted, "the relay was driven in safe mode"
    since_ns = time.monotonic_ns()
    lab.pedal("resume")
    _comes_back(lab, contacts, since_ns, "safe mode left")


def _stop(lab: Lab, contacts: Contacts) -> None:
    """Asked to end: silent first, then dry, and the card is closed only when the contacts have fallen back."""
    since_ns = time.monotonic_ns()
    lab.systemctl("stop", UNIT)
    took_s = (time.monotonic_ns() - since_ns) / 1e9
    muted_ns, is_muted = contacts.mutes[-1]
    silent_s = (contacts.edges_ns[-1] - muted_ns) / 1e9
    assert is_muted and muted_ns > since_ns, "the pedal was not muted before it ended"
    assert 0.0 < silent_s < DRY_S - RELEASE_S, f"the heartbeat went on for {silent_s:.2f} s after the mute"
    falls = int(lab.cable.frame_at(contacts.edges_ns[-1]))
    assert np.abs(lab.heard(falls)).max() < SILENT_PEAK, "something was heard when the contacts fell"
    assert took_s >= silent_s + RELEASE_S, f"the service ended after {took_s:.2f} s, before the contacts had fallen"
    lab.wait(4.0)
    assert contacts.edges_ns[-1] < since_ns + 1e9 * DRY_S, "the pin changed after the service had ended"
    lab.note(f"stopped: mute to dry {silent_s:.2f} s and {RELEASE_S:g} s for the contacts")


def _stops(lab: Lab, contacts: Contacts, fault_ns: int, why: str) -> int:
    """The heartbeat stops soon enough for contacts that take their time to fall; when it did (ns)."""
    limit_s = DRY_S - RELEASE_S
    lab.wait(limit_s + STILL_S + LOOK_S)
    stopped_ns = contacts.stopped_ns(fault_ns)
    assert stopped_ns is not None, f"{why}: the heartbeat goes on"
    beat_s = (stopped_ns - fault_ns) / 1e9
    assert beat_s <= limit_s, f"{why}: dry {beat_s + RELEASE_S:.2f} s after the fault"
    lab.note(f"{why}: no heartbeat after {beat_s:.2f} s")
    return stopped_ns


def _comes_back(lab: Lab, contacts: Contacts, since_ns: int, why: str) -> int:
    """Mute, relay, unmute, and nothing is heard before that; the first change of the pin (ns)."""
    lab.until(lambda: contacts.is_beating and not contacts.is_muted, f"the relay is back after: {why}", 60.0)
    first_ns, (heard_ns, _) = contacts.first_edge_ns(since_ns), contacts.mutes[-1]
    muted_ns = next(at_ns for at_ns, is_muted in reversed(contacts.mutes) if is_muted)
    assert muted_ns < first_ns, f"{why}: the relay was driven before the pedal was muted"
    rested_s = (heard_ns - first_ns) / 1e9
    assert rested_s >= CLOSE_S - 2 * LOOK_S, f"{why}: heard {rested_s:.2f} s after the relay was driven"
    lab.wait(1.0)
    assert contacts.longest_pause_s(first_ns) < STILL_S, f"{why}: the heartbeat is not steady"
    moving, rests = (int(lab.cable.frame_at(at_ns)) for at_ns in (first_ns, heard_ns - 10**9 * LOOK_S))
    assert np.abs(lab.heard(moving, rests)).max() < SILENT_PEAK, f"{why}: something was heard while the contacts moved"
    assert lab.is_heard(rests), f"{why}: nothing is heard through the relay"
    return first_ns


def _parent(lab: Lab) -> int:
    return int(lab.systemctl("show", "--value", "--property=MainPID", UNIT))
