"""Board files: every shipped one is read; whatever is wrong in one is refused in one sentence."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal.config import Board, FootSwitch, board_names, load_board, parse_board
from pedal.errors import BoardError
from pedal.paths import factory_dir

MINE = """
title = "Mine"
cpu_scale = 2
input_dbu_at_0dbfs = 1.1
[audio]
card = "pisound"
period_frames = 32
periods = 2
input = "sum"
[switches.stomp]
pin = 5
action = "bypass"
[switches.up]
pin = 6
action = "next_preset"
[display]
driver = "sh1106"
address = 0x3D
"""


@pytest.mark.parametrize("name", board_names())
def test_every_shipped_board_is_read(name: str) -> None:
    board = load_board(name)
    assert board.name == name
    assert board.audio.rate_hz == 48000
    assert {switch.action for switch in board.switches.values()} >= {"bypass", "next_preset"}


def test_shipped_boards_by_name_and_by_path() -> None:
    assert {"virtual", "hifiberry-dacplusadcpro", "usb-generic", "minimal-two-switch"} <= set(board_names())
    assert load_board("virtual") == load_board(factory_dir("board") / "virtual.toml")
    assert load_board("virtual").virtual


def test_boards_of_hardware_say_what_was_not_tried_and_what_the_system_needs() -> None:
    for name in board_names():
        board = load_board(name)
        assert bool(board.untried) == bool(board.boot) == (not board.virtual)
        assert any("Nobody has built it" in line for line in board.untried) == (not board.virtual)


def test_the_reference_build_is_complete() -> None:
    board = load_board("reference")
    assert (len(board.switches), len(board.knobs), len(board.encoders)) == (4, 4, 1)
    assert board.expression is not None
    assert board.relay is not None
    assert board.relay.kind == "heartbeat"
    assert board.midi is not None
    assert board.midi.uart
    assert board.display is not None
    assert board.display.driver == "ssd1309"


def test_only_the_virtual_board_pretends_to_be_slower() -> None:
    for name in board_names():
        board = load_board(name)
        assert (board.cpu_scale == 1.0) != board.virtual


def test_reads_every_part() -> None:
    board = parse_board(MINE, "somewhere/mine.toml")
    assert (board.name, board.title, board.virtual) == ("mine", "Mine", False)
    assert (board.cpu_scale, board.budget_share, board.input_dbu_at_0dbfs) == (2.0, 0.7, 1.1)
    assert (board.audio.card, board.audio.period_frames, board.audio.format) == ("pisound", 32, "auto")
    assert board.switches == {
        "stomp": FootSwitch(pin=5, action="bypass"),
        "up": FootSwitch(pin=6, action="next_preset"),
    }
    assert board.display is not None
    assert (board.display.driver, board.display.address, board.display.port) == ("sh1106", 0x3D, 1)


def test_a_display_on_spi_has_its_own_bus_number() -> None:
    board = parse_board('[audio]\ncard = "M2"\n[display]\ndriver = "ssd1309"\ninterface = "spi"', "x.toml")
    assert board.display is not None
    assert board.display.port == 0


def test_boards_do_not_change() -> None:
    board = parse_board(MINE, "mine.toml")
    with pytest.raises(AttributeError):
        board.cpu_scale = 1.0  # type: ignore[misc]


AUDIO = '[audio]\ncard = "M2"\n'
KNOB = '[knobs.a]\nchannel = 0\nparameter = "amp.drive_db"\n'
PISOUND = '[audio]\ncard = "pisound"\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", r"no \[audio\] table"),
        ("audio = 1", "audio must be a table"),
        (
            "cpu_scal = 3\n" + AUDIO,
            "unknown key 'cpu_scal'.*Did you mean 'cpu_scale'.*Known: audio, boot, budget_share",
        ),
        ('"a\\nb" = 3\n' + AUDIO, r"unknown key 'a\\nb'"),
        (AUDIO + "perod_frames = 64", "unknown key 'audio.perod_frames'.*Did you mean 'period_frames'"),
        (AUDIO + "[looper]\nseconds = 121", "looper.seconds = 121 is not right. Use a whole number from 5 to 120"),
        (
            AUDIO + '[switches.a]\npin = 5\naction = "looper"',
            r"switches.a.action = 'looper' needs a looper",
        ),
        ("[audio]\nrate_hz = 48000", "'audio.card' is missing"),
        ("cpu_scale = 0.5\n" + AUDIO, "cpu_scale = 0.5 is not right. Use 1.0 to 1000.0"),
        ("cpu_scale = nan\n" + AUDIO, "cpu_scale"),
        ("cpu_scale = true\n" + AUDIO, "cpu_scale"),
        ("budget_share = 1.0\n" + AUDIO, "budget_share"),
        ("input_dbu_at_0dbfs = inf\n" + AUDIO, "out of range"),
        ("virtual = 1\n" + AUDIO, "true or false"),
        ('name = "My Board"\n' + AUDIO, "the name 'My Board'"),
        ("name = 3\n" + AUDIO, "name = 3"),
        ('title = "\\u0007"\n' + AUDIO, "title"),
        (AUDIO + "period_frames = 8", "period_frames = 8 is not right. Use a whole number from 16 to 256"),
        (AUDIO + "period_frames = 64.0", "period_frames"),
        (AUDIO + 'period_frames = "64"', "period_frames"),
        (AUDIO + f"period_frames = 1{'0' * 500}", "period_frames"),
        (AUDIO + "periods = 5", "Use 2, 3 or 4"),
        (AUDIO + "rate_hz = 47999", "44100, 48000"),
        (AUDIO + 'format = "float"', "S24_3LE"),
        (AUDIO + 'format = "\ud800"', "S24_3LE"),
        (AUDIO + 'input = "middle"', "left"),
        (AUDIO + "capture_channels = 8", "Use 1 or 2"),
        (AUDIO + 'capture_channels = 1\ninput = "right"', "needs two channels"),
        (AUDIO + "period_core = -1", "Use 0 to 63"),
        (AUDIO + "realtime_priority = 99", "1 to 98"),
        ('[audio]\ncard = "hw:0"', "never an index"),
        ('[audio]\ncard = "1"', "never an index"),
        ('[audio]\ncard = "plughw:1,0"', "never an index"),
        ('[audio]\ncard = "a b"', "not a card id"),
        (AUDIO + "[switches]\nup = 3", "switches.up must be a table"),
        (AUDIO + '[switches."UP!"]\npin = 5\naction = "bypass"', r"the name 'UP!' in \[switches\]"),
        (AUDIO + '[switches.up]\naction = "bypass"', "'switches.up.pin' is missing"),
        (AUDIO + '[switches.up]\npin = 5\naction = "explode"', "switches.up.action: 'explode' is no action"),
        (AUDIO + '[switches.up]\npin = 1\naction = "bypass"', "BCM pin number from 2 to 27"),
        (
            AUDIO + '[switches.up]\npin = 5\nlad = 6\naction = "bypass"',
            "unknown key 'switches.up.lad'.*Did you mean 'led'",
        ),
        (
            AUDIO + '[switches.a]\npin = 5\naction = "bypass"\n[switches.b]\npin = 5\naction = "bypass"',
            "switches.b.pin = 5 is taken by switches.a",
        ),
        (PISOUND + '[switches.a]\npin = 18\naction = "bypass"', "taken by the sound card 'pisound' .I2S bit clock"),
        (PISOUND + '[switches.a]\npin = 17\naction = "bypass"', "taken by the sound card 'pisound' .button"),
        (AUDIO + '[display]\ndriver = "sh1106"\n[switches.a]\npin = 2\naction = "bypass"', "the display .I2C data"),
        (
            AUDIO + '[display]\ndriver = "sh1106"\ninterface = "spi"\n[switches.a]\npin = 24\naction = "bypass"',
            "the display .data/command",
        ),
        (AUDIO + '[knobs.a]\nchannel = 8\nparameter = "amp.drive_db"', "an input of the MCP3008, 0 to 7"),
        (AUDIO + '[knobs.a]\nchannel = 0\nparameter = "drive_db"', "is no parameter. Write BLOCK.PARAM"),
        (AUDIO + '[knobs.a]\nchannel = 0\nparameter = "amp.drive"', "Did you mean 'drive_db'"),
        (AUDIO + "[knobs.a]\nchannel = 0", "'knobs.a.parameter' is missing"),
        (AUDIO + KNOB + KNOB.replace("knobs.a", "knobs.b"), "knobs.b.channel = 0 is taken by knobs.a"),
        (AUDIO + KNOB + '[switches.a]\npin = 9\naction = "bypass"', "pin = 9 is taken by the knobs .SPI data in"),
        (AUDIO + KNOB + '[display]\ndriver = "ssd1309"\ninterface = "spi"', "the same SPI chip select"),
        (PISOUND + KNOB, "the knobs need the SPI bus, which is taken by the sound card 'pisound'"),
        (AUDIO + '[display]\ndriver = "lcd"', "ssd1306"),
        (AUDIO + '[display]\ndriver = "sh1106"\naddress = 0x99', "I2C address"),
        (AUDIO + '[display]\ndriver = "sh1106"\nrotate = 90', "0, or 2 for upside down"),
        (AUDIO + '[display]\ndriver = "ssd1306"\nrotate = 1', "no page fits an upright display"),
        ("x = [", "is not TOML"),
    ],
)
def test_refuses_in_one_sentence(text: str, says: str) -> None:
    with pytest.raises(BoardError, match=says) as caught:
        parse_board(text, "boards/mine.toml")
    line = str(caught.value)
    assert line.startswith("boards/mine.toml: ")
    assert "\n" not in line


@pytest.mark.parametrize("pin", [2, 18, 21])
def test_pins_that_no_hardware_uses_are_free(pin: int) -> None:
    switch = f'[switches.a]\npin = {pin}\naction = "bypass"'
    assert parse_board(AUDIO + switch, "usb.toml").switches["a"].pin == pin
    virtual = 'virtual = true\n[audio]\ncard = "virtual"\n[display]\ndriver = "virtual"\n' + switch
    assert parse_board(virtual, "virtual.toml").switches["a"].pin == pin


def test_card_named_by_a_whole_pcm_name_keeps_its_pins() -> None:
    with pytest.raises(BoardError, match="the sound card 'Zero'"):
        parse_board('[audio]\ncard = "hw:CARD=Zero,DEV=0"\n[switches.a]\npin = 20\naction = "bypass"', "x.toml")


class TestFiles:
    def test_unknown_name_lists_what_there_is(self) -> None:
        with pytest.raises(BoardError, match=r"no board 'virtul'.*Known: .*virtual"):
            load_board("virtul")

    def test_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(BoardError, match=r"none\.toml: there is no such file"):
            load_board(tmp_path / "none.toml")

    def test_folder_and_fifo(self, tmp_path: Path) -> None:
        with pytest.raises(BoardError, match="not a regular file"):
            load_board(tmp_path)
        os.mkfifo(tmp_path / "pipe.toml")
        with pytest.raises(BoardError, match="not a regular file"):
            load_board(tmp_path / "pipe.toml")

    def test_not_text_and_too_large(self, tmp_path: Path) -> None:
        path = tmp_path / "x.toml"
        path.write_bytes(b"title = '\xff'")
        with pytest.raises(BoardError, match="not UTF-8"):
            load_board(path)
        path.write_bytes(b"#" * 70_000)
        with pytest.raises(BoardError, match="larger than 64 KiB"):
            load_board(path)

    def test_a_byte_order_mark_is_fine(self, tmp_path: Path) -> None:
        path = tmp_path / "x.toml"
        path.write_bytes(b"\xef\xbb\xbf" + MINE.encode())
        assert load_board(str(path)).title == "Mine"


FRAGMENTS = st.sampled_from(
    ["[audio]", "[[audio]]", "[switches.x]", "[display]", "\n", '"', "= ", "pin = 18", "1e999", "nan", "-1", "{}", "[",
     "]", "1979-05-27", "'", "\x00", "\ud800", "😀", "a.b.c = 1", "true", "interface = 'spi'", "[switches.'\\n']"]
)  # fmt: skip


@given(st.data())
def test_a_mutated_file_raises_nothing_but_board_errors(data: st.DataObject) -> None:
    text = MINE
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(text)))
        stop = data.draw(st.integers(at, min(len(text), at + 12)))
        text = text[:at] + data.draw(FRAGMENTS | st.text(max_size=3)) + text[stop:]
    try:
        board = parse_board(text, "mutated.toml")
    except BoardError as error:
        assert "\n" not in str(error)
    else:
        assert isinstance(board, Board)


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates() | st.times(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.sampled_from(["name", "title", "virtual", "cpu_scale", "audio", "switches", "display", "input_dbu_at_0dbfs"]),
    st.dictionaries(st.sampled_from(["card", "pin", "driver", "interface", "rotate", "rate_hz"]), TREES) | TREES,
)
def test_any_value_under_any_key_raises_nothing_but_board_errors(key: str, value: object) -> None:
    import tomli_w

    try:
        text = tomli_w.dumps({"audio": {"card": "M2"}, key: value})
    except (TypeError, ValueError):
        return  # not expressible in TOML
    try:
        assert isinstance(parse_board(text, "any.toml"), Board)
    except BoardError as error:
        assert "\n" not in str(error)


def test_the_documentation_names_every_key() -> None:
    import pedal.config

    text = (Path(__file__).parents[1] / "docs" / "boards.md").read_text("utf-8")
    records = [record for record in vars(pedal.config).values() if isinstance(record, type)]
    assert {Board, FootSwitch} < set(records)
    for record in records:
        for key in record.__struct_fields__:
            assert f"`{key}`" in text or f"`[{key}" in text, key
    for name in board_names():
        assert f"`{name}`" in text


def test_the_free_pins_of_the_documentation_are_free() -> None:
    from pedal.pins import CARDS, reserved_pins

    for card in CARDS:
        assert not {4, 5, 6, 7, 22} & set(reserved_pins(card, "i2c"))
