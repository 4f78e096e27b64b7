"""What is said over the control socket: one JSON object a line, versioned, refused when not understood.

Called by the panel's control server and by the commands' client (both processes), so it imports neither numba
nor numpy. Pure.

A request: ``{"v":1,"id":7,"cmd":"set","target":"amp1.drive_db","value":3.0}``.
Its reply: ``{"v":1,"id":7,"ok":true,"result":{...}}`` or ``{"v":1,"id":7,"ok":false,"error":"one sentence"}``.
What was subscribed to comes in between, without an id: ``{"v":1,"topic":"meters","data":{...}}``.
docs/control-socket.md has every message.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

import msgspec

from pedal.errors import ControlError
from pedal.panel.bank_requests import BankRequest
from pedal.panel.chain_requests import ChainRequest, Favour, LookRequest
from pedal.panel.desk_requests import DeskRequest
from pedal.panel.feed_requests import FeedRequest
from pedal.panel.feed_requests import News as News
from pedal.panel.governor_requests import Explain as Explain
from pedal.panel.governor_requests import GovernorRequest
from pedal.panel.governor_requests import MeasureCosts as MeasureCosts
from pedal.panel.hands_requests import HandsRequest
from pedal.panel.preset_requests import PresetRequest, SnapshotRequest
from pedal.panel.quality import WIDTH_PATTERN as WIDTH_PATTERN
from pedal.panel.request import VERSION as VERSION
from pedal.panel.request import Name, RequestId
from pedal.panel.request import Request as Request
from pedal.panel.setup_requests import SetUp as SetUp

#: Longest request in bytes, newline included; replies may be longer (a page travels as PNG).
REQUEST_CAP_BYTES = 64 * 1024
REPLY_CAP_BYTES = 1024 * 1024


class Status(Request, tag="status", frozen=True):
    """What the pedal is doing."""


class Press(Request, tag="press", frozen=True):
    """Press a footswitch of a virtual board, for so long."""

    switch: Name
    hold_s: Annotated[float, msgspec.Meta(ge=0.01, le=10.0)] = 0.08


class SelectPreset(Request, tag="preset", frozen=True):
    """Go to a preset by name, or by a step along the list; exactly one of them."""

    name: Name | None = None
    step: Literal[-1, 1] | None = None


class Bypass(Request, tag="bypass", frozen=True):
    """Bypass on or off; ``None`` changes over."""

    on: bool | None = None


class SetParam(Request, tag="set", frozen=True):
    """Set a parameter or an option; ``target`` is ``block.parameter``.

    A number is in the unit of the parameter's name; text is as players type it: ``350 ms``, ``plate``, ``on``. With
    ``step`` the value is so much more than the present one, or less, as far as the range goes.
    """

    target: Name
    value: float | Name
    step: bool = False


class SwitchBlock(Request, tag="block", frozen=True):
    """Switch a block of the preset on or off."""

    block: Name
    on: bool


class SetWidth(Request, tag="width", frozen=True):
    """Ask for a width on one amp (counted from 1) or on all: "auto", "full", "lite", or limits ("2..full", "..2")."""

    width: Annotated[str, msgspec.Meta(pattern=WIDTH_PATTERN, max_length=16)]
    amp: Annotated[int, msgspec.Meta(ge=1, le=16)] | None = None


class Output(Request, tag="output", frozen=True):
    """How the pedal is connected: choose a connection by name, turn knobs of it, or (neither) only ask."""

    name: Name | None = None
    values: dict[str, float | Name] = msgspec.field(default_factory=dict)


class SetLevels(Request, tag="levels", frozen=True):
    """Change the pedal's level settings; what is None stays. The answer has all of them and their arithmetic."""

    output: Literal["raw", "normalised", "calibrated"] | None = None
    target_db: float | None = None
    calibrate_input: bool | None = None


class Input(Request, tag="input", frozen=True):
    """Which input of the card is heard, for good; without a channel only asked."""

    channel: Literal["board", "left", "right", "sum"] | None = None


class Tune(Request, tag="tuner", frozen=True):
    """The tuner on, off, or only asked what it reads; ``reference_hz`` is A4's."""

    on: bool | None = None
    reference_hz: float | None = None


class Loop(Request, tag="looper", frozen=True):
    """What the looper is to do, and how loud the loop is; with neither only asked what it does."""

    verb: Literal["press", "record", "play", "overdub", "undo", "stop", "clear"] | None = None
    level_db: float | None = None


class Page(Request, tag="page", frozen=True):
    """The page on the screen: ``{"png": base64, "width": ..., "height": ...}``, enlarged ``scale`` times."""

    scale: Annotated[int, msgspec.Meta(ge=1, le=8)] = 1


class Reload(Request, tag="reload", frozen=True):
    """Read presets and files again."""


AnyRequest = (
    Status
    | Press
    | SelectPreset
    | Bypass
    | SetParam
    | SwitchBlock
    | SetWidth
    | SetLevels
    | Output
    | Input
    | Tune
    | Loop
    | Page
    | Reload
    | SetUp
    | ChainRequest
    | Favour
    | PresetRequest
    | SnapshotRequest
    | BankRequest
    | HandsRequest
    | LookRequest
    | GovernorRequest
    | FeedRequest
    | DeskRequest
)


class Reply(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The answer to the request with the same ``id``: ``result`` if ``ok``, else ``error``."""

    v: int
    id: int
    ok: bool
    result: dict[str, Any] = {}
    error: str = ""


class _Line(msgspec.Struct, frozen=True):
    """As much of a line from the pedal as says what it is."""

    v: int | None = None
    topic: str | None = None


class _Envelope(msgspec.Struct, frozen=True):
    """As much of a request as is readable in every version."""

    v: int | None = None
    id: RequestId = 0


_requests: msgspec.json.Decoder[AnyRequest] = msgspec.json.Decoder(AnyRequest)
_envelopes = msgspec.json.Decoder(_Envelope)
_replies = msgspec.json.Decoder(Reply)
_lines = msgspec.json.Decoder(_Line)
_news = msgspec.json.Decoder(News)


def parse_request(line: bytes) -> AnyRequest:
    """The request in one line.

    Raises:
        ControlError: not JSON, another version, an unknown command or field, a value out of its range.
    """
    if len(line) > REQUEST_CAP_BYTES:
        raise ControlError(f"a request longer than {REQUEST_CAP_BYTES} bytes")
    try:
        envelope = _envelopes.decode(line)
        if envelope.v != VERSION:
            spoken = "no version" if envelope.v is None else f"version {envelope.v}"
            raise ControlError(f"the request speaks {spoken}, the pedal version {VERSION}", hint="Update both")
        request = _requests.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ControlError(f"a request that is not understood: {_one_line(error)}") from error
    if isinstance(request, SelectPreset) and (request.name is None) == (request.step is None):
        raise ControlError("preset wants a name or a step, one of them")
    if isinstance(request, SetParam) and not _is_usable(request.value):
        raise ControlError(f"{request.target}: a value that is not a finite number")
    if isinstance(request, Loop) and request.level_db is not None and not math.isfinite(request.level_db):
        raise ControlError("looper: a level that is not a finite number")
    if isinstance(request, Output) and not all(map(_is_usable, request.values.values())):
        raise ControlError("output: a value that is not a finite number")
    return request


def request_id(line: bytes) -> int:
    """The ``id`` in a line, 0 where none can be read: a refusal still names its question."""
    try:
        return _envelopes.decode(line[:REQUEST_CAP_BYTES]).id
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return 0


def format_request(request: Request) -> bytes:
    """One line, newline included."""
    return msgspec.json.encode(request) + b"\n"


def format_result(reply_id: int, result: dict[str, Any]) -> bytes:
    """The reply that says yes, newline included. Numbers that are not finite become ``null``."""
    return msgspec.json.encode(Reply(v=VERSION, id=reply_id, ok=True, result=result)) + b"\n"


def format_refusal(reply_id: int, sentence: str) -> bytes:
    """The reply that says no, newline included."""
    return msgspec.json.encode(Reply(v=VERSION, id=reply_id, ok=False, error=sentence)) + b"\n"


def parse_reply(line: bytes) -> Reply:
    """The reply in one line.

    Raises:
        ControlError: not a reply, or of another version.
    """
    try:
        reply = _replies.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ControlError(f"a reply that is not understood: {_one_line(error)}", hint="Update both") from error
    if reply.v != VERSION:
        raise ControlError(f"the pedal speaks version {reply.v}, this command version {VERSION}", hint="Update both")
    return reply


def parse_line(line: bytes) -> Reply | News:
    """A line from the pedal, of a client that has subscribed to something: a reply, or news.

    Raises:
        ControlError: neither, or of another version.
    """
    try:
        said = _lines.decode(line)
        if said.topic is None or said.v != VERSION:
            return parse_reply(line)
        return _news.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ControlError(f"a line that is not understood: {_one_line(error)}", hint="Update both") from error


def _is_usable(value: float | str) -> bool:
    return isinstance(value, str) or math.isfinite(value)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
