"""What the governor says to players: one short sentence for each order. Pure; used by ``decide`` and ``admit``."""

from __future__ import annotations

from pedal.governor.scene import Amp, DropTails, Extra, Hold, Impulse, Plan, Release, Scene, Taps, Width

_COUNTS = ("no amp", "an amp", "two amps", "three amps", "four amps", "five amps", "six amps")


def name_of(block: Amp | Impulse | Extra) -> str:
    """What players call a block."""
    return block.name or block.id


def width(amp: Amp, wanted: int, beside: str = "") -> Width:
    """The order for an amp's width; ``beside`` names what it makes room for."""
    if wanted > amp.playing:
        why = "there is room"
    else:
        why = f"not enough CPU for {amp.label(amp.playing)}" + (f" + {beside}" if beside else "")
    return Width(amp.id, wanted, f"Plays {amp.label(wanted)}: {why}")


def as_chosen(amp: Amp) -> Width:
    """The order for an amp that plays wider than its player allows."""
    return Width(amp.id, amp.ceiling, f"Plays {amp.label(amp.ceiling)}: as chosen")


def taps(impulse: Impulse, wanted: int, beside: str = "") -> Taps:
    """The order for a cabinet's size."""
    if wanted > impulse.playing:
        return Taps(impulse.id, wanted, f"{name_of(impulse)} plays more of its response: there is room")
    why = f"not enough CPU for all of it + {beside}" if beside else "not enough CPU for all of it"
    return Taps(impulse.id, wanted, f"{name_of(impulse)} is shortened: {why}")


def drop_tails(beside: str = "") -> DropTails:
    """The order to let go of what rings on."""
    return DropTails("Echoes are cut short: not enough CPU" + (f" for {beside}" if beside else ""))


def hold(extra: Extra) -> Hold:
    """The order for a block to wait."""
    return Hold(extra.id, f"{name_of(extra)} waits: not enough CPU")


def release(extra: Extra) -> Release:
    """The order for a block to come back."""
    return Release(extra.id, f"{name_of(extra)} is back: there is room")


def giving_way(scene: Scene, plan: Plan, beside: str = "") -> tuple[Width | DropTails | Taps | Hold, ...]:
    """Orders for all that gives way from what ``scene`` plays to ``plan``: what nobody hears comes first."""
    widths = [width(amp, to, beside) for amp, to in zip(scene.amps, plan.widths, strict=True) if to < amp.playing]
    tails = [drop_tails(beside)] if scene.tails > 0.0 and not plan.tails else []
    sizes = zip(scene.impulses, plan.sizes, strict=True)
    fewer = [taps(impulse, size, beside) for impulse, size in sizes if size < impulse.playing]
    holds = [hold(extra) for extra in scene.extras if extra.id in plan.held and not extra.held]
    return (*widths, *tails, *fewer, *holds)


def refusal(scene: Scene, joining: Amp | Impulse | Extra, needs: float, free: float) -> str:
    """Why something may not start, with what could be done."""
    amps = sum(amp.playing >= 0 and amp.id != joining.id for amp in scene.amps)
    beside = f" beside {_COUNTS[amps] if amps < len(_COUNTS) else f'{amps} amps'}" if amps else ""
    # Rounded so that the sentence never says that it would fit.
    shares = f"it needs {max(1, -int(-needs * 100 // 1)):d} %, {int(free * 100):d} % are free"
    return f"{name_of(joining)} does not fit{beside} on this board: {shares}. Switch something off first."
