"""The base of every noun: frozen, without unknown keys, documented by its own attribute docstrings."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """Frozen pydantic model that refuses unknown keys, NaN and infinities."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False, ser_json_inf_nan="strings"
    )
