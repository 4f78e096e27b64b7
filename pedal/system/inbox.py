"""Waits for what comes into the inbox: ``python -m pedal.system.inbox FOLDER``, as long as the pedal runs.

Started by systemd (``pedal-inbox.service``), unprivileged. What scp or sftp puts there - at the top or in any folder,
now or while the pedal was off - is imported by a process that ends when it is done (``stick``); this one is small, as
it only waits. It looks instead of being told: the kernel tells of one folder at a time, systemd's path units of the
top alone, and both of nothing that came before they began.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pedal.library.scan import Found, Tree

#: Between two looks, seconds, and at least so many times as long as a look took: thousands of files that were refused
#: and left there must not keep the disk busy.
LOOK_S, REST = 2.0, 50.0
#: After an import that could not begin.
RETRY_S = 60.0


def watch(folder: Path, bring: Callable[[], bool], wait: Callable[[float], None] = time.sleep) -> None:
    """Call ``bring`` whenever something new lies in ``folder``, for ever.

    Args:
        folder: the inbox; may be missing for a while.
        bring: imports what is there, and takes out what is then in the library; whether it could begin.
        wait: lets seconds pass.
    """
    left: set[Found] = set()
    while True:
        start_s = time.monotonic()
        found = _listed(folder)
        pause_s = max(LOOK_S, REST * (time.monotonic() - start_s))
        if found <= left:
            left = found
        elif bring():
            # Nothing but what was there before: a file that has come since may have come too late for this import.
            left = found & _listed(folder)
        else:
            pause_s = RETRY_S
        wait(pause_s)


def _listed(folder: Path) -> set[Found]:
    """What may be ours in it, with size and time; nothing if there is no such folder."""
    try:
        with Tree(folder) as tree:
            return {item for item in tree.walk() if isinstance(item, Found)}
    except OSError:
        return set()


def main(arguments: list[str]) -> int:
    """The command line of the process."""
    if len(arguments) != 1:
        print("usage: python -m pedal.system.inbox FOLDER", file=sys.stderr)
        return 2
    command = [sys.executable, "-m", "pedal.system.stick", "inbox", arguments[0]]
    watch(Path(arguments[0]), lambda: subprocess.call(command) == 0)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
