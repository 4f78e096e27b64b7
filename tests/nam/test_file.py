"""Files from outside: what is accepted, what is refused, and in which words."""

from __future__ import annotations

import copy
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pedal.errors import ModelError
from pedal.layout import AMP_FIELDS_FRAMES, AMP_PAST, AMP_PLANS, AMP_TRIMS, MAX_WIDTHS
from pedal.nam import load_model, parse_model
from pedal.nam.file import MAX_FILE_BYTES
from tests.nam import models

Change = Callable[[dict[str, Any]], Any]


def refusal(document: Any) -> str:
    """The whole sentence that a document is refused with."""
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    with pytest.raises(ModelError) as caught:
        parse_model(data, "bad.nam")
    sentence = str(caught.value)
    assert sentence.startswith("bad.nam: ") and "\n" not in sentence
    return sentence


def layer(**changes: Any) -> Change:
    """Change keys of the first layer array; ... removes one."""

    def change(document: dict[str, Any]) -> None:
        target = document["config"]["layers"][0]
        for key, value in changes.items():
            if value is ...:
                del target[key]
            else:
                target[key] = value

    return change


def root(**changes: Any) -> Change:
    def change(document: dict[str, Any]) -> None:
        for key, value in changes.items():
            if value is ...:
                del document[key]
            else:
                document[key] = value

    return change


def config(**changes: Any) -> Change:
    return lambda document: root(**changes)(document["config"])


def weight(index: int, value: Any) -> Change:
    return lambda document: document["weights"].__setitem__(index, value)


def slices(*allowed: int) -> dict[str, Any]:
    return {"method": "slice_channels_uniform", "kwargs": {"allowed_channels": list(allowed)}}


PAIR = models.lstm(outputs=2) | {"sample_rate": 48000}
POST = {"channels": 3, "out_channels": 1, "kernel_sizes": [2, 3], "activation": "Tanh"}

HOSTILE: list[tuple[Change, list[str]]] = [
    (root(version=...), ["version is missing"]),
    (root(architecture=...), ["architecture is missing"]),
    (root(config=...), ["config is missing"]),
    (root(weights=...), ["weights is missing"]),
    (root(weights=..., weight=[]), ["weights is missing", "Did you mean 'weight'?"]),
    (root(version="0.7"), ["version is '0.7'", "0.7.0"]),
    (root(version="v0.7.0"), ["version is 'v0.7.0'"]),
    (root(version="0.7.0-rc1"), ["version is '0.7.0-rc1'"]),
    (root(version=""), ["version is ''"]),
    (root(version="٠.٧.٠"), ["three numbers"]),
    (root(version=0.7), ["version is the number 0.7 where text should be"]),
    (root(version="0.8.0"), ["newer", "Update the pedal"]),
    (root(version="1.0.0"), ["newer"]),
    (root(version="0.4.9"), ["older"]),
    (root(architecture="Wavenet"), ["unknown architecture 'Wavenet'", "Did you mean 'WaveNet'?"]),
    (root(architecture=["WaveNet"]), ["architecture is a list where text should be"]),
    (root(sample_rate="48000"), ["sample_rate is text where a number should be"]),
    (root(sample_rate=3), ["sample_rate is 3"]),
    (root(metadata={"loudness": "-18"}), ["metadata.loudness is text"]),
    (root(metadata=[]), ["metadata is a list where an object should be"]),
    (root(config=[]), ["config is a list where an object should be"]),
    (root(weights={}), ["weights is not a list"]),
    (root(weights=[]), ["weights holds 0 numbers; this network has 50"]),
    (weight(3, None), ["weights[3] is not a number"]),
    (weight(3, "1"), ["weights[3] is not a number"]),
    (weight(3, True), ["weights[3] is not a number"]),
    (weight(3, [1.0]), ["weights[3] is not a number"]),
    (weight(3, 1e39), ["weights[3] is not finite"]),
    (weight(3, -(10**400)), ["weights[3] is not finite"]),
    (weight(34, 3.4028236e38), ["weights[34] is not finite"]),
    (config(head_scale=...), ["config.head_scale is missing"]),
    (config(layers=...), ["config.layers is missing"]),
    (config(layers=[]), ["config.layers is empty"]),
    (config(layers={}), ["config.layers is an object where a list should be"]),
    (config(layers=[7]), ["config.layers[0] is the number 7 where an object should be"]),
    (config(layers=[{}] * 17), ["config.layers has 17 entries; at most 16"]),
    (config(in_channels=2), ["config.layers[0].condition_size is 1; what conditions it has 2 rows"]),
    (config(in_channels=0), ["config.in_channels is the number 0; it has to be 1 to 256"]),
    (config(head={"channels": 4}), ["config.head.kernel_sizes is missing"]),
    (config(head=POST | {"in_channels": 2}), ["config.head.in_channels is 2; the last array puts out 1"]),
    (config(head=POST | {"out_channels": 2}), ["weights holds 50 numbers; this network has 79"]),
    (config(head=POST | {"activation": None}), ["config.head.activation is null where text should be"]),
    (config(head=POST | {"kernel_sizes": []}), ["config.head.kernel_sizes is empty"]),
    (config(condition_dsp={}), ["config.condition_dsp.version is missing"]),
    (config(condition_dsp=7), ["config.condition_dsp is the number 7 where an object should be"]),
    (
        config(condition_dsp=models.lstm()),
        ["config.condition_dsp.sample_rate is 2000 Hz; the network around it has 48000"],
    ),
    (config(condition_dsp=PAIR), ["config.layers[0].condition_size is 1; what conditions it has 2 rows"]),
    (layer(channels=...), ["config.layers[0].channels is missing"]),
    (layer(channels=..., chanels=2), ["Did you mean 'chanels'?"]),
    (layer(channels=3.7), ["config.layers[0].channels is the number 3.7 where a whole number should be"]),
    (layer(channels=0), ["config.layers[0].channels is the number 0; it has to be 1 to 256"]),
    (layer(channels=10**30), ["config.layers[0].channels is a huge number"]),
    (layer(channels=True), ["config.layers[0].channels is true"]),
    (layer(channels=None), ["config.layers[0].channels is null"]),
    (layer(channels="2"), ["config.layers[0].channels is text"]),
    (layer(channels=3), ["weights holds 50 numbers; this network has"]),
    (layer(dilations=[]), ["config.layers[0].dilations is empty"]),
    (layer(dilations=[1, -2]), ["config.layers[0].dilations[1] is the number -2"]),
    (layer(dilations=[1, 2**40]), ["config.layers[0].dilations[1] is a huge number"]),
    (layer(dilations=[1] * 257), ["at most 256"]),
    (layer(kernel_size=...), ["config.layers[0] has neither of kernel_size and kernel_sizes"]),
    (layer(kernel_sizes=[3, 3]), ["config.layers[0] has both of"]),
    (layer(kernel_size=..., kernel_sizes=[3]), ["config.layers[0].kernel_sizes has 1 entries for 2 dilations"]),
    (layer(kernel_size=0), ["config.layers[0].kernel_size is the number 0; it has to be 1 to 4096"]),
    (layer(activation="GELU"), ["is GELU, which no player of this format knows"]),
    (layer(activation="tanh"), ["unknown activation 'tanh'", "Did you mean 'Tanh'?"]),
    (layer(activation=["Tanh"]), ["config.layers[0].activation has 1 entries for 2 dilations"]),
    (layer(activation={"type": 4}), ["config.layers[0].activation.type is the number 4"]),
    (layer(activation={}), ["config.layers[0].activation.type is missing"]),
    (layer(activation={"type": "LeakyReLU", "negative_slope": 1e39}), ["negative_slope is beyond"]),
    (layer(activation={"type": "PReLU", "negative_slopes": [0.1] * 3}), ["has 3 entries for 2 channels"]),
    (layer(condition_size=2), ["config.layers[0].condition_size is 2; what conditions it has 1 row"]),
    (layer(input_size=2), ["config.layers[0].input_size is 2; it follows an input of 1"]),
    (layer(gated=True), ["weights holds 50 numbers; this network has 82"]),
    (layer(gated=1), ["config.layers[0].gated is the number 1 where true or false should be"]),
    (layer(gating_mode="gated"), ["weights holds 50 numbers; this network has 82"]),
    (layer(gating_mode=["none", "blended"]), ["weights holds 50 numbers; this network has 66"]),
    (layer(gating_mode=["gated"]), ["config.layers[0].gating_mode has 1 entries for 2 dilations"]),
    (layer(gated=True, secondary_activation="sigmoid"), ["secondary_activation names the unknown activation"]),
    (layer(gated=True, secondary_activation=[None]), ["secondary_activation has 1 entries for 2 dilations"]),
    (layer(gating_mode="Gated"), ["unknown gating mode 'Gated'"]),
    (layer(conv_pre_film={}), ["weights holds 50 numbers; this network has 66"]),
    (layer(conv_pre_film=[]), ["config.layers[0].conv_pre_film is a list where an object should be"]),
    (layer(conv_pre_film={"groups": 3}), ["config.layers[0].conv_pre_film.groups is 3; 1 rows in and 4 out"]),
    (layer(head1x1_post_film={}), ["config.layers[0].head1x1_post_film is active, but what it would scale is not"]),
    (layer(head1x1={"active": True, "groups": 1}), ["config.layers[0].head1x1.out_channels is missing"]),
    (layer(head1x1={"active": True, "out_channels": 2}), ["config.layers[0].head1x1.groups is missing"]),
    (layer(head1x1={"active": True, "out_channels": 3, "groups": 2}), ["head1x1.groups is 2; 2 rows in and 3 out"]),
    (layer(groups_input=2), ["weights holds 50 numbers; this network has 38"]),
    (layer(groups_input=0), ["config.layers[0].groups_input is the number 0; it has to be 1 to 512"]),
    (layer(groups_input=3), ["config.layers[0].groups_input is 3; 2 rows in and 2 out do not divide by it"]),
    (layer(groups_input_mixin=2), ["config.layers[0].groups_input_mixin is 2; 1 rows in"]),
    (layer(layer1x1={"active": True}), ["config.layers[0].layer1x1.groups is missing"]),
    (layer(layer1x1={"active": False, "groups": 1}, bottleneck=1), ["config.layers[0].bottleneck is 1; without"]),
    (layer(slimmable={"method": "prune"}), ["config.layers[0].slimmable.method names the unknown way of slimming"]),
    (layer(slimmable={"method": 1}), ["config.layers[0].slimmable.method is the number 1 where text"]),
    (layer(slimmable=slices(1)), ["allowed_channels has to ascend and to end with all 2 channels"]),
    (layer(slimmable=slices(2, 1)), ["allowed_channels has to ascend"]),
    (layer(slimmable=slices(3)), ["allowed_channels[0] is the number 3; it has to be 1 to 2"]),
    (
        layer(slimmable=slices(1, 2), layer1x1={"active": True, "groups": 2}),
        ["slices channels, which a head of several"],
    ),
    (layer(head={"out_channels": 1, "kernel_size": 2, "bias": True}, slimmable=slices(1, 2)), ["slices channels"]),
    (layer(head=None), ["config.layers[0].head_size is missing", "Did you mean 'head'?"]),
    (layer(head={"out_channels": 2, "kernel_size": 1, "bias": True}), ["weights holds 50 numbers"]),
    (layer(head={"out_channels": 1, "kernel_size": 1, "bias": 1}), ["config.layers[0].head.bias is the number 1"]),
]


@pytest.mark.parametrize("change, words", HOSTILE, ids=[words[0][:60] for _, words in HOSTILE])
def test_refused_with_its_place(change: Change, words: list[str]) -> None:
    document = models.small()
    change(document)
    sentence = refusal(document)
    for word in words:
        assert word in sentence, sentence


def test_arrays_have_to_fit_each_other() -> None:
    second = models.array(3, [1], input_size=5)
    sentence = refusal(models.wavenet(models.array(2, [1]), second))
    assert "config.layers[1].input_size is 5; it follows the 2 channels of array 0" in sentence
    second["input_size"] = 2
    assert "config.layers[1] sums 3 head rows; array 0 hands over 1" in refusal(
        models.wavenet(models.array(2, [1]), second)
    )


CONTAINERS: list[tuple[dict[str, Any], str]] = [
    (models.container(), "config.submodels is empty"),
    (models.container((0.5, models.small()), (0.5, models.small())), "config.submodels[1].max_value is 0.5; it has"),
    (models.container((0.0, models.small()), (1.0, models.small())), "config.submodels[0].max_value is 0; it has"),
    (models.container((0.9, models.small())), "config.submodels[0].max_value is 0.9; the last one has to reach 1"),
    (
        models.container((1.0, models.small()), sample_rate=44100),
        "config.submodels[0].model.sample_rate is 48000 Hz inside a container of 44100 Hz",
    ),
    (models.container((1.0, {"version": "0.7.0"})), "config.submodels[0].model.config is missing"),
    (models.container((1.0, models.small() | {"weights": [1]})), "config.submodels[0].model.weights holds 1 numbers"),
    (
        models.container(*[(k + 1.0, models.small()) for k in range(33)]),
        "makes 33 widths; at most 32 are played",
    ),
    (models.container((1.0, models.small()), weights=...), "weights is missing"),
]


@pytest.mark.parametrize("document, words", CONTAINERS, ids=[words[:60] for _, words in CONTAINERS])
def test_containers_refused(document: dict[str, Any], words: str) -> None:
    document = {key: value for key, value in document.items() if value is not ...}
    assert words in refusal(document)


def test_containers_do_not_nest_for_ever() -> None:
    document = models.small()
    for _ in range(6):
        document = models.container((1.0, document))
    assert "is a model inside 4 others" in refusal(document)


def test_models_do_not_nest_for_ever() -> None:
    chain, condition = models.small(), models.small()
    for _ in range(6):
        chain = models.chain(chain)
        condition = models.small() | {"config": models.small()["config"] | {"condition_dsp": condition}}
    assert "is a model inside 4 others" in refusal(chain)
    assert "is a model inside 4 others" in refusal(condition)
    # Rates are looked up in no more places than there are.
    wide = models.small()
    for _ in range(10):
        wide = models.container((0.5, models.small()), (1.0, wide), sample_rate=None)
    assert "is a model inside 4 others" in refusal(wide)


def test_one_channel_comes_out() -> None:
    two = {"out_channels": 2, "kernel_size": 1, "bias": True}
    document = models.wavenet(models.array(2, [1], head=two))
    assert "config puts out 2 channels; a mono output is expected" in refusal(document)
    inside = models.container((0.5, models.small()), (1.0, document))
    assert "config.submodels[1].model.config puts out 2 channels" in refusal(inside)
    assert "config puts out 2 channels" in refusal(models.chain(models.small(), document))
    sentence = refusal(models.chain(document, models.small()))
    assert "config.models[1].config takes 1 channels; the model before it puts out 2" in sentence
    assert "config puts out 3 channels" in refusal(models.lstm(outputs=3))


def test_one_channel_goes_in() -> None:
    stereo = models.wavenet(models.array(2, [1], input_size=2, condition_size=2), config={"in_channels": 2})
    words = "takes 2 channels; a guitar has one, and no file says which of them it is. Choose a mono model."
    assert f"bad.nam: config {words}" in refusal(stereo)
    assert f"config.submodels[0].model.config {words}" in refusal(models.container((1.0, stereo)))
    assert f"bad.nam: config {words}" in refusal(models.chain(stereo, models.small()))
    # Between the models of a chain there may be any number of channels, if they agree.
    pair, three = (models.lstm(outputs=count) | {"sample_rate": 48000} for count in (2, 3))
    assert models.parse(models.chain(pair, stereo)).widths[0].spec.inputs == 1
    sentence = refusal(models.chain(three, stereo))
    assert "config.models[1].config takes 2 channels; the model before it puts out 3" in sentence
    inside = stereo | {"config": stereo["config"] | {"in_channels": 1}}
    assert "config.layers[0].condition_size is 2; what conditions it has 1 rows" in refusal(inside)
    conditioned = models.small()
    conditioned["config"]["condition_dsp"] = stereo
    assert "config.condition_dsp.config takes 2 channels; the network around it has 1" in refusal(conditioned)


def grouped(channels: int, kernel: int, layers: int = 1) -> dict[str, Any]:
    """A network of few weights and many zeros."""
    none = {"active": False, "groups": 1}
    shape = models.array(channels, [1] * layers, kernel_size=kernel, groups_input=channels, layer1x1=none)
    return models.wavenet(shape)


#: Each asks for a little more of one thing than there may be.
EXCESSIVE: list[tuple[dict[str, Any], str]] = [
    (models.wavenet(*[models.array(1, [1] * 205)] * 5), "config asks for 1025 layers; this pedal stops at 1024"),
    (grouped(256, 16), "config asks for 1049344 multiplications per frame; this pedal stops at 1048576"),
    (models.wavenet(models.array(3, [1 << 20] * 3)), "config asks for a history of 18874368 numbers; this pedal stops"),
    (models.convnet(3, [1 << 20] * 9), "config asks for a history of 26214400 numbers; this pedal stops"),
    (models.lstm(220, 1) | {"sample_rate": 48000}, "config asks for 4672800000 multiplications to settle in; this"),
    (
        models.container((0.5, grouped(256, 8)), (1.0, grouped(256, 8))),
        "config asks for 1050112 multiplications per frame",
    ),
    (models.chain(grouped(256, 8), grouped(256, 8)), "config asks for 1050112 multiplications per frame"),
]


@pytest.mark.parametrize("document, words", EXCESSIVE, ids=[words[:60] for _, words in EXCESSIVE])
def test_more_than_any_machine_plays_is_refused(document: dict[str, Any], words: str) -> None:
    assert words in refusal(document)


OTHERS: list[tuple[dict[str, Any], Change, str]] = [
    (models.lstm(), config(num_layers=0), "config.num_layers is the number 0; it has to be 1 to 16"),
    (models.lstm(), config(hidden_size=6), "weights holds 386 numbers; this network has"),
    (models.lstm(), config(input_size=2), "config.input_size is 2; in_channels is 1"),
    (models.lstm(), config(in_channels=2), "config.input_size is 1; in_channels is 2"),
    (models.lstm(), weight(3, 1e39), "weights[3] is not finite"),
    (models.convnet(3, [1, 2]), config(dilations=[]), "config.dilations is empty"),
    (models.convnet(3, [1, 2]), config(batchnorm=1), "config.batchnorm is the number 1"),
    (models.convnet(3, [1, 2]), config(activation="ELU"), "config.activation is ELU, which no player"),
    (models.convnet(3, [1, 2]), config(groups=3), "config.groups is 3; 1 rows in and 3 out do not divide by it"),
    (models.convnet(3, [1, 2]), weight(9, -1.0), "weights holds a running variance of layer 0 that is not above 0"),
    (models.linear(5), config(receptive_field=0), "config.receptive_field is the number 0"),
    (models.linear(5), config(receptive_field=6), "weights holds 6 numbers; this network has 7"),
    (models.linear(5), config(receptive_field=1 << 40), "config.receptive_field is a huge number"),
    (models.linear(5), config(out_channels=2), "config.out_channels is 2; an impulse response is expected to be mono"),
    (models.linear(5), config(in_channels=2), "config.in_channels is 2; an impulse response is expected to be mono"),
    (models.chain(models.small()), config(models=[]), "config.models is empty"),
    (models.chain(models.small()), root(weights=[1.0]), "weights is not empty"),
    (models.chain(models.small()), root(sample_rate=44100), "config.models[0].sample_rate is 48000 Hz inside a chain"),
    (models.chain(models.small(), models.lstm()), config(), "config.models[1].sample_rate is 2000 Hz inside a chain"),
]


@pytest.mark.parametrize("document, change, words", OTHERS, ids=[words[:60] for _, _, words in OTHERS])
def test_other_architectures_refused_with_their_place(document: dict[str, Any], change: Change, words: str) -> None:
    document = copy.deepcopy(document)
    change(document)
    assert words in refusal(document)


def test_slices_have_to_fit_each_other() -> None:
    first = models.array(4, [1], head={"out_channels": 3, "kernel_size": 1, "bias": True})
    second = models.array(
        3, [1], input_size=4, slimmable=slices(1, 3), head1x1={"active": True, "out_channels": 3, "groups": 1}
    )
    assert "config.layers[1] sums 3 head rows; array 0 hands over 1" in refusal(models.wavenet(first, second))


def test_too_many_slices_are_refused() -> None:
    shape = models.array(40, [1], slimmable={"method": "slice_channels_uniform"})
    assert "config makes 40 widths; at most 32 are played" in refusal(models.wavenet(shape))


@pytest.mark.parametrize(
    "data, words",
    [
        (b"", "the file is empty"),
        (b" \n\t", "the file is empty"),
        (b"[]", "the document is a list where an object should be"),
        (b"null", "the document is null"),
        (b"7", "the document is the number 7"),
        (b"{", "does not read as JSON"),
        (b'{"version": "0.7.0", ', "does not read as JSON"),
        (b'{"version": NaN}', "NaN is not a JSON number"),
        (b'{"version": -Infinity}', "-Infinity is not a JSON number"),
        (b'{"version": ' + b"9" * 5000 + b"}", "does not read as JSON (a number of thousands of digits)"),
        (b"\x00\xff\xfe RIFF", "does not read as JSON"),
        (b"[" * 100_000, "nested more than 64 deep"),
        (b'{"a":' * 10_000, "nested more than 64 deep"),
        (b'{"a": "' + b'\\"' * 50_000, "does not read as JSON"),
        (b'{"a": "' + b"\\" * 50_001, "does not read as JSON"),
        (b'{"a": "' + b"\\" * 500_001, "more than 131072 brackets, quotes and backslashes"),
        (b'{"a": [' + b'"",' * 70_000, "more than 131072 brackets, quotes and backslashes"),
        (b'{"a": [' + b"[]," * 140_000, "more than 131072 brackets, quotes and backslashes"),
    ],
)
def test_bytes_that_are_no_document(data: bytes, words: str) -> None:
    assert words in refusal(data)


def test_brackets_in_text_do_not_nest() -> None:
    document = models.small()
    document["notes"] = "[{" * 1000 + '\\"]'
    assert models.parse(document).widths


def test_what_is_tolerated() -> None:
    document = models.small()
    shape = document["config"]["layers"][0]
    shape.update(channels=2.0, gating_mode=None, conv_pre_film=None, head1x1=None, slimmable=None, bottleneck=None)
    shape.update(activation_pre_film=False, conv_post_film={"active": False}, unknown_key=[1])
    document.update(version="0.7.12", sample_rate=None, notes={"free": "text"})
    plain = json.dumps(document).encode()
    model = parse_model(b"\xef\xbb\xbf" + plain + b"\n\x00 trailing \xff", "tolerant.nam")
    assert model.widths[0].channels == (2,)
    twice = parse_model(b'{"version": "9.9.9", ' + plain[1:], "twice.nam")
    assert twice.widths[0].channels == (2,)
    assert twice.content_hash == hashlib.sha256(b'{"version": "9.9.9", ' + plain[1:]).hexdigest()


@pytest.mark.parametrize("key", ["loudness", "input_level_dbu", "output_level_dbu"])
@pytest.mark.parametrize("value", ["1e9", "-1e9", "1e300", "1e400", "-1e400", pytest.param("9" * 400, id="9...9")])
def test_levels_that_cannot_be_are_ignored_with_a_sentence(key: str, value: str) -> None:
    text = json.dumps(models.small() | {"metadata": {key: 0}}).replace(f'"{key}": 0', f'"{key}": {value}')
    model = parse_model(text.encode(), "absurd.nam")
    assert (model.loudness_db, model.input_level_dbu, model.output_level_dbu) == (None, None, None)
    (warning,) = model.warnings
    assert warning.startswith(f"metadata.{key} is ") and "which cannot be" in warning and "ignored" in warning


def test_what_the_container_states_wrongly_its_widest_width_may_state_rightly() -> None:
    document = models.container(
        (1.0, models.small() | {"metadata": {"loudness": -20.5}}), metadata={"loudness": 1e9, "input_level_dbu": 12}
    )
    model = models.parse(document)
    assert (model.loudness_db, model.input_level_dbu) == (-20.5, 12.0)
    assert len(model.warnings) == 1


def test_what_plays_and_what_loads_have_one_limit_of_widths() -> None:
    """All that the loader takes has room in an amp's record."""
    tiers = [(k + 1.0, models.small()) for k in range(MAX_WIDTHS)]
    assert len(models.parse(models.container(*tiers)).widths) == MAX_WIDTHS
    assert AMP_PLANS + MAX_WIDTHS <= AMP_FIELDS_FRAMES and AMP_TRIMS + MAX_WIDTHS <= AMP_PAST


def test_names_are_safe_to_print() -> None:
    document = models.small() | {"metadata": {"name": "a\x1b[31m\nb\ud800 " + "x" * 1000, "gear_type": 4}}
    model = parse_model(json.dumps(document).encode(), "loud.nam")
    assert model.name.startswith("a [31m b x") and len(model.name) <= 200
    assert model.name.isprintable() and model.gear_type == ""


def test_files(tmp_path: Path) -> None:
    good = tmp_path / "good.nam"
    good.write_text(json.dumps(models.small()))
    assert load_model(good).name == "made up"
    assert load_model(str(good)).content_hash == hashlib.sha256(good.read_bytes()).hexdigest()

    big = tmp_path / "big.nam"
    with big.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    os.mkfifo(tmp_path / "pipe.nam")
    (tmp_path / "empty.nam").touch()
    for name, words in {
        "big.nam": "larger than 8 MiB",
        "pipe.nam": "not a regular file",
        "empty.nam": "the file is empty",
        "missing.nam": "cannot read the model file (No such file",
        "nul\0.nam": "cannot read the model file",
        ".": "not a regular file",
    }.items():
        with pytest.raises(ModelError) as caught:
            load_model(tmp_path / name)
        assert words in str(caught.value)


def test_too_many_bytes_are_refused_unread() -> None:
    assert "larger than 8 MiB" in refusal(b" " * (MAX_FILE_BYTES + 1))
