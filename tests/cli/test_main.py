"""The command itself: help, exit codes, errors in one line, and that it starts without the compiler."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from pedal import __version__
from pedal.cli.main import COMMANDS, main, one_line


def test_help_lists_every_command_and_imports_none() -> None:
    script = """
import sys
from pedal.cli.main import main
main(["--help"], standalone_mode=False)
print(*sorted(name for name in sys.modules if name.startswith("pedal.cli.")))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    *text, modules = done.stdout.splitlines()
    assert modules == "pedal.cli.groups pedal.cli.main"
    for name, (_, line) in COMMANDS.items():
        assert any(name in shown and line.rstrip(".") in shown for shown in text)


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "demo"])
def test_every_command_has_help_of_its_own(name: str) -> None:
    done = CliRunner().invoke(main, [name, "--help"])
    assert done.exit_code == 0
    assert f"Usage: pedal {name}" in done.output.replace("Usage: main", "Usage: pedal")


@pytest.mark.parametrize("name", ["status", "preset", "bypass", "set", "block", "width", "press", "run"])
def test_live_commands_start_without_the_compiler(name: str) -> None:
    script = f"""
import sys
from pedal.cli.main import main
main([{name!r}, "--help"], standalone_mode=False)
print(*sorted({{"numba", "llvmlite", "numpy", "alsaaudio", "PIL", "soundfile"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == ""


def test_version() -> None:
    done = CliRunner().invoke(main, ["--version"])
    assert (done.exit_code, done.output) == (0, f"pedal, version {__version__}\n")


def test_an_unknown_command_is_a_usage_error_with_a_hint() -> None:
    done = CliRunner().invoke(main, ["statsu"])
    assert done.exit_code == 2
    assert "There is no command 'statsu'. Did you mean 'status'?" in done.stderr


def test_no_command_at_all_shows_help() -> None:
    assert "Commands:" in CliRunner().invoke(main, []).output


def test_errors_are_one_line_on_stderr() -> None:
    done = CliRunner().invoke(main, ["inspect", "no/such.nam"])
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.startswith("pedal: such.nam: ")
    assert done.stderr.count("\n") == 1


def test_verbose_says_where() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pedal.cli.main", "-v", "inspect", "no/such.nam"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "ModelError" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("pedal: such.nam")


def test_a_terminal_is_never_told_what_to_do() -> None:
    assert one_line("a\x1b[2Jb\nc  d\u202e") == "a?[2Jb c d?"


def test_commands_are_click_commands() -> None:
    context = click.Context(main)
    for name in COMMANDS:
        if name != "demo":
            assert isinstance(main.get_command(context, name), click.Command)
