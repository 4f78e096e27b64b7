"""The pedal's compiled kernels as a layer: compiled once, in a guest, for every state of the kernels' sources.

Called by ``runner``, on the host. Compiling takes a minute or two of real time; no virtual time at all.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from pedal.jit.sources import closure
from tests.lab.guest.cache import cache_dir, cached, hash_of
from tests.lab.guest.machine import run_guest
from tests.lab.guest.project import ROOT
from tests.lab.guest.root import root_digest

#: Packages that hold kernels.
_PACKAGES = ("jit", "params", "nam", "dsp", "rig", "link")
_LIMIT_S = 900.0
#: Everything with a compiled entry is compiled when it is imported. Each half of the pedal has a cache of its own.
_COMMAND = """
set -e
export PEDAL_CACHE_DIR=/tmp/warm
if [ -d /var/cache/pedal/audio ]; then cp -r /var/cache/pedal/audio /tmp/warm; fi
python - <<'END'
import importlib, pkgutil, pedal
for module in pkgutil.walk_packages(pedal.__path__, "pedal."):
    if module.name.split(".")[1] in ("nam", "dsp", "rig", "link", "audio", "panel"):
        importlib.import_module(module.name)
END
mkdir -p /lab/var/cache/pedal
for half in audio panel; do
    cp -r /tmp/warm /lab/var/cache/pedal/$half
    chown -R pedal-$half:pedal /lab/var/cache/pedal/$half
    chmod 0700 /lab/var/cache/pedal/$half
done
"""


def warm_kernels() -> Path:
    """The layer with /var/cache/pedal for the working tree's kernels.

    Raises:
        SystemExit: they cannot be compiled.
    """
    base = ROOT / "pedal"
    sources = {file for name in _PACKAGES for path in (base / name).rglob("*.py") for file in closure(path, base)}
    named = [part for path in sorted(sources) for part in (str(path.relative_to(base)), path)]
    return cached("kernels", hash_of([root_digest(), _COMMAND, *named]), _build)


def _build(folder: Path) -> None:
    # What an earlier state of the sources left is a start: every module's kernels lie under a hash of their own.
    earlier = sorted(cache_dir().glob("kernels-*"), key=lambda path: path.stat().st_mtime)
    ended = run_guest(_COMMAND, folder, limit_s=_LIMIT_S, layers=earlier[-1:])
    if ended.code != 0:
        raise SystemExit(f"{ended.console}\n{ended.output}\nlab: the kernels could not be compiled in a guest")
    for path in folder.iterdir():  # only the kernels: a layer with a link called root would hide the guest's /root
        if path.is_dir() and not path.is_symlink():
            if path.name != "var":
                shutil.rmtree(path)
        else:
            path.unlink()
