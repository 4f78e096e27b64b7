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

from pedal.library.importer import PULLED_OUT
from pedal.library.report import Progress
from pedal.library.telling import Source, Told
from pedal.panel.display import pages
from pedal.panel.display.import_page import draw_import
from pedal.panel.display.pages import LoopView, PanelView, draw_page, message_page, picture, splash

SNAPSHOTS = Path(__file__).parent / "snapshots"
SHOWN_SCALE = 4

PLAYING = PanelView(
    "Crunch", 1, 4, "Starter crunch", "Full", load_norm=0.41, in_peak_db=-17.0, out_peak_db=-11.0
)  # fmt: skip
LITE = replace(PLAYING, width_label="Lite")
LONG = replace(
    PLAYING, preset_name="Everything louder than everything else", model_name="Plexi of '68, jumpered, bright cap"
)

PAGES: dict[str, Image.Image] = {
    "full": draw_page(PLAYING),
    "lite": draw_page(LITE),
    "lite-held-down": draw_page(replace(LITE, held_down=True, load_norm=0.66, cpu_scale=30.0)),
    "over-budget": draw_page(replace(PLAYING, load_norm=1.2)),
    "clipped": draw_page(replace(PLAYING, in_clipped=True, in_peak_db=0.0, out_peak_db=-1.0)),
    "silent": draw_page(replace(PLAYING, in_peak_db=-120.0, out_peak_db=-120.0, load_norm=0.0)),
    "bypassed": draw_page(replace(LITE, bypassed=True)),
    "edited": draw_page(replace(PLAYING, edited=True)),
    "edited-long": draw_page(replace(LONG, edited=True)),
    "snapshot": draw_page(replace(PLAYING, snapshot="S3 Chorus")),
    "snapshot-long": draw_page(replace(LONG, edited=True, snapshot="S8 Everything, and a delay")),
    "snapshot-nameless": draw_page(replace(PLAYING, snapshot="S1")),
    "muted": draw_page(replace(PLAYING, muted=True, bypassed=True)),
    "starting": draw_page(replace(PLAYING, audio_state="starting")),
    "lost-card": draw_page(replace(PLAYING, audio_state="lost card", muted=True)),
    "no-audio": draw_page(replace(PLAYING, audio_state="no audio")),
    "safe-mode": draw_page(PanelView("Crunch", 1, 4, message="Press bypass to try again.", audio_state="safe mode")),
    "message": draw_page(replace(PLAYING, message="Card 'M2' is busy.")),
    "message-scrolled": draw_page(replace(PLAYING, message="Preset 7 is broken; 'Crunch' plays on.", tick=30)),
    "loop-recording": draw_page(replace(PLAYING, loop=LoopView("recording", 7.4, 60.0))),
    "loop-playing": draw_page(replace(PLAYING, loop=LoopView("playing", 3.0, 8.2))),
    "loop-overdubbing": draw_page(replace(LITE, loop=LoopView("overdubbing", 71.0, 83.0))),
    "loop-stopped": draw_page(replace(PLAYING, bypassed=True, loop=LoopView("stopped", 0.0, 8.2))),
    "no-amp": draw_page(PanelView("Just a delay", 40, 40)),
    "no-list": draw_page(replace(PLAYING, preset_count=0, preset_number=0)),
    "long": draw_page(LONG),
    "long-scrolled": draw_page(replace(LONG, tick=40)),
    "number-three-digits": draw_page(replace(LITE, preset_number=128, preset_count=999, held_down=True)),
    "cyrillic": draw_page(replace(PLAYING, preset_name="Ещё чище", model_name="Їжак и щука 2×12", preset_number=24)),
    "accents": draw_page(replace(PLAYING, preset_name="Übergröße №5", model_name="Łódź “Señor” ギター")),
    "message-page": message_page("No presets", "Copy presets to the folder presets, or start with a factory preset."),
    "splash": splash("0.1.0"),
    "import-looking": draw_import(Told(Progress("looking", found=12))),
    "import-working": draw_import(Told(Progress("importing", found=17, done=9, models=8))),
    "import-refused": draw_import(Told(Progress("importing", found=1204, done=1000, models=997, refused=3))),
    "import-done": draw_import(Told(Progress("done", 17, 17, models=12, known=2, refused=3, text="Remove the stick."))),
    "import-nothing": draw_import(Told(Progress("done", text="Nothing to import. Remove the stick."))),
    "import-inbox": draw_import(Told(Progress("done", 1, 1, impulses=1, text="Ready to play."), "inbox")),
    "import-pulled-out": draw_import(Told(Progress("failed", 17, 9, models=9, text=PULLED_OUT))),
    "import-backup": draw_import(Told(Progress("saving", 240, 200))),
}


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
