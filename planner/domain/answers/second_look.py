"""What `planner audit` and `planner simulate` found about a plan file."""

from planner.domain.fields import Strict
from planner.domain.records import AuditRecord, AvailabilityRecord


class AuditAnswer(Strict):
    """The verdict of the second accountant."""

    name: str
    sha256: str
    """Of the resolved scenario."""
    npv_usd: float | None = None
    """As the plan claims it; None in answers saved before it was told."""
    record: AuditRecord
    """What was found, whatever the file says of itself."""
    stated_agrees: bool
    """What the file says of itself."""


class SimulationAnswer(Strict):
    """Availability under outages at random."""

    name: str
    sha256: str
    """Of the resolved scenario."""
    record: AvailabilityRecord
    agrees: bool | None
    """Whether the plan states the same figures; None if it states none, or for other outages, samples or seed."""
    stated: AvailabilityRecord | None = None
    """What the plan states, where it is not the same."""
    standby: tuple[str, ...]
    """Contracts of which more can be started after a failure."""
    standby_assumed: bool
    """True if the scenario does not say it."""
    alone: str = ""
    """The provider that everything stands with, if its own failure is not simulated."""
