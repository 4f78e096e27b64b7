"""``python -m tests.lab.guest shell 'COMMAND'``: a shell command in a fresh guest; ``build``: only make what it needs.

``./run lab`` sets everything up that this needs from the host.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from tests.lab.guest.kernel import kernel
from tests.lab.guest.machine import Disk, run_guest
from tests.lab.guest.project import project
from tests.lab.guest.root import root


def main() -> int:
    """Do what the command line asks for; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.lab.guest", description=__doc__)
    parser.add_argument("action", choices=["shell", "build"])
    parser.add_argument("command", nargs="?", default="true", help="for sh, as root, in /opt/pedal")
    parser.add_argument("--out", type=Path, help="the run's folder, /lab in the guest (else a temporary one)")
    parser.add_argument("--limit", type=float, default=120.0, metavar="S", help="real seconds, then it is killed")
    parser.add_argument("--layer", type=Path, action="append", default=[], help="a folder laid over the root")
    parser.add_argument("--disk", action="store_true", help="put /var/lib/pedal on a disk of its own")
    parser.add_argument("--console", action="store_true", help="print the kernel's and systemd's messages as well")
    asked = parser.parse_args()
    if asked.action == "build":
        print(kernel(), root(), project(), sep="\n")
        return 0
    folder = asked.out or Path(tempfile.mkdtemp(prefix="pedal-lab-"))
    try:
        layers = [layer.resolve() for layer in asked.layer]
        disk = Disk() if asked.disk else None
        ended = run_guest(asked.command, folder, limit_s=asked.limit, layers=layers, disk=disk)
    finally:
        if asked.out is None:
            shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.write(ended.output)
    if asked.console or ended.code is None:
        sys.stderr.write(ended.console)
    if ended.code is None:
        print(f"the guest did not end by itself within {asked.limit:.0f} s", file=sys.stderr)
        return 124
    print(f"[{ended.real_s:.1f} s]", file=sys.stderr)
    return ended.code


if __name__ == "__main__":
    sys.exit(main())
