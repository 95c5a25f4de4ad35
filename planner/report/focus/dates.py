"""Beginning and end of the periods of a plan, as FOCUS writes dates."""

import re
from datetime import UTC, datetime, timedelta

from planner.domain.records import Plan
from planner.errors import Exit, PlannerError
from planner.report.document import months_of_a_period
from planner.units import month_after

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])$", re.ASCII)


class DatelessError(PlannerError):
    """A plan whose periods have no dates."""

    exit_code = Exit.BAD_INPUT


def bounds(plan: Plan) -> list[str]:
    """Beginning of every period, and the end of the last one: ISO 8601 in UTC.

    Months and quarters begin on the first of a month; periods of other lengths follow one another by the hour. Periods
    with names of their own begin at the `start` of the scenario.
    """
    horizon = plan.horizon
    first = next(
        (month for month in (horizon.start, str(plan.scenario.resolved.get("start"))) if _MONTH.match(month)), None
    )
    if first is None:
        raise DatelessError(
            f"a bill needs dates, and this plan starts at `{horizon.start}`", help="give the scenario a `start`"
        )
    months, count = months_of_a_period(horizon), len(horizon.periods)
    if months is not None:
        return [f"{month_after(first, months * index)}-01T00:00:00Z" for index in range(count + 1)]
    start = datetime(int(first[:4]), int(first[5:7]), 1, tzinfo=UTC)
    hours, found = 0.0, []
    for length in (*(period.hours for period in horizon.periods), 0.0):
        found.append((start + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ"))
        hours += length
    return found
