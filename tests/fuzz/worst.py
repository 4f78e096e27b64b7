"""The heaviest documents that play, and the heaviest that are refused: ``python -m tests.fuzz.worst``.

Prints, for each, how long it took to read and to pack all its widths and by how much the process grew, each in a
process of its own. ``test_fuzz.py`` checks the same.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from pedal.errors import PedalError
from pedal.nam.document import MAX_MARKS
from pedal.nam.file import MAX_FILE_BYTES, parse_model
from tests.fuzz.judge import peak_rss_bytes
from tests.nam import models

_OPTIONS: dict[str, Any] = dict.fromkeys(
    (
        "conv_pre_film",
        "conv_post_film",
        "input_mixin_pre_film",
        "input_mixin_post_film",
        "activation_pre_film",
        "activation_post_film",
        "layer1x1_post_film",
    ),
    models.FILM,
)


def _zeros(document: dict[str, Any], count: int) -> bytes:
    """``document`` with so many weights, in as few bytes as there can be."""
    return json.dumps(document | {"weights": ["~"]}).replace('"~"', ",".join(["0"] * count)).encode()


def _filled(character: bytes, prefix: bytes = b'{"weights": [') -> bytes:
    return prefix + character * ((MAX_FILE_BYTES - len(prefix)) // len(character))


def lstm() -> bytes:
    """As much settling as there may be, in a network that does not come to rest."""
    hidden = 208
    config = {"input_size": 1, "hidden_size": hidden, "num_layers": 1}
    count = 4 * hidden * (1 + hidden) + 6 * hidden + hidden + 1
    weights = 8.0 * np.random.default_rng(1).standard_normal(count).astype(np.float32)
    return json.dumps(models.document("LSTM", config) | {"weights": weights.tolist()}).encode()


def slices() -> bytes:
    """As many widths as there may be, of as many layers together, with every option."""
    slimmable = {"method": "slice_channels_uniform"}
    shape = models.array(32, [1] * 32, bottleneck=2, kernel_size=1, gated=True, slimmable=slimmable, **_OPTIONS)
    return json.dumps(models.wavenet(shape)).encode()


def dense() -> bytes:
    """As many multiplications as there may be, nearly all of them with zeros that the file does not hold."""
    none = {"active": False, "groups": 1}
    shape = models.array(256, [1] * 5, kernel_size=3, groups_input=256, groups_input_mixin=1, layer1x1=none)
    return json.dumps(models.wavenet(shape)).encode()


def history() -> bytes:
    """As much of a past as there may be."""
    return json.dumps(models.wavenet(models.array(8, [1 << 20, 1], kernel_size=2))).encode()


#: These play, so that packing counts as well.
HEAVIEST: dict[str, Callable[[], bytes]] = {
    "lstm": lstm,
    "slices": slices,
    "dense": dense,
    "history": history,
    "many taps": lambda: _zeros(models.document("Linear", {"receptive_field": 1 << 18, "bias": False}), 1 << 18),
}
#: These are refused, the sooner the better.
REFUSED: dict[str, Callable[[], bytes]] = {
    "whole numbers": lambda: _filled(b"9999,"),
    "short numbers": lambda: _filled(b"1e1,"),
    "shortest numbers": lambda: _filled(b"1,"),
    "long numbers": lambda: _filled(b"9" * 4299 + b","),
    "one long fraction": lambda: _filled(b"1", b'{"weights": [0.'),
    "empty lists": lambda: _filled(b"[],"),
    "short texts": lambda: _filled(b'"ab",'),
    "one text": lambda: _filled("\U0001f3b8".encode(), b'{"weights": "'),
    "escapes": lambda: _filled(b"\\", b'{"weights": "'),
    "as many escapes as may be": lambda: (b'{"weights": "' + b"\\" * (MAX_MARKS - 10)).ljust(MAX_FILE_BYTES, b"x"),
    "as many lists as may be": lambda: (b'{"weights": [' + b"[]," * (MAX_MARKS - 10)).ljust(MAX_FILE_BYTES, b"1"),
    "spaces": lambda: _filled(b" ", b'{"weights":'),
    "too many taps": lambda: _zeros(models.document("Linear", {"receptive_field": 7, "bias": False}), 4_000_000),
}
WORST = HEAVIEST | REFUSED


def weigh(name: str) -> tuple[float, float, int, str]:
    """Seconds to read, seconds to pack, bytes of growth, and what became of it. In this process."""
    models.parse(models.small())  # imports what is needed
    data = WORST[name]()
    if name in HEAVIEST:
        from pedal.nam.pack import pack
    start = peak_rss_bytes()
    began = time.thread_time()
    try:
        model = parse_model(data, name)
    except PedalError as error:
        assert name not in HEAVIEST, error
        return time.thread_time() - began, 0.0, peak_rss_bytes() - start, str(error)
    read = time.thread_time()
    for width in model.widths:
        pack(width.spec, 256)
    done = time.thread_time()
    return read - began, done - read, peak_rss_bytes() - start, f"plays, {len(model.widths)} widths"


def weigh_apart(*names: str) -> list[tuple[float, float, int, str]]:
    """``weigh`` of each, one after the other in a process of their own: of two, the second seldom grows any more."""
    done = subprocess.run([sys.executable, "-m", "tests.fuzz.worst", *names], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [tuple(found) for found in json.loads(done.stdout)]


def main() -> None:
    """All of them, each in its own process; with names those, for ``weigh_apart``."""
    if len(sys.argv) > 1:
        print(json.dumps([weigh(name) for name in sys.argv[1:]]))
        return
    for name in WORST:
        [(read, packed, growth, verdict)] = weigh_apart(name)
        print(f"{name:18} read {read:5.2f} s   pack {packed:5.2f} s   {growth >> 20:4} MiB   {verdict:.90}")


if __name__ == "__main__":
    main()
