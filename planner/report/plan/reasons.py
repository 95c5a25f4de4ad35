"""Why this plan and not another: what binds, what nearly came in, what could not serve."""

from planner.domain.records import Alternative, Binding, Plan, RejectionRecord
from planner.report.document import (
    Block,
    Bullets,
    Cell,
    Paragraph,
    Section,
    TableRow,
    amount,
    bottleneck_words,
    columns_of,
    group,
    money,
    percent,
    plural,
    section_of,
    table_of,
    unit_price,
    words,
)
from planner.report.plan.reading import cap_words
from planner.units import COUNTED

OWNED = "own:"
"""How the options of what may be owned begin."""
CENT = 0.005
"""Dollars below which a saving is none."""
_MOST_BINDING = 10
_NEAREST = 3
_EXAMPLES = 2


def what_binds(plan: Plan, *, most: int = _MOST_BINDING) -> Section:
    """Limits without which the plan would cost less, each solved again; how that was found stands below."""
    ordered = sorted(plan.binding, key=lambda b: (-(b.without_saves_usd or 0.0), -abs(b.shadow_price)))
    blocks: list[Block] = []
    if ordered:
        blocks += [Bullets(tuple(_binding(b, plan) for b in ordered[:most]))]
        blocks += _more(len(ordered) - most, "limit")
    blocks += [Paragraph(found)] if (found := _how_found(plan)) else []
    return section_of("Limits that bind", *blocks)


def _binding(binding: Binding, plan: Plan) -> str:
    name = cap_words(binding.key, plan) if binding.constraint == "cap" else binding.constraint
    if binding.key and binding.constraint != "cap":
        name += f" ({binding.key})"
    if binding.without_saves_usd is None:
        worth = f"{unit_price(abs(binding.shadow_price))} of NPV per {binding.unit}"
        return f"{name}: {binding.meaning} ({worth})" if binding.meaning else f"{name}: {worth}"
    gone = f"without it the plan costs {money(binding.without_saves_usd)} less"
    if binding.step is None:
        return (
            f"{name}: only together do they bind; without them the plan costs {money(binding.without_saves_usd)} less"
        )
    if binding.step_saves_usd is None or binding.step_saves_usd < CENT:
        return f"{name}: {gone}"
    return f"{name}: {_step(binding)} saves {money(binding.step_saves_usd)}; {gone}"


def _step(binding: Binding) -> str:
    """The next step that changes anything, in words."""
    assert binding.step is not None
    if binding.unit == "USD":
        return f"{money(binding.step)} more"
    if binding.unit == "USD less":
        return f"{money(binding.step)} less"
    if binding.unit == "share":
        return f"giving way by {amount(binding.step * 100)} percentage points"
    if binding.unit == "at once":
        return f"{amount(binding.step)} more at once"
    if binding.unit.startswith("periods"):
        number, word = round(binding.step), binding.unit.removeprefix("periods ")
        return f"{plural(number, 'period')} {word}"
    unit = COUNTED.get(binding.unit, binding.unit) if binding.step == 1 else binding.unit
    return f"{amount(binding.step)} more {unit}"


def _how_found(plan: Plan) -> str:
    aside = " Options beyond the cheapest of each workload were left out of that; with them a limit may be worth less."
    return _found(plan) + (aside if plan.limits.among_nearest else "")


def _found(plan: Plan) -> str:
    checked = plan.limits
    if checked.basis == "unchecked":
        return "Which limits bind was not checked." if not plan.binding else ""
    if checked.count == 0:
        return "The scenario has no limit on money, supply, places, failures or dates that could bind."
    others = "No other limit binds" if plan.binding else "No limit binds"
    were = f"{plural(checked.count, 'limit')} {'was' if checked.count == 1 else 'were'}"
    if checked.basis == "whole":
        return f"{others}: {were} taken away and the plan solved again over whole nodes."
    if not plan.binding:
        return f"No limit binds over fractional nodes, where {were} looked at; over whole nodes some may: `planner explain` tries."
    return (
        f"Found over fractional nodes: {were} looked at there, and the ones named were taken away and solved again. "
        "Over whole nodes others may bind; `planner explain` solves the plan again for the likeliest."
    )


def _more(left: int, what: str) -> list[Block]:
    return [Paragraph(f"And {plural(left, f'more {what}')}; `--format json` has all of them.")] if left > 0 else []


def nearest_not_taken(plan: Plan) -> Section | None:
    """The cheapest options left aside, per workload."""
    if not plan.alternatives:
        return None
    columns = columns_of("Not taken | Contract | #Unit cost | #Best taken | #Dearer by | per")
    rows: list[TableRow] = []
    left = 0
    for workload in dict.fromkeys(a.workload for a in plan.alternatives):
        nearest = sorted(
            (a for a in plan.alternatives if a.workload == workload),
            key=lambda a: (a.dearer_fraction, a.option),
        )
        rows += [group(workload, len(columns)), *(TableRow(_alternative(a), note=a.reason) for a in nearest[:_NEAREST])]
        left += max(0, len(nearest) - _NEAREST)
    owned = any(alternative.option.startswith(OWNED) for alternative in plan.alternatives)
    said = [Paragraph("What would be owned is computed without the team and the land of its site.")] if owned else []
    return section_of("Nearest options not taken", table_of(columns, rows), *_more(left, "option"), *said)


def _alternative(alternative: Alternative) -> tuple[Cell, ...]:
    return (
        alternative.option,
        words(alternative.contract),
        unit_price(alternative.usd_per_unit),
        unit_price(alternative.best_usd_per_unit),
        percent(alternative.dearer_fraction),
        alternative.unit,
    )


def why_rejected(plan: Plan) -> Section | None:
    """Counts by bottleneck, with a few examples each."""
    counts = plan.rejection_counts or _counted(plan.rejections)
    if not counts:
        return None
    columns = columns_of("Why not | #Options | For example")
    rows = [
        TableRow((bottleneck_words(bottleneck), f"{number:,}", _examples(plan, bottleneck)))
        for bottleneck, number in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
    return section_of("What could not serve, and why", table_of(columns, rows))


def _counted(rejections: tuple[RejectionRecord, ...]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for rejection in rejections:
        counts[rejection.bottleneck] = counts.get(rejection.bottleneck, 0) + 1
    return counts


def _examples(plan: Plan, bottleneck: str) -> tuple[str, ...]:
    found = [r for r in plan.rejections if r.bottleneck == bottleneck][:_EXAMPLES]
    return tuple(f"{r.option} for {r.workload}: needed {r.needed}, offered {r.offered}" for r in found) or ("",)
