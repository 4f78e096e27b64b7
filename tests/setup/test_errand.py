"""Errands: two files, each of one side; what cannot be understood is nothing."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from pedal.errors import SettingsError
from pedal.setup.cable import Loop
from pedal.setup.errand import ASKED, MOST_S, ask, load_errand, withdraw
from pedal.setup.told import TOLD, Told, load_told, tell
from pedal.setup.wakes import Wakes


def test_asked_for_seen_and_withdrawn(tmp_path: Path) -> None:
    assert load_errand(tmp_path, 100.0) is None
    first, second = (ask(tmp_path, kind, 100.0) for kind in ("period", "cable"))
    assert first.token != second.token
    assert load_errand(tmp_path, 100.1) == second
    withdraw(tmp_path)
    withdraw(tmp_path)
    assert load_errand(tmp_path, 100.1) is None


def test_an_old_one_and_one_of_before_the_boot_are_none(tmp_path: Path) -> None:
    ask(tmp_path, "period", 100.0)
    assert load_errand(tmp_path, 100.0 + MOST_S) is not None
    assert load_errand(tmp_path, 100.1 + MOST_S) is None
    assert load_errand(tmp_path, 99.0) is None


@pytest.mark.parametrize(
    "rubbish",
    [b"", b"{", b"[" * 10**5, b"\xff\xfe", b'{"token": "x"}', b'{"token":"0123456789abcdef","kind":"rm","asked_s":1}'],
)
def test_rubbish_is_nothing(tmp_path: Path, rubbish: bytes) -> None:
    for name in (ASKED, TOLD):
        (tmp_path / name).write_bytes(rubbish)
    assert load_errand(tmp_path, 1.0) is None and load_told(tmp_path, "0123456789abcdef") is None


def test_what_is_told_comes_back_whole_and_only_to_who_asked(tmp_path: Path) -> None:
    token = ask(tmp_path, "period", 0.0).token
    told = Told(
        token, 17, 0.5, "64 frames", wakes=(Wakes(64, 3, 48000, 6.0, (0.0, 0.1, 0.2), 1, (3, 2)),),
        loop=Loop(352, -0.5, True, -92.0, -80.0), loop_frames=192, notes=("no rights",),
    )  # fmt: skip
    tell(tmp_path, told)
    assert load_told(tmp_path, token) == told
    assert load_told(tmp_path, "0" * 16) is None
    (tmp_path / TOLD).write_bytes(msgspec.json.encode(msgspec.structs.replace(told, share=2.0)))
    assert load_told(tmp_path, token) is None


def test_nowhere_to_ask_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be written"):
        ask(tmp_path / "none", "period", 0.0)
