"""Rules on emissions: nodes paid for or owned × hours × kW × PUE × grams per kWh, inside the horizon; their price and their cap."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from planner.audit.books import SIGNED, ZERO, Check, at_most, exact, holds, same, same_number, same_usd
from planner.audit.ledger import Ledger
from planner.domain.records import CarbonRecord, OptionRecord
from planner.domain.scenario import SavingsPlan

_NODES = frozenset({"commitment", "held", "on_demand", "spot"})
_GRAMS_PER_TONNE = Decimal(1_000_000)
_RELATIVE = 1e-9
_ROUNDED = 1e-6
"""Tonnes to which a record is written."""


def _tonnes(ledger: Ledger) -> Iterator[tuple[OptionRecord, int, Decimal, Decimal | None]]:
    """(option, period, node-hours paid for or in service, tonnes or None where power or intensity is unknown)."""
    for record, t, node_hours, pue in (*_rented(ledger), *_owned(ledger)):
        tonnes = None
        if record.kw_per_node is not None and record.g_per_kwh is not None:
            kwh = node_hours * exact(record.kw_per_node) * exact(pue)
            tonnes = kwh * exact(record.g_per_kwh) / _GRAMS_PER_TONNE
        yield record, t, node_hours, tonnes


def _rented(ledger: Ledger) -> Iterator[tuple[OptionRecord, int, Decimal, float]]:
    """(option, period, node-hours, PUE) in other people's buildings, paid for alone or by a savings plan."""
    books, origins = ledger.books, ledger.prices.origins
    for flow in ledger.inside:
        if flow.kind in _NODES and not isinstance(origins.get(flow.option), SavingsPlan):
            yield books.options[flow.option], flow.period_index, flow.quantity, books.plan.inputs.pue
    for c in books.known_covered:
        node_hours = exact(c.nodes) * books.slice_hours[c.period, c.slice]
        yield books.options[c.option], c.period, node_hours, books.plan.inputs.pue


def _owned(ledger: Ledger) -> Iterator[tuple[OptionRecord, int, Decimal, float]]:
    """The same of servers at sites of one's own, with the site's PUE, under load or not."""
    estate, calendar = ledger.estate, ledger.books.calendar
    for option, own, v, units, _ in estate.signings:
        if own.server is not None and option in ledger.books.options:
            pue = estate.holdings.of_site(own.site, "pue")
            for t in range(v + estate.lead(own), estate.end(own, v)):
                yield ledger.books.options[option], t, units * calendar.hours(t), pue


def carbon_due(ledger: Ledger) -> Iterator[tuple[int, Decimal]]:
    """(period, tonnes × price): no cash, it counts in the middle of its period."""
    asked = ledger.books.asked.carbon
    if asked is not None and asked.usd_per_tonne:
        yield from ((t, tonnes * exact(asked.usd_per_tonne)) for _, t, _, tonnes in _tonnes(ledger) if tonnes)


def carbon_npv(ledger: Ledger) -> Decimal:
    """Σ tonnes × price × (1+r)^−middle of the period."""
    return ledger.mid_period_value(carbon_due(ledger))


def emissions(ledger: Ledger) -> Iterator[Check]:
    """Tonnes by plan-year and by region, what is unknown, and the present value of the price."""
    plan, asked = ledger.books.plan, ledger.books.asked.carbon
    npv, record = carbon_npv(ledger), ledger.books.plan.carbon
    yield same_usd("carbon", "cost.carbon_npv_usd", plan.cost.carbon_npv_usd, npv, exact(_RELATIVE))
    if record is None:
        silent = asked is None or not any(hours for _, _, hours, _ in _tonnes(ledger))
        yield holds("carbon", "carbon", silent, "no record", "emissions, as the scenario asks for them")
        return
    yield same_usd("carbon", "carbon.npv_usd", record.npv_usd, npv, exact(_RELATIVE))
    yield from _sums(ledger, record)


def _sums(ledger: Ledger, record: CarbonRecord) -> Iterator[Check]:
    calendar = ledger.books.calendar
    years, regions = defaultdict[int, Decimal](Decimal), defaultdict[str, Decimal](Decimal)
    hours, unknown = ZERO, ZERO
    for option, t, node_hours, tonnes in _tonnes(ledger):
        hours += node_hours
        if tonnes is None:
            unknown += node_hours
        else:
            for year, part in calendar.over_years(t, tonnes).items():
                years[year] += part
            regions[f"{option.provider}/{option.region}"] += tonnes
    total = float(sum(years.values(), ZERO))
    yield same_number("carbon", "carbon.tonnes", record.tonnes, total, _RELATIVE, _ROUNDED)
    count = calendar.plan_years
    yield same("carbon", "carbon.by_plan_year", len(record.by_plan_year), count)
    for year, claimed in enumerate(record.by_plan_year):
        where = f"carbon.by_plan_year[{year}]"
        yield same_number("carbon", where, claimed, float(years.get(year, ZERO)), _RELATIVE, _ROUNDED)
    for name in sorted(record.by_region.keys() | regions.keys()):
        claimed, own = record.by_region.get(name, 0.0), float(regions.get(name, ZERO))
        yield same_number("carbon", f"carbon.by_region.{name}", claimed, own, _RELATIVE, _ROUNDED)
    share = float(unknown / hours) if hours else 0.0
    yield same_number("carbon", "carbon.unknown", record.unknown_node_hours_fraction, share, 1e-6, 1e-9)


def intensities(ledger: Ledger) -> Iterator[Check]:
    """A site's own figure; the scenario's by region, by country, for the rest; where nobody knows, the one it gives for that."""
    asked = ledger.books.asked.carbon
    stated = {} if asked is None else asked.intensity_g_per_kwh
    for record in ledger.books.plan.inputs.options:
        own = ledger.estate.holdings.of(record.option)
        if own is not None and own.site.g_per_kwh is not None:
            yield same("carbon", f"{record.option} g_per_kwh", record.g_per_kwh, own.site.g_per_kwh)
            continue
        if record.action == "hosted_api" or asked is None:
            continue
        figures = [stated[place] for place in (record.region, record.country, "default") if place in stated]
        if figures:
            yield same("carbon", f"{record.option} g_per_kwh", record.g_per_kwh, figures[0])
        elif asked.unknown_g_per_kwh is not None:
            fine = record.g_per_kwh is not None
            yield holds("carbon", f"{record.option} g_per_kwh", fine, None, asked.unknown_g_per_kwh)


def cap(ledger: Ledger) -> Iterator[Check]:
    """Tonnes of every plan-year within its cap; under a cap no nodes but those already held stand in an unknown place."""
    asked = ledger.books.asked.carbon
    if asked is None or asked.max_tonnes_per_year is None:
        return
    years: dict[int, Decimal] = defaultdict(Decimal)
    unknown: set[str] = set()
    for record, t, node_hours, tonnes in _tonnes(ledger):
        for year, part in ledger.books.calendar.over_years(t, tonnes or ZERO).items():
            years[year] += part
        held = isinstance(ledger.prices.origins.get(record.option), SIGNED)
        if tonnes is None and node_hours > 0 and not held:
            unknown.add(record.option)
    for option in sorted(unknown):
        yield holds("carbon-cap", option, False, "unknown emissions", "a known place")
    for year, tonnes in sorted(years.items()):
        most = asked.max_tonnes_per_year
        if isinstance(most, tuple):
            if year >= len(most):
                continue
            most = most[year]
        yield at_most("carbon-cap", f"plan-year {year + 1}", float(tonnes), most, size=most)


RULES = (emissions, intensities, cap)
