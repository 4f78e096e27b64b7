"""What a player may ask of an amp's width, in words, as limits for the governor. Pure.

"auto" leaves it to the pedal, "full" and "lite" pin the widest and the narrowest. Amps of more than two widths can be
pinned to any, by its number from the narrowest ("2"), or given limits: "2..full", "..2".
"""

from __future__ import annotations

import re

CHOICES = ("auto", "full", "lite")
#: The same for those who check what was typed: command and control socket.
WIDTH_PATTERN = r"^(auto|(lite|full|[1-9])|(lite|full|[1-9])\.\.(lite|full|[1-9])?|\.\.(lite|full|[1-9]))$"


def is_quality(text: str) -> bool:
    """Whether a text is one of those words or limits."""
    return re.fullmatch(WIDTH_PATTERN, text) is not None


def limits(quality: str, widths: int) -> tuple[int, int]:
    """Floor and ceiling as width indices, of an amp with ``widths`` widths.

    Only a period that overran goes below the floor. A number beyond the widest is the widest; limits that contradict
    each other both are the floor. What is none of the words is "auto".
    """
    if quality == "auto" or not is_quality(quality):
        return 0, widths - 1
    low, dots, high = quality.partition("..")
    floor = _index(low or "lite", widths)
    return floor, max(floor, _index(high or "full", widths)) if dots else floor


def _index(word: str, widths: int) -> int:
    names = {"lite": 0, "full": widths - 1}
    return names[word] if word in names else min(int(word), widths) - 1
