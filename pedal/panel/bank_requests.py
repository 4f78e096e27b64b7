"""The requests about banks; part of ``protocol``. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from pedal.library.banks import MAX_IN_BANK
from pedal.panel.request import Name, Request

Place = Annotated[int, msgspec.Meta(ge=1, le=MAX_IN_BANK)]


class UseBank(Request, tag="bank", frozen=True):
    """Go to a bank by name or number, or by a step; with a place, play its preset there."""

    bank: Name | None = None
    step: Literal[-1, 1] | None = None
    place: Place | None = None


class NewBank(Request, tag="bank-new", frozen=True):
    """A new, empty bank."""

    name: Name


class RenameBank(Request, tag="bank-rename", frozen=True):
    """Call a bank otherwise."""

    bank: Name
    name: Name


class DeleteBank(Request, tag="bank-delete", frozen=True):
    """Delete a bank; its presets stay."""

    bank: Name


class AddToBank(Request, tag="bank-add", frozen=True):
    """Put a preset into a bank: at a place, before what is there, or behind the last."""

    bank: Name
    preset: Name
    place: Place | None = None


class RemoveFromBank(Request, tag="bank-remove", frozen=True):
    """Take the preset at a place out of a bank; the preset stays."""

    bank: Name
    place: Place


class MoveInBank(Request, tag="bank-move", frozen=True):
    """Move a preset within a bank."""

    bank: Name
    place: Place
    to: Place


BankRequest = UseBank | NewBank | RenameBank | DeleteBank | AddToBank | RemoveFromBank | MoveInBank
