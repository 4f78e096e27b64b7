"""The import service: ``python -m pedal.system.stick import|export|inbox FOLDER``.

Started by systemd when a stick is plugged in (``pedal-import@.service``, then ``pedal-export@.service`` if the stick
asks for a backup), or by ``inbox`` when something was put there; an unprivileged process of its own that ends when it
is done. What it does stands in the journal, a line for each file, and on the pedal's page. systemd ends it when the
stick is pulled out. What lies on a stick as a whole backup is offered on the page, and restored when a foot says so.
"""

from __future__ import annotations

import hashlib
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import msgspec

from pedal.errors import LibraryError, PedalError
from pedal.library.backup import Places, backup_path, save_backup
from pedal.library.checker import Checker
from pedal.library.importer import CAPS_BYTES, PULLED_OUT, Importer
from pedal.library.lock import BusyError
from pedal.library.names import clean_name
from pedal.library.report import Report
from pedal.library.scan import BACKUP_HERE, Found, Tree
from pedal.paths import runtime_dir
from pedal.system.offer import offer_newest
from pedal.system.teller import Teller

_log = logging.getLogger("pedal.import")

#: An inbox is looked at once nothing has come for so long; it is waited for no longer than the last.
QUIET_S, LONGEST_WAIT_S = 3.0, 600.0
REMOVE = "Remove the stick."


class _EndedError(Exception):
    """systemd wants us to end: the stick was pulled out, or the pedal is switched off."""


def import_stick(folder: Path, teller: Teller) -> Report:
    """Import a stick that is mounted at ``folder``."""
    try:
        with Tree(folder) as tree:
            with Checker() as checker:
                report = Importer.default(checker, teller).run(tree)
            _log_report(report)
            if report.backup_wanted and not report.problem:
                teller(msgspec.structs.replace(teller.last, phase="saving", found=0, done=0))
                return report
            has_backup = any(line.kind == "backup" for line in report.lines) and not report.problem
            said = offer_newest(tree, teller) if has_backup else _last_word(report, "")
    except OSError as error:
        raise LibraryError(PULLED_OUT) from error
    teller.end(report.problem or f"{said} {REMOVE}".lstrip(), failed=bool(report.problem))
    return report


def export_stick(folder: Path, teller: Teller) -> Path:
    """A backup onto a stick that is mounted at ``folder`` and asks for one; it asks only once.

    Raises:
        LibraryError: it cannot be written to, or see ``save_backup``.
    """
    if os.statvfs(folder).f_flag & os.ST_RDONLY:
        hint = "Use one with FAT or exFAT on it that is not write-protected"
        raise LibraryError("No backup: this stick is only read", hint=hint)
    path = backup_path(folder)
    save_backup(path, Places.default(), teller)
    try:
        (folder / BACKUP_HERE).unlink()
    except OSError as error:
        _log.warning("%s stays on the stick (%s)", BACKUP_HERE, error.strerror)
    _log.info("saved %s", path.name)
    teller.end(f"Saved as {path.name}. {REMOVE}")
    return path


def import_inbox(folder: Path, teller: Teller, clock: Callable[[], float] = time.time) -> Report:
    """Import what was put into the inbox; what is in the library then is taken out of it, what was refused stays.

    So does what lies in a folder that is its owner's alone: it plays, and the page says how much stays.
    """
    with Checker() as checker:
        while True:
            _wait_until_quiet(folder, clock)
            with Tree(folder) as tree:
                there = [item for item in tree.walk() if isinstance(item, Found)]
                try:
                    report = Importer.default(checker, teller).run(tree)
                except BusyError:  # a stick, or a restore: there is time
                    time.sleep(QUIET_S)
                    continue
                _log_report(report)
                # A line may stand for any file of that shown path; so what is taken out is known by its content.
                kept = {line.hash for line in report.lines if line.hash}
                staying = _take_out(tree, there, kept)
            with Tree(folder) as tree:
                late = [item for item in tree.walk() if isinstance(item, Found) and item not in there]
            if not late or report.problem:
                then = f"Ready to play. {staying} not removed." if staying else "Ready to play." if kept else ""
                teller.end(report.problem or then, failed=bool(report.problem))
                return report


def _take_out(tree: Tree, there: list[Found], kept: set[str]) -> int:
    """Remove what is in the library now; how many files only the owner of their folder may remove."""
    staying = 0
    for item in there:
        is_kept = False
        try:
            is_kept = hashlib.sha256(tree.read(item, CAPS_BYTES[item.kind])).hexdigest() in kept
            if is_kept:
                tree.remove(item)
        except OSError as error:
            staying += is_kept and isinstance(error, PermissionError)
            _log.warning("%s stays in the inbox (%s)", clean_name(item.name), error.strerror or error)
    return staying


def _wait_until_quiet(folder: Path, clock: Callable[[], float]) -> None:
    """Until nothing there has changed for a while: a copy that is still going on is not a broken file."""
    seen: object = None
    quiet_since_s = start_s = clock()
    while clock() - quiet_since_s < QUIET_S and clock() - start_s < LONGEST_WAIT_S:
        with Tree(folder) as tree:
            now = [item for item in tree.walk() if isinstance(item, Found)]  # with size and time
        if now != seen:
            seen, quiet_since_s = now, clock()
        time.sleep(QUIET_S / 10)


def _last_word(report: Report, then: str) -> str:
    """What stands on the page when all is done; empty if nothing came of it."""
    return then if report.lines else f"Nothing to import. {then}".rstrip()


def _log_report(report: Report) -> None:
    for line in report.lines:
        _log.log(logging.WARNING if line.outcome == "refused" else logging.INFO, "%s", line.text())
    _log.info("%s", report.summary())


def _on_end(number: int, frame: FrameType | None) -> None:
    raise _EndedError


def main(arguments: list[str]) -> int:
    """The command line of the process."""
    logging.basicConfig(level=logging.INFO, format="pedal-import: %(message)s")
    if len(arguments) != 2 or arguments[0] not in ("import", "export", "inbox"):
        print("usage: python -m pedal.system.stick import|export|inbox FOLDER", file=sys.stderr)
        return 2
    what, folder = arguments[0], Path(arguments[1])
    teller = Teller(runtime_dir(), "inbox" if what == "inbox" else "stick")
    signal.signal(signal.SIGTERM, _on_end)
    work = {"import": import_stick, "export": export_stick, "inbox": import_inbox}[what]
    try:
        work(folder, teller)
    except _EndedError:
        teller.end("It was gone before the backup was whole." if what == "export" else PULLED_OUT, failed=True)
        return 1
    except PedalError as error:
        _log.error("%s", error)
        teller.end(str(error), failed=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
