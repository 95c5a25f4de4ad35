"""What may be owned: do names exist, is every figure known, and can what is bought ever be of use?"""

from collections.abc import Iterator
from itertools import pairwise

from planner.domain.fields import wrong_country
from planner.domain.inputs import Catalog
from planner.domain.scenario import ColocationSite, Own, Scenario, Server
from planner.domain.time import Horizon, PeriodLengths, periods_of
from planner.errors import did_you_mean
from planner.inputs.source import KeyPath, MistakeLog
from planner.market import KW_PER_MW, AnySite, ServerDesk, SiteDesk, roundings
from planner.units import HOURS_PER_MONTH

_OWN = "own"


def check_own_names(scenario: Scenario, log: MistakeLog) -> None:
    """Countries, places, and names of sites and workloads, as far as the scenario itself knows them."""
    own = scenario.own
    if own is None:
        return
    names = {site.name for site in own.sites}
    for i, site in enumerate(own.sites):
        path: KeyPath = (_OWN, "sites", i)
        if site.country and (wrong := wrong_country(site.country)):
            log.say(wrong[0], (*path, "country"), wrong[1], "country")
        elif site.place and site.country and site.place.split("-")[0] != site.country:
            what = f"`{site.place[:40]}` is not a place of `{site.country}`"
            log.say(
                what, (*path, "place"), f"a place is the country or a part of it, such as `{site.country}`", "country"
            )
        if isinstance(site, ColocationSite) and site.max_mw is not None and site.min_kw > site.max_mw * KW_PER_MW:
            what = f"the least power of a contract, {site.min_kw:g} kW, is more than the site has, {site.max_mw:g} MW"
            log.say(what, (*path, "min_kw"), "lower `min_kw`, or raise `max_mw`", "rule")
    workloads = {workload.name for workload in scenario.workloads}
    for i, server in enumerate(own.servers):
        path = (_OWN, "servers", i)
        for j, name in enumerate(server.sites or ()):
            if name not in names:
                remedy = did_you_mean(name[:60], names) or f"sites are {', '.join(sorted(names))[:200]}"
                log.say(f"unknown site `{name[:60]}`", (*path, "sites", j), remedy, "unknown_name")
        for name in server.throughput:
            if name not in workloads:
                remedy = did_you_mean(name[:60], workloads) or f"workloads are {', '.join(sorted(workloads))[:200]}"
                log.say(
                    f"unknown workload `{name[:60]}`", (*path, "throughput", name), remedy, "unknown_name", key=True
                )
        _curve(server, path, log)


def _curve(server: Server, path: KeyPath, log: MistakeLog) -> None:
    """Points of a residual curve: from the price when new at month 0, later and lower from point to point."""
    points = server.residual_curve
    if points is None or isinstance(points, str):
        return
    where, remedy = (*path, "residual_curve"), "points are [months, share], such as [[0, 100%], [12, 70%], [48, 20%]]"
    if points[0][0] != 0:
        log.say("a residual curve begins at month 0", (*where, 0), remedy, "rule")
    for j, (before, after) in enumerate(pairwise(points)):
        if after[0] <= before[0]:
            log.say(f"month {after[0]:g} does not come after month {before[0]:g}", (*where, j + 1), remedy, "rule")
        elif after[1] > before[1]:
            log.say(f"a share that rises from {before[1]:g} to {after[1]:g}", (*where, j + 1), remedy, "rule")


def check_own_figures(scenario: Scenario, lengths: PeriodLengths | None, catalog: Catalog, log: MistakeLog) -> None:
    """Figures that nobody has, and times within which nothing can be of use. Names of accelerators are ids by now."""
    own = scenario.own
    if own is None:
        return
    if lengths is not None and lengths.hours_per_period is None:
        lengths = None  # refused where lengths are checked
    for i, site in enumerate(own.sites):
        path: KeyPath = (_OWN, "sites", i)
        if site.name in catalog.providers:
            log.say(
                f"site `{site.name}` is called like a provider", (*path, "name"), "give it a name of its own", "rule"
            )
        known_place = _known_place(site, catalog, path, log)
        desk = SiteDesk(site, scenario, catalog)
        desk.offer()
        for missing in desk.take.missing:
            if missing.key != "usd_per_kwh" or known_place:
                log.say(missing.what, path, _remedy(missing.key, site), "no_figure")
        if lengths is not None:
            _site_in_time(site, desk.lead_months, scenario, lengths, path, log)
    for i, server in enumerate(own.servers):
        if server.accelerator is None or server.accelerator in catalog.accelerators:
            _server(server, own, catalog, lengths, (_OWN, "servers", i), log)


def _known_place(site: AnySite, catalog: Catalog, path: KeyPath, log: MistakeLog) -> bool:
    """Whether the place is one of the catalog, not needed, or not given."""
    places = {tariff.place for tariff in catalog.ownership.electricity_tariffs if tariff.default}
    if site.usd_per_kwh is not None or not site.place or site.place in places:
        return True
    near = did_you_mean(site.place[:60], places)
    remedy = near or f"give `usd_per_kwh`; tariffs are known of {', '.join(sorted(places))[:300] or 'no place'}"
    log.say(f"no electricity tariff of `{site.place[:60]}`", (*path, "place"), remedy, "unknown_name")
    return False


def _remedy(key: str, site: AnySite) -> str:
    if key == "usd_per_kwh" and not site.country and not site.place:
        return "give `usd_per_kwh`, or the `country` or `place` whose tariff applies"
    return f"give `{key}`"


def _site_in_time(
    site: AnySite, lead_months: float, scenario: Scenario, lengths: PeriodLengths, path: KeyPath, log: MistakeLog
) -> None:
    """Power must come within the horizon: of a site that may be signed at its start, and of one that must be opened."""
    horizon = horizon_of(lengths)
    ready = lead_months * HOURS_PER_MONTH
    whole = sum(lengths.hours)
    given = "lead_months" if site.lead_months is not None else "name"
    if ready > whole - lengths.hours[-1] + 1e-6:
        what = (
            f"{lead_months:g} months from signing to power leave `{site.name}` no period of service within"
            f" {whole / HOURS_PER_MONTH:g} months"
        )
        log.say(what, (*path, given), "lengthen the horizon, or shorten `lead_months`", "window")
        return
    first = horizon.first_from(site.available_from) if site.available_from and scenario.start else 0
    begins = sum(lengths.hours[:first])
    if site.required and begins + ready > whole - lengths.hours[-1] + 1e-6:
        what = f"`{site.name}` is required, but from {site.available_from} on it cannot have power within the horizon"
        log.say(what, (*path, "required"), "let it be signed earlier, or lengthen the horizon", "window")


def _server(
    server: Server, own: Own, catalog: Catalog, lengths: PeriodLengths | None, path: KeyPath, log: MistakeLog
) -> None:
    curves = {curve.id for curve in catalog.ownership.residual_curves}
    if isinstance(server.residual_curve, str) and server.residual_curve not in curves:
        name = server.residual_curve[:60]
        remedy = (
            did_you_mean(name, curves) or f"curves are {', '.join(sorted(curves)) or 'not in the catalog: give points'}"
        )
        log.say(f"unknown residual curve `{name}`", (*path, "residual_curve"), remedy, "unknown_name")
        server = server.model_copy(update={"residual_curve": ((0.0, 1.0), (12.0, 0.0))})
    desk = ServerDesk(server, own, catalog)
    named = "name" if server.accelerator is None else "accelerator"
    for missing in desk.take.missing:
        log.say(missing.what, (*path, named), f"give `{missing.key}`", "no_figure")
    lacking = {missing.key for missing in desk.take.missing}
    for j, months in enumerate(server.keep_months or ()):
        if months > desk.life + 1e-9 and "life_months" not in lacking:
            what = f"kept {months:g} months, but the economic life is {desk.life:g}"
            log.say(what, (*path, "keep_months", j), "lower it, or give a longer `life_months`", "rule")
    whole = 0.0 if lengths is None else sum(lengths.hours)
    if lengths is not None and desk.lead_months * HOURS_PER_MONTH > whole - lengths.hours[-1] + 1e-6:
        what = (
            f"{desk.lead_months:g} months of delivery leave `{server.label}` no period of service within"
            f" {whole / HOURS_PER_MONTH:g} months"
        )
        given = "lead_months" if server.lead_months is not None else named
        log.say(what, (*path, given), "lengthen the horizon, or shorten `lead_months`", "window")


def horizon_of(lengths: PeriodLengths) -> Horizon:
    """The horizon without load slices."""
    return periods_of(lengths.hours, lengths.starts, [()] * len(lengths.hours))


def own_notes(scenario: Scenario, lengths: PeriodLengths, catalog: Catalog) -> Iterator[str]:
    """What was rounded to whole periods, once for each site and server."""
    own = scenario.own
    if own is None:
        return
    desks = {site.name: SiteDesk(site, scenario, catalog) for site in own.sites}
    power = [desks[name].offer().power for name in desks]
    first = desks[own.sites[0].name]
    servers = [option for server in own.servers for option in ServerDesk(server, own, catalog).options(first)]
    for found in dict.fromkeys(roundings((*power, *servers), horizon_of(lengths))):
        kind, label = ("servers", found.server) if found.server else ("sites", found.site)
        yield f"own.{kind}.{label}: {found.words}"
