"""The project as a layer over the guest's root: its files in /opt/pedal, its units where systemd looks for them.

Called by ``machine``, on the host. A copy of the working tree as git sees it (what is ignored stays out), kept under
a hash of all of it: a guest that runs is not touched by an edit.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.lab.guest.cache import cached, do, hash_of
from tests.lab.guest.root import root, root_digest
from tests.lab.hardware.build import build_shim

ROOT = Path(__file__).resolve().parents[3]
#: What a guest needs of the working tree.
PARTS = (
    *("pedal", "board", "models", "systemd", "pyproject.toml"),
    *("tests/__init__.py", "tests/lab", "tests/library/golden"),
)
#: Where the folders of ``systemd/`` go, as its ``install.sh`` has it; its services go to ``_UNITS``.
PLACES = {
    "sysusers.d": "usr/lib/sysusers.d",
    "tmpfiles.d": "usr/lib/tmpfiles.d",
    "modules-load.d": "usr/lib/modules-load.d",
    "udev": "usr/lib/udev/rules.d",
}
#: Nothing of it is needed by a pedal, and all of it costs time at every boot.
MASKED = (
    *("apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer", "fstrim.timer"),
    *("e2scrub_reap.service", "getty.target", "getty@tty1.service", "serial-getty@.service", "console-getty.service"),
    *("systemd-binfmt.service", "systemd-hwdb-update.service", "systemd-pcrphase.service", "ldconfig.service"),
    *("systemd-update-done.service", "systemd-update-utmp.service", "systemd-update-utmp-runlevel.service"),
    *("systemd-random-seed.service", "systemd-boot-system-token.service", "systemd-pstore.service"),
    *("systemd-journal-flush.service", "systemd-firstboot.service", "systemd-machine-id-commit.service"),
    *("systemd-ask-password-console.path", "systemd-ask-password-wall.path", "systemd-tmpfiles-clean.timer"),
    *("systemd-network-generator.service", "systemd-networkd.service", "systemd-journal-catalog-update.service"),
    *("modprobe@configfs.service", "modprobe@drm.service", "modprobe@fuse.service", "modprobe@efi_pstore.service"),
    *("modprobe@dm_mod.service", "modprobe@loop.service", "systemd-modules-load.service", "kmod-static-nodes.service"),
    *("dev-hugepages.mount", "dev-mqueue.mount", "sys-fs-fuse-connections.mount", "systemd-repart.service"),
    *("systemd-remount-fs.service", "systemd-logind.service", "systemd-user-sessions.service", "networking.service"),
    *("remote-fs.target", "proc-sys-fs-binfmt_misc.automount", "sys-kernel-tracing.mount", "cryptsetup.target"),
    *("blk-availability.service", "dm-event.socket", "lvm2-monitor.service", "integritysetup.target"),
    *("veritysetup.target", "systemd-rfkill.socket", "systemd-pcrmachine.service", "nss-user-lookup.target"),
)
_UNITS = "etc/systemd/system"
_HERE = Path(__file__).resolve().parent
#: All files are of the same moment: numba compares it, and nothing else should be able to.
STAMP_S = 1_700_000_000


def project() -> Path:
    """The layer of the working tree as it is now."""
    files = _files()
    digest = hash_of([root_digest(), *(part for path in files for part in (str(path), ROOT / path))])
    return cached("project", digest, lambda folder: _build(folder, files))


def _files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *PARTS],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return sorted(path for name in listed.split("\0") if name and (ROOT / (path := Path(name))).is_file())


def _build(folder: Path, files: list[Path]) -> None:
    for path in files:
        put(ROOT / path, folder / "opt" / "pedal" / path)
        if path.parts[0] == "systemd":
            place = place_of(path)
            if place is not None:
                put(ROOT / path, folder / place / path.name)
    for path in sorted((_HERE / "etc").rglob("*")):
        if path.is_file():
            put(path, folder / "etc" / path.relative_to(_HERE / "etc"))
    for name in MASKED:
        (folder / _UNITS).mkdir(parents=True, exist_ok=True)
        (folder / _UNITS / name).symlink_to("/dev/null")
    shim = build_shim(folder / "usr" / "lib" / "pedal-lab" / "shim.so")
    os.utime(shim, (STAMP_S, STAMP_S))
    _precompile(folder)


def _precompile(folder: Path) -> None:
    """Bytecode beside every module, by the guest's own Python: compiling it at every start would take seconds."""
    base = root()
    with tempfile.TemporaryDirectory(dir=base / "var" / "tmp") as work:
        shutil.copytree(folder / "opt", Path(work) / "opt")
        inside = f"/var/tmp/{Path(work).name}"
        do("chroot", base, "python3", "-m", "compileall", "-q", "-s", inside, "-p", "/", f"{inside}/opt")
        for path in sorted(Path(work).rglob("*.pyc")):
            put(path, folder / path.relative_to(work))


def place_of(path: Path) -> str | None:
    """Where a file of ``systemd/`` is installed, below the root; None where it is not."""
    if path.suffix in (".service", ".path", ".socket", ".target", ".timer", ".slice"):
        return _UNITS
    return next((place for name, place in PLACES.items() if name in path.parts), None)


def put(source: Path, target: Path) -> None:
    """Copy a file into a layer, with plain rights and the stamp of all files of a layer."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o755 if os.access(source, os.X_OK) else 0o644)
    os.utime(target, (STAMP_S, STAMP_S))
