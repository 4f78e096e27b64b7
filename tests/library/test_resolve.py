"""By hash if the library knows it, under whatever name; else by name, and then it is said if that is another file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from pedal.errors import ImpulseError, ModelError
from pedal.library.assets import Assets
from pedal.library.cards import Card
from pedal.library.catalog import Catalog
from pedal.library.presets import PresetStore
from pedal.library.resolve import file_path, resolve
from pedal.library.uses import presets_using
from pedal.preset import Block, Preset, format_preset, parse_preset


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


OLD, NEW, CAB, FAR = b"an old model", b"a new model", b"a cabinet", b"the same, from afar"


@pytest.fixture
def models(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    (folder / "cabs").mkdir(parents=True)
    (folder / "x.nam").write_bytes(OLD)
    (folder / "cabs" / "near.wav").write_bytes(CAB)
    (folder / "cabs" / "far.wav").write_bytes(FAR)
    return folder


@pytest.fixture
def assets(models: Path, tmp_path: Path) -> Assets:
    return Assets(models, catalog=Catalog(tmp_path / "library", ((models, "folder"),)))


SAVED = Preset(
    "Mine",
    (
        Block("amp1", "amp", "x.nam", hashes={"model": sha(OLD)}),
        Block(
            "cab1",
            "cab",
            "near.wav",
            options={"impulse_b": "far.wav"},
            hashes={"impulse": sha(CAB), "impulse_b": sha(FAR)},
        ),
    ),
)


def test_what_is_as_it_was_keeps_its_name(assets: Assets) -> None:
    found = resolve(SAVED, assets)
    assert (found.preset, found.warnings, found.missing) == (SAVED, (), ())
    assert found.hashes == {"amp1": {"model": sha(OLD)}, "cab1": {"impulse": sha(CAB), "impulse_b": sha(FAR)}}


def test_without_hashes_names_do_and_the_hashes_become_known(assets: Assets) -> None:
    named = Preset("Mine", tuple(Block(b.id, b.kind, b.asset, options=b.options) for b in SAVED.blocks))
    found = resolve(named, assets)
    assert found.preset == named and not found.warnings
    assert named.with_hashes(found.hashes) == SAVED
    assert SAVED.is_like(named), "a hash that became known is no edit"


@pytest.mark.parametrize("moved", ["friends/Y.nam", "y.nam"])
def test_a_file_that_was_renamed_is_found(assets: Assets, models: Path, moved: str) -> None:
    (models / moved).parent.mkdir(exist_ok=True)
    (models / "x.nam").rename(models / moved)
    found = resolve(SAVED, assets)
    assert found.preset.block("amp1").asset == f"sha256:{sha(OLD)}" and not found.warnings
    assert assets.model_path(found.preset.block("amp1").asset) == models / moved
    assert found.hashes["amp1"] == {"model": sha(OLD)}


def test_what_was_imported_is_found_by_its_content(assets: Assets, models: Path, tmp_path: Path) -> None:
    (models / "x.nam").unlink()
    Catalog(tmp_path / "library").add(Card("model", sha(OLD), "Some amp"), OLD)
    assert file_path(SAVED.block("amp1"), "model", assets) == tmp_path / "library" / "models" / f"{sha(OLD)}.nam"
    assert not resolve(SAVED, assets).missing


def test_a_name_that_stands_for_another_file_plays_it_and_says_so(assets: Assets, models: Path) -> None:
    (models / "x.nam").write_bytes(NEW)
    (models / "cabs" / "far.wav").write_bytes(NEW)
    found = resolve(SAVED, assets)
    assert found.preset == SAVED
    assert found.warnings == (
        "amp1: plays 'x.nam', which has changed since this preset was saved.",
        "cab1: plays 'far.wav', which has changed since this preset was saved.",
    )
    saved_again = SAVED.with_hashes(found.hashes)
    assert not resolve(saved_again, assets).warnings, "once saved, that is the file"


def test_hash_before_name_and_the_player_is_told_how_to_change_that(assets: Assets, models: Path) -> None:
    (models / "x.nam").rename(models / "y.nam")
    (models / "x.nam").write_bytes(NEW)
    found = resolve(SAVED, assets)
    assert assets.model_path(found.preset.block("amp1").asset).read_bytes() == OLD
    (warning,) = found.warnings
    assert warning.startswith("amp1: plays what was saved with it; 'x.nam' is another file now. Remove model_hash")
    other = SAVED.with_option("amp1", "model", "x.nam")
    assert other.block("amp1").hashes == {}, "whoever chooses a file by its name means the name"
    assert resolve(other, assets).hashes["amp1"] == {"model": sha(NEW)}


def test_what_is_nowhere_is_said_in_one_sentence_each(assets: Assets, models: Path) -> None:
    (models / "x.nam").unlink()
    (models / "cabs" / "far.wav").unlink()
    found = resolve(SAVED, assets)
    assert [line.partition(".")[0] for line in found.missing] == [
        "amp1: there is no model 'x",
        "cab1: there is no impulse 'far",
    ]
    assert found.preset == SAVED and "amp1" not in found.hashes
    assert file_path(SAVED.block("amp1"), "model", assets) is None


def test_content_that_nobody_knows(assets: Assets, models: Path) -> None:
    for known in (assets, Assets(models)):
        with pytest.raises(ModelError, match="no model with the content sha256:0000000000000"):
            known.model_path("sha256:" + "0" * 64)
        with pytest.raises(ImpulseError, match="no impulse with the content"):
            known.impulse_path("sha256:../../x.wav")


def test_a_preset_that_means_content_uses_it_under_any_name(assets: Assets, models: Path, tmp_path: Path) -> None:
    store = PresetStore(tmp_path / "presets", tmp_path / "factory")
    store.save("mine", SAVED)
    (models / "x.nam").rename(models / "y.nam")
    assert presets_using(models / "y.nam", store, assets) == ("mine",)
    assert presets_using(models / "cabs" / "far.wav", store, assets) == ("mine",)
    assert presets_using(models / "another.nam", store, assets) == ()


def test_hashes_survive_the_file() -> None:
    text = format_preset(SAVED)
    assert f'model_hash = "sha256:{sha(OLD)}"' in text
    assert parse_preset(text, "") == SAVED
