"""What a model says about itself, as values and as text."""

import json
from dataclasses import replace

import pytest

from pedal.nam import Model, load_model
from pedal.offline.inspect import describe_model, format_report
from pedal.paths import factory_dir


@pytest.fixture(scope="module")
def starter() -> Model:
    return load_model(factory_dir("models") / "starter-crunch.nam")


def test_values(starter: Model) -> None:
    about = describe_model(starter)
    assert about["architecture"] == "container of 2 A2 WaveNets"
    assert about["sample_rate_hz"] == 48000
    assert about["breakpoints"] == [0.5]
    lite, full = about["widths"]
    assert (lite["label"], lite["channels"], lite["weights"], lite["macs_per_frame"]) == ("Lite", [3], 1871, 1731)
    assert (full["label"], full["channels"], full["weights"], full["macs_per_frame"]) == ("Full", [8], 12146, 11776)
    assert full["receptive_field_frames"] == 6347
    assert full["receptive_field_s"] == pytest.approx(6347 / 48000)
    assert about["warnings"] == []
    assert json.loads(json.dumps(about)) == about


def test_text(starter: Model) -> None:
    report = format_report(describe_model(starter))
    assert "container of 2 A2 WaveNets" in report
    assert "6347 frames, 132.2 ms" in report
    assert "-10.8 dB" in report
    assert "note:" not in report
    assert all(len(line) <= 100 for line in report.splitlines())


def test_what_is_missing_is_said(starter: Model) -> None:
    bare = replace(
        starter,
        sample_rate_hz=None,
        loudness_db=None,
        gain=None,
        gear_type="",
        widths=starter.widths[:1],
        breakpoints=(),
    )
    about = describe_model(bare)
    assert about["architecture"] == "A2 WaveNet"
    assert len(about["warnings"]) == 3
    assert about["widths"][0]["receptive_field_s"] == pytest.approx(6347 / 48000)
    report = format_report(about)
    assert report.count("note:") == 3
    assert "sample rate    not said" in report


def test_another_rate_is_said(starter: Model) -> None:
    about = describe_model(replace(starter, sample_rate_hz=44100.0))
    assert "it plays on a card that runs at 44100 Hz or a whole multiple of it" in about["warnings"]
