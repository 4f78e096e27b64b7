"""Every page of the glass, once or in several states: for the snapshots, and for the contact sheet of the docs.

``python -m tests.panel.display.gallery docs/pages.png`` draws the sheet anew.
"""

from __future__ import annotations

import sys
from dataclasses import replace

from PIL import Image

from pedal.config import load_board
from pedal.library.banks import Bank
from pedal.library.importer import PULLED_OUT
from pedal.library.report import Progress
from pedal.library.telling import Question, Told
from pedal.panel.display.import_page import draw_import
from pedal.panel.display.learning_page import draw_learning
from pedal.panel.display.menu_pages import draw_menu
from pedal.panel.display.pages import LoopView, PanelView, draw_page, enlarged, message_page, splash
from pedal.panel.display.text import draw_text
from pedal.panel.display.tuner_page import draw_tuner
from pedal.panel.learning import LearningView
from pedal.panel.menu.banks import BankPage, BanksPage, MoveInBankPage, PlacesPage
from pedal.panel.menu.browser import FAVOURITES, BrowserPage, Fill
from pedal.panel.menu.chain import PLUS, AddPage, BlockPage, ChainPage, MovePage
from pedal.panel.menu.controls import (
    ControllerPage,
    EndPage,
    ExpressionPage,
    LearningPage,
    MidiPage,
    MoversPage,
    ParamsPage,
    PortsPage,
)
from pedal.panel.menu.dials import BlockKnob, LoopKnob, OutputKnob, ReferenceKnob
from pedal.panel.menu.facts import ExpressionView, Facts, Goods, Listed, MidiView, SetupFacts, Thing
from pedal.panel.menu.governor import GovernorPage
from pedal.panel.menu.main_page import MainPage
from pedal.panel.menu.presets import ConfirmPage, NamePage, PresetPage, PresetsPage, SnapshotsPage, TakenSnapshotsPage
from pedal.panel.menu.settings import LooperPage, MessagesPage, OutputPage, SettingsPage, SystemPage
from pedal.panel.menu.setup import BoardsPage, OfferPage, ReportPage, SetupPage, StepPage
from pedal.panel.menu.sheets import Page
from pedal.panel.menu.switches import ActionsPage, SwitchesPage, SwitchPage
from pedal.panel.pitch import Reading
from pedal.panel.preset_requests import RevertPreset, TakeSnapshot
from pedal.panel.setup_views import cable_view, done, period_view, strum_view, under_way
from pedal.panel.tuner import TunerView
from pedal.preset import Block, Preset, Snapshot
from pedal.setup.cable import Loop
from pedal.setup.findings import Findings
from pedal.setup.pages import report_pages
from pedal.setup.period import Choice, judge_gaps
from pedal.setup.strum import Level, judge_strum
from pedal.setup.wakes import Wakes

QUESTION = Question(
    "token", "2026-11-20 21:14", "12 presets, 30 models, 4 others", "New: 5 presets. Replaced: 3.", until_s=60.0
)
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
    "learning": draw_learning(LearningView(6, 28, "Reverb spring")),
    "import-looking": draw_import(Told(Progress("looking", found=12))),
    "import-working": draw_import(Told(Progress("importing", found=17, done=9, models=8))),
    "import-refused": draw_import(Told(Progress("importing", found=1204, done=1000, models=997, refused=3))),
    "import-asking": draw_import(Told(Progress("asking"), question=QUESTION), agree_by="next"),
    "import-asking-without-feet": draw_import(Told(Progress("asking"), question=QUESTION)),
    "import-restoring": draw_import(Told(Progress("restoring", found=40, done=11))),
    "import-done": draw_import(Told(Progress("done", 17, 17, models=12, known=2, refused=3, text="Remove the stick."))),
    "import-nothing": draw_import(Told(Progress("done", text="Nothing to import. Remove the stick."))),
    "import-inbox": draw_import(Told(Progress("done", 1, 1, impulses=1, text="Ready to play."), "inbox")),
    "import-pulled-out": draw_import(Told(Progress("failed", 17, 9, models=9, text=PULLED_OUT))),
    "import-backup": draw_import(Told(Progress("saving", 240, 200))),
}

LONG_NAME = "Everything louder than everything else, twice"
CRUNCH = Preset(
    "Crunch",
    (
        Block("gate1", "gate", values={"threshold_db": -62.0}),
        Block("drive1", "drive", on=False),
        Block("amp1", "amp", "British/plexi of 68, jumpered, bright cap.nam", {"drive_db": 3.5}),
        Block("cab1", "cab", "closed-back-4x12.wav"),
        Block("delay1", "delay", values={"time_s": 0.35}),
        Block("reverb1", "reverb", on=False),
    ),
    snapshots=(Snapshot(1, "Verse"), Snapshot(3, "Соло")),
    snapshot=3,
    switches={"left": {"action": "bypass:delay1"}},
)
MODELS = (
    Thing("starter-crunch.nam", "starter-crunch", "", "0" * 64),
    Thing("American/Twin clean.nam", "Twin clean", "American", "1" * 64, favourite=True),
    Thing("British/plexi of 68, jumpered, bright cap.nam", "plexi of 68, jumpered, bright cap", "British", "2" * 64),
    Thing("British/Ёлка 50 Вт.nam", "Ёлка 50 Вт", "British", "3" * 64, favourite=True),
    Thing("British/Škoda 100 W.nam", "Škoda 100 W", "British", "4" * 64),
    Thing("British/Bass/Größe 4x10.nam", "Größe 4x10", "British/Bass", "5" * 64),
    Thing("High gain/Wall of sound.nam", "Wall of sound", "High gain", "6" * 64),
)
FACTS = Facts(
    preset=CRUNCH,
    key="03-crunch",
    edited=True,
    goods=Goods(
        (
            Listed("01-clean", "Clean edge", is_factory=True),
            Listed("02-long", LONG_NAME),
            Listed("03-crunch", "Crunch"),
            Listed("04-cyr", "Ещё чище и громче"),
            Listed("05-pl", "Żółta łódź"),
            Listed("06-swell", "Swell"),
        ),
        MODELS,
        (Thing("closed-back-4x12.wav", "closed-back-4x12", "", "7" * 64),),
    ),
    loop=LoopView("playing", 3.0, 8.2),
    loop_level_db=-3.0,
    can_undo=True,
    switches={
        "bypass": {"action": "bypass"},
        "next": {"action": "next_preset", "hold": "next_bank", "long_hold": "tuner"},
        "left": {"action": "previous_preset", "hold": "previous_bank"},
        "loop": {"action": "looper"},
    },
    expression=ExpressionView("delay1.time_s", True, 0.31, 0.4, True),
    midi=MidiView(("/dev/snd/midiC1D0",), ((20, "amp1.drive_db"), (64, "tuner"), (80, "wah7.position"))),
    banks=(Bank("Пятница", ("04-cyr",)), Bank("Friday", ("03-crunch", "02-long", "gone")), Bank("Empty")),
    bank="Friday",
    connection="full-range",
    connection_values={"cabs": 1.0, "level_db": -6.0},
    messages=(
        "amp1: plays 'plexi.nam', which has changed since this preset was saved.",
        "The stick was pulled out.",
        "Card 'M2' is back.",
    ),
    governor=(
        ("Load", "41 % of 70 %"),
        ("amp1: Lite", "Lite 9.0 %, Full 38 %"),
        ("reverb1", "22 %"),
        ("cab1", "5.9 %"),
        ("Room: Delay", "4.1 %"),
        ("Narrower: Chorus", "6.2 %"),
        ("No room: Reverb spring", "26 %"),
        ("Plays Lite: not enough CPU for Full + Reverb", "12 s ago"),
    ),
    system=(("Board", "HiFiBerry DAC+ADC Pro"), ("Period", "64 x 3, 4.0 ms"), ("Load", "41 %"), ("Overruns", "0")),
)
BROWSE = BrowserPage("model", Fill("amp1", "model"))


STRUM = judge_strum({"left": Level(-31.0)}, "left")
CHOICE = Choice(64, 3, "as measured")
LOOP = Loop(352, -0.3, False, -92.4, -80.0)
WAKES = (Wakes(64, 3, 48000, 6.0, (0.0001, 0.0003, 0.0009), 0), Wakes(32, 3, 48000, 6.0, (0.0, 0.0, 0.002), 4))
FINDINGS = Findings(
    "2026-11-20 21:14", "Raspberry Pi 4", "codec-zero", "Codec Zero", "Zero", 48000, "left",
    strum=STRUM, wakes=WAKES, choice=CHOICE, loop=LOOP,
)  # fmt: skip
TRYING = SetupFacts((under_way("strum", 0.6, "-31 dBFS"), under_way("period", 0.3, "64 frames")))
COSTING = SetupFacts((under_way("period", 0.85, "What a chain costs"),))
SET_UP = SetupFacts(
    (
        strum_view(STRUM, load_board("codec-zero")),
        *filter(None, (period_view(FINDINGS, 128),)),
        cable_view(LOOP, FINDINGS),
        done("gaps", "0 gaps", judge_gaps(256, 4, 0, 12)),
        done("board", "", ""),
    ),
    board="Codec Zero",
    in_use=("codec-zero", "Zero"),
    boards=(("codec-zero", "Zero"), ("usb-generic", "M2")),
    pages=report_pages(FINDINGS),
    can_undo=True,
)
WITH_RELAY = SetupFacts(board="Reference build", no_cable="its bypass is in the way")
BROKEN_OFF = SetupFacts((done("cable", "-", "It was broken off. The pedal plays again."),))


def setting_up(setup: SetupFacts) -> Facts:
    """The pedal of ``FACTS`` while it is set up."""
    return replace(FACTS, setup=setup)


LEARNING = replace(FACTS, midi=MidiView(learning="amp1.drive_db"))


def menu_page(page: Page, at: int | None = None, facts: Facts = FACTS, message: str = "", tick: int = 0) -> Image.Image:
    return draw_menu(page.sheet(facts, page.start(facts) if at is None else at), message, tick)


PAGES |= {
    "tuner-in-tune": draw_tuner(TunerView(Reading(110.01, "A2", 0.2, True), 440.0, True)),
    "tuner-flat": draw_tuner(TunerView(Reading(81.59, "E2", -17.4, True), 440.0, True)),
    "tuner-waiting": draw_tuner(TunerView(None, 442.0, False)),
    "menu": menu_page(MainPage()),
    "menu-message": menu_page(MainPage(), 4, message="Saved as '03-crunch'."),
    "menu-end": menu_page(MainPage(), 12),
    "chain": menu_page(ChainPage()),
    "chain-off": menu_page(ChainPage(), 2),
    "chain-waits": menu_page(ChainPage(), 5, facts=replace(FACTS, held=frozenset({"delay1"}))),
    "chain-plus": menu_page(ChainPage(), PLUS),
    "chain-empty": menu_page(ChainPage(), facts=replace(FACTS, preset=Preset("New preset"))),
    "chain-move": menu_page(MovePage("cab1")),
    "chain-add": menu_page(AddPage(None)),
    "block": menu_page(BlockPage("amp1")),
    "block-knobs": menu_page(BlockPage("delay1"), 3),
    "block-gone": menu_page(BlockPage("wah7")),
    "knob": menu_page(BlockKnob("amp1", "drive_db")),
    "knob-time": menu_page(BlockKnob("delay1", "time_s")),
    "knob-word": menu_page(BlockKnob("reverb1", "flavour")),
    "knob-loop": menu_page(LoopKnob()),
    "knob-output": menu_page(OutputKnob("cap_db")),
    "knob-reference": menu_page(ReferenceKnob()),
    "models": menu_page(BROWSE),
    "models-folder": menu_page(replace(BROWSE, folder="British")),
    "models-scrolled": menu_page(replace(BROWSE, folder="British"), tick=22),
    "models-favourites": menu_page(replace(BROWSE, folder=FAVOURITES)),
    "models-none": menu_page(BROWSE, facts=replace(FACTS, goods=Goods())),
    "impulses": menu_page(BrowserPage("impulse", Fill("cab1", "impulse"))),
    "presets": menu_page(PresetsPage()),
    "presets-long": menu_page(PresetsPage(), 1, tick=60),
    "preset": menu_page(PresetPage()),
    "snapshots": menu_page(SnapshotsPage(), 2),
    "snapshots-end": menu_page(SnapshotsPage(), 8),
    "snapshots-over": menu_page(TakenSnapshotsPage(clears=False), 1),
    "snapshots-confirm": menu_page(ConfirmPage("Write over 3 Соло?", TakeSnapshot(number=3)), 1),
    "save-as": menu_page(NamePage("Save as", "Crunch 2", "save")),
    "save-as-letters": menu_page(NamePage("Save as", "Crunch at the Frid", "save"), 4),
    "save-as-long": menu_page(NamePage("Save as", LONG_NAME, "save"), 1),
    "confirm": menu_page(ConfirmPage("Undo all changes?", RevertPreset())),
    "looper": menu_page(LooperPage()),
    "looper-empty": menu_page(LooperPage(), facts=replace(FACTS, loop=None, can_undo=False)),
    "switches": menu_page(SwitchesPage()),
    "switches-one": menu_page(SwitchPage("next"), 1),
    "switches-of-preset": menu_page(SwitchPage("left")),
    "switches-actions": menu_page(ActionsPage("left"), 5),
    "switches-hold": menu_page(ActionsPage("next", "hold")),
    "banks": menu_page(BanksPage()),
    "banks-none": menu_page(BanksPage(), facts=replace(FACTS, banks=(), bank="")),
    "bank": menu_page(BankPage("Friday")),
    "bank-other": menu_page(BankPage("Пятница"), 1),
    "bank-move": menu_page(MoveInBankPage("Friday"), 1),
    "bank-take-out": menu_page(PlacesPage("Friday", moves=False), 2),
    "settings": menu_page(SettingsPage()),
    "output": menu_page(OutputPage(), 2),
    "setup-offer": menu_page(OfferPage()),
    "setup": menu_page(SetupPage(), facts=setting_up(SET_UP)),
    "setup-end": menu_page(SetupPage(), 6, facts=setting_up(SET_UP)),
    "setup-relay": menu_page(SetupPage(), 3, facts=setting_up(WITH_RELAY)),
    "setup-boards": menu_page(BoardsPage(), facts=setting_up(SET_UP)),
    "setup-boards-looking": menu_page(BoardsPage()),
    "setup-strum": menu_page(StepPage("strum"), facts=setting_up(TRYING)),
    "setup-quiet": menu_page(StepPage("strum"), facts=setting_up(SET_UP)),
    "setup-gaps": menu_page(StepPage("gaps"), facts=setting_up(SET_UP)),
    "setup-period-first": menu_page(StepPage("period")),
    "setup-period-trying": menu_page(StepPage("period"), facts=setting_up(TRYING)),
    "setup-period-costs": menu_page(StepPage("period"), facts=setting_up(COSTING)),
    "setup-period": menu_page(StepPage("period"), facts=setting_up(SET_UP)),
    "setup-cable-first": menu_page(StepPage("cable"), 1),
    "setup-cable": menu_page(StepPage("cable"), facts=setting_up(SET_UP)),
    "setup-broken-off": menu_page(StepPage("cable"), 1, facts=setting_up(BROKEN_OFF)),
    "setup-report": menu_page(ReportPage(), 2, facts=setting_up(SET_UP)),
    "setup-report-long": menu_page(ReportPage(), 4, facts=setting_up(SET_UP), tick=30),
    "setup-report-none": menu_page(ReportPage()),
    "expression": menu_page(ExpressionPage()),
    "expression-heel": menu_page(EndPage("heel")),
    "expression-moves": menu_page(ParamsPage("delay1", "expression"), 1),
    "midi": menu_page(MidiPage()),
    "midi-none": menu_page(MidiPage(), facts=replace(FACTS, midi=MidiView())),
    "midi-learn": menu_page(MoversPage("midi"), 2),
    "midi-learning": menu_page(LearningPage(), facts=LEARNING),
    "midi-learnt": menu_page(LearningPage()),
    "midi-one": menu_page(ControllerPage(20)),
    "midi-ports": menu_page(PortsPage()),
    "cpu": menu_page(GovernorPage()),
    "cpu-room": menu_page(GovernorPage(), 5),
    "cpu-why": menu_page(GovernorPage(), 8),
    "messages": menu_page(MessagesPage()),
    "messages-none": menu_page(MessagesPage(), facts=replace(FACTS, messages=())),
    "system": menu_page(SystemPage()),
}

#: What the contact sheet has, in its order.
SHEET = {
    "Playing": ("full", "lite-held-down", "bypassed", "snapshot", "long", "cyrillic"),
    "What goes wrong": ("lost-card", "safe-mode", "message", "message-page", "over-budget", "clipped"),
    "Tuner, looper": ("tuner-in-tune", "tuner-flat", "tuner-waiting", "loop-recording", "looper", "looper-empty"),
    "Menu": ("menu", "menu-end", "menu-message", "messages", "system", "confirm"),
    "Chain": ("chain", "chain-off", "chain-waits", "chain-plus", "chain-empty", "chain-move", "chain-add"),
    "Block": ("block", "block-knobs", "knob", "knob-time", "knob-word", "models"),
    "Library": ("models-folder", "models-scrolled", "models-favourites", "models-none", "impulses", "import-asking"),
    "Presets": ("presets", "presets-long", "preset", "snapshots", "save-as", "save-as-letters"),
    "Snapshots, banks": ("snapshots-end", "snapshots-over", "snapshots-confirm", "banks", "bank", "bank-move"),
    "Switches": ("switches", "switches-one", "switches-of-preset", "switches-actions", "switches-hold", "bank-other"),
    "Setting up": ("setup-offer", "setup", "setup-boards", "setup-strum", "setup-quiet", "setup-period-first"),
    "The card alone": (
        "setup-period-trying",
        "setup-period",
        "setup-cable-first",
        "setup-cable",
        "setup-report",
        "setup-gaps",
    ),
    "CPU": ("cpu", "cpu-room", "cpu-why", "learning"),
    "Expression, MIDI": ("expression", "expression-heel", "midi", "midi-learn", "midi-learning", "midi-one"),
    "Settings": ("settings", "output", "import-working", "import-refused", "import-done", "splash"),
}
#: The colours of pictures: of a glass as ``picture`` has them, and of what is around it.
GLASS, LIT, FRAME, WORDS = (8, 12, 16), (165, 222, 255), (40, 44, 50), (220, 225, 230)
_SCALE, _GAP_PX, _HEADING_PX = 2, 10, 26


def contact_sheet() -> Image.Image:
    """All of ``SHEET``, as it looks on the glass, a line for each heading."""
    glass = {name: _glass(PAGES[name]) for names in SHEET.values() for name in names}
    width, height = next(iter(glass.values())).size
    columns = max(map(len, SHEET.values()))
    size = (columns * (width + _GAP_PX) + _GAP_PX, len(SHEET) * (height + _HEADING_PX) + _GAP_PX)
    sheet = Image.new("RGB", size, FRAME)
    for line, (heading, names) in enumerate(SHEET.items()):
        top = line * (height + _HEADING_PX)
        words = Image.new("1", (width, 15))
        draw_text(words, (0, 0, width, 15), heading, "bold")
        sheet.paste(WORDS, (_GAP_PX, top + 8), words)
        for column, name in enumerate(names):
            sheet.paste(glass[name], (_GAP_PX + column * (width + _GAP_PX), top + _HEADING_PX))
    return in_four_colours(sheet)


def in_four_colours(image: Image.Image) -> Image.Image:
    """The same picture, exactly, in a palette: every version of Pillow makes the same file of it."""
    palette = Image.new("P", (1, 1))
    palette.putpalette([level for colour in (GLASS, LIT, FRAME, WORDS) for level in colour])
    return image.quantize(palette=palette, dither=Image.Dither.NONE)


def _glass(page: Image.Image) -> Image.Image:
    """Lit pixels without the gaps between them, which so small a picture cannot show."""
    image = Image.new("RGB", (page.width * _SCALE + 8, page.height * _SCALE + 8), GLASS)
    image.paste(LIT, (4, 4), enlarged(page, _SCALE))
    return image


if __name__ == "__main__":
    contact_sheet().save(sys.argv[1], optimize=True)
