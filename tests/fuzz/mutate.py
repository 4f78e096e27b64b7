"""Mutations of model documents that keep them documents: what a fuzzer of bytes would take years to find.

Used by the everyday test (seeded) and by the coverage-guided fuzzer. ``mutate`` changes a document in a few places;
``fit`` then gives every weight list the length that its network asks for, so that what lies behind the
count is reached as well.
"""

from __future__ import annotations

import copy
import json
import random
import re
from typing import Any

from pedal.errors import ModelError
from pedal.nam.activations import PARAMETERS, UNKNOWN_HERE
from pedal.nam.file import parse_model
from pedal.nam.network_file import ARCHITECTURES
from pedal.nam.spec import FILM_PLACES

#: Longest weight list that ``fit`` makes.
MOST_WEIGHTS = 20_000
_COUNT = re.compile(r"^\S+ (?P<place>\S*weights) holds \d+ numbers; this network has (?P<count>\d+)\b")

NUMBERS: tuple[Any, ...] = (
    0, 1, 2, 3, 5, 8, 16, 17, 64, 255, 256, 257, 4096, 4097, 48000, 96000, 44100,
    2**18, 2**20, 2**24, 2**31, 2**63, 10**40, -1, -2, 0.5, 1.5, 3.0, -0.0, 1e-45, 1e-320, 3.4e38, 1e39, 1e308, -1e308,
)  # fmt: skip
WORDS: tuple[Any, ...] = (
    *ARCHITECTURES, *PARAMETERS, *UNKNOWN_HERE, "none", "gated", "blended", "slice_channels_uniform",
    "0.5.0", "0.7.9", "0.8.0", "", "\ud800", "x" * 300,
)  # fmt: skip
VALUES: tuple[Any, ...] = (None, True, False, [], {}, [1], [[]], {"type": "PReLU"}, *NUMBERS, *WORDS)

_FILM = {"active": True, "shift": True, "groups": 1}
#: Members that a document may have, by a key that stands beside them.
OPTIONS: dict[str, dict[str, Any]] = {
    "channels": {
        "bottleneck": 2,
        "gating_mode": "blended",
        "gated": True,
        "secondary_activation": "Tanh",
        "kernel_sizes": [2, 3],
        "kernel_size": 2,
        "groups_input": 2,
        "groups_input_mixin": 1,
        "layer1x1": {"active": False, "groups": 1},
        "head1x1": {"active": True, "out_channels": 2, "groups": 1},
        "head_size": 1,
        "head_bias": True,
        "slimmable": {"method": "slice_channels_uniform", "kwargs": {"allowed_channels": [1, 2]}},
        "batchnorm": True,
        "groups": 2,
        **dict.fromkeys(FILM_PLACES, _FILM),
    },
    "layers": {"head": {"channels": 2, "out_channels": 1, "kernel_sizes": [2], "activation": "ReLU"}, "in_channels": 2},
    "config": {"sample_rate": 48000, "metadata": {"name": "x", "loudness": -18.0}},
    "out_channels": {"head_dilation": 2, "kernel_size": 3, "bias": True},
    "type": {"negative_slope": 0.5, "negative_slopes": [0.1, 0.2], "min_val": 1.0, "max_val": -1.0, "max_slope": 2},
}


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of everything in a document; of long lists only the first elements and the last."""
    found = [path] if path else []
    inside: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inside = list(value.items())
    elif isinstance(value, list):
        inside = list(enumerate(value[:3])) + ([(len(value) - 1, value[-1])] if len(value) > 3 else [])
    for key, item in inside:
        found += places(item, (*path, key))
    return found


def at(document: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        document = document[step]
    return document


def mutate(document: Any, rng: random.Random, changes: int = 3) -> Any:
    """A changed copy of ``document``."""
    document = copy.deepcopy(document)
    for _ in range(rng.randint(1, changes)):
        if not isinstance(document, dict) or not document:
            return document
        document = _change(document, rng)
    return document


def _change(document: dict[str, Any], rng: random.Random) -> Any:
    paths = places(document)
    *path, key = rng.choice(paths)
    target = at(document, tuple(path))
    value = target[key]
    match rng.randrange(9):
        case 0:
            target[key] = rng.choice(VALUES)
        case 1:
            del target[key]
        case 2 if isinstance(value, (int, float)) and not isinstance(value, bool):
            target[key] = rng.choice((value + 1, value - 1, value * 2, -value, value // 2, value + 0.5))
        case 3:
            # A part of the document in the place of another.
            target[key] = copy.deepcopy(at(document, rng.choice(paths)))
        case 4 if isinstance(target, list):
            target.insert(key, copy.deepcopy(value))
        case 5 if isinstance(value, list):
            rng.shuffle(value)
        case 6 if isinstance(value, str):
            target[key] = rng.choice(WORDS)
        case 7:
            return _wrapped(document, rng)
        case _:
            _add_option(document, paths, rng)
    return document


def _add_option(document: dict[str, Any], paths: list[tuple[Any, ...]], rng: random.Random) -> None:
    """A member that the format knows, where one of its neighbours stands."""
    path = rng.choice([path for path in paths if path[-1] in OPTIONS] or [("config",)])
    neighbour = at(document, path[:-1])
    if isinstance(neighbour, dict):
        key, value = rng.choice(list(OPTIONS[path[-1]].items()))
        neighbour[key] = copy.deepcopy(value)


def _wrapped(document: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """The document inside another, or inside itself as what conditions it."""
    outer = {"version": "0.7.0", "weights": [], "sample_rate": document.get("sample_rate")}
    match rng.randrange(3):
        case 0:
            edges = (rng.choice((0.0, 0.3, 0.5, 1.0)), rng.choice((0.5, 1.0, 2.0)))
            tiers = [{"max_value": edge, "model": copy.deepcopy(document)} for edge in edges]
            return outer | {"architecture": "SlimmableContainer", "config": {"submodels": tiers}}
        case 1:
            parts = [copy.deepcopy(document) for _ in range(rng.randint(1, 3))]
            return outer | {"architecture": "Sequential", "config": {"models": parts}}
    inside = copy.deepcopy(document)
    if isinstance(document.get("config"), dict):
        document["config"]["condition_dsp"] = inside
    return document


def fit(document: Any) -> Any:
    """``document`` with weight lists of the right lengths, as far as the loader's sentences say them."""
    for _ in range(6):
        try:
            parse_model(json.dumps(document).encode(), "f")
        except ModelError as error:
            found = _COUNT.match(str(error))
            if not found or int(found["count"]) > MOST_WEIGHTS:
                return document
            path = [int(step) if step.isdigit() else step for step in re.findall(r"\w+", found["place"])]
            weights = at(document, tuple(path))
            numbers = [w for w in weights if isinstance(w, (int, float))] or [0.1, -0.2, 0.3]
            count = int(found["count"])
            weights[:] = (numbers * (count // len(numbers) + 1))[:count]
        else:
            return document
    return document
