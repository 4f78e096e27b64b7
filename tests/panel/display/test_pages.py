"""Pages against snapshots, pixel by pixel.

After a page was changed on purpose, ``PEDAL_UPDATE_SNAPSHOTS=1 pytest tests/panel/display`` writes them anew; look at
them before they are committed.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from pedal.library.report import Progress
from pedal.library.telling import Source, Told
from pedal.panel.display import pages
from pedal.panel.display.import_page import draw_import
from pedal.panel.display.pages import PanelView, draw_page, message_page, picture
from tests.panel.display.gallery import LITE, PAGES, PLAYING, SHEET, contact_sheet

SNAPSHOTS = Path(__file__).parent / "snapshots"
SHOWN_SCALE = 4


@pytest.mark.parametrize("name", PAGES)
def test_page_is_as_it_was(name: str, tmp_path: Path) -> None:
    page, path = PAGES[name], SNAPSHOTS / f"{name}.png"
    shown = pages.enlarged(page, SHOWN_SCALE)
    if os.environ.get("PEDAL_UPDATE_SNAPSHOTS"):
        shown.save(path)
    with Image.open(path) as expected:
        expected.load()
    if shown.tobytes() != expected.convert("1").tobytes():
        shown.save(tmp_path / f"{name}.png")
        pytest.fail(f"the page differs from {path}; it is in {tmp_path} (see this file's first lines)")


def test_no_snapshot_is_left_over() -> None:
    assert {path.stem for path in SNAPSHOTS.glob("*.png")} == set(PAGES)


def test_the_contact_sheet_is_up_to_date() -> None:
    """Else: ``python -m tests.panel.display.gallery docs/pages.png``, and look at it."""
    with Image.open(Path(__file__).parents[3] / "docs" / "pages.png") as drawn:
        assert drawn.convert("RGB").tobytes() == contact_sheet().convert("RGB").tobytes()
    assert {name for names in SHEET.values() for name in names} <= set(PAGES)


@st.composite
def views(draw: st.DrawFn) -> PanelView:
    count = draw(st.integers(0, 300))
    level_db = st.one_of(st.floats(-200.0, 40.0), st.just(float("-inf")))
    return PanelView(
        preset_name=draw(st.text(max_size=64)),
        preset_number=draw(st.integers(1, count)) if count else 0,
        preset_count=count,
        model_name=draw(st.text(max_size=200)),
        width_label=draw(st.sampled_from(["Full", "Lite", ""])),
        held_down=draw(st.booleans()),
        load_norm=draw(st.floats(0.0, 50.0)),
        budget_norm=draw(st.floats(0.0, 1.0)),
        in_peak_db=draw(level_db),
        out_peak_db=draw(level_db),
        in_clipped=draw(st.booleans()),
        bypassed=draw(st.booleans()),
        muted=draw(st.booleans()),
        edited=draw(st.booleans()),
        snapshot=draw(st.just("") | st.text(max_size=30)),
        message=draw(st.text(max_size=300)),
        audio_state=draw(st.sampled_from(["playing", "safe mode", "starting", "lost card", "no audio"])),
        cpu_scale=draw(st.sampled_from([1.0, 2.5, 30.0, 1000.0])),
        tick=draw(st.integers(0, 10**9)),
    )


@given(views())
def test_every_view_is_a_page(view: PanelView) -> None:
    page = draw_page(view)
    assert (page.mode, page.size) == ("1", (128, 64))
    assert draw_page(view).tobytes() == page.tobytes()


@given(st.text(max_size=400), st.text(max_size=400))
def test_every_message_is_a_page(title: str, text: str) -> None:
    assert message_page(title, text).size == (128, 64)


@pytest.mark.parametrize("view", [PLAYING, replace(LITE, held_down=True), replace(PLAYING, bypassed=True)])
def test_long_names_stay_in_their_lines(view: PanelView) -> None:
    """However long the names, only the two lines of names differ."""
    for tick in range(0, 200, 7):
        short = draw_page(replace(view, preset_name="A", model_name="B", tick=tick))
        long = draw_page(replace(view, preset_name="A" * 64, model_name="B" * 200, tick=tick))
        left, top, right, bottom = ImageChops.logical_xor(short, long).getbbox() or (0, 0, 0, 0)
        assert bottom <= 29, (left, top, right, bottom)


@pytest.mark.parametrize(
    "change",
    [
        {"width_label": "Lite"},
        {"held_down": True, "width_label": "Lite"},
        {"bypassed": True},
        {"muted": True},
        {"edited": True},
        {"snapshot": "S1"},
        {"in_clipped": True},
        {"cpu_scale": 30.0},
        {"budget_norm": 0.5},
        {"preset_number": 2},
        {"audio_state": "lost card"},
        {"audio_state": "safe mode"},
    ],
)
def test_what_matters_shows(change: dict[str, object]) -> None:
    assert draw_page(replace(PLAYING, **change)).tobytes() != draw_page(PLAYING).tobytes()


@given(
    st.builds(
        Progress,
        phase=st.sampled_from(["looking", "importing", "saving", "done", "failed"]),
        found=st.integers(0, 10**6),
        done=st.integers(0, 10**6),
        models=st.integers(0, 10**6),
        refused=st.integers(0, 10**6),
        text=st.text(max_size=300),
    ),
    st.sampled_from(["stick", "inbox"]),
)
def test_every_import_is_a_page(progress: Progress, source: Source) -> None:
    assert draw_import(Told(progress, source), 7).size == (128, 64)


@pytest.mark.parametrize("number", [1, 7, 10, 48, 99, 100, 999])
def test_the_number_has_half_the_height_of_the_glass(number: int) -> None:
    with_number = draw_page(replace(PLAYING, preset_name="", model_name="", preset_number=number, preset_count=999))
    _left, top, right, bottom = with_number.crop((0, 0, 46, 35)).getbbox() or (0, 0, 0, 0)
    assert bottom - top >= pages.HEIGHT_PX // 2 and right <= 44


def test_no_two_numbers_look_alike() -> None:
    crops = {
        draw_page(replace(PLAYING, preset_number=number, preset_count=200)).crop((0, 0, 46, 35)).tobytes()
        for number in range(1, 201)
    }
    assert len(crops) == 200


def test_the_picture_is_the_page_enlarged() -> None:
    page = PAGES["full"]
    image = picture(page, scale=5)
    lit = sum(image.getpixel((15 + 5 * x, 15 + 5 * y))[2] > 128 for y in range(64) for x in range(128))
    assert lit == sum(1 for y in range(64) for x in range(128) if page.getpixel((x, y)))
