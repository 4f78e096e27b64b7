"""Nasty trees, by chance: ``python -m tests.library.nasty --minutes 10 [--seed N]`` brings one after the other.

The everyday test (``test_nasty.py``) does a few. A tree that breaks something breaks it again with its own seed, which
stands in the message.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import random
import shutil
import socket
import tempfile
import time
from collections import Counter
from pathlib import Path

from pedal.library.catalog import Catalog
from pedal.library.check import check_library
from pedal.library.checker import Checker
from pedal.library.report import Report
from pedal.library.scan import is_housekeeping
from tests.library.brought import PRESET, bring, impulse, model

NAMES = [
    *("amp.nam", "Amp.NAM", "box.wav", "p.toml", "x.pedal", "photo.jpg", "no-ending", ".nam", "nam", "a.nam.nam"),
    *("new\nline.nam", "tab\t.wav", "r\u202etl.nam", "\u2067x\u2069.toml", "a" * 251 + ".nam", "\u0301.nam", "..."),
    *("._amp.nam", ".Trashes", "System Volume Information", "$RECYCLE.BIN", "__MACOSX", "COM1.nam", "e\u0301.nam"),
    *("\x1b[31mred.nam", "\x7f.wav", "\udcff\udcfe.nam", "%s%n.nam", "$(reboot).nam", "-rf.nam", "..nam", "\u202e.nam"),
    *("'; drop.nam", "\u00e9.nam", "pedal-backup-here"),
]
FOLDERS = [
    "Marshall",
    "Clean",
    "a b",
    "\u202e",
    "\n",
    ".hidden",
    "System Volume Information",
    "x.nam",
    "..x",
    "\udc80",
    "é",
    "-",
]
SMALL = 40


class Nasty:
    """One tree.

    Args:
        root: an empty folder.
        chance: decides everything.
    """

    def __init__(self, root: Path, chance: random.Random) -> None:
        self.root, self._chance = root, chance
        self.stick, self.secret = root / "stick", model(10**6)
        self.stick.mkdir()
        (root / "outside").mkdir()
        (root / "outside" / "secret.nam").write_bytes(self.secret)
        #: Of good files that an import has to find.
        self.expected: set[str] = set()
        self._folders = [self.stick]
        for _ in range(chance.randint(0, SMALL)):
            with contextlib.suppress(FileExistsError, OSError):
                self._add()

    def _add(self) -> None:
        chance = self._chance
        folder = chance.choice(self._folders)
        if chance.random() < 0.25:
            inner = folder / chance.choice(FOLDERS)
            inner.mkdir()
            self._folders.append(inner)
            return
        path = folder / chance.choice(NAMES)
        if chance.random() < 0.3:
            path = path.with_name(f"{chance.randrange(99)}{path.name}")
        if os.path.lexists(path):
            return
        make = chance.choice([self._good] * 5 + [self._bad] * 5 + [self._link, self._special, self._huge, self._twin])
        make(path)

    def _good(self, path: Path) -> None:
        number = self._chance.randrange(30)
        data = {".nam": model(number), ".wav": impulse(number), ".toml": PRESET.encode()}.get(path.suffix.lower(), b"x")
        path.write_bytes(data)
        parts = path.relative_to(self.stick).parts
        kept = path.suffix.lower() in (".nam", ".wav") and not any(is_housekeeping(part) for part in parts)
        if kept and len(parts) <= 12:
            self.expected.add(hashlib.sha256(data).hexdigest())

    def _bad(self, path: Path) -> None:
        chance = self._chance
        whole = {".wav": impulse(chance.randrange(9)), ".toml": PRESET.encode()}.get(path.suffix.lower(), model(1))
        flipped = bytearray(whole)
        flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        path.write_bytes(
            chance.choice(
                [
                    b"",
                    whole[: chance.randrange(len(whole))],
                    bytes(flipped),
                    chance.randbytes(chance.randrange(3000)),
                    b"[" * 100_000,
                    b'{"a":' * 20_000,
                    b'{"weights": [' + b"1e1," * 50_000 + b"1]}",
                    b"RIFF\xff\xff\xff\xffWAVEfmt " + chance.randbytes(40),
                    b"a = " + b"9" * 5000,
                    b"\xef\xbb\xbf" + whole,
                    b"\0" * 5000,
                ]
            )
        )

    def _link(self, path: Path) -> None:
        targets = [
            "/etc/passwd",
            "../outside/secret.nam",
            str(self.root / "outside"),
            ".",
            path.name,
            "/proc/self/mem",
            "gone",
        ]
        path.symlink_to(self._chance.choice(targets))

    def _special(self, path: Path) -> None:
        if self._chance.random() < 0.5:
            os.mkfifo(path)
        else:
            with socket.socket(socket.AF_UNIX) as listener, contextlib.suppress(OSError):
                listener.bind(str(path))

    def _huge(self, path: Path) -> None:
        path.write_bytes(b"x")
        os.truncate(path, self._chance.choice([9 << 20, 33 << 20, 4 << 30]))

    def _twin(self, path: Path) -> None:
        others = [entry for entry in self.stick.iterdir() if entry.is_file() and not entry.is_symlink()]
        if others:
            os.link(self._chance.choice(others), path)


def judge(seed: int, checker: Checker) -> Report:
    """Bring one tree to a library that is not empty, twice; nothing may be lost, followed, left over or unsaid."""
    chance = random.Random(seed)
    root = Path(tempfile.mkdtemp(prefix="nasty-"))
    try:
        home = root / "home"
        mine = home / "presets" / "01-mine.toml"
        mine.parent.mkdir(parents=True)
        mine.write_bytes(b'name = "Mine"\n')
        before = root / "before"
        before.mkdir()
        (before / "mine.nam").write_bytes(model(-1))
        bring(before, home, checker)
        nasty = Nasty(root, chance)
        report = bring(nasty.stick, home, checker)
        there = {entry.hash for entry in Catalog(home / "library").entries() if not entry.missing}
        whole, findings = check_library(Catalog(home / "library"))
        assert findings == [] and whole == len(there)
        assert hashlib.sha256(model(-1)).hexdigest() in there and mine.read_bytes() == b'name = "Mine"\n'
        assert hashlib.sha256(nasty.secret).hexdigest() not in there, "a link was followed"
        assert nasty.expected <= there, "a good file was left out"
        assert not report.problem, report.problem
        for line in report.lines:
            text = line.text()
            assert text.isprintable() and len(text) < 2000, text
        assert not list(home.rglob("*.tmp")) and sorted(p.name for p in home.iterdir()) == ["library", "presets"]
        again = bring(nasty.stick, home, checker)
        assert again.count("imported") == 0 and again.count("refused") == report.count("refused")
        return report
    except Exception as error:
        raise AssertionError(f"the tree of seed {seed}: {error}") from error
    finally:
        shutil.rmtree(root, ignore_errors=True)


def main() -> None:
    """Tree after tree, for so long."""
    parser = argparse.ArgumentParser(prog="python -m tests.library.nasty")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    end_s, seed, counts = time.monotonic() + 60.0 * asked.minutes, asked.seed, Counter[str]()
    with Checker() as checker:
        while time.monotonic() < end_s:
            report = judge(seed, checker)
            counts.update(line.outcome for line in report.lines)
            counts["trees"] += 1
            seed += 1
    print(", ".join(f"{number} {what}" for what, number in sorted(counts.items())))


if __name__ == "__main__":
    main()
