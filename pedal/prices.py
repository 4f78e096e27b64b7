"""Price lists: what each piece of the pedal's work takes on a board that this machine stands for.

``board/prices/*.toml`` becomes frozen records, once, in the audio process and in the builder. A *price* is
given; a *cost* is what the builder measured. Only a machine on which computing takes no time, such as a
laboratory in virtual time, has use for prices. See ``docs/prices.md``.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from pedal.errors import BoardError, did_you_mean
from pedal.files import load_text, parse_toml
from pedal.params import KINDS
from pedal.paths import factory_dir

_Time = Annotated[float, Meta(ge=0.0, le=1e9)]
_Factor = Annotated[float, Meta(ge=0.1, le=10.0)]
_Frames = Annotated[float, Meta(ge=0.0, le=1e4)]


class Price(msgspec.Struct, frozen=True):
    """``call_ns`` for each call, and ``frame_ns`` for each of its frames."""

    call_ns: float
    frame_ns: float

    def words(self) -> tuple[int, int]:
        """As kernels want it: nanoseconds per call, picoseconds per frame."""
        return round(self.call_ns), round(1000.0 * self.frame_ns)


class BlockPrice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of one kind of block while it is on, per channel.

    Attributes:
        call_ns, frame_ns: of a call, and of each of its frames.
        tap_call_ns, tap_frame_ns: besides, for each tap of its impulse response.
        words: times so much where this word of a choice is chosen.
    """

    call_ns: _Time
    frame_ns: _Time
    tap_call_ns: _Time = 0.0
    tap_frame_ns: _Time = 0.0
    words: dict[str, _Factor] = {}

    def of(self, taps: int, channels: int = 1, chosen: Collection[str] = ()) -> Price:
        """Of a block with an impulse response of ``taps``, or none, and these words chosen."""
        call_ns, frame_ns = self.call_ns + self.tap_call_ns * taps, self.frame_ns + self.tap_frame_ns * taps
        times = channels * math.prod(factor for word, factor in self.words.items() if word in chosen)
        return Price(times * call_ns, times * frame_ns)


class ModelPrice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of an amp's model: by multiply-adds per frame, so that every model has one.

    Attributes:
        frame_ns: of a frame, whatever the model.
        mac_ns: of a multiply-add of the A2 engine.
        other_mac_ns: of one of the other engines.
        call_frames: a call counts as so many frames more than it plays.
        rest_frames: bringing a width to rest counts as so many frames.
        learn_ns: of learning a forecast.
    """

    frame_ns: _Time
    mac_ns: _Time
    other_mac_ns: _Time
    call_frames: _Frames
    rest_frames: _Frames
    learn_ns: _Time

    def of(self, macs: int, is_a2: bool) -> Price:
        """Of playing a width of ``macs`` multiply-adds per frame."""
        frame_ns = self.frame_ns + macs * (self.mac_ns if is_a2 else self.other_mac_ns)
        return Price(self.call_frames * frame_ns, frame_ns)

    def rest(self, playing: Price) -> Price:
        """Of bringing a width to rest whose playing costs ``playing``."""
        return Price(self.rest_frames * playing.frame_ns, 0.0)


class Start(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the board is when it is switched on; ``virtual/weather.py`` changes it later.

    Attributes:
        slowdown: all prices times this (heat).
        stopwatch: what the builder's stopwatch sees of what it costs: 1 is right, 0.5 half.
    """

    slowdown: _Factor = 1.0
    stopwatch: _Factor = 1.0


class Prices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A board's whole list; ``period_ns`` is of a period without its blocks."""

    title: Annotated[str, Meta(min_length=1, max_length=80)]
    period_ns: _Time
    model: ModelPrice
    blocks: dict[str, BlockPrice]
    start: Start = Start()


def load_prices(name_or_path: str) -> Prices:
    """A shipped list by its name, or any by its path (a slash or ``.toml`` in it).

    Raises:
        BoardError: there is none, or it is not right.
    """
    if "/" in name_or_path or name_or_path.endswith(".toml"):
        path = Path(name_or_path)
    elif name_or_path in price_names():
        path = _shipped() / f"{name_or_path}.toml"
    else:
        hint = did_you_mean(name_or_path, list(price_names()))
        raise BoardError(f"there is no price list {name_or_path!r:.60}", where="prices", hint=hint)
    return parse_prices(load_text(path, BoardError), str(path))


def price_names() -> tuple[str, ...]:
    """Names of the shipped lists, sorted."""
    return tuple(sorted(path.stem for path in _shipped().glob("*.toml")))


def parse_prices(text: str, where: str) -> Prices:
    """A price list's text; every kind of block must be in it.

    Raises:
        BoardError: says what is not right.
    """
    raw = parse_toml(text, where, BoardError)
    try:
        prices = msgspec.convert(raw, Prices)
    except msgspec.ValidationError as failure:
        raise BoardError(f"is no price list: {failure}", where=where, hint="Compare it with board/prices") from failure
    if strange := sorted(prices.blocks.keys() ^ KINDS.keys()):
        problem = "is missing" if strange[0] in KINDS else "is no kind of block"
        raise BoardError(f"blocks.{strange[0]:.40} {problem}", where=where, hint=f"Known: {', '.join(KINDS)}")
    for kind, price in prices.blocks.items():
        known = [word for param in KINDS[kind].params for word in param.words]
        if odd := sorted(price.words.keys() - set(known)):
            hint = did_you_mean(odd[0], known)
            raise BoardError(f"blocks.{kind}.words.{odd[0]:.40} is no choice", where=where, hint=hint)
    return prices


def _shipped() -> Path:
    return factory_dir("board") / "prices"
