"""``docs/effects.md``, made from the parameter table: every block, every knob.

Run by hand after a change of the table: ``python -m pedal.offline.effects_page``. A test compares.
"""

from __future__ import annotations

from pathlib import Path

from pedal.params import BYPASS, KINDS, BlockKind, Param

PAGE = Path(__file__).resolve().parents[2] / "docs" / "effects.md"

_HEAD = """\
# Effects

Every block and every knob, made from the one table (`pedal/params/`) by `python -m pedal.offline.effects_page`; do not
edit here. Presets name blocks and knobs as in the first columns (`docs/presets.md`), and so does
`pedal set BLOCK.KNOB VALUE`. Every knob ramps over 20 ms; a block that is switched off fades to the dry sound, and an
echo rings out.
"""


def effects_page() -> str:
    """The whole page, Markdown."""
    return _HEAD + "".join(_section(kind) for kind in KINDS.values())


def _section(kind: BlockKind) -> str:
    title = f"\n## {kind.label}: `{kind.name}`\n\n"
    text = f"{kind.about}\n" if kind.about else ""
    if kind.asset:
        text += f"\nNeeds `{kind.asset}`, a name in the library.\n"
    if kind.widens:
        text += "\nStereo from here on.\n"
    for option in kind.options:
        span = "a name in the library" if option.asset else f"{option.low} to {option.high}"
        span = ", ".join(option.words) or span
        default = f" ({option.default} if not given)" if option.default else ""
        text += f"\nOption `{option.name}`: {option.label}; {span}{default}.\n"
    knobs = [param for param in kind.params if param is not BYPASS]
    if not knobs:
        return title + text
    rows = ["| knob | on the screen | range | default | step |", "|---|---|---|---|---|"]
    rows += [_row(param) for param in knobs]
    return title + text + "\n" + "\n".join(rows) + "\n"


def _row(param: Param) -> str:
    if param.words:
        span, default = ", ".join(param.words), param.words[int(param.default)]
    elif param.unit == "on/off":
        span, default = "true, false", "true" if param.default else "false"
    else:
        span, default = f"{param.low:g} to {param.high:g} {param.unit}".rstrip(), f"{param.default:g}"
    step = "" if param.words or param.unit == "on/off" else f"{param.step:g}"
    turns = ", multiplies" if param.taper == "log" else ""
    return f"| `{param.name}` | {param.label} | {span} | {default} | {step}{turns} |"


if __name__ == "__main__":
    PAGE.write_text(effects_page(), encoding="utf-8")
