"""Sound card frames to floats and back: S16_LE, packed S24_3LE and S32_LE, interleaved bytes."""

from __future__ import annotations

from typing import Any

from pedal.jit import kernel
from pedal.layout import S16_LE, S24_3LE


@kernel
def sample_bytes_kernel(sample_format: int) -> int:
    """Bytes of one sample."""
    return 2 if sample_format == S16_LE else 3 if sample_format == S24_3LE else 4


@kernel
def read_sample_kernel(data: Any, at: int, sample_format: int) -> float:
    """The sample at byte ``at``, full scale = 1.0."""
    if sample_format == S16_LE:
        value = int(data[at]) | int(data[at + 1]) << 8
        return (value - ((value & 0x8000) << 1)) / 32768.0
    if sample_format == S24_3LE:
        value = int(data[at]) | int(data[at + 1]) << 8 | int(data[at + 2]) << 16
        return (value - ((value & 0x800000) << 1)) / 8388608.0
    value = int(data[at]) | int(data[at + 1]) << 8 | int(data[at + 2]) << 16 | int(data[at + 3]) << 24
    return (value - ((value & 0x80000000) << 1)) / 2147483648.0


@kernel
def write_sample_kernel(data: Any, at: int, sample_format: int, sample: float) -> None:
    """Store ``sample`` (clamped to full scale, rounded to nearest) at byte ``at``."""
    sample = min(1.0, max(-1.0, sample))
    if sample_format == S16_LE:
        value = min(32767, int(sample * 32768.0 + 32768.5) - 32768)
    elif sample_format == S24_3LE:
        value = min(8388607, int(sample * 8388608.0 + 8388608.5) - 8388608)
    else:
        value = min(2147483647, int(sample * 2147483648.0 + 2147483648.5) - 2147483648)
    for k in range(sample_bytes_kernel(sample_format)):
        data[at + k] = (value >> (8 * k)) & 0xFF
