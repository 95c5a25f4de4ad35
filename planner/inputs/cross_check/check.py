"""What no single field can know: do names exist in the catalog, do lists, months and limits go together?

Names and places of the scenario itself → horizon and lengths → demand → limits → months → names of the catalog, which
are replaced by their ids → units of work → figures of what may be owned.
"""

from typing import NamedTuple

from planner.domain.inputs import Catalog
from planner.domain.scenario import Scenario
from planner.errors import Mistake
from planner.inputs.cross_check.amounts import check_amounts, check_limits, check_units, closed_notes
from planner.inputs.cross_check.demand import check_demand, with_named_spikes
from planner.inputs.cross_check.lengths import check_lengths
from planner.inputs.cross_check.months import announced_for, check_months, check_successors
from planner.inputs.cross_check.names import check_inner_names, check_wishes
from planner.inputs.cross_check.own import check_own_figures, check_own_names, own_notes
from planner.inputs.cross_check.terms import check_agreement_years, check_terms
from planner.inputs.source import MistakeLog, SourceDocument, renamed
from planner.units import month_after


class Checked(NamedTuple):
    """A scenario that has been looked at as a whole."""

    scenario: Scenario
    """With ids for names, its start and the announced generations filled in."""
    mistakes: list[Mistake]
    """What does not fit together."""
    notes: tuple[str, ...] = ()
    """What was taken otherwise than it was written, if there are no mistakes."""


def cross_check(scenario: Scenario, document: SourceDocument, catalog: Catalog | None) -> Checked:
    """The scenario with ids for names, its start and what is announced filled in, and what does not fit together."""
    log = MistakeLog(document)
    if catalog is not None and scenario.start is None and catalog.newest_price_on:
        scenario = scenario.model_copy(update={"start": month_after(catalog.newest_price_on[:7], 1)})
    scenario = with_named_spikes(scenario)
    check_inner_names(scenario, log)
    check_own_names(scenario, log)
    check_demand(scenario, log)
    check_limits(scenario, log)
    check_terms(scenario, log)
    lengths = check_lengths(scenario, log)
    if lengths is not None and catalog is not None and scenario.successors is None:
        scenario = scenario.model_copy(update={"successors": announced_for(scenario, lengths, catalog)})
    if lengths is not None:
        check_agreement_years(scenario, lengths, log)
        check_months(scenario, lengths, log)
        check_successors(scenario, lengths, log)
        if not log.mistakes:
            check_amounts(scenario, lengths, log)
    if catalog is not None:
        scenario = renamed(scenario, catalog, log)
        check_units(scenario, catalog, log)
        check_own_figures(scenario, lengths, catalog, log)
    check_wishes(scenario, log)
    if catalog is None or lengths is None or log.mistakes:
        return Checked(scenario, log.mistakes)
    notes = (*own_notes(scenario, lengths, catalog), *closed_notes(scenario, catalog))
    return Checked(scenario, log.mistakes, notes)
