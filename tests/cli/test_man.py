"""The manual page is what the commands' help says today, and roff has nothing to complain of."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from pedal.cli.main import COMMANDS
from pedal.cli.man import PAGE, man_page


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == man_page(), "run python -m pedal.cli.man"


def test_every_command_and_exit_code_is_there() -> None:
    page = man_page()
    for name in COMMANDS:
        assert f".SS \\fBpedal {name}\\fR" in page
    assert "there is no pedal to talk to" in page


@pytest.mark.skipif(shutil.which("groff") is None, reason="no groff here")
def test_roff_reads_it() -> None:
    command = ["groff", "-man", "-ww", "-Tascii", "-P-cbou", str(PAGE)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and done.stderr == ""
    assert "EXIT STATUS" in done.stdout and "pedal audio latency" in done.stdout
