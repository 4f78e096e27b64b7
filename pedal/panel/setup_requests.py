"""Requests of the control socket about setting the pedal up. Pure; see ``protocol``."""

from __future__ import annotations

from typing import Literal

from pedal.panel.request import Name, Request

#: What there is to do: which board it is, a strum, the shortest period, a cable, gaps while it plays, the report.
SetupStep = Literal["board", "strum", "period", "cable", "gaps", "report"]


class SetUp(Request, tag="setup", frozen=True):
    """A step of setting up.

    Attributes:
        step: which; without one, what is under way is broken off.
        verb: begin it; put in use what it found (``board`` and its ``card``: that one); put the board before in use
            again; or ask nobody to set the pedal up until he wants to.
    """

    step: SetupStep | None = None
    verb: Literal["begin", "use", "undo", "later"] = "begin"
    board: Name | None = None
    card: Name | None = None
