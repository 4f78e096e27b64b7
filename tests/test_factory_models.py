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
        if path.suffix not in (".py", ".pyc")
    }
    assert data - carried == set()
    for folder in shipped:
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


@pytest.mark.parametrize("name", ["open-back-1x12", "closed-back-4x12"])
def test_a_cabinet_is_what_its_script_makes(name: str) -> None:
    taps, rate_hz = soundfile.read(MODELS / "cabs" / f"{name}.wav", dtype="float32")
    make_cab = tool("cabs/make_cab.py")
    assert rate_hz == make_cab["RATE_HZ"]
    np.testing.assert_allclose(taps, make_cab["impulse_response"](make_cab["CABINETS"][name]), atol=1e-6)


@pytest.mark.parametrize("name", ["open-back-1x12", "closed-back-4x12"])
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
