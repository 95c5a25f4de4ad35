"""What the catalog holds: accelerators, language models, prices, figures of owning

In: rows of `datasets/`.
Out: `Catalog` and its parts.
Start at `catalog.py`.
"""

from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.catalog import (
    Access,
    Announced,
    CarbonIntensity,
    Catalog,
    Constant,
    ContractKind,
    Contradiction,
    Ended,
    InstancePrice,
    LoadProfile,
    PricePath,
    Provider,
    ProviderClass,
    SellerCap,
    TokenPrice,
    earliest_day,
    months_between,
)
from planner.domain.inputs.language_model import LanguageModel, Precision
from planner.domain.inputs.ownership_facts import (
    FIGURES,
    ColocationRent,
    ElectricityTariff,
    OwnershipFacts,
    OwningFigure,
    PowerMeasure,
    PriceScope,
    ResidualCurve,
    ServerPower,
    ServerPrice,
    SizeClass,
    TariffSpan,
)
