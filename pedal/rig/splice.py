"""The splice: how one sound becomes another without a click.

At the edge the outgoing and the incoming sound differ by a value and a slope. The splice adds a
correction that starts at exactly this value and slope and decays to nothing, so that what leaves
is continuous in both. Value and slope decay apart: the slope within ``SLOPE_FRAMES``, because a
slope held for milliseconds would turn treble into a thump.
"""

from __future__ import annotations

from pedal.jit import kernel

#: Length of the value's decay, seconds: a warm width change; a cold one; a rig, or a recovery.
WARM_S, COLD_S, RIG_S = 0.003, 0.02, 0.008
SLOPE_FRAMES = 24


@kernel
def splice_kernel(frame: int, frames: int, value: float, slope: float) -> float:
    """The correction at ``frame`` (1 is the first frame after the edge) of ``frames``.

    ``value * (1 + 2u)(1 - u)^2 + slope * t (1 - v)^3`` with ``u = t / frames`` (the cubic Hermite
    basis that starts at 1 and ends at 0, level at both ends) and ``v = t / SLOPE_FRAMES``.
    """
    if frame >= frames:
        return 0.0
    u = frame / frames
    rest = (1.0 - u) * (1.0 - u)
    correction = value * (1.0 + 2.0 * u) * rest
    if frame < SLOPE_FRAMES:
        fade = 1.0 - frame / SLOPE_FRAMES
        correction += slope * frame * fade * fade * fade
    return correction
