"""Builds the guest's kernel: Debian's source of Linux 6.12 as user-mode Linux, with a few edits of our own.

Called by ``machine``, on the host. Cached under a hash of ``kernel.config``, the edits and this file.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from tests.lab.guest import edits
from tests.lab.guest.cache import cached, do, hash_of
from tests.lab.guest.mirror import download

#: The series, not the point release: a security update of the source is no reason to build again.
SOURCE = "linux-source-6.12"
_HERE = Path(__file__).resolve().parent
_CONFIG = _HERE / "kernel.config"


def kernel() -> Path:
    """The kernel: an ordinary program. Built if it is not in the cache (minutes).

    Raises:
        SystemExit: it cannot be built; the reason is in the message.
    """
    digest = hash_of([SOURCE, _CONFIG, repr(edits.EDITS), Path(__file__)])
    return cached("kernel", digest, _build) / "linux"


def _build(folder: Path) -> None:
    work = folder / "work"
    work.mkdir()
    package = download(SOURCE, work)
    do("dpkg-deb", "--extract", package, work / "package")
    do("tar", "xf", work / "package" / "usr" / "src" / f"{SOURCE}.tar.xz", "-C", work)
    source = work / SOURCE
    edits.apply(source)
    make = ("make", "-C", source, "ARCH=um", f"-j{os.cpu_count() or 1}")
    do(*make, "x86_64_defconfig")
    do(source / "scripts" / "kconfig" / "merge_config.sh", "-m", "-O", source, source / ".config", _CONFIG, cwd=source)
    do(*make, "olddefconfig")
    _check((source / ".config").read_text())
    do(*make, "linux")
    shutil.copy2(source / "linux", folder / "linux")
    shutil.copy2(source / ".config", folder / "config")
    (folder / "version").write_text(package.name + "\n")
    shutil.rmtree(work)


def _check(config: str) -> None:
    """The kernel's own configuration drops what depends on something else, and says nothing."""
    got = set(config.splitlines())
    wanted = [line for line in _CONFIG.read_text().splitlines() if re.match(r"CONFIG_\w+=(?!n$)", line)]
    if missing := [line for line in wanted if line not in got]:
        raise SystemExit(f"lab: kernel.config asks for what this source does not give: {', '.join(missing)}")
