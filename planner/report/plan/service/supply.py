"""Whether what is signed can be had in such a quantity: sellers publish prices, hardly ever how much of it there is."""

from planner.domain.records import Plan, PlanLine
from planner.report.document import count, headline_money, listed
from planner.report.plan.reading import Reading

TOLD = frozenset({"quoted", "scenario"})
"""Bases of prices that somebody named to the buyer: the quantity is part of the talk."""


def unconfirmed(reading: Reading) -> str:
    """The worth of what is signed under no limit that anybody stated, and the largest of it."""
    lines = unlimited(reading)
    if not lines:
        return ""
    worth, largest = sum(line.total_usd for line in lines), max(lines, key=lambda line: line.total_usd)
    sellers = listed(sorted({line.provider for line in lines}))
    chips = f" ({count(largest.accelerators)} × {largest.accelerator})" if largest.accelerator else ""
    return (
        f"No seller states how much there is of what is signed with {sellers} for {headline_money(worth)}; the largest is"
        f" {count(largest.nodes)} × {largest.node_type} of {largest.provider}{chips}. Have the quantity confirmed before"
        " relying on it; `max_nodes` of a quote takes what you learn."
    )


def unlimited(reading: Reading) -> list[PlanLine]:
    """What is signed under no limit that anybody stated."""
    return [line for line in reading.plan.lines if _unlimited(reading, line)]


def _unlimited(reading: Reading, line: PlanLine) -> bool:
    """Whether a line commits to nodes that exist, and neither the option nor a cap over it has a limit that anybody stated."""
    option = reading.options.get(line.option)
    if line.action != "commit" or line.held or option is None or not line.nodes or line.price_basis in TOLD:
        return False
    announced = bool(option.generation)  # told on its own
    return not announced and option.max_nodes is None and not _capped(reading.plan).intersection(option.groups)


def _capped(plan: Plan) -> frozenset[str]:
    return frozenset(cap.name for cap in plan.inputs.caps if cap.counts == "live" and not cap.assumed)
