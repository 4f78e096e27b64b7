"""Live commands over a real socket: what they ask, and what they print of the answer."""

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from pedal.cli.main import main
from pedal.cli.talking import format_status
from pedal.panel import protocol
from pedal.panel.hands_requests import AssignSwitch, Expression, Midi
from tests.cli.answering import Panel

STATUS = {
    "preset": "Crunch\x1b[2J",
    "preset_number": 1,
    "preset_count": 4,
    "edited": True,
    "snapshot": 3,
    "snapshots": [{"number": 3, "name": "Chorus"}],
    "audio": "playing",
    "bypassed": False,
    "board": "virtual",
    "rate_hz": 48000,
    "period_frames": 256,
    "cpu_scale": 20.0,
    "load_mean": 0.456,
    "load_worst": 0.81,
    "budget": 0.7,
    "input": "right",
    "in_peak_db": -12.34,
    "out_peak_db": -8.0,
    "xruns": 0,
    "overruns": 1,
    "woken_late": 2,
    "periods_played": 1000,
    "frame": 480000,
    "message": "",
    "safe_mode": "",
    "dry": False,
    "amps": [
        {
            "id": "amp",
            "model": "Starter",
            "width": "Lite",
            "widths": ["Lite", "Full"],
            "held_down": True,
            "quality": "auto",
        },
        {
            "id": "push",
            "model": "Starter",
            "width": "",
            "widths": ["Lite", "Full"],
            "held_down": False,
            "quality": "lite",
        },
    ],
    "blocks": [{"id": "amp", "on": True, "load": 0.31}, {"id": "room", "on": False, "load": 0.0}],
    "width_changes": [{"frame": 336000, "amp": "amp", "from": "Full", "to": "Lite", "reason": "room for push"}],
}


LEVELS = {
    "output": "normalised",
    "target_db": -18.0,
    "calibrate_input": True,
    "channel": "left",
    "channel_chosen": False,
    "board_dbu": None,
    "amps": [
        {
            "id": "amp",
            "model": "Starter\x1b[2J",
            "input_gain_db": 0.0,
            "input": "the board does not say its input level, so none is assumed: 0.0 dB",
            "output_gain_db": -7.23,
            "output": "target -18.0 dB - loudness -10.8 dB (stated) = -7.2 dB",
        }
    ],
}


@pytest.fixture
def panel() -> Iterator[Panel]:
    with tempfile.TemporaryDirectory(prefix="pedal-") as directory:  # short enough for a socket's name
        panel = Panel(Path(directory))
        yield panel
        panel.close()


@pytest.mark.parametrize(
    ("arguments", "request_made"),
    [
        (["preset", "next"], protocol.SelectPreset(step=1)),
        (["preset", "previous"], protocol.SelectPreset(step=-1)),
        (["preset", "Clean edge"], protocol.SelectPreset(name="Clean edge")),
        (["looper", "record"], protocol.Loop(verb="record")),
        (["looper", "status"], protocol.Loop()),
        (["looper", "--level", "-3.5"], protocol.Loop(level_db=-3.5)),
        (["bypass", "on"], protocol.Bypass(on=True)),
        (["bypass", "off"], protocol.Bypass(on=False)),
        (["bypass", "toggle"], protocol.Bypass(on=None)),
        (["set", "amp.drive_db", "3"], protocol.SetParam(target="amp.drive_db", value="3")),
        (["set", "amp.drive_db", "-3.5"], protocol.SetParam(target="amp.drive_db", value="-3.5")),
        (["set", "delay1.time_s", "350", "ms"], protocol.SetParam(target="delay1.time_s", value="350 ms")),
        (["set", "amp.drive_db", "-6dB"], protocol.SetParam(target="amp.drive_db", value="-6dB")),
        (["output", "--set", "bass_db", "-3 dB"], protocol.Output(values={"bass_db": "-3 dB"})),
        (["set", "output.mute", "on"], protocol.SetParam(target="output.mute", value="on")),
        (["block", "push", "on"], protocol.SwitchBlock(block="push", on=True)),
        (["block", "push", "off"], protocol.SwitchBlock(block="push", on=False)),
        (["width", "2..full"], protocol.SetWidth(width="2..full")),
        (["width", "auto"], protocol.SetWidth(width="auto")),
        (["width", "lite", "--amp", "2"], protocol.SetWidth(width="lite", amp=2)),
        (["levels"], protocol.SetLevels()),
        (["levels", "raw"], protocol.SetLevels(output="raw")),
        (["levels", "--target-db", "-12.5"], protocol.SetLevels(target_db=-12.5)),
        (
            ["levels", "normalised", "--calibrate-input", "off"],
            protocol.SetLevels(output="normalised", calibrate_input=False),
        ),
        (["input"], protocol.Input()),
        (["input", "right"], protocol.Input(channel="right")),
        (["press", "next"], protocol.Press(switch="next")),
        (["status"], protocol.Status()),
        (["switch", "next"], AssignSwitch(switch="next")),
        (["switch", "next", "bypass:delay1"], AssignSwitch(switch="next", action="bypass:delay1")),
        (["switch", "next", "board", "--on", "hold"], AssignSwitch(switch="next", gesture="hold", action="board")),
        (["expression"], Expression()),
        (["expression", "heel"], Expression(end="heel")),
        (["expression", "--moves", "wah1.position"], Expression(moves="wah1.position")),
        (["expression", "forget"], Expression(end="forget")),
    ],
)
def test_what_is_asked(panel: Panel, arguments: list[str], request_made: protocol.AnyRequest) -> None:
    panel.result = {"status": STATUS, "levels": LEVELS}.get(arguments[0], {})
    done = panel.called(*arguments)
    assert done.exit_code == 0
    assert done.output == "" or arguments[0] in ("status", "levels")
    assert panel.asked == [request_made]


def test_the_pedal_is_shown_both_of_its_ends(panel: Panel) -> None:
    assert panel.called("expression", "learn").exit_code == 0
    assert panel.asked == [Expression(end="heel"), Expression(end="toe")]


@pytest.mark.parametrize(
    ("arguments", "request_made"),
    [
        (["list"], Midi()),
        (["forget", "74"], Midi(forget=74)),
        (["forget", "--all"], Midi(forget=-1)),
    ],
)
def test_midi(panel: Panel, arguments: list[str], request_made: Midi) -> None:
    done = CliRunner().invoke(main, ["midi", *arguments, "--runtime-dir", str(panel.directory)])
    assert done.exit_code == 0 and panel.asked == [request_made]


def test_a_controller_that_nobody_moved_is_an_error(panel: Panel) -> None:
    panel.result = {"controllers": {}, "learning": None}
    done = CliRunner().invoke(main, ["midi", "learn", "--runtime-dir", str(panel.directory), "tuner"])
    assert done.exit_code == 1 and "no controller was moved" in done.stderr
    assert panel.asked == [Midi(learn="tuner"), Midi()]


def test_levels_are_told_with_their_arithmetic(panel: Panel) -> None:
    panel.result = LEVELS
    said = panel.called("levels").output
    assert "normalised, target -18.0 dB" in said
    assert "board     not known" in said
    assert "guitar    left, as the board says" in said
    assert "output  target -18.0 dB - loudness -10.8 dB (stated) = -7.2 dB" in said
    assert "\x1b" not in said
    assert json.loads(panel.called("levels", "--json").output) == LEVELS


@pytest.mark.parametrize("target_db", ["nan", "inf", "1e9", "3", "-41"])
def test_a_target_that_cannot_be_is_not_sent(panel: Panel, target_db: str) -> None:
    done = panel.called("levels", "--target-db", target_db)
    assert done.exit_code == 1
    assert "out of range. Use -40 to 0 dB." in done.stderr
    assert panel.asked == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["levels", "loud"],
        ["input", "middle"],
        ["levels", "--target-db", "loud"],
        ["bypass", "maybe"],
        ["set", "drive_db", "3"],
        ["set", "amp.drive_db"],
        ["block", "push", "toggle"],
        ["width", "0.5"],
        ["width", "full..lite.."],
        ["switch", "next", "tap", "--on", "kick"],
        ["expression", "knee"],
        ["midi", "forget"],
        ["midi", "forget", "3", "--all"],
        ["midi", "forget", "120"],
        ["midi", "learn"],
        ["width", "lite", "--amp", "0"],
        ["press"],
    ],
)
def test_usage_errors_ask_nothing(panel: Panel, arguments: list[str]) -> None:
    assert panel.called(*arguments).exit_code == 2
    assert panel.asked == []


def test_a_refusal_is_one_line(panel: Panel) -> None:
    panel.refusal = "there is no block 'puhs'. Did you mean 'push'?"
    done = panel.called("block", "puhs", "on")
    assert done.exit_code == 1
    assert done.stderr.startswith("pedal: there is no block 'puhs'")
    assert done.stderr.count("\n") == 1


def test_status_for_people(panel: Panel) -> None:
    panel.result = STATUS
    assert panel.called("status").output.splitlines() == [
        "Crunch?[2J, snapshot 3, edited (1 of 4): playing",
        "board virtual, 48000 Hz, periods of 256 frames; this machine counts as one 20 times slower",
        "",
        "amp       Starter: Lite (not enough CPU for Full)",
        "push      Starter: off, you chose lite",
        "blocks    amp 31%, room off",
        "load      46% of a period; budget 70%, worst so far 81%",
        "levels    in (right) -12.3 dBFS, out -8.0 dBFS",
        "gaps      0 xruns, 1 periods overran, 2 woken late in 1000 periods",
        "width     3 s ago amp Full -> Lite: room for push",
    ]


def test_a_pedal_that_is_not_in_the_wire_says_so(panel: Panel) -> None:
    panel.result = STATUS | {"dry": True}
    line = "wire      dry: the guitar goes straight through. `systemctl status pedal-audio` says why."
    assert line in panel.called("status").output.splitlines()


def test_status_says_what_is_learnt(panel: Panel) -> None:
    panel.result = {**STATUS, "learning": {"done": 6, "count": 28, "label": "Reverb spring"}}
    assert "learning  what effects cost: 7 of 28, Reverb spring" in panel.called("status").output


def test_status_for_programs(panel: Panel) -> None:
    panel.result = STATUS
    assert json.loads(panel.called("status", "--json").output) == STATUS


def test_nothing_to_say_is_nothing() -> None:
    assert format_status({}) == ""


def test_no_pedal_is_one_line_and_the_environment_says_where(monkeypatch: pytest.MonkeyPatch, panel: Panel) -> None:
    with tempfile.TemporaryDirectory() as empty:
        monkeypatch.setenv("PEDAL_RUNTIME_DIR", empty)
        done = CliRunner().invoke(main, ["status"])
    assert done.exit_code == 3
    assert done.stderr == "pedal: the pedal is not running. Start it with `pedal run`.\n"
    monkeypatch.setenv("PEDAL_RUNTIME_DIR", os.fspath(panel.directory))
    panel.result = STATUS
    assert CliRunner().invoke(main, ["status"]).exit_code == 0
