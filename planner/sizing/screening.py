"""Every (workload, option) pair becomes a Fit or a Rejection: first the user's rules, then memory and latency.

What cannot serve is removed here, before the mathematics, with the reason.
"""

from collections.abc import Iterator
from typing import NamedTuple

from planner.domain.inputs import Catalog, LanguageModel
from planner.domain.options import Option
from planner.domain.records import Bottleneck, Fit, Rejection
from planner.domain.scenario import HostedApiOffer, Scenario, pays_for
from planner.domain.workloads import TIERS, Batch, Inference, Training, TrainingRun, Workload, fallback_of
from planner.market import intensity_of
from planner.sizing.admission import size
from planner.sizing.constants import SizingConstants, constants_from
from planner.sizing.training import run_verdict
from planner.units import HOURS_PER_MONTH

Reason = tuple[Bottleneck, str, str]


class Screened(NamedTuple):
    """What serves what. Keys are (index of the workload, index of the option)."""

    fits: dict[tuple[int, int], Fit]
    """Planned rates, before the loss on spot."""
    lost_fraction: dict[tuple[int, int], float]
    """Share of the work lost to interruptions, for spot options that fit."""
    rejections: tuple[Rejection, ...]


def screen(scenario: Scenario, options: tuple[Option, ...], catalog: Catalog) -> Screened:
    """Size all options for all workloads; fallbacks come after them, in order of their workloads."""
    sizer = _Sizer(scenario, catalog)
    fits: dict[tuple[int, int], Fit] = {}
    lost: dict[tuple[int, int], float] = {}
    rejections: list[Rejection] = []
    for w, workload in enumerate((*scenario.workloads, *(way for _, way in fallbacks(scenario)))):
        rules = _Rules(workload, scenario, catalog)
        for o, option in enumerate(options):
            if option.savings_plan:
                continue  # dollars serve nothing themselves
            verdict = rules.verdict(option) or sizer.fit(workload, option)
            if isinstance(verdict, Fit):
                fits[w, o] = verdict
                if option.action == "spot":
                    lost[w, o] = lost_on_spot(workload, option.interruptions_per_month)
            else:
                rejections.append(Rejection(workload.name, option.id, *verdict))
    return Screened(fits, lost, tuple(rejections))


def fallbacks(scenario: Scenario) -> list[tuple[int, Inference]]:
    """(index of the workload, its lesser way) of every workload that has one."""
    ways = [(w, fallback_of(workload)) for w, workload in enumerate(scenario.workloads)]
    return [(w, way) for w, way in ways if way is not None]


def round_trip_ms(workload: Workload, scenario: Scenario, option: Option) -> float:
    """Network round trip from an option's region to the users of a workload, milliseconds."""
    own = workload.round_trip_ms if isinstance(workload, Inference) else None
    if isinstance(own, float):
        return own
    stated = scenario.round_trips_ms if own is None else own
    return next((stated[place] for place in (option.region, option.country, "default") if place in stated), 0.0)


def lost_on_spot(workload: Workload, interruptions_per_month: float) -> float:
    """Share of spot hours whose work is lost: interruptions a month × recovery hours / 730, at most 1."""
    return min(interruptions_per_month * workload.recovery_hours / HOURS_PER_MONTH, 1.0)


def spot_share(workload: Workload) -> float:
    """Largest share of a workload that may run on spot."""
    if workload.max_spot_share is not None:
        return workload.max_spot_share
    return 1.0 if isinstance(workload, Batch | Training | TrainingRun) and workload.interruptible else 0.0


def _lower(names: tuple[str, ...] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(name.lower() for name in names)


def _both(first: frozenset[str] | None, second: frozenset[str] | None) -> frozenset[str] | None:
    if first is None or second is None:
        return second if first is None else first
    return first & second


class _Rules:
    """The user's rules for one workload, scenario-wide and its own."""

    def __init__(self, workload: Workload, scenario: Scenario, catalog: Catalog) -> None:
        self.workload = workload
        self.catalog = catalog
        self.scenario = scenario
        self.capped = scenario.carbon is not None and scenario.carbon.max_tonnes_per_year is not None
        self.clouds = _lower(workload.clouds)
        self.regions = _both(_lower(scenario.regions), _lower(workload.regions))
        self.countries = _both(_lower(scenario.countries), _lower(workload.countries))
        self.vendors = _lower(workload.vendors) if workload.vendors is not None else _lower(scenario.vendors)
        self.accelerators = _both(_lower(scenario.accelerators), _lower(workload.accelerators))
        self.spot = spot_share(workload) > 0
        apis = workload.hosted_apis if isinstance(workload, Inference | Batch) else None
        self.apis = _lower(apis)

    def verdict(self, option: Option) -> Reason | None:
        """Why a rule excludes the option, or None."""
        if option.action == "hosted_api":
            return self._hosted(option)
        for bottleneck, allowed, has in self._allowed(option):
            if allowed is not None and has.lower() not in allowed:
                return bottleneck, "one of " + ", ".join(sorted(allowed)), has or "unknown"
        if option.action == "spot" and not self.spot:
            return "spot", "work that may be interrupted (`max_spot_share`)", "spot"
        if self.capped and not option.held and self._emissions_unknown(option):
            return "carbon", "known emissions (`carbon` has a cap)", "power or carbon intensity unknown"
        if option.delivery == "batch" and not isinstance(self.workload, Batch | Training):
            return "delivery", "capacity that is there when it is asked for", "a batch service"
        if option.period_share < 1 and option.term_periods == 1 and self.workload.online:
            return "delivery", "capacity for whole periods", f"a block for {option.period_share:.0%} of one"
        if (
            option.delivery == "container"
            and isinstance(self.workload, TrainingRun)
            and not self.workload.interruptible
        ):
            return "delivery", "nodes of one's own for the whole run", "containers"
        return None

    def _allowed(self, option: Option) -> Iterator[tuple[Bottleneck, frozenset[str] | None, str]]:
        if not option.held and option.asset is None:
            yield "provider", self.clouds, option.provider
        yield "region", self.regions, option.region
        yield "country", self.countries, option.country
        if option.accelerator is not None:
            yield "accelerator", self.accelerators, option.accelerator
            if (
                option.offer is None and option.asset is None
            ):  # an inline offer, or hardware of one's own, of another vendor is a decision already taken
                yield "vendor", self.vendors, self.catalog.accelerators[option.accelerator].vendor

    def _emissions_unknown(self, option: Option) -> bool:
        return option.kw_per_node is None or intensity_of(option, self.scenario, self.catalog) is None

    def _hosted(self, option: Option) -> Reason | None:
        workload = self.workload
        if not isinstance(workload, Inference | Batch):
            return "weights", "inference", "a hosted model"
        if workload.own_weights:
            return "weights", "your own weights", "public weights"
        if not isinstance(workload.model, str) or workload.model != option.language_model:
            wanted = workload.model if isinstance(workload.model, str) else "your own architecture"
            return "weights", wanted or "a model", option.language_model or "unknown weights"
        if not pays_for(option.priced_unit, "" if workload.counts_tokens else workload.work_unit):
            return "throughput", f"a price per {workload.work_unit}", f"priced {option.contract}"
        if self.apis is not None and option.provider.lower() not in self.apis:
            return "provider", "one of " + ", ".join(sorted(self.apis)), option.provider
        if self.countries is not None or self.regions is not None:
            return "region", "a known place", "a hosted API says none"
        wanted_tier, interactive = workload.tier, TIERS["interactive"]
        for limit, known, what in (
            (wanted_tier.ttft_ms, interactive.ttft_ms, "TTFT"),
            (wanted_tier.tpot_ms, interactive.tpot_ms, "TPOT"),
        ):
            if limit is not None and known is not None and limit < known:
                return "latency", f"{what} <= {limit:g} ms", f"unknown, taken as {known:g} ms"
        needed = workload.input_tokens + workload.output_tokens if workload.counts_tokens else 0
        if option.max_context and needed > option.max_context:
            return "context", f"{needed} tokens", f"{option.max_context} tokens"
        return None


class _Sizer:
    """Sizes each (workload, accelerator, node size) once."""

    def __init__(self, scenario: Scenario, catalog: Catalog) -> None:
        self.scenario = scenario
        self.catalog = catalog
        self.constants: SizingConstants = constants_from(catalog.constants)
        self.measured = {f"offer:{o.name}": o.throughput for o in scenario.offers if not isinstance(o, HostedApiOffer)}
        self.measured |= {f"held:{h.name}": h.throughput for h in scenario.held_nodes}
        self.measured |= {f"own:{s.label}": s.throughput for s in (scenario.own.servers if scenario.own else ())}
        self.maturity = scenario.maturity
        self.known: dict[tuple[str, str, int, float], Fit | Rejection] = {}

    def fit(self, workload: Workload, option: Option) -> Fit | Reason:
        if option.action == "hosted_api":
            return Fit(workload.name, "", 0, 0.0, 0.0, basis="measured")
        if option.offer is not None:
            stated = self.measured[option.offer].get(workload.name)
            if stated is not None or option.accelerator is None:
                return self._measured(workload, option, stated or 0.0)
        trip = round_trip_ms(workload, self.scenario, option)
        key = (workload.name, option.accelerator or "", option.count, trip)
        if key not in self.known:
            self.known[key] = self._sized_at(workload, key[1], key[2], trip)
        verdict = self.known[key]
        return verdict if isinstance(verdict, Fit) else verdict[2:]

    def _sized_at(self, workload: Workload, accelerator: str, count: int, trip_ms: float) -> Fit | Rejection:
        """Sized with the round trip taken off the time to the first token, and the vendor's maturity taken into account."""
        limit = workload.tier.ttft_ms if isinstance(workload, Inference) else None
        if trip_ms and limit is not None:
            if trip_ms >= limit:
                needed, offered = f"TTFT <= {limit:g} ms", f"a round trip of {trip_ms:g} ms"
                return Rejection(workload.name, accelerator, "latency", needed, offered)
            workload = workload.model_copy(update={"ttft_ms": limit - trip_ms})
        fit = self._sized(workload, accelerator, count)
        mature = self.maturity.get(self.catalog.accelerators[accelerator].vendor, 1.0)
        if isinstance(fit, Rejection) or mature == 1.0:
            return fit
        step = ("maturity of the vendor's software", mature, "")
        return fit._replace(
            rate_per_node_hour=fit.rate_per_node_hour * mature,
            rate_low=fit.rate_low * mature,
            rate_high=fit.rate_high * mature,
            derivation=(*fit.derivation[:-1], step, *fit.derivation[-1:]),
        )

    def _measured(self, workload: Workload, option: Option, rate: float) -> Fit | Reason:
        if rate <= 0:
            return "throughput", "a measured throughput above 0", "0 or none stated"
        replica = 1.0 if isinstance(workload, Inference) else 0.0
        derivation = (("measured throughput", rate, f"{workload.work_unit}/node-hour"),)
        return Fit(
            workload.name,
            option.accelerator or "",
            option.count,
            rate,
            replica,
            basis="measured",
            derivation=derivation,
            rate_low=rate,
            rate_high=rate,
        )

    def _sized(self, workload: Workload, accelerator: str, count: int) -> Fit | Rejection:
        model = getattr(workload, "model", None)
        known_model = self.catalog.language_models.get(model) if isinstance(model, str) else model
        reference = self.catalog.accelerators.get(getattr(workload, "reference_accelerator", None) or "")
        if isinstance(workload, TrainingRun):
            return run_verdict(
                workload,
                self.catalog.accelerators[accelerator],
                count,
                model=known_model if isinstance(known_model, LanguageModel) else None,
                reference=reference,
                constants=self.constants,
            )
        return size(
            workload,
            self.catalog.accelerators[accelerator],
            count,
            model=known_model if isinstance(known_model, LanguageModel) else None,
            reference=reference,
            constants=self.constants,
            derating=(getattr(workload, "derating", None) or self.scenario.derating),
        )
