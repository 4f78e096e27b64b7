"""A whole backup on a stick: offered on the page, and restored if the player says so.

Called by the import service, in its process, once everything else on the stick is in. Who says nothing says no; what a
restore replaces is kept (``pedal.library.backup``).
"""

from __future__ import annotations

import logging
import secrets
import time

import msgspec

from pedal.errors import PedalError
from pedal.library.backup import Places, counted, plan_restore, restore
from pedal.library.container import Backup
from pedal.library.names import clean_name
from pedal.library.report import Progress
from pedal.library.scan import Found, Tree
from pedal.library.telling import Question
from pedal.system.teller import Teller

_log = logging.getLogger("pedal.import")

#: Who is asked has so long.
ASK_S = 60.0
#: Of the backups on a stick so many are opened, to find the newest.
MOST_OPENED = 16


def offer_newest(tree: Tree, teller: Teller, ask_s: float = ASK_S) -> str:
    """Offer the backup of ``tree`` that was made last; what became of it, in a sentence.

    Raises:
        LibraryError: it is damaged or cannot be written; every file is the old or the new one.
        OSError: the stick is gone.
    """
    found = [item for item in tree.walk() if isinstance(item, Found) and item.kind == "backup"]
    newest: Backup | None = None  # one at a time: sixteen hostile lists of contents are more than a pedal's memory
    for item in sorted(found, key=lambda item: -item.mtime_ns)[:MOST_OPENED]:
        try:
            file = open(tree.open(item), "rb")  # noqa: SIM115 - read as long as the backup is
            backup = Backup(file, clean_name(item.name))
            if newest is None or backup.manifest.made > newest.manifest.made:
                newest = backup
        except (OSError, PedalError) as error:
            _log.warning("%s is left alone: %s", clean_name(item.name), error)
    return offer(newest, teller, ask_s) if newest else "Its backup cannot be read."


def offer(backup: Backup, teller: Teller, ask_s: float) -> str:
    """Say what a backup would change here, and restore it if the player says so; what became of it, in a sentence.

    Raises:
        LibraryError: it is damaged or cannot be written; every file is the old or the new one.
    """
    places = Places.default()
    steps = plan_restore(backup, places)
    if not steps:
        return "All of the backup is here."
    new = counted(step.file.path for step in steps if not step.replaces)
    replaced = sum(step.replaces for step in steps)
    question = Question(
        token=secrets.token_hex(8),
        made=clean_name(backup.manifest.made, 20),
        holds=counted(file.path for file in backup.manifest.files),
        changes=f"New: {new}. Replaced: {replaced or 'nothing'}.",
        until_s=time.monotonic() + ask_s,
    )
    _log.info("backup of %s (%s): %s Restore it?", question.made, question.holds, question.changes)
    if not teller.ask(question):
        _log.info("nothing was restored")
        return "Nothing was restored."

    def watch(progress: Progress) -> None:
        teller(msgspec.structs.replace(teller.last, phase="restoring", found=progress.found, done=progress.done))

    watch(Progress("restoring", len(steps)))
    before = restore(backup, steps, places, watch)
    _log.info("restored; %s", f"what was replaced is kept in {before.name}" if before else "nothing was replaced")
    return "Restored."
