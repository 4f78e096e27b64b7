"""From hostile bytes to values whose place in the file is known.

Used by ``file`` and ``wavenet_file`` only. ``parse_document`` turns bytes into plain Python values
within bounds; a ``Node`` is one of those values together with its JSON place, so that every
complaint can say where: ``config.layers[0].dilations[3]``.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from pedal.errors import ModelError, did_you_mean

#: Brackets inside brackets. A container of A2 models is 9 deep.
MAX_DEPTH = 64
#: Lists, objects and texts are what takes memory once it is read (thirty times its bytes), escapes what takes time.
#: A document is mostly numbers: a container of 32 A2 models has fewer than 30,000 of these marks.
MAX_MARKS = 1 << 17
#: Characters of a name that anybody gets to see.
MAX_TEXT = 200

#: A whole string (or what is left of one), or one bracket; it never fails once begun, so a scan is linear.
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.?[^"\\]*)*"?|[\[{]|[\]}]', re.DOTALL)
_NO_MARKS = bytes(set(range(256)) - set(b'[]{}"'))


def parse_document(data: bytes, where: str) -> Node:
    """The root object of a JSON document.

    A byte order mark and anything after the object are ignored; of duplicate keys the last wins.

    Raises:
        ModelError: not JSON, nested too deeply, of too many parts, or not an object.
    """
    _check_marks(data, where)
    try:
        value = msgspec.json.decode(data)
    except (msgspec.DecodeError, ValueError, RecursionError):
        value = _decode_leniently(data, where)
    if not isinstance(value, dict):
        raise ModelError(f"the document is {_kind(value)} where an object should be", where=where)
    return Node(value, "", where)


def _decode_leniently(data: bytes, where: str) -> Any:
    """What the quick decoder refuses and the reference reads; or a sentence about what is wrong.

    The two agree wherever both read; the quick one takes a fifteenth of the time.
    """
    text = data.decode("utf-8", errors="replace").removeprefix("\ufeff").lstrip(" \t\r\n")
    try:
        return json.JSONDecoder(parse_constant=_refuse_constant).raw_decode(text)[0]
    except json.JSONDecodeError as error:
        reason = str(error).split(":")[0].lower()
    except _NoNumberError as error:
        reason = str(error)
    except ValueError:
        reason = "a number of thousands of digits"
    except RecursionError:
        reason = "nested too deeply"
    raise ModelError(
        f"this is not a model file: it does not read as JSON ({reason})",
        where=where,
        hint="Copy or download the file again",
    )


def _check_marks(data: bytes, where: str) -> None:
    """Refuse what is nested too deeply or made of too many parts, before anything is made of it."""
    # Without escapes, what lies between the marks does not matter.
    marks = data if b"\\" in data else data.translate(None, _NO_MARKS)
    if sum(marks.count(mark) for mark in (b"[", b"{", b'"', b"\\")) > MAX_MARKS:
        raise ModelError(f"it has more than {MAX_MARKS} brackets, quotes and backslashes", where=where)
    depth = 0
    for token in _TOKEN.finditer(marks):
        first = marks[token.start() : token.start() + 1]
        if first in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise ModelError(f"brackets are nested more than {MAX_DEPTH} deep", where=where)
        elif first != b'"':
            depth -= 1
            if depth <= 0:
                return


class _NoNumberError(ValueError):
    """A word such as NaN where JSON has numbers."""


def _refuse_constant(token: str) -> float:
    raise _NoNumberError(f"{token} is not a JSON number")


def _kind(value: Any) -> str:
    """What a value is, in words that fit behind ``is``."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() if abs(value) >= 10**12:
            return "a huge number"
        case int() | float():
            return f"the number {value:.6g}"
        case str():
            return "text"
    return "a list" if isinstance(value, list) else "an object"


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the document and its place.

    Attributes:
        value: dict, list, str, int, float, bool or None.
        place: JSON path; empty for the root.
        where: the file, for messages.
    """

    value: Any
    place: str
    where: str

    def refuse(self, what: str, hint: str = "") -> ModelError:
        """An error that names this place."""
        return ModelError(f"{self.place} {what}" if self.place else what, where=self.where, hint=hint)

    # -- objects ------------------------------------------------------------------------------

    def get(self, key: str) -> Node:
        """The member ``key``; a Node of None where it is absent.

        Raises:
            ModelError: this is no object.
        """
        if not isinstance(self.value, dict):
            raise self.refuse(f"is {_kind(self.value)} where an object should be")
        return Node(self.value.get(key), f"{self.place}.{key}" if self.place else key, self.where)

    def need(self, key: str) -> Node:
        """The member ``key``, which has to be there.

        Raises:
            ModelError: it is absent; the hint names the nearest key that is present.
        """
        node = self.get(key)
        if key not in self.value:
            near = did_you_mean(key, [k for k in self.value if isinstance(k, str) and k.isprintable()])
            raise node.refuse("is missing", near.rstrip(".") if near.startswith("Did") else "")
        return node

    def has(self, key: str) -> bool:
        """Whether ``key`` is present and not null."""
        return self.get(key).value is not None

    @property
    def absent(self) -> bool:
        """Null, or not there at all."""
        return self.value is None

    # -- lists --------------------------------------------------------------------------------

    def items(self, most: int) -> list[Node]:
        """The elements of a list of 1 to ``most``.

        Raises:
            ModelError: not a list, empty, or too long.
        """
        if not isinstance(self.value, list):
            raise self.refuse(f"is {_kind(self.value)} where a list should be")
        if not self.value:
            raise self.refuse("is empty")
        if len(self.value) > most:
            raise self.refuse(f"has {len(self.value)} entries; at most {most} are allowed")
        return [Node(value, f"{self.place}[{i}]", self.where) for i, value in enumerate(self.value)]

    # -- scalars ------------------------------------------------------------------------------

    def integer(self, low: int, high: int, default: int | None = None) -> int:
        """A whole number from ``low`` to ``high``; 3.0 counts as 3, true does not count as 1.

        Raises:
            ModelError: anything else; absent without a ``default``.
        """
        value = self.value
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.refuse(f"is {_kind(value)} where a whole number should be")
        if isinstance(value, float) and not value.is_integer():
            raise self.refuse(f"is {_kind(value)} where a whole number should be")
        if not low <= value <= high:
            raise self.refuse(f"is {_kind(value)}; it has to be {low} to {high}")
        return int(value)

    def number(self, default: float | None = None, *, bounded: bool = True) -> float:
        """A finite number; if not ``bounded``, an infinite one where the file has a huge one.

        Raises:
            ModelError: anything else; absent without a ``default``.
        """
        value = self.value
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.refuse(f"is {_kind(value)} where a number should be")
        if not -1e300 < value < 1e300:
            if bounded:
                raise self.refuse("is a number beyond all bounds")
            return math.inf if value > 0 else -math.inf
        return float(value)

    def optional_number(self, *, bounded: bool = True) -> float | None:
        """A number as ``number`` has it, or None where it is absent or null."""
        return None if self.absent else self.number(bounded=bounded)

    def flag(self, default: bool) -> bool:
        """True or false.

        Raises:
            ModelError: anything else.
        """
        if self.value is None:
            return default
        if not isinstance(self.value, bool):
            raise self.refuse(f"is {_kind(self.value)} where true or false should be")
        return self.value

    def text(self) -> str:
        """A string, as it is.

        Raises:
            ModelError: anything else.
        """
        if not isinstance(self.value, str):
            raise self.refuse(f"is {_kind(self.value)} where text should be")
        return self.value

    def choice(self, options: Iterable[str], what: str) -> str:
        """A string out of ``options``; ``what`` says what it names.

        Raises:
            ModelError: another one, with the nearest option.
        """
        known = list(options)
        word = self.text()
        if word not in known:
            raise self.refuse(f"names the unknown {what} '{printable(word)}'", did_you_mean(word, known).rstrip("."))
        return word


def printable(text: str) -> str:
    """``text`` for a screen: no control characters or half surrogates, and not endless."""
    return " ".join("".join(c if c.isprintable() else " " for c in text[:MAX_TEXT]).split())


def is_finite(value: float) -> bool:
    """Whether ``value`` survives as a finite float32."""
    return math.isfinite(value) and abs(value) < 3.4028235677973366e38
