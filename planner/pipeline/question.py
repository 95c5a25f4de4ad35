"""A scenario made ready: market → sizing → parameters of the program; and the same with other prices, demand or options."""

import hashlib
import json
from collections.abc import Callable
from typing import Any, NamedTuple

from planner.assembly import (
    Assembled,
    OptionFacts,
    assemble,
)
from planner.domain.inputs import Catalog
from planner.domain.options import Option
from planner.domain.records import Fit
from planner.domain.scenario import Scenario
from planner.domain.time import Horizon, explicit_slices, period_lengths, periods_of
from planner.formulation.parameters import Parameters
from planner.market import Market, Pricing, intensity_of, market_of, pue_of, tonnes_per_node_hour
from planner.sizing import Screened, screen


class Question(NamedTuple):
    """A scenario made ready: what may be bought, what fits, every number of the program."""

    scenario: Scenario
    catalog: Catalog
    market: Market
    screened: Screened
    assembled: Assembled

    @property
    def parameters(self) -> Parameters:
        return self.assembled.parameters

    @property
    def strategic(self) -> bool:
        """Whether sites, agreements on spend or savings plans are decided on: a tree of its own stands above such programs."""
        p = self.parameters
        return bool(p.sites or p.agreements or p.savings)

    @property
    def pricing(self) -> Pricing:
        """Prices and dates of options."""
        paths = {name: path.points for name, path in self.catalog.price_paths.items()}
        return Pricing(self.scenario, self.parameters.horizon, paths)

    @property
    def intensity(self) -> dict[int, float | None]:
        """Grams CO2e per kWh by option of the parameters; None where unknown."""
        options = self.parameters.options
        return {o: intensity_of(m.option, self.scenario, self.catalog) for o, m in enumerate(options)}

    @property
    def tonnes_per_hour(self) -> dict[int, float]:
        """Tonnes CO2e of a node-hour by option of the parameters, where known."""
        options, pue = self.parameters.options, self.catalog.pue
        rates = {
            o: tonnes_per_node_hour(options[o].option.kw_per_node, g, pue_of(options[o].option, pue))
            for o, g in self.intensity.items()
        }
        return {o: rate for o, rate in rates.items() if rate is not None}


def horizon_of(scenario: Scenario) -> Horizon:
    """Periods of a scenario; calendar periods are cut into slices later."""
    lengths = period_lengths(scenario)
    slices = [explicit_slices(scenario, i, hours) for i, hours in enumerate(lengths.hours)]
    return periods_of(lengths.hours, lengths.starts, slices)


def prepare(scenario: Scenario, catalog: Catalog, *, reduced: bool = True) -> Question:
    """Everything up to the numbers of the program; `reduced=False` keeps dominated options (for tests)."""
    market = market_of(scenario, catalog, horizon_of(scenario))
    screened = screen(scenario, market.options, catalog)
    return Question(scenario, catalog, market, screened, _assembled(scenario, catalog, market, screened, reduced))


def restricted(question: Question, keep: Callable[[Option], bool]) -> Question:
    """The same question with fewer options, under its own scenario and market."""
    options = question.market.options
    fits = {key: fit for key, fit in question.screened.fits.items() if keep(options[key[1]])}
    screened = question.screened._replace(fits=fits)
    withheld = frozenset(
        o for o, option in enumerate(options) if option.savings_plan and not (option.held or keep(option))
    )
    assembled = _assembled(question.scenario, question.catalog, question.market, screened, True, withheld)
    return question._replace(screened=screened, assembled=assembled)


def on_market(question: Question, market: Market) -> Question:
    """The same question at other prices and caps of the same options."""
    assembled = _assembled(question.scenario, question.catalog, market, question.screened, True)
    return question._replace(market=market, assembled=assembled)


def on_scenario(question: Question, scenario: Scenario) -> Question:
    """The question of a scenario that differs in what neither the market nor the sizing asks about."""
    assembled = _assembled(scenario, question.catalog, question.market, question.screened, True)
    return question._replace(scenario=scenario, assembled=assembled)


def resized(question: Question, multiple: float) -> Question:
    """The same question at a multiple of its demand; market and sizing stay as they are."""
    scale = question.scenario.demand_scale * multiple
    return on_scenario(question, question.scenario.model_copy(update={"demand_scale": scale}))


def rerated(question: Question, rate: Callable[[Fit], float]) -> Question:
    """The same question with other rates of what fits."""
    fits = {key: fit._replace(rate_per_node_hour=rate(fit)) for key, fit in question.screened.fits.items()}
    screened = question.screened._replace(fits=fits)
    assembled = _assembled(question.scenario, question.catalog, question.market, screened, True)
    return question._replace(screened=screened, assembled=assembled)


def with_options(question: Question, positions: set[int]) -> Question:
    """The same question with some options of the market only, all of them in the program, dominated or not.

    What is held or fixed stays in any case.
    """
    fits = {key: fit for key, fit in question.screened.fits.items() if key[1] in positions}
    screened = question.screened._replace(fits=fits)
    assembled = _assembled(question.scenario, question.catalog, question.market, screened, False)
    return question._replace(screened=screened, assembled=assembled)


def prepare_beside(scenario: Scenario, other: Question | None, catalog: Catalog, keep: frozenset[str]) -> Question:
    """The question of a scenario that buys on the market of another one and is sized like it.

    Args:
        other: a question with the same market and fits (`analysis/variants.py` says when); None: both are computed.
        keep: ids of options that stay even if they are dominated.
    """
    market = market_of(scenario, catalog, horizon_of(scenario)) if other is None else other.market
    screened = screen(scenario, market.options, catalog) if other is None else other.screened
    facts = facts_of(scenario, catalog, market)
    assembled = assemble(scenario, market, screened, horizon_of(scenario), facts, keep=keep)
    return Question(scenario, catalog, market, screened, assembled)


def facts_of(scenario: Scenario, catalog: Catalog, market: Market) -> OptionFacts:
    """What the program needs of the catalog beside its options."""
    return OptionFacts(
        profiles={name: profile.values for name, profile in catalog.profiles.items()},
        paths={name: path.points for name, path in catalog.price_paths.items()},
        intensity=tuple(intensity_of(option, scenario, catalog) for option in market.options),
        pue=catalog.pue,
    )


def _assembled(
    scenario: Scenario,
    catalog: Catalog,
    market: Market,
    screened: Screened,
    reduced: bool,
    withheld: frozenset[int] = frozenset(),
) -> Assembled:
    facts = facts_of(scenario, catalog, market)
    return assemble(scenario, market, screened, horizon_of(scenario), facts, reduced=reduced, withheld=withheld)


def scenario_value(scenario: Scenario) -> dict[str, Any]:
    """The resolved scenario as plain JSON values."""
    return scenario.model_dump(mode="json")


def scenario_hash(value: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON of a resolved scenario."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
