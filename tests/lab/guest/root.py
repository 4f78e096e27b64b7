"""Builds the guest's root: Debian 12 with systemd, and a virtual environment for the project in /opt/pedal.

Called by ``machine``, on the host, as root. Cached under a hash of the packages, of what ``pyproject.toml``
depends on and of this file. The project itself is no part of it: it comes as a layer (``project``).
"""

from __future__ import annotations

import shutil
import sys
import tomllib
from pathlib import Path

from tests.lab.guest.cache import cached, do, hash_of, say
from tests.lab.guest.mirror import mirror

RELEASE, PYTHON = "bookworm", "3.11"
PACKAGES = (
    *("systemd", "systemd-sysv", "udev", "python3", "python3-venv", "procps", "iproute2", "dmsetup"),
    *("e2fsprogs", "exfatprogs"),
    # To build pyalsaaudio, which comes as source.
    *("gcc", "libc6-dev", "python3-dev", "libasound2-dev"),
)
_PROJECT = Path(__file__).resolve().parents[3] / "pyproject.toml"
#: The first program of a guest: finds the run's folder and goes on with ``init.sh``, which ``machine`` put there.
_INIT = """#!/bin/sh
set -e
mount -t proc proc /proc
for word in $(cat /proc/cmdline); do
    case $word in lab=*) lab=${word#lab=} ;; esac
done
mount -n -t tmpfs tmpfs /mnt
mkdir /mnt/lab
mount -n -t hostfs -o "$lab" none /mnt/lab
exec /bin/sh /mnt/lab/init
"""
_MACHINE_ID = "6c61626f7261746f72790000000000aa"


def root() -> Path:
    """The folder that a guest takes for its root, never written to. Built if it is not in the cache (minutes).

    Raises:
        SystemExit: it cannot be built; the reason is in the message.
    """
    return cached("root", root_digest(), _build) / "root"


def root_digest() -> str:
    """Names this root among others."""
    return hash_of([RELEASE, PYTHON, *PACKAGES, *_dependencies(), Path(__file__)])


def _dependencies() -> list[str]:
    """What the project needs to run, from ``pyproject.toml``; a guest is a Linux, so its markers all hold."""
    wanted = tomllib.loads(_PROJECT.read_text())["project"]["dependencies"]
    return [str(line).partition(";")[0].strip() for line in wanted]


def _build(folder: Path) -> None:
    target = folder / "root"
    say(f"debootstrapping {RELEASE}")
    left_out = [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("doc", "man", "locale", "info")]
    options = ["--variant=apt", "--mode=root", '--aptopt=Acquire::Languages "none"', f"--include={','.join(PACKAGES)}"]
    do("mmdebstrap", *options, *left_out, RELEASE, target, mirror())
    say("installing what the project needs")
    _install_python(target)
    _configure(target)


def _install_python(target: Path) -> None:
    """Wheels are fetched by this machine's pip, which knows its index; pyalsaaudio is compiled in the root."""
    wheels = target / "var" / "tmp" / "wheels"
    wheels.mkdir()
    compiled = [line for line in _dependencies() if not line.startswith("pyalsaaudio")]
    source = [line for line in _dependencies() if line.startswith("pyalsaaudio")]
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--dest", wheels)
    kinds = [f"--platform=manylinux{version}_x86_64" for version in ("2014", "_2_17", "_2_28", "_2_34", "_2_35")]
    abis = ("--abi=cp311", "--abi=abi3", "--abi=none", "--implementation=cp", f"--python-version={PYTHON}")
    do(*pip, "--only-binary=:all:", *abis, *kinds, *compiled, "setuptools>=77", "wheel")
    do(*pip, "--no-deps", "--no-binary=:all:", *source)
    do("chroot", target, "python3", "-m", "venv", "/opt/pedal/.venv")
    install = ("chroot", target, "/opt/pedal/.venv/bin/pip", "install", "--quiet", "--no-index")
    do(*install, "--find-links=/var/tmp/wheels", *compiled, "setuptools>=77", "wheel", PIP_CONFIG_FILE="/dev/null")
    do(*install, "--find-links=/var/tmp/wheels", "--no-build-isolation", *source, PIP_CONFIG_FILE="/dev/null")
    shutil.rmtree(wheels)
    packages = target / "opt" / "pedal" / ".venv" / "lib" / f"python{PYTHON}" / "site-packages"
    (packages / "pedal.pth").write_text("/opt/pedal\n")
    command = target / "opt" / "pedal" / ".venv" / "bin" / "pedal"
    command.write_text("#!/opt/pedal/.venv/bin/python\nfrom pedal.cli.main import main\n\nmain()\n")
    command.chmod(0o755)


def _configure(target: Path) -> None:
    etc = target / "etc"
    (etc / "machine-id").write_text(_MACHINE_ID + "\n")
    (etc / "hostname").write_text("pedal\n")
    (etc / "fstab").write_text("")
    (etc / "resolv.conf").write_text("")
    (target / "sbin" / "lab-init").write_text(_INIT)
    (target / "sbin" / "lab-init").chmod(0o755)
    for folder in (target / "lab", target / "var" / "lib" / "pedal", target / "var" / "cache" / "pedal"):
        folder.mkdir(exist_ok=True)
