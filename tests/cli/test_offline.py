"""`pedal render` and `pedal inspect`, as they are called."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

from pedal.cli.main import main
from pedal.paths import factory_dir

VECTORS = Path(__file__).parents[1] / "vectors"
STARTER = str(factory_dir("models") / "starter-crunch.nam")
RATE_HZ = 48000


@pytest.fixture
def source(tmp_path: Path) -> Path:
    t = np.arange(5000) / RATE_HZ
    soundfile.write(tmp_path / "in.wav", 0.2 * np.sin(2 * np.pi * 220 * t), RATE_HZ)
    return tmp_path / "in.wav"


def render(source: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["render", str(source), str(source.with_name("out.wav")), *options])


@pytest.mark.parametrize("slim", ["0.0", "1.0"])
@pytest.mark.parametrize("block_frames", ["1", "16", "37", "64", "256"])
def test_raw_renders_are_those_of_the_reference(tmp_path: Path, slim: str, block_frames: str) -> None:
    samples = np.load(VECTORS / "input_16384.npy").ravel()
    wanted = np.load(VECTORS / f"syn_a2_at_{slim}_16384.npy").ravel().astype(np.float64)
    soundfile.write(tmp_path / "in.wav", samples, RATE_HZ, subtype="FLOAT")
    model = str(VECTORS / "syn_a2.nam")
    done = render(tmp_path / "in.wav", "--model", model, "--raw", "--width", slim, "--block", block_frames)
    assert done.exit_code == 0, done.output
    out, _ = soundfile.read(tmp_path / "out.wav", dtype="float64")
    assert out.shape == wanted.shape
    assert np.sum((out - wanted) ** 2) / np.sum(wanted**2) < 1e-11
    assert np.max(np.abs(out - wanted)) < 1e-5 * np.max(np.abs(wanted))


def test_names_of_the_library_and_of_widths(source: Path) -> None:
    outputs = {}
    for width in ("full", "lite", "0.2", "1"):
        done = render(source, "--model", "starter-crunch.nam", "--raw", "--width", width)
        assert done.exit_code == 0, done.output
        assert f"out.wav: 5000 frames, {RATE_HZ} Hz, mono, peak -" in done.stdout
        outputs[width], _ = soundfile.read(source.with_name("out.wav"))
    assert np.array_equal(outputs["lite"], outputs["0.2"])
    assert np.array_equal(outputs["full"], outputs["1"])
    assert not np.array_equal(outputs["full"], outputs["lite"])


@pytest.mark.parametrize("preset", ["crunch", "02-clean-edge", "Two amps", "04-stack"])
def test_factory_presets_play(source: Path, preset: str) -> None:
    done = render(source, "--preset", preset)
    assert done.exit_code == 0, done.output
    out, rate_hz = soundfile.read(source.with_name("out.wav"))
    assert (out.shape, rate_hz) == ((5000, 2), RATE_HZ)
    assert 0.001 < np.abs(out).max() <= 1.0


def test_a_preset_file(source: Path) -> None:
    mine = source.with_name("mine.toml")
    mine.write_text('name = "Mine"\n[output]\nlevel_db = -6.0\n')
    assert render(source, "--preset", str(mine)).exit_code == 0
    out, _ = soundfile.read(source.with_name("out.wav"))
    assert 0.05 < np.abs(out).max() < 0.2
    mine.write_text('name = "Mine"\n[output]\nlevl_db = -6.0\n')
    done = render(source, "--preset", str(mine))
    assert done.exit_code == 1
    assert "mine.toml, [output]: block 'output' has no parameter 'levl_db'" in done.stderr


def test_a_broken_preset_plays_as_before_and_says_so(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    presets = source.with_name("presets")
    presets.mkdir()
    monkeypatch.setenv("PEDAL_PRESETS_DIR", str(presets))
    shutil.copy(factory_dir("models") / "presets" / "02-clean-edge.toml", presets / "mine.toml.previous")
    (presets / "mine.toml").write_text("broken")
    done = render(source, "--preset", "mine")
    assert done.exit_code == 0
    assert "is not TOML" in done.stderr


def test_stereo_input_is_said(source: Path) -> None:
    soundfile.write(source, np.zeros((100, 2)), RATE_HZ)
    done = render(source, "--model", STARTER, "--raw")
    assert "2 channels, their mean was played" in done.stderr


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ([], "--model or --preset"),
        (["--model", STARTER, "--preset", "crunch"], "--model or --preset"),
        (["--preset", "crunch", "--raw"], "--raw plays a bare model"),
        (["--model", STARTER, "--raw", "--output", "raw"], "--raw has no levels"),
        (["--model", STARTER, "--output", "loud"], "--output"),
        (["--model", STARTER, "--width", "wide"], "'wide' is not full, lite"),
        (["--model", STARTER, "--width", "1.5"], "'1.5' is not full, lite"),
        (["--model", STARTER, "--width", "nan"], "'nan' is not full, lite"),
        (["--model", STARTER, "--block", "0"], "--block"),
        (["--model", STARTER, "--block", "5000"], "--block"),
    ],
)
def test_usage_errors(source: Path, options: list[str], says: str) -> None:
    done = render(source, *options)
    assert done.exit_code == 2
    assert says in done.stderr
    assert not source.with_name("out.wav").exists()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--model", "starter-cruch.nam"], "Did you mean 'starter-crunch.nam'?"),
        (["--model", "./none.nam"], "none.nam"),
        (["--preset", "crunhc"], "there is no preset 'crunhc'"),
        (["--preset", "./none.toml"], "none.toml: there is no such file"),
        (["--preset", "crunch", "--block", "300"], "300 frames"),
        (["--model", STARTER, "--target-db", "3"], "target_db = 3.0 is out of range. Use -40 to 0 dB."),
        (["--model", STARTER, "--board", "virtal"], "Known: audio-injector"),
    ],
)
def test_errors_are_one_line(source: Path, options: list[str], says: str) -> None:
    done = render(source, *options)
    assert done.exit_code == 1
    assert done.stderr.startswith("pedal: ")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert not source.with_name("out.wav").exists()


@pytest.fixture
def stated(tmp_path: Path) -> Path:
    """A model that does nothing, stating all its levels, captured with something that takes 19 dBu."""
    metadata = {"loudness": -20.0, "input_level_dbu": 19.0, "output_level_dbu": 10.0}
    config = {"receptive_field": 1, "bias": False}
    document = {"version": "0.7.0", "architecture": "Linear", "config": config, "weights": [1.0], "metadata": metadata}
    (tmp_path / "stated.nam").write_text(json.dumps(document))
    return tmp_path / "stated.nam"


@pytest.fixture
def board(tmp_path: Path) -> str:
    """12 dBu reach full scale."""
    text = '[audio]\ncard = "Zero"\n'
    (tmp_path / "mine.toml").write_text(f"input_dbu_at_0dbfs = 12.0\n{text}")
    return str(tmp_path / "mine.toml")


@pytest.mark.parametrize(
    ("options", "settings", "with_board", "wanted_db"),
    [
        ([], "", False, 2.0),
        ([], "", True, 2.0),  # 7 dB less in, and for a model that does nothing 7 dB more out
        ([], "calibrate_input = false", True, 2.0),
        ([], "target_db = -12.0", False, 8.0),
        (["--target-db", "-30"], "target_db = -12.0", False, -10.0),
        (["--output", "raw"], "", False, 0.0),
        (["--output", "raw"], "", True, -7.0),
        ([], 'output = "raw"\ncalibrate_input = false', True, 0.0),
        (["--output", "calibrated"], "", True, -7.0 - 2.0),
        (["--output", "calibrated"], "", False, 2.0),  # the board does not say: normalised
    ],
)
def test_renders_come_out_at_the_levels_that_are_set(
    source: Path,
    stated: Path,
    board: str,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    settings: str,
    with_board: bool,
    wanted_db: float,
) -> None:
    monkeypatch.setenv("PEDAL_SETTINGS", str(source.with_name("settings.toml")))
    monkeypatch.setenv("PEDAL_BOARD", board) if with_board else monkeypatch.delenv("PEDAL_BOARD", raising=False)
    source.with_name("settings.toml").write_text(f"[levels]\n{settings}\n")
    done = render(source, "--model", str(stated), *options)
    assert done.exit_code == 0, done.output
    dry, wet = (soundfile.read(source.with_name(name))[0] for name in ("in.wav", "out.wav"))
    rms = [np.sqrt(np.mean(x[2000:].reshape(3000, -1)[:, 0] ** 2)) for x in (dry, wet)]
    assert 20 * np.log10(rms[1] / rms[0]) == pytest.approx(wanted_db, abs=0.1)


def test_inspect_shows_the_arithmetic(stated: Path, board: str) -> None:
    done = CliRunner().invoke(main, ["inspect", str(stated), "--board", board])
    assert done.exit_code == 0, done.output
    assert "input:  board 12.0 dBu - model 19.0 dBu = -7.0 dB" in done.output
    assert "calibrated: model 10.0 dBu - board 12.0 dBu = -2.0 dB" in done.output
    assert "-> normalised: target -18.0 dB - loudness -27.0 dB (stated -20.0 dB, -7.0 dB for" in done.output
    done = CliRunner().invoke(main, ["inspect", str(stated), "--json"])
    assert json.loads(done.output)["levels"]["input"]["gain_db"] == 0.0


def test_settings_that_are_broken_are_said(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEDAL_SETTINGS", str(source.with_name("settings.toml")))
    source.with_name("settings.toml").write_text("[levels]\noutput = 'loud'")
    done = render(source, "--model", STARTER)
    assert done.exit_code == 1
    assert "settings.toml: 'loud' is no output mode" in done.stderr


def test_inspect() -> None:
    done = CliRunner().invoke(main, ["inspect", "starter-crunch.nam"])
    assert done.exit_code == 0
    assert "container of 2 A2 WaveNets" in done.output
    done = CliRunner().invoke(main, ["inspect", STARTER, "--json"])
    assert [width["label"] for width in json.loads(done.output)["widths"]] == ["Lite", "Full"]


def test_inspect_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "x.nam").write_text("{")
    done = CliRunner().invoke(main, ["inspect", str(tmp_path / "x.nam")])
    assert done.exit_code == 1
    assert done.stderr.startswith("pedal: x.nam: ")
