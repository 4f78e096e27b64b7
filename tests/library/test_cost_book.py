"""The cost book on disk: it comes back as it was, of this machine only, and nothing damaged is believed."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pedal.library.cost_book import MOST_ENTRIES, CostBookStore, Kept, KeptBook, truth_of
from pedal.prices import load_prices

ENTRIES = (
    Kept("amp:0123456789abcdef/1", 48_000, 64, (45.2, 210.7), "corrected", (0, 400)),
    Kept("reverb:spring/2", 48_000, 64, (31.0,), "measured", (0,)),
    Kept("eq/1", 44_100, 128, (3.5,), "estimated"),
)


def store(folder: Path, truth: str = "this machine") -> CostBookStore:
    return CostBookStore(folder / "home" / "costs.json", truth)


def raw(folder: Path) -> Path:
    return folder / "home" / "costs.json"


def test_what_was_kept_comes_back(tmp_path: Path) -> None:
    assert store(tmp_path).load() is None, "nothing yet"
    assert store(tmp_path).save(1.25, ENTRIES)
    assert store(tmp_path).load() == KeptBook("this machine", 1.25, ENTRIES)
    assert store(tmp_path).save(1.0, ENTRIES[:1])
    assert store(tmp_path).load() == KeptBook("this machine", 1.0, ENTRIES[:1])
    assert [path.name for path in raw(tmp_path).parent.iterdir()] == ["costs.json"], "nothing is left lying about"


def test_a_book_of_another_machine_is_not_believed(tmp_path: Path) -> None:
    store(tmp_path, "another").save(1.0, ENTRIES)
    assert store(tmp_path).load() is None


def book(**changed: object) -> bytes:
    entry = {"key": "eq/1", "rate_hz": 48_000, "period_frames": 64, "ns": [3.5], "source": "measured", "looks": [0]}
    top = {"truth": "this machine", "slowness": 1.0, "entries": [entry | changed]}
    return msgspec.json.encode({**top, **{key: changed[key] for key in changed if key in top}})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b"\xff\xfe",
        b"[" * 100_000,
        b"{}",
        book(ns=[]),
        book(ns=[0.0]),
        book(ns=[-3.0]),
        book(ns=[1e12]),
        book(ns=["3"]),
        book(ns=[1.0] * 17),
        book(looks=[0, 0]),
        book(looks=[-1]),
        book(key=""),
        book(key="k" * 1000),
        book(rate_hz=0),
        book(period_frames=10**9),
        book(source="dreamt"),
        book(slowness=0.0),
        book(slowness=None),
        book(entries=[]).replace(b"[]", b'[{"key":1}]'),
        book().replace(b"3.5", b"1e999"),
        book().replace(b"1.0", b"NaN"),
    ],
)
def test_what_is_damaged_is_measured_again(tmp_path: Path, content: bytes) -> None:
    raw(tmp_path).parent.mkdir()
    raw(tmp_path).write_bytes(book())
    assert store(tmp_path).load() is not None, "else the rest shows nothing"
    raw(tmp_path).write_bytes(content)
    assert store(tmp_path).load() is None


def test_what_is_too_much_is_not_read(tmp_path: Path) -> None:
    store(tmp_path).save(1.0, tuple(Kept(f"k{n}", 48_000, 64, (1.0,), "measured") for n in range(MOST_ENTRIES + 1)))
    assert store(tmp_path).load() is None
    raw(tmp_path).write_bytes(book() + b" " * 2**20)
    assert store(tmp_path).load() is None
    raw(tmp_path).unlink()
    os.mkfifo(raw(tmp_path))
    assert store(tmp_path).load() is None, "and nobody waits for a FIFO"


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_a_file_cut_off_or_changed_anywhere_is_refused_or_whole(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    store(folder).save(1.25, ENTRIES)
    whole = raw(folder).read_bytes()
    raw(folder).write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    assert store(folder).load() is None


def test_a_disk_that_refuses_is_no_error(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "home").write_text("a file where the folder should be")
    assert not store(tmp_path).save(1.0, ENTRIES)
    assert "not kept" in caplog.text


def machine(folder: Path, model: str, processor: str) -> Path:
    (folder / "proc/device-tree").mkdir(parents=True)
    (folder / "proc/device-tree/model").write_text(f"{model}\0")
    (folder / "proc/cpuinfo").write_text(processor)
    return folder


def test_a_truth_is_of_a_machine_a_board_and_prices(tmp_path: Path) -> None:
    cores = "".join(f"processor\t: {core}\nBogoMIPS\t: {{}}\nCPU part\t: 0xd08\n\n" for core in range(4))
    pi_4 = machine(tmp_path / "a", "Raspberry Pi 4 Model B Rev 1.4", cores.format(*"1234"))
    again = machine(tmp_path / "b", "Raspberry Pi 4 Model B Rev 1.4", cores.format(*"5678"))
    pi_5 = machine(tmp_path / "c", "Raspberry Pi 5 Model B Rev 1.0", cores.replace("d08", "d0b").format(*"1234"))
    truth = truth_of("hat", None, pi_4)
    assert truth == truth_of("hat", None, again), "how fast it says it runs is no part of it"
    prices = load_prices("pi-4"), load_prices("pi-5")
    others = [truth_of("hat", None, pi_5), truth_of("other", None, pi_4), *(truth_of("hat", p, pi_4) for p in prices)]
    assert len({truth, *others}) == 5
    assert truth_of("hat", None) == truth_of("hat", None), "of this machine"
    assert truth_of("hat", None, tmp_path / "nowhere") == truth_of("hat", None, tmp_path / "nowhere")
