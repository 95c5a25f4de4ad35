"""What was read after the facts were collected: price lists of sellers, and how much they are known to have had for one customer.

Plain text blocks, one entry a line, each with its source.
"""

from collections.abc import Iterator

from curate_cells import Row, entries, number

_OBSERVATORY = "getcomputable/gpu-index:tests/fixtures/observatory"
_CIVO = f"{_OBSERVATORY}/civo/pricing_excerpt.html@055204ad (https://www.civo.com/pricing)"
_ORACLE = f"{_OBSERVATORY}/oracle/products_usd.json@38e515c0 (Oracle's product list of 2026-08-14)"
TERMS = ("", "6", "12", "24", "36")
_FORM = "form factor not stated: taken as PCIe"
# seller, region | instance | accelerator | of so many | USD per accelerator-hour on demand, for 6, 12, 24, 36 months | note
LISTS = {
    ("civo", "all", _CIVO, "2026-08-22"): f"""
L40S      | l40s           | 1 2 4 8 | 1.29 1.19 1.09 0.99 0.89 |
A100 40GB | a100-pcie-40gb | 1 2 4 8 | 1.09 0.99 0.89 0.79 0.69 | {_FORM}
A100 80GB | a100-pcie-80gb | 1 2 4 8 | 1.79 1.69 1.59 1.49 1.39 | {_FORM}
H100 SXM  | h100-sxm-80gb  | 1 8     | 2.99 2.79 2.69 2.59 2.49 |
H200 SXM  | h200-sxm-141gb | 1 8     | 3.49 3.29 3.19 3.09 2.99 |
B200      | b200-sxm-180gb | 8       | - - 4.49 3.99 3.79       |
""",
    ("oci", "all-commercial-regions", _ORACLE, "2026-08-22"): """
BM.GPU2.2        | p100-16gb             | 2 | 1.275 |
VM.GPU2.1        | p100-16gb             | 1 | 1.275 |
BM.GPU3.8        | v100-sxm-16gb         | 8 | 2.95  |
VM.GPU3.1        | v100-sxm-16gb         | 1 | 2.95  |
VM.GPU3.2        | v100-sxm-16gb         | 2 | 2.95  |
VM.GPU3.4        | v100-sxm-16gb         | 4 | 2.95  |
BM.GPU4.8        | a100-sxm-40gb         | 8 | 3.05  |
VM.GPU.A10.1     | a10                   | 1 | 2     |
VM.GPU.A10.2     | a10                   | 2 | 2     |
BM.GPU.A10.4     | a10                   | 4 | 2     |
BM.GPU.A100-v2.8 | a100-sxm-80gb         | 8 | 4     |
BM.GPU.B200.8    | b200-sxm-180gb        | 8 | 14    |
BM.GPU.B300.8    | b300-sxm-270gb        | 8 | 15    |
BM.GPU.GB200.4   | gb200-186gb           | 4 | 16    |
BM.GPU.GB300.4   | gb300-288gb           | 4 | 18    |
BM.GPU.H100.8    | h100-sxm-80gb         | 8 | 10    |
BM.GPU.H200.8    | h200-sxm-141gb        | 8 | 10    |
BM.GPU.L40S.4    | l40s                  | 4 | 3.5   |
BM.GPU.MI300X.8  | mi300x                | 8 | 6     |
BM.GPU.MI355X.8  | mi355x                | 8 | 8.6   |
BM.GPU.RTXPRO.8  | rtx-pro-6000-blackwell | 8 | 4.5  |
""",
}


def listed_rows() -> Iterator[Row]:
    """Prices of the lists, one a size of node and term; `file` as for the facts."""
    for (seller, region, source, seen), block in LISTS.items():
        for instance, accelerator, counts, prices, note in entries(block):
            for term, price in zip(TERMS, prices.split(), strict=False):
                for count in counts.split() if price != "-" else ():
                    signed = "payment schedule not stated; monthly assumed" if term else ""
                    yield {
                        "provider": seller,
                        "region": region,
                        "instance": instance if len(counts.split()) == 1 else f"{count}x {instance}",
                        "accelerator": accelerator,
                        "count": count,
                        "contract": "commitment" if term else "on_demand",
                        "plan": "commitment" if term else "on demand",
                        "term_months": term,
                        "upfront_fraction": "0" if term else "",
                        "price_usd_per_hour": number(float(price) * int(count)),
                        "basis": "listed",
                        "source": source,
                        "checked_on": seen,
                        "note": "; ".join(filter(None, (f"{price} USD per accelerator-hour", note, signed))),
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
_AION = (
    "https://dcmag.fr/scaleway-initie-le-consortium-aion-un-projet-ambitieux-pour-la-prochaine-gigafactory-europeenne-de-lia"
)
_AUDIT = "compute-curve audit (stored file id 71482445400)"
_BLOCKS = "AWS capacity block documentation (stored)"
# seller | contract | accelerator | most at once: nodes of a contract, accelerators of what is reserved | why | who says so | seen
CAPS = f"""
aws       | capacity_block |                | 256    | 64 instances a block, 256 in total | {_BLOCKS} | 2026
aws       | reserved       | trainium2      | 500000 | nearly 500,000 in service for Anthropic | {_RAINIER} | 2025-10
oci       | reserved       | gb200-186gb    | 400000 | about 400,000 ordered for OpenAI at Abilene | {_ABILENE} | 2025-05-24
coreweave | reserved       |                | 250000 | its whole fleet, of all types | {_FORBES} | 2025-09-22
nebius    | reserved       |                | 100000 | its largest contract, GB300 for Microsoft | {_MICROSOFT} | 2025-09
lambda    | reserved       |                | 100000 | its largest contract: tens of thousands for Microsoft | {_LAMBDA} | 2025-11-03
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
neocloud    | 24000   | clusters of 24,000 MI355X (Vultr) and 24,000 H100 (Voltage Park); larger ones: caps.csv | {_VULTR} {_VOLTAGE}
marketplace | 10000   | over 10,000 of all types are the whole of Vast | {_VAST}
"""
