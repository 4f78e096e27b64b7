"""What a press does at once, in the thread that felt it, without waiting its turn in the panel's queue.

Made by ``app``, called by ``controls/inputs`` (gpiozero's thread), taught by ``loop``; all in pedal-panel. The loop may
be drawing a page, reading a folder or answering a command when a foot comes down; on a small board that takes longer
than a player forgives. So what is one word in the link is stored here and now. Everything else has an order, and waits.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Mapping
from typing import Any

from pedal.panel.controls.feet import Feet
from pedal.panel.controls.gestures import Gesture, Kind
from pedal.panel.controls.inputs import Footswitches


class Reflexes:
    """The way from a footswitch to its deed, or into the queue.

    Args:
        items: the panel's queue, for gestures that have no reflex.
    """

    def __init__(self, items: queue.SimpleQueue[Any]) -> None:
        self._items = items
        self._switches: Footswitches | None = None
        self._deeds: Mapping[tuple[str, Kind], Callable[[], object]] = {}

    def attach(self, switches: Footswitches) -> None:
        """Whom to tell what the feet mean: which switches must wait for a hold, a second tap, another switch."""
        self._switches = switches

    def learn(self, deeds: Mapping[tuple[str, Kind], Callable[[], object]], feet: Feet | None = None) -> None:
        """From now on these gestures (of a switch or chord, by name) do these things at once, and no others do.

        Args:
            deeds: what they do.
            feet: what the switches are to wait for, where that is news.
        """
        self._deeds = deeds
        if self._switches is not None and feet is not None:
            self._switches.learn(feet.knows, feet.chords)

    def feel(self, gesture: Gesture) -> None:
        """Act, or leave it to the loop."""
        deed = self._deeds.get((gesture.name, gesture.kind))
        if deed is not None:
            deed()
        else:
            self._items.put(gesture)
