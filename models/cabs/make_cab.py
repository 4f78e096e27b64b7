"""Makes the factory cabinets: impulse responses synthesised from a sketch of what a guitar speaker does.

A tool of the project, run by hand: ``python models/cabs/make_cab.py``. No recording is involved. A
cabinet is a row of second-order sections: the box and the driver's resonance at the bottom, the cone's
break-up as a few peaks and dips in the middle, a steep roll-off above, and narrow pairs of peak and dip
where the box rings. All poles and zeros lie inside the unit circle, so the response is minimum phase:
it starts at once and adds no latency.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

RATE_HZ = 48000
TAPS = 4096
#: Responses are computed on a circle this long, so that what wraps around lies far below -120 dB.
CIRCLE_FRAMES = 65536
#: Guitar lives here; the mean power gain over these octaves is set to one.
LEVEL_BAND_HZ = (80.0, 5000.0)

Complex = NDArray[np.complex128]


@dataclass(frozen=True)
class Bell:
    """A peak (or dip) of ``level_db`` at ``center_hz``; ``q`` is center over bandwidth."""

    center_hz: float
    level_db: float
    q: float


@dataclass(frozen=True)
class Cabinet:
    """One cabinet with its driver and a microphone near the cone's edge.

    Attributes:
        box_hz, box_q: resonance of driver and box, a second-order high-pass.
        dipole_hz: below it the open back cancels the front, 6 dB an octave; 0 for a closed back.
        bells: break-up of the cone and modes of the box.
        rolloff: corner and Q of the low-passes above the cone's last break-up.
    """

    box_hz: float
    box_q: float
    dipole_hz: float
    bells: tuple[Bell, ...]
    rolloff: tuple[tuple[float, float], ...]


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
}


def section(kind: str, corner_hz: float, q: float, level_db: float = 0.0) -> Complex:
    """Response ``(CIRCLE_FRAMES / 2 + 1,)`` of one second-order section.

    The formulae are those of R. Bristow-Johnson's "Cookbook formulae for audio equalizer biquad filter coefficients".
    """
    omega = 2.0 * np.pi * corner_hz / RATE_HZ
    cosine, alpha, a = np.cos(omega), np.sin(omega) / (2.0 * q), 10.0 ** (level_db / 40.0)
    poles = (1.0 + alpha, -2.0 * cosine, 1.0 - alpha)
    if kind == "bell":
        zeros = (1.0 + alpha * a, -2.0 * cosine, 1.0 - alpha * a)
        poles = (1.0 + alpha / a, -2.0 * cosine, 1.0 - alpha / a)
    elif kind == "high-pass":
        # Zeros a hair inside the circle, not on it: the inverse is stable too, which is what minimum phase means.
        zeros = ((1.0 + cosine) / 2.0, -(1.0 + cosine) * 0.9995, (1.0 + cosine) / 2.0 * 0.9995**2)
    else:
        zeros = ((1.0 - cosine) / 2.0, (1.0 - cosine) * 0.98, (1.0 - cosine) / 2.0 * 0.98**2)
    back = np.exp(-2j * np.pi * np.arange(CIRCLE_FRAMES // 2 + 1) / CIRCLE_FRAMES)
    powers = np.stack((np.ones_like(back), back, back * back))
    response: Complex = (np.array(zeros) @ powers) / (np.array(poles) @ powers)
    return response


def dipole(corner_hz: float) -> Complex:
    """First-order high-pass: front and back cancel below ``corner_hz``."""
    pole = np.exp(-2.0 * np.pi * corner_hz / RATE_HZ)
    back = np.exp(-2j * np.pi * np.arange(CIRCLE_FRAMES // 2 + 1) / CIRCLE_FRAMES)
    response: Complex = (1.0 + pole) / 2.0 * (1.0 - 0.9995 * back) / (1.0 - pole * back)
    return response


def impulse_response(cabinet: Cabinet) -> NDArray[np.float32]:
    """The cabinet as ``(TAPS,)`` samples at ``RATE_HZ``, its power gain one on average over the guitar's octaves."""
    response = section("high-pass", cabinet.box_hz, cabinet.box_q)
    if cabinet.dipole_hz:
        response = response * dipole(cabinet.dipole_hz)
    for bell in cabinet.bells:
        response = response * section("bell", bell.center_hz, bell.q, bell.level_db)
    for corner_hz, q in cabinet.rolloff:
        response = response * section("low-pass", corner_hz, q)

    frequencies_hz = np.arange(len(response)) * RATE_HZ / CIRCLE_FRAMES
    guitar_hz = np.geomspace(*LEVEL_BAND_HZ, 512)  # equal weight to every octave
    power = np.interp(guitar_hz, frequencies_hz, np.abs(response) ** 2).mean()
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
