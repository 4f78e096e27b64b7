"""Board files, what hands and feet reach and the wire around the sound: read whole, and twenty wrong edits and more."""

import pytest

from pedal.config import Board, ChordSettings, MixerSetting, parse_board
from pedal.errors import BoardError

WHOLE = """
boot = ["dtoverlay=hifiberry-dacplusadcpro"]
untried = ["the relay"]
[audio]
card = "sndrpihifiberry"
[mixer]
"Digital" = { level_db = -1.0 }
"DSP Program" = { choice = "Low latency IIR with de-emphasis" }
"Auto Mute" = { on = false }
"Capture" = { level = 23, direction = "capture" }
[relay]
pin = 12
[switches.bypass]
pin = 5
action = "bypass"
hold = "tuner"
led = "one"
[switches.next]
pin = 6
action = "next_preset"
double_tap = "previous_preset"
long_hold = "next_bank"
pull = "none"
[switches.wail]
pin = 13
action = "bypass"
momentary = true
[chords.up]
switches = ["bypass", "next"]
action = "next_bank"
[encoders.menu]
pin_a = 17
pin_b = 27
pin_push = 22
role = "menu"
[encoders.time]
pin_a = 4
pin_b = 7
parameter = "delay.time_s"
steps_per_detent = 2
[knobs.drive]
channel = 0
parameter = "amp.drive_db"
[expression]
channel = 4
[leds.one]
pin = 23
[leds.tempo]
pin = 24
shows = "tempo"
active_low = true
[midi]
uart = "/dev/serial0"
channel = 3
[display]
driver = "ssd1309"
"""


def test_every_part_is_read() -> None:
    board = parse_board(WHOLE, "whole.toml")
    assert board.boot == ("dtoverlay=hifiberry-dacplusadcpro",)
    assert board.untried == ("the relay",)
    assert board.mixer["Digital"] == MixerSetting(level_db=-1.0)
    assert board.mixer["Capture"] == MixerSetting(level=23, direction="capture")
    assert board.relay is not None
    assert (board.relay.pin, board.relay.kind, board.relay.heartbeat_hz) == (12, "heartbeat", 20.0)
    assert (board.switches["bypass"].hold, board.switches["bypass"].led) == ("tuner", "one")
    assert board.switches["next"].double_tap == "previous_preset"
    assert board.switches["wail"].momentary
    assert board.chords == {"up": ChordSettings(switches=("bypass", "next"), action="next_bank")}
    assert (board.encoders["menu"].role, board.encoders["menu"].pin_push) == ("menu", 22)
    assert (board.encoders["time"].parameter, board.encoders["time"].steps_per_detent) == ("delay.time_s", 2)
    assert board.expression is not None
    assert (board.expression.channel, board.expression.parameter) == (4, "wah.position")
    assert (board.leds["tempo"].shows, board.leds["tempo"].active_low) == ("tempo", True)
    assert board.midi is not None
    assert (board.midi.usb, board.midi.uart, board.midi.channel) == (True, "/dev/serial0", 3)


def test_what_is_left_out_is_not_there() -> None:
    board = parse_board('[audio]\ncard = "M2"', "x.toml")
    assert (board.relay, board.codec_bypass, board.expression, board.midi) == (None, None, None, None)
    assert board.mixer == board.chords == board.encoders == board.leds == {}
    listening = parse_board('[audio]\ncard = "M2"\n[midi]', "x.toml").midi
    assert listening is not None
    assert (listening.usb, listening.uart, listening.channel) == (True, "", "all")


BYPASS = """
[codec_bypass.dry]
"Mixout Left Aux Left" = { on = true }
[codec_bypass.wet]
"Mixout Left Aux Left" = { on = false }
"""


def test_a_codec_with_its_own_bypass() -> None:
    bypass = parse_board('[audio]\ncard = "Zero"' + BYPASS, "x.toml").codec_bypass
    assert bypass is not None
    assert bypass.dry == {"Mixout Left Aux Left": MixerSetting(on=True)}
    assert bypass.wet == {"Mixout Left Aux Left": MixerSetting(on=False)}


#: One edit of the whole board, and what is said of it.
EDITS = [
    ("[relay]", "[relai]", "unknown key 'relai'. Did you mean 'relay'"),
    ("hold = ", "hould = ", "unknown key 'switches.bypass.hould'. Did you mean 'hold'"),
    ('"tuner"', '"tunr"', "switches.bypass.hold: 'tunr' is no action. Did you mean 'tuner'?"),
    ("pin = 12", "pin = 18", "relay.pin = 18 is taken by the sound card 'sndrpihifiberry' (I2S bit clock)"),
    ("pin = 12", "pin = 3", "relay.pin = 3 is taken by the sound card 'sndrpihifiberry' (I2C clock)"),
    ("pin = 12", "pin = 10", "relay.pin = 10 is taken by the knobs (SPI data out). Wire the relay to a free pin"),
    ("pin = 12", "pin = 14", "relay.pin = 14 is taken by MIDI (serial data out)"),
    ("pin = 12", "pin = 5", "relay.pin = 5 is taken by switches.bypass"),
    ("pin_push = 22", "pin_push = 17", "encoders.menu.pin_push = 17 is taken by encoders.menu"),
    ("pin = 23", "pin = 27", "leds.one.pin = 27 is taken by encoders.menu. Wire the light to a free pin"),
    ("pin_a = 4", "pin_a = 15", "encoders.time.pin_a = 15 is taken by MIDI (serial data in)"),
    ("pin = 12", 'pin = 7\nkind = "level"', "relay.pin = 7 is taken by encoders.time"),
    ("pin = 12", 'pin = 26\nkind = "level"\nactive_high = false', "26 is pulled down while the Pi starts"),
    ("pin = 12", "pin = 26\nactive_high = false", "relay.active_high means nothing for a heartbeat"),
    ("pin = 12", "pin = 26\nheartbeat_hz = 1", "relay.heartbeat_hz = 1 is not right. Use 10 to 50"),
    ("momentary = true", 'momentary = true\nhold = "tap"', "switches.wail is momentary and cannot wait to be held"),
    ('action = "bypass"\nmomentary', 'action = "tap"\nmomentary', "switches.wail: letting go cannot undo 'tap'"),
    ('led = "one"', 'led = "on"', "switches.bypass.led = 'on' is no light. Did you mean 'one'"),
    ('led = "one"', 'led = "tempo"', "switches.bypass.led = 'tempo' shows something else"),
    ('led = "one"', "", "leds.one: no switch has this light"),
    ('pull = "none"', 'led = "one"', "switches.next.led = 'one' is taken by switches.bypass"),
    ('["bypass", "next"]', '["bypass", "nxt"]', "chords.up: there is no switch 'nxt'. Did you mean 'next'"),
    ('["bypass", "next"]', '["next", "next"]', "chords.up.switches names one switch twice"),
    ('["bypass", "next"]', '["next"]', "chords.up.switches = ['next'] is not right. Use the names of two"),
    ('["bypass", "next"]', '["wail", "next"]', "chords.up: the switch 'wail' is momentary"),
    ('role = "menu"', "", "encoders.menu: it is not clear what it turns"),
    ('role = "menu"', 'role = "menu"\nparameter = "amp.drive_db"', "encoders.menu: it is not clear what it turns"),
    ('role = "menu"', 'role = "menu"\npush = "tap"', "encoders.menu.push: the button chooses in the menu"),
    ('role = "menu"', 'role = "menu"\nhold = "tap"', "encoders.menu.hold: the button chooses in the menu"),
    ("steps_per_detent = 2", 'hold = "tap"', "encoders.time.hold: the button needs pin_push"),
    ("steps_per_detent = 2", 'pin_push = 25\nhold = "tp"', "encoders.time.hold: 'tp' is no action"),
    (
        "[encoders.time]",
        "[encoders.next]\npin_push = 25",
        "encoders.next has a button, and a switch is called",
    ),
    ('parameter = "delay.time_s"', 'role = "menu"', "encoders.time turns the menu, and so does encoders.menu"),
    ('"delay.time_s"', '"delay.tim_s"', "encoders.time.parameter = 'delay.tim_s' is no parameter"),
    ("steps_per_detent = 2", "steps_per_detent = 3", "steps_per_detent = 3 is not right. Use 1, 2 or 4"),
    ("channel = 4", "channel = 0", "expression.channel = 0 is taken by knobs.drive. Give each knob its own input"),
    ('shows = "tempo"', 'shows = "mood"', "leds.tempo.shows = 'mood' is not right"),
    ('shows = "tempo"', 'shows = "looper"', 'leds.tempo.shows = "looper" needs a looper'),
    ('"/dev/serial0"', '"serial0"', "midi.uart = 'serial0' is no serial device"),
    ("channel = 3", "channel = 17", 'midi.channel = 17 is not right. Use 1 to 16, or "all"'),
    ("{ on = false }", "false", 'mixer."Auto Mute" = False is not right. Write { on = true } or so'),
    ("{ on = false }", "{ of = false }", "unknown key 'mixer.\"Auto Mute\".of'"),
    ("{ on = false }", "{}", 'mixer."Auto Mute" sets nothing'),
    ("{ level_db = -1.0 }", "{ level_db = -1.0, level = 3 }", 'mixer."Digital" has both level and level_db'),
    ("{ level_db = -1.0 }", "{ level_db = nan }", 'mixer."Digital".level_db = nan is not right'),
    ('["the relay"]', '["a\\u0007"]', "characters that no screen shows"),
    ("[relay]\npin = 12", BYPASS + "[relay]\npin = 12", "a board has [relay] or [codec_bypass], not both"),
    ("[relay]\npin = 12", BYPASS.replace('x Left"', 'x Right"', 1), "dry and codec_bypass.wet do not match"),
    ("[relay]\npin = 12", BYPASS.replace("Mixout Left Aux Left", "Digital"), "set by [codec_bypass] too"),
    ("[relay]\npin = 12", BYPASS.split("[codec_bypass.wet]")[0], "dry and codec_bypass.wet do not match"),
]


@pytest.mark.parametrize(("before", "after", "says"), EDITS)
def test_a_wrong_edit_is_refused_in_one_sentence(before: str, after: str, says: str) -> None:
    assert before in WHOLE
    with pytest.raises(BoardError) as caught:
        parse_board(WHOLE.replace(before, after, 1), "mine.toml")
    line = str(caught.value)
    assert line.startswith("mine.toml: ")
    assert says in line
    assert "\n" not in line
    assert line.count(". ") >= 1  # and it says what to do


@pytest.mark.parametrize(("pin", "kind", "says"), [(5, "level", "pulled up"), (14, "heartbeat", "chatters")])
def test_a_relay_stays_open_while_the_pi_starts(pin: int, kind: str, says: str) -> None:
    with pytest.raises(BoardError, match=says):
        parse_board(f'[audio]\ncard = "M2"\n[relay]\npin = {pin}\nkind = "{kind}"', "x.toml")


def test_a_virtual_board_may_use_any_pin_but_each_once() -> None:
    virtual = parse_board("virtual = true\n" + WHOLE.replace("pin = 12", "pin = 18"), "x.toml")
    assert isinstance(virtual, Board)
    with pytest.raises(BoardError, match=r"relay.pin = 5 is taken by switches.bypass"):
        parse_board("virtual = true\n" + WHOLE.replace("pin = 12", "pin = 5"), "x.toml")
