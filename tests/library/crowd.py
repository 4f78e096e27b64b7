"""A library as large as a collector's: thousands of models, hundreds of presets, and how long it takes to search it.

``python -m tests.library.crowd [--models 2000] [--presets 500] [--home DIR]`` makes one (in DIR, else in a folder that
goes away) and prints how long a search takes, inside a process and as a command. Every model is a real one that plays,
with a card as the importer writes them; the cards of half of them say as much of themselves as the largest do.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pedal.library.cards import About, Card, WidthFacts, format_card
from pedal.library.catalog import Catalog, Entry
from pedal.library.shelves import FOLDERS
from pedal.library.used import note_used
from tests.library import brought

MAKERS = ("Ann Öther", "Björn Löwe", "Capture Barn", "Dee", "El Niño Tones")
AMPS = ("Plexi", "Twin", "Deluxe", "Rectifier", "AC", "Jubilee", "Bassman", "Slo", "Champ", "Hiwatt")
TONES = ("clean", "crunch", "hi_gain", "fuzz", "over_drive")
_WIDTHS = (WidthFacts("Lite", "3", 5200), WidthFacts("Full", "8", 23_100))
#: A search that finds many, one that finds a few, and one that finds nothing.
SEARCHES = ("plexi", "1999", "öther crunch bright", "nobody has this")


def make_models(home: Path, count: int, seed: int = 0) -> list[Card]:
    """``count`` imported models in the library of the state folder ``home``; every tenth is a favourite."""
    folder = home / "library" / FOLDERS["model"]
    folder.mkdir(parents=True, exist_ok=True)
    random_ = random.Random(seed)
    cards = []
    for number in range(count):
        data = brought.model(number)
        amp, tone, maker = random_.choice(AMPS), random_.choice(TONES), random_.choice(MAKERS)
        about = About(f"{amp} {number}", "amp", f"{amp} 100 W of 19{number % 100:02}", tone, maker, 48_000.0)
        if number % 2:
            more = {"loudness_db": -17.3, "input_level_dbu": 12.2, "output_level_dbu": 9.1}
            about = About(*(getattr(about, key) for key in about.__struct_fields__[:6]), **more, widths=_WIDTHS)  # type: ignore[arg-type]
        name = f"{amp} {random_.choice(('Bright', 'Normal', 'Jumped'))} {number}"
        card = Card(
            "model",
            hashlib.sha256(data).hexdigest(),
            name,
            f"{maker}/{amp}",
            f"{name}.nam",
            len(data),
            1.79e9 + number,
            number % 10 == 0,
            about,
        )
        (folder / f"{card.hash}.nam").write_bytes(data)
        (folder / f"{card.hash}.json").write_bytes(format_card(card))
        cards.append(card)
    return cards


def make_presets(home: Path, count: int, cards: list[Card]) -> None:
    """``count`` presets in the state folder ``home``, each with a model, by name and hash."""
    folder = home / "presets"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        card = cards[number % len(cards)]
        text = (
            f'schema = 2\nname = "Song {number}"\n\n[[block]]\nkind = "amp"\n'
            f'model = "{card.category}/{card.name}.nam"\n'
            f'model_hash = "sha256:{card.hash}"\n\n[[block]]\nkind = "tone"\nbass_db = {number % 7 - 3}.0\n'
        )
        (folder / f"{100 + number}-song-{number}.toml").write_text(text)


def make_crowd(home: Path, models: int, presets: int) -> list[Card]:
    """A whole state folder; half of the models were played once."""
    cards = make_models(home, models)
    make_presets(home, presets, cards)
    note_used(home / "library", {card.hash: (45.2, 210.3) for card in cards[::2]}, 1.79e9)
    return cards


def timed_s(what: Callable[[], object], times: int, clock: Callable[[], float] = time.perf_counter) -> list[float]:
    """How long ``what`` took, each time."""
    took = []
    for _ in range(times):
        start = clock()
        what()
        took.append(clock() - start)
    return took


def _spread(took_s: list[float]) -> str:
    ordered = sorted(took_s)
    parts = (ordered[0], statistics.median(ordered), ordered[-1 - len(ordered) // 20], ordered[-1])
    return "best {:.1f}, median {:.1f}, 95 % {:.1f}, worst {:.1f} ms".format(*(1e3 * part for part in parts))


def _measure(home: Path) -> None:
    catalog = Catalog(home / "library", ((home / "models", "folder"),))
    first_s = timed_s(lambda: catalog.search("plexi"), 1)[0]
    found: dict[str, tuple[Entry, ...]] = {text: catalog.search(text, "model") for text in SEARCHES}
    print(f"first search, without an index: {1e3 * first_s:.0f} ms")
    for text, entries in found.items():
        for word, clock in (("wall", time.perf_counter), ("processor", time.process_time)):  # others work here, too
            took_s = timed_s(lambda text=text: catalog.search(text, "model"), 40, clock)  # type: ignore[misc]
            print(f"search {text!r} ({len(entries)} found), {word}: {_spread(took_s)}")
    environment = os.environ | {"PEDAL_HOME": str(home)}

    def command(*words: str) -> None:
        subprocess.run(
            [sys.executable, "-m", "pedal.cli.main", *words], env=environment, check=True, capture_output=True
        )

    print(f"`pedal models search 1999`: {_spread(timed_s(lambda: command('models', 'search', '1999'), 10))}")
    print(f"`pedal --version`, which reads nothing: {_spread(timed_s(lambda: command('--version'), 10))}")


def main() -> None:
    """Makes one, and measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=2000)
    parser.add_argument("--presets", type=int, default=500)
    parser.add_argument("--home", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = chosen.home or Path(folder)
        make_crowd(home, chosen.models, chosen.presets)
        print(f"{chosen.models} models, {chosen.presets} presets, {os.cpu_count()} cores")
        _measure(home)


if __name__ == "__main__":
    main()
