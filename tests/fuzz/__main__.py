"""The coverage-guided fuzzer: ``python -m tests.fuzz model FOLDER -max_total_time=600`` (see README.md).

A process of its own, never part of the suite; needs ``atheris``. Only the modules that read files are
instrumented: kernels are numba's.
"""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path

import atheris

with atheris.instrument_imports(
    include=[
        "pedal.nam.document",
        "pedal.nam.file",
        "pedal.nam.file_parts",
        "pedal.nam.network_file",
        "pedal.nam.wavenet_file",
        "pedal.nam.slices",
        "pedal.nam.spec",
        "pedal.nam.networks",
        "pedal.preset",
        "pedal.config",
        "pedal.files",
        "pedal.library.impulses",
        "tomllib",
    ]
):
    from tests.fuzz.judge import JUDGES, peak_rss_bytes, within_bounds

from tests.fuzz.mutate import fit, mutate
from tests.fuzz.seeds import SEEDS


def mutate_model(data: bytes, max_size: int, seed: int) -> bytes:
    """Mostly a changed document; sometimes changed bytes."""
    rng = random.Random(seed)
    if rng.random() < 0.1:
        return bytes(atheris.Mutate(data, max_size))
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        document = rng.choice(MODELS)
    try:
        document = mutate(document, rng)
        changed = json.dumps(fit(document) if rng.random() < 0.8 else document).encode()
    except RecursionError:
        return data[:max_size]
    return changed if len(changed) <= max_size else data[:max_size]


def main() -> None:
    """``TARGET [FOLDER] [libFuzzer's options]``."""
    target, arguments = sys.argv[1], sys.argv[2:]
    judge = JUDGES[target]
    folders = [Path(word) for word in arguments if not word.startswith("-")]
    for folder in folders[:1]:
        folder.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(SEEDS[target]()):
            (folder / f"seed-{number}").write_bytes(seed)
    for seed in SEEDS[target]():
        judge(seed)  # imports what it needs, before anything is measured
    start = peak_rss_bytes()
    played, judged, told = 0, 0, time.monotonic()

    def one(data: bytes) -> None:
        nonlocal played, judged, told
        played += within_bounds(judge, data, start)
        judged += 1
        if time.monotonic() - told > 60.0:
            told = time.monotonic()
            print(f"{target}: {judged} judged, {played} of them accepted", file=sys.stderr)

    settings = ["-rss_limit_mb=4096", "-timeout=20", "-max_len=65536"]
    mutator = {"custom_mutator": mutate_model} if target == "model" else {}
    atheris.Setup([sys.argv[0], *settings, *arguments], one, **mutator)
    atheris.Fuzz()


MODELS = [json.loads(seed) for seed in SEEDS["model"]()]

if __name__ == "__main__":
    main()
