"""What the options of `planner catalog` may be."""

from enum import StrEnum


class Kind(StrEnum):
    """What is sold."""

    INSTANCE = "instance"
    HOSTED = "hosted"


class Rows(StrEnum):
    """What is listed."""

    PRICES = "prices"
    MODELS = "models"
    ACCELERATORS = "accelerators"
    PROFILES = "profiles"
    PROVIDERS = "providers"
    PATHS = "paths"
    SUCCESSORS = "successors"
    CARBON = "carbon"
    POWER = "power"
    SERVERS = "servers"
    SERVER_POWER = "server-power"
    COLOCATION = "colocation"
    ELECTRICITY = "electricity"
    RESIDUALS = "residuals"
    OWNING = "owning"


class ContractKind(StrEnum):
    """How it is paid."""

    ON_DEMAND = "on_demand"
    SPOT = "spot"
    COMMITMENT = "commitment"
    CAPACITY_BLOCK = "capacity_block"
    HOSTED_API = "hosted_api"


class Order(StrEnum):
    """What comes first."""

    PRICE = "price"
    ACCELERATOR = "accelerator"
    AGE = "age"
    PROVIDER = "provider"
