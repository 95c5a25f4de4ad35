"""Writes docs/seed_figures.md: what the planner says about each figure this project was created from.

Every answer is computed by the planner's own formulas or read from its catalog when the page is made.
`tests/unit/test_seed_figures.py` checks the figures against their tolerance and the page against this file.
"""

import csv
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from planner.domain.catalog import Catalog
from planner.domain.estimate import ServingRequest, TrainingRequest
from planner.domain.workload import Development, Inference
from planner.inputs.catalog import load_catalog
from planner.sizing.constants import SizingConstants, constants_from
from planner.sizing.estimate_serving import serving_lines
from planner.sizing.estimate_training import ideal_days, training_lines
from planner.sizing.formats import BYTES, format_on
from planner.sizing.market_price import Market, market_of
from planner.sizing.memory import weights_of
from planner.sizing.thumb import forward_flop, seconds_at, training_flop, training_memory_gb
from planner.sizing.training import reached_utilisation, tokens_per_s, training_figures
from planner.sizing.training_plan import Layout, Setup, memory_of

HERE = Path(__file__).parent
FIGURES = HERE.parent / "datasets" / "seed_figures.csv"
PAGE = HERE / "seed_figures.md"
GPT3, GPT3_TOKENS = 175e9, 300e9
A100, H100 = "a100-sxm-80gb", "h100-sxm-80gb"
HOURS_PER_YEAR = 8760


class World(NamedTuple):
    """What answers are computed from."""

    catalog: Catalog
    market: Market
    c: SizingConstants

    def peak(self, name: str) -> float:
        return self.catalog.accelerators[name].bf16_tflops or 0.0


class Answer(NamedTuple):
    """What the planner says: a figure to compare with the published one, where there is one, and words."""

    value: float | None
    said: str


def the_world() -> World:
    catalog = load_catalog()
    return World(catalog, market_of(catalog), constants_from(catalog.constants))


def prices(w: World, accelerator: str, provider: str = "") -> list[float]:
    """On-demand prices per accelerator-hour, ascending."""
    rows = w.market.on_demand.get(accelerator, ())
    return [row.price_usd_per_hour / row.count for row in rows if row.provider.startswith(provider)]


# --- work, memory, time ----------------------------------------------------------------------------


def s01(w: World) -> Answer:
    flop = forward_flop(GPT3, 1024)
    return Answer(flop, f"2 · 175e9 · 1,024 = {flop:.3g} FLOP; the published figure takes 1,000 tokens")


def s02(w: World) -> Answer:
    flop = training_flop(GPT3, GPT3_TOKENS)
    return Answer(flop, f"6 · 175e9 · 300e9 = {flop:.3g} FLOP (`--rule-of-thumb`)")


def s03(w: World) -> Answer:
    flop = training_flop(405e9, 15e12)
    return Answer(
        flop, f"{flop:.4g} FLOP; with 405.85e9 parameters, 15.6e12 tokens and attention 3.9e25, near Meta's 3.8e25"
    )


def s04(w: World) -> Answer:
    a, model = w.catalog.accelerators[A100], w.catalog.language_models["gpt-3-175b"]
    form = format_on(a, "fp32", model)
    gb = 0.0 if form is None else weights_of(model, form).total_gb
    return Answer(gb, f"{gb:.0f} GB: 4 bytes per parameter, decimal gigabytes")


def s05(w: World) -> Answer:
    rule, model = training_memory_gb(GPT3), w.catalog.language_models["gpt-3-175b"]
    adam = memory_of(Setup(model), Layout(), w.c).state_gb
    return Answer(rule, f"{rule:,.0f} GB by that rule; Adam in mixed precision {adam:,.0f} GB before activations")


def s06(w: World) -> Answer:
    four = w.catalog.language_models["qwen3-4b"]
    usable = w.c.least().memory_use_fraction * 12
    need = {
        "Adam": memory_of(Setup(four), Layout(recompute=1.0), w.c.least()).total_gb,
        "LoRA": memory_of(
            Setup(four, "lora", sequence_tokens=1024), Layout(zero=1, recompute=1.0), w.c.least()
        ).total_gb,
        "QLoRA": memory_of(
            Setup(four, "qlora", sequence_tokens=1024), Layout(zero=1, recompute=1.0), w.c.least()
        ).total_gb,
    }
    told = ", ".join(f"{name} {gb:.0f} GB" for name, gb in need.items())
    return Answer(need["Adam"], f"does not fit: {told}, of {usable:.1f} usable; only with a frozen base or offloading")


def s07(w: World) -> Answer:
    seconds = 3.5e14 / 3e9
    return Answer(seconds, f"{seconds:,.0f} s, {seconds / 3600:.0f} hours")


def s08(w: World) -> Answer:
    seconds = seconds_at(3.5e14, w.peak(A100))
    return Answer(
        seconds,
        f"{seconds:.2f} s at the whole peak; 175B does not fit one A100, and a group answers token by token, "
        "at the speed of its memory",
    )


def s09(w: World) -> Answer:
    known = prices(w, A100) + prices(w, "a100-sxm-40gb")
    low, high = (usd * seconds_at(3.5e14, w.peak(A100)) / 3600 / 1.024 for usd in (min(known), max(known)))
    at = f"{min(known):.2f}-{max(known):.2f} USD per hour"
    return Answer(low, f"{low:.4f}-{high:.4f} USD by the same arithmetic at the catalog's A100 prices, {at}")


def s10(w: World) -> Answer:
    usd = seconds_at(training_flop(GPT3, GPT3_TOKENS), w.peak(A100)) / 3600 * 2
    return Answer(usd, f"{usd:,.0f} USD at 2 USD per hour; nothing reaches the whole peak")


def s11(w: World) -> Answer:
    request = TrainingRequest(
        tokens=GPT3_TOKENS, accelerators=(A100,), count=1024, sequence_tokens=2048, price_usd_per_accelerator_hour=2.0
    )
    line = training_lines(w.catalog.language_models["gpt-3-175b"], request, w.catalog, w.market, w.c)[0]
    usd = line.usd or 0.0
    return Answer(
        usd,
        f"{usd:,.0f} USD on 1,024 A100 at 2 USD per hour: MFU {line.mfu:.0%}, goodput {line.goodput:.0%}, {line.days:.0f} days",
    )


def s12(w: World) -> Answer:
    return Answer(None, "not assumed: buying and building compete with renting in `planner solve`, year by year")


def s13(w: World) -> Answer:
    kwh = (700 - 300) / 1000 * HOURS_PER_YEAR
    usd = kwh * 0.10 * 3
    return Answer(
        usd,
        f"{kwh:,.0f} kWh a year, {usd:,.0f} USD over 3 years; "
        f"the A100 SXM draws 400 W, which makes it {300 / 1000 * HOURS_PER_YEAR * 0.3:,.0f}",
    )


# --- market ----------------------------------------------------------------------------------------


def s14(w: World) -> Answer:
    by_seller: dict[str, float] = {}
    for row in w.market.on_demand[A100]:
        each = row.price_usd_per_hour / row.count
        by_seller[row.provider] = min(each, by_seller.get(row.provider, each))
    spread = max(by_seller.values()) / min(by_seller.values())
    return Answer(spread, f"{spread:.1f}x between the cheapest offers of {len(by_seller)} sellers in the catalog")


def s15(w: World) -> Answer:
    terms = sorted(
        {row.term_months for row in w.catalog.prices if row.contract == "commitment" and row.term_months >= 12}
    )
    return Answer(
        None, f"terms on sale of a year and more: {', '.join(f'{t:g}' for t in terms)} months; the plan chooses"
    )


def s16(w: World) -> Answer:
    ratio = min(prices(w, "a100-sxm-40gb", "aws")) / min(prices(w, "a10g", "aws"))
    model = w.catalog.language_models["llama-3.1-8b"]
    tight, loose = (
        serving_lines(model, ServingRequest(latency=tier, accelerators=(a,)), w.catalog, w.market, w.c)[0]
        for tier, a in (("interactive", "a100-sxm-40gb"), ("batch", "a10g"))
    )
    return Answer(
        ratio,
        (
            f"an A100 costs {ratio:.1f}x an A10G by the hour on AWS; per million tokens of an 8B model the A10G without "
            f"latency limit is at {loose.usd_per_mtok:.2f} USD, the A100 under interactive limits at {tight.usd_per_mtok:.2f}: "
            "per token the larger card, kept busy, is the cheaper one; the saving holds where a card stands idle"
        ),
    )


def s17(w: World) -> Answer:
    return Answer(
        None,
        "`spike: {multiplier: 10, hours_per_year: 24}` of a workload; capacity for it is rented or held, whichever is cheaper",
    )


def s18(w: World) -> Answer:
    chat = Inference.model_validate(
        {"name": "chat", "kind": "inference", "model": "m", "tokens_per_day": 1e9, "growth_per_week": 0.5}
    )
    week, quarter = (chat.growth_factor(days / 365) for days in (7, 91))
    return Answer((week - 1) * 100, f"`growth_per_week: 50%`: {week:.2f}x after a week, {quarter:.0f}x after a quarter")


def s19(w: World) -> Answer:
    h100 = w.catalog.accelerators[H100]
    peak = (h100.fp8_tflops or 0.0) / (h100.bf16_tflops or 1.0)
    return Answer(
        None,
        (
            f"bytes 4, 2, 1, {BYTES['nvfp4']}; peaks x{peak:.1f} from 16 to 8 bit, of which {w.c.q8:.0%} arrives, "
            f"{w.c.q4:.0%} in 4 bit; overheads per step do not shrink. Nothing serves in 2 bit"
        ),
    )


def s20(w: World) -> Answer:
    gain = 1 / w.c.software["mi300x"].compute
    return Answer(
        None,
        f"true of young software: measured decode of one accelerator in 2024 is {gain:.0f}x below what its matrix units allow",
    )


def s21(w: World) -> Answer:
    return Answer(None, "a budget is a limit of the scenario (`budget_per_year_usd`); what it cannot buy is told")


def s22(w: World) -> Answer:
    return Answer(None, "caps per seller and accelerator, lead times; assumed caps stand in `provider_classes.csv`")


# --- training runs ---------------------------------------------------------------------------------


def s23(w: World) -> Answer:
    peak = w.peak(H100)
    fast, slow = ideal_days(3.645e25, 16_000, peak) / 0.43, ideal_days(3.8e25, 16_000, peak) / 0.38
    request = TrainingRequest(tokens=15e12, accelerators=(H100,), count=16_000, sequence_tokens=8192)
    line = training_lines(w.catalog.language_models["llama-3.1-405b"], request, w.catalog, w.market, w.c)[0]
    implied = ideal_days(3.645e25, 16_000, peak) / 54, ideal_days(3.8e25, 16_000, peak) / 54
    return Answer(
        line.days,
        (
            f"the stated MFU of 38-43% gives {fast:.0f}-{slow:.0f} days, not 54; 54 days need {implied[0]:.0%}-{implied[1]:.0%}. "
            f"The planner: {line.days:.0f} days (MFU {line.mfu:.0%}, of which failures and checkpoints leave {line.goodput:.0%})"
        ),
    )


def s24(w: World) -> Answer:
    quoted, dense = ideal_days(3.8e25, 16_000, 1979), ideal_days(3.8e25, 16_000, w.peak(H100))
    return Answer(
        quoted,
        f"{quoted:.1f} days at the quoted 1,979 TFLOPS, a figure with sparsity; {dense:.1f} at the dense {w.peak(H100):.0f}",
    )


def s25(w: World) -> Answer:
    usd = 16_000 * 30_000 * 2.0
    return Answer(usd, f"{usd:,.0f} USD")


def s26(w: World) -> Answer:
    megawatts = 2 * 700 * 16_000 / 1e6
    ours = 700 * 16_000 / 1e6 * w.catalog.node_power_ratio * w.catalog.pue
    return Answer(
        megawatts,
        f"{megawatts:.1f} MW; the planner reckons {ours:.1f} MW: "
        f"TDP x {w.catalog.node_power_ratio:g} for the node x PUE {w.catalog.pue:g}",
    )


def s27(w: World) -> Answer:
    usd = 22.4 * 1000 * 54 * 24 * 0.083
    return Answer(usd, f"{usd:,.0f} USD")


def s28(w: World) -> Answer:
    share = 22.4 * 1000 * 54 * 24 * 0.083 / 960e6 * 100
    return Answer(
        share,
        f"{share:.2f}% of the capex: 54 days of energy against hardware that lasts years. "
        f"Over 5 years it is {share * 5 * 365 / 54:.0f}%",
    )


def s29(w: World) -> Answer:
    usd = 350_000 * 30_000.0
    return Answer(usd, f"{usd:,.0f} USD")


def s30(w: World) -> Answer:
    model = w.catalog.language_models["llama-3.1-8b"]
    h, a = (tokens_per_s(training_figures(model, w.catalog.accelerators[x], "bf16"), w.c) for x in (H100, A100))
    return Answer(h / a, f"{h / a:.1f}x in 16 bit by the fitted formula; 1.6x was measured on the first software")


def s31(w: World) -> Answer:
    peak = w.peak(H100) / w.peak(A100)
    cost = min(prices(w, H100)) / min(prices(w, A100))
    return Answer(peak, f"peak {peak:.2f}x, cheapest hour {cost:.1f}x")


def s32(w: World) -> Answer:
    return Answer(None, "server prices and what chips are of them stand in the tables of owning; not used by sizing")


def s33(w: World) -> Answer:
    low, high = (25_000 * 24 * days * 1.0 for days in (90, 100))
    mfu = ideal_days(2.15e25, 25_000, w.peak(A100)) / 95
    return Answer(
        high,
        f"{low / 1e6:.0f}-{high / 1e6:.0f} million USD by its own inputs, below the published 63; they imply an MFU of {mfu:.0%}",
    )


def s34(w: World) -> Answer:
    model = w.catalog.language_models["gpt-3-175b"]
    mfu = reached_utilisation(model, w.catalog.accelerators[A100], "bf16", w.c, count=1024, sequence_tokens=2048)
    return Answer(
        None,
        f"tuned training of GPT-3 on 1,024 A100 {mfu:.0%} before failures; `--mfu 0.2` says the inexperienced case; "
        "serving follows from the roofline",
    )


def s35(w: World) -> Answer:
    return Answer(
        None, "demand by `growth_per_year: 900%`, chips by price paths and release dates: scenarios, not constants"
    )


def s36(w: World) -> Answer:
    return Answer(None, "`lead_times`, and those of contracts and purchases")


def s37(w: World) -> Answer:
    model = w.catalog.language_models["llama-3.1-8b"]
    usd = {
        name: serving_lines(model, ServingRequest(latency="relaxed", accelerators=(name,)), w.catalog, w.market, w.c)[
            0
        ].usd_per_mtok
        for name in ("tpu-v5e", A100, H100)
    }
    told = ", ".join(f"{name} {price:.3f}" for name, price in usd.items() if price is not None)
    return Answer(
        None,
        f"USD per million tokens of an 8B model, cheapest on demand: {told}; no measured rows of TPUs, so judge with care",
    )


# --- serving ---------------------------------------------------------------------------------------


def s38(w: World) -> Answer:
    return Answer(None, "`target_utilisation` (70%), load profiles, spikes and failure domains to survive")


def s39(w: World) -> Answer:
    return Answer(
        None,
        "prices by the hour or per token, support and egress, electricity of what is owned; unit costs per million tokens",
    )


def s40(w: World) -> Answer:
    return Answer(None, "a price path per accelerator and year, and what-if on any price")


def s41(w: World) -> Answer:
    return Answer(None, "`price_usd_per_unit` of a workload against its unit cost")


def s42(w: World) -> Answer:
    pan = (128 / 30) / (1 / 3)
    model, a = w.catalog.language_models["llama-2-70b"], ("h100-sxm-80gb",)
    rates = [
        serving_lines(
            model, ServingRequest(accelerators=a, tensor=4, concurrency=n, input_tokens=512, output_tokens=512),
            w.catalog, w.market, w.c,
        )[0].output_tokens_per_s
        for n in (1.0, 128.0)
    ]  # fmt: skip
    return Answer(
        pan, f"{pan:.1f}x; Llama-2 70B on four H100 with 128 requests instead of one: {rates[1] / rates[0]:.0f}x"
    )


def s43(w: World) -> Answer:
    return Answer(None, "hosted APIs are options like any other and win where demand is small")


def s44(w: World) -> Answer:
    return Answer(None, "regions, countries, providers and vendors allowed; caps")


def s45(w: World) -> Answer:
    return Answer(None, "`delivery: container` or `batch` of an offer")


def s46(w: World) -> Answer:
    request = TrainingRequest(tokens=15e12, accelerators=(H100,), count=16_000)
    line = training_lines(w.catalog.language_models["llama-3.1-405b"], request, w.catalog, w.market, w.c)[0]
    return Answer(
        None,
        f"`planner estimate --train` says the network a run needs: {line.network} for 405B on 16,000 H100; egress is priced",
    )


def s47(w: World) -> Answer:
    return Answer(None, "`support`: a share of the spend, per provider")


def s48(w: World) -> Answer:
    team = Development.model_validate({
        "name": "dev", "kind": "development", "headcount": 20, "accelerator_hours_per_head_per_month": 73,
        "reference_accelerator": H100,
    })  # fmt: skip
    return Answer(
        team.base_demand_per_hour,
        f"headcount x hours per head and month: 20 people with 73 hours need {team.base_demand_per_hour:g} accelerators on average",
    )


ANSWERS: dict[str, Callable[[World], Answer]] = {
    name.upper(): function for name, function in sorted(globals().items()) if name[0] == "s" and name[1:].isdigit()
}


# --- the page --------------------------------------------------------------------------------------


def rows() -> list[dict[str, str]]:
    with FIGURES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def page(w: World) -> str:
    return "\n".join(_page(w)) + "\n"


def _page(w: World) -> Iterator[str]:
    yield "# The figures this project was created from"
    yield ""
    yield "What three public texts say about AI compute, and what the planner says about each. Written by"
    yield "`python docs/make_seed_figures.py` from `datasets/seed_figures.csv` and the planner's own formulas; a test holds"
    yield "every figure with a tolerance to it. Published arithmetic that is off is said to be off."
    yield ""
    yield "| | statement | published | the planner |"
    yield "|---|---|---|---|"
    for row in rows():
        published = " ".join(part for part in (row["published"], row["unit"]) if part) or "–"
        said = ANSWERS[row["id"]](w).said
        yield f"| {row['id']} | {_cell(row['statement'])} | {_cell(published)} | {_cell(said)} |"
    yield ""
    yield "Sources: " + "; ".join(dict.fromkeys(row["source"] for row in rows())) + "."


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(the_world()), encoding="utf-8")
    sys.stdout.write(f"wrote {PAGE}\n")
