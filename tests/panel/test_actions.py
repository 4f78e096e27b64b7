"""Every action that a board file may give a switch does its thing, or says in a sentence why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from pedal.actions import ACTIONS, MOST, Action, parse_action
from pedal.errors import BoardError, PedalError
from pedal.library.banks import Bank
from pedal.panel.actions import Actions
from pedal.panel.menu.facts import Goods, Thing
from pedal.panel.shelf import Shelf
from pedal.panel.tuner import Tuner
from pedal.preset import Preset, Snapshot
from tests.panel.stand import BOARD, Stand, amp, tone

SNAPSHOTS = (Snapshot(1, "Dark", {"tone": {"bass_db": 9.0}}), Snapshot(4, "", {}, {"tone": False}))
#: What each changes: the preset, the snapshot, or the bank; or what it says.
DOES: dict[str, object] = {
    "next_preset": "02-two",
    "previous_preset": "03-three",
    "next_snapshot": 1,
    "snapshot_1": 1,
    "snapshot_4": 4,
    "snapshot_2": "there is no snapshot 2",
    "next_bank": "B",
    "previous_bank": "C",
    "preset_1": "03-three",
    "preset_2": "02-two",
    "preset_3": "bank 'A' has no preset 3",
    "bypass:tone": False,
    "bypass:wah": "there is no block 'wah'",
    "width": "Width: full",
    "width_lite": "Width: lite",
    "width_full:amp": "Width: full",
    "width_auto:x": "there is no amp 'x'",
    "next_model": "z",
    "previous_model": "a",
    "expression:tone.bass_db": "tone.bass_db",
}


def goods_of(*names: str) -> Goods:
    """Models of these names, each of its own content."""
    return Goods(models=tuple(Thing(name, name, name.rpartition("/")[0], name) for name in names))


def every_action() -> list[str]:
    """One of each form, with what it may be about."""
    texts = []
    for kind in ACTIONS.values():
        about = {"number": [str(n) for n in range(1, MOST + 1)], "block": ["", "tone", "wah"], "amp": ["", "amp", "x"]}
        about["parameter"] = ["tone.bass_db", "wah.position"]
        texts += [str(Action(kind.name, argument)) for argument in about.get(kind.takes, [""])]
    return texts


@pytest.mark.parametrize("action", every_action())
def test_every_action(tmp_path: Path, action: str) -> None:
    one = Preset("One", (amp(), tone()), snapshots=SNAPSHOTS)
    stand = Stand(tmp_path, {"01-one": one, "02-two": Preset("Two"), "03-three": Preset("Three")})
    stand.bank_store.save((Bank("A", ("03-three", "02-two")), Bank("B"), Bank("C")))
    stand.play("01-one")
    tuner = Tuner(stand.link, BOARD.tuner)
    pointed: list[str] = []
    shelf = Shelf()
    shelf.goods = goods_of("a.nam", "starter-crunch.nam", "z.nam")
    actions = Actions(stand.player, tuner, stand.snapshots, stand.banks, pointed.append, shelf)
    actions.open_menu = lambda at_s: pointed.append("menu")
    before = stand.player.key, stand.player.preset, stand.hand.bank, stand.player.is_bypassed, tuner.is_on
    try:
        actions.do(parse_action(action, BoardError, "here"), 1.0)
    except PedalError as error:
        said = str(error)
    else:
        said = stand.player.message
    shelf.close()
    after = stand.player.key, stand.player.preset, stand.hand.bank, stand.player.is_bypassed, tuner.is_on
    assert after != before or said or pointed or action in ("tap", "none"), "one tap is no tempo yet"
    does = DOES.get(action)
    told = [after[0], after[1].snapshot, after[2], after[1].block("tone").on if "tone" in action else None, *pointed]
    assert does is None or does in told or str(does) in said


def test_a_block_is_switched_on_again(tmp_path: Path) -> None:
    stand = Stand(tmp_path, {"01-one": Preset("One", (tone(),))})
    stand.play("01-one")
    actions = Actions(stand.player, Tuner(stand.link, BOARD.tuner), stand.snapshots, stand.banks, [].append, Shelf())
    said = []
    for _ in range(2):
        actions.do(Action("bypass", "tone"), 1.0)
        said.append((stand.player.preset.block("tone").on, stand.player.message))
    assert said == [(False, "Tone off"), (True, "Tone on")]


def test_width_changes_over(tmp_path: Path) -> None:
    stand = Stand(tmp_path, {"01-one": Preset("One", (amp(),))})
    stand.play("01-one")
    actions = Actions(stand.player, Tuner(stand.link, BOARD.tuner), stand.snapshots, stand.banks, [].append, Shelf())
    chosen = []
    for _ in range(4):
        actions.do(Action("width"), 1.0)
        chosen.append(stand.hand.quality["amp"])
    assert chosen == ["full", "lite", "auto", "full"]


@pytest.mark.parametrize("text", every_action())
def test_an_action_is_written_as_it_is_read(text: str) -> None:
    assert str(parse_action(text, BoardError, "here")) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bypas", "Did you mean 'bypass'"),
        ("snapshot", "Known: bypass"),
        ("snapshot_9", "Use snapshot_1 to snapshot_8"),
        ("snapshot_01", "Use snapshot_1 to snapshot_8"),
        ("preset_", "Use preset_1 to preset_8"),
        ("tuner:x", "Write tuner"),
        ("bypass:", "Write bypass or bypass:BLOCK"),
        ("bypass:a b", "Write bypass or bypass:BLOCK"),
        ("width_full:" + "x" * 25, "Write width_full or width_full:AMP"),
        ("expression", "Write expression:BLOCK.PARAM"),
        ("expression:wah1.positon", "Write expression:BLOCK.PARAM"),
        ("expression:.position", "Write expression:BLOCK.PARAM"),
        ("", "Known: bypass"),
        ("\x00:\n", "Known: bypass"),
    ],
)
def test_what_is_no_action_is_a_sentence(text: str, said: str) -> None:
    with pytest.raises(BoardError) as caught:
        parse_action(text, BoardError, "x.toml: switches.a.hold")
    assert said in str(caught.value) and str(caught.value).startswith("x.toml: switches.a.hold: ")
    assert "\n" not in str(caught.value)


def test_the_documentation_has_every_action() -> None:
    text = (Path(__file__).parents[2] / "docs" / "controls.md").read_text("utf-8")
    for kind in ACTIONS.values():
        assert (
            f"`{kind.name}`" in text or f"`{kind.name}_1` to `{kind.name}_{MOST}`" in text or f"`{kind.name}:" in text
        )
