"""Sound files: read as mono, written whole or not at all, refused in a sentence."""

import os
import resource
import signal
from pathlib import Path

import numpy as np
import pytest
import soundfile

from pedal.offline.wav import SoundFileError, open_reader, open_writer

RATE_HZ = 48000


def noise(frames: int, channels: int = 1) -> np.ndarray:
    return np.random.default_rng(7).uniform(-1, 1, (frames, channels)).astype(np.float32)


def read_all(path: Path, block_frames: int = 100) -> np.ndarray:
    with open_reader(path) as reader:
        return np.concatenate(list(reader.blocks(block_frames)))


@pytest.mark.parametrize("frames", [1, 99, 100, 101, 1000])
def test_every_frame_is_read_once(tmp_path: Path, frames: int) -> None:
    samples = noise(frames)
    soundfile.write(tmp_path / "a.wav", samples, RATE_HZ, subtype="FLOAT")
    assert np.array_equal(read_all(tmp_path / "a.wav"), samples[:, 0])


def test_channels_become_their_mean(tmp_path: Path) -> None:
    samples = noise(500, 2)
    soundfile.write(tmp_path / "a.wav", samples, RATE_HZ, subtype="FLOAT")
    with open_reader(tmp_path / "a.wav") as reader:
        assert (reader.channels, reader.frames, reader.rate_hz) == (2, 500, RATE_HZ)
        mono = np.concatenate(list(reader.blocks(64)))
    assert np.allclose(mono, samples.mean(axis=1), atol=1e-7)


def test_written_samples_are_exact_floats(tmp_path: Path) -> None:
    samples = 3 * noise(300, 2)
    with open_writer(tmp_path / "a.wav", 44100, 2, 300) as writer:
        writer.write(samples[:100])
        writer.write(samples[100:])
        assert not (tmp_path / "a.wav").exists()
    read, rate_hz = soundfile.read(tmp_path / "a.wav", dtype="float32")
    assert rate_hz == 44100
    assert np.array_equal(read, samples)
    assert soundfile.info(tmp_path / "a.wav").subtype == "FLOAT"


def test_nothing_is_left_when_writing_fails(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"before")
    with pytest.raises(RuntimeError, match="half way"), open_writer(tmp_path / "a.wav", RATE_HZ, 1, 10) as writer:
        writer.write(noise(10)[:, 0])
        raise RuntimeError("half way")
    assert (tmp_path / "a.wav").read_bytes() == b"before"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
        try:
            with open_writer(tmp_path / "a.wav", RATE_HZ, 1, 100_000) as writer:
                for _ in range(100):
                    writer.write(noise(1000)[:, 0])
        except SoundFileError as error:
            os._exit(0 if "cannot be written" in str(error) else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert list(tmp_path.iterdir()) == []


def test_refusals(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("not sound")
    bad = noise(300)
    bad[250] = np.nan
    soundfile.write(tmp_path / "nan.wav", bad, RATE_HZ, subtype="FLOAT")
    os.mkfifo(tmp_path / "pipe.wav")
    for name, says in [
        ("none.wav", "there is no such file"),
        ("text.wav", "cannot be read as a sound file"),
        ("nan.wav", "frame 250 is not a number"),
        ("pipe.wav", "is not a file"),
        ("", "is not a file"),
    ]:
        with pytest.raises(SoundFileError, match=says):
            read_all(tmp_path / name)


@pytest.mark.parametrize(("name", "says"), [("none/a.wav", "no such folder"), (".", "is a folder")])
def test_places_that_cannot_be_written(tmp_path: Path, name: str, says: str) -> None:
    with pytest.raises(SoundFileError, match=says), open_writer(tmp_path / name, RATE_HZ, 1, 10):
        pass


def test_what_does_not_fit_the_format_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(SoundFileError, match="do not fit"), open_writer(tmp_path / "a.wav", RATE_HZ, 2, 2**30):
        pass
