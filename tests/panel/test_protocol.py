"""The protocol: what was said is what is understood, and nothing else is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal.errors import ControlError
from pedal.panel import protocol
from pedal.panel.chain_requests import GetParam, ShowChain
from pedal.panel.desk_requests import HoldPreset, Show, Things
from pedal.panel.feed_requests import ReadLog, Subscribe
from pedal.panel.preset_requests import WritePreset

REQUESTS: list[protocol.Request] = [
    protocol.Status(id=7),
    protocol.Press(switch="bypass"),
    protocol.SelectPreset(name="Crunch"),
    protocol.SelectPreset(step=-1),
    protocol.Bypass(),
    protocol.Bypass(on=True),
    protocol.SetParam(target="amp1.drive_db", value=-3.5),
    protocol.SetParam(target="amp1.stereo", value="twice"),
    protocol.SwitchBlock(block="cab1", on=False),
    protocol.SetWidth(width="lite", amp=2),
    protocol.SetWidth(width="auto"),
    protocol.SetLevels(),
    protocol.SetLevels(output="raw", target_db=-12.5, calibrate_input=False),
    protocol.Loop(),
    protocol.Loop(verb="overdub"),
    protocol.Loop(level_db=-3.0),
    protocol.Page(scale=4),
    protocol.Reload(),
    protocol.SetUp(),
    protocol.SetUp(step="strum"),
    protocol.SetParam(target="amp1.drive_db", value=1.0, step=True),
    ShowChain(),
    GetParam(target="amp1.drive_db"),
    Subscribe(topics=["meters", "log"], rate_hz=10.0),
    Subscribe(topics=[]),
    ReadLog(lines=3),
    WritePreset(preset="Crunch", text="name = 3", instead_of=""),
    Show(),
    Show(mark="0123"),
    Things(kind="model", start=200, look=True),
    HoldPreset(text='name = "A"', key="01-a", instead_of="0123"),
]


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda r: type(r).__name__)
def test_requests_come_back_as_they_were(request_: protocol.Request) -> None:
    line = protocol.format_request(request_)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert protocol.parse_request(line) == request_


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (b"", "not understood"),
        (b"hello", "not understood"),
        (b"[]", "Expected `object`"),
        (b'{"cmd":"status"}', "speaks no version, the pedal version 1"),
        (b'{"v":2,"cmd":"status"}', "speaks version 2, the pedal version 1"),
        (b'{"v":1}', "`cmd`"),
        (b'{"v":1,"cmd":"explode"}', "explode"),
        (b'{"v":1,"cmd":"status","now":true}', "unknown field `now`"),
        (b'{"v":1,"cmd":"page","path":"/etc/passwd"}', "unknown field `path`"),
        (b'{"v":1,"cmd":"preset"}', "a name or a step"),
        (b'{"v":1,"cmd":"preset","name":"a","step":1}', "a name or a step"),
        (b'{"v":1,"cmd":"preset","step":2}', "step"),
        (b'{"v":1,"cmd":"subscribe"}', "topics"),
        (b'{"v":1,"cmd":"subscribe","topics":["gossip"]}', "gossip"),
        (b'{"v":1,"cmd":"subscribe","topics":["log","log","log","log","log","log"]}', "topics"),
        (b'{"v":1,"cmd":"subscribe","topics":["log"],"rate_hz":1000}', "rate_hz"),
        (b'{"v":1,"cmd":"preset","name":""}', "name"),
        (b'{"v":1,"cmd":"set","target":"a.b","value":[3]}', "value"),
        (b'{"v":1,"cmd":"set","target":"a.b","value":1e999}', "value"),
        (b'{"v":1,"cmd":"set","target":"a.b","value":NaN}', "not understood"),
        (b'{"v":1,"cmd":"width","width":"wide"}', "width"),
        (b'{"v":1,"cmd":"looper","verb":"reverse"}', "verb"),
        (b'{"v":1,"cmd":"looper","level_db":NaN}', "not understood"),
        (b'{"v":1,"cmd":"width","width":"full","amp":0}', "amp"),
        (b'{"v":1,"cmd":"bypass","on":1}', "on"),
        (b'{"v":1,"cmd":"page","scale":1000000}', "scale"),
        (b'{"v":1,"id":-1,"cmd":"status"}', "id"),
        (b'{"v":1,"cmd":"press","switch":"\xff"}', "not understood"),
        (b'{"v":1,"cmd":"press","switch":"' + b"a" * 300 + b'"}', "length"),
        (b'{"v":1,"x":' + b"[" * 30000 + b"]" * 30000 + b"}", "recursion"),
        (b" " * (protocol.REQUEST_CAP_BYTES + 1), "longer than"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value,
)
def test_anything_else_is_refused_in_a_line(line: bytes, complaint: str) -> None:
    with pytest.raises(ControlError, match=complaint) as caught:
        protocol.parse_request(line)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_garbage_never_gets_further(line: bytes) -> None:
    with pytest.raises(ControlError):
        protocol.parse_request(line)
    assert protocol.request_id(line) == 0
    with pytest.raises(ControlError):
        protocol.parse_reply(line)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
COMMANDS = ["status", "press", "preset", "bypass", "set", "block", "width", "page", "stop", "reload"]
FIELDS = ["switch", "name", "step", "on", "target", "value", "block", "width", "amp", "scale", "id"]


@given(st.sampled_from(COMMANDS), st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=3))
def test_any_fields_are_a_request_or_a_sentence(command: str, fields: dict[str, object]) -> None:
    line = json.dumps({"v": 1, "cmd": command, **fields}).encode()
    try:
        parsed = protocol.parse_request(line)
    except ControlError:
        return
    assert protocol.parse_request(protocol.format_request(parsed)) == parsed


@given(st.integers(0, 2**53), st.dictionaries(st.text(max_size=10), JSON, max_size=4))
def test_results_come_back(reply_id: int, result: dict[str, object]) -> None:
    reply = protocol.parse_reply(protocol.format_result(reply_id, result))
    assert (reply.id, reply.ok, reply.error) == (reply_id, True, "")
    assert list(reply.result) == list(result)


def test_refusals_come_back() -> None:
    reply = protocol.parse_reply(protocol.format_refusal(9, "there is no preset 'x'."))
    assert (reply.id, reply.ok, reply.error) == (9, False, "there is no preset 'x'.")


def test_numbers_that_are_none_become_null() -> None:
    assert json.loads(protocol.format_result(1, {"a": float("nan"), "b": float("inf")}))["result"] == {
        "a": None,
        "b": None,
    }


def test_a_reply_of_another_version_says_so() -> None:
    with pytest.raises(ControlError, match="the pedal speaks version 2, this command version 1"):
        protocol.parse_reply(b'{"v":2,"id":1,"ok":true}')


def test_a_refused_line_keeps_its_id() -> None:
    assert protocol.request_id(b'{"v":1,"id":42,"cmd":"explode"}') == 42
    assert protocol.request_id(b'{"v":9,"id":42}') == 42
