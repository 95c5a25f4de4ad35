"""Other names of accelerators, models, providers, regions and vendors become ids; unknown ones are mistakes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from planner.domain.fields import COUNTRIES, Strict, remedy_of
from planner.domain.inputs import Catalog, LanguageModel
from planner.domain.scenario import (
    AssumedDiscount,
    Credit,
    Held,
    HostedApiOffer,
    InstanceOffer,
    LeadTime,
    PlanRate,
    PriceChange,
    Quote,
    SavingsPlan,
    Scenario,
    SpendAgreement,
)
from planner.domain.workloads import fallback_of
from planner.errors import did_you_mean
from planner.inputs.source.document import KeyPath
from planner.inputs.source.value_mistakes import MistakeLog

_S = TypeVar("_S", bound=Strict)
DEFAULT = "default"
"""Key of what holds for everything that is not named."""


def renamed(scenario: Scenario, catalog: Catalog, log: MistakeLog) -> Scenario:
    """The scenario with ids for names; which are unknown is noted."""
    return _Renamer(Names.of(scenario, catalog), log).model(scenario, ())


@dataclass(slots=True)
class Names:
    """The ids there are of every sort, by the names they may be called, in lower case."""

    accelerators: dict[str, str]
    models: dict[str, str]
    providers: dict[str, str]
    """Sellers of nodes."""
    hosts: dict[str, str]
    """Sellers of tokens."""
    regions: dict[str, str]
    places: dict[str, str]
    """Regions with an offer or a known grid."""
    vendors: dict[str, str]
    profiles: dict[str, str]
    paths: dict[str, str]
    instances: dict[str, str]
    """Node types that are sold by the hour or offered."""
    answers: dict[tuple[str, str], str | None] = field(default_factory=dict)

    @classmethod
    def of(cls, scenario: Scenario, catalog: Catalog) -> "Names":
        models = [getattr(w, "model", None) for w in scenario.workloads]
        inline_models = [m.id for m in models if isinstance(m, LanguageModel)]
        own: list[Quote | Held | InstanceOffer] = [*scenario.quotes, *scenario.held_nodes]
        own += [o for o in scenario.offers if isinstance(o, InstanceOffer)]
        hosts = [o.provider for o in scenario.offers if isinstance(o, HostedApiOffer)]
        sellers_of_tokens = {p.provider for p in catalog.token_prices}
        sellers_of_nodes = {p.provider for p in catalog.prices}
        listed = [p for p in catalog.providers if p in sellers_of_nodes or p not in sellers_of_tokens]
        sites = scenario.own.sites if scenario.own is not None else ()
        regions = [*(p.region for p in catalog.prices), *(o.region for o in own), *(s.region or s.name for s in sites)]
        grids = [c.region for c in catalog.carbon_intensity.values() if c.region]
        return cls(
            accelerators=_with_aliases(catalog.accelerators, catalog.aliases),
            models={
                **_lowered(closed_by_name(scenario, catalog)),
                **_with_aliases([*catalog.language_models, *inline_models], catalog.aliases),
            },
            providers=_lowered([*listed, *sellers_of_nodes, *(o.provider for o in own)]),
            hosts=_lowered([*sellers_of_tokens, *hosts]),
            regions=_lowered(regions),
            places=_lowered([DEFAULT, *regions, *grids]),
            vendors=_lowered(a.vendor for a in catalog.accelerators.values()),
            profiles=_lowered([*catalog.profiles, "flat"]),
            paths=_lowered(catalog.price_paths),
            instances=_lowered([*(p.instance for p in catalog.prices), *map(_node_type, own)]),
        )

    @property
    def everyone(self) -> dict[str, str]:
        """Sellers of nodes and of tokens."""
        return {**self.hosts, **self.providers}

    @property
    def everyone_or_default(self) -> dict[str, str]:
        return {DEFAULT: DEFAULT, **self.everyone}


def closed_by_name(scenario: Scenario, catalog: Catalog) -> list[str]:
    """Models without an architecture: those that the catalog's APIs sell, and those of the scenario that something serves.

    A name of the scenario's own is taken where an offered API has it as well, or where throughput is measured for the workload.
    """
    measured = {name for source in (*scenario.offers, *scenario.held) for name in getattr(source, "throughput", ())}
    measured |= {name for server in (scenario.own.servers if scenario.own else ()) for name in server.throughput}
    offered = {o.model.casefold() for o in scenario.offers if isinstance(o, HostedApiOffer)}
    sold = [row.serves for row in catalog.token_prices if not row.language_model]
    ways = (*scenario.workloads, *(way for w in scenario.workloads if (way := fallback_of(w)) is not None))
    named = ((way.name, getattr(way, "model", None)) for way in ways)
    return [
        *sold,
        *(m for name, m in named if isinstance(m, str) and (name in measured or m.casefold() in offered)),
    ]


def _lowered(names: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(name.lower(), name)
    return found


def _node_type(offer: Quote | Held | InstanceOffer) -> str:
    return offer.instance if isinstance(offer, Quote) else offer.name


def _with_aliases(ids: Iterable[str], aliases: dict[str, str]) -> dict[str, str]:
    known = _lowered(ids)
    own = set(known.values())
    return {**{alias.lower(): target for alias, target in aliases.items() if target in own}, **known}


Known = tuple[dict[str, str], str]
"""Ids by name, and the noun for one of them."""


_PLACE = "region or country"
KEYED = {
    "caps": ("providers", "provider"),
    "spot_caps": ("providers", "provider"),
    "reserved_caps": ("providers", "provider"),
    "discounts": ("everyone", "provider"),
    "support": ("everyone", "provider"),
    "egress_usd_per_gb": ("everyone_or_default", "provider"),
    "storage_usd_per_gb_month": ("everyone_or_default", "provider"),
    "maturity": ("vendors", "vendor"),
    "round_trips_ms": ("places", _PLACE),
    "round_trip_ms": ("places", _PLACE),
    "intensity_g_per_kwh": ("places", _PLACE),
}
"""Mappings of a scenario whose keys are names → which ids of `Names` they mean, and the noun for one of them."""


class _Renamer:
    """Walks the types of a scenario; a field means the same wherever it stands."""

    def __init__(self, names: Names, log: MistakeLog) -> None:
        self.names = names
        self.log = log
        everyone = names.everyone
        wishes: Known = ({**names.accelerators, **names.regions, **everyone}, "provider, region or accelerator")
        self.lists: dict[str, Known] = {
            "clouds": (names.providers, "provider"),
            "hosted_apis": (names.hosts, "hosted-API provider"),
            "regions": (names.regions, "region"),
            "vendors": (names.vendors, "vendor"),
            "accelerators": (names.accelerators, "accelerator"),
            "replaces": (names.accelerators, "accelerator"),
            "preferred": wishes,
            "avoided": wishes,
        }
        self.singles: dict[str, Known] = {
            "accelerator": (names.accelerators, "accelerator"),
            "reference_accelerator": (names.accelerators, "accelerator"),
            "model": (names.models, "model"),
            "profile": (names.profiles, "profile"),
            "path": (names.paths, "price path"),
        }
        self.keys: dict[str, Known] = {key: (getattr(names, ids), noun) for key, (ids, noun) in KEYED.items()}
        self.sellers: dict[type[Strict], Known] = {
            PriceChange: (everyone, "provider"),
            AssumedDiscount: (everyone, "provider"),
            Credit: (everyone, "provider"),
            SpendAgreement: (everyone, "provider"),
            SavingsPlan: (names.providers, "provider of instances"),
            LeadTime: (names.providers, "provider of instances"),
        }
        """Types whose `provider` is one that sells something already; elsewhere it is the user's own word."""
        self.scope: dict[str, Known] = {"region": (names.regions, "region"), "instance": (names.instances, "instance")}
        """What rates of savings plans name; elsewhere these are the user's own words."""

    def model(self, item: _S, path: KeyPath) -> _S:
        """A copy in which every given field has its ids."""
        update = {}
        for key in type(item).model_fields:
            if key in item.model_fields_set:
                value = getattr(item, key)
                new = self._value(item, key, value, (*path, key))
                if new is not value:
                    update[key] = new
        return item.model_copy(update=update) if update else item

    def _value(self, item: Strict, key: str, value: Any, path: KeyPath) -> Any:
        if isinstance(value, str):
            known = self.sellers.get(type(item)) if key == "provider" else self.singles.get(key)
            if isinstance(item, PlanRate):
                known = self.scope.get(key, known)
            return value if known is None else self._one(value, known, path)
        if isinstance(value, tuple) and key in self.lists:
            return tuple(self._one(name, self.lists[key], (*path, i)) for i, name in enumerate(value))
        if isinstance(value, tuple) and any(isinstance(part, Strict) for part in value):
            return tuple(self.model(part, (*path, i)) for i, part in enumerate(value))
        if isinstance(value, dict) and key in self.keys:
            return self._keyed(value, self.keys[key], path)
        return self.model(value, path) if isinstance(value, Strict) else value

    def _keyed(self, mapping: dict[str, Any], known: Known, path: KeyPath) -> dict[str, Any]:
        """The mapping with ids for keys; below a provider of `caps` there may be accelerators."""
        new: dict[str, Any] = {}
        for name, value in mapping.items():
            under = (*path, name)
            if isinstance(value, dict):
                value = self._keyed(value, self.singles["accelerator"], under)
            new[self._one(name, known, under, key=True)] = value
        if len(new) < len(mapping):
            self.log.say("two keys name the same thing", path, "keep one of them", "duplicate_key", key=True)
        return new

    def _one(self, name: str, known: Known, path: KeyPath, *, key: bool = False) -> str:
        ids, noun = known
        if noun == _PLACE and name in COUNTRIES:
            return name
        found = ids.get(name.lower())
        if found is not None:
            return found
        cached = (noun, name)
        if cached not in self.names.answers:
            self.names.answers[cached] = self._remedy(name, ids, noun)
        self.log.say(f"unknown {noun} `{name[:60]}`", path, self.names.answers[cached], "unknown_name", key=key)
        return name

    def _remedy(self, name: str, ids: dict[str, str], noun: str) -> str | None:
        if ids is self.names.providers and name.lower() in self.names.hosts:
            return "it sells tokens only" + ("; name it under `hosted_apis`" if noun == "provider" else "")
        if noun == "hosted-API provider" and name.lower() in self.names.providers:
            return "it sells nodes only; name it under `clouds`"
        if noun == _PLACE and (country := remedy_of(name)):
            return country
        if near := did_you_mean(name[:60], set(ids.values())):
            return near
        if near := did_you_mean(name[:60].lower(), set(ids)):
            return near
        few = sorted(set(ids.values()))
        if noun == _PLACE or not 0 < len(few) <= 20:
            return _WHERE_TO_LOOK.get(noun)
        return f"known: {', '.join(few)}"


_WHERE_TO_LOOK = {
    "provider": "`planner catalog list` shows the providers",
    "provider of instances": "`planner catalog list` shows the providers",
    "hosted-API provider": "`planner catalog list` shows the providers",
    "accelerator": "`planner catalog list` shows the accelerators",
    "model": "`planner catalog list` shows the models; or give its architecture inline",
    "region": "`planner catalog list` shows the regions",
    _PLACE: "a region that is offered, a country code like `DE`, or `default`",
}
