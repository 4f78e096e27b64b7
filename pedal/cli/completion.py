"""What the shell may complete: names of the running pedal and of the library; and the scripts that shells need for it.

Called by click while a player types, each time in a new process: nothing here may take long, fail aloud, or import the
compiler. A pedal that does not answer at once is not waited for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click
from click.shell_completion import CompletionItem, get_completion_class

from pedal.cli.talking import client_of
from pedal.errors import PedalError
from pedal.library.cards import AssetKind
from pedal.panel import protocol
from pedal.panel.chain_requests import ShowChain
from pedal.params import KINDS

#: Whoever types does not wait longer.
PATIENCE_S = 0.3
#: Nobody reads more of them.
MOST = 200


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print a shell's completion script: `pedal completion bash > ~/.local/share/bash-completion/completions/pedal`."""
    from pedal.cli.main import main

    made = get_completion_class(shell)
    assert made is not None
    click.echo(made(main, {}, "pedal", "_PEDAL_COMPLETE").source())


def complete_block(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Blocks of the preset that plays."""
    return _fitting(((block["id"], block["label"]) for block in _blocks(ctx)), incomplete)


def complete_target(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """``block.parameter`` of the preset that plays."""
    targets = (
        (f"{block['id']}.{name}", about)
        for block in _blocks(ctx)
        for name, about in {**block["files"], **block["options"], **block["words"]}.items()
    )
    return _fitting(((target, str(about)) for target, about in targets), incomplete)


def complete_value(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The words that a parameter, or an option, may be."""
    block_id, _, name = str(ctx.params.get("target") or "").partition(".")
    for block in _blocks(ctx):
        kind = KINDS[block["kind"]]
        if block["id"] == block_id:
            for known in kind.params:
                if known.name == name:
                    return _fitting(((word, "") for word in known.words or ("on", "off")), incomplete)
            option = kind.option(name)
            return _fitting(((word, "") for word in option.words) if option else (), incomplete)
    return []


def complete_kind(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Kinds of blocks that can be added."""
    return _fitting(((kind.name, kind.label) for kind in KINDS.values() if not kind.implicit), incomplete)


def complete_file(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """What a new block of this kind can play."""
    kind = KINDS.get(str(ctx.params.get("kind") or ""))
    return _things("model" if kind and kind.asset == "model" else "impulse", incomplete) if kind and kind.asset else []


def complete_model(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Models of the library."""
    return _things("model", incomplete)


def complete_preset(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Presets, by key; read from disk."""
    from pedal.library.presets import PresetStore

    try:
        return _fitting(((entry.key, "") for entry in PresetStore.default().entries()), incomplete)
    except PedalError:
        return []


def complete_width(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """What every amp can be asked for."""
    return _fitting((("full", "the widest"), ("lite", "the narrowest"), ("auto", "the pedal chooses")), incomplete)


def complete_switch(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Footswitches of the running pedal's board."""
    from pedal.panel.desk_requests import Show

    return _fitting(((name, "") for name in _ask(ctx, Show()).get("switches", {})), incomplete)


def _things(kind: AssetKind, incomplete: str) -> list[CompletionItem]:
    from pedal.library.catalog import Catalog

    try:
        return _fitting(((entry.asset_name, "") for entry in Catalog.default().entries(kind)), incomplete)
    except PedalError:
        return []


def _blocks(ctx: click.Context) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = _ask(ctx, ShowChain()).get("blocks", [])
    return blocks


def _ask(ctx: click.Context, request: protocol.Request) -> dict[str, Any]:
    try:
        return client_of(ctx.params.get("runtime_dir")).call(request, PATIENCE_S)
    except PedalError:
        return {}


def _fitting(words: Iterable[tuple[str, str]], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(word, help=about) for word, about in words if word.startswith(incomplete)][:MOST]
