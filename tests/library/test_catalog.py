"""The catalog: files and cards are the truth, the index only remembers, and names lead where they always led."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import msgspec
import pytest

from pedal.errors import LibraryError, ModelError
from pedal.library import catalog as catalog_module
from pedal.library import shelves
from pedal.library.assets import Assets
from pedal.library.cards import About, AssetKind, Card
from pedal.library.catalog import Catalog, Entry
from pedal.library.resolve import resolve
from pedal.library.used import COARSE_S, Use, load_used, note_used
from pedal.preset import Block, Preset


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def card(data: bytes, name: str, kind: AssetKind = "model", **more: object) -> Card:
    return msgspec.structs.replace(Card(kind, digest(data), name, size_bytes=len(data)), **more)


@pytest.fixture
def library(tmp_path: Path) -> Catalog:
    mine, factory = tmp_path / "models", tmp_path / "factory"
    for path in (mine / "friends" / "loud.nam", mine / "cabs" / "box.wav", factory / "crunch.nam"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(path.name.encode())
    found = Catalog(tmp_path / "library", ((mine, "folder"), (factory, "factory")))
    found.add(card(b"plexi", "Plexi Bright", category="Marshall", about=About(tone_type="crunch", by="Ann")), b"plexi")
    found.add(card(b"cone", "Öld Cone", "impulse"), b"cone")
    return found


def names(entries: tuple[Entry, ...]) -> list[str]:
    return [entry.asset_name for entry in entries]


def test_lists_all_there_is(library: Catalog) -> None:
    assert names(library.entries("model")) == ["crunch.nam", "friends/loud.nam", "Marshall/Plexi Bright.nam"]
    assert names(library.entries("impulse")) == ["box.wav", "Öld Cone.wav"]
    assert {entry.source for entry in library.entries()} == {"library", "folder", "factory"}
    for entry in library.entries():
        assert digest(entry.path.read_bytes()) == entry.hash
        assert library.path_of(entry.hash) == library.path_of(entry.hash, entry.card.kind) == entry.path


def test_a_hash_leads_to_its_file_only(library: Catalog) -> None:
    assert library.path_of(digest(b"nobody")) is None
    assert library.path_of(digest(b"plexi"), "impulse") is None
    for nonsense in ("", "../../etc/passwd", "A" * 64, digest(b"plexi")[:-1] + "\n"):
        assert library.path_of(nonsense) is None


def test_the_index_changes_nothing_but_the_time(library: Catalog) -> None:
    before = library.entries()
    index = library.home / "index.json"
    remembered = index.read_bytes()
    for content in (b"", b"{", b"[]", b'{"rows":{"x":1},"version":1}', b"\xff" * 100, remembered[:-40]):
        index.write_bytes(content)
        assert library.entries() == before
        assert index.read_bytes() == remembered
    index.unlink()
    assert library.entries() == before
    index.unlink()
    index.mkdir()
    assert library.entries() == before


def test_what_changed_behind_the_index_is_seen(library: Catalog, tmp_path: Path) -> None:
    library.entries()
    path = tmp_path / "models" / "friends" / "loud.nam"
    path.write_bytes(b"LOUD.nam")  # as many bytes as before
    assert library.path_of(digest(b"LOUD.nam")) == path
    plexi = library.find("plexi bright", "model")
    library.write_card(msgspec.structs.replace(plexi.card, name="Plexi Dark!!"))
    assert names(library.search("dark")) == ["Marshall/Plexi Dark!!.nam"]
    path.unlink()
    assert "friends/loud.nam" not in names(library.entries())


def test_who_asks_once_is_told_what_was_then(library: Catalog, tmp_path: Path) -> None:
    once = Catalog(library.home, ((tmp_path / "models", "folder"), (tmp_path / "factory", "factory")), once=True)
    before = [library.entries(kind) for kind in (None, "model", "impulse")]
    assert [once.entries(kind) for kind in (None, "model", "impulse")] == before
    (tmp_path / "models" / "friends" / "loud.nam").unlink()
    assert [once.entries(kind) for kind in (None, "model", "impulse")] == before
    assert library.entries() != before[0]


def test_missing_files_are_flagged(library: Catalog) -> None:
    plexi = library.find("Plexi Bright", "model")
    plexi.path.unlink()
    assert library.find("Plexi Bright", "model").missing
    assert library.path_of(plexi.hash) is None
    assert library.named("Marshall/Plexi Bright.nam", "model") is None
    plexi.path.symlink_to(library.content_path("impulse", digest(b"cone")))
    assert library.path_of(plexi.hash) is None


def test_a_damaged_card_hides_nothing(library: Catalog) -> None:
    plexi = library.find("Plexi Bright", "model")
    path = library.card_path("model", plexi.hash)
    for content in (b"", b"{}", b'{"kind":"model","hash":"' + b"a" * 64 + b'","name":"x"}'):
        path.write_bytes(content)
        assert library.path_of(plexi.hash) == plexi.path
        assert library.find(plexi.hash, "model").name == plexi.hash[:12]


def test_search(library: Catalog) -> None:
    for text in ("plexi", "PLEX br", "marsh", "bright marshall", "crunch ann", ""):
        assert "Marshall/Plexi Bright.nam" in names(library.search(text, "model")), text
    assert names(library.search("old cone")) == ["Öld Cone.wav"]
    assert names(library.search("lexi")) == [] == names(library.search("plexi cone"))
    assert names(library.search("crunch")) == ["crunch.nam", "Marshall/Plexi Bright.nam"]
    loud = library.find("loud", "model")
    library.write_card(msgspec.structs.replace(loud.card, favourite=True))
    assert names(library.search("", "model"))[0] == "friends/loud.nam"


def test_favourites_of_named_files_are_kept_with_their_content(library: Catalog, tmp_path: Path) -> None:
    crunch = library.find("crunch.nam", "model")
    library.write_card(msgspec.structs.replace(crunch.card, favourite=True))
    found = library.find("crunch.nam", "model")
    assert found.card.favourite and found.source == "factory" and not found.missing
    assert names(library.entries("model")).count("crunch.nam") == 1
    (tmp_path / "factory" / "crunch.nam").rename(tmp_path / "factory" / "other.nam")
    assert library.find("other.nam", "model").card.favourite


def test_names_lead_to_folders_first(library: Catalog, tmp_path: Path) -> None:
    assets = Assets(tmp_path / "models", tmp_path / "factory", catalog=library)
    plexi = library.find("Plexi Bright", "model")
    assert assets.model_path("crunch.nam") == tmp_path / "factory" / "crunch.nam"
    assert assets.model_path("Marshall/Plexi Bright.nam") == plexi.path
    assert assets.model_path("plexi bright.nam") == plexi.path
    assert assets.impulse_path("Öld Cone.wav").read_bytes() == b"cone"
    assert assets.model_names() == ("Marshall/Plexi Bright.nam", "crunch.nam", "friends/loud.nam")
    (tmp_path / "models" / "Marshall").mkdir()
    (tmp_path / "models" / "Marshall" / "Plexi Bright.nam").write_bytes(b"mine")
    assert assets.model_path("Marshall/Plexi Bright.nam").read_bytes() == b"mine"
    with pytest.raises(ModelError, match=r"no model 'other\.nam'"):
        assets.model_path("other.nam")
    with pytest.raises(ModelError, match="outside the library"):
        assets.model_path("../Plexi Bright.nam")


def test_a_preset_of_an_imported_model_looks_at_its_card_alone(
    library: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assets = Assets(tmp_path / "models", tmp_path / "factory", catalog=library)
    saved = Preset("Mine", (Block("amp1", "amp", "Marshall/Plexi Bright.nam", hashes={"model": digest(b"plexi")}),))
    with monkeypatch.context() as context:
        context.setattr(catalog_module, "look", lambda *_: pytest.fail("looked at all there is"))
        found = resolve(saved, assets)
        assert (found.warnings, found.missing) == ((), ())
        assert assets.model_path(found.preset.blocks[0].asset).read_bytes() == b"plexi"
    # The hash is only a hint: a name leads where it leads without it.
    assert library.named("Marshall/Plexi Bright.nam", "model", digest(b"cone")) == library.find("Plexi Bright", "model")
    (tmp_path / "models" / "Marshall").mkdir()
    (tmp_path / "models" / "Marshall" / "Plexi Bright.nam").write_bytes(b"mine")
    assert assets.model_path("Marshall/Plexi Bright.nam", digest(b"plexi")).read_bytes() == b"mine"


def test_finding_says_what_is_near_and_what_is_not_clear(library: Catalog) -> None:
    library.add(card(b"other", "Plexi Bright", category="Friends"), b"other")
    assert library.find("friends/plexi bright.nam", "model").hash == digest(b"other")
    assert library.find(digest(b"plexi")[:8], "model").hash == digest(b"plexi")
    with pytest.raises(LibraryError, match=r"may be 2 things\. Say which: 'Friends/Plexi"):
        library.find("plexi bright", "model")
    with pytest.raises(LibraryError, match=r"no impulse 'bax\.wav'\. Did you mean 'box\.wav'"):
        library.find("bax.wav", "impulse")


def test_deleting(library: Catalog) -> None:
    plexi, crunch, loud = (library.find(name, "model") for name in ("Plexi Bright", "crunch.nam", "loud"))
    with pytest.raises(LibraryError, match="factory"):
        library.delete(crunch)
    library.write_card(loud.card)
    library.delete(plexi)
    library.delete(loud)
    assert names(library.entries("model")) == ["crunch.nam"]
    assert not list((library.home / "models").iterdir())


def test_adding_again_mends_damaged_content(library: Catalog) -> None:
    plexi = library.find("Plexi Bright", "model")
    plexi.path.write_bytes(b"PLEXI")
    library.add(plexi.card, b"plexi")
    assert plexi.path.read_bytes() == b"plexi"


def test_a_card_of_a_newer_pedal_is_read_and_not_written(library: Catalog) -> None:
    plexi = library.find("Plexi Bright", "model")
    path = library.card_path("model", plexi.hash)
    text = path.read_bytes().replace(b'"version": 1', b'"version": 2, "colour": "red"')
    path.write_bytes(text)
    newer = library.find("Plexi Bright", "model")
    with pytest.raises(LibraryError, match="newer"):
        library.write_card(msgspec.structs.replace(newer.card, favourite=True))
    assert path.read_bytes() == text


def test_last_use_is_noted_now_and_then(library: Catalog, tmp_path: Path) -> None:
    plexi = digest(b"plexi")
    note_used(library.home, {plexi: (45.04, 210.0)}, 1000.0)
    assert library.find("Plexi Bright", "model").used == Use(1000.0, (45.0, 210.0))
    stamp = (library.home / "used.json").stat().st_ino
    note_used(library.home, {plexi: ()}, 1000.0 + COARSE_S / 2)
    assert (library.home / "used.json").stat().st_ino == stamp
    note_used(library.home, {plexi: (), digest(b"cone"): ()}, 1000.0 + 2 * COARSE_S)
    assert load_used(library.home) == dict.fromkeys((plexi, digest(b"cone")), Use(1000.0 + 2 * COARSE_S))
    (library.home / "used.json").write_bytes(b'{"x": ')
    assert load_used(library.home) == {}
    note_used(tmp_path / "nowhere", {plexi: ()})
    assert not (tmp_path / "nowhere").exists()


def test_two_thousand_models_are_searched_without_reading_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """How long it takes is printed, not judged: the machine is shared. That nothing is read again is judged."""
    library = Catalog(tmp_path / "library")
    folder = library.home / "models"
    folder.mkdir(parents=True)
    for number in range(2000):
        data = str(number).encode()
        made = card(data, f"Amp {number}", category=f"Folder {number % 40}", about=About(gear="Plexi", by="Ann Öther"))
        (folder / f"{made.hash}.nam").write_bytes(data)
        (folder / f"{made.hash}.json").write_bytes(msgspec.json.encode(made))
    assert len(library.entries("model")) == 2000

    def refuse(*_: object) -> None:
        raise AssertionError("read a file again")

    monkeypatch.setattr(shelves, "load_card", refuse)
    monkeypatch.setattr(shelves, "content_hash", refuse)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        found = library.search("1999 other fold")
        times.append(time.perf_counter() - start)
        assert names(found) == ["Folder 39/Amp 1999.nam"]
    start = time.perf_counter()
    assert library.path_of(found[0].hash) == found[0].path
    direct = time.perf_counter() - start
    print(f"search of 2000: {min(times) * 1e3:.1f} ms; by hash: {direct * 1e3:.2f} ms; {os.cpu_count()} cores")
