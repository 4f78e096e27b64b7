"""``pedal edit preset``: what the editor leaves is checked, sent, or not kept."""

from __future__ import annotations

import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pedal.errors import PresetError
from pedal.library.presets import PresetStore
from pedal.panel.preset_requests import WritePreset
from tests.cli.answering import Panel

GOOD = 'schema = 2\nname = "Mine" # a word of mine\n\n[[block]]\nid = "delay1"\nkind = "delay"\n'


@pytest.fixture
def panel(monkeypatch: pytest.MonkeyPatch) -> Iterator[Panel]:
    with tempfile.TemporaryDirectory(prefix="pedal-") as directory:  # short enough for a socket's name
        folder = Path(directory) / "presets"
        folder.mkdir()
        (folder / "20-mine.toml").write_text(GOOD)
        monkeypatch.setenv("PEDAL_PRESETS_DIR", str(folder))
        panel = Panel(Path(directory))
        panel.result = {"edited": False, "preset_key": "01-crunch"}
        yield panel
        panel.close()


def with_editor(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    editor = folder / "editor.sh"
    editor.write_text(f"#!/bin/sh\n{script}\n")
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("EDITOR", str(editor))
    monkeypatch.delenv("VISUAL", raising=False)


def run(panel: Panel, name: str = "mine") -> tuple[int, str]:
    from click.testing import CliRunner

    from pedal.cli.main import main

    done = CliRunner().invoke(main, ["edit", "preset", "--runtime-dir", str(panel.directory), name])
    return done.exit_code, done.stderr


def test_what_was_saved_is_sent_as_written(panel: Panel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_editor(monkeypatch, tmp_path, 'sed -i s/Mine/Yours/ "$1"')
    assert run(panel) == (0, "")
    assert panel.asked[1:] == [WritePreset(preset="20-mine", text=GOOD.replace("Mine", "Yours"), instead_of=GOOD)]


def test_nothing_changed_is_nothing_sent(panel: Panel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_editor(monkeypatch, tmp_path, "true")
    assert run(panel) == (0, "Nothing was changed.\n")
    assert len(panel.asked) == 1


def test_what_is_no_preset_is_not_sent(panel: Panel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_editor(monkeypatch, tmp_path, 'sed -i s/delay\\"/delya\\"/ "$1"')
    code, said = run(panel)
    assert code == 1 and "Did you mean 'delay'" in said
    assert len(panel.asked) == 1


def test_what_is_not_saved_comes_first(panel: Panel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_editor(monkeypatch, tmp_path, "exit 3")
    panel.result = {"edited": True, "preset_key": "20-mine"}
    code, said = run(panel)
    assert code == 1 and "was changed and not saved" in said


def test_a_file_is_kept_as_it_was_written(tmp_path: Path) -> None:
    store = PresetStore(tmp_path / "mine", tmp_path / "factory")
    (tmp_path / "factory").mkdir()
    (tmp_path / "factory" / "01-a.toml").write_text(GOOD)
    text = GOOD.replace("Mine", "Yours")
    assert store.save_text("01-a", text, GOOD).read_text() == text
    assert store.load("01-a").preset.name == "Yours" and not store.entry("01-a").is_factory
    with pytest.raises(PresetError, match="changed meanwhile"):
        store.save_text("01-a", GOOD, GOOD)
    with pytest.raises(PresetError, match="no parameter 'loud'"):
        store.save_text("01-a", text + "loud = 1\n")
    with pytest.raises(PresetError, match="there is no preset"):
        store.save_text("09-z", text)
    with pytest.raises(PresetError, match="longer"):
        store.save_text("01-a", text + "#" * 10_000_000)
    assert store.path_of("01-a").read_text() == text
