"""Files from outside, hostile until parsed: read with a cap, decoded, parsed as TOML.

Called by ``config``, ``preset`` and ``library`` in the panel, the builder and the commands.
Knows only ``errors``.
"""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path
from typing import Any

from pedal.errors import PedalError

#: Boards and presets are a few hundred bytes; anything much larger is not one of them.
TEXT_CAP_BYTES = 64 * 1024


def load_bytes(path: Path, cap_bytes: int, error: type[PedalError]) -> bytes:
    """The content of a regular file of at most ``cap_bytes``.

    Opened without blocking, so that a FIFO of that name cannot hold the caller.

    Raises:
        PedalError: ``error``, when it is missing, unreadable, not a regular file or too large.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise error("is not a regular file", where=str(path), hint="Name a file, not a folder or a device")
            with open(descriptor, "rb", closefd=False) as file:
                data = file.read(cap_bytes + 1)
        finally:
            os.close(descriptor)
    except FileNotFoundError as missing:
        raise error("there is no such file", where=str(path), hint="Check the name") from missing
    except (OSError, ValueError) as failure:
        reason = getattr(failure, "strerror", None) or str(failure)
        raise error(f"cannot be read ({reason})", where=str(path), hint="Check its name and permissions") from failure
    if len(data) > cap_bytes:
        raise error(f"is larger than {cap_bytes // 1024} KiB", where=str(path), hint="Is it the right file?")
    return data


def load_text(path: Path, error: type[PedalError]) -> str:
    """A small UTF-8 text file (at most ``TEXT_CAP_BYTES``; a byte order mark is skipped).

    Raises:
        PedalError: ``error``, as ``load_bytes``, or when it is not UTF-8.
    """
    data = load_bytes(path, TEXT_CAP_BYTES, error)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        hint = "Save it as plain UTF-8 text"
        raise error(f"byte {failure.start} is not UTF-8 text", where=str(path), hint=hint) from failure


def parse_toml(text: str, where: str, error: type[PedalError]) -> dict[str, Any]:
    """TOML as plain dictionaries, lists and values.

    Raises:
        PedalError: ``error``, when the text is too long or not TOML; says the line.
    """
    if len(text.encode("utf-8", "surrogatepass")) > TEXT_CAP_BYTES:
        raise error(f"is larger than {TEXT_CAP_BYTES // 1024} KiB", where=where, hint="Is it the right file?")
    try:
        return tomllib.loads(text)
    except RecursionError as failure:
        raise error("is nested too deeply", where=where, hint="Flatten its lists and tables") from failure
    except ValueError as failure:  # TOMLDecodeError, and integers of thousands of digits
        raise error(f"is not TOML: {failure}", where=where, hint="Mend that place") from failure
