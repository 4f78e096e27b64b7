"""A USB stick whose other end is in the guest too: plugged in, and pulled out whenever a scenario likes.

Called by scenarios in the driver. The kernel's mass storage gadget hangs on the kernel's cable between a host port and
a gadget port (``dummy_hcd``); behind it lies an image, formatted and filled here with the guest's own programs. Pulling
it out is what a hand does: the device is gone at once, whatever is being read.
"""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

#: What a stick may be formatted with.
FileSystem = Literal["vfat", "exfat", "ext4"]
_OPTIONS: dict[FileSystem, str] = {"vfat": "utf8", "exfat": "iocharset=utf8", "ext4": "defaults"}
_GADGET = Path("/sys/kernel/config/usb_gadget/stick")
_PORT = "dummy_udc.0"
_SECTOR, _CLUSTER_SECTORS, _ROOT_ENTRIES = 512, 4, 512


class UsbStick:
    """One stick, not plugged in at first.

    Args:
        image: where its content is kept (in memory); made new.
        mib: its size.
    """

    def __init__(self, image: Path, mib: int = 16) -> None:
        self._image = image
        self._mib = mib
        self._kind: FileSystem = "vfat"
        strings = _GADGET / "strings" / "0x409"
        strings.mkdir(parents=True)
        (_GADGET / "idVendor").write_text("0x1d6b")
        (_GADGET / "idProduct").write_text("0x0104")
        (strings / "serialnumber").write_text("0123456789")
        (strings / "product").write_text("Stick")
        function = _GADGET / "functions" / "mass_storage.0"
        function.mkdir()
        self._lun = function / "lun.0"
        (self._lun / "removable").write_text("1")
        configuration = _GADGET / "configs" / "c.1"
        configuration.mkdir()
        (configuration / "mass_storage.0").symlink_to(function)

    def fill(self, files: dict[str, bytes], kind: FileSystem = "vfat") -> None:
        """Format it and put these files on it, while it is not plugged in."""
        self._kind = kind
        (self._lun / "file").write_text("\n")
        format_image(self._image, self._mib, self._kind)
        with mounted(self._image, self._kind) as folder:
            for name, data in files.items():
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
        (self._lun / "file").write_text(str(self._image))

    def files(self) -> dict[str, bytes]:
        """What is on it now, while it is not plugged in."""
        with mounted(self._image, self._kind) as folder:
            return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}

    def plug(self) -> None:
        """Into the port; the kernel finds it a moment later."""
        (_GADGET / "UDC").write_text(_PORT)

    def pull(self) -> None:
        """Out of the port, whatever is being read."""
        (_GADGET / "UDC").write_text("\n")


@contextmanager
def mounted(image: Path, kind: FileSystem) -> Iterator[Path]:
    """The top folder of a stick's image, or of a block device, mounted here: from the inside, not by way of USB."""
    folder = Path("/run") / f"{image.name}.mnt"
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", kind, "-o", _OPTIONS[kind], image, folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def format_image(image: Path, mib: int, kind: FileSystem) -> None:
    """An empty file system; FAT by hand, so that a guest needs no program for it."""
    if kind == "vfat":
        image.write_bytes(fat16(mib))
        return
    with open(image, "wb") as file:
        file.truncate(mib << 20)
    subprocess.run([f"mkfs.{kind}", image], check=True, capture_output=True)


def fat16(mib: int) -> bytes:
    """An empty FAT16 file system of 8 to 100 MiB, without partitions (Microsoft's FAT specification, 1.03)."""
    sectors = mib * (1 << 20) // _SECTOR
    fat_sectors = -(-(sectors // _CLUSTER_SECTORS + 2) * 2 // _SECTOR)
    small, large = (sectors, 0) if sectors < 1 << 16 else (0, sectors)
    boot = b"\xeb\x3c\x90" + b"PEDAL1.0"
    boot += struct.pack(
        "<HBHBHHBHHHII", _SECTOR, _CLUSTER_SECTORS, 1, 2, _ROOT_ENTRIES, small, 0xF8, fat_sectors, 32, 2, 0, large
    )
    boot += struct.pack("<BBBI", 0x80, 0, 0x29, 0x19990107) + b"STICK      " + b"FAT16   "
    boot = boot.ljust(510, b"\0") + b"\x55\xaa"
    fat = b"\xf8\xff\xff\xff".ljust(fat_sectors * _SECTOR, b"\0")
    return (boot + fat + fat).ljust(sectors * _SECTOR, b"\0")
