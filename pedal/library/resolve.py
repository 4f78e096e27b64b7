"""From what a preset says of a file, a hash and a name, to the file: by hash if the library knows that, else by name.

Called by the builder, the offline tools and the commands before a preset is played or shown. A name may have come to
stand for another file, and a file may have got another name; the hash says which content the player meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from pedal.errors import ImpulseError, ModelError, PedalError
from pedal.library.assets import CONTENT, Assets, load_content_hash
from pedal.library.cards import AssetKind
from pedal.params import KINDS
from pedal.preset import Block, Preset

_ERRORS: dict[AssetKind, type[PedalError]] = {"model": ModelError, "impulse": ImpulseError}


@dataclass(frozen=True, slots=True)
class Resolved:
    """A preset and its files.

    Attributes:
        preset: what was imported, or is known by its hash alone, is called ``sha256:HASH``; the rest as it was.
        hashes: of what is there, by block and key.
        warnings: a sentence for each file that is not the one that was saved, or whose hash and name disagree.
        missing: a sentence for each that is nowhere.
    """

    preset: Preset
    hashes: dict[str, dict[str, str]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def resolve(preset: Preset, assets: Assets) -> Resolved:
    """Find every file of a preset. Reads each of them once; never raises for what is missing or broken."""
    blocks: list[Block] = []
    hashes: dict[str, dict[str, str]] = {}
    warnings: list[str] = []
    missing: list[str] = []
    for block in preset.blocks:
        names: dict[str, str] = {}
        for key, kind, name in files_of(block):
            content, reference, trouble = _resolve(block.hashes.get(key, ""), kind, name, assets)
            if content:
                hashes.setdefault(block.id, {})[key] = content
            names[key] = reference
            if trouble:
                (warnings if content else missing).append(f"{block.id}: {trouble}")
        blocks.append(block.with_files(names))
    return Resolved(replace(preset, blocks=tuple(blocks)), hashes, tuple(warnings), tuple(missing))


def file_path(block: Block, key: str, assets: Assets) -> Path | None:
    """The file that a block plays as ``key``; None if there is none."""
    kind = next(kind for own, kind, _ in files_of(block) if own == key)
    known = block.hashes.get(key, "")
    path = assets.content_path(known, kind) if known else None
    try:
        return path or _path(block.files[key], kind, assets, "")
    except PedalError:
        return None


def _resolve(known: str, kind: AssetKind, name: str, assets: Assets) -> tuple[str, str, str]:
    """Hash of the content that plays (empty: none), what it is to be called, and what is to be said."""
    try:
        path = _path(name, kind, assets, known)
        content, trouble = load_content_hash(path, _ERRORS[kind]), ""
    except PedalError as error:
        content, trouble = "", str(error)
    if not known or content == known:
        # What was imported bears its hash, which is found sooner than its name is.
        return content, CONTENT + content if content and path.stem == content else name, trouble
    if assets.content_path(known, kind) is None:
        changed = f"plays '{name}', which has changed since this preset was saved."
        return content, name, changed if content else trouble
    if content:  # the name was changed by hand, or the file of that name
        hint = f"Remove {kind}_hash from the preset to play that"
        return known, CONTENT + known, f"plays what was saved with it; '{name}' is another file now. {hint}."
    return known, CONTENT + known, ""


def files_of(block: Block) -> Iterator[tuple[str, AssetKind, str]]:
    """Key, kind and name of every file of a block."""
    kind: AssetKind = "model" if KINDS[block.kind].asset == "model" else "impulse"
    for key, name in block.files.items():
        yield key, kind, name


def _path(name: str, kind: AssetKind, assets: Assets, known: str) -> Path:
    return assets.model_path(name, known) if kind == "model" else assets.impulse_path(name, known)
