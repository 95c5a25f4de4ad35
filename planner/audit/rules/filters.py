"""Rules on what was allowed: clouds, regions, countries, vendors, accelerators, contracts, terms, weights.

The scenario's lists of sellers bind catalog options, its contracts and longest term all but holdings and what is owned. Places
and accelerators, the scenario's and the workload's, bind every pair of a workload and an option.
"""

from collections.abc import Iterator

from planner.audit.books import OWN_ACTIONS, SIGNED, Books, Check, at_most, holds, kind_of, spot_share, way_of
from planner.audit.ledger import Ledger
from planner.domain.records import OptionRecord
from planner.domain.scenario import HostedApiOffer, InstanceOffer
from planner.domain.workloads import TIERS, Batch, Inference, Training, TrainingRun, Workload
from planner.units import HOURS_PER_MONTH


def of_scenario(ledger: Ledger) -> Iterator[Check]:
    """Every option of the plan passes the scenario's own filters."""
    scenario = ledger.books.asked
    for record in ledger.books.plan.inputs.options:
        entry, where = ledger.prices.origins[record.option], record.option
        if isinstance(entry, SIGNED) or record.action in OWN_ACTIONS:
            continue
        if entry is None and record.action == "hosted_api":
            names = () if scenario.hosted_apis == "none" else scenario.hosted_apis
            yield _listed("filter-hosted", where, record.provider, names)
        elif entry is None:
            yield _listed("filter-cloud", where, record.provider, scenario.clouds)
            fine = record.basis != "estimated" or scenario.allow_estimated_rates or bool(record.generation)
            yield holds("filter-estimate", where, fine, record.basis, "a price that somebody asks")
        yield _listed("filter-contract", where, kind_of(record, entry), scenario.contracts)
        if record.action == "commit" and scenario.max_term_months is not None:
            months = record.term_periods * float(ledger.books.calendar.lengths[-1]) / HOURS_PER_MONTH
            yield at_most("filter-term", where, months, scenario.max_term_months)


def of_workloads(ledger: Ledger) -> Iterator[Check]:
    """Every option that serves a workload, also in an emergency, or is said to fit it, passes the filters for it."""
    books = ledger.books
    pairs = set(books.fits) | {(r.workload, r.option, r.mode) for r in books.known_serving}
    pairs |= {(run.workload, share.option, "") for run, share in books.known_shares}
    pairs |= {(f.workload, part.option, "") for f in books.plan.failures for part in f.parts}
    for name, option, mode in sorted(pairs):
        if name not in books.workloads or option not in books.options:
            continue
        workload, record = books.workloads[name], books.options[option]
        where = f"{name} on {option}"
        yield from _places_and_chips(ledger, workload, record, where)
        yield from _delivery(workload, record, where)
        if record.action == "hosted_api":
            yield from _hosted(ledger, way_of(workload, mode), record, where)
        elif not isinstance(ledger.prices.origins[option], SIGNED) and record.action not in OWN_ACTIONS:
            yield _listed("filter-cloud", where, record.provider, workload.clouds)
        if record.action == "spot":
            share = spot_share(workload)
            yield holds("filter-spot", where, share > 0, "spot", "work that may run on spot")


def _delivery(workload: Workload, record: OptionRecord, where: str) -> Iterator[Check]:
    """A batch service serves batch and training; a run that is held together needs nodes of its own."""
    if record.delivery == "batch":
        fine = isinstance(workload, Batch | Training)
        yield holds("delivery", where, fine, "a batch service", "batch or training")
    if record.period_share < 1 and record.term_periods == 1:
        fine = isinstance(workload, Batch | Training | TrainingRun)
        yield holds(
            "delivery", where, fine, "a block for a part of a period", "work that may wait, or a run that ends on it"
        )
    if record.delivery == "container":
        fine = not isinstance(workload, TrainingRun) or workload.interruptible
        yield holds("delivery", where, fine, "containers", "nodes for the whole run")


def _places_and_chips(ledger: Ledger, workload: Workload, record: OptionRecord, where: str) -> Iterator[Check]:
    """Region, country (an unknown one is outside of every list), accelerator and its vendor."""
    scenario = ledger.books.asked
    for asked in (scenario, workload):
        yield _listed("filter-region", where, record.region, asked.regions)
        yield _listed("filter-country", where, record.country, asked.countries)
        if record.accelerator is not None:
            yield _listed("filter-accelerator", where, record.accelerator, asked.accelerators)
    vendors = scenario.vendors if workload.vendors is None else workload.vendors
    decided = isinstance(ledger.prices.origins[record.option], InstanceOffer | SIGNED) or record.action in OWN_ACTIONS
    if record.accelerator is not None and not decided:
        yield _listed("filter-vendor", where, _vendor(ledger.books, record.accelerator), vendors)


def _vendor(books: Books, accelerator: str) -> str:
    return str(books.plan.inputs.accelerators.get(accelerator, {}).get("vendor", "not in inputs"))


def _hosted(ledger: Ledger, workload: Workload | None, record: OptionRecord, where: str) -> Iterator[Check]:
    """Hosted APIs serve models that are not the user's own, in what they are paid for, by the providers allowed, at interactive
    latency."""
    if not isinstance(workload, Inference | Batch) or workload.own_weights:
        yield holds("hosted-weights", where, False, "a hosted api", "a model that it offers")
        return
    counted = "" if workload.unit in {None, "Mtok"} else str(workload.unit).casefold()
    paid = record.priced_unit.casefold()
    fine = paid in {"request", counted} or (paid == "unit" and counted != "")
    yield holds("hosted-unit", where, fine, record.priced_unit or "token", counted or "token")
    yield _listed("filter-hosted", where, record.provider, workload.hosted_apis)
    known, wanted = TIERS["interactive"], workload.tier
    for limit, promised in ((wanted.ttft_ms, known.ttft_ms), (wanted.tpot_ms, known.tpot_ms)):
        fine = limit is None or promised is None or limit >= promised
        yield holds("hosted-latency", where, fine, f"{promised} ms", f"at most {limit} ms")
    entry = ledger.prices.origins[record.option]
    if isinstance(entry, HostedApiOffer):
        yield holds("hosted-weights", where, entry.model == workload.model, entry.model, workload.model)


def _listed(rule: str, where: str, name: str, allowed: tuple[str, ...] | None) -> Check:
    """None allows everything; case does not matter."""
    fine = allowed is None or name.casefold() in {a.casefold() for a in allowed}
    return holds(rule, where, fine, name or "unknown", allowed)


RULES = (of_scenario, of_workloads)
