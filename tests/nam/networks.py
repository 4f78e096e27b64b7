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
activations = st.sampled_from(ACTIVATIONS)


@st.composite
def networks(draw: st.DrawFn) -> dict[str, Any]:
    """Any network, of any architecture, with weights."""
    document = draw(st.one_of(wavenets(), wavenets(), wavenets(), simple_networks(), chains()))
    return models.filled(document, seed=draw(st.integers(0, 2**32 - 1)))


def simple_networks(outputs: int = 1) -> st.SearchStrategy[dict[str, Any]]:
    """Linear, ConvNet and LSTM."""
    lstm = st.builds(
        lambda hidden, layers: {"input_size": 1, "hidden_size": hidden, "num_layers": layers, "out_channels": outputs},
        st.integers(1, 9),
        st.integers(1, 3),
    )
    convnet = st.fixed_dictionaries(
        {
            "channels": st.integers(1, 9),
            "dilations": st.lists(st.integers(0, 30), min_size=1, max_size=4),
            "batchnorm": st.booleans(),
            "activation": activations,
            "out_channels": st.just(outputs),
        }
    )
    linear = st.fixed_dictionaries({"receptive_field": st.integers(1, 200), "bias": st.booleans()})
    made = [("LSTM", lstm), ("ConvNet", convnet)] + ([("Linear", linear)] if outputs == 1 else [])
    # At a low rate the half second in which recurrent networks settle has few frames.
    return st.one_of(
        *(
            config.map(lambda config, name=name: models.document(name, config, sample_rate=1000))
            for name, config in made
        )
    )


def chains() -> st.SearchStrategy[dict[str, Any]]:
    """Several networks one after the other."""
    return st.lists(simple_networks(), min_size=1, max_size=3).map(lambda parts: models.chain(*parts))


@st.composite
def wavenets(draw: st.DrawFn, outputs: int = 1, nested: bool = False) -> dict[str, Any]:
    """One to three arrays that fit each other, with any option."""
    condition, rows = None, 1
    if not nested and draw(st.booleans()):
        rows = draw(st.integers(1, 4))
        condition = draw(st.one_of(wavenets(rows, True), simple_networks(rows)))
    arrays: list[dict[str, Any]] = []
    for k in range(draw(st.integers(1, 3))):
        arrays.append(draw(layer_arrays(arrays[-1] if k else None, rows)))
    post = None
    if draw(st.booleans()):
        count = draw(st.integers(1, 3))
        post = {
            "channels": draw(st.integers(1, 5)),
            "out_channels": outputs,
            "kernel_sizes": draw(st.lists(st.integers(1, 4), min_size=count, max_size=count)),
            "activation": draw(activations),
        }
    else:
        arrays[-1]["head"]["out_channels"] = outputs
    config = {"layers": arrays, "head": post, "head_scale": 0.02, "condition_dsp": condition}
    return models.document("WaveNet", config, sample_rate=1000)


@st.composite
def plain_wavenets(draw: st.DrawFn) -> dict[str, Any]:
    """WaveNets without gates, FiLMs and the like, with weights."""
    arrays: list[dict[str, Any]] = []
    for k in range(draw(st.integers(1, 3))):
        arrays.append(draw(layer_arrays(arrays[-1] if k else None, 1, plain=True)))
    arrays[-1]["head"]["out_channels"] = 1
    return models.wavenet(*arrays, seed=draw(st.integers(0, 2**32 - 1)))


@st.composite
def layer_arrays(draw: st.DrawFn, before: dict[str, Any] | None, rows: int, plain: bool = False) -> dict[str, Any]:
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

    def groups(*sides: int) -> int:
        most = gcd(*sides)
        return draw(st.sampled_from([g for g in range(1, most + 1) if most % g == 0]))

    films: dict[str, Any] = {}
    widths = (channels, inner, rows, inner, inner, inner, channels * residual, sums)
    for place, width in zip(twin.FILMS, widths, strict=True):
        if width and not plain and draw(st.integers(0, 3)) == 0:
            films[place] = {"active": True, "shift": draw(st.booleans()), "groups": groups(rows, width)}
    return models.array(
        channels,
        dilations,
        bottleneck=inner,
        input_size=before["channels"] if before else 1,
        condition_size=rows,
        kernel_size=None,
        kernel_sizes=[draw(st.integers(1, 6)) for _ in dilations],
        activation=[draw(activations) for _ in dilations],
        gating_mode=modes,
        secondary_activation=[draw(activations) for _ in dilations],
        layer1x1={"active": residual, "groups": groups(channels, inner)},
        head1x1={"active": True, "out_channels": sums, "groups": groups(inner, sums)} if sums else None,
        groups_input=groups(channels, inner),
        groups_input_mixin=groups(rows, inner),
        head={
            "out_channels": draw(st.integers(1, 8)),
            "kernel_size": draw(st.integers(1, 20)),
            "head_dilation": draw(st.integers(1, 3)),
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
                activation=draw(activations),
                gated=gated,
                slimmable=allowed(channels),
                bottleneck=None if arrays else draw(st.sampled_from((None, 1, 3, 5))),
                head={"out_channels": 1, "kernel_size": 1, "bias": draw(st.booleans())},
                **films,
            )
        )
    return models.wavenet(*arrays, seed=draw(st.integers(0, 2**32 - 1)))
