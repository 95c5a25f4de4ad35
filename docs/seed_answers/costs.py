"""S01-S22: work, memory, time, the market."""

from planner.domain.answers.estimate import ServingRequest, TrainingRequest
from planner.domain.inputs.language_model import Precision
from planner.domain.workloads.workload import Inference
from planner.sizing.estimates.rule_of_thumb import forward_flop, seconds_at, training_flop, training_memory_gb
from planner.sizing.estimates.serving import serving_lines
from planner.sizing.estimates.training import training_lines
from planner.sizing.formats import BYTES, format_on
from planner.sizing.memory import weights_of
from planner.sizing.training.plan import ParallelLayout, Setup, memory_of
from seed_answers.world import A100, GPT3, GPT3_TOKENS, H100, HOURS_PER_YEAR, Answer, World, prices

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
    adam = memory_of(Setup(model), ParallelLayout(), w.c).state_gb
    return Answer(rule, f"{rule:,.0f} GB by that rule; Adam in mixed precision {adam:,.0f} GB before activations")


def s06(w: World) -> Answer:
    four = w.catalog.language_models["qwen3-4b"]
    usable = w.c.least().memory_use_fraction * 12
    need = {
        "Adam": memory_of(Setup(four), ParallelLayout(recompute=1.0), w.c.least()).total_gb,
        "LoRA": memory_of(
            Setup(four, "lora", sequence_tokens=1024), ParallelLayout(zero=1, recompute=1.0), w.c.least()
        ).total_gb,
        "QLoRA": memory_of(
            Setup(four, "qlora", sequence_tokens=1024), ParallelLayout(zero=1, recompute=1.0), w.c.least()
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
        terms[-1] / 12,
        f"terms on sale of a year and more: {', '.join(f'{t:g}' for t in terms)} months; the plan chooses",
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
    h100, model = w.catalog.accelerators[H100], w.catalog.language_models["llama-3.1-70b"]
    peak = (h100.fp8_tflops or 0.0) / (h100.bf16_tflops or 1.0)
    formats: tuple[Precision, ...] = ("bf16", "fp8")
    wide, narrow = (
        serving_lines(
            model, ServingRequest(accelerators=(H100,), tensor=4, concurrency=64, precisions=(form,)),
            w.catalog, w.market, w.c,
        )[0].output_tokens_per_s
        for form in formats
    )  # fmt: skip
    return Answer(
        narrow / wide,
        (
            f"bytes 4, 2, 1, {BYTES['nvfp4']}; peaks x{peak:.1f} from 16 to 8 bit, of which {w.c.q8:.0%} arrives, "
            f"{w.c.q4:.0%} in 4 bit; overheads per step do not shrink: Llama 3.1 70B on four H100 with 64 requests serves "
            f"{narrow / wide:.1f}x in 8 bit, not 2x. Nothing serves in 2 bit"
        ),
    )


def s20(w: World) -> Answer:
    gain = 1 / w.c.software["cdna3@vllm-2024"].compute
    return Answer(
        gain,
        f"true of young software: measured decode of one accelerator in 2024 is {gain:.0f}x below what its matrix units allow",
    )


def s21(w: World) -> Answer:
    return Answer(None, "a budget is a limit of the scenario (`budget_per_year_usd`); what it cannot buy is told")


def s22(w: World) -> Answer:
    return Answer(None, "caps per seller and accelerator, lead times; assumed caps stand in `provider_classes.csv`")
