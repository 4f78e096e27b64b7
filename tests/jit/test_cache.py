"""An edited kernel is heard, however deep it lies: the cache of compiled code knows all sources."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pedal.jit.cache import KEPT, KERNEL_FILES, KERNEL_PACKAGES, Locator, cache_root, module_directory, source_hash

PACKAGE = Path(__file__).resolve().parents[2] / "pedal"
SOURCES = [PACKAGE / name for name in KERNEL_FILES] + [
    path for package in KERNEL_PACKAGES for path in sorted((PACKAGE / package).rglob("*.py"))
]
#: Plays half a second through the real chain; prints how loud the gate left it, and how much was compiled.
SCRIPT = """
import numpy as np
from numba.core import event
compiled = []
class Count(event.Listener):
    def on_start(self, event): compiled.append(event)
    def on_end(self, event): pass
event.register("numba:compile", Count())
from pedal.preset import Block, Preset
from pedal.rig.offline import OfflineRig
rig = OfflineRig(Preset("", (Block("gate", "gate"),)), None, 48000)
print(float(np.abs(rig.process(np.full(48, 0.5, np.float32))).sum()), len(compiled))
"""


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The package, to be edited."""
    shutil.copytree(PACKAGE, tmp_path / "pedal", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def play(folder: Path) -> tuple[float, int]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=folder,
        env=os.environ | {"PEDAL_CACHE_DIR": str(folder / "cache"), "PYTHONPATH": str(folder), "NUMBA_OPT": "1"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    loudness, compiled = done.stdout.split()
    return float(loudness), int(compiled)


@pytest.mark.slow
def test_an_edited_callee_changes_what_the_cached_chain_plays(copied: Path) -> None:
    first, compiled = play(copied)
    assert compiled > 20
    again, compiled = play(copied)
    assert again == first
    assert compiled == 0, "a second start compiles nothing"
    gate = copied / "pedal" / "dsp" / "gate.py"
    source = gate.read_text()
    slow = re.sub(r"^OPEN_S = [0-9.]+$", "OPEN_S = 0.005", source, count=1, flags=re.MULTILINE)
    assert slow != source
    gate.write_text(slow)
    slower, _ = play(copied)
    assert slower < 0.7 * first


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All sources, copied once."""
    folder = tmp_path_factory.mktemp("sources")
    for source in SOURCES:
        target = folder / source.relative_to(PACKAGE)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    return folder


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_source_counts(path: Path, sources: Path) -> None:
    before = source_hash(sources)
    assert before == source_hash(PACKAGE)
    (sources / path.relative_to(PACKAGE)).write_bytes(path.read_bytes() + b"\n")
    assert source_hash(sources) != before
    (sources / path.relative_to(PACKAGE)).write_bytes(path.read_bytes())


def test_all_modules_with_kernels_are_sources() -> None:
    """Whoever decorates a kernel, or lends one a constant, lies where the hash looks."""
    kernels = {path for path in PACKAGE.rglob("*.py") if "pedal.jit" in path.read_text()}
    names = ("panel/builder.py", "audio/process.py", "library/measured.py", "library/cost_book.py")
    hold_none = {PACKAGE / name for name in names}
    assert kernels - set(SOURCES) - hold_none == set()


def test_the_target_cpu_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    before = source_hash()
    monkeypatch.setenv("NUMBA_CPU_NAME", "cortex-a53")
    named = source_hash()
    monkeypatch.setenv("NUMBA_CPU_FEATURES", "+neon")
    assert len({before, named, source_hash()}) == 3


def test_where_it_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEDAL_CACHE_DIR", "/somewhere")
    assert cache_root() == Path("/somewhere")
    monkeypatch.delenv("PEDAL_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    assert cache_root() == Path("/xdg/pedal")


def locate(source: Path) -> Path:
    """Where the kernels of ``source`` are kept, with ``PEDAL_CACHE_DIR`` as it is now."""
    module_directory.cache_clear()
    return Path(Locator.from_function(locate, str(source)).get_cache_path())


def test_old_versions_of_a_module_go_and_other_modules_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kernels = tmp_path / "kernels"
    for age in range(KEPT + 4):
        (kernels / f"dsp.gate.old{age}").mkdir(parents=True)
        os.utime(kernels / f"dsp.gate.old{age}", (1000 - age, 1000 - age))
        (kernels / f"dsp.dc.old{age}").mkdir()
    monkeypatch.setenv("PEDAL_CACHE_DIR", str(tmp_path))
    ours = locate(PACKAGE / "dsp" / "gate.py")
    assert ours.parent == kernels
    assert set(kernels.glob("dsp.gate.*")) == {ours} | {kernels / f"dsp.gate.old{age}" for age in range(KEPT)}
    assert len(list(kernels.glob("dsp.dc.*"))) == KEPT + 4


def test_two_checkouts_share(copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same sources elsewhere are the same kernels: an update recompiles only what it changed.

    A block and not the chain, which calls blocks by symbol.
    """
    monkeypatch.setenv("PEDAL_CACHE_DIR", str(tmp_path / "cache"))
    script = "from pathlib import Path; from pedal.jit.cache import module_directory; import pedal; "
    script += "print(module_directory(Path(pedal.__file__).parent / sys.argv[1]))"
    script = f"import sys; {script}"

    def directory(root: Path, module: str) -> str:
        environment = os.environ | {"PYTHONPATH": str(root)}
        return subprocess.run(
            [sys.executable, "-c", script, module],
            cwd=root,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    ours = {module: directory(PACKAGE.parent, module) for module in ("rig/chain.py", "dsp/gate.py")}
    assert {module: directory(copied, module) for module in ours} == ours
    with (copied / "pedal" / "dsp" / "gate.py").open("a") as gate:
        gate.write("\n")
    assert directory(copied, "rig/chain.py") == ours["rig/chain.py"]
    assert directory(copied, "dsp/gate.py") != ours["dsp/gate.py"]


def test_a_read_only_home_does_no_harm(tmp_path: Path) -> None:
    """Kernels compile at every start, which is slow but right."""
    (tmp_path / "file").write_text("")
    script = "from pedal.jit import cache; print(cache.configure()); from pedal.jit import machine"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PEDAL_CACHE_DIR": str(tmp_path / "file"), "PYTHONPATH": str(PACKAGE.parent)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout.strip() == "False"
