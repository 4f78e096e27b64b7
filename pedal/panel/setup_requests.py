"""Requests of the control socket about setting the pedal up. Pure; see ``protocol``."""

from __future__ import annotations

from typing import Literal

from pedal.panel.request import Name, Request

#: What there is to do: which board it is, a strum, the shortest period, a cable, gaps while it plays, the report.
SetupStep = Literal["board", "strum", "period", "cable", "gaps", "report"]


class SetUp(Request, tag="setup", frozen=True):
    """A step of setting up: begun, or what it found put in use (for `board`: that one with its `card`).

    `undo` puts the board before in use again; `later` is for whoever was asked and does not want to now. Without a
    step, what is under way is broken off.
    """

    step: SetupStep | None = None
    verb: Literal["begin", "use", "undo", "later"] = "begin"
    board: Name | None = None
    card: Name | None = None
