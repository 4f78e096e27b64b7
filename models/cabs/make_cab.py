"""Makes the factory cabinets: impulse responses synthesised from a sketch of what a guitar speaker does.

A tool of the project, run by hand: ``python -m models.cabs.make_cab``. No recording is involved. A cabinet is a row of
second-order sections: the box and the driver's resonance at the bottom, the cone's break-up as a few peaks and dips in
the middle, a steep roll-off above, and narrow pairs of peak and dip where the box rings. The newer ones get their
break-up, and what the microphone's place does to it, from sizes (``acoustics``). All poles and zeros lie inside the
unit circle, so the response is minimum phase: it starts at once and adds no latency.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from models.cabs.acoustics import RATE_HZ, Bell, Cone, Microphone, at_microphone, dipole, frequencies_hz, section

TAPS = 4096
#: Guitar lives here; the mean power gain over these octaves is set to one.
LEVEL_BAND_HZ = (80.0, 5000.0)


@dataclass(frozen=True)
class Cabinet:
    """One cabinet with its driver, and a microphone: near the cone's edge in the bells, or where ``microphone`` is.

    Attributes:
        box_hz, box_q: resonance of driver and box, a second-order high-pass.
        dipole_hz: below it the open back cancels the front, 6 dB an octave; 0 for a closed back.
        bells: break-up of the cone and modes of the box.
        rolloff: corner and Q of the low-passes above the cone's last break-up.
        cone, microphone: computed instead of drawn.
    """

    box_hz: float
    box_q: float
    dipole_hz: float
    bells: tuple[Bell, ...]
    rolloff: tuple[tuple[float, float], ...]
    cone: Cone | None = None
    microphone: Microphone | None = None


CABINETS = {
    # One 12-inch driver: resonance high and loose, thin lows, a bright lively break-up.
    "open-back-1x12": Cabinet(
        box_hz=105.0,
        box_q=1.4,
        dipole_hz=150.0,
        bells=(
            Bell(215.0, 2.5, 2.0),
            Bell(430.0, -3.0, 1.6),
            Bell(760.0, 1.5, 3.0),
            Bell(1150.0, -2.5, 2.2),
            Bell(1900.0, 3.0, 2.0),
            Bell(2650.0, 6.5, 2.2),
            Bell(3300.0, -4.0, 5.0),
            Bell(3950.0, 6.0, 4.0),
            Bell(5100.0, -7.0, 5.0),
            Bell(6400.0, 4.0, 6.0),
            # The shell: a mode between the side walls, another between top and bottom.
            Bell(342.0, 1.8, 14.0),
            Bell(371.0, -1.8, 14.0),
            Bell(528.0, 1.4, 16.0),
            Bell(566.0, -1.6, 16.0),
        ),
        rolloff=((5200.0, 0.9), (6800.0, 0.7), (9500.0, 0.6)),
    ),
    # Four drivers in a closed box: tight and deep, broad low mids, presence that ends early.
    "closed-back-4x12": Cabinet(
        box_hz=82.0,
        box_q=1.15,
        dipole_hz=0.0,
        bells=(
            Bell(128.0, 3.5, 1.4),
            Bell(390.0, -4.5, 1.1),
            Bell(620.0, 1.0, 3.0),
            Bell(980.0, -1.5, 2.5),
            Bell(1500.0, 2.0, 2.0),
            Bell(2250.0, 5.0, 1.8),
            Bell(2900.0, -3.0, 5.0),
            Bell(3350.0, 6.0, 3.5),
            Bell(4300.0, -6.5, 4.0),
            Bell(5300.0, 3.0, 6.0),
            # Neighbouring drivers half a metre apart meet out of step at the microphone.
            Bell(690.0, -2.5, 6.0),
            Bell(2060.0, -2.0, 9.0),
            Bell(256.0, 1.5, 12.0),
            Bell(283.0, -1.7, 12.0),
        ),
        rolloff=((4600.0, 0.95), (6000.0, 0.7), (8000.0, 0.6)),
    ),
    # The next are computed: sizes of driver and box in, sound out. A driver in its box resonates as in R. Small,
    # "Closed-box loudspeaker systems", J. Audio Eng. Soc. 20(10), 1972: fc = fs sqrt(1 + Vas / Vb), Q in proportion.
    "open-back-2x12": Cabinet(
        box_hz=92.0,
        box_q=1.2,
        dipole_hz=120.0,
        bells=(Bell(520.0, -2.5, 1.5), Bell(402.0, 1.4, 14.0), Bell(438.0, -1.4, 14.0)),
        rolloff=((5600.0, 0.9), (7600.0, 0.7)),
        cone=Cone(0.127, 0.03, 2250.0, 10.0, 4200.0, (0.34,)),
        microphone=Microphone(0.04, 0.04),
    ),
    "closed-back-2x12": Cabinet(
        box_hz=104.0,
        box_q=1.1,
        dipole_hz=0.0,
        bells=(Bell(180.0, 2.0, 1.6), Bell(470.0, -3.5, 1.3), Bell(322.0, 1.5, 12.0), Bell(351.0, -1.5, 12.0)),
        rolloff=((4900.0, 0.95), (6600.0, 0.7), (9000.0, 0.6)),
        cone=Cone(0.127, 0.032, 1900.0, 11.0, 4000.0, (0.33,)),
        microphone=Microphone(0.03, 0.045),
    ),
    "closed-back-4x12-room": Cabinet(
        box_hz=82.0,
        box_q=1.15,
        dipole_hz=0.0,
        bells=(Bell(128.0, 3.0, 1.4), Bell(400.0, -4.0, 1.2), Bell(256.0, 1.5, 12.0), Bell(283.0, -1.7, 12.0)),
        rolloff=((4700.0, 0.9), (6200.0, 0.7), (8500.0, 0.6)),
        cone=Cone(0.127, 0.032, 2000.0, 11.0, 4500.0, (0.3, 0.3, 0.43)),
        microphone=Microphone(0.6, 0.05, floor_m=0.75),
    ),
    "small-1x8": Cabinet(
        box_hz=165.0,
        box_q=1.6,
        dipole_hz=220.0,
        bells=(Bell(640.0, 3.0, 1.8), Bell(905.0, -2.5, 5.0), Bell(1480.0, 2.0, 3.0)),
        rolloff=((5200.0, 0.8), (7000.0, 0.7)),
        cone=Cone(0.082, 0.02, 2900.0, 7.0, 2600.0),
        microphone=Microphone(0.05, 0.02),
    ),
    "bass-1x15": Cabinet(
        box_hz=58.0,
        box_q=0.95,
        dipole_hz=0.0,
        bells=(Bell(95.0, 2.0, 1.2), Bell(350.0, -3.5, 1.0), Bell(700.0, 1.5, 2.0)),
        rolloff=((3600.0, 0.8), (5200.0, 0.7)),
        cone=Cone(0.165, 0.045, 1300.0, 7.0, 2200.0),
        microphone=Microphone(0.08, 0.06),
    ),
    "bass-4x10": Cabinet(
        box_hz=68.0,
        box_q=0.9,
        dipole_hz=0.0,
        bells=(Bell(120.0, 1.5, 1.2), Bell(450.0, -2.0, 1.2)),
        rolloff=((5200.0, 0.8), (8000.0, 0.7)),
        cone=Cone(0.105, 0.028, 2300.0, 6.0, 3000.0, (0.27, 0.27, 0.38)),
        microphone=Microphone(0.1, 0.03),
    ),
}


def impulse_response(cabinet: Cabinet) -> NDArray[np.float32]:
    """The cabinet as ``(TAPS,)`` samples at ``RATE_HZ``, its power gain one on average over the guitar's octaves."""
    response = section("high-pass", cabinet.box_hz, cabinet.box_q)
    if cabinet.dipole_hz:
        response = response * dipole(cabinet.dipole_hz)
    for bell in cabinet.bells:
        response = response * section("bell", bell.center_hz, bell.q, bell.level_db)
    for corner_hz, q in cabinet.rolloff:
        response = response * section("low-pass", corner_hz, q)
    if cabinet.cone is not None and cabinet.microphone is not None:
        response = response * at_microphone(cabinet.cone, cabinet.microphone)

    guitar_hz = np.geomspace(*LEVEL_BAND_HZ, 512)  # equal weight to every octave
    power = np.interp(guitar_hz, frequencies_hz(), np.abs(response) ** 2).mean()
    taps = np.fft.irfft(response / np.sqrt(power))[:TAPS]
    taps[-TAPS // 4 :] *= 0.5 + 0.5 * np.cos(np.linspace(0.0, np.pi, TAPS // 4))
    return taps.astype(np.float32)


def main() -> None:
    """Write every cabinet beside this file."""
    for name, cabinet in CABINETS.items():
        taps = impulse_response(cabinet)
        path = Path(__file__).with_name(f"{name}.wav")
        soundfile.write(path, taps, RATE_HZ, subtype="FLOAT")
        print(f"{path}: {len(taps)} taps, peak {np.abs(taps).max():.3f}, energy {np.square(taps).sum():.3f}")


if __name__ == "__main__":
    main()
