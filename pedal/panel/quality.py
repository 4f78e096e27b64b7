"""What a player may ask of an amp's width: "full", "lite" or "auto", as limits for the governor. Pure."""

from __future__ import annotations

CHOICES = ("auto", "full", "lite")


def limits(quality: str, widths: int) -> tuple[int, int]:
    """Floor and ceiling as width indices, of an amp with ``widths`` widths.

    "full" holds the widest (only a period that overran goes below), "lite" the narrowest.
    """
    widest = widths - 1
    if quality == "full":
        return widest, widest
    if quality == "lite":
        return 0, 0
    return 0, widest
