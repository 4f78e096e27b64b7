"""How many times slower this machine should count, so that a preset fills a small board's budget.

``python -m pedal.offline.scale PRESET BOARD SHARE``, a short-lived process of ``pedal demo``: prints
one number. A fixed ``cpu_scale`` that loads one machine as a small board would be loaded leaves the
next one idle and drowns a third.
"""

from __future__ import annotations

import sys

from pedal.config import Board, load_board
from pedal.errors import PedalError
from pedal.library.assets import Assets
from pedal.library.loader import Loader
from pedal.library.presets import PresetStore
from pedal.nam.file import load_model
from pedal.preset import Preset
from pedal.rig.compile import compile_preset
from pedal.rig.measure import measure_costs

#: Measured so often; the middle one counts.
_ROUNDS = 5


def fitting_scale(preset: Preset, board: Board, share: float) -> float:
    """The ``cpu_scale`` at which ``preset``, its amps at their widest, takes ``share`` of a period; at least 1."""
    parts = compile_preset(preset, Loader(Assets.default(), load_model), board.audio.rate_hz)
    sums_ns = []
    for _ in range(_ROUNDS):
        costs = measure_costs(parts, board.audio.rate_hz, board.audio.period_frames, {})
        sums_ns.append(sum(costs[part.key][0] + sum(costs[part.key][1][-1:]) for part in parts if part.block.on))
    period_load = sorted(sums_ns)[_ROUNDS // 2] * 1e-9 * board.audio.rate_hz
    return max(1.0, round(share / period_load, 1))


def main() -> int:
    """The command line of the process."""
    try:
        key, board, share = sys.argv[1], load_board(sys.argv[2]), float(sys.argv[3])
        print(fitting_scale(PresetStore.default().load(key).preset, board, share))
    except PedalError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
