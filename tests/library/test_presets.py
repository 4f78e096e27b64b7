"""The preset store: order, shadowing, finding by name, saving, and broken files."""

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pedal.errors import PresetError
from pedal.library.atomic import previous_of
from pedal.library.presets import Loaded, PresetStore
from pedal.preset import Block, Preset, format_preset
from tests.test_preset import presets

GOLDEN = Path(__file__).parent / "golden"


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


def test_saving_over_a_broken_file_keeps_it_and_the_last_good_one(store: PresetStore) -> None:
    store.save("mine", Preset("First"))
    path = store.save("mine", Preset("Second"))
    path.write_text("broken by hand")
    store.save("mine", Preset("Third"))
    assert store.load("mine").preset.name == "Third"
    assert 'name = "First"' in previous_of(path).read_text()
    assert path.with_name("mine.toml.broken").read_text() == "broken by hand"


def test_what_is_deleted_stays_beside_the_list(store: PresetStore) -> None:
    store.save("01-crunch", Preset("My crunch"))
    store.save("11-mine", Preset("Mine"))
    kept = store.delete("11-mine")
    assert "11-mine" not in keys(store) and 'name = "Mine"' in kept.read_text()
    store.delete("01-crunch")
    assert store.load("01-crunch").preset.name == "Crunch", "the factory's is back"
    with pytest.raises(PresetError, match="factory preset, which stays"):
        store.delete("01-crunch")
    with pytest.raises(PresetError, match="no preset '11-mine'"):
        store.delete("11-mine")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Big Clean!", "11-big-clean"),
        ("Überlärm", "11-uberlarm"),
        ("ギター", "11-preset"),
        ("x" * 64, "11-" + "x" * 48),
    ],
)
def test_a_new_preset_goes_to_the_end_of_the_list(store: PresetStore, name: str, key: str) -> None:
    assert store.new_key(name) == key
    store.save(key, Preset(name))
    assert keys(store)[-1] == key
    with pytest.raises(PresetError, match=r"there is a preset .* already"):
        store.check_free(name)
    store.check_free("another")


COMMENTED = """\
# For the small amp.
name = "Sing it"   # 2019

[input]
trim_db = 3        # the old guitar

[[block]]
kind = "amp"
model = "a.nam"
drive_db = 2       # enough

# behind the amp
[[block]]
kind = "tone"
bass_db = 3
"""


def test_a_players_comments_survive_a_save(store: PresetStore, tmp_path: Path) -> None:
    path = tmp_path / "user" / "mine.toml"
    path.parent.mkdir()
    path.write_text(COMMENTED)
    preset = store.load("mine").preset
    store.save("mine", preset.with_value("amp1", "drive_db", 4.5))
    lines = path.read_text().splitlines()
    kept = [line for line in COMMENTED.splitlines() if "drive_db" not in line]
    assert [line for line in lines if line in kept] == kept, "what was not changed is as it was written"
    assert "drive_db = 4.5       # enough" in lines
    store.save("12-copy", preset, like="mine")
    assert "# For the small amp." in (tmp_path / "user" / "12-copy.toml").read_text()
    moved = replace(preset, blocks=(Block("boost1", "boost"), *preset.blocks[::-1]))
    store.save("mine", moved)
    assert store.load("mine").preset == moved and "# behind the amp" in path.read_text()


@pytest.mark.parametrize("long", [False, True])
def test_comments_that_cannot_stay_are_kept_beside(store: PresetStore, tmp_path: Path, long: bool) -> None:
    path = tmp_path / "user" / "mine.toml"
    path.parent.mkdir()
    snapshot = '[[snapshot]]\nvalues = { "tone1.on" = true }\n'
    path.write_text(text := COMMENTED + ("# much to say\n" * 2000 if long else snapshot))
    changed = store.load("mine").preset.with_value("amp1", "drive_db", 4.5)
    for _ in range(3):
        store.save("mine", changed)
    assert store.load("mine").preset == changed
    assert path.with_name("mine.toml.by-hand").read_text() == text


OLD_TEXTS = st.sampled_from([*(path.read_text("utf-8-sig") for path in GOLDEN.glob("v*/*.toml")), COMMENTED, ""])


@given(presets(), OLD_TEXTS, presets())
@settings(max_examples=60)
def test_what_is_saved_over_anything_is_read_back(preset: Preset, old: str, other: Preset) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = PresetStore(Path(folder), Path(folder) / "factory")
        (Path(folder) / "mine.toml").write_text(old or format_preset(other), "utf-8")
        store.save("mine", preset)
        assert store.load("mine") == Loaded(preset)


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
