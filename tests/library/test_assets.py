"""From names to files: order of folders, and no way out of them."""

import os
from pathlib import Path

import pytest

from pedal.errors import ImpulseError, ModelError
from pedal.library.assets import Assets, load_content_hash


@pytest.fixture
def roots(tmp_path: Path) -> tuple[Path, Path]:
    user, factory = tmp_path / "user", tmp_path / "factory"
    for folder in (user / "cabs", user / "friends", factory / "cabs"):
        folder.mkdir(parents=True)
    (factory / "amp.nam").write_text("factory")
    (factory / "cabs" / "box.wav").write_text("factory")
    (tmp_path / "secret.nam").write_text("secret")
    return user, factory


def test_the_players_files_come_first(roots: tuple[Path, Path]) -> None:
    user, factory = roots
    assets = Assets(user, factory)
    assert assets.model_path("amp.nam") == factory / "amp.nam"
    assert assets.impulse_path("box.wav") == factory / "cabs" / "box.wav"
    (user / "amp.nam").write_text("mine")
    (user / "box.wav").write_text("mine")
    (user / "friends" / "loud.nam").write_text("theirs")
    assert assets.model_path("amp.nam") == user / "amp.nam"
    assert assets.impulse_path("box.wav") == user / "box.wav"
    assert assets.model_path("friends/loud.nam") == user / "friends" / "loud.nam"
    assert assets.model_names() == ("amp.nam", "friends/loud.nam")
    assert assets.impulse_names() == ("box.wav",)


@pytest.mark.parametrize("name", ["../secret.nam", "/etc/passwd", "a/../../secret.nam", "", ".x.nam", "a\0.nam"])
def test_no_way_out_by_name(roots: tuple[Path, Path], name: str) -> None:
    with pytest.raises(ModelError, match=r"outside|not a file name"):
        Assets(*roots).model_path(name)
    with pytest.raises(ImpulseError, match=r"outside|not a file name"):
        Assets(*roots).impulse_path(name)


def test_no_way_out_by_links(roots: tuple[Path, Path], tmp_path: Path) -> None:
    user, _ = roots
    (user / "out.nam").symlink_to(tmp_path / "secret.nam")
    (user / "folder").symlink_to(tmp_path)
    (user / "nowhere.nam").symlink_to(user / "gone.nam")
    (user / "circle.nam").symlink_to(user / "circle.nam")
    for name in ("out.nam", "folder/secret.nam", "nowhere.nam", "circle.nam"):
        with pytest.raises(ModelError, match="leads out of the library"):
            Assets(*roots).model_path(name)


def test_links_inside_are_fine(roots: tuple[Path, Path]) -> None:
    user, _ = roots
    (user / "amp.nam").write_text("mine")
    (user / "same.nam").symlink_to(user / "amp.nam")
    assert Assets(*roots).model_path("same.nam").read_text() == "mine"


def test_only_regular_files(roots: tuple[Path, Path]) -> None:
    user, _ = roots
    (user / "folder.nam").mkdir()
    os.mkfifo(user / "pipe.nam")
    for name in ("folder.nam", "pipe.nam"):
        with pytest.raises(ModelError, match="is not a file"):
            Assets(*roots).model_path(name)


def test_says_what_is_near(roots: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no model 'anp\.nam'.*amp\.nam"):
        Assets(*roots).model_path("anp.nam")
    with pytest.raises(ImpulseError, match=r"no impulse 'bax\.wav'.*box\.wav"):
        Assets(*roots).impulse_path("bax.wav")
    with pytest.raises(ModelError, match=r"does not end in \.nam"):
        Assets(*roots).model_path("amp.txt")
    with pytest.raises(ModelError, match="library is empty"):
        Assets(tmp_path / "none").model_path("amp.nam")


def test_the_hash_is_of_the_content(roots: tuple[Path, Path]) -> None:
    _, factory = roots
    before = load_content_hash(factory / "amp.nam")
    assert len(before) == 64
    (factory / "amp.nam").write_text("changed")
    assert load_content_hash(factory / "amp.nam") != before
    with pytest.raises(ImpulseError, match="no such file"):
        load_content_hash(factory / "none.wav", ImpulseError)
