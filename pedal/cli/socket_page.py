"""``docs/control-socket.md``, made from the messages' own types: every request, every field, its range.

Run by hand after a change of a request: ``python -m pedal.cli.socket_page``. A test compares.
"""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any, get_args

import msgspec

from pedal.panel import control, protocol, subscription
from pedal.panel.feed_requests import RATE_MAX_HZ

PAGE = Path(__file__).resolve().parents[2] / "docs" / "control-socket.md"

_HEAD = f"""\
# The control socket

`control.sock` in the runtime directory (`/run/pedal`, or see `pedal.paths`): a Unix stream socket of mode 0660, for the
group `pedal` and nobody else. Commands, the editor and whatever you write yourself talk over it. The requests below are
made from the program's own types by `python -m pedal.cli.socket_page`; do not edit here.

One JSON object a line, in both directions:

```
> {{"v":1,"id":7,"cmd":"set","target":"amp1.drive_db","value":3.0}}
< {{"v":1,"id":7,"ok":true,"result":{{"target":"amp1.drive_db","value":"+3.0 dB"}}}}
> {{"v":1,"id":8,"cmd":"set","target":"amp1.drvie_db","value":3.0}}
< {{"v":1,"id":8,"ok":false,"error":"block 'amp1': block 'amp' has no parameter 'drvie_db'. Did you mean 'drive_db'?"}}
```

* `v` is {protocol.VERSION}; `id` is yours, and comes back.
* A request of another version is refused, and so is one with an unknown field, a missing one, or a value outside of its
  range; of parameters and options the table in [effects.md](effects.md) says what can be.
* Requests of one connection are done in order. What cannot be done is one sentence, and changes nothing.
* A result is what the command of that name prints with `--json`.

## Limits

| what | limit | beyond it |
|---|---|---|
| connections | {control.CLIENTS_MAX} | the one that was quiet for longest is closed |
| a request | {protocol.REQUEST_CAP_BYTES // 1024} KiB | the connection is closed |
| a line that was begun | {control.LINE_TIMEOUT_S:g} s | the connection is closed |
| requests of one connection that wait | {control.ASKS_MAX} | further ones stay in the socket |
| answers that nobody reads | {protocol.REPLY_CAP_BYTES // 1024} KiB | the connection is closed |
| news that nobody reads | {subscription.KEPT} of each topic | the oldest are dropped, and counted |

Nothing that a client does, or does not do, makes the panel wait: a thread of its own takes lines apart and sends
answers, and the panel's loop finds whole, checked requests in the queue in which it finds its footswitches.
`python -m tests.fuzz.socket` tries to break that ([tests/fuzz](../tests/fuzz/README.md)).

## What is told without asking

`subscribe` chooses topics; from its answer on, lines without an `id` come in between:

```
> {{"v":1,"id":1,"cmd":"subscribe","topics":["meters","changes"],"rate_hz":10}}
< {{"v":1,"id":1,"ok":true,"result":{{"topics":["meters","changes"],"rate_hz":10.0}}}}
< {{"v":1,"topic":"changes","data":{{"edited":true,"values":{{"amp1.drive_db":3.0}}}}}}
< {{"v":1,"topic":"meters","dropped":4,"data":{{"load_mean":0.41,"in_peak_db":-17.2}}}}
```

| topic | comes | `data` |
|---|---|---|
| `status` | at most `rate_hz` times a second (up to {RATE_MAX_HZ:g}) | what `status` answers |
| `meters` | the same | levels, load, gaps, the width of each amp, the load of each block, the tuner |
| `changes` | at most {RATE_MAX_HZ:g} times a second | what is another now, by the names of `chain`'s answer |
| `log` | at once | `at_s` (seconds since 1970), `level`, `text` |
| `midi` | at once | `text`, and the message's numbers |

In `changes`, `values` are the knobs that were turned; where more than knobs changed, `blocks` is the whole chain.

Who reads too slowly gets the newest: `status` and `meters` are replaced by newer ones, of the others the last
{subscription.KEPT} wait. `dropped` counts what was missed of this topic since the subscription; it is left out while
that is nothing. Subscribe first and ask for `chain` then: no change is lost in between. After a `dropped` of `changes`,
ask again.

## Requests

Besides `v`, `id` and `cmd`, each has the fields of its table; a field with a default may be left out.
"""


def socket_page() -> str:
    """The whole page, Markdown."""
    return _HEAD + "".join(_section(request) for request in sorted(get_args(protocol.AnyRequest), key=_tag))


def _tag(request: type[msgspec.Struct]) -> str:
    return str(request.__struct_config__.tag)


def _section(request: type[msgspec.Struct]) -> str:
    _, parts = msgspec.json.schema_components([request])
    fields = parts[request.__name__]["properties"]
    required = parts[request.__name__]["required"]
    rows = [
        f"| `{name}` | {_kind(about)} | {_default(name, about, required)} |\n"
        for name, about in fields.items()
        if name not in ("v", "id", "cmd")
    ]
    table = "\n| field | value | default |\n|---|---|---|\n" + "".join(rows) if rows else ""
    return f"\n### `{_tag(request)}`\n\n{inspect.getdoc(request)}\n{table}"


def _default(name: str, about: dict[str, Any], required: list[str]) -> str:
    if name in required:
        return "must be given"
    return f"`{msgspec.json.encode(about.get('default')).decode()}`"


def _kind(about: dict[str, Any]) -> str:
    """A field's type in words, from its JSON schema."""
    if "anyOf" in about:
        return " or ".join(kind for kind in map(_kind, about["anyOf"]) if kind != "null") + _or_null(about)
    if "enum" in about:
        return ", ".join("null" if word is None else f"`{word}`" for word in about["enum"])
    kind = str(about.get("type", "anything"))
    if kind == "array":
        return f"a list of at most {about['maxItems']} of: {_kind(about['items'])}"
    if kind == "object":
        return f"an object of {_kind(about['additionalProperties'])}"
    ends = ("minimum", "from"), ("maximum", "to")
    span = [f"{word} {about[key]:g}" for key, word in ends if key in about]
    span += [f"{about['minLength']} to {about['maxLength']} characters" if "minLength" in about else ""]
    return " ".join([{"boolean": "true or false"}.get(kind, kind), *filter(None, span)])


def _or_null(about: dict[str, Any]) -> str:
    return " or null" if any(one.get("type") == "null" for one in about["anyOf"]) else ""


def main() -> None:
    """Write it."""
    PAGE.write_text(socket_page())


if __name__ == "__main__":
    main()
