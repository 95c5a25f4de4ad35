"""Rules on what a unit of work costs: cash inside the horizon, given to workloads by their busy node-hours.

What an option costs, its support included, goes to the workloads it serves in proportion to the node-hours they keep busy; hosted
APIs, data and their support go to the workload they are paid for. Credits, and what is settled of agreements, belong to no
workload. What is owned costs less by what its sale brings or what it is worth at the end of the horizon; power, land and team of
a site are costs of its servers, in proportion to nameplate kW × busy hours.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from planner.audit.books import Books, Check, demands, holds, same, same_number
from planner.audit.estate import FIXED
from planner.audit.ledger import Ledger
from planner.audit.rules import total_work
from planner.domain.workloads import TrainingRun

_RELATIVE = 1e-6


@dataclass(frozen=True)
class Attribution:
    """Who pays for what."""

    ledger: Ledger

    @property
    def books(self) -> Books:
        return self.ledger.books

    @cached_property
    def busy(self) -> dict[str, dict[str, float]]:
        """Busy node-hours by option and workload; of a savings plan the dollars that its covered nodes take up."""
        hours: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for r in self.books.known_serving:
            if r.nodes > 0:
                hours[r.option][r.workload] += r.nodes * float(self.books.slice_hours[r.period, r.slice])
        for run, share in self.books.known_shares:
            hours[share.option][run.workload] += self.books.run_hours(run, share)
        for c in self.books.known_covered:
            own = hours.get(c.option, {})
            used = c.nodes * float(self.books.slice_hours[c.period, c.slice]) * c.usd_per_hour
            for name, part in own.items():
                hours[c.savings_plan][name] += used * part / sum(own.values())
        return hours

    @cached_property
    def cash(self) -> tuple[dict[str, float], dict[str, float]]:
        """Cash of each workload: all of it, and that of nodes."""
        total: dict[str, float] = defaultdict(float)
        nodes: dict[str, float] = defaultdict(float)
        by_option: dict[str, float] = defaultdict(float)
        by_site: dict[str, float] = defaultdict(float)
        worth = (flow for flow in self.ledger.beyond if flow.kind == "sale")
        for flow in (*self.ledger.inside, *worth):
            own = self.ledger.estate.holdings.of(flow.option)
            if flow.workload:
                total[flow.workload] += float(flow.amount_usd)
            elif flow.kind in FIXED or (own is not None and own.server is None):
                by_site[flow.provider] += float(flow.amount_usd)
            elif flow.option:
                by_option[flow.option] += float(flow.amount_usd)
        self._share_sites(by_site, by_option)
        for option, shares in self.busy.items():
            hours = sum(shares.values())
            for name, used in shares.items():
                part = by_option[option] * used / hours if hours > 0 else 0.0
                total[name] += part
                nodes[name] += part
        return total, nodes

    def _share_sites(self, by_site: dict[str, float], by_option: dict[str, float]) -> None:
        """Adds what sites cost to their servers."""
        for site, by_server in self.kwh_by_site.items():
            for option, part in by_server.items():
                by_option[option] += by_site[site] * part / sum(by_server.values())

    @cached_property
    def kwh_by_site(self) -> dict[str, dict[str, float]]:
        """Nameplate kW × busy hours by site and option of its servers."""
        estate = self.ledger.estate
        kwh: dict[str, dict[str, float]] = defaultdict(dict)
        for option, shares in self.busy.items():
            own = estate.holdings.of(option)
            if own is not None:
                kwh[own.site.name][option] = sum(shares.values()) * float(estate.tariff(own).kw)
        return kwh

    @cached_property
    def accelerator_hours(self) -> dict[str, float]:
        hours: dict[str, float] = defaultdict(float)
        for option, shares in self.busy.items():
            for name, own in shares.items():
                hours[name] += own * self.books.options[option].accelerators_per_node
        return hours

    @cached_property
    def units(self) -> dict[str, float]:
        """Work units asked for, without those that stay unserved."""
        asked = {name: demand.work_of_horizon() for name, demand in demands(self.books).items()}
        for name, workload in self.books.workloads.items():
            if isinstance(workload, TrainingRun):
                asked[name] = total_work(self.books, workload)
        for u in self.books.plan.unserved:
            if u.workload in asked:
                asked[u.workload] -= u.work
        return asked


def unit_costs(ledger: Ledger) -> Iterator[Check]:
    """Cash by work unit, and by accelerator-hour that is busy, of every workload that costs something."""
    found, plan = Attribution(ledger), ledger.books.plan
    total, nodes = found.cash
    for i, cost in enumerate(plan.unit_costs):
        where, workload = f"unit_costs[{i}] {cost.workload}", ledger.books.workloads.get(cost.workload)
        yield holds("unit-cost", where, workload is not None, cost.workload, "a workload")
        if workload is None:
            continue
        yield same("unit-cost", where, cost.unit, workload.work_unit)
        units, hours = found.units[cost.workload], found.accelerator_hours.get(cost.workload, 0.0)
        per_unit = total.get(cost.workload, 0.0) / units if units > 0 else 0.0
        yield same_number("unit-cost", where, cost.usd_per_unit, per_unit, _RELATIVE, 1e-12)
        if cost.usd_per_accelerator_hour is not None:
            per_hour = nodes.get(cost.workload, 0.0) / hours if hours > 0 else 0.0
            claimed = cost.usd_per_accelerator_hour
            yield same_number("unit-cost", f"{where}: accelerator-hour", claimed, per_hour, _RELATIVE, 1e-12)
    names = [cost.workload for cost in plan.unit_costs]
    yield same("unit-cost", "unit_costs", len(names), len(set(names)))


def margins(ledger: Ledger) -> Iterator[Check]:
    """Of every workload that is sold: revenue = units × price; margin = (revenue − cost) / revenue."""
    books, found = ledger.books, Attribution(ledger)
    sold = {w.name: w.price_usd_per_unit for w in books.workloads.values() if w.price_usd_per_unit is not None}
    names = [m.workload for m in books.plan.margins]
    yield same("margin", "margins", sorted(names), sorted(sold))
    for m in books.plan.margins:
        if m.workload not in sold:
            continue
        where, units = f"margins {m.workload}", found.units[m.workload]
        revenue, cost = units * sold[m.workload], found.cash[0].get(m.workload, 0.0)
        yield same_number("margin", f"{where}: units", m.units, units, _RELATIVE, 1e-9)
        yield same_number("margin", f"{where}: revenue", m.revenue_usd, revenue, _RELATIVE, 0.01)
        yield same_number("margin", f"{where}: cost", m.cost_usd, cost, _RELATIVE, 0.01)
        if m.margin_fraction is None:
            yield holds("margin", where, revenue <= 0, "no margin", "(revenue - cost) / revenue")
        else:
            share = (revenue - cost) / revenue if revenue > 0 else 0.0
            yield same_number("margin", where, m.margin_fraction, share, _RELATIVE, 1e-6)


RULES = (unit_costs, margins)
