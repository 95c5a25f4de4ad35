"""What is signed, ordered and used in turn, each in a few words."""

from planner.domain.options import OWNED
from planner.domain.records import Plan, PlanLine
from planner.report.document import SIGNED, count, last_month, period_word, term_words, unit_price, words
from planner.report.plan.bundles import Bundle, blocks_signed, bundles, is_block
from planner.report.plan.purchase import announced


def in_turn(plan: Plan, *, signed: bool) -> list[Bundle]:
    """What is signed or ordered by its date, or what is used; the dearest of a date first. What is held is left out."""
    mine = [line for line in plan.lines if not line.held and (line.action in SIGNED) == signed]
    return sorted(
        bundles(sorted(mine, key=lambda line: line.start_index)),
        key=lambda one: (one.line.signed_index if signed else one.line.start_index, -one.line.total_usd),
    )


def what(line: PlanLine) -> str:
    """How many of what, and whose."""
    return " · ".join(part for part in (how_many(line), line.provider) if part)


def chips(line: PlanLine, plan: Plan) -> str:
    """Accelerators, or what an announced generation does the work of."""
    if not (line.accelerator and line.accelerators):
        return ""
    said = f"{count(line.accelerators)} × {line.accelerator}"
    return f"work of {said}" if announced(plan, line) else said


def how_many(line: PlanLine) -> str:
    """Nodes, servers or power, and of what kind."""
    if line.action == "lease" and line.units:
        return f"{count(line.units)} kW of power"
    if line.unit == "committed USD":
        return f"{unit_price(line.nodes)} an hour of {line.node_type}"
    size, kind = line.nodes or line.units, "server " if line.action == "buy" else ""
    return f"{count(size)} × {kind}{line.node_type}" if size else line.node_type


def how_long(one: Bundle, plan: Plan) -> str:
    """`3 × 6 months, to 2028-06`; the kind of contract where it has no term."""
    line = one.line
    last = last_month(plan.horizon, line.end_index)
    if is_block(line):
        dates = f", {blocks_signed(one, period_word(plan.horizon))}" if one.again else ""
        return f"{words(line.contract)}{dates}, to {last}"
    if line.action not in SIGNED or line.action in OWNED or line.term_periods is None:
        return f"{'hosted API' if line.action == 'hosted_api' else words(line.action)}, to {last}"
    again = f"{len(one.again) + 1} × " if one.again else ""
    return f"{again}{term_words(plan.horizon, line.term_periods)}, to {last}"
