"""Where this machine takes Debian packages from: the laboratory asks the same mirror.

Called by ``kernel`` and ``root``, on the host.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.lab.guest.cache import do

_DEFAULT = "http://deb.debian.org/debian"


def mirror() -> str:
    """The address of the Debian archive in this machine's apt configuration."""
    listed = do("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages").split()
    archives = [uri.rstrip("/") for uri in listed if uri.rstrip("/").endswith("/debian")]
    return archives[0] if archives else _DEFAULT


def download(package: str, folder: Path) -> Path:
    """A Debian package of this machine's own release, else of trixie, as a file in ``folder``.

    Raises:
        SystemExit: neither has it.
    """
    own = subprocess.run(["apt-get", "download", package], cwd=folder, capture_output=True)
    if own.returncode != 0:
        do("apt-get", *_trixie_options(folder), "update")
        do("apt-get", *_trixie_options(folder), "download", package, cwd=folder)
    found = sorted(folder.glob(f"{package}_*.deb"))
    if not found:
        raise SystemExit(f"lab: apt-get downloaded no {package}")
    return found[0]


def _trixie_options(folder: Path) -> list[str]:
    """apt with a list of sources and a state of its own."""
    (folder / "lists" / "partial").mkdir(parents=True, exist_ok=True)
    sources = folder / "sources.list"
    sources.write_text(f"deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] {mirror()} trixie main\n")
    settings = {"Dir::Etc::SourceList": sources, "Dir::Etc::SourceParts": "-", "Dir::State::Lists": folder / "lists"}
    return [f"-o{key}={value}" for key, value in settings.items()]
