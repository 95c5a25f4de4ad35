"""What a person decided about sellers: whose prices are one list, what is sold where, and what may not be used.

Plain text blocks, one entry a line; `curate_evidence.py` applies them.
"""

from curate_cells import entries

SAME_SELLER = {"packet.ai": "packet-ai"}
"""Names of the facts that are no id."""

EXCHANGES = {"sfcompute"}
"""Sellers whose price is what the market says at the hour: an average of it is their offer."""

REGIONAL = {"aws", "azure", "gcp", "oci", "vast", "latitude", "excesssupply"}
"""Sellers whose prices differ by region; of all others one list holds everywhere, and its newest issue is what holds."""

# seller | in the source | from (date)
FORBIDDEN = """
*    | shadeform              | 2026-08-06
*    | Shadeform              | 2026-08-06
vast | vast                   | 2026-09-01
vast | compute-screener       | 2026-09-01
vast | console.vast.ai        | 2026-09-01
vast | lantern-works          | 2026-09-01
"""


def forbidden(provider: str, source: str, date: str) -> bool:
    """Whether the terms of the source, as known at that date, keep its prices out of a data set."""
    return any(who in ("*", provider) and word in source and date >= since for who, word, since in entries(FORBIDDEN))


# seller | accelerator (and contract, if of one) or instance, * = all | how it can be had | fewest nodes | why, who says so
ACCESS = """
crusoe    | h100-sxm-80gb  | reservation | 1  | by reservation only (Crusoe support article 51755978765467, 2026)
crusoe    | a100-sxm-80gb  | reservation | 1  | by reservation only (Crusoe support article 51755978765467, 2026)
crusoe    | mi300x         | reservation | 1  | by reservation only (Crusoe support article 51755978765467, 2026)
coreweave | gb200-4x       | open        | 18 | sold in whole racks of 18 nodes (CoreWeave instance table, 2026-10-04)
together  | b200-sxm-180gb commitment     | open | 32 | reserved from 256 accelerators on (price page of 2026-09-27)
together  | b200-sxm-180gb capacity_block | open | 32 | reserved from 256 accelerators on (price page of 2026-09-27)
together  | h200-sxm-141gb commitment     | open | 32 | reserved from 256 accelerators on (price page of 2026-09-27)
latitude  | *              | sold_out    | 1  | out of stock in every region (price list of 2026-10-10)
ovh       | h200-sxm-141gb | sold_out    | 1  | fully allocated (ovh/public-cloud-roadmap#1166, 2026-06-22)
packet-ai | b200-sxm-180gb | waitlist    | 1  | waitlist (packet.ai, 2026)
azure     | gb200-186gb    | reservation | 1  | a price is published, access is by agreement
"""

_GTC_2026 = (
    "https://worldnl.com/nvidia-updates-data-center-roadmap-with-rosa-cpu-and-stacked-feynman-gpus-optical-nvlink-groq-lpus-"
    "w-323066.html"
)
_GTC_2025 = (
    "https://kitguru.net/components/graphic-cards/joao-silva/nvidia-unveils-new-data-centre-gpu-roadmap-at-gtc-2025"
)
_RUBIN_ULTRA = f"{_GTC_2025}; {_GTC_2026}"
_CES_2026 = (
    "https://www.tweaktown.com/news/109576/amd-confirms-next-gen-instinct-mi500-ai-accelerator-uses-cdna-6-tsmc-2nm-hbm4e/"
    "index.html"
)
_REPLACED = "h100-sxm-80gb h200-sxm-141gb b200-sxm-180gb b300-sxm-270gb gb200-186gb gb300-288gb"
# name | vendor | accelerators whose work it does | month | price path | source | seen | why this month
SUCCESSORS = f"""
Rubin Ultra | NVIDIA | {_REPLACED} | 2028-08 | price-performance | {_RUBIN_ULTRA} | 2026-03 | announced for 2027
Feynman | NVIDIA | {_REPLACED} | 2029-08 | price-performance | {_GTC_2026} | 2026-03 | announced for 2028
Instinct MI500 | AMD | mi300x mi325x mi350x mi355x | 2028-08 | price-performance | {_CES_2026} | 2026-01-06 | announced for 2027
"""
RENTED_LATER = (
    "assumed to be rented and delivered from 7 months after the announced time is over, as B200 was (launched 2024-11, first month "
    "of its index of rents 2025-06)"
)
"""Why a generation counts only from so long after what its maker says."""

ENDED = {
    "fluidstack": "its public price list ended (seen 2026-10-05)",
    "voltagepark": "its public price list ended: contact for pricing (seen 2026-10-05)",
}

# seller | word for its unit in the newest list: price per accelerator, whatever the node
PER_ACCELERATOR = {"nebius", "verda", "hyperstack", "crusoe", "massedcompute", "scaleway"}
"""Sellers that sell nodes of several accelerators at a price per accelerator: an older node type takes the newest price."""

BOARDS = {"together"}
"""Sellers that print a price per accelerator and sell whole boards of eight (HGX)."""

REPEATED = {"lambda"}
"""Sellers whose old lists print every type in every region they have, whether or not it is sold there."""
