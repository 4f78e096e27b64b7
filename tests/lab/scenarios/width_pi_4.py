"""Five amps and eleven cabinets come and go on a virtual Pi 4: widths change exactly, and no period overruns."""

from __future__ import annotations

from tests.lab.lab import Lab
from tests.lab.priced import Tap, amp, boot_as, cab, grow, is_exact, widths
from tests.lab.scenario import Breakage

BREAKAGE = Breakage(
    "a seat begins too late to know what the amp has heard",
    "pedal/rig/rows.py",
    "words[record + at.AMP_FIELDS_FRAMES + index] = amp.receptive_frames[index]",
    "words[record + at.AMP_FIELDS_FRAMES + index] = amp.receptive_frames[index] // 16",
)


#: The broken build compiles some kernels anew, in the guest.
LIMIT_S = 700.0


def scenario(lab: Lab) -> None:
    amps, cabs = [f"amp{k}" for k in range(1, 6)], [f"cab{k}" for k in range(1, 12)]
    boot_as(lab, "pi-4", [*(amp(name, drive_db=-9.0, on=name == "amp1") for name in amps), *map(cab, cabs)])
    grow(lab, amps[1:], True, 0.2)
    tap = Tap(lab, "amp4")
    lab.wait(0.3)
    grow(lab, cabs, True, 0.3)
    status = lab.status()
    assert "LL" in widths(status), status
    assert status["load_worst"] <= status["budget"], status
    grow(lab, cabs[:8], False, 1.8)
    is_exact(lab, tap.stop(), 2)
    status = lab.status()
    lab.note(f"{len(status['width_changes'])} changes, load at most {status['load_worst']:.0%}")
    assert (status["overruns"], status["xruns"]) == (0, 0), status
