"""For all tests: nothing of the player's is touched, what was skipped is counted, hypothesis knows no clock."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

#: Folder with public example models and their ``index.json``; tests that want it skip without.
UPSTREAM_VARIABLE = "PEDAL_UPSTREAM_MODELS"

# Shared cores stall for longer than any deadline; in CI the examples are the same on every run.
settings.register_profile("pedal", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("pedal")


@pytest.fixture(scope="session", autouse=True)
def private_directories() -> Iterator[Path]:
    """Runtime, presets and models of the test run: a folder of its own, its name short enough for Unix sockets."""
    folder = Path(tempfile.mkdtemp(prefix="pedal-", dir="/tmp"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PEDAL_RUNTIME_DIR", str(folder / "run"))
        patch.setenv("PEDAL_PRESETS_DIR", str(folder / "presets"))
        patch.setenv("PEDAL_MODELS_DIR", str(folder / "models"))
        patch.setenv("PEDAL_HOME", str(folder / "home"))
        patch.setenv("PEDAL_SETTINGS", str(folder / "settings.toml"))
        patch.delenv("PEDAL_DATA_DIR", raising=False)
        yield folder
    shutil.rmtree(folder, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with a reason, what this machine cannot do."""
    no_root = pytest.mark.skip(reason="privileged: needs root")
    no_device = pytest.mark.skip(reason="device: needs hardware, PEDAL_TEST_DEVICE=1 where there is some")
    for item in items:
        if item.get_closest_marker("privileged") and os.geteuid() != 0:
            item.add_marker(no_root)
        if item.get_closest_marker("device") and not os.environ.get("PEDAL_TEST_DEVICE"):
            item.add_marker(no_device)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line about the public example models, so that nobody takes a skip for a pass."""
    skipped = [
        report for report in terminalreporter.stats.get("skipped", ()) if UPSTREAM_VARIABLE in str(report.longrepr)
    ]
    given = os.environ.get(UPSTREAM_VARIABLE)
    state = f"from {given}" if given else f"not given ({UPSTREAM_VARIABLE})"
    terminalreporter.write_line(f"public example models: {state}, {len(skipped)} tests skipped for want of them")
