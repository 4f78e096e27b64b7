"""The player's own board: a shipped one with changes, and where it is put in use."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pedal.cli.choosing import choose_board
from pedal.config import board_names, board_path, load_board, parse_board
from pedal.errors import BoardError, SettingsError
from pedal.library.atomic import previous_of
from pedal.paths import own_board_path
from pedal.setup.own_board import Changes, gain_control, is_installed, load_own_text, save_own_board, wanted_gain_db


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PEDAL_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.mark.parametrize("name", board_names())
def test_every_board_can_be_changed_and_stays_itself(name: str) -> None:
    before = load_board(name)
    text = load_own_text(name, Changes(period_frames=32, periods=2))
    after = parse_board(text, "board.toml")
    assert (after.audio.period_frames, after.audio.periods) == (32, 2)
    assert (after.name, after.title, after.switches, after.mixer) == (
        before.name, before.title, before.switches, before.mixer,
    )  # fmt: skip
    comments = [line for line in board_path(name).read_text().splitlines() if line.startswith("#")]
    assert comments and all(line in text for line in comments)


def test_gain_moves_the_calibration_with_it() -> None:
    board = load_board("codec-zero")
    control = gain_control(board)
    assert control == ("Mixin PGA", 0.0)
    after = parse_board(load_own_text("codec-zero", Changes(gain_db=("Mixin PGA", 6.0), input_dbu=-3.8)), "b.toml")
    assert after.mixer["Mixin PGA"].level_db == 6.0 and after.mixer["Mixin PGA"].on is True
    assert after.input_dbu_at_0dbfs == -3.8
    assert gain_control(load_board("virtual")) is None


@pytest.mark.parametrize("name", ["reference", "hifiberry-dacplusadcpro"])
def test_a_gain_that_is_a_list_of_words_is_set_on_both_sides(name: str) -> None:
    board = load_board(name)
    assert gain_control(board) == ("PGA Gain Left", 0.0)
    after = parse_board(load_own_text(name, Changes(gain_db=("PGA Gain Left", -3.5))), "b.toml")
    assert {after.mixer[f"PGA Gain {side}"].choice for side in ("Left", "Right")} == {"-3.5dB"}
    assert gain_control(after) == ("PGA Gain Left", -3.5)
    same = {key: setting for key, setting in board.mixer.items() if "PGA" not in key}
    assert {key: setting for key, setting in after.mixer.items() if "PGA" not in key} == same


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(-200.0, 200.0))
def test_a_wanted_gain_is_one_that_the_control_has(level_db: float) -> None:
    for name, least_db, most_db in (("reference", -12.0, 40.0), ("codec-zero", -150.0, 60.0)):
        board = load_board(name)
        control, _ = gain_control(board) or ("", 0.0)
        wanted_db = wanted_gain_db(board, control, level_db)
        assert least_db <= wanted_db <= most_db and 2.0 * wanted_db == round(2.0 * wanted_db)
        assert abs(wanted_db - min(max(level_db, least_db), most_db)) <= 0.25
        parse_board(load_own_text(name, Changes(gain_db=(control, wanted_db))), "b.toml")


def test_what_cannot_be_is_refused_before_anything_is_written(home: Path) -> None:
    with pytest.raises(BoardError, match="period_frames = 1024 is not right"):
        load_own_text("virtual", Changes(period_frames=1024))
    with pytest.raises(BoardError):
        save_own_board("[audio]\ncard = 3\n", home)
    assert not own_board_path().exists()


def test_it_is_what_run_takes_and_the_one_before_is_kept(home: Path) -> None:
    assert choose_board(None, by_hand=False).name == "virtual"
    first, second = (load_own_text("usb-generic", Changes(card=card)) for card in ("M2", "UMC"))
    assert save_own_board(first, home) == own_board_path()
    save_own_board(second, home)
    assert load_board(choose_board(None, by_hand=False).name).audio.card == "UMC"
    assert load_board(choose_board(None, by_hand=False).name).name == "usb-generic"
    assert parse_board(previous_of(own_board_path()).read_text(), "b.toml").audio.card == "M2"


def test_on_an_installed_pedal_it_is_the_services_board(home: Path) -> None:
    conf = home / "etc" / "pedal" / "pedal.conf"
    assert not is_installed(home)
    conf.parent.mkdir(parents=True)
    conf.write_text("# mine\nPEDAL_BOARD=pisound\nPEDAL_OTHER=1\n")
    path = save_own_board(load_own_text("pisound", Changes(period_frames=128)), home)
    assert path == home / "etc" / "pedal" / "board.toml" and load_board(path).audio.period_frames == 128
    assert conf.read_text() == "# mine\nPEDAL_OTHER=1\nPEDAL_BOARD=/etc/pedal/board.toml\n"
    assert "PEDAL_BOARD=pisound" in previous_of(conf).read_text()
    save_own_board(load_own_text("virtual", Changes()), home)  # no services play that
    assert load_board(path).name == "pisound" and load_board(own_board_path()).name == "virtual"


def test_what_a_terminal_puts_in_use_comes_before_what_was_chosen_at_the_pedal(home: Path) -> None:
    conf, chosen = home / "etc/pedal/pedal.conf", home / "var/lib/pedal-board/board.toml"
    for path in (conf, chosen):
        path.parent.mkdir(parents=True)
    conf.write_text("PEDAL_BOARD=pisound\n")
    text = load_own_text("usb-generic", Changes(card="M2"))
    chosen.write_text(text)
    save_own_board(load_own_text("pisound", Changes(period_frames=128)), home)
    assert not chosen.exists() and previous_of(chosen).read_text() == text, "set aside, not lost"


def test_a_disk_that_refuses_is_told_in_words(home: Path) -> None:
    (home / "home").write_text("a file where the folder should be")
    with pytest.raises(SettingsError, match="cannot be written"):
        save_own_board(load_own_text("virtual", Changes()))
