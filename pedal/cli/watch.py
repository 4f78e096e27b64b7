"""``pedal watch`` and ``pedal log``: what the running pedal does, as it happens; what it has said.

Called through ``main``, in a process of its own. Imports neither numba nor numpy.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import click
import msgspec

from pedal.cli.journal import load_journal
from pedal.cli.talking import call, client_of, is_json, plain, talks, tell
from pedal.panel.feed_requests import RATE_MAX_HZ, TOPICS, News, ReadLog, Topic
from pedal.paths import SYSTEM_RUNTIME_DIR
from pedal.paths import runtime_dir as usual_runtime_dir

#: Of these, in a terminal, only the newest line is looked at.
_LEDE: tuple[Topic, ...] = ("meters", "changes")
_SHOWN = {"bypassed", "preset", "snapshot", "bank", "message", "connection", "edited"}


@click.command()
@click.argument("topics", nargs=-1, type=click.Choice(TOPICS))
@click.option(
    "--rate", "rate_hz", type=click.FloatRange(0.1, RATE_MAX_HZ), default=5.0, help="Times a second, at most."
)
@click.option("--count", type=click.IntRange(1), help="Stop after so many.")
@talks
def watch(topics: tuple[Topic, ...], rate_hz: float, count: int | None, runtime_dir: Path | None) -> None:
    """What the pedal does, as it happens: meters and changes, or the topics that are named. Ctrl-C ends it.

    With --json a line for each, as docs/control-socket.md has them.
    """
    seen, is_drawn = 0, sys.stdout.isatty() and not is_json()
    with client_of(runtime_dir).listen(topics or _LEDE, rate_hz) as line:
        try:
            while count is None or seen < count:
                news = line.news(1.0)
                if news is not None:
                    seen += 1
                    _print(news, is_drawn)
        except KeyboardInterrupt:
            pass
    if is_drawn:
        click.echo()


def _print(news: News, is_drawn: bool) -> None:
    if is_json():
        click.echo(json.dumps(msgspec.to_builtins(news), sort_keys=True))
        return
    text = news_text(news)
    if is_drawn and news.topic == "meters":
        click.echo(f"\r{text}\x1b[K", nl=False)
    elif text:
        click.echo(f"\r{text}\x1b[K" if is_drawn else text)


def news_text(news: News) -> str:
    """A line for people; empty where there is nothing to say to them."""
    data, missed = news.data, f"  ({news.dropped} missed)" if news.dropped else ""
    match news.topic:
        case "meters":
            return _meters_text(data) + missed
        case "status":
            return plain(f"{data['preset']}: {data['audio']}, load {data['load_mean']:.0%}") + missed
        case "log":
            return line_text(data) + missed
        case "midi":
            return plain(data["text"]) + missed
    said = [f"{name} = {value:g}" for name, value in data.get("values", {}).items()]
    said += [f"chain: {' '.join(block['id'] for block in data['blocks'])}"] if "blocks" in data else []
    said += [f"{name}: {plain(value)}" for name, value in data.items() if name in _SHOWN and value != ""]
    return plain(", ".join(said)) + missed if said else ""


def _meters_text(data: dict[str, Any]) -> str:
    widths = " ".join(f"{amp} {width or 'off'}" for amp, width in data["widths"].items())
    levels = f"in {data['in_peak_db']:6.1f}{' CLIP' if data['in_clipped'] else ''}  out {data['out_peak_db']:6.1f} dBFS"
    load = f"load {data['load_mean']:4.0%} of {data['budget']:.0%}"
    return plain(f"{data['audio']}  {levels}  {load}  gaps {data['xruns'] + data['overruns']}  {widths}")


@click.command()
@click.option("--lines", type=click.IntRange(1, 200), default=50, show_default=True, help="So many of the last.")
@click.option("--follow", is_flag=True, help="Go on with what is said from now on.")
@talks
def log(lines: int, follow: bool, runtime_dir: Path | None) -> None:
    """What the pedal has written into its log: of its services from the journal, else what the panel remembers."""
    is_installed = (runtime_dir or usual_runtime_dir()) == SYSTEM_RUNTIME_DIR
    journal = load_journal(lines) if is_installed and not follow else None
    said = call(runtime_dir, ReadLog(lines=lines))["lines"] if journal is None else journal
    if not follow:
        tell({"lines": said}, "\n".join(map(line_text, said)))
        return
    with client_of(runtime_dir).listen(["log"]) as line:
        for one in said:
            click.echo(json.dumps(one, sort_keys=True) if is_json() else line_text(one))
        try:
            while True:
                news = line.news(1.0)
                if news is not None:
                    click.echo(json.dumps(news.data, sort_keys=True) if is_json() else line_text(news.data))
        except KeyboardInterrupt:
            pass


def line_text(line: dict[str, Any]) -> str:
    """A line of the log for people."""
    at = time.strftime("%H:%M:%S", time.localtime(line["at_s"]))
    level = "" if line["level"] == "info" else f"{line['level']}: "
    return plain(f"{at} {level}{line['text']}")
