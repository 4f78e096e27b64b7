"""Stepping through models by foot: in the order of lists, within a folder, and among thousands without a stall."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pedal.errors import ControlError
from pedal.panel.menu.facts import Goods, Thing
from pedal.panel.model_steps import ModelSteps
from pedal.panel.shelf import Shelf
from pedal.preset import Preset
from tests.library.crowd import make_models
from tests.panel.stand import Stand, amp, tone
from tests.panel.walk import until

#: A library as large as a collector's.
MANY = 2000


def goods(*names: str) -> Goods:
    return Goods(models=tuple(Thing(name, name, name.rpartition("/")[0], f"content of {name}") for name in names))


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    made = Stand(tmp_path, {"01-one": Preset("One", (tone(), amp())), "02-two": Preset("Two", (amp(), amp("amp2")))})
    made.play("01-one")
    return made


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    made = Shelf()
    yield made
    made.close()


def plays(stand: Stand, name: str) -> None:
    """The amp of the preset in hand plays this, as if it had been chosen."""
    stand.player.set_param("amp.model", name, 0.0)


def test_around_a_folder_in_both_directions(stand: Stand, shelf: Shelf) -> None:
    shelf.goods = goods("starter-crunch.nam", "A/one.nam", "A/two.nam", "A/three.nam", "B/one.nam")
    steps = ModelSteps(stand.player, shelf)
    plays(stand, "a/Three.nam")  # whatever its case
    heard = []
    for by in (1, 1, -1, -1, -1):
        steps.step("", by, 1.0)
        heard.append(stand.player.preset.block("amp").asset)
    assert heard == ["A/one.nam", "A/two.nam", "A/one.nam", "A/three.nam", "A/two.nam"]
    assert stand.player.message == "two"


def test_what_was_renamed_or_lies_elsewhere_is_found(stand: Stand, shelf: Shelf) -> None:
    shelf.goods = goods("A/one.nam", "A/two.nam", "B/three.nam", "B/four.nam")
    steps = ModelSteps(stand.player, shelf)
    plays(stand, "four.nam")
    steps.step("amp", -1, 1.0)
    assert stand.player.preset.block("amp").asset == "B/three.nam"
    known = replace(stand.player.preset.block("amp"), asset="as it was.nam", hashes={"model": "content of A/one.nam"})
    stand.player.work.hold(replace(stand.player.preset, blocks=(tone(), known)))
    steps.step("amp", 1, 1.0)
    assert stand.player.preset.block("amp").asset == "A/two.nam"


def test_where_there_is_nothing_to_step_to(stand: Stand, shelf: Shelf) -> None:
    shelf.goods = goods("starter-crunch.nam", "A/one.nam")
    steps = ModelSteps(stand.player, shelf)
    with pytest.raises(ControlError, match="no other model in this folder"):
        steps.step("", 1, 1.0)
    with pytest.raises(ControlError, match="there is no amp 'amp9'"):
        steps.step("amp9", 1, 1.0)
    plays(stand, "gone.nam")
    steps.step("", 1, 1.0)
    assert stand.player.preset.block("amp").asset == "starter-crunch.nam", "the first of the folder that it was in"


def test_presses_before_anybody_has_looked_count_once_that_is_done(stand: Stand, shelf: Shelf) -> None:
    steps = ModelSteps(stand.player, shelf)
    shelf.look = lambda: None  # type: ignore[method-assign]  # by hand, here
    for _ in range(3):
        steps.step("", 1, 1.0)
    steps.step("", -1, 1.0)
    assert stand.player.message == "Looking for models ..."
    shelf.goods = goods("starter-crunch.nam", "1.nam", "2.nam", "3.nam")
    for _ in range(2):
        steps.tick(2.0)
    assert stand.player.preset.block("amp").asset == "2.nam"
    assert stand.player.message == "2"


def test_a_press_for_a_preset_that_is_gone_is_forgotten_and_a_lone_model_is_said(stand: Stand, shelf: Shelf) -> None:
    steps = ModelSteps(stand.player, shelf)
    shelf.look = lambda: None  # type: ignore[method-assign]
    steps.step("", 1, 1.0)
    stand.play("02-two")
    steps.step("amp2", 1, 1.0)
    shelf.goods = goods("starter-crunch.nam")
    steps.tick(2.0)
    assert "no other model" in stand.player.message
    assert [block.asset for block in stand.player.preset.blocks] == ["starter-crunch.nam"] * 2


def test_lists_that_cannot_be_read_leave_nothing_waiting(
    stand: Stand, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    steps = ModelSteps(stand.player, shelf)
    steps.step("", 1, 1.0)
    until(lambda: not shelf.is_looking)
    steps.tick(2.0)
    assert "/nowhere/python" in shelf.trouble and not steps._waiting


class Work:
    """Counts what this thread does inside: calls of Python and of C, and files and folders that it opens."""

    def __enter__(self) -> Work:
        self.calls, self.opened = 0, list[str]()
        self._counting = True
        thread = threading.get_ident()

        def hook(event: str, arguments: tuple[Any, ...]) -> None:
            if self._counting and threading.get_ident() == thread and event in ("open", "os.listdir", "os.scandir"):
                self.opened.append(f"{event} {arguments[0]}")

        sys.addaudithook(hook)
        sys.setprofile(self._count)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)
        self._counting = False

    def _count(self, frame: object, event: str, argument: object) -> None:
        self.calls += event in ("call", "c_call")


def test_two_thousand_models_do_not_hold_the_loop_up(
    tmp_path: Path, stand: Stand, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted, not timed: the loop opens no file of the library, and a step costs the same with 20 as with 2,000."""
    monkeypatch.setenv("PEDAL_HOME", str(tmp_path / "home"))
    cards = make_models(tmp_path / "home", MANY)
    steps = ModelSteps(stand.player, shelf)
    with Work() as first:
        steps.step("", 1, 1.0)
    until(lambda: not shelf.is_looking)
    assert shelf.goods.is_read and len(shelf.goods.models) >= MANY
    assert first.opened == [] and first.calls < 1000
    card = cards[0]
    plays(stand, f"{card.category}/{card.name}.nam")
    with Work() as table:
        steps.tick(1.0)  # makes the table: once, whenever the lists were read anew
    assert table.opened == [] and table.calls < 10 * MANY
    heard = {stand.player.preset.block("amp").asset}
    with Work() as work:
        steps.step("", 1, 1.0)
    assert work.opened == [] and work.calls < 1000
    heard.add(stand.player.preset.block("amp").asset)
    assert len(heard) == 2 and {name.rpartition("/")[0] for name in heard} == {card.category}
