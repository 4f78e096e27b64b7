"""What a capture is made from: recordings to learn from, to look at, and to be judged by; and what it is called.

Called by ``models.train`` in the training process. A circuit is played once and kept, since that takes a minute or two.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from models.train.circuits import INPUT_DBU, Circuit, play
from models.train.circuits.amps import AMPS
from models.train.circuits.pedals import PEDALS
from models.train.excitation import checking_sound, held_out_sound, training_sound
from models.train.training import Pair

CIRCUITS = {**AMPS, **PEDALS}
_ROLES = ("train", "check", "held_out")

OnProgress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Labels:
    """What stands in the file, in the format's words; empty or None is left out."""

    name: str
    gear_type: str = ""
    tone_type: str = ""
    gear_make: str = ""
    gear_model: str = ""
    modeled_by: str = ""
    input_level_dbu: float | None = None

    def metadata(self) -> dict[str, Any]:
        """As in the file."""
        return {key: value for key, value in asdict(self).items() if value not in ("", None)}


@dataclass(frozen=True, slots=True)
class Material:
    """Recordings, all at the trained level: to learn from, to look at while learning, to be judged by.

    ``gain`` brought the original's output (volts of a circuit, full scale of a recording) to that level.
    """

    labels: Labels
    train: Pair
    check: Pair
    held_out: Pair
    gain: float
    seed: int = 1


def circuit_labels(circuit: Circuit) -> Labels:
    """Of a circuit of ours."""
    return Labels(
        name=circuit.title,
        gear_type=circuit.gear_type,
        tone_type=circuit.tone_type,
        gear_make="simulated",
        gear_model=circuit.gear,
        modeled_by="this project",
        input_level_dbu=round(INPUT_DBU, 2),
    )


def circuit_material(name: str, folder: Path, on_progress: OnProgress) -> Material:
    """A circuit's recordings, from ``folder`` or played now, as after any change in the circuit or in what it plays.

    Raises:
        PedalError: what plays the sampled instruments is not installed.
        OSError: ``folder`` cannot be written.
    """
    circuit = CIRCUITS[name]
    kept = folder / f"{name}.npz"
    mark = _mark(circuit)
    found = _kept_pairs(kept, mark)
    if found is None:
        sounds = (training_sound(circuit.bass), checking_sound(circuit.bass), held_out_sound(circuit.bass))
        pairs = []
        for role, x in zip(_ROLES, sounds, strict=True):
            y = play(circuit, x, partial(on_progress, role))
            pairs.append(Pair(x.astype(np.float32), y.astype(np.float32)))
        gain = pairs[0].level_gain
        pairs = [pair.scaled(gain) for pair in pairs]
        folder.mkdir(parents=True, exist_ok=True)
        arrays = {
            f"{role}_{side}": getattr(pair, side) for role, pair in zip(_ROLES, pairs, strict=True) for side in "xy"
        }
        found = (pairs, gain)
        temporary = kept.with_suffix(".part.npz")
        np.savez(temporary, mark=np.array(mark), gain=np.array(gain), **arrays)
        temporary.replace(kept)
    (train, check, held_out), gain = found
    return Material(circuit_labels(circuit), train, check, held_out, gain, circuit.seed)


def _mark(circuit: Circuit) -> str:
    """Tells one circuit and one way of playing it from another; comments and spaces do not count."""
    sources = [*sorted(Path(__file__).parent.glob("circuits/*.py")), Path(__file__).with_name("excitation.py")]
    digest = hashlib.sha256(repr(circuit).encode())
    for source in sources:
        if source.stem not in ("amps", "pedals"):
            digest.update(ast.dump(ast.parse(source.read_text())).encode())
    return digest.hexdigest()


def _kept_pairs(kept: Path, mark: str) -> tuple[list[Pair], float] | None:
    try:
        with np.load(kept) as arrays:
            if str(arrays["mark"]) != mark:
                return None
            return [Pair(arrays[f"{role}_x"], arrays[f"{role}_y"]) for role in _ROLES], float(arrays["gain"])
    except (OSError, KeyError, ValueError, BadZipFile):
        return None
