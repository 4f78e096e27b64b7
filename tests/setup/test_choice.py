"""A board on trial: whatever happens, and wherever it stops, there is a board that can be read, and the right one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pedal.config import load_board
from pedal.errors import BoardError, SettingsError
from pedal.paths import own_board_path
from pedal.setup.choice import Verdict, digest_of, load_trial, load_verdict, propose, save_verdict, settle
from pedal.setup.own_board import Changes, load_own_text

TEXTS = [load_own_text("usb-generic", Changes(period_frames=frames)) for frames in (32, 64, 128)]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PEDAL_BOARD_DIR", str(tmp_path / "own"))
    return tmp_path / "own"


def frames() -> int | None:
    path = own_board_path()
    return load_board(str(path)).audio.period_frames if path.exists() else None


def test_it_is_in_use_at_once_and_kept_when_it_plays() -> None:
    assert load_trial() is None
    propose(TEXTS[0])
    trial = load_trial()
    assert trial is not None and trial.digest == digest_of(own_board_path()) and trial.before == ""
    settle(kept=True)
    assert frames() == 32 and load_trial() is None


def test_refused_the_one_before_is_back_and_it_lies_beside(folder: Path) -> None:
    propose(TEXTS[0])
    settle(kept=True)
    propose(TEXTS[1])
    settle(kept=False)
    assert frames() == 32 and load_trial() is None
    assert (folder / "board.toml.refused").read_text() == TEXTS[1]
    settle(kept=False)  # nothing is on trial
    assert frames() == 32


def test_refused_the_first_one_leaves_none() -> None:
    propose(TEXTS[0])
    settle(kept=False)
    assert frames() is None


def test_back_to_none_of_ones_own_is_a_trial_too() -> None:
    propose(TEXTS[0])
    settle(kept=True)
    propose(None)
    assert frames() is None and load_trial() is not None
    settle(kept=False)
    assert frames() == 32


def test_a_board_that_is_none_is_refused_before_anything_is_written(folder: Path) -> None:
    with pytest.raises(BoardError):
        propose("[audio]\ncard = 3\n")
    assert not folder.exists()
    folder.write_text("a file where the folder should be")
    with pytest.raises(SettingsError, match="cannot be written"):
        propose(TEXTS[0])


def test_a_note_of_another_board_means_nothing(folder: Path) -> None:
    propose(TEXTS[0])
    (folder / "board.toml").write_text(TEXTS[1])  # by hand
    assert load_trial() is None
    for rubbish in (b"", b"{", b"[" * 10**5, b'{"token": 1}', b"\xff"):
        (folder / "board.toml.trial").write_bytes(rubbish)
        assert load_trial() is None


class PowerCut(Exception):
    pass


class Disk:
    """Counts what changes on the disk, and stops before a chosen change."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
        self.left = most
        for module, name in ((os, "replace"), (os, "link"), (Path, "unlink")):
            self._watch(monkeypatch, module, name)

    def _watch(self, monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> None:
        real = getattr(module, name)

        def watched(*args: object, **kwargs: object) -> object:
            if self.left == 0:
                raise PowerCut
            self.left -= 1
            return real(*args, **kwargs)

        monkeypatch.setattr(module, name, watched)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    deeds=st.lists(st.sampled_from(["32", "64", "128", "none", "kept", "refused"]), min_size=1, max_size=5),
    cut=st.integers(0, 30),
)
def test_a_power_cut_anywhere_leaves_the_old_board_or_the_new_one(
    tmp_path_factory: pytest.TempPathFactory, deeds: list[str], cut: int
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PEDAL_BOARD_DIR", str(tmp_path_factory.mktemp("own")))
        before: int | None = None
        wanted: int | None = None
        Disk(patched, cut)
        try:
            for deed in deeds:
                now = wanted = frames()
                if deed == "refused":
                    wanted = before if load_trial() is not None else now
                    settle(kept=False)
                elif deed == "kept":
                    settle(kept=True)
                else:
                    before, wanted = now, None if deed == "none" else int(deed)
                    propose(None if deed == "none" else TEXTS[(32, 64, 128).index(int(deed))])
                assert frames() == wanted
        except PowerCut:
            assert frames() in (now, wanted), "the file is whole, and one of the two"
            load_trial()  # and the note can be read


def test_what_came_of_it_is_told_by_each_half(tmp_path: Path) -> None:
    assert load_verdict(tmp_path, "audio") is None
    verdict = Verdict("0" * 16, kept=False, reason="The card 'M2' did not open.")
    save_verdict(tmp_path, "audio", verdict)
    assert load_verdict(tmp_path, "audio") == verdict and load_verdict(tmp_path, "panel") is None
