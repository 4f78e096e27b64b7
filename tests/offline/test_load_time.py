"""How long loading takes: every part is there, and the sums are right. How long is nobody's promise."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from pedal.cli.main import main
from pedal.offline import load_time
from pedal.offline.load_time import PARTS, format_times
from tests.nam.models import VECTORS


@pytest.fixture(autouse=True)
def one_fresh_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_time, "FRESH_ROUNDS", 1)


def test_every_part_is_timed() -> None:
    done = CliRunner().invoke(main, ["inspect", str(VECTORS / "syn_a2.nam"), "--time", "--json"])
    assert done.exit_code == 0, done.output
    times = json.loads(done.output)["load_s"]
    assert set(times) == {"warm", "least", "fresh"}
    assert set(times["fresh"]) == set(PARTS) and set(times["warm"]) == set(PARTS) - {"start"}
    assert all(0.0 < seconds < 60.0 for one in times.values() for seconds in one.values())
    assert all(times["least"][part] <= times["warm"][part] for part in times["warm"])


def test_the_table_adds_up() -> None:
    text = format_times({"warm": {"read": 0.001, "pack": 0.0025}, "fresh": {"start": 1.0}})
    lines = {line.split()[0]: line for line in text.splitlines()}
    assert lines["read"].split()[1:3] == ["1.00", "ms"]
    assert lines["together"].split()[1:] == ["3.50", "ms", "1000.00", "ms"]


def test_what_is_no_model_is_not_timed() -> None:
    done = CliRunner().invoke(main, ["inspect", str(VECTORS / "index.json"), "--time"])
    assert done.exit_code != 0


@pytest.mark.parametrize("options", [["--time"], []])
def test_the_report_shows_it_where_asked(options: list[str]) -> None:
    done = CliRunner().invoke(main, ["inspect", str(VECTORS / "syn_linear_40.nam"), *options])
    assert ("to the first sample" in done.output) == bool(options)
