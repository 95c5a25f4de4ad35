"""What an unknown name may mean: a thing of the same family and nearly the same size, never one of another class.

>>> like("llama-5-70b-next", ["llama-3.1-8b", "llama-3.3-70b", "qwen2.5-72b"]), like("h100-sxm-80g", ["h100-sxm-80gb"])
('in the family: `llama-3.3-70b`, `llama-3.1-8b`', 'did you mean `h100-sxm-80gb`?')
>>> like("gpt-9", ["qwen3-8b"]) is None
True
"""

import math
import re
from collections.abc import Collection
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # at run time it is read only when a command needs it
    from planner.domain.inputs import Catalog

MAKERS = re.compile(r"^(nvidia|amd|intel|google|meta|geforce|instinct|tesla|aws|huawei)[ /-]", re.I)
"""Words that stand before a name and say nothing of the family."""
MOST = 3
CLOSE = 0.8
"""Likeness from which a name is taken to be misspelt rather than of another model of the family."""


def like(name: str, known: Collection[str]) -> str | None:
    """Help for an unknown name; None where nothing of its family is known."""
    asked = MAKERS.sub("", name.lower())
    kin = [one for one in known if _family(one) == _family(asked) and _family(asked)]
    likeness = {one: SequenceMatcher(None, asked, one).ratio() for one in kin or known}
    best = max(likeness, key=lambda one: (likeness[one], one), default=None)
    if best is not None and likeness[best] >= CLOSE and _size(asked) in (None, _size(best)):
        return f"did you mean `{best}`?"
    if not kin:
        return None
    near = sorted(kin, key=lambda one: (_apart(asked, one), -likeness[one], one))[:MOST]
    return f"in the family: {', '.join(f'`{one}`' for one in near)}"


def _family(name: str) -> str:
    """The letters that a name begins with.

    >>> _family("Qwen3-32B"), _family("h100-sxm-80gb"), _family("gpt-oss-120b"), _family("4090")
    ('qwen', 'h', 'gpt', '')
    """
    found = re.match(r"[a-z]+", MAKERS.sub("", name.lower()))
    return found[0] if found else ""


def _size(name: str) -> float | None:
    """The largest number followed by b (billions) or gb.

    >>> _size("qwen3-235b-a22b"), _size("h100-sxm-80gb"), _size("phi-4")
    (235.0, 80.0, None)
    """
    sizes = [float(number) for number in re.findall(r"(\d+(?:\.\d+)?)g?b(?![a-z])", name.lower())]
    return max(sizes, default=None)


def _apart(one: str, other: str) -> float:
    """How far two sizes are from each other; 0 where one says none."""
    a, b = _size(one), _size(other)
    return abs(math.log(a / b)) if a and b else 0.0


def closed(catalog: "Catalog", name: str) -> str | None:
    """Help for the name of a model whose weights nobody but its owner has: who sells its tokens; None if nobody does."""
    wanted = name.lower()
    rows = [row for row in catalog.token_prices if row.model.lower().rsplit("/", 1)[-1] == wanted]
    if not rows or any(row.language_model for row in rows):
        return None
    first = min(rows, key=lambda row: (row.usd_per_mtok_output, row.id))
    price = f"{first.usd_per_mtok_input:g} in, {first.usd_per_mtok_output:g} out, USD per Mtok"
    return f"its weights are not in the catalog: it is sold by the token ({first.id}: {price}); a scenario takes it as `hosted`"
