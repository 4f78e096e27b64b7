"""Arrows point one way: reads every import below ``pedal/`` and holds it against the table of rooms.

A *room* is a top-level module or package of ``pedal``; the panel has three: its live side, its builder,
and what they say to each other; the library has two: its judge knows models, the rest knows
files; so have the commands: their client is the editor's, too.
Every import statement counts, also inside functions: knowing late is knowing.
"""

from __future__ import annotations

import ast
import fnmatch
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "pedal"

LOWEST = {"units", "errors", "arena", "jit", "layout", "params", "pins", "paths", "files", "preset", "notes", "levels"}
LOWEST |= {"health", "prices", "connection", "gpio", "actions"}
JOBS = "panel jobs"  # what the panel's two sides say to each other
JOBS_STEMS = ("jobs", "quality")
CLIENT = "cli client"  # cli/client.py: the other end of the control socket, for commands and the editor
JUDGE = "library judge"  # library/judge.py: reads files from outside, in a process of its own
BUILDER = "panel builder"  # panel/builder*.py: reads files, builds rigs, measures costs; the rest of panel is live

#: Who may know whom, besides himself.
ARROWS: dict[str, set[str]] = {
    "units": set(),
    "errors": set(),
    "arena": {"errors"},
    "jit": {"errors"},
    "layout": set(),
    "pins": set(),
    "gpio": {"errors"},
    "levels": set(),
    "notes": {"levels"},
    "paths": {"errors"},
    "files": {"errors"},
    "health": {"errors", "files"},
    "params": {"units", "errors"},
    "actions": {"errors", "params"},
    "preset": {"actions", "units", "errors", "params", "paths", "files"},
    "prices": {"errors", "params", "paths", "files"},
    "config": {"actions", "units", "errors", "params", "paths", "files", "pins"},
    "connection": {"errors", "params", "files"},
    "nam": LOWEST - {"preset", "prices", "connection", "actions"},
    "dsp": LOWEST - {"preset", "prices", "connection", "actions"},
    "rig": LOWEST | {"nam", "dsp"},
    "governor": {"units"},
    "link": {"arena", "jit", "layout", "errors", "units"},
    "library": LOWEST,
    JUDGE: LOWEST | {"library", "nam"},
    "setup": LOWEST | {"config", "library"},
    "audio": LOWEST | {"rig", "link", "config", "setup"},
    JOBS: {"notes", "levels"},
    "panel": LOWEST | {JOBS, "governor", "link", "config", "library", "setup"},
    BUILDER: LOWEST | {JOBS, "governor", "link", "config", "library", "rig", "nam"},
    "offline": LOWEST | {"nam", "dsp", "rig", "governor", "library", "config"},
    "virtual": LOWEST | {"config", "link", "library", "audio", "panel"},
    "system": LOWEST | {"config", "library"},
    CLIENT: {"errors", "panel"},
    "editor": LOWEST | {CLIENT, "panel", "library"},
    "cli": LOWEST | {"nam", "dsp", "rig", "governor", "link", "library", "config", "audio", "panel", "offline"}
    | {"virtual", "system", "setup", "editor", CLIENT},
    "": set(),  # pedal/__init__.py
}  # fmt: skip

#: Libraries that reach hardware, and the only files that may.
HARDWARE = {"alsaaudio", "gpiozero", "lgpio", "luma", "smbus2", "spidev", "serial", "evdev", "pyudev", "RPi"}
HARDWARE_FILES = (
    "audio/alsa*.py",
    "audio/realtime*.py",
    "gpio.py",
    "library/usb_import*.py",
    "panel/controls/inputs*.py",
    "panel/controls/outputs*.py",
    "panel/display/oled*.py",
    "system/i2c_bus.py",
    "system/relay*.py",
)
#: The virtual board plays these libraries' own fakes (mock pins, a dummy screen).
FAKED, FAKED_FILES = {"gpiozero", "luma"}, ("virtual/*.py",)


@dataclass(frozen=True)
class Import:
    """One imported name, dotted and absolute, and where it stands."""

    file: Path
    line: int
    name: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.name}"


def imports_of(root: Path, path: Path) -> Iterator[Import]:
    """Everything ``path`` imports; ``from a import b`` gives ``a.b``, relative names are resolved below ``pedal``."""
    relative = path.relative_to(root)
    package = ("pedal", *relative.parent.parts)
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = (*package[: len(package) - node.level + 1],) if node.level else ()
            start = ".".join((*base, *([node.module] if node.module else [])))
            names = [f"{start}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (Import(relative, node.lineno, name) for name in names)


def room_of(relative: Path) -> str:
    """Room of the file ``relative`` to ``pedal/``."""
    room = relative.parts[0].removesuffix(".py")
    if room == "panel" and len(relative.parts) > 1 and relative.parts[1].startswith("builder"):
        return BUILDER
    if room == "panel" and len(relative.parts) > 1 and Path(relative.parts[1]).stem in JOBS_STEMS:
        return JOBS
    if room == "cli" and len(relative.parts) > 1 and Path(relative.parts[1]).stem == "client":
        return CLIENT
    if room == "library" and len(relative.parts) > 1 and Path(relative.parts[1]).stem == "judge":
        return JUDGE
    return "" if room == "__init__" else room


def target_room(root: Path, name: str) -> str | None:
    """Room of an imported ``pedal...`` name; None for names that are no room (``pedal.__version__``)."""
    parts = name.split(".")[1:]
    if not parts or not ((root / parts[0]).is_dir() or (root / f"{parts[0]}.py").is_file()):
        return None
    return room_of(Path(*parts))


def violations(root: Path) -> list[str]:
    """What breaks the arrows below ``root`` (a ``pedal`` package), one line each."""
    found: dict[tuple[Path, str], str] = {}  # one line for each file and what it should not know
    for path in sorted(root.rglob("*.py")):
        relative = path.relative_to(root)
        room = room_of(relative)
        if room not in ARROWS:
            found[relative, ""] = f"{relative} is in a room that the table of arrows does not know"
            continue
        for item in imports_of(root, path):
            top = item.name.split(".")[0]
            if top == "pedal":
                target = target_room(root, item.name)
                if target is not None and target != room and target not in ARROWS[room]:
                    found.setdefault((relative, target), f"{item}: {room or 'pedal'} must not know {target}")
            elif top in HARDWARE and not (
                matches(relative, HARDWARE_FILES) or (top in FAKED and matches(relative, FAKED_FILES))
            ):
                found.setdefault((relative, top), f"{item}: only {', '.join(HARDWARE_FILES)} touch hardware")
    return list(found.values())


def matches(relative: Path, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch.fnmatch(relative.as_posix(), pattern) for pattern in patterns)


def test_arrows_point_one_way() -> None:
    assert violations(PACKAGE) == []


@pytest.mark.parametrize(
    ("file", "source", "complaint"),
    [
        ("units.py", "from pedal.errors import PedalError", "units must not know errors"),
        ("nam/file.py", "import pedal.rig", "nam must not know rig"),
        ("dsp/gate.py", "from pedal import nam", "dsp must not know nam"),
        ("dsp/gate.py", "def f():\n    from ..nam import file", "dsp must not know nam"),
        ("governor/decide.py", "from pedal.errors import PedalError", "governor must not know errors"),
        ("link/slots.py", "from ..rig import compile", "link must not know rig"),
        ("rig/chain.py", "import pedal.audio.loop", "rig must not know audio"),
        ("audio/loop.py", "from pedal.panel import app", "audio must not know panel"),
        ("panel/app.py", "from pedal.rig import chain", "panel must not know rig"),
        ("panel/app.py", "from .builder import build", "panel must not know panel builder"),
        ("panel/builder.py", "from pedal.cli import main", "panel builder must not know cli"),
        ("panel/display/pages.py", "from luma.oled.device import ssd1306", "touch hardware"),
        ("audio/loop.py", "import alsaaudio", "touch hardware"),
        ("virtual/card.py", "import alsaaudio", "touch hardware"),
        ("library/importer.py", "from pedal.library import judge", "library must not know library judge"),
        ("library/importer.py", "from pedal.nam import file", "library must not know nam"),
        ("editor/app.py", "from pedal.cli import main", "editor must not know cli"),
        ("attic/old.py", "", "does not know"),
    ],
)  # fmt: skip
def test_a_violation_is_found(tmp_path: Path, file: str, source: str, complaint: str) -> None:
    for room in ARROWS:
        (tmp_path / room.split()[0] if room else tmp_path).mkdir(exist_ok=True)
    path = tmp_path / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source)
    found = violations(tmp_path)
    assert len(found) == 1
    assert complaint in found[0]


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("nam/file.py", "from pedal import __version__\nfrom pedal.errors import ModelError\nfrom . import pack"),
        ("panel/builder.py", "from pedal.rig import chain\nfrom pedal.nam import file"),
        ("panel/display/oled.py", "from luma.oled.device import ssd1306"),
        ("audio/alsa.py", "import alsaaudio"),
        ("virtual/pins.py", "from gpiozero.pins.mock import MockFactory"),
        ("cli/main.py", "import pedal.panel.app, pedal.audio.loop"),
    ],
)
def test_what_is_allowed_passes(tmp_path: Path, file: str, source: str) -> None:
    for room in ARROWS:
        (tmp_path / room.split()[0] if room else tmp_path).mkdir(exist_ok=True)
    path = tmp_path / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source)
    assert violations(tmp_path) == []


@pytest.mark.parametrize("module", ["pedal.cli.main", "pedal.cli.client", "pedal.editor.app"])
def test_the_client_starts_without_numba(module: str) -> None:
    """A live command answers at once: neither it nor what it imports may pull in the compiler."""
    script = f"import sys, {module}; print(*sorted({{'numba', 'llvmlite', 'alsaaudio'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""


def test_the_live_panel_starts_without_numba_compiling_anything() -> None:
    """The live side never reaches, by whatever road, the rooms that its builder is for."""
    script = (
        "import importlib, pkgutil, sys, pedal.panel as p\n"
        "for m in pkgutil.walk_packages(p.__path__, 'pedal.panel.'):\n"
        "    if not m.name.startswith('pedal.panel.builder') and not m.name.endswith('__main__'):\n"
        "        importlib.import_module(m.name)\n"
        "print(*sorted(m for m in sys.modules if m.startswith(('pedal.nam', 'pedal.dsp', 'pedal.rig', 'pedal.audio'))))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""
