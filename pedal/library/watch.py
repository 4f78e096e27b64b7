"""Whether a file is another than when somebody looked last: one ``stat``, nothing is read.

Used by the panel's loop for small files that a restore, or a hand, may replace while it runs.
"""

from __future__ import annotations

from pathlib import Path


class Watch:
    """One file, from now on.

    Made, and asked, *before* the file is read: what is written in between is then news at the next look.

    Args:
        path: of the file; may be missing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = self._stamp()

    def is_news(self) -> bool:
        """Whether it was replaced, written to, made or removed since this was asked last."""
        before, self._seen = self._seen, self._stamp()
        return self._seen != before

    def _stamp(self) -> tuple[int, int, int] | None:
        """None where there is no file, or none that we may see."""
        try:
            about = self._path.stat()
        except OSError:
            return None
        return about.st_ino, about.st_size, about.st_mtime_ns
