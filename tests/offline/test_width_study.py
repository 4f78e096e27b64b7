"""Nobody hears a width change, measured at the amp's output: a little every day, ``slow`` is the whole study."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from pedal.errors import PedalError
from pedal.nam import Model, load_model
from pedal.offline.width_demo import width_demo
from pedal.offline.width_stage import Ask, Floats, Stage, Take, cpu_hog, pure_takes, random_asks
from pedal.offline.width_study import judge_edges, narrowing_costs, pure_by_changes, treble_taps, waits_s, worst_error
from pedal.paths import factory_dir
from pedal.rig.splice import WARM_S
from tests.nam import models

RATE_HZ = 48000
PERIODS = (16, 64, 128)
#: Drives of the factory presets.
DRIVES_DB = (0.0, -6.0, -9.0, -12.0, -15.0)


@pytest.fixture(scope="module")
def starter() -> Model:
    return load_model(factory_dir("models") / "starter-crunch.nam")


@pytest.fixture(scope="module")
def guitar() -> Floats:
    return np.asarray(soundfile.read(factory_dir("models") / "takes" / "guitar-dry.flac", dtype="float32")[0])


def inaudible(takes: list[tuple[Take, list[Floats]]]) -> None:
    edges = [edge for take, pures in takes for edge in judge_edges(take, pures)]
    treble = [edge.treble_db for edge in edges]
    assert max(edge.step_ratio for edge in edges) <= 1.01
    assert np.percentile(treble, 99) <= 1.0
    assert max(treble) <= 2.0


@pytest.mark.parametrize("n", PERIODS)
def test_exact_and_inaudible(starter: Model, guitar: Floats, n: int) -> None:
    x = guitar[2 * RATE_HZ : 10 * RATE_HZ]
    pures = pure_takes(starter, x, RATE_HZ)
    stage = Stage(starter, RATE_HZ, n)
    take = stage.play(x, random_asks(starter, x.size, 40, seed=n), stage.by_turns(seed=n))
    assert len(take.changes) >= 20
    assert worst_error(take, pures) <= 1e-5
    inaudible([(take, pures)])
    splices = np.abs(take.samples - pure_by_changes(take, pures))
    first = take.changes[0].frame
    assert splices[first : first + int(WARM_S * RATE_HZ)].max() > 0.0  # it is the splices that are left out


def test_any_number_of_widths(guitar: Floats) -> None:
    tiers = [
        (edge, models.wavenet(models.array(channels, [1, 2, 16, 64]), seed=channels))
        for edge, channels in ((0.25, 2), (0.5, 3), (0.75, 4), (1.0, 6))
    ]
    model = models.parse(models.container(*tiers))
    x = guitar[2 * RATE_HZ : 6 * RATE_HZ]
    pures = pure_takes(model, x, RATE_HZ)
    stage = Stage(model, RATE_HZ, 64)
    take = stage.play(x, random_asks(model, x.size, 60, seed=4), stage.by_turns(seed=4))
    assert {(c.before, c.after) for c in take.changes} >= {(3, 0), (0, 3), (1, 2), (2, 1)}
    assert worst_error(take, pures) <= 1e-5


def test_there_and_back_at_once(starter: Model, guitar: Floats) -> None:
    """After a widening the width that played is still warm: the way back takes no chase."""
    x = guitar[4 * RATE_HZ : 6 * RATE_HZ]
    pures = pure_takes(starter, x, RATE_HZ)
    stage = Stage(starter, RATE_HZ, 64)
    back = [Ask(k * 9600 + 64 * j, (k + j) % 2) for k in range(10) for j in range(3)]
    take = stage.play(x, back, stage.by_turns(seed=2, least=4, most=12))
    assert worst_error(take, pures) <= 1e-5
    assert waits_s(take, wider=False).max() <= 2 * 64 / RATE_HZ


def test_narrowing_has_no_cost_peak(starter: Model, guitar: Floats) -> None:
    """Ratios of one thread's CPU time in one process; what the machine does beside it falls out in the medians."""
    x = np.tile(guitar[4 * RATE_HZ : 14 * RATE_HZ], 2)
    asks = [Ask(4000 * k + 1000, k % 2) for k in range(x.size // 4000)]
    stage = Stage(starter, RATE_HZ, 64)
    costs = narrowing_costs(stage.play(x, asks, stage.by_turns(seed=3, least=6)))
    assert max(costs) <= 1.05


def test_beside_a_real_understudy(starter: Model, guitar: Floats) -> None:
    x = guitar[4 * RATE_HZ : 7 * RATE_HZ]
    stage = Stage(starter, RATE_HZ, 64)
    with stage.side_by_side() as wait:
        take = stage.play(x, random_asks(starter, x.size, 12, seed=6), wait)
    assert take.changes
    assert all(change.warm for change in take.changes)
    assert worst_error(take, pure_takes(starter, x, RATE_HZ)) <= 1e-5


def test_the_study_finds_what_is_wrong(starter: Model, guitar: Floats) -> None:
    """A cut without splice has treble; a wrong sample far from any change is an error."""
    x = guitar[4 * RATE_HZ : 8 * RATE_HZ]
    pures = pure_takes(starter, x, RATE_HZ)
    stage = Stage(starter, RATE_HZ, 64)
    take = stage.play(x, random_asks(starter, x.size, 20, seed=8), stage.by_turns(seed=8))
    cut = pure_by_changes(take, pures)
    cut_take = Take(cut, RATE_HZ, 64, take.changes, take.widths, take.costs_ns)
    assert max(edge.treble_db for edge in judge_edges(cut_take, pures)) > 3.0
    cut[take.changes[0].frame - 100] += 0.01
    assert worst_error(cut_take, pures) > 0.005


def test_treble_filter() -> None:
    response = np.abs(np.fft.rfft(treble_taps(RATE_HZ), 4800))
    assert response[: int(0.18 * 4800)].max() < 1e-4  # below 8.6 kHz
    np.testing.assert_allclose(response[int(0.24 * 4800) :], 1.0, atol=1e-4)  # above 11.5 kHz


def test_demo_writes_takes_report_and_picture(tmp_path: Path) -> None:
    source = factory_dir("models")
    report = width_demo(source / "starter-crunch.nam", source / "takes" / "guitar-dry.flac", tmp_path / "new")
    assert json.loads((tmp_path / "new" / "report.json").read_text()) == report
    takes = [
        soundfile.read(tmp_path / "new" / f"{name}.wav", dtype="float32")[0] for name in ("full", "lite", "switch")
    ]
    full, lite, switch = takes
    assert soundfile.info(tmp_path / "new" / "switch.wav").subtype == "FLOAT"
    assert len(report["width_changes"]) >= 10
    pure, at_frame = full.copy(), 0
    near = np.zeros(full.size, bool)
    for change in report["width_changes"]:
        assert change["frame"] > at_frame
        at_frame = change["frame"]
        assert {change["from"], change["to"]} == {"Full", "Lite"}
        pure[at_frame:] = (full if change["to"] == "Full" else lite)[at_frame:]
        near[at_frame : at_frame + int(0.005 * RATE_HZ)] = True
    assert np.abs(switch - pure)[~near].max() <= 1e-5 * np.abs(full).max()
    assert Image.open(tmp_path / "new" / "change.png").size == (1280, 860)


def test_demo_needs_two_widths_and_a_folder(tmp_path: Path) -> None:
    single = tmp_path / "single.nam"
    single.write_text(json.dumps(models.small()))
    source = factory_dir("models")
    with pytest.raises(PedalError, match="only one width"):
        width_demo(single, source / "takes" / "guitar-dry.flac", tmp_path)
    with pytest.raises(PedalError, match="cannot be written"):
        width_demo(source / "starter-crunch.nam", source / "takes" / "guitar-dry.flac", single)


@pytest.mark.study
def test_study_a_minute_at_every_drive_and_period(starter: Model, guitar: Floats) -> None:
    x = np.tile(guitar, 3)[: 60 * RATE_HZ]
    found = []
    for drive_db in DRIVES_DB:
        pures = pure_takes(starter, x, RATE_HZ, drive_db)
        for n in PERIODS:
            stage = Stage(starter, RATE_HZ, n, drive_db)
            take = stage.play(x, random_asks(starter, x.size, 220, seed=n), stage.by_turns(seed=n, least=2, most=16))
            assert worst_error(take, pures) <= 1e-5
            found.append((take, pures))
    assert sum(len(take.changes) for take, _ in found) >= 2000
    inaudible(found)


@pytest.mark.study
@pytest.mark.parametrize("hogs", [0, 2])
@pytest.mark.parametrize("n", PERIODS)
def test_study_beside_a_real_understudy(starter: Model, guitar: Floats, n: int, hogs: int) -> None:
    x = np.tile(guitar, 3)[: 60 * RATE_HZ]
    stage = Stage(starter, RATE_HZ, n)
    with cpu_hog(hogs) if hogs else nullcontext(), stage.side_by_side() as wait:
        take = stage.play(x, random_asks(starter, x.size, 240, seed=n), wait)
    pures = pure_takes(starter, x, RATE_HZ)
    assert len(take.changes) >= 200
    assert worst_error(take, pures) <= 1e-5
    inaudible([(take, pures)])
