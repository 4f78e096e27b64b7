"""The table of verdicts. Called by ``python -m tests.lab`` on the host. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Verdict:
    """How one run ended. ``trouble`` is empty when it passed."""

    scenario: str
    seed: int
    trouble: str
    hash: str = ""
    virtual_s: float = 0.0
    real_s: float = 0.0
    notes: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether nothing was wrong."""
        return not self.trouble


def verdict_line(verdict: Verdict) -> str:
    """One line of the table."""
    word = "pass" if verdict.passed else "FAIL"
    times = f"{verdict.virtual_s:7.1f} s virtual {verdict.real_s:6.1f} s real"
    return f"{word}  {verdict.scenario:<18} {times}  {verdict.hash:<16}  {'; '.join(verdict.notes)}".rstrip()


def summary(verdicts: list[Verdict]) -> str:
    """What comes after the table: the failures in full, and how to see one again."""
    lines = []
    for verdict in verdicts:
        if not verdict.passed:
            lines += [f"{verdict.scenario}: {verdict.trouble}"]
            lines += [f"    again: ./run lab {verdict.scenario} --seed {verdict.seed}"]
    passed = sum(verdict.passed for verdict in verdicts)
    return "\n".join([*lines, f"{passed} of {len(verdicts)} passed"])


def whole_hash(verdicts: list[Verdict]) -> str:
    """The one number of a whole run: the single trace's hash, or a hash of all of them."""
    if len(verdicts) == 1:
        return verdicts[0].hash
    return hashlib.sha256("".join(verdict.hash for verdict in verdicts).encode()).hexdigest()[:16]
