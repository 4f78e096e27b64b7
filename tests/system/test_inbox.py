"""What waits for the inbox: everything that comes is brought once, wherever and whenever; what is left is let lie."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pedal.library.catalog import Catalog
from pedal.system.inbox import LOOK_S, RETRY_S, main, watch
from tests.library.brought import model, put


class _EndError(Exception):
    """The test is over."""


def watched(
    inbox: Path, *events: Callable[[], object], bring: Callable[[], bool]
) -> tuple[list[set[str]], list[float]]:
    """Watch an inbox in which these things happen between two looks each: what lay there at each import, and pauses."""
    brought: list[set[str]] = []
    pauses: list[float] = []
    left = list(events)

    def recorded() -> bool:
        brought.append({str(path.relative_to(inbox)) for path in inbox.rglob("*.nam")})
        return bring()

    def wait(seconds: float) -> None:
        pauses.append(seconds)
        if not left:
            raise _EndError
        left.pop(0)()

    with pytest.raises(_EndError):
        watch(inbox, recorded, wait)
    return brought, pauses


def nothing() -> None:
    """Happens."""


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def test_what_was_there_and_what_comes_later_into_any_folder(inbox: Path) -> None:
    put(inbox, {"pack/old.nam": b"x"})

    def bring() -> bool:
        for path in inbox.rglob("*.nam"):
            path.unlink()
        return True

    brought, _ = watched(
        inbox,
        lambda: put(inbox, {"pack/later.nam": b"x"}),
        nothing,
        lambda: put(inbox, {"pack/a/b/deep.nam": b"x"}),
        lambda: put(inbox, {"photo.jpg": b"x", "pack/.hidden.nam": b"x"}),
        bring=bring,
    )
    assert brought == [{"pack/old.nam"}, {"pack/later.nam"}, {"pack/a/b/deep.nam"}]


def test_what_was_refused_is_brought_once_and_again_when_it_changes(inbox: Path) -> None:
    put(inbox, {"bad.nam": b"x"})
    brought, _ = watched(
        inbox, nothing, nothing, lambda: put(inbox, {"bad.nam": b"longer"}), nothing, bring=lambda: True
    )
    assert len(brought) == 2


def test_what_comes_while_an_import_ends_is_not_overlooked(inbox: Path) -> None:
    put(inbox, {"a.nam": b"x"})

    def bring() -> bool:
        (inbox / "a.nam").unlink(missing_ok=True)
        if not (inbox / "late.nam").exists():
            put(inbox, {"late.nam": b"x"})  # behind the import's last look
        return True

    brought, _ = watched(inbox, nothing, nothing, bring=bring)
    assert brought == [{"a.nam"}, {"late.nam"}]


def test_an_import_that_could_not_begin_is_tried_again(inbox: Path) -> None:
    put(inbox, {"a.nam": b"x"})
    answers = [False, True]
    brought, pauses = watched(inbox, nothing, nothing, bring=lambda: answers.pop(0))
    assert brought == [{"a.nam"}, {"a.nam"}] and pauses == [RETRY_S, LOOK_S, LOOK_S]


def test_an_inbox_that_is_gone_may_come_back(inbox: Path) -> None:
    brought, _ = watched(inbox, lambda: shutil.rmtree(inbox), lambda: put(inbox, {"a.nam": b"x"}), bring=lambda: True)
    assert brought == [{"a.nam"}]


def test_the_process_brings_it_into_the_library(tmp_path: Path) -> None:
    """As the service runs it: by a process of its own, from a folder in the inbox."""
    home, run = tmp_path / "home", tmp_path / "run"
    run.mkdir()
    inbox = put(home / "inbox", {"pack/a.nam": model(1)})
    environment = os.environ | {"PEDAL_HOME": str(home), "PEDAL_RUNTIME_DIR": str(run)}
    command = [sys.executable, "-m", "pedal.system.inbox", str(inbox)]
    with subprocess.Popen(command, env=environment, start_new_session=True) as process:
        try:
            while (inbox / "pack" / "a.nam").exists():
                assert process.poll() is None
                time.sleep(0.05)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
    assert Catalog(home / "library").find("a", "model").asset_name == "pack/a.nam"


def test_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err
