"""How long a pedal takes to its first sound, with a small library and a large one: ``python -m tests.e2e.starts``.

Two state folders in which the same preset comes first, with an imported model by name and hash: one has nothing else,
the other 2,000 models and 500 presets. The virtual pedal is started with either in turn, so that what else the machine
does falls on both alike; one start of each is not counted. Timed is from the start of the first process until a command
is told what plays.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from tests.e2e.running import running_pedal
from tests.library.crowd import make_crowd


def start_s(home: Path) -> float:
    """From nothing to the first preset's sound."""
    began_s = time.perf_counter()
    with running_pedal(home=home) as pedal:
        took_s = time.perf_counter() - began_s
        assert pedal.status()["preset_key"] == "00-first"
    return took_s


def main() -> None:
    """Makes both folders, starts, and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=2000)
    parser.add_argument("--presets", type=int, default=500)
    parser.add_argument("--starts", type=int, default=8, help="Of each, besides the first.")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        homes = {name: Path(folder, name) for name in ("small", "large")}
        for home, count in ((homes["small"], 1), (homes["large"], chosen.models)):
            make_crowd(home, count, min(count, chosen.presets))
            (home / "presets" / "100-song-0.toml").rename(home / "presets" / "00-first.toml")
        took_s: dict[str, list[float]] = {name: [] for name in homes}
        for number in range(chosen.starts + 1):
            for name in homes if number % 2 else reversed(homes):
                took_s[name].append(start_s(homes[name]))
        for name, times_s in took_s.items():
            counted = sorted(times_s[1:])
            print(f"{name}: best {counted[0]:.2f}, median {statistics.median(counted):.2f}, worst {counted[-1]:.2f} s")
        ratios = [large / small for small, large in zip(took_s["small"][1:], took_s["large"][1:], strict=True)]
        print(f"large / small: median {statistics.median(ratios):.3f} of {len(ratios)} pairs")


if __name__ == "__main__":
    main()
