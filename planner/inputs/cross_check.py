"""What no single field can know: do names exist in the catalog, do lists, months and limits go together?

Names and places of the scenario itself → horizon and lengths → demand → limits → months → names of the catalog, which
are replaced by their ids.
"""

from planner.domain.catalog import Catalog
from planner.domain.horizon import month_after
from planner.domain.scenario import Scenario
from planner.errors import Mistake
from planner.inputs.cross_check_demand import check_demand
from planner.inputs.cross_check_lengths import check_lengths
from planner.inputs.cross_check_limits import check_limits
from planner.inputs.cross_check_months import check_months
from planner.inputs.cross_check_names import check_inner_names
from planner.inputs.cross_check_terms import check_terms
from planner.inputs.document import Document
from planner.inputs.mistake_log import MistakeLog
from planner.inputs.renaming import renamed


def cross_check(scenario: Scenario, document: Document, catalog: Catalog | None) -> tuple[Scenario, list[Mistake]]:
    """The scenario with ids for names and its start filled in, and what does not fit together."""
    log = MistakeLog(document)
    if catalog is not None and scenario.start is None and catalog.newest_price_on:
        scenario = scenario.model_copy(update={"start": month_after(catalog.newest_price_on[:7], 1)})
    check_inner_names(scenario, log)
    check_demand(scenario, log)
    check_limits(scenario, log)
    check_terms(scenario, log)
    lengths = check_lengths(scenario, log)
    if lengths is not None:
        check_months(scenario, lengths, log)
    if catalog is not None:
        scenario = renamed(scenario, catalog, log)
    return scenario, log.mistakes
