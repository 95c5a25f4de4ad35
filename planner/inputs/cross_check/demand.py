"""Do load shapes, spikes and fallbacks say something that can be planned?"""

import re

from planner.domain.scenario import Scenario
from planner.domain.workloads import Development, GrowingWorkload, Inference, Spike, Workload
from planner.inputs.source import KeyPath, MistakeLog
from planner.units import HOURS_PER_YEAR, plural

PROFILE_LENGTHS = (24, 168)
MOST_SPIKE_HOURS = HOURS_PER_YEAR * 0.5
"""All spikes together last less than this; beyond it the mean is no longer the ordinary level."""
_NAMES_OF_SLICES = re.compile(r"^(s\d+|all)$")


def check_demand(scenario: Scenario, log: MistakeLog) -> None:
    """Load shapes, then spikes, then what is done in them."""
    _profiles(scenario, log)
    _spikes(scenario, log)
    for index, workload in enumerate(scenario.workloads):
        if isinstance(workload, Inference) and _waits_for_nothing(workload):
            remedy = "give the workload a `spike`, or the fallback `when: always`"
            log.say(
                "a fallback for spikes, and no `spike`", ("workloads", index, "fallback"), remedy, "spike", key=True
            )


def with_named_spikes(scenario: Scenario) -> Scenario:
    """Spikes without a name are the same hours where they are as many; otherwise each is called by its hours."""
    spikes = [w.spike for w in scenario.workloads if isinstance(w, Inference | Development) and w.spike is not None]
    usual = Spike.model_fields["name"].default
    if len({spike.hours_per_year for spike in spikes if spike.name == usual}) < 2:
        return scenario
    return scenario.model_copy(update={"workloads": tuple(_named_by_hours(w) for w in scenario.workloads)})


def _named_by_hours(workload: Workload) -> Workload:
    spike = workload.spike if isinstance(workload, Inference | Development) else None
    if spike is None or "name" in spike.model_fields_set:
        return workload
    named = spike.model_copy(update={"name": f"spike of {spike.hours_per_year:g} hours"})
    return workload.model_copy(update={"spike": named})


def _waits_for_nothing(workload: Inference) -> bool:
    return workload.fallback is not None and workload.fallback.when == "spikes" and workload.spike is None


def _profiles(scenario: Scenario, log: MistakeLog) -> None:
    for index, workload in enumerate(scenario.workloads):
        profile = workload.profile if isinstance(workload, Inference | Development) else None
        path: KeyPath = ("workloads", index, "profile")
        if not isinstance(profile, tuple):
            continue
        if len(profile) not in PROFILE_LENGTHS:
            what = f"{plural(len(profile), 'hourly value')} in the profile"
            log.say(what, path, "a profile has 24 values (a day) or 168 (a week)", "profile")
        elif not any(profile):
            log.say("a profile needs a value above 0", path, None, "profile")


def _spikes(scenario: Scenario, log: MistakeLog) -> None:
    found: dict[str, Spike] = {}
    blocked = _why_no_spikes(scenario)
    for index, workload in enumerate(scenario.workloads):
        spike = workload.spike if isinstance(workload, Inference | Development) else None
        if spike is None:
            continue
        path: KeyPath = ("workloads", index, "spike")
        if blocked is not None:
            log.say(blocked[0], path, blocked[1], "spike", key=True)
        if _NAMES_OF_SLICES.match(spike.name):
            log.say(f"a spike cannot be called `{spike.name}`: ordinary slices are", (*path, "name"), None, "spike")
        first = found.setdefault(spike.name, spike)
        if first.hours_per_year != spike.hours_per_year:
            what = f"spike `{spike.name}` has {first.hours_per_year:g} hours a year elsewhere"
            log.say(what, (*path, "hours_per_year"), "spikes of one name are the same hours", "spike")
    hours = sum(spike.hours_per_year for spike in found.values())
    if hours >= MOST_SPIKE_HOURS:
        last = max(i for i, w in enumerate(scenario.workloads) if isinstance(w, Inference | Development) and w.spike)
        what = f"spikes of {hours:g} hours a year in all; they must be below {MOST_SPIKE_HOURS:g}"
        log.say(what, ("workloads", last, "spike", "hours_per_year"), "say what is usual by the `profile`", "spike")


def _why_no_spikes(scenario: Scenario) -> tuple[str, str] | None:
    """What and remedy if the slices are the user's own, so that no hours can be taken from them."""
    if any(period.slices is not None for period in scenario.periods or ()):
        return "a spike does not go with stated slices", "state it as one of the `slices` of the `periods`"
    for workload in scenario.workloads:
        demand = workload.demand_per_hour if isinstance(workload, GrowingWorkload) else None
        if isinstance(demand, tuple) and any(isinstance(row, tuple) for row in demand):
            return (
                "a spike does not go with demand per slice",
                "state its demand in the list, or give demand per period",
            )
    return None
