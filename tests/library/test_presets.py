"""The preset store: order, shadowing, finding by name, saving, and broken files."""

from pathlib import Path

import pytest

from pedal.errors import PresetError
from pedal.library.atomic import previous_of
from pedal.library.presets import PresetStore
from pedal.preset import Block, Preset


@pytest.fixture
def store(tmp_path: Path) -> PresetStore:
    factory = tmp_path / "factory"
    factory.mkdir()
    for key, name in (("01-crunch", "Crunch"), ("02-clean-edge", "Clean edge"), ("10-lead", "Sing it")):
        (factory / f"{key}.toml").write_text(f'name = "{name}"\n')
    return PresetStore(tmp_path / "user", factory)


def keys(store: PresetStore) -> list[str]:
    return [entry.key for entry in store.entries()]


def test_the_list_is_in_order_and_the_players_files_come_first(store: PresetStore) -> None:
    assert keys(store) == ["01-crunch", "02-clean-edge", "10-lead"]
    store.save("05-mine", Preset("Mine"))
    store.save("01-crunch", Preset("My crunch"))
    assert keys(store) == ["01-crunch", "02-clean-edge", "05-mine", "10-lead"]
    assert store.load("01-crunch").preset.name == "My crunch"
    assert not store.entry("01-crunch").is_factory
    assert store.entry("10-lead").is_factory


def test_steps_go_around(store: PresetStore) -> None:
    assert store.step("01-crunch", 1) == "02-clean-edge"
    assert store.step("10-lead", 1) == "01-crunch"
    assert store.step("01-crunch", -1) == "10-lead"
    assert store.step("deleted", 1) == "01-crunch"


def test_no_presets_at_all(tmp_path: Path) -> None:
    with pytest.raises(PresetError, match="no presets"):
        PresetStore(tmp_path / "a", tmp_path / "b").step("x", 1)


@pytest.mark.parametrize(
    ("name", "key"),
    [("01-crunch", "01-crunch"), ("crunch", "01-crunch"), ("CLEAN EDGE", "02-clean-edge"), ("sing it", "10-lead")],
)
def test_finds_what_a_player_means(store: PresetStore, name: str, key: str) -> None:
    assert store.find(name) == key


def test_says_what_is_near(store: PresetStore) -> None:
    with pytest.raises(PresetError, match=r"no preset 'crunsh'.*crunch"):
        store.find("crunsh")
    with pytest.raises(PresetError, match=r"no preset '01-crunsh'.*01-crunch"):
        store.load("01-crunsh")


def test_what_is_saved_is_read_back(store: PresetStore) -> None:
    preset = Preset("Mine", (Block("amp", "amp", "a.nam", {"drive_db": 2.5}), Block("cab", "cab", "b.wav", on=False)))
    path = store.save("mine", preset)
    assert path.is_file()
    assert store.load("mine").preset == preset
    assert store.load("mine").warning == ""


def test_a_broken_file_plays_as_it_was_before(store: PresetStore) -> None:
    store.save("mine", Preset("First"))
    path = store.save("mine", Preset("Second"))
    path.write_text("name = ")
    loaded = store.load("mine")
    assert loaded.preset.name == "First"
    assert "mine.toml: is not TOML" in loaded.warning
    assert "before" in loaded.warning


def test_saving_over_a_broken_file_keeps_the_last_good_one(store: PresetStore) -> None:
    store.save("mine", Preset("First"))
    path = store.save("mine", Preset("Second"))
    path.write_text("broken by hand")
    store.save("mine", Preset("Third"))
    assert store.load("mine").preset.name == "Third"
    assert 'name = "First"' in previous_of(path).read_text()


def test_a_broken_file_without_a_previous_one_is_refused(store: PresetStore, tmp_path: Path) -> None:
    (tmp_path / "factory" / "03-broken.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(PresetError, match=r"03-broken\.toml: byte 0 is not UTF-8"):
        store.load("03-broken")
    assert "03-broken" in keys(store)
    assert store.find("sing it") == "10-lead"


def test_keys_are_file_names_and_stay_in_the_folder(store: PresetStore, tmp_path: Path) -> None:
    for key in ("../x", "a/b", "", ".hidden", "x" * 65, "a\nb"):
        with pytest.raises(PresetError, match="cannot name a preset"):
            store.save(key, Preset("Mine"))
        with pytest.raises(PresetError, match="no preset"):
            store.load(key)
    assert not (tmp_path / "user").exists()


def test_what_could_not_be_read_back_is_not_saved(store: PresetStore, tmp_path: Path) -> None:
    with pytest.raises(PresetError, match="points outside"):
        store.save("mine", Preset("Mine", (Block("amp", "amp", "../a.nam"),)))
    assert not (tmp_path / "user").exists()


def test_a_folder_that_cannot_be_made(store: PresetStore, tmp_path: Path) -> None:
    (tmp_path / "user").write_text("in the way")
    with pytest.raises(PresetError, match="cannot be saved"):
        store.save("mine", Preset("Mine"))


def test_leftovers_of_a_killed_writer_go(tmp_path: Path) -> None:
    (tmp_path / ".x.toml.999999999.tmp").write_text("half")
    PresetStore(tmp_path, tmp_path / "factory")
    assert list(tmp_path.iterdir()) == []


def test_the_shipped_presets_name_shipped_files() -> None:
    from pedal.library.assets import Assets
    from pedal.library.impulses import load_impulse
    from pedal.params import KINDS
    from pedal.paths import factory_dir

    models = factory_dir("models")
    store, assets = PresetStore(models / "none", models / "presets"), Assets(models)
    for entry in store.entries():
        for block in store.load(entry.key).preset.blocks:
            if KINDS[block.kind].asset == "model":
                assert assets.model_path(block.asset).is_file()
            elif KINDS[block.kind].asset == "impulse":
                assert load_impulse(assets.impulse_path(block.asset), 48000).size > 0
