"""Does every limit have something it limits, and every volume its price?"""

from planner.domain.scenario import Scenario
from planner.domain.workloads import Inference
from planner.inputs.source import MistakeLog

_LIMITS_ON_MONEY = (
    "budget_total_usd",
    "budget_per_year_usd",
    "budget_per_period_usd",
    "budget_upfront_per_year_usd",
    "cash",
)


def check_limits(scenario: Scenario, log: MistakeLog) -> None:
    """Availability and reserve, the objective, prices of traffic and storage."""
    _availability(scenario, log)
    if scenario.objective == "most_served" and all(getattr(scenario, name) is None for name in _LIMITS_ON_MONEY):
        remedy = "give a budget or `cash`, or leave `objective` out"
        log.say("`most_served` without a limit on money", ("objective",), remedy, "rule")
    for volume, prices in (
        ("egress_gb_per_unit", "egress_usd_per_gb"),
        ("storage_gb", "storage_usd_per_gb_month"),
    ):
        if not getattr(scenario, prices):
            for index, workload in enumerate(scenario.workloads):
                if getattr(workload, volume) > 0:
                    remedy = f"give `{prices}` by provider; `default` for the rest, 0 where it is free"
                    log.say(f"`{volume}` without a price", ("workloads", index, volume), remedy, "missing_price")


def _availability(scenario: Scenario, log: MistakeLog) -> None:
    protected = any(isinstance(workload, Inference) for workload in scenario.workloads)
    for asked, name in ((scenario.availability, "availability"), (scenario.standing_reserve, "standing_reserve")):
        if asked and not protected:
            what = f"`{name}` is for online inference, and there is none"
            log.say(what, (name,), "leave it out, or add a workload of kind `inference`", "rule", key=True)
    if scenario.availability is None:
        for index, workload in enumerate(scenario.workloads):
            if isinstance(workload, Inference) and workload.survive is not None:
                remedy = "say what fails: `availability: {failure: zone}`"
                log.say("`survive` without `availability`", ("workloads", index, "survive"), remedy, "rule", key=True)
