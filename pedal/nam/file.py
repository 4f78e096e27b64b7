"""Reads ``.nam`` files. Every file is hostile until this module returns.

Called by the builder, the library and the commands; never by a thread that plays. Sizes are
capped, depth is capped, weights are counted from the configuration before any is converted.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from pathlib import Path

from pedal.errors import ModelError, did_you_mean
from pedal.nam.document import Node, parse_document, printable
from pedal.nam.model import Model, Width
from pedal.nam.spec import WaveNetSpec
from pedal.nam.wavenet_file import parse_wavenet

#: A full A2 container is 0.3 MB.
MAX_FILE_BYTES = 32 << 20
MAX_WIDTHS = 32
#: Containers in containers.
MAX_NESTING = 4

#: Architectures of the format that this pedal does not play (yet).
_KNOWN_ELSEWHERE = ("LSTM", "ConvNet", "Linear", "Sequential")
_HERE = ("WaveNet", "SlimmableContainer")
_VERSION = re.compile(r"(\d{1,9})\.(\d{1,9})\.(\d{1,9})", re.ASCII)


def load_model(path: str | os.PathLike[str]) -> Model:
    """Read and check a model file.

    Raises:
        ModelError: missing, too large, malformed or not playable here.
    """
    where = printable(Path(path).name) or "model"
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
    return parse_model(data, where)


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
    root = parse_document(data, where)
    widths = _parse_widths(root, 0)
    # What the container does not say about itself, its widest width may.
    sources = [source for source in (root, _widest_node(root)) if source.has("metadata")]
    name = _first_text(sources, "name")
    rates = (_sample_rate_hz(root), _sample_rate_hz(_widest_node(root)))
    return Model(
        name=name or Path(where).stem or where,
        widths=widths,
        content_hash=hashlib.sha256(data).hexdigest(),
        sample_rate_hz=next((rate for rate in rates if rate is not None), None),
        loudness_db=_first_number(sources, "loudness"),
        gain=_first_number(sources, "gain"),
        input_level_dbu=_first_number(sources, "input_level_dbu"),
        output_level_dbu=_first_number(sources, "output_level_dbu"),
        gear_type=_first_text(sources, "gear_type"),
        breakpoints=tuple(width.slim_high for width in widths[:-1]),
    )


def _parse_widths(root: Node, nesting: int) -> tuple[Width, ...]:
    """All widths of a document, narrowest first."""
    if _architecture(root) == "WaveNet":
        return (_width("Full", 0.0, 1.0, parse_wavenet(root)),)
    root.need("weights")
    submodels = root.need("config").need("submodels").items(MAX_WIDTHS)
    edge, edges, specs = 0.0, [0.0], []
    for submodel in submodels:
        node = submodel.need("max_value")
        value = node.number()
        if value <= edge:
            raise node.refuse(f"is {value:g}; it has to be above the {edge:g} before it")
        edge = value
        edges.append(edge)
        model = submodel.need("model")
        _check_rates(root, model)
        specs.append(_widest_spec(model, nesting + 1))
    if edge < 1.0:
        raise submodels[-1].get("max_value").refuse(f"is {edge:g}; the last one has to reach 1")
    labels = _labels(len(specs))
    return tuple(_width(labels[i], edges[i], edges[i + 1], spec) for i, spec in enumerate(specs))


def _widest_spec(model: Node, nesting: int) -> WaveNetSpec:
    """A submodel's network. A container inside a container is never told a size: it plays its largest."""
    if nesting > MAX_NESTING:
        raise model.refuse(f"is a container inside {MAX_NESTING} others")
    if _architecture(model) == "WaveNet":
        return parse_wavenet(model)
    return _parse_widths(model, nesting)[-1].spec


def _width(label: str, low: float, high: float, spec: WaveNetSpec) -> Width:
    return Width(
        label=label,
        channels=tuple(array.channels for array in spec.arrays),
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


def _architecture(root: Node) -> str:
    """The architecture of a document whose four required members are there and whose version is known."""
    _check_version(root.need("version"))
    for key in ("config", "weights"):
        root.need(key)
    node = root.need("architecture")
    name = node.text()
    if name in _HERE:
        return name
    if name in _KNOWN_ELSEWHERE:
        raise node.refuse(f"is {name}, which this pedal does not play yet", "Choose a WaveNet or A2 model")
    hint = did_you_mean(name, (*_HERE, *_KNOWN_ELSEWHERE)).rstrip(".")
    raise node.refuse(f"names the unknown architecture '{printable(name)}'", hint)


def _check_version(node: Node) -> None:
    """Accept 0.5.0 to 0.7.x, three plain numbers.

    Raises:
        ModelError: any other.
    """
    match = _VERSION.fullmatch(node.text())
    if match is None:
        raise node.refuse(f"is '{printable(node.text())}'; three numbers such as 0.7.0 are expected")
    major, minor, _ = (int(part) for part in match.groups())
    if major != 0 or minor > 7:
        raise node.refuse(f"is {node.text()}, newer than this pedal knows (0.5.0 to 0.7)", "Update the pedal")
    if minor < 5:
        raise node.refuse(f"is {node.text()}, older than this pedal reads (0.5.0 to 0.7)", "Export the model again")


def _sample_rate_hz(root: Node) -> float | None:
    """The rate; None where the file leaves it open (absent, null, or -1 as some exports write)."""
    node = root.get("sample_rate")
    rate_hz = node.optional_number()
    if rate_hz is None or rate_hz == -1:
        return None
    if not 1000 <= rate_hz <= 1_000_000:
        raise node.refuse(f"is {rate_hz:g}; a rate in Hz is expected, such as 48000")
    return rate_hz


def _check_rates(container: Node, model: Node) -> None:
    outer, inner = _sample_rate_hz(container), _sample_rate_hz(model)
    if outer is not None and inner is not None and outer != inner:
        raise model.get("sample_rate").refuse(f"is {inner:g} Hz inside a container of {outer:g} Hz")


def _widest_node(root: Node) -> Node:
    while root.get("architecture").value == "SlimmableContainer":
        root = root.get("config").get("submodels").items(MAX_WIDTHS)[-1].get("model")
    return root


def _first_number(sources: list[Node], key: str) -> float | None:
    values = (source.get("metadata").get(key).optional_number() for source in sources)
    return next((value for value in values if value is not None), None)


def _first_text(sources: list[Node], key: str) -> str:
    """Free text of the metadata; what is not text is not shown."""
    values = (source.get("metadata").get(key).value for source in sources)
    return next((text for value in values if isinstance(value, str) and (text := printable(value))), "")
