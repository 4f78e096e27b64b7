"""Where things lie on disk: what the project ships, what the player owns, what a running pedal shares.

Called by every process at start. Knows only ``errors``; reads the environment, and of the disk only
what exists and whom it belongs to.
"""

from __future__ import annotations

import os
import stat
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pedal.errors import PedalError

#: State of an installed pedal, made by its installation; a desktop user has a home instead.
SYSTEM_STATE_DIR = Path("/var/lib/pedal")
#: Made by systemd before the services start, for the group ``pedal``.
SYSTEM_RUNTIME_DIR = Path("/run/pedal")
#: Sticky, writable by everyone: hence the checks of ``_private_dir``.
SHARED_TEMP_DIR = Path("/tmp")


def factory_dir(name: Literal["board", "models"]) -> Path:
    """Directory of shipped board files or models: ``$PEDAL_DATA_DIR``, else the clone, else the installed wheel.

    Raises:
        PedalError: nothing was shipped, or ``$PEDAL_DATA_DIR`` lacks it.
    """
    if named := os.environ.get("PEDAL_DATA_DIR"):
        directory = Path(named) / name
        if not directory.is_dir():
            raise PedalError(
                "no such directory",
                where=str(directory),
                hint="PEDAL_DATA_DIR must name a folder with board/ and models/",
            )
        return directory
    for root in _factory_roots():
        if (root / name).is_dir():
            return root / name
    raise PedalError(
        f"the {name} files are not installed", where="pedal", hint="Install again, or set PEDAL_DATA_DIR to a clone"
    )


def presets_dir() -> Path:
    """The player's presets; ``$PEDAL_PRESETS_DIR`` or below ``state_dir()``. May be missing."""
    named = os.environ.get("PEDAL_PRESETS_DIR")
    return Path(named) if named else state_dir() / "presets"


def models_dir() -> Path:
    """The player's models and impulse responses; ``$PEDAL_MODELS_DIR`` or below ``state_dir()``. May be missing."""
    named = os.environ.get("PEDAL_MODELS_DIR")
    return Path(named) if named else state_dir() / "models"


def settings_path() -> Path:
    """The player's settings; ``$PEDAL_SETTINGS`` or below ``state_dir()``. May be missing."""
    named = os.environ.get("PEDAL_SETTINGS")
    return Path(named) if named else state_dir() / "settings.toml"


def own_board_path() -> Path:
    """The board that the player has chosen (a set-up): in ``$PEDAL_BOARD_DIR`` or ``state_dir()``. May be missing."""
    named = os.environ.get("PEDAL_BOARD_DIR")
    return (Path(named) if named else state_dir()) / "board.toml"


def setup_dir() -> Path:
    """What the last set-up found, and its report; below ``state_dir()``. May be missing."""
    return state_dir() / "setup"


def library_dir() -> Path:
    """What was imported, by the hash of its content; below ``state_dir()``. May be missing."""
    return state_dir() / "library"


def state_dir() -> Path:
    """What outlives a reboot: ``$PEDAL_HOME``, else ``/var/lib/pedal`` where it is ours to write.

    Else ``$XDG_DATA_HOME/pedal``. May be missing.
    """
    if named := os.environ.get("PEDAL_HOME"):
        return Path(named)
    if _is_writable_dir(SYSTEM_STATE_DIR):
        return SYSTEM_STATE_DIR
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "pedal"


def runtime_dir() -> Path:
    """What a running pedal shares (memory, sockets); gone after a reboot. Made if missing.

    ``$PEDAL_RUNTIME_DIR``, else ``/run/pedal`` where it is ours to write, else ``$XDG_RUNTIME_DIR/pedal``,
    else ``/tmp/pedal-<uid>``. The last two are for this user alone.

    Raises:
        PedalError: it cannot be made, or somebody else could have put it there.
    """
    if named := os.environ.get("PEDAL_RUNTIME_DIR"):
        directory = Path(named)
        try:
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise PedalError(
                f"cannot be made ({error.strerror})", where=str(directory), hint="See PEDAL_RUNTIME_DIR"
            ) from error
        return directory
    if _is_writable_dir(SYSTEM_RUNTIME_DIR):
        return SYSTEM_RUNTIME_DIR
    session = os.environ.get("XDG_RUNTIME_DIR", "")
    if session and _is_writable_dir(Path(session)):
        return _private_dir(Path(session) / "pedal")
    return _private_dir(SHARED_TEMP_DIR / f"pedal-{os.geteuid()}")


def _factory_roots() -> Iterator[Path]:
    clone = Path(__file__).resolve().parents[1]
    if (clone / "pyproject.toml").is_file():
        yield clone
    for scheme in (sysconfig.get_default_scheme(), sysconfig.get_preferred_scheme("user")):
        yield Path(sysconfig.get_path("data", scheme)) / "share" / "pedal"


def _is_writable_dir(directory: Path) -> bool:
    return directory.is_dir() and os.access(directory, os.W_OK | os.X_OK)


def _private_dir(directory: Path) -> Path:
    """Make ``directory`` for us alone, or take it only if it is ours alone.

    Otherwise another user of ``/tmp`` could make it first and listen in, or hang a link there.
    """
    try:
        directory.mkdir(mode=0o700, exist_ok=True)
        found = directory.lstat()
    except OSError as error:
        raise PedalError(
            f"cannot be made ({error.strerror})",
            where=str(directory),
            hint="Set PEDAL_RUNTIME_DIR to a folder of yours",
        ) from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise PedalError(
            "belongs to somebody else, or others may enter it",
            where=str(directory),
            hint="Remove it, or set PEDAL_RUNTIME_DIR to a folder of yours",
        )
    return directory
