"""What is shipped in ``models/`` is what its descriptions say."""

from __future__ import annotations

import hashlib
import runpy
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from pedal.paths import factory_dir

MODELS = factory_dir("models")
TAKE = MODELS / "takes" / "guitar-dry.flac"


CABINETS = sorted(path.stem for path in (MODELS / "cabs").glob("*.wav"))


def tool(name: str) -> dict[str, Any]:
    """What the script ``name`` below ``models/`` defines; it does not run as a program."""
    return runpy.run_path(str(MODELS / name))


def test_a_wheel_carries_every_factory_file() -> None:
    clone = Path(__file__).resolve().parents[1]
    shipped = tomllib.loads((clone / "pyproject.toml").read_text())["tool"]["setuptools"]["data-files"]
    carried = {path for patterns in shipped.values() for pattern in patterns for path in clone.glob(pattern)}
    data = {
        path
        for name in ("board", "models")
        for path in (clone / name).rglob("*.*")
        if path.suffix not in (".py", ".pyc") and "train" not in path.parts
    }
    assert data - carried == set()
    for folder in (folder for folder in shipped if folder.startswith("share/pedal/")):
        assert (clone / Path(folder).relative_to("share/pedal")).is_dir()


def test_the_take_is_the_one_its_provenance_describes() -> None:
    samples, rate_hz = soundfile.read(TAKE, dtype="int16")
    assert (rate_hz, samples.ndim) == (48000, 1)
    assert TAKE.stat().st_size <= 1_000_000
    assert hashlib.sha256(samples.astype("<i2").tobytes()).hexdigest() in TAKE.with_suffix(".txt").read_text()


def test_the_take_loops_and_has_room() -> None:
    samples, rate_hz = soundfile.read(TAKE)
    assert not samples[: rate_hz // 10].any()
    assert not samples[-rate_hz // 2 :].any()
    assert 20.0 * np.log10(np.abs(samples).max()) == pytest.approx(-6.0, abs=0.01)
    assert 20.0 < len(samples) / rate_hz < 30.0


@pytest.mark.parametrize("name", CABINETS)
def test_a_cabinet_is_what_its_script_makes(name: str) -> None:
    taps, rate_hz = soundfile.read(MODELS / "cabs" / f"{name}.wav", dtype="float32")
    make_cab = tool("cabs/make_cab.py")
    assert rate_hz == make_cab["RATE_HZ"]
    np.testing.assert_allclose(taps, make_cab["impulse_response"](make_cab["CABINETS"][name]), atol=1e-6)


@pytest.mark.parametrize("name", CABINETS)
def test_a_cabinet_keeps_the_level_and_starts_at_once(name: str) -> None:
    taps, rate_hz = soundfile.read(MODELS / "cabs" / f"{name}.wav")
    spectrum = np.abs(np.fft.rfft(taps, 65536)) ** 2
    frequencies_hz = np.fft.rfftfreq(65536, 1.0 / rate_hz)
    octaves = [
        spectrum[(frequencies_hz >= low) & (frequencies_hz < 2 * low)].mean() for low in (80, 160, 320, 640, 1280, 2560)
    ]
    assert 10.0 * np.log10(np.mean(octaves)) == pytest.approx(0.0, abs=0.5)
    assert np.abs(taps).argmax() < 16
    assert abs(taps[-1]) < 1e-6
    assert np.square(taps[2048:]).sum() < 1e-5 * np.square(taps).sum()


@pytest.mark.parametrize("name", CABINETS)
def test_a_cabinet_is_not_a_sample_late(name: str) -> None:
    taps, rate_hz = soundfile.read(MODELS / "cabs" / f"{name}.wav")
    response = np.fft.rfft(taps, 65536)
    soonest = tool("cabs/acoustics.py")["minimum_phase"](np.abs(response))
    hz = np.fft.rfftfreq(65536, 1.0 / rate_hz)
    band = (hz > 100.0) & (hz < 6000.0)
    phase = np.unwrap(np.angle(soonest / response))[band]
    delay_frames = np.polyfit(2.0 * np.pi * hz[band] / rate_hz, phase, 1)[0]
    # Not nought, because 32-bit samples have a floor near half the rate that the true response has not.
    assert abs(delay_frames) < 0.6


def test_every_cabinet_of_the_script_is_shipped() -> None:
    assert sorted(tool("cabs/make_cab.py")["CABINETS"]) == CABINETS


def test_a_microphone_hears_less_top_off_the_axis_and_more_bottom_close_by() -> None:
    acoustics = tool("cabs/acoustics.py")
    cone, hz = acoustics["Cone"](0.127, 0.03, 2200.0, 6.0, 4000.0), acoustics["frequencies_hz"]()

    def level_db(distance_m: float, offset_m: float, low_hz: float, high_hz: float) -> float:
        response = acoustics["at_microphone"](cone, acoustics["Microphone"](distance_m, offset_m))
        band = (hz >= low_hz) & (hz < high_hz)
        return float(10.0 * np.log10(np.mean(np.abs(response[band]) ** 2)))

    assert level_db(0.05, 0.0, 3000.0, 6000.0) > level_db(0.05, 0.11, 3000.0, 6000.0) + 3.0
    assert level_db(0.05, 0.0, 60.0, 100.0) > level_db(0.5, 0.0, 60.0, 100.0) + 6.0
    # Bessel functions against Abramowitz & Stegun, table 9.1.
    np.testing.assert_allclose(acoustics["bessel"](0, np.array([1.0, 2.4])), [0.7651976866, 0.0025076833], atol=1e-9)
    np.testing.assert_allclose(acoustics["bessel"](1, np.array([1.0, 2.4])), [0.4400505857, 0.5201852682], atol=1e-9)


def test_notes_of_the_score_stay_on_the_guitar() -> None:
    make_take = tool("takes/make_take.py")
    score, beats = make_take["score"]()
    keys = {message[1] for _, _, message in score.events if message[0] & 0xF0 == 0x90}
    assert min(keys) >= 40
    assert max(keys) <= 88
    assert 45 < beats < 55
    assert make_take["score"]()[0].midi_file() == score.midi_file()


def test_variable_length_numbers_of_midi() -> None:
    encode = tool("takes/make_take.py")["variable_length"]
    known = {0: "00", 0x7F: "7f", 0x80: "8100", 0x3FFF: "ff7f", 0x4000: "818000", 0x0FFFFFFF: "ffffff7f"}
    assert {value: encode(value).hex() for value in known} == known
