"""The requests that change which blocks a preset has, and what is liked; part of ``protocol``. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from pedal.panel.request import Name, Request
from pedal.preset import MAX_BLOCKS

Place = Annotated[int, msgspec.Meta(ge=1, le=MAX_BLOCKS)]


class NewPreset(Request, tag="preset-new", frozen=True):
    """Hold a preset without blocks, called ``name``; it is nowhere on disk until it is saved."""

    name: Name


class AddBlock(Request, tag="block-add", frozen=True):
    """A new block; ``place`` counts from 1, None is the end. ``asset``: the model or impulse response it plays."""

    kind: Name
    asset: Name | None = None
    place: Place | None = None


class MoveBlock(Request, tag="block-move", frozen=True):
    """A block to another place in the chain, counted from 1."""

    block: Name
    place: Place


class RemoveBlock(Request, tag="block-remove", frozen=True):
    """A block, and what was turned of it, out of the chain."""

    block: Name


ChainRequest = NewPreset | AddBlock | MoveBlock | RemoveBlock


class ShowChain(Request, tag="chain", frozen=True):
    """The preset in work: its blocks in the order of the signal, what they play, and every knob."""


class GetParam(Request, tag="get", frozen=True):
    """What a parameter or an option (``block.parameter``), or all of a block (``block``), is now."""

    target: Name


LookRequest = ShowChain | GetParam


class Favour(Request, tag="favourite", frozen=True):
    """A model or impulse response, by its hash, becomes a favourite, or no longer is one."""

    kind: Literal["model", "impulse"]
    content: Name
    on: bool
