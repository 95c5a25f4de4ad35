"""Limits of supply: how many nodes or accelerators can be had at once, over which options."""

from collections.abc import Mapping
from math import inf
from typing import Literal, NamedTuple

from planner.domain.options.option import TERMED, Option
from planner.units import plural_of

CapKind = Literal["provider", "group", "offer", "servers"]
"""What a cap limits: what a provider has, a `cap_groups` entry, an inline offer, servers to buy for a site."""


class Cap(NamedTuple):
    """A limit over all options that name it among their groups."""

    kind: CapKind
    of: str
    """The provider, the group, the offer, or site and server."""
    max_nodes: float | None
    max_accelerators: float | None
    counts: Literal["running", "live"] = "live"
    """`running`: nodes paid by the hour; `live`: those and commitments in service."""
    assumed: bool = False
    accelerator: str | None = None
    """The one accelerator that it counts; None = all nodes."""
    contract: str | None = None
    """`on_demand`, `spot`, `reserved`, `commitment` or `capacity_block`, where it limits one of them."""

    @property
    def name(self) -> str:
        """The group of its options; no two caps have the same."""
        return cap_name(self.kind, self.of, self.accelerator, self.contract)

    @property
    def field(self) -> str:
        """The field of a scenario that states it for a provider."""
        return {"spot": "spot_caps", "reserved": "reserved_caps"}.get(self.contract or "", "caps")

    def room(self, count: int) -> float:
        """Most nodes of `count` accelerators each."""
        nodes = inf if self.max_nodes is None else self.max_nodes
        return nodes if self.max_accelerators is None else min(nodes, self.max_accelerators / max(count, 1))

    @property
    def words(self) -> str:
        """At most how many of what at once, from whom, and whether it is assumed.

        >>> Cap("provider", "acme", None, 64.0, "running", True, "h100-sxm-80gb", "on_demand").words
        'at most 64 h100-sxm-80gb at once on demand from acme (assumed)'
        >>> Cap("provider", "acme", None, 512.0, "live", True, "h100-sxm-80gb", "reserved").words
        'at most 512 h100-sxm-80gb at once reserved from acme (assumed)'
        >>> Cap("provider", "acme", 256.0, None, contract="capacity_block").words, Cap("offer", "own", 3.0, None).words
        ('at most 256 nodes at once in capacity blocks from acme', 'the cap of offer `own`')
        """
        if self.kind != "provider":
            return f"the cap of {self.kind} `{self.of}`"
        most = self.max_nodes if self.max_accelerators is None else self.max_accelerators
        paid = (self.contract or "").replace("_", " ")
        things, how = (self.accelerator, paid) if self.accelerator else ("nodes", f"in {plural_of(paid)}")
        return f"at most {most or 0.0:,g} {things} at once {how} from {self.of}{' (assumed)' if self.assumed else ''}"


def cap_name(kind: CapKind, of: str, accelerator: str | None = None, contract: str | None = None) -> str:
    """The name of a cap.

    >>> cap_name("provider", "acme", "h100-sxm-80gb", "spot"), cap_name("offer", "own")
    ('cap:acme:h100-sxm-80gb:spot', 'offer:own')
    """
    return ":".join(filter(None, ("cap" if kind == "provider" else kind, of, accelerator, contract)))


def room_of(option: Option, caps: Mapping[str, Cap]) -> float:
    """Most nodes of an option at once that its own maximum and its caps allow; infinite where nothing limits it."""
    most = inf if option.max_nodes is None else float(option.max_nodes)
    counted = (caps[name] for name in option.groups)
    return min([most, *(c.room(option.count) for c in counted if c.counts == "live" or option.action not in TERMED)])
