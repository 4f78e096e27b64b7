"""``pedal governor``: what it asks of the pedal, and how it says the answer."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pedal.cli.governor_text import governor_text
from pedal.cli.main import main
from pedal.panel.control import SOCKET_NAME, ControlServer
from pedal.panel.protocol import Explain, MeasureCosts

TOLD: dict[str, Any] = {
    "budget": 0.7,
    "load": 0.41,
    "free": 0.29,
    "free_at_most": 0.35,
    "slowness": 1.0,
    "rate_hz": 48000,
    "period_frames": 64,
    "cpu_scale": 1.0,
    "blocks": [
        {
            "id": "amp",
            "kind": "amp",
            "on": True,
            "tail": False,
            "waits": False,
            "load": 0.22,
            "cost": 0.23,
            "source": "corrected",
        },
        {
            "id": "~old",
            "kind": "delay",
            "on": False,
            "tail": True,
            "waits": False,
            "load": 0.01,
            "cost": 0.012,
            "source": "estimated",
        },
        {
            "id": "room",
            "kind": "reverb",
            "on": False,
            "tail": False,
            "waits": True,
            "load": 0.0,
            "cost": 0.3,
            "source": "measured",
        },
        {
            "id": "eq",
            "kind": "eq",
            "on": False,
            "tail": False,
            "waits": False,
            "load": 0.0,
            "cost": None,
            "source": "unknown",
        },
    ],
    "amps": [
        {
            "id": "amp",
            "model": "Plexi\x1b[2J",
            "width": "Lite",
            "quality": "lite",
            "widths": [{"label": "Lite", "cost": 0.08}, {"label": "Full", "cost": 0.31}],
        }
    ],
    "room": [
        {"what": "Tone", "cost": 0.011, "fits": "now"},
        {"what": "Delay", "cost": 0.12, "fits": "now"},
        {"what": "Reverb hall", "cost": 0.31, "fits": "narrower"},
        {"what": "Amp", "cost": 0.4, "fits": "no"},
    ],
    "learning": {"done": 6, "count": 28, "label": "Reverb spring"},
    "to_learn": 22,
    "known": 12,
    "changes": [
        {
            "kind": "width",
            "block": "amp",
            "from": "Full",
            "to": "Lite",
            "reason": "Plays Lite: not enough CPU for Full + Reverb",
            "ago_s": 12.3,
            "load_before": 0.64,
            "load_after": 0.41,
        }
    ],
}


def test_it_is_said_in_plain_words() -> None:
    text = governor_text(TOLD)
    assert "load 41 % of a period; budget 70 %, 29 % free" in text
    assert "Room for: Tone 1.1 %, Delay 12 %" in text
    assert "Once amps are narrower: Reverb hall 31 %" in text
    assert "No room for: Amp (needs 40 %, 35 % free)" in text
    assert "Lite 8.0 % (plays), Full 31 %; you chose lite" in text
    assert "Learning: 7 of 28, Reverb spring" in text
    assert "12 s ago amp Full -> Lite: Plays Lite: not enough CPU for Full + Reverb (load 64 % -> 41 %)" in text
    rows = [line.split() for line in text.splitlines()]
    assert ["amp", "amp", "22", "%", "23", "%", "heard", "playing"] in rows
    assert ["~old", "delay", "rings", "out", "1.2", "%", "of", "another", "period"] in rows
    assert ["room", "reverb", "waits", "30", "%", "measured"] in rows
    assert ["eq", "eq", "off", "-", "not", "known", "yet"] in rows
    assert "\x1b" not in text, "names come from files: a terminal must not obey them"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"slowness": 1.6}, "things take 1.60 times what they usually take"),
        ({"cpu_scale": 14.0}, "this machine counts as one 14 times slower"),
        ({"learning": None}, "Still to be measured, when nobody wants anything: 22 kinds of block"),
        ({"learning": None, "to_learn": 0, "amps": [], "room": [], "changes": [], "blocks": []}, "12 costs known"),
    ],
)
def test_what_is_special_is_said_too(changed: dict[str, Any], said: str) -> None:
    assert said in governor_text(TOLD | changed)


@pytest.fixture
def pedal(tmp_path: Path) -> Iterator[tuple[Path, list[Any]]]:
    """A socket that answers what a pedal would."""
    items: queue.SimpleQueue[Any] = queue.SimpleQueue()
    asked: list[Any] = []

    def serve() -> None:
        while (item := items.get()) is not None:
            asked.append(item.request)
            item.answer({"measuring": 29} if isinstance(item.request, MeasureCosts) else TOLD)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with ControlServer(tmp_path / SOCKET_NAME, items):
        yield tmp_path, asked
    items.put(None)
    thread.join(5.0)


def run(folder: Path, *words: str) -> str:
    result = CliRunner().invoke(main, ["governor", *words, "--runtime-dir", str(folder)])
    assert result.exit_code == 0, result.output
    return result.output


def test_it_asks_the_pedal(pedal: tuple[Path, list[Any]]) -> None:
    folder, asked = pedal
    assert run(folder) == governor_text(TOLD) + "\n"
    assert json.loads(run(folder, "--json")) == TOLD
    assert "29 blocks" in run(folder, "measure")
    assert json.loads(run(folder, "measure", "--json")) == {"measuring": 29}
    assert [type(request) for request in asked] == [Explain, Explain, MeasureCosts, MeasureCosts]


def test_no_pedal_is_one_sentence(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["governor", "--runtime-dir", str(tmp_path)])
    assert result.exit_code != 0 and "not running" in result.output
