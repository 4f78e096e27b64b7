"""Reads ``.nam`` files. Every file is hostile until this module returns.

Called by the builder, the library and the commands; never by a thread that plays. Sizes are
capped, depth is capped, weights are counted from the configuration before any is converted.
"""

from __future__ import annotations

import hashlib
import os
import stat
from itertools import pairwise
from pathlib import Path

from pedal.errors import ModelError
from pedal.layout import MAX_WIDTHS
from pedal.levels import BELIEVABLE, is_believable
from pedal.nam.bounds import demand
from pedal.nam.document import Node, parse_document, printable
from pedal.nam.model import Model, Width
from pedal.nam.network_file import CONTAINER, architecture, known_rate_hz, parse_mono, submodels, too_many_widths
from pedal.nam.networks import Network
from pedal.nam.slices import slice_breakpoints, slice_wavenet
from pedal.nam.spec import WaveNetSpec
from pedal.nam.wavenet_file import check_joints

#: A full A2 container is 0.3 MB, five seconds of impulse response 6 MB. Reading takes 20 times the file, at worst.
MAX_FILE_BYTES = 8 << 20


def load_model(path: str | os.PathLike[str]) -> Model:
    """Read and check a model file.

    Raises:
        ModelError: missing, too large, malformed or not playable here.
    """
    return parse_model(read_model(path), _name(path))


def read_model(path: str | os.PathLike[str]) -> bytes:
    """The bytes of what may be a model file.

    Raises:
        ModelError: missing, unreadable, not a regular file or too large.
    """
    where = _name(path)
    try:
        # O_NONBLOCK: opening a pipe must not wait for a writer.
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            _check_status(os.fstat(handle), where)
            with os.fdopen(handle, "rb", closefd=False) as file:
                data = file.read(MAX_FILE_BYTES + 1)
        finally:
            os.close(handle)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ModelError(
            f"cannot read the model file ({reason})", where=where, hint="Check the path and its permissions"
        ) from None
    return data


def _name(path: str | os.PathLike[str]) -> str:
    return printable(Path(path).name) or "model"


def _check_status(status: os.stat_result, where: str) -> None:
    """Refuse what is no ordinary file, or too large, before a byte of it is read."""
    if not stat.S_ISREG(status.st_mode):
        raise ModelError("this is not a regular file", where=where, hint="Choose a .nam file")
    if status.st_size > MAX_FILE_BYTES:
        raise _too_large(where)


def _too_large(where: str) -> ModelError:
    return ModelError(f"the file is larger than {MAX_FILE_BYTES >> 20} MiB", where=where)


def parse_model(data: bytes, where: str) -> Model:
    """Check the bytes of a model file.

    Args:
        data: the whole file.
        where: its name, for messages; it also names a model without a name.

    Raises:
        ModelError: malformed or not playable here.
    """
    if len(data) > MAX_FILE_BYTES:
        raise _too_large(where)
    if not data.strip():
        raise ModelError("the file is empty", where=where, hint="Copy or download the file again")
    return check_document(parse_document(data, where), data, where)


def check_document(root: Node, data: bytes, where: str) -> Model:
    """The model that a document describes; ``data`` is what it was parsed from.

    Raises:
        ModelError: not playable here.
    """
    widths = _parse_widths(root)
    if excess := demand([width.spec for width in widths]).excess:
        raise root.get("config").refuse(f"asks for {excess}")
    # What the container does not say about itself, its widest width may.
    nodes = {source.place: source for source in (root, _widest_node(root))}
    sources = [source for source in nodes.values() if source.has("metadata")]
    name = _first_text(sources, "name")
    warnings: list[str] = []
    return Model(
        name=name or Path(where).stem or where,
        widths=widths,
        content_hash=hashlib.sha256(data).hexdigest(),
        sample_rate_hz=known_rate_hz(root),
        loudness_db=_first_level(sources, "loudness", warnings),
        gain=_first_number(sources, "gain"),
        input_level_dbu=_first_level(sources, "input_level_dbu", warnings),
        output_level_dbu=_first_level(sources, "output_level_dbu", warnings),
        gear_type=_first_text(sources, "gear_type"),
        breakpoints=tuple(width.slim_high for width in widths[:-1]),
        warnings=tuple(warnings),
        gear=" ".join(text for key in ("gear_make", "gear_model") if (text := _first_text(sources, key))),
        tone_type=_first_text(sources, "tone_type"),
        modeled_by=_first_text(sources, "modeled_by"),
    )


def _parse_widths(root: Node) -> tuple[Width, ...]:
    """All widths of a document, narrowest first."""
    if architecture(root) == CONTAINER:
        tiers = submodels(root)
        return _widths([edge for edge, _ in tiers], [parse_mono(model, 1) for _, model in tiers])
    network = parse_mono(root)
    if not isinstance(network, WaveNetSpec):
        return _widths([1.0], [network])
    edges = slice_breakpoints(network)
    if len(edges) >= MAX_WIDTHS:
        raise too_many_widths(root.get("config"), len(edges) + 1)
    slices: list[Network] = []
    for low, high in pairwise((0.0, *edges)):
        narrow = slice_wavenet(network, (low + high) / 2)
        check_joints(root.need("config").need("layers").items(MAX_WIDTHS), narrow.arrays, narrow.inputs)
        slices.append(narrow)
    return _widths([*edges, 1.0], [*slices, network])


def _widths(edges: list[float], networks: list[Network]) -> tuple[Width, ...]:
    labels = _labels(len(networks))
    return tuple(_width(*parts) for parts in zip(labels, (0.0, *edges), edges, networks, strict=False))


def _width(label: str, low: float, high: float, spec: Network) -> Width:
    return Width(
        label=label,
        channels=spec.channels,
        slim_low=low,
        slim_high=high,
        macs_per_sample=spec.macs_per_sample,
        weights_count=spec.weights_count,
        receptive_field_frames=spec.receptive_field_frames,
        spec=spec,
    )


def _labels(count: int) -> list[str]:
    middle = [f"Mid {i}" for i in range(1, count - 1)] if count > 3 else ["Mid"] * (count - 2)
    return (["Lite", *middle] if count > 1 else []) + ["Full"]


def _widest_node(root: Node) -> Node:
    while root.get("architecture").value == "SlimmableContainer":
        root = root.get("config").get("submodels").items(MAX_WIDTHS)[-1].get("model")
    return root


def _first_number(sources: list[Node], key: str) -> float | None:
    values = (source.get("metadata").get(key).optional_number() for source in sources)
    return next((value for value in values if value is not None), None)


def _first_level(sources: list[Node], key: str, warnings: list[str]) -> float | None:
    """A level that can be; for each that cannot, a sentence, and the next source is asked."""
    low, high = BELIEVABLE[key]
    for source in sources:
        node = source.get("metadata").get(key)
        value = node.optional_number(bounded=False)
        if value is None:
            continue
        if is_believable(key, value):
            return value
        warnings.append(f"{node.place} is {value:.6g}, which cannot be ({low:g} to {high:g}): ignored")
    return None


def _first_text(sources: list[Node], key: str) -> str:
    """Free text of the metadata; what is not text is not shown."""
    values = (source.get("metadata").get(key).value for source in sources)
    return next((text for value in values if isinstance(value, str) and (text := printable(value))), "")
