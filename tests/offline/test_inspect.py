"""What a model says about itself, as values and as text."""

import json
from dataclasses import replace

import pytest

from pedal.levels import Levels, Measured
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
    assert "loudness       not said; not measured" in report


def test_levels_line_by_line(starter: Model) -> None:
    known = replace(starter, input_level_dbu=19.0, output_level_dbu=10.0)
    about = describe_model(known, Levels(output="calibrated", board_dbu=12.0))
    assert about["levels"]["input"] == {"gain_db": -7.0, "why": "board 12.0 dBu - model 19.0 dBu = -7.0 dB"}
    modes = about["levels"]["output"]
    assert (modes["raw"]["gain_db"], modes["calibrated"]["gain_db"]) == (0.0, -2.0)
    assert modes["normalised"]["gain_db"] == pytest.approx(-18.0 - (starter.loudness_db or 0.0), abs=0.01)
    report = format_report(about).splitlines()
    assert "  input:  board 12.0 dBu - model 19.0 dBu = -7.0 dB" in report
    assert "  output:    raw: 0.0 dB" in report
    assert "  output: -> calibrated: model 10.0 dBu - board 12.0 dBu = -2.0 dB" in report
    assert json.loads(json.dumps(about)) == about


def test_what_was_measured_is_shown(starter: Model) -> None:
    measured = replace(starter, loudness_db=None).with_measured(Measured(-12.34, (0.5, 0.0)))
    about = describe_model(measured)
    assert (about["loudness_db"], about["measured_loudness_db"]) == (None, -12.34)
    assert [width["trim_db"] for width in about["widths"]] == [0.5, 0.0]
    report = format_report(about)
    assert "loudness       not said; -12.3 dB measured here" in report
    assert "target -18.0 dB - loudness -12.3 dB (measured) = -5.7 dB" in report
    lite, full = report.splitlines()[-2:]
    assert lite.endswith("+0.5 dB") and full.endswith("none")
    assert "note:" not in report


def test_what_nobody_believes_is_noted(starter: Model) -> None:
    warned = replace(starter, warnings=("metadata.loudness is 1e+09, which cannot be: ignored",))
    assert "note: metadata.loudness is 1e+09, which cannot be: ignored" in format_report(describe_model(warned))


def test_another_rate_is_said(starter: Model) -> None:
    about = describe_model(replace(starter, sample_rate_hz=44100.0))
    assert "it plays on a card that runs at 44100 Hz or a whole multiple of it" in about["warnings"]
