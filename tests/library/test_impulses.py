"""Impulse responses: what is read, how it is shaped, what is refused."""

import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from pedal.errors import ImpulseError
from pedal.library.impulses import FADE_SHARE, MAX_TAPS, load_impulse, mean_power_gain, shape_impulse

RATE_HZ = 48000


def ringing(frames: int) -> np.ndarray:
    t = np.arange(frames)
    return np.sin(0.05 * t + 0.3) * np.exp(-t / 300.0)


def saved(path: Path, taps: np.ndarray, rate_hz: int = RATE_HZ, subtype: str = "FLOAT") -> Path:
    soundfile.write(path, taps, rate_hz, subtype=subtype, format="WAV")
    return path


def test_level_does_not_depend_on_the_file(tmp_path: Path) -> None:
    quiet = load_impulse(saved(tmp_path / "a.wav", 0.01 * ringing(2000)), RATE_HZ)
    loud = load_impulse(saved(tmp_path / "b.wav", 20.0 * ringing(2000)), RATE_HZ)
    assert quiet.dtype == np.float32
    assert np.allclose(quiet, loud, atol=1e-6)
    assert mean_power_gain(loud.astype(np.float64), RATE_HZ) == pytest.approx(1.0, rel=1e-5)


def test_a_single_tap_passes_everything_unchanged(tmp_path: Path) -> None:
    taps = load_impulse(saved(tmp_path / "a.wav", np.array([0.25])), RATE_HZ)
    assert taps == pytest.approx([1.0])


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
def test_every_sample_format(tmp_path: Path, subtype: str) -> None:
    taps = ringing(500)
    read = load_impulse(saved(tmp_path / "a.wav", taps, subtype=subtype), RATE_HZ)
    wanted = shape_impulse(taps, RATE_HZ)
    frames = min(read.size, wanted.size)
    assert np.max(np.abs(read[:frames] - wanted[:frames])) < (0.02 if subtype == "PCM_U8" else 2e-4) * wanted.max()


def test_two_channels_become_their_mean(tmp_path: Path) -> None:
    left, right = ringing(400), np.roll(ringing(400), 3)
    stereo = load_impulse(saved(tmp_path / "a.wav", np.column_stack([left, right])), RATE_HZ)
    mono = load_impulse(saved(tmp_path / "b.wav", (left + right) / 2), RATE_HZ)
    assert np.allclose(stereo, mono, atol=1e-6)


def test_a_long_one_is_cut_and_faded() -> None:
    taps = shape_impulse(np.random.default_rng(1).standard_normal(20_000), RATE_HZ)
    assert MAX_TAPS - 100 < taps.size <= MAX_TAPS
    fade = int(MAX_TAPS * FADE_SHARE)
    steady, faded = taps[: MAX_TAPS - fade], taps[MAX_TAPS - fade :]
    assert abs(faded[-1]) < 1e-3 * steady.max()
    assert np.std(faded) < 0.7 * np.std(steady)


def test_one_that_fits_is_not_faded() -> None:
    noise = np.random.default_rng(1).standard_normal(MAX_TAPS)
    taps = shape_impulse(noise, RATE_HZ)
    assert np.allclose(taps / taps[0], noise / noise[0], rtol=1e-5)


def test_an_end_that_nobody_hears_costs_nothing() -> None:
    taps = shape_impulse(np.concatenate([ringing(600), np.zeros(4000)]), RATE_HZ)
    assert taps.size <= 600
    loud_start = np.concatenate([ringing(3000), 1e-9 * np.ones(5000)])
    assert shape_impulse(loud_start, RATE_HZ).size < 5000


def test_refusals_in_one_sentence(tmp_path: Path) -> None:
    def refuses(path: Path, says: str) -> None:
        with pytest.raises(ImpulseError, match=says) as caught:
            load_impulse(path, RATE_HZ)
        assert path.name in str(caught.value)

    refuses(tmp_path / "none.wav", "no such file")
    refuses(saved(tmp_path / "rate.wav", ringing(100), 4000), "is sampled at 4000 Hz")
    refuses(saved(tmp_path / "quad.wav", np.ones((10, 4))), "4 channels")
    refuses(saved(tmp_path / "empty.wav", np.zeros(0)), "no samples")
    refuses(saved(tmp_path / "silent.wav", np.zeros(100)), "is silent")
    refuses(saved(tmp_path / "nan.wav", np.array([1.0, np.nan])), "not numbers")
    refuses(saved(tmp_path / "inf.wav", np.array([1.0, np.inf])), "not numbers")
    soundfile.write(tmp_path / "flac.wav", ringing(100), RATE_HZ, format="FLAC")
    refuses(tmp_path / "flac.wav", "is FLAC")
    (tmp_path / "text.wav").write_text("not sound")
    refuses(tmp_path / "text.wav", "not a WAV file")
    (tmp_path / "folder.wav").mkdir()
    refuses(tmp_path / "folder.wav", "not a regular file")


def test_too_large_a_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.wav"
    with path.open("wb") as file:
        file.truncate(33 * 1024 * 1024)
    with pytest.raises(ImpulseError, match="larger than"):
        load_impulse(path, RATE_HZ)


def test_a_header_that_lies_about_its_length(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.wav", ringing(100))
    data = bytearray(path.read_bytes())
    at = data.index(b"data") + 4
    data[at : at + 4] = struct.pack("<I", 0x7FFF_FFF0)
    path.write_bytes(data)
    assert 0 < load_impulse(path, RATE_HZ).size <= MAX_TAPS


@given(data=st.data())
def test_mutated_files_raise_nothing_but_impulse_errors(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = saved(tmp_path_factory.getbasetemp() / "mutated.wav", ringing(50))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    try:
        taps = load_impulse(path, RATE_HZ)
    except ImpulseError as error:
        assert "\n" not in str(error)
    else:
        assert np.isfinite(taps).all()
        assert 1 <= taps.size <= MAX_TAPS


def band_noise_response(rate_hz: int, seed: int = 3) -> np.ndarray:
    """One decaying mixture of sines below 6 kHz that rises within a millisecond, sampled at any rate."""
    rng = np.random.default_rng(seed)
    t = np.arange(int(0.03 * rate_hz)) / rate_hz
    tones = [(rng.uniform(100, 6000), rng.uniform(0, 1)) for _ in range(40)]
    rise = 1 - np.exp(-t / 0.0004)
    return rise**3 * np.exp(-t / 0.004) * sum(np.sin(2 * np.pi * hz * t + phase) for hz, phase in tones)


@pytest.mark.parametrize("rate_hz", [22050, 44100, 88200, 96000, 192000])
@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
def test_a_response_of_any_rate_and_depth_is_the_same_response(tmp_path: Path, rate_hz: int, subtype: str) -> None:
    """The same cabinet from a file at the pedal's rate and from one at another: same start, same sound below 6 kHz."""
    wanted = load_impulse(saved(tmp_path / "own.wav", 0.05 * band_noise_response(RATE_HZ)), RATE_HZ)
    got = load_impulse(saved(tmp_path / "other.wav", 0.05 * band_noise_response(rate_hz), rate_hz, subtype), RATE_HZ)
    a, b = (np.fft.rfft(taps.astype(np.float64), 8192) for taps in (wanted, got))
    below = slice(int(100 / RATE_HZ * 8192), int(6000 / RATE_HZ * 8192))
    error_db = 10 * np.log10(np.sum(np.abs(a - b)[below] ** 2) / np.sum(np.abs(a)[below] ** 2))
    assert error_db < -45.0


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", [1.7e308, np.inf])
def test_channels_whose_mean_is_beyond_all_numbers(tmp_path: Path, value: float) -> None:
    path = tmp_path / "loud.wav"
    soundfile.write(path, np.array([[value, value if np.isfinite(value) else -value]] * 20), 48000, subtype="DOUBLE")
    with pytest.raises(ImpulseError, match="not numbers"):
        load_impulse(path, 48000)
