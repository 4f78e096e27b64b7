"""All that can be edited, shown; and a preset from there, held: on the test stand, by the panel's own answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pedal.errors import ControlError, PresetError
from pedal.panel.chain_requests import RemoveBlock
from pedal.panel.desk_requests import HoldPreset, Show, Things
from pedal.panel.protocol import AnyRequest, SetParam, SetWidth
from pedal.preset import format_preset, parse_preset
from tests.panel.walk import CRUNCH, MODELS, Walker, until, walker


@pytest.fixture
def walk(tmp_path: Path) -> Iterator[Walker]:
    with walker(tmp_path) as made:
        yield made


def ask(walk: Walker, request: AnyRequest) -> dict:  # type: ignore[type-arg]
    return walk.menus.perform(request)


def test_what_is_shown_is_the_preset_in_hand(walk: Walker) -> None:
    ask(walk, SetParam(target="amp1.drive_db", value=6.0))
    ask(walk, SetWidth(width="lite"))
    shown = ask(walk, Show())
    assert parse_preset(shown["text"], "shown") == walk.stand.player.preset
    assert (shown["key"], shown["edited"], shown["quality"]) == ("01-crunch", True, {"amp1": "lite"})
    assert "bypass" in shown["switches"]


def test_while_nothing_changes_the_mark_is_the_answer(walk: Walker) -> None:
    mark = ask(walk, Show())["mark"]
    assert ask(walk, Show(mark=mark)) == {"mark": mark}
    ask(walk, SetParam(target="gate1.threshold_db", value=-50.0))
    news = ask(walk, Show(mark=mark))
    assert news["mark"] != mark
    assert "threshold_db = -50.0" in news["text"]


def test_what_was_removed_is_held_again(walk: Walker) -> None:
    before = walk.stand.player.preset
    ask(walk, SetParam(target="amp1.drive_db", value=6.0))
    text = ask(walk, Show())["text"]
    ask(walk, RemoveBlock(block="amp1"))
    mark = ask(walk, Show())["preset_mark"]
    ask(walk, HoldPreset(text=text, key="01-crunch", instead_of=mark))
    walk.settle()
    assert walk.stand.player.preset.block("amp1").value("drive_db") == 6.0
    assert [block.id for block in walk.stand.player.preset.blocks] == [block.id for block in before.blocks]


def test_who_was_overtaken_is_told_and_changes_nothing(walk: Walker) -> None:
    shown = ask(walk, Show())
    ask(walk, SetParam(target="amp1.drive_db", value=6.0))
    with pytest.raises(ControlError, match="changed meanwhile"):
        ask(walk, HoldPreset(text=shown["text"], key=shown["key"], instead_of=shown["preset_mark"]))
    assert walk.stand.player.preset.block("amp1").value("drive_db") == 6.0


def test_other_knobs_of_the_same_blocks_build_nothing(walk: Walker) -> None:
    jobs = len(walk.stand.bench.jobs)
    text = format_preset(CRUNCH.with_value("amp1", "drive_db", 9.0).with_on("cab1", False))
    ask(walk, HoldPreset(text=text, key="01-crunch"))
    assert len(walk.stand.bench.jobs) == jobs
    assert walk.stand.player.preset.block("amp1").value("drive_db") == 9.0
    assert not walk.stand.player.preset.block("cab1").on
    ask(walk, HoldPreset(text=format_preset(replace(CRUNCH, blocks=CRUNCH.blocks[:2])), key="01-crunch"))
    assert len(walk.stand.bench.jobs) == jobs + 1


def test_what_belongs_to_no_file_yet_is_not_lost(walk: Walker) -> None:
    ask(walk, HoldPreset(text=format_preset(replace(CRUNCH, name="Fresh"))))
    walk.settle()
    shown = ask(walk, Show())
    assert (shown["key"], shown["edited"]) == ("", True)


@pytest.mark.parametrize(
    ("text", "key", "complaint"),
    [
        ("", "", "has no name"),
        ("name = 'A'\nbloc = 3", "", "unknown key"),
        ("name = 'A'", "../../etc", "no name of a preset's file"),
        ("x" * 70000, "", "larger than"),
        ("name = 'A'\n[[block]]\nkind = 'amp'\nmodel = '/etc/passwd'", "", "outside the library"),
    ],
)
def test_what_is_no_preset_is_refused_and_the_old_one_plays(walk: Walker, text: str, key: str, complaint: str) -> None:
    before = walk.stand.player.preset
    with pytest.raises((PresetError, ControlError), match=complaint):
        ask(walk, HoldPreset(text=text, key=key))
    assert walk.stand.player.preset is before


def test_things_to_choose_from_come_in_pieces(walk: Walker) -> None:
    ask(walk, Things(kind="model"))
    until(lambda: not ask(walk, Things(kind="model"))["is_looking"])
    models = ask(walk, Things(kind="model"))
    assert {thing[0] for thing in models["things"]} == set(MODELS)
    assert models["total"] == len(MODELS)
    assert ask(walk, Things(kind="model", start=3))["things"] == models["things"][3:]
    assert [preset[1] for preset in ask(walk, Things(kind="preset"))["things"]] == ["Crunch", "Swell"]
