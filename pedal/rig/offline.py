"""A rig without a pedal: the same rows and kernels on private memory.

Used by ``pedal render``, by the builder to measure costs, and by tests.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pedal import layout as at
from pedal.arena import Arena
from pedal.errors import PresetError
from pedal.levels import USUAL, Levels
from pedal.preset import Preset
from pedal.rig.chain import play_chain
from pedal.rig.compile import Assets, Part, compile_preset
from pedal.rig.place import place_rig, region_bytes


class OfflineRig:
    """A compiled preset that plays arrays.

    Args:
        preset: what to play.
        assets: where its files come from.
        rate_hz: sample rate.
        period_frames: frames per call, 1 to ``layout.MAX_FRAMES``; does not change the sound.
        width: "full", "lite", or slim 0..1; for every amp.
        levels: how loud amps hear and are heard.
    """

    def __init__(
        self,
        preset: Preset,
        assets: Assets,
        rate_hz: int,
        period_frames: int = 64,
        width: str | float = "full",
        levels: Levels = USUAL,
    ) -> None:
        if not 1 <= period_frames <= at.MAX_FRAMES:
            raise PresetError(
                f"a block of {period_frames} frames is not possible with a preset", hint=f"Use 1 to {at.MAX_FRAMES}"
            )
        self.rate_hz = rate_hz
        self.period_frames = period_frames
        self.parts = compile_preset(preset, assets, rate_hz, levels)
        self.arena = Arena.allocate(at.HEAP_AT_BYTE + sum(region_bytes(part) for part in self.parts))
        self.arena.i64[at.RATE_HZ] = rate_hz
        self.arena.i64[at.PLAYING_SLOT] = 0
        start_widths = {part.block.id: width_of(part, width) for part in self.parts if part.amp is not None}
        self.notes = place_rig(
            self.arena,
            0,
            self.parts,
            preset_name=preset.name,
            serial=1,
            rate_hz=rate_hz,
            live={},
            in_use=(),
            start_widths=start_widths,
        )

    def process(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """Play ``x``, float32 ``(frames,)``; returns float32 ``(frames, 2)``. State goes on between calls."""
        out = np.empty((x.size, 2), np.float32)
        f32 = self.arena.f32
        left, right = at.BUS_F32, at.BUS_F32 + at.BUS_STRIDE
        for start in range(0, x.size, self.period_frames):
            n = min(self.period_frames, x.size - start)
            f32[left : left + n] = x[start : start + n]
            f32[right : right + n] = x[start : start + n]
            play_chain(f32, self.arena.f64, self.arena.i64, at.SLOTS, at.BUS_F32, n)
            self.arena.i64[at.FRAME] += n
            out[start : start + n, 0] = f32[left : left + n]
            out[start : start + n, 1] = f32[right : right + n]
        return out


def width_of(part: Part, width: str | float) -> int:
    """Width index of an amp part for "full", "lite" or a slim value."""
    assert part.amp is not None
    slim = {"full": 1.0, "lite": 0.0}.get(width, width) if isinstance(width, str) else width
    return part.amp.model.width_index(float(slim))
