"""Inbox: what is copied into it, anywhere and at any time, comes in whole and leaves; the sound goes on untouched."""

from __future__ import annotations

import subprocess

from pedal.library.telling import heard
from tests.lab.bringing import BAD, brought, library_check
from tests.lab.ear import unrest
from tests.lab.guest.machine import Disk
from tests.lab.guitar import tone
from tests.lab.lab import PLAYER, RUNTIME, STATE, Lab
from tests.lab.scenario import Breakage

BREAKAGE = Breakage(
    "only the top of the inbox is looked at",
    "pedal/system/inbox.py",
    "if isinstance(item, Found)}",
    "if isinstance(item, Found) and not item.folders}",
)
DISK = Disk(mib=64)
LIMIT_S = 600.0
INBOX = STATE / "inbox"


def scenario(lab: Lab) -> None:
    models = [data for name, data in brought(7).items() if name.startswith("Pack/")]
    lab.boot()
    lab.guitar(tone())
    lab.wait(2.0)
    before = unrest(lab.listen(1.0))
    start, overruns = lab.cable.frame, lab.status()["overruns"]

    put("came/while off.nam", models[0])
    lab.systemctl("start", "pedal-inbox.service")
    until_imported(lab, 1)
    put("top.nam", models[1])
    put("pack/new.nam", models[2])
    until_imported(lab, 3)
    until_left(lab, [])

    lab.event("later, into folders that are there")
    put("pack/later.nam", models[3])
    until_imported(lab, 4)
    put("pack/in/a/new one.nam", models[4])
    until_imported(lab, 5)
    until_left(lab, [])

    lab.event("a slow copy, and a file that is none")
    half = len(models[5]) // 2
    put("pack/slow.nam", models[5][:half])
    lab.wait(2.5)
    put("pack/slow.nam", models[5])
    put("pack/broken.nam", BAD)
    until_imported(lab, 6)
    until_left(lab, ["pack/broken.nam"])

    lab.event("a folder that belongs to its player alone")
    put("his/own.nam", models[6], umask="022")
    until_imported(lab, 7)
    lab.wait(10.0)
    until_left(lab, ["his/own.nam", "pack/broken.nam"])
    told = heard(RUNTIME)
    assert told is not None and told.progress.text == "Ready to play. 1 not removed.", told
    assert library_check(lab) == {"whole": 7, "findings": []}
    said = subprocess.run(
        ["journalctl", "--unit=pedal-inbox", "--output=cat", "--no-pager"], capture_output=True, text=True, check=True
    ).stdout
    assert said.count("imported  ") == 7, said
    assert "own.nam stays in the inbox" in said and "slow.nam: " not in said.replace("imported  pack/slow.nam: ", ""), (
        said
    )

    sound = lab.heard(start)
    assert unrest(sound) <= max(before, 1e-6), f"the sound was touched: {unrest(sound)} after {before}"
    assert lab.status()["overruns"] == overruns


def put(name: str, data: bytes, umask: str = "002") -> None:
    """Copy a file there as scp does for a player of the pedal's group: with folders, and rights as his umask has it."""
    command = f'umask {umask}; mkdir -p "${{1%/*}}"; cat > "$1"'
    player = ["setpriv", f"--reuid={PLAYER}", f"--regid={PLAYER}", "--init-groups"]
    subprocess.run([*player, "sh", "-c", command, "sh", INBOX / name], input=data, check=True)


def until_imported(lab: Lab, models: int) -> None:
    """Until so many models came in."""
    lab.until(lambda: len(list((STATE / "library" / "models").glob("*.json"))) == models, f"model {models} came in")


def until_left(lab: Lab, names: list[str]) -> None:
    """Until nothing but these files lies in the inbox."""

    def left() -> list[str]:
        return sorted(str(path.relative_to(INBOX)) for path in INBOX.rglob("*") if path.is_file())

    lab.until(lambda: left() == names, f"nothing but {names} lies in the inbox")
