"""Owning in a few sentences for the head of a report."""

from collections import defaultdict

from planner.domain.records import Plan, PlanLine, RivalRecord
from planner.report.document import count, headline_money, listed, money, percent, plural, words
from planner.report.plan.owned.lines import owned_lines
from planner.report.plan.owned.money import CAPITAL
from planner.report.plan.reading import Reading
from planner.units import HOURS_PER_MONTH


def orders(plan: Plan) -> list[str]:
    """`buy 257 servers (…) for $82M, first in 2027-01`, `build …`, `lease …`."""
    by_action: dict[str, list[PlanLine]] = defaultdict(list)
    for line in owned_lines(plan):
        by_action[line.action].append(line)
    told = (_bought(by_action["buy"]), _built(by_action["build"]), _leased(by_action["lease"]))
    return [text for text in told if text]


def _bought(lines: list[PlanLine]) -> str:
    if not lines:
        return ""
    chips: dict[str, float] = defaultdict(float)
    for line in lines:
        chips[line.accelerator or line.node_type] += line.accelerators
    named = listed([f"{count(number)} × {name}" for name, number in chips.items()])
    servers = sum(line.units for line in lines)
    noun = "server" if servers == 1 else "servers"
    sites = listed(sorted({line.provider for line in lines}))
    return f"buy {count(servers)} {noun} ({named}) for {_usd(lines)} into {sites}, {_since(lines, 'ordered')}"


def _built(lines: list[PlanLine]) -> str:
    if not lines:
        return ""
    sites: dict[str, list[PlanLine]] = defaultdict(list)
    for line in lines:
        sites[line.provider].append(line)
    named = [f"{name} ({count(sum(x.units for x in mine))} × {mine[0].node_type})" for name, mine in sites.items()]
    return f"build {listed(named)} for {_usd(lines)}, {_since(lines, 'begun')}"


def _leased(lines: list[PlanLine]) -> str:
    if not lines:
        return ""
    most: dict[str, float] = defaultdict(float)
    contracts = {(line.option, line.signed_index): line for line in lines}
    for name in {line.provider for line in lines}:
        mine = [line for line in contracts.values() if line.provider == name]
        spans = {key: _span(lines, key) for key in contracts}
        starts = {span[0] for span in spans.values()}
        most[name] = max(
            sum(line.units for line in mine if _is_live(spans[line.option, line.signed_index], t)) for t in starts
        )
    named = listed([f"up to {count(kw)} kW at {name}" for name, kw in sorted(most.items())])
    return f"lease {named} under {plural(len(contracts), 'contract')} worth {_usd(lines)}"


def _span(lines: list[PlanLine], key: tuple[str, int]) -> tuple[int, int]:
    """Periods of service of a contract, over all of its prices."""
    mine = [line for line in lines if (line.option, line.signed_index) == key]
    return min(line.start_index for line in mine), max(line.end_index for line in mine)


def _is_live(span: tuple[int, int], t: int) -> bool:
    return span[0] <= t < span[1]


def _usd(lines: list[PlanLine]) -> str:
    return headline_money(sum(line.total_usd for line in lines))


def _since(lines: list[PlanLine], verb: str) -> str:
    months = sorted({(line.signed_index, line.signed) for line in lines})
    return f"{verb} in {months[0][1]}" if len(months) == 1 else f"{verb} from {months[0][1]} to {months[-1][1]}"


def what_an_hour_costs(plan: Plan) -> str:
    """Owned hours beside the cheapest rented ones."""
    said = []
    for site in plan.sites:
        worked, service = site.usd_per_accelerator_hour, site.usd_per_accelerator_hour_in_service
        if worked is None or service is None:
            continue
        text = f"{site.site} {money(worked)} per accelerator-hour worked"
        best = next((rival for rival in plan.rivals if rival.site == site.site), None)
        if best is not None:
            text += _against(best, worked, service)
        said.append(text)
    return f"What an owned hour costs, all in: {'. '.join(said)}." if said else ""


def _against(best: RivalRecord, worked: float, service: float) -> str:
    """What is paid by use beside the hours that work, a commitment beside all hours in service."""
    own = worked if best.term_periods is None else service
    also = "" if best.term_periods is None else f", {money(service)} in service"
    usd = best.usd_per_accelerator_hour
    apart = f", {percent(abs(usd / own - 1))} {'more' if usd >= own else 'less'}" if own > 0 else ""
    what = "the cheapest rented is" if best.enough else "no cap lets so many be rented, the cheapest of any number is"
    return f"{also}; {what} {money(usd)} ({words(best.contract)}, {best.option}){apart}"


def money_needed(plan: Plan) -> str:
    """Capital, and the most money that is needed at once."""
    found = plan.funding
    if found is None or not plan.sites or found.peak_usd < 0.005:
        return ""
    capital = sum(usd for kind, usd in plan.cost.by_kind.items() if kind in CAPITAL)
    at = plan.horizon.periods[found.peak_period].start
    left = f"; at the end what is owned is worth {headline_money(plan.cost.residual_usd)}, which the NPV counts"
    worth = left if plan.cost.residual_usd >= 0.005 else ""
    return (
        f"Capital {headline_money(capital)}; peak funding need {headline_money(found.peak_usd)} by the end of {at}, before any"
        f" income{worth}."
    )


def conventions(reading: Reading) -> str:
    """The choices that can turn the answer round, in one sentence; the section below has all of them."""
    asked = reading.asked
    if asked is None or asked.own is None:
        return ""
    lives = sorted(
        {
            f"{figure.value:g}"
            for thing, figures in reading.plan.inputs.figures.items()
            if thing.startswith("server:")
            for figure in figures
            if figure.name == "life_months"
        }
    )
    life = f"servers live {listed(lives)} months (economic, not book, life); " if lives else ""
    return (
        f"Before tax; capital at the start of its period, running costs mid-period, {percent(asked.discount_rate)} a year;"
        f" {life}a month has {HOURS_PER_MONTH:g} hours."
    )
