"""Which fields of a scenario a cause is about: paths with `*` for any part, by the family of the cause."""

from fnmatch import fnmatchcase

from planner.analysis.infeasible.levers import Lever
from planner.domain.records import Cause

DELIVERY = (
    "lead_times.*",
    "offers.*.lead_*",
    "own.*.lead_months",
    "*.available_from",
    "releases.*",
    "workloads.*.start*",
)
"""When something is there, and when it is needed."""
AT_ONCE = ("caps.*", "spot_caps.*", "reserved_caps.*", "cap_groups.*", "offers.*.max_nodes", "own.*.max_*")
"""How much can be had at once."""
OF_FAMILY: dict[str, tuple[str, ...]] = {
    "budget": ("budget_total_usd", "budget_per_year_usd"),
    "carbon": ("carbon.max_tonnes_per_year",),
    "region": ("*regions",),
    "country": ("*countries",),
    "provider": ("*clouds", "*hosted_apis"),
    "vendor": ("*vendors",),
    "accelerator": ("*accelerators",),
    "memory": ("*.min_accelerator_memory_gb", "*.precisions"),
    "latency": ("*.latency", "*.ttft_ms", "*.tpot_ms"),
    "precision": ("*.precisions",),
    "spot": ("*.max_spot_share",),
    "context": ("*.input_tokens", "*.output_tokens"),
    "contract": ("contracts",),
    "term": ("max_term_months",),
    "price_age": ("max_price_age_months",),
    "gang": ("*.deadline*", "*.earliest*", "*.max_accelerators", "*.min_accelerators", "*.cluster_sizes"),
    "residency": ("*.residency*",),
    "share": ("max_share_per_provider",),
    "availability": ("availability.*", "*.survive", "standing_reserve"),
    "market": AT_ONCE,
    "lead": DELIVERY,
}
"""Limits that a cause of a family is about unless it says so itself."""


def about(cause: Cause) -> tuple[str, ...]:
    """Paths that a cause is about."""
    return cause.limits or OF_FAMILY.get(cause.family, ())


def speaks_of(cause: Cause, lever: Lever) -> bool:
    """Whether a cause names a limit already: of the same family and workload, at one of its paths.

    That too little can be had at once names none: what is short may be caps, dates or quantities.
    """
    if lever.workload is not None and cause.workload not in (None, lever.workload):
        return False
    path = ".".join(map(str, lever.path))
    return cause.family == lever.family != "market" and any(fnmatchcase(path, pattern) for pattern in about(cause))
