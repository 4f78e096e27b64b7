"""What a loudspeaker, its box and a microphone do to a sound, as responses on a circle of frequencies.

Called by ``make_cab``. Two ways of saying it: second-order sections, drawn by hand, and a cone with a microphone before
it, computed from their sizes. All responses are minimum phase: they start at once and add no latency.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 48000
#: Responses are computed on a circle this long, so that what wraps around lies far below -120 dB.
CIRCLE_FRAMES = 65536
SOUND_M_S = 343.0
#: Zeros of the Bessel function J0: where the rings of a round cone's modes lie.
_RINGS = (2.4048, 5.5201, 8.6537, 11.7915, 14.9309)

Complex = NDArray[np.complex128]
Real = NDArray[np.float64]


@dataclass(frozen=True)
class Bell:
    """A peak (or dip) of ``level_db`` at ``center_hz``; ``q`` is center over bandwidth."""

    center_hz: float
    level_db: float
    q: float


@dataclass(frozen=True)
class Cone:
    """A round cone, maybe with others like it beside it.

    Attributes:
        radius_m: of the cone; ``cap_m`` is that of the dust cap, which goes on radiating where the cone gives up.
        first_mode_hz: where it begins to bend; the other ring modes lie above as those of a membrane.
        lively_db: height of the modes where a ring moves most; paper is lively, treated paper is not.
        coil_hz: above it the voice coil's inductance takes 3 dB an octave.
        others_m: how far the centres of the other cones are from this one.
    """

    radius_m: float
    cap_m: float
    first_mode_hz: float
    lively_db: float
    coil_hz: float
    others_m: tuple[float, ...] = ()


@dataclass(frozen=True)
class Microphone:
    """A cardioid that looks straight at the baffle.

    Attributes:
        distance_m: from the cone.
        offset_m: from the axis of the nearest cone; its radius is the edge.
        floor_m: height above a hard floor; 0 for none.
    """

    distance_m: float
    offset_m: float
    floor_m: float = 0.0


def frequencies_hz() -> Real:
    """Of all responses here: ``(CIRCLE_FRAMES / 2 + 1,)``."""
    return np.arange(CIRCLE_FRAMES // 2 + 1) * RATE_HZ / CIRCLE_FRAMES


def bessel(order: int, x: Real) -> Real:
    """Bessel functions of the first kind, by their integral (Abramowitz & Stegun 9.1.21); ``x`` of any shape."""
    angles = (np.arange(256) + 0.5) * np.pi / 256
    return np.mean(np.cos(order * angles - np.asarray(x)[..., None] * np.sin(angles)), axis=-1)


def minimum_phase(magnitude: Real) -> Complex:
    """The response of that magnitude that comes soonest, by the folded cepstrum (Oppenheim & Schafer, 13.5)."""
    cepstrum = np.fft.irfft(np.log(np.maximum(magnitude, 1e-7)))
    half = len(cepstrum) // 2
    cepstrum[1:half] *= 2.0
    cepstrum[half + 1 :] = 0.0
    response: Complex = np.exp(np.fft.rfft(cepstrum))
    return response


def at_microphone(cone: Cone, microphone: Microphone) -> Complex:
    """What cone and microphone make of a flat baffle: modes, beam, neighbours, closeness and floor."""
    hz = frequencies_hz()
    wave = 2.0 * np.pi * hz / SOUND_M_S
    place = min(1.0, microphone.offset_m / cone.radius_m)

    # A ring mode is loud where its ring moves, and turned over between rings; above it less of the cone takes part.
    level = np.ones_like(hz)
    for number, ring in enumerate(_RINGS):
        center_hz = cone.first_mode_hz * (ring / _RINGS[0]) ** 0.75
        shape = float(bessel(0, np.array(ring * place)))
        bell_db = cone.lively_db * shape * 0.85**number
        level *= np.abs(section("bell", center_hz, 2.5 + 0.7 * number, bell_db))

    # The beam of a piston (Kinsler & Frey, *Fundamentals of Acoustics*, 7.4), which shrinks to the cap as the cone
    # bends; nearer than the cone's radius there is no beam yet.
    sine = microphone.offset_m / np.hypot(microphone.offset_m, microphone.distance_m + cone.radius_m)
    stiff = 1.0 / (1.0 + (hz / cone.first_mode_hz) ** 2)
    radius_m = cone.cap_m + (cone.radius_m - cone.cap_m) * stiff
    reach = np.maximum(wave * radius_m * sine, 1e-6)
    level *= np.maximum(np.abs(2.0 * bessel(1, reach) / reach), 0.2)
    level /= (1.0 + (hz / cone.coil_hz) ** 2) ** 0.25

    # The others are farther away: weaker, later, and a little out of step at every frequency.
    own_m = np.hypot(microphone.distance_m, microphone.offset_m)
    total = np.ones_like(hz, dtype=np.complex128)
    for other_m in cone.others_m:
        path_m = np.hypot(other_m, microphone.distance_m)
        beam = 1.0 / (1.0 + wave * radius_m * other_m / path_m / 2.0)
        total += 0.7 * own_m / path_m * beam * np.exp(-1j * wave * (path_m - own_m))
    if microphone.floor_m:
        path_m = np.hypot(2.0 * microphone.floor_m, microphone.distance_m)
        total += 0.6 * own_m / path_m * np.exp(-1j * wave * (path_m - own_m))
    # A cardioid hears half the pressure and half its gradient, and a gradient is steep close by (the proximity effect).
    # Its maker expects it at a hand's width and takes as much away.
    lift = np.sqrt(
        (1.0 + (0.5 / np.maximum(wave * own_m, 0.05)) ** 2) / (1.0 + (0.5 / np.maximum(wave * 0.12, 0.05)) ** 2)
    )
    return minimum_phase(level * np.abs(total) * lift)


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
