"""Azure's retail prices: on demand, spot, reservations and savings plans of the machine types that the catalog knows.

A page holds up to 1,000 items and the address of the next. A reservation's price is the total of its term.
"""

from collections.abc import Iterator
from typing import Annotated
from urllib.parse import quote

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from planner.inputs.refresh.fetch import Reader
from planner.inputs.refresh.seen import Key, Known, Observation, Seen, Shape, Tally, at, items_of, json_of, one_each
from planner.units import HOURS_PER_MONTH

HOST = "prices.azure.com"
_ADDRESS = f"https://{HOST}/api/retail/prices?api-version=2023-01-01-preview&$filter="
_SKUS = 10
"""Machine types asked for at once."""
_TERMS = {"1 Year": 12, "3 Years": 36}
_NOT_OURS = ("windows", "low priority", "cloudservices", "cloud services", "dedicated")
"""Other operating systems and other products under the same machine type."""


class _Camel(Shape):
    """Keys as Azure spells them: `unitPrice`."""

    model_config = ConfigDict(alias_generator=to_camel)


class _Plan(_Camel):
    unit_price: Annotated[float, Field(gt=0)]
    term: str


class _Item(_Camel):
    currency_code: str
    unit_price: Annotated[float, Field(ge=0)]
    arm_region_name: str
    arm_sku_name: str
    meter_name: str
    sku_name: str
    product_name: str
    unit_of_measure: str
    type: str
    reservation_term: str = ""
    savings_plan: tuple[_Plan, ...] = ()


async def read(reader: Reader, known: Known, tally: Tally) -> list[Observation]:
    """Every page of every ten machine types."""
    found: list[Seen] = []
    machines = known.instances("azure")
    for first in range(0, len(machines), _SKUS):
        names = " or ".join(f"armSkuName eq '{sku}'" for sku in machines[first : first + _SKUS])
        url = _ADDRESS + quote(f"serviceName eq 'Virtual Machines' and ({names})")
        while url:
            page = json_of(await reader.get(url))
            found += _seen(items_of(_Item, at(page, "Items"), tally, may_be_empty=True), known, tally)
            url = str(page.get("NextPageLink") or "")
    return list(one_each(found, tally))


def _seen(items: list[_Item], known: Known, tally: Tally) -> Iterator[Seen]:
    for item in items:
        words = f"{item.product_name} {item.meter_name} {item.sku_name}".lower()
        if any(word in words for word in _NOT_OURS) or item.type not in ("Consumption", "Reservation"):
            continue
        if item.currency_code != "USD" or item.unit_of_measure != "1 Hour" or item.unit_price == 0:
            tally.unreadable += 1
            continue
        region, sku = item.arm_region_name, item.arm_sku_name
        if not known.sells("azure", region, sku):
            tally.unknown += 1
            continue

        def seen(contract: str, plan: str, usd: float, months: int = 0, region: str = region, sku: str = sku) -> Seen:
            term = (str(months), "0") if months else ("", "")
            basis = "observed" if contract == "spot" else "listed"
            return Seen(Key("azure", region, sku, contract, plan, *term), usd, known.today, f"https://{HOST}", basis)

        if item.type == "Reservation":
            months = _TERMS.get(item.reservation_term)
            if months:
                yield seen("commitment", "reservation", item.unit_price / (HOURS_PER_MONTH * months), months)
        elif "spot" in words:
            yield seen("spot", "spot", item.unit_price)
        else:
            yield seen("on_demand", "on demand", item.unit_price)
            for plan in item.savings_plan:
                if plan.term in _TERMS:
                    yield seen("commitment", "savings plan for compute", plan.unit_price, _TERMS[plan.term])
