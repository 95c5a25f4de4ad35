"""S38-S48: serving, money, ways to buy."""

from planner.domain.answers.estimate import ServingRequest, TrainingRequest
from planner.domain.workloads.workload import Development
from planner.sizing.estimates.serving import serving_lines
from planner.sizing.estimates.training import training_lines
from seed_answers.world import H100, Answer, World


def s38(w: World) -> Answer:
    return Answer(None, "`target_utilisation` (70%), load profiles, spikes and failure domains to survive")


def s39(w: World) -> Answer:
    return Answer(
        None,
        "prices by the hour or per token, support and egress, electricity of what is owned; unit costs per million tokens",
    )


def s40(w: World) -> Answer:
    yearly = (1.5 / 1.9) ** 6 - 1
    return Answer(
        yearly * 100,
        f"{1.5 / 1.9 - 1:.0%} in two months, {yearly:.0%} a year if it went on: a price path per accelerator and contract, and "
        "what-if on any price",
    )


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
