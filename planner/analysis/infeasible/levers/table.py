"""Every limit that a scenario may state: where it stands, which family of causes it belongs to, what it is called, its unit, and
the value with which it limits nothing. A new limit is a line here."""

from planner.analysis.infeasible.levers import computed
from planner.analysis.infeasible.levers.levers import ASSUMED, FILTER
from planner.analysis.infeasible.levers.rows import Budget, Each, LimitField, Month, Number, Only, Row, Switch, share
from planner.domain.scenario import InstanceOffer
from planner.domain.workloads import Batch, Inference, TrainingRun

FILTERS = {
    "clouds": "provider",
    "regions": "region",
    "countries": "country",
    "vendors": "vendor",
    "accelerators": "accelerator",
}
"""Filters that scenario and workloads have, and the bottleneck they make: a field of options too."""

_ALLOWED: tuple[Row, ...] = (
    *(LimitField(f, family, f"`{f}`{{whose}}", "", None, FILTER, True) for f, family in FILTERS.items()),
    LimitField("hosted_apis", "provider", "`hosted_apis`", rank=FILTER),
)
_MONEY: tuple[Row, ...] = (
    Budget("budget_total_usd", "budget", "the budget of the whole horizon", vector="total"),
    Budget("budget_per_year_usd", "budget", "the budget per plan-year", vector="year"),
    Budget("budget_per_period_usd", "cash", "the budget per period", vector="period"),
    Budget("budget_upfront_per_year_usd", "cash", "the upfront payments per plan-year", vector="upfront"),
)
_CARBON: tuple[Row, ...] = (
    Budget("max_tonnes_per_year", "carbon", "the cap on emissions per plan-year", "t CO2e", vector="carbon"),
)
_CASH: tuple[Row, ...] = (
    Budget("at_hand_usd", "cash", "the cash at hand", vector="runway"),
    Number("minimum_usd", "cash", "the least cash that must be left", "USD", 0.0, digits=2),
)
_ANY = "any number instead of exactly {now}"
_CONTRACT: tuple[Row, ...] = (
    Number("max_nodes", "market", "the most nodes of `{name}` {kind}", "nodes"),
    Switch("exact_nodes", "commitment", "the fixed quantity of `{name}` {kind}", "nodes", words=_ANY),
    Number("min_nodes", "commitment", "the least quantity of `{name}`", "nodes", 1),
    Number("lead_periods", "lead", "what delivery of `{name}` takes", "periods", 0),
    Number("lead_months", "lead", "what delivery of `{name}` takes", "months", 0),
)
_FROM = Month("available_from", "lead", "the month from which `{name}` can be had")
_OFFER: tuple[Row, ...] = (
    Number("max_nodes", "market", "the most nodes of `{name}`", "nodes"),
    Each("contracts", _CONTRACT),
    _FROM,
)
_GROUP: tuple[Row, ...] = (
    Number("max_nodes", "market", "the cap of the group `{name}`", "nodes"),
    Number("max_accelerators", "market", "the cap of the group `{name}`", "accelerators"),
)
_RELEASE: tuple[Row, ...] = (
    Month("month", "lead", "the release of {accelerator}"),
    Number("period", "lead", "the release of {accelerator}", "period", 0),
)
_SITE: tuple[Row, ...] = (
    Number("max_mw", "facility", "the most power at `{name}`", "MW", drop=True, digits=6),
    Number("min_kw", "facility", "the least power of a contract at `{name}`", "kW", 0),
    Switch("required", "facility", "that `{name}` must be opened", "", False, FILTER, words="may stay closed"),
    Number("lead_months", "lead", "what delivery of `{name}` takes", "months", 0),
    _FROM,
)
_SERVER: tuple[Row, ...] = (
    Number("max_servers", "facility", "the most servers of `{name}`", "servers"),
    Switch("sites", "facility", "where `{name}` may stand", rank=FILTER, words="everywhere"),
    Number("lead_months", "lead", "what delivery of `{name}` takes", "months", 0),
    _FROM,
)
_RUN: tuple[Row, ...] = (
    computed.window,
    Number("max_accelerators", "gang", "the largest cluster of `{name}`", "accelerators", drop=True),
    Number("min_accelerators", "gang", "the smallest cluster of `{name}`", "accelerators", 1),
    Switch("cluster_sizes", "gang", "the cluster sizes of `{name}`", rank=FILTER, words="any size"),
    Switch("interconnect", "gang", "the interconnect of `{name}`", "", "any", FILTER, words="any"),
    Switch(
        "interruptible",
        "gang",
        "that one cluster is held together for `{name}`",
        "",
        True,
        ASSUMED,
        words="may stop and move",
    ),
)
_FALLBACK: tuple[Row, ...] = (
    share("share", "fallback", "the share of `{name}` that may fall back", 1.0),
    Switch("when", "fallback", "that `{name}` falls back in spikes only", "", "always", FILTER, words="always"),
)
_PRICED = "that only providers with a price for its data may serve `{name}` "
_LEFT_OUT = "left out until a price is stated"
_WORKLOAD: tuple[Row, ...] = (
    computed.residency,
    computed.spot,
    share("survive", "availability", "the share of `{name}` that must survive", 0.0),
    Each("unserved", [share("max_fraction", "demand", "the share of `{name}` that may stay unserved", 1.0)]),
    computed.memory_of_reference,
    Number(
        "min_accelerator_memory_gb", "memory", "the least memory of an accelerator for `{name}`", "GB", 0.0, digits=3
    ),
    computed.precisions,
    Switch("egress_gb_per_unit", "data", _PRICED + "(`egress_gb_per_unit`)", "", 0.0, ASSUMED, words=_LEFT_OUT),
    Switch("storage_gb", "data", _PRICED + "(`storage_gb`)", "", 0.0, ASSUMED, words=_LEFT_OUT),
    Only((Inference, Batch), [computed.context]),
    Only((Inference,), [computed.latency, Each("fallback", _FALLBACK)]),
    Only((TrainingRun,), _RUN),
)
LIMITS: tuple[Row, ...] = (
    *_MONEY,
    Each("carbon", _CARBON),
    Each("cash", _CASH),
    computed.caps,
    Each("cap_groups", _GROUP),
    Each("offers", [Only((InstanceOffer,), _OFFER)]),
    Each("quotes", [Number("min_nodes", "commitment", "the least quantity of the quote of {provider}", "nodes", 1)]),
    Each("lead_times", [Number("months", "lead", "what delivery takes", "months", 0)]),
    Each("releases", _RELEASE),
    computed.assumed_caps,
    Each("own", [Each("sites", _SITE), Each("servers", _SERVER)]),
    share("max_share_per_provider", "share", "the largest share of one provider", 1.0, drop=True),
    Number("max_providers", "providers", "the most providers in use", "providers", drop=True),
    Number("max_pools", "pools", "the most pools in use", "pools", drop=True),
    Number("max_signings_per_year", "signings", "the most contracts signed in a plan-year", "signings", drop=True),
    Switch("min_line_usd", "lines", "the smallest worth of a line", words="no smallest line"),
    share("standing_reserve", "availability", "the standing reserve", 0.0),
    computed.failures,
    Each("workloads", _WORKLOAD),
    *_ALLOWED,
    Each("workloads", _ALLOWED),
    LimitField("contracts", "contract", "`contracts`", rank=FILTER),
    Number("max_term_months", "term", "the longest term", "months", drop=True, digits=0),
    computed.price_age,
)
"""All of them; of limits of one rank the first should rather give way."""
