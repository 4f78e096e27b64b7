"""The reverb's flavours: what makes a room a room and a plate a plate, as numbers for its one kernel.

Pure numbers and small kernels on them, called by ``reverb`` at its control steps.
"""

from __future__ import annotations

from pedal.dsp.line import LEAST_FRAMES
from pedal.jit import kernel
from pedal.params.reverb import FLAVOURS, MOST_SIZE

#: Lines of the network.
LINES = 16
#: Shortest and longest line at size 1, seconds, by flavour: how long it takes to walls and back.
SHORTEST_S = (0.0101, 0.0131, 0.0311, 0.0301)
LONGEST_S = (0.0491, 0.0613, 0.1130, 0.0577)
#: Above this the tail dies away faster, by ``damping``.
DAMPED_HZ = (3500.0, 5500.0, 2800.0, 2500.0)
#: Gain of the diffusers' feedback: how soon single echoes are a wash.
DIFFUSION = (0.62, 0.70, 0.62, 0.45)
#: How much of what goes into the network is heard at once: the near walls.
EARLY = (1.4, 0.7, 0.6, 0.0)
#: Share of the sound that goes through the spring's dispersion.
CHIRP = (0.0, 0.0, 0.0, 1.0)
#: The most that ``damping`` takes from the decay above ``DAMPED_HZ``.
MOST_DAMPING = 0.93

#: Where each line lies between the shortest (0) and the longest (1), as powers: uneven, so that
#: no two lines, and no two sums of lines, meet again soon.
PLACES = (0.0, 0.533, 0.271, 0.802, 0.067, 0.61, 0.344, 0.866, 0.135, 0.677, 0.401, 0.929, 0.199, 0.742, 0.468, 1.0)
assert len(PLACES) == LINES
assert len(FLAVOURS) == len(SHORTEST_S) == len(LONGEST_S)
#: Delays of the four diffusers of each side, seconds (left: J. Dattorro, "Effect design, part 1", JAES 45(9), 1997,
#: figure 1, converted from frames; right: near them, so that the sides differ).
DIFFUSERS_S = (0.00477, 0.00360, 0.01273, 0.00931, 0.00502, 0.00341, 0.01203, 0.00998)
DIFFUSERS = len(DIFFUSERS_S)
#: A diffuser rings for at most this share of the decay.
DIFFUSER_SHARE = 0.5


@kernel
def line_delay_kernel(flavour: int, size: float, line: int, rate_hz: int) -> int:
    """Delay of a line in frames."""
    shortest, longest = SHORTEST_S[flavour], LONGEST_S[flavour]
    delay_s = size * shortest * (longest / shortest) ** PLACES[line]
    return max(LEAST_FRAMES, int(delay_s * rate_hz + 0.5))


@kernel
def longest_line_frames(rate_hz: int) -> int:
    """The longest line of any flavour and size."""
    longest_s = 0.0
    for flavour in range(len(FLAVOURS)):
        longest_s = max(longest_s, LONGEST_S[flavour])
    return int(longest_s * MOST_SIZE * rate_hz) + 2


@kernel
def diffuser_delay_kernel(diffuser: int, rate_hz: int) -> int:
    """Delay of a diffuser in frames."""
    return max(LEAST_FRAMES, int(DIFFUSERS_S[diffuser] * rate_hz + 0.5))


@kernel
def longest_diffuser_frames(rate_hz: int) -> int:
    """The longest of them."""
    longest = 0
    for diffuser in range(DIFFUSERS):
        longest = max(longest, diffuser_delay_kernel(diffuser, rate_hz))
    return longest


@kernel
def diffusion_kernel(flavour: int, decay_s: float) -> float:
    """Gain of the diffusers' feedback: the flavour's, or less where they would outlast the decay."""
    longest_s = 0.0
    for diffuser in range(DIFFUSERS):
        longest_s = max(longest_s, DIFFUSERS_S[diffuser])
    return min(DIFFUSION[flavour], 10.0 ** (-3.0 * longest_s / (DIFFUSER_SHARE * decay_s)))
