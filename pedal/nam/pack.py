"""From a checked network to the numbers a kernel reads.

Called by ``engine`` and by whoever builds rigs; not in real time.
"""

from __future__ import annotations

from pedal.errors import ModelError
from pedal.nam.a2_pack import pack_a2, suits_a2
from pedal.nam.networks import Network
from pedal.nam.packed import Packed
from pedal.nam.program_networks import pack_program
from pedal.nam.wavenet_pack import pack_wavenet, suits_wavenet

__all__ = ["LARGEST_BLOCK_FRAMES", "Packed", "pack"]

#: A kernel call never plays more frames than this.
LARGEST_BLOCK_FRAMES = 4096


def pack(spec: Network, max_frames: int) -> Packed:
    """Lay out a network for blocks of up to ``max_frames``.

    Raises:
        ModelError: ``max_frames`` is not 1 to 4096.
    """
    if not 1 <= max_frames <= LARGEST_BLOCK_FRAMES:
        raise ModelError(f"blocks of {max_frames} frames are not possible", hint=f"Use 1 to {LARGEST_BLOCK_FRAMES}")
    if suits_a2(spec):
        return pack_a2(spec, max_frames)
    if suits_wavenet(spec):
        return pack_wavenet(spec, max_frames)
    return pack_program(spec, max_frames)
