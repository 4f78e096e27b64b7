"""Where things lie on disk, and who may have put them there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pedal import paths
from pedal.errors import PedalError


def test_factory_dirs_of_a_clone_hold_the_factory_files() -> None:
    assert (paths.factory_dir("models") / "starter-crunch.nam").is_file()
    assert paths.factory_dir("board").is_dir()


def test_an_installed_wheel_is_searched_after_the_clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = tmp_path / "share" / "pedal" / "models"
    shipped.mkdir(parents=True)
    monkeypatch.setattr(paths, "__file__", str(tmp_path / "site-packages" / "pedal" / "paths.py"))
    monkeypatch.setattr("sysconfig.get_path", lambda name, scheme: str(tmp_path))
    assert paths.factory_dir("models") == shipped
    with pytest.raises(PedalError, match="board files are not installed"):
        paths.factory_dir("board")


def test_data_dir_overrides_and_must_hold_what_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEDAL_DATA_DIR", str(tmp_path))
    with pytest.raises(PedalError, match="PEDAL_DATA_DIR"):
        paths.factory_dir("board")
    (tmp_path / "board").mkdir()
    assert paths.factory_dir("board") == tmp_path / "board"


def test_user_dirs_follow_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PEDAL_PRESETS_DIR")
    monkeypatch.delenv("PEDAL_MODELS_DIR")
    monkeypatch.delenv("PEDAL_HOME")
    monkeypatch.setattr(paths, "SYSTEM_STATE_DIR", tmp_path / "state")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    assert paths.presets_dir() == tmp_path / "home" / "pedal" / "presets"
    (tmp_path / "state").mkdir()
    assert paths.models_dir() == tmp_path / "state" / "models"
    monkeypatch.setenv("PEDAL_HOME", str(tmp_path / "stage"))
    assert paths.models_dir() == tmp_path / "stage" / "models"
    assert paths.library_dir() == tmp_path / "stage" / "library"
    monkeypatch.setenv("PEDAL_MODELS_DIR", str(tmp_path / "mine"))
    assert paths.models_dir() == tmp_path / "mine"


class TestRuntimeDir:
    @pytest.fixture(autouse=True)
    def no_system(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("PEDAL_RUNTIME_DIR")
        monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
        monkeypatch.setattr(paths, "SYSTEM_RUNTIME_DIR", tmp_path / "run")
        monkeypatch.setattr(paths, "SHARED_TEMP_DIR", tmp_path)

    def test_named_is_made(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PEDAL_RUNTIME_DIR", str(tmp_path / "a" / "b"))
        assert paths.runtime_dir() == tmp_path / "a" / "b"
        assert (tmp_path / "a" / "b").is_dir()

    def test_order_is_system_then_session_then_temp(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        assert paths.runtime_dir() == tmp_path / f"pedal-{os.geteuid()}"
        (tmp_path / "session").mkdir()
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "session"))
        assert paths.runtime_dir() == tmp_path / "session" / "pedal"
        (tmp_path / "run").mkdir()
        assert paths.runtime_dir() == tmp_path / "run"

    def test_temp_is_private_and_found_again(self) -> None:
        made = paths.runtime_dir()
        assert made.stat().st_mode & 0o777 == 0o700
        assert paths.runtime_dir() == made

    def test_a_link_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        (tmp_path / f"pedal-{os.geteuid()}").symlink_to(tmp_path / "elsewhere")
        with pytest.raises(PedalError, match="belongs to somebody else"):
            paths.runtime_dir()

    def test_a_directory_others_may_enter_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / f"pedal-{os.geteuid()}").mkdir()
        (tmp_path / f"pedal-{os.geteuid()}").chmod(0o755)
        with pytest.raises(PedalError, match="belongs to somebody else"):
            paths.runtime_dir()

    @pytest.mark.privileged
    def test_a_directory_of_another_user_is_refused(self, tmp_path: Path) -> None:
        foreign = tmp_path / f"pedal-{os.geteuid()}"
        foreign.mkdir(mode=0o700)
        os.chown(foreign, 12345, 12345)
        with pytest.raises(PedalError, match="belongs to somebody else"):
            paths.runtime_dir()

    def test_a_file_in_the_way_is_one_clear_line(self, tmp_path: Path) -> None:
        (tmp_path / f"pedal-{os.geteuid()}").write_text("")
        with pytest.raises(PedalError, match="cannot be made"):
            paths.runtime_dir()
