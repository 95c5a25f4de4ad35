r"""Simulation: which share of the demand a plan serves when failure domains fail at random, more than one at a time too.

.. math:: \text{availability}_w = 1 - \frac{\sum_{ts} h_{ts}(F) D_{wts} (1 - \text{share}_{wts}(F))}{\sum_{ts} h_{ts} D_{wts}}

* Every domain fails on its own: outages begin as a Poisson process and last exponentially long, over the whole horizon.
  Some may be under way when it starts, as many as at any other time: a domain is down for a share 1 − e^(−λd) of the
  time (λ outages a year, d years each). A domain that fails again while it is down is down until both are over.
* Each hour of an outage falls into a slice of its period at random, in proportion to the hours of the slices.
* While the set F of domains is down, the survivors serve what `emergency` says. At all other times demand is served
  as planned; demand that the plan itself leaves unserved is not counted.

It reads the plan only, and knows nothing of the program that wrote it. Source: docs/availability.md.
"""

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate, pairwise
from math import ceil, log1p
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from planner.audit.availability.emergency import Emergency
from planner.audit.books import Books
from planner.domain.records import AvailabilityRecord, Plan, SimulatedAvailability
from planner.domain.scenario import Availability, FailureKind
from planner.units import HOURS_PER_YEAR

SAMPLES = 200
SEED = 7
OUTAGES_PER_YEAR = 1.0
"""Assumed of every domain where the scenario states nothing."""
FAILURE: FailureKind = "region"
"""What fails where the scenario says nothing of failures at all."""


class Outage(NamedTuple):
    """Hours from the start of the horizon."""

    domain: str
    start: float
    end: float


class Spell(NamedTuple):
    """Hours of one period in which exactly these domains are down."""

    failed: frozenset[str]
    period: int
    hours: float


def simulate(
    plan: Plan, samples: int = SAMPLES, seed: int = SEED, failure: FailureKind | None = None
) -> AvailabilityRecord:
    """What the plan serves of every protected workload, by mean and in the worst sample; LookupError if it has no scenario.

    `failure` replaces the scenario's kind of failure.
    """
    rules = rules_of(plan, failure)
    found = sampled(plan, rules, samples, seed)
    stated = rules.outages_per_year
    return AvailabilityRecord(
        failure=rules.failure,
        outages_per_year=OUTAGES_PER_YEAR if stated is None else stated,
        hours_per_outage=rules.hours_per_outage,
        assumed=stated is None,
        samples=samples,
        seed=seed,
        workloads=tuple(
            SimulatedAvailability(workload=name, availability=float(values.mean()), worst=float(values.min()))
            for name, values in found.items()
        ),
    )


def rules_of(plan: Plan, failure: FailureKind | None = None) -> Availability:
    """What the scenario says of failures, else the defaults for the loss of a region."""
    stated = Books(plan).asked.availability or Availability(failure=FAILURE)
    return stated if failure is None else stated.model_copy(update={"failure": failure})


def sampled(plan: Plan, rules: Availability, samples: int, seed: int) -> dict[str, NDArray[np.float64]]:
    """Availability of every protected workload in every sample."""
    emergency, calendar = Emergency(Books(plan), rules), Books(plan).calendar
    lengths = [[piece.hours for piece in period.slices] for period in plan.horizon.periods]
    rates = [[np.array(emergency.served_per_hour(t, s)) for s in range(len(hours))] for t, hours in enumerate(lengths)]
    names, starts = tuple(emergency.promised), [float(start) for start in calendar.starts]
    demand = np.zeros(len(names))
    for t, hours in enumerate(lengths):
        for s, length in enumerate(hours):
            demand += length * rates[t][s]
    rng = np.random.default_rng(seed)
    lost = np.zeros((samples, len(names)))
    for i in range(samples):
        outages = [o for domain in emergency.domains for o in _outages(rng, domain, rules, starts[-1])]
        for spell in spells(outages, starts):
            for s, hours_down in enumerate(_by_slice(rng, spell.hours, lengths[spell.period])):
                if hours_down > 0:
                    shares = np.array(emergency.shares(spell.failed, spell.period, s))
                    lost[i] += hours_down * rates[spell.period][s] * (1 - shares)
    available = 1 - lost / np.where(demand > 0, demand, 1.0)
    return {name: np.maximum(available[:, w], 0.0) for w, name in enumerate(names)}


def _outages(rng: Generator, domain: str, rules: Availability, horizon_hours: float) -> Iterator[Outage]:
    """Outages of one domain that touch the horizon: those under way at its start, then those that begin in it."""
    per_hour = (rules.outages_per_year or OUTAGES_PER_YEAR) / HOURS_PER_YEAR
    under_way = sum(1 for _ in _arrivals(rng, per_hour * rules.hours_per_outage, 1.0))
    for start in (*[0.0] * under_way, *_arrivals(rng, per_hour, horizon_hours)):
        yield Outage(domain, start, start + _exponential(rng, rules.hours_per_outage))


def _arrivals(rng: Generator, rate: float, until: float) -> Iterator[float]:
    """Times of a Poisson process: the gaps between them are exponential."""
    time = _exponential(rng, 1 / rate)
    while time < until:
        yield time
        time += _exponential(rng, 1 / rate)


def _exponential(rng: Generator, mean: float) -> float:
    """By the inverse of its distribution: only uniform numbers are drawn, which every version of numpy draws alike."""
    return -mean * log1p(-rng.random())


def spells(outages: list[Outage], starts: list[float]) -> Iterator[Spell]:
    """The time in which something is down, cut wherever a domain fails, comes back, or a period ends.

    `starts` are the starts of the periods in hours, and the end of the last one.
    """
    changes = sorted(change for o in outages for change in ((o.start, 1, o.domain), (o.end, -1, o.domain)))
    down: dict[str, int] = {}
    for (time, step, domain), (until, _, _) in pairwise(changes):
        down[domain] = down.get(domain, 0) + step
        failed = frozenset(name for name, count in down.items() if count > 0)
        if not failed or time >= until:
            continue
        t = bisect_right(starts, time) - 1
        while t < len(starts) - 1 and starts[t] < until:
            yield Spell(failed, t, min(until, starts[t + 1]) - max(time, starts[t]))
            t += 1


def _by_slice(rng: Generator, hours: float, lengths: list[float]) -> NDArray[np.float64]:
    """Hours of an outage by slice: each hour, and what remains of the last one, falls into one slice."""
    if len(lengths) == 1:
        return np.array([hours])
    pieces = np.ones(ceil(hours))
    pieces[-1] -= len(pieces) - hours
    ends = np.array([*accumulate(lengths)])
    slices = np.searchsorted(ends[:-1], rng.random(len(pieces)) * ends[-1], side="right")
    found = np.zeros(len(lengths))
    np.add.at(found, slices, pieces)
    return found
