"""Which contracts of power with a smallest size to sign first, from a relaxation that signs a little in every period."""

from typing import NamedTuple

from planner.formulation import Built
from planner.formulation.parameters import Parameters
from planner.solver import Floats

LITTLE = 1e-6


class Contracts(NamedTuple):
    """Possible contracts of the power of a site, in the order of time."""

    opened: tuple[int, ...]
    """Columns that are 1 if one is signed."""
    signed: tuple[int, ...]
    """Columns of its size."""
    least: float

    def preferred(self, x: Floats) -> dict[int, float]:
        """A contract as soon as what the relaxation has signed so far exceeds the contracts chosen before, at their least size.

        The power that is live is then at least the relaxation's, as long as no contract ends; what is chosen is a first
        try, and bounds nothing.
        """
        found, asked, chosen = {}, 0.0, 0.0
        for opened, signed in zip(self.opened, self.signed, strict=True):
            asked += float(x[signed])
            found[opened] = float(asked > chosen + LITTLE)
            if found[opened]:
                chosen += max(self.least, asked - chosen)
        return found


def contracts_of(built: Built, p: Parameters) -> tuple[Contracts, ...]:
    """Those of sites whose power has a smallest size."""
    x, order = built.variables, built.order
    found = []
    for site in p.sites:
        when = sorted(v for o, v in x.opened if o == site.power)
        if when:
            found.append(
                Contracts(
                    tuple(order[x.opened[site.power, v].name] for v in when),
                    tuple(order[x.signed[site.power, v].name] for v in when),
                    float(p.options[site.power].option.min_nodes),
                )
            )
    return tuple(found)
