"""From when something is in force. `from` is a word of Python, and the word that people write: hence the detour."""

from typing import TYPE_CHECKING

from pydantic import Field, create_model

from planner.domain.fields.quantity import Month
from planner.domain.fields.strict import Strict

_MEANING = "First month in which it is in force; default: the start of the horizon."

if TYPE_CHECKING:

    class _From(Strict):
        """A `from`, which is a month."""
else:
    _From = create_model(
        "_From", __base__=Strict, **{"from": (Month | None, Field(default=None, description=_MEANING))}
    )


class Since(_From):
    """What may begin later than the horizon."""

    @property
    def since(self) -> str | None:
        """The month that the scenario states by `from`."""
        month: str | None = getattr(self, "from")
        return month
