"""The pedal's compiled kernels as a layer: compiled once, in a guest, for every state of the kernels' sources.

Called by ``runner``, on the host. Compiling takes a minute or two of real time; no virtual time at all.
"""

from __future__ import annotations

from pathlib import Path

from tests.lab.guest.cache import cached, hash_of
from tests.lab.guest.machine import run_guest
from tests.lab.guest.project import ROOT
from tests.lab.guest.root import root_digest

#: As ``pedal/jit/cache.py`` has it; here without its libraries.
_PACKAGES, _FILES = ("jit", "nam", "dsp", "rig", "link"), ("layout.py", "params.py", "units.py")
_LIMIT_S = 900.0
#: Everything with a compiled entry is compiled when it is imported; playing the presets finds the rest.
_COMMAND = """
set -e
systemd-sysusers
install -d -o pedal -g pedal -m 0750 /var/cache/pedal
export PEDAL_CACHE_DIR=/var/cache/pedal
setpriv --reuid=pedal --regid=pedal --init-groups python - <<'END'
import importlib, pkgutil, pedal
for module in pkgutil.walk_packages(pedal.__path__, "pedal."):
    if module.name.split(".")[1] in ("nam", "dsp", "rig", "link", "audio", "panel"):
        importlib.import_module(module.name)
END
mkdir -p /lab/var/cache
cp -a /var/cache/pedal /lab/var/cache/
"""


def warm_kernels() -> Path:
    """The layer with /var/cache/pedal for the working tree's kernels.

    Raises:
        SystemExit: they cannot be compiled.
    """
    base = ROOT / "pedal"
    sources = [base / name for name in _FILES]
    for package in _PACKAGES:
        sources += sorted((base / package).rglob("*.py"))
    named = [part for path in sources for part in (str(path.relative_to(base)), path)]
    return cached("kernels", hash_of([root_digest(), _COMMAND, *named]), _build)


def _build(folder: Path) -> None:
    ended = run_guest(_COMMAND, folder, limit_s=_LIMIT_S)
    if ended.code != 0:
        raise SystemExit(f"{ended.console}\n{ended.output}\nlab: the kernels could not be compiled in a guest")
    for path in folder.iterdir():
        if path.is_file():
            path.unlink()
