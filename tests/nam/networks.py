"""Random documents with every option of the format, for the tests that compare with the twin."""

from __future__ import annotations

from math import gcd
from typing import Any

from hypothesis import strategies as st

from tests.nam import models, twin

ACTIVATIONS = (
    "Tanh",
    "Hardtanh",
    "Fasttanh",
    "ReLU",
    "LeakyReLU",
    {"type": "LeakyReLU", "negative_slope": 1.5},
    {"type": "PReLU", "negative_slope": 0.2},
    "Sigmoid",
    "SiLU",
    "Hardswish",
    {"type": "LeakyHardTanh", "min_val": -0.3, "max_val": 0.2, "min_slope": 0.1, "max_slope": 0.3},
    "Softsign",
)
#: For any number of rows, and where there may be several numbers of rows.
plain_activations = st.one_of(
    st.sampled_from(ACTIVATIONS),
    st.floats(-1, 2).map(lambda slope: {"type": "LeakyReLU", "negative_slope": slope}),
    st.tuples(st.floats(-1, 0), st.floats(0, 1), st.floats(-0.5, 1), st.floats(-0.5, 1)).map(
        lambda p: {"type": "LeakyHardtanh", "min_val": p[0], "max_val": p[1], "min_slope": p[2], "max_slope": p[3]}
    ),
)


def activations(rows: int) -> st.SearchStrategy[Any]:
    """Any activation of ``rows`` rows."""
    slopes = st.lists(st.floats(-1, 2), min_size=rows, max_size=rows)
    return plain_activations | slopes.map(lambda values: {"type": "PReLU", "negative_slopes": values})


@st.composite
def networks(draw: st.DrawFn) -> dict[str, Any]:
    """Any network, of any architecture, with weights."""
    document = draw(st.one_of(wavenets(), wavenets(), wavenets(), simple_networks(), chains(), containers()))
    return models.filled(document, seed=draw(st.integers(0, 2**32 - 1)))


@st.composite
def simple_networks(draw: st.DrawFn, outputs: int = 1, inputs: int = 1) -> dict[str, Any]:
    """Linear, ConvNet and LSTM."""
    mono = inputs == outputs == 1
    name = draw(st.sampled_from(("LSTM", "ConvNet", "Linear") if mono else ("LSTM", "ConvNet")))
    config: dict[str, Any] = {"in_channels": inputs, "out_channels": outputs}
    match name:
        case "LSTM":
            config |= {"hidden_size": draw(st.integers(1, 9)), "num_layers": draw(st.integers(1, 3))}
            config |= {"input_size": inputs}
        case "ConvNet":
            channels = draw(st.integers(1, 9))
            config |= {
                "channels": channels,
                "dilations": draw(st.lists(st.integers(0, 30), min_size=1, max_size=4)),
                "batchnorm": draw(st.booleans()),
                "activation": draw(activations(channels)),
                "groups": draw(groups(inputs, channels)),
            }
        case _:
            config |= {"receptive_field": draw(st.integers(1, 200)), "bias": draw(st.booleans())}
    # At a low rate the half second in which recurrent networks settle has few frames.
    return models.document(name, config, sample_rate=1000)


def groups(*sides: int) -> st.SearchStrategy[int]:
    """A number of groups that all of ``sides`` divide by."""
    most = gcd(*sides)
    return st.sampled_from([g for g in range(1, most + 1) if most % g == 0])


@st.composite
def chains(draw: st.DrawFn) -> dict[str, Any]:
    """Several networks one after the other; between them there may be any number of channels."""
    count = draw(st.integers(1, 3))
    rows = [1, *(draw(st.sampled_from((1, 1, 2, 3))) for _ in range(count - 1)), 1]
    parts = [
        draw(simple_networks(rows[k + 1], rows[k]) | wavenets(rows[k + 1], nested=True, inputs=rows[k]))
        for k in range(count)
    ]
    return models.chain(*parts)


@st.composite
def containers(draw: st.DrawFn) -> dict[str, Any]:
    """One to three widths of any architecture."""
    edges = sorted(draw(st.sets(st.floats(0.01, 0.99), max_size=2)))
    tiers = ((edge, draw(wavenets() | simple_networks() | chains())) for edge in (*edges, 1.0))
    return models.container(*tiers, sample_rate=draw(st.sampled_from((1000, None))))


@st.composite
def wavenets(draw: st.DrawFn, outputs: int = 1, nested: bool = False, inputs: int = 1) -> dict[str, Any]:
    """One to three arrays that fit each other, with any option."""
    condition, rows = None, inputs
    if not nested and draw(st.booleans()):
        rows = draw(st.integers(1, 4))
        condition = draw(wavenets(rows, nested=True, inputs=inputs) | simple_networks(rows, inputs))
    arrays: list[dict[str, Any]] = []
    for k in range(draw(st.integers(1, 3))):
        entering = arrays[-1]["channels"] if k else inputs
        arrays.append(draw(layer_arrays(arrays[-1] if k else None, rows, entering)))
    post = None
    if draw(st.booleans()):
        count = draw(st.integers(1, 3))
        post = {
            "channels": draw(st.integers(1, 5)),
            "out_channels": outputs,
            "kernel_sizes": draw(st.lists(st.integers(1, 4), min_size=count, max_size=count)),
            "activation": draw(plain_activations),
        }
    else:
        arrays[-1]["head"]["out_channels"] = outputs
    for array in arrays:
        draw(other_notation(array))
    config = {"layers": arrays, "head": post, "head_scale": 0.02, "condition_dsp": condition, "in_channels": inputs}
    return models.document("WaveNet", config, sample_rate=1000)


@st.composite
def plain_wavenets(draw: st.DrawFn) -> dict[str, Any]:
    """WaveNets without gates, FiLMs and the like, with weights."""
    arrays: list[dict[str, Any]] = []
    for k in range(draw(st.integers(1, 3))):
        arrays.append(draw(layer_arrays(arrays[-1] if k else None, 1, arrays[-1]["channels"] if k else 1, plain=True)))
    arrays[-1]["head"]["out_channels"] = 1
    return models.wavenet(*arrays, seed=draw(st.integers(0, 2**32 - 1)))


@st.composite
def other_notation(draw: st.DrawFn, array: dict[str, Any]) -> None:
    """Says the same of an array in the older or shorter form, where there is one."""
    if not draw(st.booleans()):
        return
    head, kernels, modes = array["head"], array["kernel_sizes"], array["gating_mode"]
    if head["kernel_size"] == head["head_dilation"] == 1:
        array |= {"head": None, "head_size": head["out_channels"], "head_bias": head["bias"]}
    if len(set(kernels)) == 1:
        del array["kernel_sizes"]
        array["kernel_size"] = kernels[0]
    if len(set(modes)) == 1:
        array["gating_mode"] = modes[0]
        if modes[0] == "none" or draw(st.booleans()):
            del array["gating_mode"], array["secondary_activation"]
            array["gated"] = modes[0] != "none"
    if array["layer1x1"] == {"active": True, "groups": 1}:
        del array["layer1x1"]
    if len(array["activation"]) == 1:
        (array["activation"],) = array["activation"]


@st.composite
def layer_arrays(
    draw: st.DrawFn, before: dict[str, Any] | None, rows: int, entering: int, plain: bool = False
) -> dict[str, Any]:
    """An array behind ``before``, conditioned on ``rows`` rows; a plain one has neither gates nor FiLMs."""
    channels = draw(st.integers(1, 8))
    dilations = draw(st.lists(st.integers(0, 9), min_size=1, max_size=4))
    count = len(dilations)
    residual = draw(st.booleans())
    inner = draw(st.integers(1, 8)) if residual else channels
    sums = draw(st.integers(1, 6)) if not plain and draw(st.booleans()) else 0
    if before:
        handed = before["head"]["out_channels"]
        if sums:
            sums = handed
        else:
            inner = handed
            channels = channels if residual else handed
    modes = draw(st.lists(st.sampled_from(("none", "gated", "blended")), min_size=count, max_size=count))
    if plain or draw(st.booleans()):
        modes = ["none"] * count

    films: dict[str, Any] = {}
    widths = (channels, inner, rows, inner, inner, inner, channels * residual, sums)
    for place, width in zip(twin.FILMS, widths, strict=True):
        if width and not plain and draw(st.integers(0, 3)) == 0:
            films[place] = {"active": True, "shift": draw(st.booleans()), "groups": draw(groups(rows, width))}
            if draw(st.booleans()):
                films[place] = {key: value for key, value in films[place].items() if value not in (True, 1)}
    return models.array(
        channels,
        dilations,
        bottleneck=inner,
        input_size=entering,
        condition_size=rows,
        kernel_size=None,
        kernel_sizes=[draw(st.integers(1, 6)) for _ in dilations],
        activation=[draw(activations(inner)) for _ in dilations],
        gating_mode=modes,
        secondary_activation=[draw(activations(inner)) for _ in dilations],
        layer1x1={"active": residual, "groups": draw(groups(channels, inner))},
        head1x1={"active": True, "out_channels": sums, "groups": draw(groups(inner, sums))} if sums else None,
        groups_input=draw(groups(channels, inner)),
        groups_input_mixin=draw(groups(rows, inner)),
        head={
            "out_channels": draw(st.integers(1, 8)),
            "kernel_size": draw(st.just(1) | st.integers(1, 20)),
            "head_dilation": draw(st.integers(0, 3)),
            "bias": draw(st.booleans()),
        },
        **films,
    )


@st.composite
def sliceable(draw: st.DrawFn) -> dict[str, Any]:
    """WaveNets of several widths."""

    def allowed(channels: int) -> dict[str, Any] | None:
        if channels == 1 or draw(st.booleans()):
            return None
        sizes = sorted({*draw(st.lists(st.integers(1, channels), max_size=3)), channels})
        kwargs = draw(st.sampled_from(({"allowed_channels": sizes}, {})))
        return {"method": "slice_channels_uniform", "kwargs": kwargs}

    arrays: list[dict[str, Any]] = []
    for k in range(draw(st.integers(1, 3))):
        channels = draw(st.integers(1, 7))
        gated = draw(st.booleans())
        films = {place: models.FILM for place in twin.FILMS[:6] if draw(st.integers(0, 3)) == 0}
        if k:
            arrays[-1]["head"]["out_channels"] = channels
        arrays.append(
            models.array(
                channels,
                draw(st.lists(st.integers(0, 9), min_size=1, max_size=3)),
                input_size=arrays[-1]["channels"] if k else 1,
                activation=draw(plain_activations),
                gated=gated,
                slimmable=allowed(channels),
                bottleneck=None if arrays else draw(st.sampled_from((None, 1, 3, 5))),
                head={"out_channels": 1, "kernel_size": 1, "bias": draw(st.booleans())},
                **films,
            )
        )
    return models.wavenet(*arrays, seed=draw(st.integers(0, 2**32 - 1)))
