"""The editor's screens, as text for the tests and as pictures for the docs: ``python -m tests.editor.gallery``.

Writes ``tests/editor/screens/*.txt`` anew and the pictures in ``docs``; look at the difference before you keep it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.editor.driven import LARGE, SMALL, Hand, drive
from tests.editor.served import Served, served

HERE = Path(__file__).parent / "screens"
DOCS = Path(__file__).resolve().parents[2] / "docs"


async def amp(hand: Hand) -> None:
    """The amp's knobs, one of them turned."""
    await hand.sees("starter-cru", "+0.0 dB", "31%")
    await hand.press("down", "down", *["plus"] * 6)
    await hand.sees("+3.0 dB", "Crunch *")


async def cab_off(hand: Hand) -> None:
    """A block that is switched off, and its files."""
    await hand.sees("starter-cru", "31%")
    await hand.press("right", "space")
    await hand.sees("cab1: off", "2nd cabinet", "Crunch *")


async def models(hand: Hand) -> None:
    """The browser, searched."""
    await hand.sees("starter-cru")
    await hand.press("m")
    await hand.sees("▶ starter-crunch")
    await hand.press("slash")
    await hand.type("ple")
    await hand.sees("Plexi bright")


async def presets(hand: Hand) -> None:
    """All presets."""
    await hand.sees("starter-cru")
    await hand.press("p")
    await hand.sees("02-swell")


async def switches(hand: Hand) -> None:
    """What feet do."""
    await hand.sees("starter-cru")
    await hand.press("f")
    await hand.sees("next_preset")


async def keys(hand: Hand) -> None:
    """The help."""
    await hand.sees("starter-cru")
    await hand.press("question_mark")
    await hand.sees("another block")


#: By name: how large, and how one comes there.
SCREENS: dict[str, tuple[tuple[int, int], Callable[[Hand], Awaitable[None]]]] = {
    "amp-80x24": (SMALL, amp),
    "amp-160x50": (LARGE, amp),
    "cab-off-80x24": (SMALL, cab_off),
    "models-80x24": (SMALL, models),
    "presets-80x24": (SMALL, presets),
    "switches-80x24": (SMALL, switches),
    "keys-80x24": (SMALL, keys),
}
#: Those that the docs show.
PICTURES = {"amp-80x24": "editor.svg", "amp-160x50": "editor-wide.svg"}


def screen_of(panel: Served, name: str, picture: Path | None = None) -> str:
    """A screen as text; with ``picture`` drawn there as well."""
    size, way = SCREENS[name]
    seen: list[str] = []

    async def story(hand: Hand) -> None:
        await way(hand)
        await hand.pilot.pause(0.3)  # what was done is drawn
        seen.append(hand.screen())
        if picture is not None:
            picture.write_text(hand.app.export_screenshot(title="pedal edit"))

    drive(panel, size, story)
    return seen[0] + "\n"


def main() -> None:
    HERE.mkdir(exist_ok=True)
    for name in SCREENS:
        with served() as panel:
            picture = DOCS / PICTURES[name] if name in PICTURES else None
            (HERE / f"{name}.txt").write_text(screen_of(panel, name, picture))


if __name__ == "__main__":
    main()
