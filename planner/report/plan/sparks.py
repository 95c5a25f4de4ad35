"""The horizon at a glance: cash and capacity by period as lines of small bars."""

from collections import defaultdict
from collections.abc import Sequence
from math import fsum

from planner.domain.options import BY_THE_HOUR
from planner.domain.records import Plan
from planner.report.document import SIGNED, Section, columns_of, count, money, section_of, table_of

OVER_TIME = "Over time"
BARS = "▁▂▃▄▅▆▇█"
MOST_BARS = 36
"""More periods are told by the mean of neighbours."""
FEWEST_PERIODS = 4
"""With fewer the tables say it all."""


def over_time(plan: Plan) -> Section | None:
    """Cash, nodes under contract and nodes by use, from the first period to the last."""
    if len(plan.horizon.periods) < FEWEST_PERIODS:
        return None
    cash = [period.cash_usd for period in plan.cost.by_period]
    rows = [("cash", spark(cash), money(min(cash)), money(max(cash)))] if cash else []
    for name, nodes in (("nodes signed or owned", _signed(plan)), ("nodes by use, busiest hours", _by_use(plan))):
        if any(nodes):
            rows.append((name, spark(nodes), count(min(nodes)), count(max(nodes))))
    columns = columns_of("What | First to last period | #Least | #Most")
    return section_of(OVER_TIME, table_of(columns, rows)) if rows else None


def spark(values: Sequence[float]) -> str:
    """A bar for each value, from nothing to the largest; what is below nothing is shown as nothing.

    >>> spark([0, 1, 2, 4]), spark([3, 3]), spark([0, 0])
    ('▁▃▅█', '██', '▁▁')
    """
    size = -(-len(values) // MOST_BARS)
    means = [fsum(values[i : i + size]) / len(values[i : i + size]) for i in range(0, len(values), size)]
    most = max(means, default=0.0)
    if most <= 0:
        return BARS[0] * len(means)
    last = len(BARS) - 1
    return "".join(BARS[round(max(mean, 0.0) / most * last)] for mean in means)


def _signed(plan: Plan) -> list[float]:
    lines = [line for line in plan.lines if line.action in SIGNED and line.unit != "committed USD"]
    periods = range(len(plan.horizon.periods))
    return [fsum(line.nodes for line in lines if line.start_index <= t < line.end_index) for t in periods]


def _by_use(plan: Plan) -> list[float]:
    action = {record.option: record.action for record in plan.inputs.options}
    nodes: dict[tuple[int, int], float] = defaultdict(float)
    for record in plan.fleet:
        if action.get(record.option, "on_demand") in BY_THE_HOUR:
            nodes[record.period, record.slice] += record.nodes
    found = [0.0] * len(plan.horizon.periods)
    for (t, _), number in nodes.items():
        found[t] = max(found[t], number)
    return found
