"""The requests about what blocks cost and what fits; part of ``protocol``. Pure."""

from __future__ import annotations

from pedal.panel.request import Request


class Explain(Request, tag="governor", frozen=True):
    """What each block takes and what it is known to cost, the budget, what would fit next, and what changed of late."""


class MeasureCosts(Request, tag="governor-measure", frozen=True):
    """Forget what blocks cost at this period, and measure them once more while the pedal plays."""


GovernorRequest = Explain | MeasureCosts
