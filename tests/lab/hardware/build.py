"""Compiles the shim. Called by the laboratory's set-up (``python -m tests.lab.hardware.build FILE``) and by tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SOURCES = Path(__file__).with_name("shim")
#: Without the checks of a hardened compiler, which bring an ``open`` of their own.
FLAGS = ("-std=gnu11", "-O2", "-U_FORTIFY_SOURCE", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-pthread")


def build_shim(library: Path) -> Path:
    """Compile the shim into ``library``, unless that is newer than the sources.

    Raises:
        subprocess.CalledProcessError: the compiler's complaint is in ``stderr``.
    """
    sources = sorted(SOURCES.glob("*.[ch]"))
    if not library.exists() or library.stat().st_mtime < max(source.stat().st_mtime for source in sources):
        library.parent.mkdir(parents=True, exist_ok=True)
        units = [str(source) for source in sources if source.suffix == ".c"]
        command = ["gcc", *FLAGS, *units, "-ldl", "-o", str(library)]
        subprocess.run(command, check=True, capture_output=True, text=True)
    return library


if __name__ == "__main__":
    print(build_shim(Path(sys.argv[1])))
