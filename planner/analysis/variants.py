"""Many variants of one scenario made ready together: market and sizing once, and programs of one shape where possible.

Market and sizing depend on a part of the scenario only (`market_facts`); variants that agree in it share them. Which options are
superfluous depends on prices as well. So that variants have programs of one shape, an option that one of them needs stays in
all: a superfluous option is no mistake, it is only one more column (`reduce.py`).
"""

import gc
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import inf

from planner.domain.inputs import Catalog
from planner.domain.options import term_hours
from planner.domain.scenario import Scenario
from planner.pipeline import Question, horizon_of, prepare_beside
from planner.units import HOURS_PER_MONTH

_BESIDE_THE_MARKET = frozenset(
    {
        "name",
        "discount_rate",
        "terminal",
        "budget_total_usd",
        "budget_per_year_usd",
        "budget_per_period_usd",
        "budget_upfront_per_year_usd",
        "cash",
        "gap",
        "demand_scale",
        "discounts",
        "price_changes",
        "support",
        "standing_reserve",
        "max_share_per_provider",
        "what_if",
    }
)
"""Fields of a scenario that do not decide what is on the market or what fits."""
_BESIDE_SIZING = frozenset(
    {
        "tokens_per_day",
        "requests_per_day",
        "growth_per_year",
        "growth_per_month",
        "growth_per_week",
        "accelerator_hours_per_month",
        "spike",
        "surges",
        "unserved",
    }
)
"""Such fields of a workload. All of them come in when the program is assembled."""


def market_facts(scenario: Scenario) -> str:
    """What market and sizing depend on: scenarios with equal facts have the same market and the same fits."""
    value = scenario.model_dump(mode="json", exclude=set(_BESIDE_THE_MARKET))
    for workload in value["workloads"]:
        for name in _BESIDE_SIZING & workload.keys():
            del workload[name]
    return json.dumps(value, sort_keys=True)


def wider_of(scenario: Scenario, known: Mapping[str, Question]) -> Question | None:
    """A question whose market holds that of the scenario: alike but for a longest term that is longer.

    Args:
        known: questions by their `market_facts`.
    """
    for question in known.values():
        term = question.scenario.max_term_months
        if (scenario.max_term_months or inf) < (term or inf):
            facts = market_facts(scenario.model_copy(update={"max_term_months": term}))
            if known.get(facts) is question:
                return question
    return None


def within_term(scenario: Scenario, wider: Question, catalog: Catalog) -> Question:
    """The question of a scenario on a part of a wider market: without the contracts that last longer than it allows.

    Exact: nothing but the filter of contracts asks for the longest term, and what it leaves in is the same at every term. Only
    what was left out, and why, is not told.
    """
    most, horizon = (scenario.max_term_months or inf) * HOURS_PER_MONTH * (1 + 1e-9), horizon_of(scenario)
    options = wider.market.options
    stay = [
        o
        for o, option in enumerate(options)
        if option.held or option.action != "commit" or term_hours(option, horizon) <= most
    ]
    places = {o: place for place, o in enumerate(stay)}
    market = wider.market._replace(options=tuple(options[o] for o in stay))
    screened = wider.screened._replace(
        fits={(w, places[o]): fit for (w, o), fit in wider.screened.fits.items() if o in places},
        lost_fraction={(w, places[o]): lost for (w, o), lost in wider.screened.lost_fraction.items() if o in places},
    )
    return prepare_beside(scenario, wider._replace(market=market, screened=screened), catalog, frozenset())


def questions_of(scenarios: Sequence[Scenario], catalog: Catalog) -> list[Question]:
    """A question for each scenario, with the same options wherever the market is the same."""
    first: dict[str, Question] = {}
    facts = [market_facts(scenario) for scenario in scenarios]
    questions: list[Question] = []
    needed: dict[str, set[str]] = {}
    for scenario, fact in zip(scenarios, facts, strict=True):
        question = prepare_beside(scenario, first.get(fact), catalog, frozenset())
        first.setdefault(fact, question)
        needed.setdefault(fact, set()).update(_options(question))
        questions.append(question)
    for i, (scenario, fact) in enumerate(zip(scenarios, facts, strict=True)):
        if _options(questions[i]) != needed[fact]:
            questions[i] = prepare_beside(scenario, first[fact], catalog, frozenset(needed[fact]))
    return questions


def _options(question: Question) -> set[str]:
    return {member.option.id for member in question.parameters.options}


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Fewer runs of the garbage collector: it walks a whole catalog each time, and programs hold hardly any cycles."""
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], 200_000), 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
