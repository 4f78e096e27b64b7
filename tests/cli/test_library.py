"""The library's commands: one line for each file, a reason for each refusal, and questions before anything is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pedal.cli.main import main
from pedal.paths import factory_dir
from tests.library.brought import PRESET, impulse, model, put

#: The keys of the first two presets after the factory's.
FIRST = 1 + len(list((factory_dir("models") / "presets").glob("*.toml")))
LOUD, USES = f"{FIRST}-loud", f"{FIRST + 1}-uses"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PEDAL_HOME", str(tmp_path / "home"))
    for name in ("PEDAL_PRESETS_DIR", "PEDAL_MODELS_DIR", "PEDAL_SETTINGS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "home"


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    return put(
        tmp_path / "stick",
        {
            "Amps/Plexi Bright.nam": model(1, tone_type="crunch", gear_make="Marshall"),
            "box.wav": impulse(1),
            "loud.toml": PRESET.encode(),
            "bad.nam": b"nothing",
        },
    )


def run(*arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(main, list(arguments), input=answer)


def test_import_says_a_line_for_each_file(stick: Path, home: Path) -> None:
    done = run("models", "import", str(stick))
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert lines[:-1] == [
        next(line for line in lines if line.startswith("refused   bad.nam: ")),
        "imported  Amps/Plexi Bright.nam: as Amps/Plexi Bright.nam",
        "imported  box.wav: as box.wav",
        f"imported  loud.toml: as {LOUD}",
    ]
    assert lines[-1] == "3 imported, 1 refused."
    (stick / "bad.nam").unlink()
    again = run("ir", "import", str(stick), "--json")
    assert again.exit_code == 0
    found = json.loads(again.stdout)
    assert (found["known"], found["imported"], found["refused"]) == (3, 0, 0)
    assert {line["outcome"] for line in found["lines"]} == {"known"}
    assert sorted(path.name for path in home.iterdir()) == ["library", "presets"]


def test_nothing_there_is_an_error_and_an_empty_folder_is_not(tmp_path: Path) -> None:
    gone = run("models", "import", str(tmp_path / "gone"))
    assert gone.exit_code == 1 and "cannot be read (No such file" in gone.stderr
    put(tmp_path / "empty", {"photo.jpg": b""})
    nothing = run("models", "import", str(tmp_path / "empty"))
    assert nothing.exit_code == 0
    assert nothing.stdout == "nothing found that the pedal can use; 1 other file left alone.\n"


def test_list_search_and_show(stick: Path) -> None:
    run("models", "import", str(stick), "--category", "Stick")
    listed = run("models", "list").stdout
    assert "  Stick/Amps/Plexi Bright.nam" in listed and "starter-crunch.nam" in listed
    assert "Marshall, crunch, Full" in listed
    assert [e["name"] for e in json.loads(run("models", "search", "plex", "--json").stdout)] == ["Plexi Bright"]
    assert run("models", "search", "nobody").stdout == ""
    shown = json.loads(run("models", "show", "plexi bright", "--json").stdout)
    assert shown["category"] == "Stick/Amps" and shown["widths"][0]["label"] == "Full" and shown["presets"] == []
    assert "tone type        crunch" in run("models", "show", shown["hash"][:10]).stdout
    box = json.loads(run("ir", "show", "box", "--json").stdout)
    assert 0.0 < box["seconds"] < 0.01


def test_favourites_and_names(stick: Path) -> None:
    run("models", "import", str(stick))
    assert run("models", "favourite", "plexi bright").exit_code == 0
    assert run("models", "favourite", "starter-crunch.nam").exit_code == 0
    assert run("models", "list", "--favourites").stdout.count("*") == 2
    assert run("models", "favourite", "plexi bright", "off").exit_code == 0
    assert run("models", "list", "--favourites").stdout.count("*") == 1
    assert run("models", "rename", "plexi bright", "Dark\n../one", "--category", "").exit_code == 0
    assert "  Dark ..-one.nam" in run("models", "list").stdout
    refused = run("models", "rename", "starter-crunch.nam", "other")
    assert refused.exit_code == 1 and "Rename the file there" in refused.stderr


def test_deleting_what_is_in_use_asks(stick: Path, home: Path) -> None:
    put(stick, {"uses.toml": b'name = "Uses"\n[[block]]\nkind = "amp"\nmodel = "Plexi Bright.nam"\n'})
    run("models", "import", str(stick))
    for answer in ("", "n\n"):
        kept = run("models", "delete", "plexi bright", answer=answer)
        assert kept.exit_code == 1 and f"is played by {USES}" in kept.stderr
    assert run("models", "show", "plexi bright").exit_code == 0
    assert run("models", "delete", "plexi bright", "--yes").stdout == "Amps/Plexi Bright.nam: deleted\n"
    assert run("models", "show", "plexi bright").exit_code == 1
    assert run("ir", "delete", "box").exit_code == 0, "nothing plays it"
    assert not list((home / "library" / "models").iterdir())
    refused = run("models", "delete", "starter-crunch.nam", "--yes")
    assert refused.exit_code == 1 and "factory" in refused.stderr


def test_check_says_what_is_wrong(stick: Path, home: Path) -> None:
    run("models", "import", str(stick))
    assert run("library", "check").stdout == f"2 files and {FIRST} presets whole, 0 not as they should be.\n"
    folder = home / "library" / "models"
    next(folder.glob("*.nam")).write_bytes(b"other")
    (folder / ("0" * 64 + ".nam")).write_bytes(b"x")
    (folder / "stray.txt").write_bytes(b"x")
    done = run("library", "check")
    assert done.exit_code == 1
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["damaged", "damaged", "unknown", "1"]
    found = json.loads(run("library", "check", "--json").stdout)
    assert found["whole"] == 1 and len(found["findings"]) == found["wrong"] == 3


def test_a_rename_is_told_by_the_check_and_is_no_fault(stick: Path, home: Path) -> None:
    run("models", "import", str(stick))
    assert run("models", "rename", "plexi bright", "Cap on").exit_code == 0
    known = json.loads(run("models", "show", "cap on", "--json").stdout)["hash"]
    block = f'[[block]]\nkind = "amp"\nid = "amp"\nmodel = "Amps/Cap on.nam"\nmodel_hash = "sha256:{known}"\n'
    put(home, {f"presets/{USES}.toml": f'name = "Uses"\n{block}'.encode()})
    assert run("library", "check").stdout.startswith("2 files")
    assert run("models", "rename", "cap on", "Cap off", answer="y\n").exit_code == 0
    done = run("library", "check")
    assert done.exit_code == 0 and done.stdout.startswith("renamed  ") and "'Amps/Cap off.nam'" in done.stdout
    assert "missing" not in run("preset", "list").stdout


def test_in_a_process_of_its_own(stick: Path, home: Path) -> None:
    """With nothing but ``PEDAL_HOME``, as on any machine; and a name of raw bytes does not break the output."""
    with open(os.path.join(os.fsencode(stick), b"caf\xe9\n.nam"), "wb") as file:
        file.write(model(2))
    command = [sys.executable, "-m", "pedal.cli.main", "models", "import", str(stick)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=os.environ | {"LC_ALL": "C.UTF-8"})
    assert done.returncode == 1 and "imported  caf .nam: as caf.nam" in done.stdout, done


def test_backup_and_restore(stick: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("models", "import", str(stick))
    saved = run("backup", str(tmp_path / "all.pedal"))
    assert saved.exit_code == 0 and "1 preset, 1 model, 1 impulse response, 2 others" in saved.stdout
    again = run("backup", str(tmp_path / "all.pedal"))
    assert again.exit_code == 1 and "is there already" in again.stderr
    assert "All of it is here already" in run("restore", str(tmp_path / "all.pedal")).stdout
    (home / "presets" / f"{LOUD}.toml").write_text('name = "Changed"\n')
    kept = run("restore", str(tmp_path / "all.pedal"), answer="n\n")
    assert kept.exit_code == 1 and "Different from what is here: 1 preset." in kept.stdout
    assert (home / "presets" / f"{LOUD}.toml").read_text() == 'name = "Changed"\n'
    done = run("restore", str(tmp_path / "all.pedal"), "--yes")
    assert done.exit_code == 0 and "takes it back" in done.stdout
    assert (home / "presets" / f"{LOUD}.toml").read_bytes() == PRESET.encode()
    assert run("restore", "--undo", "--yes").exit_code == 0
    assert (home / "presets" / f"{LOUD}.toml").read_text() == 'name = "Changed"\n'
    assert run("restore").exit_code == 2 == run("restore", "--undo", str(tmp_path / "all.pedal")).exit_code
    monkeypatch.setenv("PEDAL_HOME", str(tmp_path / "other"))
    assert "no restore has changed anything" in run("restore", "--undo").stderr
    assert run("restore", str(tmp_path / "all.pedal"), answer="y\n").exit_code == 0
    assert run("models", "show", "plexi bright").exit_code == 0
    assert run("library", "check").exit_code == 0
    assert run("restore", str(stick / "box.wav")).stderr.startswith("pedal: box.wav: is not a backup")
