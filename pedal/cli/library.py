"""Commands about the library: ``pedal models``, ``pedal ir`` and ``pedal library``.

Called through ``main``, in a process of its own. They need no running pedal, and import neither numba nor a network's
reader: files from outside are read by another process (``pedal.library.judge``).
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import click
import msgspec

from pedal.cli.talking import Group, answers, tell
from pedal.errors import LibraryError
from pedal.library.cards import AssetKind
from pedal.library.catalog import Catalog, Entry
from pedal.library.names import MAX_FOLDERS, clean_category, clean_name
from pedal.library.report import Progress, Report

_YES = click.option("--yes", is_flag=True, help="Do not ask.")


def _group(kind: AssetKind, word: str) -> click.Group:
    """The commands about one kind of things; ``word`` is what they are called."""

    @click.group(cls=Group, help=f"The library's {word}: yours, the factory's, and what was imported.")
    def group() -> None:
        pass

    @group.command("import")
    @click.argument("path", type=click.Path(path_type=Path))
    @click.option("--category", default="", help="Before the folders' own names.")
    @answers
    def import_(path: Path, category: str) -> None:
        """Import a folder with all that is in it, or one file: models, impulse responses, presets.

        One line for each file; those that were refused say why, and are no reason to refuse others. Folders become
        categories. Exit code 0: all of it is in the library now; 1: something was refused.
        """
        report = import_from(path, category)
        tell(_report_dict(report), _report_text(report))
        if not report.is_clean:
            sys.exit(1)

    @group.command("list")
    @click.option("--favourites", is_flag=True, help="Only those.")
    @answers
    def list_(favourites: bool) -> None:
        """All there are, by category and name."""
        entries = Catalog.default().entries(kind)
        _print_entries([entry for entry in entries if entry.card.favourite or not favourites])

    @group.command()
    @click.argument("words", nargs=-1, required=True)
    @answers
    def search(words: tuple[str, ...]) -> None:
        """Those in which every word begins a word of name, category, gear, tone or maker. Accents do not count."""
        _print_entries(list(Catalog.default().search(" ".join(words), kind)))

    @group.command()
    @click.argument("name")
    @answers
    def show(name: str) -> None:
        """All that is known of one: by its name, or the first digits of its hash."""
        entry = Catalog.default().find(name, kind)
        about = entry_dict(entry) | {"presets": list(_presets_using(entry))}
        tell(about, _fields_text(about))

    @group.command()
    @click.argument("name")
    @click.argument("state", type=click.Choice(["on", "off"]), default="on")
    @answers
    def favourite(name: str, state: str) -> None:
        """Make one a favourite, or no longer."""
        catalog = Catalog.default()
        entry = catalog.find(name, kind)
        _change(catalog, entry, favourite=state == "on")
        tell({"name": entry.asset_name, "favourite": state == "on"}, "")

    @group.command()
    @click.argument("name")
    @click.argument("new_name")
    @click.option("--category", help="Another category; '' for none.")
    @answers
    def rename(name: str, new_name: str, category: str | None) -> None:
        """Give one another name, as it is shown. Presets that name it find it by its content still, or ask."""
        catalog = Catalog.default()
        entry = catalog.find(name, kind)
        if entry.source != "library":
            raise LibraryError("lies in a folder under that name", where=entry.asset_name, hint="Rename the file there")
        changed: dict[str, object] = {"name": clean_name(new_name)}
        if category is not None:
            changed["category"] = clean_category([part for part in category.split("/") if part][:MAX_FOLDERS])
        card = msgspec.structs.replace(entry.card, **changed)
        others = (other.card for other in catalog.entries(kind) if other.hash != entry.hash)
        if any((o.name.casefold(), o.category) == (card.name.casefold(), card.category) for o in others):
            raise LibraryError(f"there is a '{card.name}' already", hint="Choose another name, or another category")
        _ask_about_uses(entry, "rename", yes=False)
        _change(catalog, entry, **changed)
        tell({"name": card.name, "category": card.category, "was": entry.asset_name}, "")

    @group.command()
    @click.argument("name")
    @_YES
    @answers
    def delete(name: str, yes: bool) -> None:
        """Delete one; asks if a preset plays it."""
        catalog = Catalog.default()
        entry = catalog.find(name, kind)
        _ask_about_uses(entry, "delete", yes)
        try:
            catalog.delete(entry)
        except OSError as error:
            raise LibraryError(f"cannot be deleted ({error.strerror})", where=entry.asset_name) from error
        tell({"deleted": entry.asset_name}, f"{entry.asset_name}: deleted")

    return group


models = _group("model", "models")
ir = _group("impulse", "impulse responses")


@click.group(cls=Group)
def library() -> None:
    """The library as a whole."""


@library.command()
@answers
def check() -> None:
    """Read everything that is yours; say what is missing, damaged or unknown, and how to mend it. Changes nothing.

    Every file of the library against its hash; every preset, with its snapshots and with what it names; banks and
    settings. Exit code 0: all is well (what has another name now is told, and plays); 1: something is to be mended.
    """
    from pedal.library.assets import Assets
    from pedal.library.banks import BankStore
    from pedal.library.check import check_library
    from pedal.library.check_presets import PresetCheck
    from pedal.library.presets import PresetStore

    catalog = Catalog.default(once=True)
    whole, findings = check_library(catalog)
    names = PresetCheck(PresetStore.default(), catalog, Assets.default(once=True))
    presets, about = names.presets()
    findings += [*about, *names.banks(BankStore.default()), *names.settings(), *names.used()]
    wrong = sum(not finding.is_note for finding in findings)
    lines = [f"{finding.state:<8} {finding.path}: {finding.what}" for finding in findings]
    lines.append(f"{whole} files and {presets} presets whole, {wrong} not as they should be.")
    counts = {"whole": whole, "presets": presets, "wrong": wrong}
    tell(counts | {"findings": msgspec.to_builtins(findings)}, "\n".join(lines))
    if wrong:
        sys.exit(1)


def import_from(path: Path, category: str = "") -> Report:
    """Import what lies at ``path`` into the player's library, with a bar in a terminal."""
    from pedal.library.checker import Checker
    from pedal.library.importer import Importer, import_path

    place = clean_category([part for part in category.split("/") if part])
    with Checker() as checker:
        if not sys.stderr.isatty():
            return import_path(path, Importer.default(checker), place)
        with click.progressbar(length=1, label="importing", file=sys.stderr) as bar:

            def watch(progress: Progress) -> None:
                bar.length = max(progress.found, 1)
                bar.update(progress.done - bar.pos)

            return import_path(path, Importer.default(checker, watch), place)


def entry_dict(entry: Entry) -> dict[str, Any]:
    """An entry for programs, and for people line by line."""
    card = entry.card
    return {
        "name": card.name,
        "preset_name": entry.asset_name,
        "category": card.category,
        "hash": card.hash,
        "source": entry.source,
        "path": entry.at,
        "missing": entry.missing,
        "favourite": card.favourite,
        "size_bytes": card.size_bytes,
        "added": _date(card.added_s),
        "last_used": _date(entry.used.at_s),
        "cost_ns_per_frame": list(entry.used.frame_ns),
        **msgspec.to_builtins(msgspec.structs.asdict(card.about)),
    }


def _report_dict(report: Report) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(report)
    counts = {outcome: report.count(outcome) for outcome in ("imported", "known", "refused")}
    return found | counts


def _report_text(report: Report) -> str:
    return "\n".join([*(line.text() for line in report.lines), report.summary()])


def _print_entries(entries: list[Entry]) -> None:
    tell([entry_dict(entry) for entry in entries], "\n".join(map(_entry_text, entries)))


def _entry_text(entry: Entry) -> str:
    about = entry.card.about
    star = "*" if entry.card.favourite else " "
    widths = " ".join(width.label for width in about.widths)
    facts = ", ".join(part for part in (about.gear or about.gear_type, about.tone_type, widths) if part)
    state = "  MISSING" if entry.missing else ""
    return f"{star} {entry.asset_name:<48} {facts}{state}".rstrip()


def _fields_text(about: dict[str, Any]) -> str:
    lines = []
    for key, value in about.items():
        if key == "widths":
            value = ", ".join(f"{w['label']} ({w['channels']} channels, {w['macs']} MACs/frame)" for w in value)
        elif isinstance(value, (list, tuple)):
            value = ", ".join(str(part) for part in value)
        shown = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
        lines.append(f"{key.replace('_', ' '):<16} {'-' if shown in (None, '') else shown}")
    return "\n".join(lines)


def _presets_using(entry: Entry) -> tuple[str, ...]:
    from pedal.library.assets import Assets
    from pedal.library.presets import PresetStore
    from pedal.library.uses import presets_using

    return presets_using(entry.path, PresetStore.default(), Assets.default(once=True))


def _ask_about_uses(entry: Entry, what: str, yes: bool) -> None:
    keys = () if yes else _presets_using(entry)
    if keys:
        some = ", ".join(keys[:5]) + (f" and {len(keys) - 5} more" if len(keys) > 5 else "")
        sure = click.confirm(f"{entry.asset_name} is played by {some}. Still {what} it?", default=False, err=True)
        if not sure:
            raise LibraryError("is in use, and stays", where=entry.asset_name)


def _change(catalog: Catalog, entry: Entry, **changed: object) -> None:
    try:
        catalog.write_card(msgspec.structs.replace(entry.card, **changed))
    except OSError as error:
        raise LibraryError(f"cannot be saved ({error.strerror})", where=entry.asset_name) from error


def _date(at_s: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at_s)) if at_s > 0 else ""
