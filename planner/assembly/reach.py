"""How much of a node type the work needs at its busiest."""

from collections.abc import Mapping
from math import ceil

from planner.domain.time import Horizon
from planner.formulation.parameters import Service


def peaks_of(
    online: Mapping[tuple[int, int, int], float], flexible: Mapping[tuple[int, int], float], horizon: Horizon
) -> dict[int, float]:
    """Work units an hour of each workload at its busiest, where a period's flexible work is spread over it."""
    peak: dict[int, float] = {}
    for (w, _, _), rate in online.items():
        peak[w] = max(peak.get(w, 0.0), rate)
    for (w, t), work in flexible.items():
        peak[w] = max(peak.get(w, 0.0), work / horizon.periods[t].hours)
    return peak


def nodes_at(peak: float, service: Service) -> float:
    """Nodes that serve so much at once."""
    units = peak / service.rate_per_hour
    return (ceil(units) if service.whole else units) * service.nodes
