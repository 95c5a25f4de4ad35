"""Names that the scenario itself defines, and formats for which no catalog is needed."""

import re

from planner.domain.fields import wrong_country
from planner.domain.scenario import Held, InstanceOffer, Scenario
from planner.domain.workloads import FALLBACK, Inference
from planner.errors import did_you_mean
from planner.inputs.source import KeyPath, MistakeLog

_DATE = re.compile(r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$")
_DATE_HELP = "a year, a month or a day: 2026, 2026-10 or 2026-10-02"


def check_inner_names(scenario: Scenario, log: MistakeLog) -> None:
    """Cap groups, workloads with a measured throughput, countries and dates."""
    workloads = {workload.name for workload in scenario.workloads}
    for i, workload in enumerate(scenario.workloads):
        if isinstance(workload, Inference) and workload.fallback is not None:
            name = workload.name + FALLBACK
            if name in workloads:
                log.say(f"workload `{name}` is called like this fallback", ("workloads", i, "fallback"), None, "rule")
            workloads |= {name}
    _every_country(scenario, log)
    _offers(scenario, workloads, log)
    for i, held in enumerate(scenario.held):
        _date(held.as_of, ("held", i, "as_of"), log)
        if isinstance(held, Held):
            _country(held.country, ("held", i, "country"), log)
            _throughput(held.throughput, ("held", i), workloads, log)
    for i, quote in enumerate(scenario.quotes):
        _country(quote.country, ("quotes", i, "country"), log)
        if not quote.checked_on:
            log.say("`checked_on` is empty", ("quotes", i, "checked_on"), _DATE_HELP, "date")
        _date(quote.checked_on, ("quotes", i, "checked_on"), log)


def check_wishes(scenario: Scenario, log: MistakeLog) -> None:
    """Nothing is both preferred and avoided, whatever name it was given."""
    preferred = {name.casefold() for name in scenario.preferred}
    for i, name in enumerate(scenario.avoided):
        if name.casefold() in preferred:
            log.say(f"`{name}` is both preferred and avoided", ("avoided", i), "leave it in one of the two", "rule")


def _every_country(scenario: Scenario, log: MistakeLog) -> None:
    _countries(scenario.countries, ("countries",), log)
    for i, workload in enumerate(scenario.workloads):
        path: KeyPath = ("workloads", i)
        _countries(workload.countries, (*path, "countries"), log)
        for j, residency in enumerate(workload.residency):
            _countries(residency.countries, (*path, "residency", j, "countries"), log)


def _offers(scenario: Scenario, workloads: set[str], log: MistakeLog) -> None:
    groups = {group.name for group in scenario.cap_groups}
    numbered = {
        f"{offer.name}#{n}": offer.name
        for offer in scenario.offers
        if isinstance(offer, InstanceOffer) and len(offer.contracts) > 1
        for n in range(1, len(offer.contracts) + 1)
    }
    for i, offer in enumerate(scenario.offers):
        path: KeyPath = ("offers", i)
        _date(offer.as_of, (*path, "as_of"), log)
        if offer.name in numbered:
            what = f"`{offer.name}` is how a contract of the offer `{numbered[offer.name]}` is called"
            log.say(what, (*path, "name"), "give it a name of its own", "duplicate_name")
        if isinstance(offer, InstanceOffer):
            _country(offer.country, (*path, "country"), log)
            _throughput(offer.throughput, path, workloads, log)
            for j, group in enumerate(offer.groups):
                if group not in groups:
                    remedy = did_you_mean(group, groups) or "define it under `cap_groups`"
                    log.say(f"unknown cap group `{group[:60]}`", (*path, "groups", j), remedy, "unknown_name")


def _throughput(throughput: dict[str, float], path: KeyPath, workloads: set[str], log: MistakeLog) -> None:
    for name in throughput:
        if name not in workloads:
            remedy = did_you_mean(name[:60], workloads) or f"workloads are {', '.join(sorted(workloads))[:200]}"
            what = f"unknown workload `{name[:60]}`"
            log.say(what, (*path, "throughput", name), remedy, "unknown_name", key=True)


def _countries(countries: tuple[str, ...] | None, path: KeyPath, log: MistakeLog) -> None:
    for j, country in enumerate(countries or ()):
        if wrong := wrong_country(country):
            log.say(wrong[0], (*path, j), wrong[1], "country")


def _country(country: str, path: KeyPath, log: MistakeLog) -> None:
    """One that may be left out."""
    if country and (wrong := wrong_country(country)):
        log.say(wrong[0], path, wrong[1], "country")


def _date(date: str, path: KeyPath, log: MistakeLog) -> None:
    if date and not _DATE.match(date):
        log.say(f"expected a date like `2026-10-02`, not `{date[:40]}`", path, _DATE_HELP, "date")
