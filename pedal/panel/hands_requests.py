"""The requests about what hands and feet reach: switches, the expression pedal; part of ``protocol``. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from pedal.panel.request import Name, Request

#: In place of an action: what the board file says.
AS_THE_BOARD = "board"

Gesture = Literal["action", "hold", "long_hold", "double_tap"]


class AssignSwitch(Request, tag="switch", frozen=True):
    """What a gesture of a switch does in the preset in hand.

    Without an action only asked; ``board``: what the board file says.
    """

    switch: Name
    gesture: Gesture = "action"
    action: Name | None = None


class Expression(Request, tag="expression", frozen=True):
    """Where the expression pedal is, and what it moves; or: it is at this end now; or forget both ends.

    ``moves``: a parameter that it moves in the preset in hand; ``board``: what the board file says.
    """

    end: Literal["heel", "toe", "forget"] | None = None
    moves: Name | None = None


class Midi(Request, tag="midi", frozen=True):
    """MIDI's ports and what controllers do; or: learn what a target names, or forget one controller, or all (-1).

    ``cancel``: learn nothing now.
    """

    learn: Name | None = None
    forget: Annotated[int, msgspec.Meta(ge=-1, le=119)] | None = None
    cancel: bool = False


HandsRequest = AssignSwitch | Expression | Midi
