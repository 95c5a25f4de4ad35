"""What was read after the facts were collected: price lists of sellers, and how much they are known to have had for one customer.

Plain text blocks, one entry a line, each with its source.
"""

from collections.abc import Iterator
from typing import NamedTuple

from curate_cells import Row, entries, number

_OBSERVATORY = "getcomputable/gpu-index:tests/fixtures/observatory"
_CIVO = f"{_OBSERVATORY}/civo/pricing_excerpt.html@055204ad (https://www.civo.com/pricing)"
_ORACLE = f"{_OBSERVATORY}/oracle/products_usd.json@38e515c0 (Oracle's product list of 2026-08-14)"
_READ = "2026-09-27"


def _terms(page: str) -> str:
    """A catalog of committed prices that its author read by hand on that day, each on its seller's page."""
    return f"nativ-x/fsku:fsku/sync/term_catalog.py@9751637f ({page})"


class PriceList(NamedTuple):
    """What a seller asks at one place."""

    seller: str
    region: str
    source: str
    seen: str
    plan: str
    """The seller's word for its contract; {term} stands for the months."""
    terms: str
    """Months of the columns of prices; od = on demand."""
    lines: str
    """instance | accelerator | of so many | USD an hour, for each of the columns | note"""
    per_node: bool = False
    """Whether prices are of a node; else of an accelerator."""


_AZURE = _terms("https://prices.azure.com/api/retail/prices")
_FORM = "form factor not stated: taken as PCIe"
_RESERVED = "reservation: the price of the whole term over its hours, upfront or monthly alike"
LISTS = (
    PriceList("civo", "all", _CIVO, "2026-08-22", "commitment", "od 6 12 24 36", f"""
L40S      | l40s           | 1 2 4 8 | 1.29 1.19 1.09 0.99 0.89 |
A100 40GB | a100-pcie-40gb | 1 2 4 8 | 1.09 0.99 0.89 0.79 0.69 | {_FORM}
A100 80GB | a100-pcie-80gb | 1 2 4 8 | 1.79 1.69 1.59 1.49 1.39 | {_FORM}
H100 SXM  | h100-sxm-80gb  | 1 8     | 2.99 2.79 2.69 2.59 2.49 |
H200 SXM  | h200-sxm-141gb | 1 8     | 3.49 3.29 3.19 3.09 2.99 |
B200      | b200-sxm-180gb | 8       | - - 4.49 3.99 3.79       |
"""),
    PriceList("civo", "all", _terms("https://www.civo.com/pricing"), _READ, "commitment", "od 12 24 36", """
B300      | b300-sxm-270gb | 8       | 7.49 6.49 5.99 5.49      |
"""),
    PriceList("gcore", "all", _terms("https://gcore.com/pricing/ai"), _READ, "reserve {term} months", "od 12 36", """
8x A100 SXM bare metal | a100-sxm-80gb  | 8 | 1.40 1.15 1.00 |
8x H100 SXM bare metal | h100-sxm-80gb  | 8 | 2.50 2.04 1.93 |
8x H200 SXM bare metal | h200-sxm-141gb | 8 | 3.00 2.30 2.20 |
8x B300 SXM bare metal | b300-sxm-270gb | 8 | 6.60 - -       |
"""),
    PriceList("cirrascale", "all", _terms("https://www.cirrascale.com/pricing"), _READ, "{term}-month reservation", "1 3 6 12", """
8x A100 80GB | a100-sxm-80gb  | 8 | 3.25 3.09 2.93 2.60 |
8x H100      | h100-sxm-80gb  | 8 | 4.28 4.07 3.85 3.43 |
8x H200      | h200-sxm-141gb | 8 | 4.54 4.31 4.08 3.63 |
8x B200      | b200-sxm-180gb | 8 | 5.99 5.69 5.39 4.79 |
"""),
    PriceList("digitalocean", "all", _terms("https://www.digitalocean.com/pricing/gpu-droplets"), _READ, "reserved", "12", """
gpu-h100x1-80gb     | h100-sxm-80gb  | 1 | 3.26 |
gpu-h100x8-640gb    | h100-sxm-80gb  | 8 | 3.26 |
GPU Droplet H200 x1 | h200-sxm-141gb | 1 | 3.40 |
GPU Droplet H200 x8 | h200-sxm-141gb | 8 | 3.40 |
GPU Droplet B300 x8 | b300-sxm-270gb | 8 | 7.94 |
"""),
    PriceList("paperspace", "all", _terms("https://www.paperspace.com/pricing"), _READ, "3-year commitment", "od 36", """
H100 | h100-sxm-80gb | 1 | 5.95 2.24 |
"""),
    PriceList("together", "all", _terms("https://www.together.ai/pricing"), _READ,
              "gpu cluster reservation up to {term} months", "3 6", """
GPU cluster HGX H200 | h200-sxm-141gb | 8 | 4.15 3.99 |
"""),
    PriceList("azure", "eastus", _AZURE, _READ, "reserved vm instance", "12 36 60", f"""
Standard_ND96amsr_A100_v4 | a100-sxm-80gb | 8 | 20.972831 14.418798 -        | {_RESERVED}
Standard_ND96isr_H100_v5  | h100-sxm-80gb | 8 | 62.924772 43.162481 39.32799 | {_RESERVED}
""", per_node=True),
    PriceList("azure", "eastus2", _AZURE, _READ, "reserved vm instance", "12 36", f"""
Standard_ND96isr_H200_v5 | h200-sxm-141gb | 8 | 46.521233 42.221918 | {_RESERVED}
""", per_node=True),
    PriceList("gcp", "us-central1", _terms("https://cloud.google.com/products/compute/pricing/accelerator-optimized"), _READ,
              "committed use discount", "12 36", """
a3-ultragpu-8g | h200-sxm-141gb | 8 | 58.471933 37.208421 |
a4-highgpu-8g  | b200-sxm-180gb | 8 | 88.9272   56.7072   |
""", per_node=True),
    PriceList("aws", "us-east-1", _terms("AWS price list of 2026-09-25"), _READ, "standard reserved instance", "12 36", """
p4de.24xlarge | a100-sxm-80gb | 8 | 17.40137 11.71777 |
""", per_node=True),
    PriceList("aws", "us-east-1", _terms("AWS price list of 2026-09-25"), _READ, "reserved instance", "36", """
p5.48xlarge | h100-sxm-80gb | 8 | 23.77728 | the 3-year instance savings plan costs the same
""", per_node=True),
    PriceList("aws", "us-east-1", _terms("AWS savings plans of 2026-09-25"), _READ, "ec2 instance savings plan", "12 36", """
p5.48xlarge      | h100-sxm-80gb  | 8 | 34.6752  -        |
p5en.48xlarge    | h200-sxm-141gb | 8 | 39.87648 27.34387 |
p6-b200.48xlarge | b200-sxm-180gb | 8 | -        49.21897 |
p6-b300.48xlarge | b300-sxm-270gb | 8 | -        61.52371 |
""", per_node=True),
    PriceList("aws", "us-east-1", _terms("AWS savings plans of 2026-09-25"), _READ, "savings plan", "12", """
p6-b200.48xlarge | b200-sxm-180gb | 8 | 89.72208 | compute savings plan
p6-b300.48xlarge | b300-sxm-270gb | 8 | 112.1526 | compute savings plan
""", per_node=True),
    PriceList("oci", "all-commercial-regions", _ORACLE, "2026-08-22", "", "od", """
BM.GPU2.2        | p100-16gb              | 2 | 1.275 |
VM.GPU2.1        | p100-16gb              | 1 | 1.275 |
BM.GPU3.8        | v100-sxm-16gb          | 8 | 2.95  |
VM.GPU3.1        | v100-sxm-16gb          | 1 | 2.95  |
VM.GPU3.2        | v100-sxm-16gb          | 2 | 2.95  |
VM.GPU3.4        | v100-sxm-16gb          | 4 | 2.95  |
BM.GPU4.8        | a100-sxm-40gb          | 8 | 3.05  |
VM.GPU.A10.1     | a10                    | 1 | 2     |
VM.GPU.A10.2     | a10                    | 2 | 2     |
BM.GPU.A10.4     | a10                    | 4 | 2     |
BM.GPU.A100-v2.8 | a100-sxm-80gb          | 8 | 4     |
BM.GPU.B200.8    | b200-sxm-180gb         | 8 | 14    |
BM.GPU.B300.8    | b300-sxm-270gb         | 8 | 15    |
BM.GPU.GB200.4   | gb200-186gb            | 4 | 16    |
BM.GPU.GB300.4   | gb300-288gb            | 4 | 18    |
BM.GPU.H100.8    | h100-sxm-80gb          | 8 | 10    |
BM.GPU.H200.8    | h200-sxm-141gb         | 8 | 10    |
BM.GPU.L40S.4    | l40s                   | 4 | 3.5   |
BM.GPU.MI300X.8  | mi300x                 | 8 | 6     |
BM.GPU.MI355X.8  | mi355x                 | 8 | 8.6   |
BM.GPU.RTXPRO.8  | rtx-pro-6000-blackwell | 8 | 4.5   |
"""),
)  # fmt: skip


def listed_rows() -> Iterator[Row]:
    """Prices of the lists, one a size of node and term; `file` as for the facts."""
    for prices in LISTS:
        for instance, accelerator, counts, row, note in entries(prices.lines):
            for term, price in zip(prices.terms.split(), row.split(), strict=True):
                for count in counts.split() if price != "-" else ():
                    yield _listed(prices, "" if term == "od" else term, price, note) | {
                        "instance": instance if len(counts.split()) == 1 else f"{count}x {instance}",
                        "accelerator": accelerator,
                        "count": count,
                        "price_usd_per_hour": number(float(price) * (1 if prices.per_node else int(count))),
                    }


def _listed(prices: PriceList, term: str, price: str, note: str) -> Row:
    """What one price of a list says, whatever it is of."""
    each = "" if prices.per_node else f"{price} USD per accelerator-hour"
    monthly = "payment schedule not stated; monthly assumed" if term and not prices.per_node else ""
    return {
        "provider": prices.seller,
        "region": prices.region,
        "contract": "commitment" if term else "on_demand",
        "plan": prices.plan.format(term=term) if term else "on demand",
        "term_months": term,
        "upfront_fraction": "0" if term else "",
        "basis": "listed",
        "source": prices.source,
        "checked_on": prices.seen,
        "note": "; ".join(filter(None, (each, note, monthly))),
        "file": "curate_read.py",
    }


_RAINIER = "https://cloudnews.tech/aws-launches-project-rainier-one-of-the-worlds-largest-ai-brains"
_ABILENE = (
    "https://www.tomshardware.com/pc-components/gpus/oracle-has-reportedly-placed-an-order-for-usd40-billion-in-nvidia-ai-gpus-"
    "for-a-new-openai-data-center"
)
_FORBES = (
    "https://am1.news/usconservative/topic/forbes/6-slug-how-coreweaves-gpu-bet-made-four-risk-loving-cryptominers-ai-"
    "billionaires"
)
_MICROSOFT = "https://parameter.io/microsoft-msft-stock-company-secures-100000-nvidia-chips-through-nebius-deal"
_LAMBDA = "https://cxoxperts.com/?p=5756"
_GB200 = "https://www.together.ai/blog/nvidia-gb200-together-gpu-cluster-36k"
_AION = "https://dcmag.fr/scaleway-initie-le-consortium-aion-un-projet-ambitieux-pour-la-prochaine-gigafactory-europeenne-de-lia"
_AUDIT = "compute-curve audit (stored file id 71482445400)"
_BLOCKS = "AWS capacity block documentation (stored)"
# seller | contract | accelerator | most at once: nodes of a contract, accelerators of what is reserved | why | who says so | seen
CAPS = f"""
aws       | capacity_block |                | 256    | 64 instances a block, 256 in total | {_BLOCKS} | 2026
aws       | reserved       | trainium2      | 500000 | nearly 500,000 in service for Anthropic | {_RAINIER} | 2025-10
oci       | reserved       | gb200-186gb    | 400000 | about 400,000 ordered for OpenAI at Abilene | {_ABILENE} | 2025-05-24
coreweave | reserved       |                | 250000 | its whole fleet, of all types | {_FORBES} | 2025-09-22
nebius    | reserved       |                | 100000 | its largest contract, GB300 for Microsoft | {_MICROSOFT} | 2025-09
lambda    | reserved       |                | 100000 | tens of thousands for Microsoft | {_LAMBDA} | 2025-11-03
together  | reserved       |                | 36000  | its largest cluster, GB200 | {_GB200} | 2026-12-01
scaleway  | reserved       |                | 5000   | close to 5,000 of all types are all that it offers | {_AION} | 2025-06
lium      | reserved       | h100-sxm-80gb  | 260    | all that is listed, 147 of it rented | {_AUDIT} | 2026-10-05
lium      | reserved       | b200-sxm-180gb | 52     | all that is listed, 40 of it rented | {_AUDIT} | 2026-10-05
"""

_TPUS = "https://www.sipoch.com/en/articles/300330023471674"
_VULTR = "https://www.ohiotechnews.com/vultr-billion-ohio-amd-powered-ai-supercluster"
_VOLTAGE = "https://thestartupscoup.com/?p=34659"
_VAST = "https://inferencejobs.com/companies/vast-ai"
# class | most of one type reserved at once | beyond which no seller of the class is known to have gone for a customer | who says so
RESERVED = f"""
hyperscaler | 1000000 | up to a million TPUs of Google for Anthropic, the largest contract there is | {_TPUS}
neocloud    | 24000   | 24,000 MI355X of Vultr and 24,000 H100 of Voltage Park; larger ones: caps.csv | {_VULTR} {_VOLTAGE}
marketplace | 10000   | over 10,000 of all types are the whole of Vast | {_VAST}
"""
