"""What a plan embeds of what it was computed from: options, caps, fits, rejections, the scenario."""

from typing import Any, Literal

from planner.domain.fields import Strict
from planner.domain.options import Action, CapKind
from planner.domain.records.plan_records_own import FigureRecord


class RejectionRecord(Strict):
    workload: str
    option: str
    bottleneck: str
    needed: str
    offered: str


class Alternative(Strict):
    """An option that fits and was not taken."""

    workload: str
    option: str
    contract: str
    usd_per_unit: float
    best_usd_per_unit: float
    dearer_fraction: float
    unit: str
    reason: str = ""
    """Why it was not taken, where a unit costs less on it when it is always busy."""


class FitRecord(Strict):
    """How an option of the plan serves a workload; rates are planned rates, per node and hour."""

    workload: str
    mode: Literal["", "fallback"] = ""
    option: str
    rate_per_node_hour: float
    replica_nodes: float
    spot_lost_fraction: float
    precision: str
    tensor_parallel: int
    pipeline_parallel: int
    batch: int
    ttft_ms: float
    tpot_ms: float
    basis: str
    derivation: tuple[tuple[str, float, str], ...] = ()
    rate_low_per_node_hour: float | None = None
    """The rate if sizing errs as in the worst tenth of measurements; a measured rate is what it is."""
    rate_high_per_node_hour: float | None = None
    """The same for the best tenth."""


class OptionRecord(Strict):
    """Every option the plan uses with its full price, as the program saw it."""

    option: str
    action: Action
    pool: str
    provider: str
    region: str
    country: str
    node_type: str
    accelerator: str | None
    accelerators_per_node: int
    contract: str
    list_price_usd: float
    """Per node-hour with everything upfront included for catalog rows; 0 for hosted APIs."""
    list_price_input_usd_per_mtok: float = 0.0
    list_price_output_usd_per_mtok: float = 0.0
    list_price_cached_usd_per_mtok: float = 0.0
    list_price_input_batch_usd_per_mtok: float = 0.0
    list_price_output_batch_usd_per_mtok: float = 0.0
    """Cached input and batch prices of a hosted API, 0 where it has none."""
    list_price_usd_per_unit: float = 0.0
    """Of a hosted API that is paid per `priced_unit` (image, second, request), not per token."""
    priced_unit: str = ""
    discount_fraction: float
    change_per_year: float
    upfront_usd: float = 0.0
    """List upfront per node."""
    usd_per_hour: float = 0.0
    """List recurring price per node-hour."""
    term_periods: int = 0
    lead_periods: int = 0
    min_nodes: int = 0
    max_nodes: int | float | None = None
    """Of a savings plan: dollars an hour."""
    exact_nodes: int | None = None
    block_hours: float = 0.0
    """Length of a block of fixed dates; 0 for what is none."""
    period_share: float = 1.0
    """Share of its period that a block shorter than one is there."""
    groups: tuple[str, ...] = ()
    interruptions_per_month: float = 0.0
    generation: str = ""
    """Name of the announced generation that does the work of this node type, or empty."""
    today_usd_per_hour: float = 0.0
    today_upfront_usd: float = 0.0
    """List prices of the contract that it succeeds, of which its own are a part."""
    zone: str = ""
    vendor: str = ""
    delivery: Literal["node", "container", "batch"] = "node"
    price_path: str = ""
    """Name of the path of `inputs.price_paths` its price follows, or empty."""
    kw_per_node: float | None = None
    """Power under load at the meter of the node, without the building's."""
    g_per_kwh: float | None = None
    """Carbon intensity of its electricity; None if unknown."""
    source: str
    as_of: str
    basis: str
    price_row: str


class CapRecord(Strict):
    """A cap that the plan had to respect, over all options that name the group."""

    name: str
    max_nodes: float | None
    max_accelerators: float | None
    counts: Literal["running", "live"]
    """`running`: nodes paid by the hour; `live`: those and commitments in service."""
    assumed: bool
    kind: CapKind | None = None
    """What it limits: what a provider has, a `cap_groups` entry, an inline offer, servers to buy for a site."""
    of: str = ""
    """The provider, the group, the offer, or site and server."""
    accelerator: str | None = None
    """The one accelerator that it counts; None = all nodes."""
    contract: str | None = None
    """`on_demand`, `spot`, `commitment` or `capacity_block`, where it limits one of them."""


class Inputs(Strict):
    """Every fact the plan rests on."""

    options: tuple[OptionRecord, ...]
    fits: tuple[FitRecord, ...]
    caps: tuple[CapRecord, ...]
    accelerators: dict[str, dict[str, Any]] = {}
    language_models: dict[str, dict[str, Any]] = {}
    constants: dict[str, float] = {}
    profiles: dict[str, tuple[float, ...]] = {}
    figures: dict[str, tuple[FigureRecord, ...]] = {}
    """What is known of each `site:NAME` and `server:LABEL` that may be owned."""
    price_paths: dict[str, tuple[tuple[float, float], ...]] = {}
    """(months from the start, factor), of the paths in use."""
    pue: float = 1.0
    """Power of the building per power of the nodes, for emissions."""


class Facts(Strict):
    solver: str
    version: str
    columns: int
    rows: int
    integers: int
    catalog_rows_considered: int
    catalog_rows_too_old: int
    oldest_price_as_of: str
    newest_price_as_of: str = ""
    """Of the whole catalog: the day at which ages are reckoned; empty if the catalog has no prices."""
    options_considered: int
    options_in_program: int
    assumptions: tuple[str, ...] = ()
    marketplaces: tuple[str, ...] = ()
    """Providers of the plan that are marketplaces: others' nodes, which nobody guarantees."""
