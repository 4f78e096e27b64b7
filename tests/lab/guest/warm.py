"""The pedal's compiled kernels as a layer: compiled once, in a guest, for every state of the kernels' sources.

Called by ``runner``, on the host. Compiling takes a minute or two of real time; no virtual time at all.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

from tests.lab.guest.cache import cached, hash_of
from tests.lab.guest.machine import run_guest
from tests.lab.guest.project import ROOT
from tests.lab.guest.root import root_digest

_LIMIT_S = 900.0
#: Everything with a compiled entry is compiled when it is imported; playing the presets finds the rest.
_COMMAND = """
set -e
systemd-sysusers
install -d -o pedal-audio -g pedal -m 0700 /var/cache/pedal/audio
export PEDAL_CACHE_DIR=/var/cache/pedal/audio
setpriv --reuid=pedal-audio --regid=pedal --init-groups python - <<'END'
import importlib, pkgutil, pedal
for module in pkgutil.walk_packages(pedal.__path__, "pedal."):
    if module.name.split(".")[1] in ("nam", "dsp", "rig", "link", "audio", "panel"):
        importlib.import_module(module.name)
END
# Each service has its own: it runs no code that another wrote.
cp -r /var/cache/pedal/audio /var/cache/pedal/panel
chown -R pedal-panel:pedal /var/cache/pedal/panel
chmod 0700 /var/cache/pedal/panel
mkdir -p /lab/var/cache
cp -a /var/cache/pedal /lab/var/cache/
"""


def warm_kernels() -> Path:
    """The layer with /var/cache/pedal for the working tree's kernels.

    Raises:
        SystemExit: they cannot be compiled.
    """
    base = ROOT / "pedal"
    packages, files = _constants(base / "jit" / "cache.py", "KERNEL_PACKAGES", "KERNEL_FILES")
    sources = [base / name for name in files]
    for package in packages:
        sources += sorted((base / package).rglob("*.py"))
    named = [part for path in sources for part in (str(path.relative_to(base)), path)]
    return cached("kernels", hash_of([root_digest(), _COMMAND, *named]), _build)


def _constants(source: Path, *names: str) -> list[Any]:
    """Values of a module's constants, read and not imported: the host need not have what the module imports."""
    assigned = {
        node.targets[0].id: node.value
        for node in ast.parse(source.read_text()).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    return [ast.literal_eval(assigned[name]) for name in names]


def _build(folder: Path) -> None:
    ended = run_guest(_COMMAND, folder, limit_s=_LIMIT_S)
    if ended.code != 0:
        raise SystemExit(f"{ended.console}\n{ended.output}\nlab: the kernels could not be compiled in a guest")
    for path in folder.iterdir():
        if path.is_file():
            path.unlink()
