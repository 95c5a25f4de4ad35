"""Azure's retail prices: on demand, spot, reservations and savings plans of the machine types that the catalog knows.

A page holds up to 1,000 items and the address of the next. A reservation's price is the total of its term.
"""

from collections.abc import Iterator
from typing import Annotated
from urllib.parse import quote

from pydantic import Field

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


class _Plan(Shape):
    unitPrice: Annotated[float, Field(gt=0)]
    term: str


class _Item(Shape):
    currencyCode: str
    unitPrice: Annotated[float, Field(ge=0)]
    armRegionName: str
    armSkuName: str
    meterName: str
    skuName: str
    productName: str
    unitOfMeasure: str
    type: str
    reservationTerm: str = ""
    savingsPlan: tuple[_Plan, ...] = ()


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
        words = f"{item.productName} {item.meterName} {item.skuName}".lower()
        if any(word in words for word in _NOT_OURS) or item.type not in ("Consumption", "Reservation"):
            continue
        if item.currencyCode != "USD" or item.unitOfMeasure != "1 Hour" or item.unitPrice == 0:
            tally.unreadable += 1
            continue
        region, sku = item.armRegionName, item.armSkuName
        if not known.sells("azure", region, sku):
            tally.unknown += 1
            continue

        def seen(contract: str, plan: str, usd: float, months: int = 0, region: str = region, sku: str = sku) -> Seen:
            term = (str(months), "0") if months else ("", "")
            basis = "observed" if contract == "spot" else "listed"
            return Seen(Key("azure", region, sku, contract, plan, *term), usd, known.today, f"https://{HOST}", basis)

        if item.type == "Reservation":
            months = _TERMS.get(item.reservationTerm)
            if months:
                yield seen("commitment", "reservation", item.unitPrice / (HOURS_PER_MONTH * months), months)
        elif "spot" in words:
            yield seen("spot", "spot", item.unitPrice)
        else:
            yield seen("on_demand", "on demand", item.unitPrice)
            for plan in item.savingsPlan:
                if plan.term in _TERMS:
                    yield seen("commitment", "savings plan for compute", plan.unitPrice, _TERMS[plan.term])
