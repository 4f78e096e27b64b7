"""What the editor's screens show, word by word, in the sizes that they must work in; and the lines by themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal.editor import draw, keys
from pedal.editor.cells import Knob
from pedal.editor.goods import Thing, folders_in, words_of
from pedal.editor.rows import Row, rows_of, tiles_of
from pedal.editor.session import View
from pedal.editor.state import Live, State
from pedal.params import BYPASS, KINDS
from pedal.preset import Block, Preset
from tests.editor.gallery import HERE, SCREENS, screen_of
from tests.editor.served import served


@pytest.mark.parametrize("name", SCREENS)
def test_screens_are_as_they_were_looked_at(name: str) -> None:
    with served() as panel:
        shown = screen_of(panel, name)
    assert shown == (HERE / f"{name}.txt").read_text(), "if it is better so: python -m tests.editor.gallery"
    (columns, rows), _ = SCREENS[name]
    lines = shown.splitlines()
    assert len(lines) == rows
    assert max(map(len, lines)) <= columns


@given(peak_db=st.floats(-200.0, 20.0), width=st.integers(10, 200), clipped=st.booleans())
def test_a_meter_fills_its_width_whatever_the_level(peak_db: float, width: int, clipped: bool) -> None:
    drawn = draw.meter("in", peak_db, width, clipped=clipped)
    assert drawn.cell_length <= max(width, 17)
    assert ("CLIP" in drawn.plain) == clipped


@given(at_norm=st.floats(0.0, 1.0), width=st.integers(20, 200))
def test_a_slider_fits_its_line(at_norm: float, width: int) -> None:
    row = Row(Knob("amp1", "drive_db"), "Drive", "+3.0 dB", at_norm)
    drawn = draw.slider(row, max(width, 30), chosen=True)
    assert drawn.cell_length <= max(width, 30)
    assert drawn.plain.count("●") == 1


def test_every_kind_has_rows_for_every_knob() -> None:
    for kind in KINDS.values():
        if kind.outside or kind.name == "looper":
            continue
        block = Block(f"{kind.name}1", kind.name, "a.nam" if kind.asset else "")
        rows = rows_of(State("", "", "", Preset("P", (block,))), block)
        names = {row.cell.name for row in rows if isinstance(row.cell, Knob)}
        assert names >= {param.name for param in kind.params if param is not BYPASS}
        assert all(row.at_norm is None or 0.0 <= row.at_norm <= 1.0 for row in rows)


def test_what_a_newer_pedal_says_otherwise_is_passed_over() -> None:
    live = Live({"blocks": "none", "amps": [3, {"id": "amp1"}], "load_mean": "much", "tuner": []})
    assert live.load_of("amp1") == 0.0
    assert live.amp("amp1") == {"id": "amp1"}
    view = View(State("", "", "", Preset("P", (Block("amp1", "amp", "a.nam"),))), live)
    for text in (draw.header(view, 80), draw.governor(live), draw.tuner(live, 80), draw.aside(view, 46)):
        assert text.plain
    assert all(draw.tile(block, live, 7).plain for block in tiles_of(view.state) if view.state)


def test_names_cannot_paint() -> None:
    """Names come from files: what looks like markup or like an escape is only text."""
    state = State("", "", "", Preset("[red]Loud[/red]", (Block("amp1", "amp", "[b]x.nam"),)))
    assert "[red]Loud[/red]" in draw.header(View(state), 80).plain
    assert draw.tile(state.preset.blocks[0], Live(), 10).plain.startswith("[b]x")


def test_the_foot_has_the_way_out_in_every_width() -> None:
    for width in (20, 40, 80, 160):
        said = draw.foot(keys.FOOT, width)
        assert "q shell" in said.plain
        assert said.cell_length <= max(width, 24)


def test_every_key_is_told_in_the_help() -> None:
    told = " ".join(keys.HELP)
    names = {"question_mark": "?", "less_than_sign": "<", "plus": "+", "minus": "-", "left": "←", "down": "↓"}
    for names_of_keys, *_ in keys.TABLE:
        first = names_of_keys.split(",")[0]
        said = names.get(first, {"up": "↑", "right": "→", "greater_than_sign": ">"}.get(first, first))
        assert said in told or said.capitalize() in told or {"pagedown": "PageDown", "pageup": "PageUp"}[first] in told


def test_searching_finds_beginnings_of_words_and_folders_are_told_once() -> None:
    things = tuple(
        Thing(name, name.rpartition("/")[2].removesuffix(".nam"), name.rpartition("/")[0], "", False)
        for name in ("British/Plexi bright.nam", "British/60s/JTM.nam", "American/Twin.nam", "x.nam")
    )
    assert [thing.label for thing in things if thing.is_found(["bri", "ple"])] == ["Plexi bright"]
    assert things[0].is_found(words_of("Plexi-Bright"))
    assert not things[0].is_found(["lexi"])
    assert folders_in(things, "") == ["British", "American"]
    assert folders_in(things, "British") == ["British/60s"]
