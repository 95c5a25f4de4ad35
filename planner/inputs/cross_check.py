"""What no single field can know: do names exist in the catalog, do lists have the length of the horizon?

Other names of accelerators, models, providers, regions and vendors are replaced by their ids.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from planner.domain.calendar import PeriodLengths, period_lengths
from planner.domain.catalog import Catalog
from planner.domain.horizon import month_after
from planner.domain.language_model import LanguageModel
from planner.domain.offer import Held, HostedApiOffer, InstanceOffer, Quote
from planner.domain.scenario import Scenario
from planner.domain.workload_base import GrowingWorkload
from planner.errors import Mistake, did_you_mean
from planner.inputs.document import Document, KeyPath
from planner.inputs.yaml_source import MAX_MISTAKES

_COUNTRY = re.compile(r"^[A-Z]{2}$")
_DATE = re.compile(r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$")
PROFILE_LENGTHS = (24, 168)


def cross_check(scenario: Scenario, document: Document, catalog: Catalog | None) -> tuple[Scenario, list[Mistake]]:
    """The scenario with ids for names and its start filled in, and what does not fit together."""
    checker = _Checker(scenario, document, [])
    checker.horizon()
    checker.workload_shapes()
    checker.inner_names()
    if catalog is None:
        return scenario, checker.mistakes
    if scenario.start is None and catalog.newest_price_on:
        scenario = scenario.model_copy(update={"start": month_after(catalog.newest_price_on[:7], 1)})
    names = _Names.of(scenario, catalog)
    scenario = _Renamer(names, checker).scenario(scenario)
    return scenario, checker.mistakes


@dataclass(slots=True)
class _Checker:
    """Collects mistakes, each once."""

    scenario_: Scenario
    document: Document
    mistakes: list[Mistake]

    def say(self, what: str, path: KeyPath, remedy: str | None, code: str, *, key: bool = False) -> None:
        if len(self.mistakes) < MAX_MISTAKES:
            place = self.document.place_of(path, key=key)
            mistake = Mistake(what, place, self.document.path_text(path), remedy, code)
            if place is None or all((m.what, m.place) != (what, place) for m in self.mistakes):
                self.mistakes.append(mistake)

    # -- lengths ----------------------------------------------------------------------------------------

    def horizon(self) -> None:
        scenario = self.scenario_
        try:
            lengths = period_lengths(scenario)
        except ValueError as error:
            given = next((k for k in ("years", "months", "quarters") if k in scenario.model_fields_set), "period")
            remedy = "change it, or `period`"
            self.say(str(error), (given,), remedy, "horizon")
            return
        budget = scenario.budget_per_year_usd
        if isinstance(budget, tuple) and len(budget) != lengths.plan_years:
            what = (
                f"{_count(len(budget), 'entry', 'entries')} for a horizon of {_count(lengths.plan_years, 'plan-year')}"
            )
            self.say(what, ("budget_per_year_usd",), "give one number for all, or one per plan-year", "length")
        for index, workload in enumerate(scenario.workloads):
            demand = workload.demand_per_hour if isinstance(workload, GrowingWorkload) else None
            if isinstance(demand, tuple):
                self._demand(demand, ("workloads", index, "demand_per_hour"), lengths)

    def _demand(self, demand: tuple[Any, ...], path: KeyPath, lengths: PeriodLengths) -> None:
        periods = len(lengths.hours)
        if len(demand) != periods:
            what = f"{_count(len(demand), 'entry', 'entries')} for a horizon of {_count(periods, 'period')}"
            self.say(what, path, "give one number for all, or one entry per period", "length")
            return
        for t, row in enumerate(demand):
            if isinstance(row, tuple):
                wanted = self._slices_of(t)
                if wanted is None:
                    self.say("demand per slice needs to know the slices", path, _SLICES_HELP, "length", key=True)
                    return
                if len(row) != wanted:
                    what = f"{_count(len(row), 'entry', 'entries')} for a period of {_count(wanted, 'slice')}"
                    self.say(what, (*path, t), None, "length")

    def _slices_of(self, period: int) -> int | None:
        periods = self.scenario_.periods
        explicit = None if periods is None else periods[period].slices
        return self.scenario_.slices if explicit is None else len(explicit)

    # -- shapes -----------------------------------------------------------------------------------------

    def workload_shapes(self) -> None:
        for index, workload in enumerate(self.scenario_.workloads):
            profile = getattr(workload, "profile", None)
            path: KeyPath = ("workloads", index, "profile")
            if not isinstance(profile, tuple):
                continue
            if len(profile) not in PROFILE_LENGTHS:
                what = f"{_count(len(profile), 'hourly value')} in the profile"
                self.say(what, path, "a profile has 24 values (a day) or 168 (a week)", "profile")
            elif not any(profile):
                self.say("a profile needs a value above 0", path, None, "profile")

    def inner_names(self) -> None:
        """Names that the scenario itself defines, and formats no catalog is needed for."""
        scenario = self.scenario_
        groups = {group.name for group in scenario.cap_groups}
        workloads = {workload.name for workload in scenario.workloads}
        self._countries(scenario.countries, ("countries",))
        for i, workload in enumerate(scenario.workloads):
            self._countries(workload.countries, ("workloads", i, "countries"))
        for i, offer in enumerate(scenario.offers):
            path: KeyPath = ("offers", i)
            self._date(offer.as_of, (*path, "as_of"))
            if isinstance(offer, InstanceOffer):
                self._country(offer.country, (*path, "country"))
                self._throughput(offer.throughput, path, workloads)
                for j, group in enumerate(offer.groups):
                    if group not in groups:
                        remedy = did_you_mean(group, groups) or "define it under `cap_groups`"
                        self.say(f"unknown cap group `{group[:60]}`", (*path, "groups", j), remedy, "unknown_name")
        for i, held in enumerate(scenario.held):
            self._country(held.country, ("held", i, "country"))
            self._date(held.as_of, ("held", i, "as_of"))
            self._throughput(held.throughput, ("held", i), workloads)
        for i, quote in enumerate(scenario.quotes):
            self._country(quote.country, ("quotes", i, "country"))
            if not quote.checked_on:
                self.say("`checked_on` is empty", ("quotes", i, "checked_on"), _DATE_HELP, "date")
            self._date(quote.checked_on, ("quotes", i, "checked_on"))

    def _throughput(self, throughput: dict[str, float], path: KeyPath, workloads: set[str]) -> None:
        for name in throughput:
            if name not in workloads:
                remedy = did_you_mean(name[:60], workloads) or f"workloads are {', '.join(sorted(workloads))[:200]}"
                self.say(
                    f"unknown workload `{name[:60]}`", (*path, "throughput", name), remedy, "unknown_name", key=True
                )

    def _countries(self, countries: tuple[str, ...] | None, path: KeyPath) -> None:
        for j, country in enumerate(countries or ()):
            if not country:
                self.say("expected a country code like `DE`", (*path, j), None, "country")
            self._country(country, (*path, j))

    def _country(self, country: str, path: KeyPath) -> None:
        if country == "UK":
            self.say("`UK` is not an ISO 3166 code", path, "did you mean `GB`?", "country")
        elif country and not _COUNTRY.match(country):
            upper = country.upper()
            remedy = f"did you mean `{upper}`?" if _COUNTRY.match(upper) else "two capital letters (ISO 3166)"
            self.say(f"expected a country code like `DE`, not `{country[:40]}`", path, remedy, "country")

    def _date(self, date: str, path: KeyPath) -> None:
        if date and not _DATE.match(date):
            self.say(f"expected a date like `2026-10-02`, not `{date[:40]}`", path, _DATE_HELP, "date")


_SLICES_HELP = "give every one of the explicit `periods` its `slices`, or demand per period only"
_DATE_HELP = "a year, a month or a day: 2026, 2026-10 or 2026-10-02"


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


@dataclass(slots=True)
class _Names:
    """The ids there are of every sort, by the names they may be called, in lower case."""

    accelerators: dict[str, str]
    models: dict[str, str]
    providers: dict[str, str]
    """Sellers of nodes."""
    hosts: dict[str, str]
    """Sellers of tokens."""
    regions: dict[str, str]
    vendors: dict[str, str]
    profiles: dict[str, str]
    answers: dict[tuple[str, str], str | None] = field(default_factory=dict)

    @classmethod
    def of(cls, scenario: Scenario, catalog: Catalog) -> "_Names":
        models = [getattr(w, "model", None) for w in scenario.workloads]
        inline_models = [m.id for m in models if isinstance(m, LanguageModel)]
        own: list[Quote | Held | InstanceOffer] = [*scenario.quotes, *scenario.held]
        own += [o for o in scenario.offers if isinstance(o, InstanceOffer)]
        hosts = [o.provider for o in scenario.offers if isinstance(o, HostedApiOffer)]
        sellers_of_tokens = {p.provider for p in catalog.token_prices}
        sellers_of_nodes = {p.provider for p in catalog.prices}
        listed = [p for p in catalog.providers if p in sellers_of_nodes or p not in sellers_of_tokens]
        return cls(
            accelerators=_with_aliases(catalog.accelerators, catalog.aliases),
            models=_with_aliases([*catalog.language_models, *inline_models], catalog.aliases),
            providers=_lowered([*listed, *sellers_of_nodes, *(o.provider for o in own)]),
            hosts=_lowered([*sellers_of_tokens, *hosts]),
            regions=_lowered([*(p.region for p in catalog.prices), *(o.region for o in own)]),
            vendors=_lowered(a.vendor for a in catalog.accelerators.values()),
            profiles=_lowered([*catalog.profiles, "flat"]),
        )


def _lowered(names: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(name.lower(), name)
    return found


def _with_aliases(ids: Iterable[str], aliases: dict[str, str]) -> dict[str, str]:
    known = _lowered(ids)
    own = set(known.values())
    return {**{alias.lower(): target for alias, target in aliases.items() if target in own}, **known}


class _Renamer:
    """Replaces every name of the scenario by the id it stands for, and says which names are unknown."""

    def __init__(self, names: _Names, checker: _Checker) -> None:
        self.names = names
        self.checker = checker

    def _one(self, name: str, known: dict[str, str], noun: str, path: KeyPath, *, key: bool = False) -> str:
        found = known.get(name.lower())
        if found is not None:
            return found
        cached = (noun, name)
        if cached not in self.names.answers:
            self.names.answers[cached] = self._remedy(name, known, noun)
        self.checker.say(f"unknown {noun} `{name[:60]}`", path, self.names.answers[cached], "unknown_name", key=key)
        return name

    def _remedy(self, name: str, known: dict[str, str], noun: str) -> str | None:
        if noun == "provider" and name.lower() in self.names.hosts and known is self.names.providers:
            return "it sells tokens only; name it under `hosted_apis`"
        if noun == "hosted-API provider" and name.lower() in self.names.providers:
            return "it sells nodes only; name it under `clouds`"
        if near := did_you_mean(name[:60], set(known.values())):
            return near
        if near := did_you_mean(name[:60].lower(), set(known)):
            return near
        few = sorted(set(known.values()))
        return f"known: {', '.join(few)}" if 0 < len(few) <= 10 else _WHERE_TO_LOOK.get(noun)

    def _many(
        self, values: tuple[str, ...] | None, known: dict[str, str], noun: str, path: KeyPath
    ) -> tuple[str, ...] | None:
        if values is None:
            return None
        return tuple(self._one(name, known, noun, (*path, i)) for i, name in enumerate(values))

    def _fields(self, item: Any, path: KeyPath) -> dict[str, Any]:
        """New values of the fields that have the same meaning wherever they stand."""
        given = item.model_fields_set
        names = self.names
        lists = {
            "clouds": (names.providers, "provider"),
            "hosted_apis": (names.hosts, "hosted-API provider"),
            "regions": (names.regions, "region"),
            "vendors": (names.vendors, "vendor"),
            "accelerators": (names.accelerators, "accelerator"),
        }
        singles = {
            "accelerator": (names.accelerators, "accelerator"),
            "reference_accelerator": (names.accelerators, "accelerator"),
            "model": (names.models, "model"),
            "profile": (names.profiles, "profile"),
        }
        update: dict[str, Any] = {}
        for key in [k for k in type(item).model_fields if k in given]:
            value = getattr(item, key)
            if key in lists and isinstance(value, tuple):
                known, noun = lists[key]
                update[key] = self._many(value, known, noun, (*path, key))
            elif key in singles and isinstance(value, str):
                known, noun = singles[key]
                update[key] = self._one(value, known, noun, (*path, key))
        return update

    def _each(self, items: tuple[Any, ...], path: KeyPath) -> tuple[Any, ...]:
        renamed = []
        for index, item in enumerate(items):
            update = self._fields(item, (*path, index))
            if path[0] in ("price_changes", "assumed_discounts") and item.provider is not None:
                known = {**self.names.hosts, **self.names.providers}
                update["provider"] = self._one(item.provider, known, "provider", (*path, index, "provider"))
            renamed.append(item.model_copy(update=update))
        return tuple(renamed)

    def _caps(self, caps: dict[str, Any], path: KeyPath) -> dict[str, Any]:
        renamed: dict[str, Any] = {}
        for provider, cap in caps.items():
            under = (*path, provider)
            key = self._one(provider, self.names.providers, "provider", under, key=True)
            if isinstance(cap, dict):
                inner = {
                    self._one(name, self.names.accelerators, "accelerator", (*under, name), key=True): number
                    for name, number in cap.items()
                }
                self._no_two(cap, inner, under)
                renamed[key] = inner
            else:
                renamed[key] = cap
        self._no_two(caps, renamed, path)
        return renamed

    def _no_two(self, before: dict[str, Any], after: dict[str, Any], path: KeyPath) -> None:
        if len(after) < len(before):
            self.checker.say("two keys name the same thing", path, "keep one of them", "duplicate_key", key=True)

    def scenario(self, scenario: Scenario) -> Scenario:
        update = self._fields(scenario, ())
        for name in ("workloads", "offers", "quotes", "held", "price_changes", "assumed_discounts"):
            if name in scenario.model_fields_set:
                update[name] = self._each(getattr(scenario, name), (name,))
        for name in ("caps", "spot_caps"):
            if name in scenario.model_fields_set:
                update[name] = self._caps(getattr(scenario, name), (name,))
        if scenario.discounts:
            everyone = {**self.names.hosts, **self.names.providers}
            update["discounts"] = {
                self._one(name, everyone, "provider", ("discounts", name), key=True): discount
                for name, discount in scenario.discounts.items()
            }
            self._no_two(scenario.discounts, update["discounts"], ("discounts",))
        return scenario.model_copy(update=update)


_WHERE_TO_LOOK = {
    "provider": "`planner catalog list` shows the providers",
    "hosted-API provider": "`planner catalog list` shows the providers",
    "accelerator": "`planner catalog list` shows the accelerators",
    "model": "`planner catalog list` shows the models; or give its architecture inline",
    "region": "`planner catalog list` shows the regions",
}
