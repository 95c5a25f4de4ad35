"""Which figures each kind of owned cash rests on, and so who says how much it is."""

from collections import defaultdict
from typing import Literal, NamedTuple

from planner.domain.options import OWNED
from planner.domain.records import ChargeRecord, FigureRecord, Plan, PlanLine

Thing = Literal["site", "server", "power"]

_ENGINEERS = ("staff_usd_per_server_year", "servers_per_fte", "engineer_usd_per_year")
_RATED = ("nameplate_kw", "draw_fraction")
_OF_POWER = ("capex_usd_per_mw", "fit_out_usd_per_kw")

FIGURES: dict[str, tuple[tuple[Thing, tuple[str, ...]], ...]] = {
    "servers": (("server", ("price_usd", "discount")),),
    "network": (("server", ("network_fraction", "price_usd", "discount")),),
    "storage nodes": (("server", ("storage_fraction", "price_usd", "discount")),),
    "spares": (("server", ("spare_fraction", "price_usd", "discount")),),
    "sales tax": (("site", ("sales_tax_fraction",)),),
    "fit-out": (("site", ("fit_out_usd_per_kw",)),),
    "building": (("site", ("capex_usd_per_mw",)),),
    "rent": (("site", ("rent_usd_per_kw_month", "rent_rise_per_year")),),
    "site": (("site", ("setup_usd", "land_and_development_usd")),),
    "team": (("site", ("team_usd_per_year", "team_fte", "site_staff_fte", "engineer_usd_per_year")),),
    "energy": (("site", ("usd_per_kwh", "pue")), ("server", _RATED)),
    "energy of work": (("site", ("usd_per_kwh", "pue")), ("server", _RATED)),
    "staff": (("server", _ENGINEERS), ("power", ("staff_usd_per_mw_year",))),
    "maintenance": (("server", ("maintenance_fraction_per_year", "price_usd")), ("power", _OF_POWER)),
    "software": (("server", ("software_usd_per_accelerator_year",)),),
    "tax and insurance": (
        ("site", ("tax_and_insurance_fraction_per_year",)),
        ("server", ("price_usd",)),
        ("power", _OF_POWER),
    ),
    "sale": (("power", ("reuse_fraction", "capex_usd_per_mw", "life_months")),),
}
"""By kind of cash: figures of the site, of the server, and of the power of the site if that is what is paid for."""

RESALE = "resale_at_"
"""How the names of the points of a residual curve begin."""

UNLISTED = frozenset({"derived", "estimated", "assumed"})
"""Bases of figures that nobody published as they are."""


class Rest(NamedTuple):
    """Money, and the weakest it rests on."""

    kind: str
    usd: float
    weak: bool
    oldest: str
    """Of the weak figures; empty if there are none."""


def figures_of(plan: Plan, kind: str, site: str, option: str) -> tuple[FigureRecord, ...]:
    """The figures behind a kind of cash of a site, of one of its servers or of its power (`option`), the first says most."""
    label = {record.option: record.node_type for record in plan.inputs.options}.get(option, "")
    server = plan.inputs.figures.get(f"server:{label}")
    known: dict[Thing, tuple[FigureRecord, ...]] = {"site": plan.inputs.figures.get(f"site:{site}", ())}
    known["server" if server is not None else "power"] = server if server is not None else known["site"]
    found = [
        figure
        for thing, names in FIGURES.get(kind, ())
        for name in names
        for figure in known.get(thing, ())
        if figure.name == name
    ]
    if kind == "sale" and server is not None:
        found = [figure for figure in server if figure.name.startswith(RESALE) or figure.name == "price_usd"]
    return tuple(found)


def owned_charges(plan: Plan) -> list[ChargeRecord]:
    """Charges of what is owned: running costs, teams, sales."""
    sites = {site.site for site in plan.sites}
    return [charge for charge in plan.charges if charge.provider in sites and charge.kind in FIGURES]


def rests(plan: Plan) -> list[Rest]:
    """All money of lines and of owned charges within the horizon, in parts that rest on the same figures."""
    lines = [part for line in plan.lines for part in _of_line(plan, line)]
    inside = len(plan.horizon.periods)
    sums: dict[tuple[str, str, str], float] = defaultdict(float)
    for charge in owned_charges(plan):
        if charge.period < inside and charge.usd > 0:
            sums[charge.kind, charge.provider, charge.option] += charge.usd
    return [*lines, *(_rest(plan, kind, site, option, usd) for (kind, site, option), usd in sums.items())]


def _of_line(plan: Plan, line: PlanLine) -> list[Rest]:
    if line.action not in OWNED:
        weak = line.price_basis in UNLISTED
        return [Rest(line.action, line.total_usd, weak, line.price_as_of if weak else "")]
    if line.action == "lease":
        parts = {"rent": line.total_usd - line.upfront_usd, "fit-out": line.upfront_usd}
    else:
        parts = capital_of(plan, line)
    return [_rest(plan, kind, line.provider, line.option, usd) for kind, usd in parts.items() if usd]


def capital_of(plan: Plan, line: PlanLine) -> dict[str, float]:
    """Capital of a purchase by kind; all of it as one if the plan does not say."""
    for asset in plan.assets:
        if (asset.option, asset.signed_index) == (line.option, line.signed_index):
            return dict(asset.capital_by_kind)
    return {"servers" if line.action == "buy" else "building": line.total_usd}


def _rest(plan: Plan, kind: str, site: str, option: str, usd: float) -> Rest:
    weak = [figure for figure in figures_of(plan, kind, site, option) if figure.basis in UNLISTED]
    return Rest(kind, usd, bool(weak), min((figure.as_of for figure in weak), default=""))
