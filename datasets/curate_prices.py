"""Prices of node types out of the facts: offers and commitments, one row each. `curate_evidence.py` says which of them hold."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import curate_read as lists
import curate_sellers as sellers
import curate_tables as tables
from curate_cells import Row, entries, first_date, joined, number, read

PRICE_COLUMNS = (
    "region", "instance", "accelerator", "count", "contract", "plan", "term_months", "upfront_fraction", "min_nodes",
    "price_usd_per_hour", "low_usd_per_hour", "high_usd_per_hour", "interruptions_per_month", "access", "basis",
    "source", "checked_on", "note",
)  # fmt: skip
INTERRUPTIONS = {"<5%": "0.025", "5-10%": "0.075", "10-15%": "0.125", "15-20%": "0.175", ">20%": "0.25"}
PER_GPU = " (per GPU)"
BOARD = 8
"""Accelerators of a board, the least that sellers of whole boards sell."""
UPFRONT = {"no upfront": "0", "partial upfront": "0.5", "all upfront": "1"}

LeftOut = Counter[tuple[str, str]]


def candidate_rows(facts: Path, left_out: LeftOut) -> list[Row]:
    """Every price of the facts that is the price of a node, the older collection first; `file` says where it was read."""
    market = facts / "market"
    offers, newer = read(market / "offers.csv"), read(market / "offers_new.csv")
    for offer in (*offers, *newer):
        offer["provider"] = sellers.SAME_SELLER.get(offer["provider"], offer["provider"])
    buckets = {
        (row["region"], row["instance_type"]): INTERRUPTIONS[row["monthly_interruption_frequency"]]
        for row in read(market / "aws_spot_advisor.csv")
    }
    found = []
    for name, rows in (("offers.csv", offers), ("offers_new.csv", newer)):
        found += [row | {"file": name} for row in offer_rows(name, rows, buckets, left_out)]
    today = _on_demand_today(offers, newer)
    sizes = {(offer["provider"], offer["instance_type"]): offer["gpus_per_instance"] for offer in (*offers, *newer)}
    for name in ("commitments.csv", "commitments_new.csv"):
        rows = read(market / name)
        found += [row | {"file": name} for row in commitment_rows(name, rows, sizes, today, left_out)]
    return [*found, *(a_price(**row) for row in lists.listed_rows())]


def _on_demand_today(*offers: list[Row]) -> dict[tuple[str, str, str], float]:
    """Newest on-demand price of (seller, region, instance), USD per node-hour."""
    found: dict[tuple[str, str, str], tuple[str, float]] = {}
    for offer in (row for rows in offers for row in rows if row["on_demand_usd_per_instance_hour"]):
        key = (offer["provider"], offer["region"], offer["instance_type"])
        mine = (first_date(offer["as_of"]), float(offer["on_demand_usd_per_instance_hour"]))
        found[key] = max(found.get(key, mine), mine, key=lambda pair: pair[0])
    return {key: price for key, (_, price) in found.items()}


def a_price(**cells: str) -> Row:
    blank = dict.fromkeys(("provider", *PRICE_COLUMNS), "")
    return {**blank, "min_nodes": "1", "access": "open", **cells}


# ── offers ───────────────────────────────────────────────────────────────────────────────────────────────────────


def offer_rows(
    name: str, offers: list[Row], interruptions: dict[tuple[str, str], str], left_out: LeftOut
) -> Iterator[Row]:
    for offer in offers:
        if reason := why_not_a_node(offer):
            left_out[name, reason] += 1
            continue
        region = region_name(offer)
        common = {
            "provider": offer["provider"],
            "region": region,
            "instance": offer["instance_type"],
            "accelerator": offer["gpu_id"],
            "count": offer["gpus_per_instance"],
            "source": offer["source"],
            "checked_on": first_date(offer["as_of"]),
        }
        on_demand, spot = (offer[f"{how}_usd_per_instance_hour"] for how in ("on_demand", "spot"))
        if offer["provider"] in sellers.BOARDS and offer["instance_type"].endswith(PER_GPU):
            common |= {"instance": offer["instance_type"].removesuffix(PER_GPU), "count": str(BOARD)}
            on_demand, spot = (number(float(price) * BOARD) if price else "" for price in (on_demand, spot))
        basis, low = offer_basis(offer)
        # a row named for its spot price repeats the on-demand price of another row
        if on_demand and not (spot and offer["instance_type"].endswith("(spot)")):
            yield a_price(
                **common,
                contract="on_demand",
                plan="on demand",
                price_usd_per_hour=number(on_demand),
                low_usd_per_hour=number(on_demand) if low else "",
                basis=basis,
                note=offer["notes"],
            )
        if spot:
            derived = offer["spot_basis"].startswith("DERIVED")
            spot_date = re.search(r"spot price of (\d{4}-\d\d-\d\d)", offer["notes"])
            yield a_price(
                **{**common, "instance": common["instance"].removesuffix(" (spot)")}
                | ({"checked_on": spot_date[1]} if spot_date else {}),
                contract="spot",
                plan="spot",
                price_usd_per_hour=number(spot),
                low_usd_per_hour=number(spot) if low else "",
                interruptions_per_month=(
                    interruptions.get((region, offer["instance_type"]), "") if offer["provider"] == "aws" else ""
                ),
                basis="derived" if derived else "estimated" if low else "observed",
                note=joined(re.sub(r"^(DERIVED|observed): ", "", offer["spot_basis"]), offer["notes"]),
            )


def why_not_a_node(offer: Row) -> str:
    count = offer["gpus_per_instance"]
    if offer["notes"] == "accelerator price only" or "GPU component only" in offer["instance_type"]:
        return "accelerator price without a machine to put it in"
    if not count.isdigit() or count == "0":
        return "a fraction of an accelerator"
    if not offer["on_demand_usd_per_instance_hour"] and not offer["spot_usd_per_instance_hour"]:
        return "no price"
    words = f"{offer['instance_type']} {offer['notes']}".lower()
    exchange = offer["provider"] in sellers.EXCHANGES or "averages" in words or "dynamic list price" in words
    if not exchange and re.search(r"\baverage over|\baverage\b(?! \d)|\bmedian\b", words):
        return "an average or median of several prices is no offer"
    if sellers.forbidden(offer["provider"], offer["source"], offer["as_of"]):
        return "the source's terms forbid its use in a data set"
    return ""


def offer_basis(offer: Row) -> tuple[str, bool]:
    """What kind of evidence an on-demand price is, and whether it is but the low end of what is asked."""
    notes = offer["notes"]
    if "ESTIMATE" in notes or "LOW CONFIDENCE" in notes:
        return "estimated", "from" in notes
    if re.search(r'"from" price|"starting at"|lowest listed node|GPU rate only|minimum VM', notes):
        return "estimated", True
    if offer["provider"] in ("sfcompute", "vast") or "secondary" in notes or "research" in offer["source"]:
        return "observed", False
    return "listed", False


def region_name(offer: Row) -> str:
    """Vast names a place `Oregon, US, NA`: here `US-oregon`, and `US` where it gives the country alone."""
    if offer["provider"] != "vast" or offer["region"] == "all":
        return "all" if offer["region"] == "global" else offer["region"]
    place, country, _ = (part.strip() for part in offer["region"].split(","))
    return "-".join(part for part in (country, place.lower().replace(" ", "-")) if part)


# ── commitments ──────────────────────────────────────────────────────────────────────────────────────────────────


def commitment_rows(
    name: str,
    facts: list[Row],
    sizes: dict[tuple[str, str], str],
    on_demand: dict[tuple[str, str, str], float],
    left_out: LeftOut,
) -> Iterator[Row]:
    by_hand = {(line[0], line[1]): line[2:] for line in entries(tables.NODES_BY_HAND)}
    sizes = sizes | {(provider, instance): count for provider, instance, count in entries(tables.NODE_SIZES)}
    for fact in facts:
        provider = sellers.SAME_SELLER.get(fact["provider"], fact["provider"])
        key = (provider, fact["instance_or_gpu"])
        instance, count, region, contract, min_nodes = by_hand.get(
            key, [fact["instance_or_gpu"], sizes.get(key, ""), fact["region"], "", "1"]
        )
        term, shortest = terms_of(fact["term_months"])
        price, basis, note = node_price(fact, count, on_demand.get((provider, region, instance)))
        if reason := why_not_a_commitment(fact, term, count, price):
            left_out[name, reason] += 1
            continue
        upfront, upfront_note = upfront_share(fact["payment"])
        nodes = least_nodes(fact, count) or min_nodes
        yield a_price(
            provider=provider,
            region=region,
            instance=instance,
            accelerator=fact["gpu_id"],
            count=count,
            contract=contract or ("capacity_block" if shortest and float(shortest) < 1 else "commitment"),
            plan=plan_name(fact["commitment_type"], nodes, min_nodes),
            term_months=term,
            upfront_fraction=upfront,
            min_nodes=nodes,
            price_usd_per_hour=price,
            low_usd_per_hour=price if basis == "estimated" else "",
            basis=basis,
            source=fact["source"],
            checked_on=first_date(fact["as_of"]),
            note=joined(note, upfront_note, confidence_note(fact)),
        )


def why_not_a_commitment(fact: Row, term: str, count: str, price: str) -> str:
    if not fact["effective_usd_per_gpu_hour"]:
        return "no rate published"
    if not first_date(fact["as_of"]):
        return "no date"
    if "SUPERSEDED in effect" in fact["notes"]:
        return "the list price beside it has since risen by more than half"
    if not fact["gpu_id"]:
        return "accelerator not named"
    if not term:
        return "no definite term"
    if count and not count.isdigit():
        return "a fraction of an accelerator"
    if not count:
        return "accelerators per server or least quantity not stated"
    if not price:
        return "older than the price cut of 2025-06 and no on-demand price of today to scale it by"
    return ""


def terms_of(text: str) -> tuple[str, str]:
    """Longest term in months, and the shortest where it is a range.

    >>> terms_of("36"), terms_of("0.03-6"), terms_of("1 hour to years"), terms_of("0")
    (('36', ''), ('6', '0.03'), ('', ''), ('', ''))
    """
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return (text, "") if float(text) else ("", "")
    if found := re.fullmatch(r"([\d.]+)-([\d.]+)", text):
        return found[2], found[1]
    return "", ""


def least_nodes(fact: Row, count: str) -> str:
    """Fewest nodes where the fact states a least number of accelerators.

    >>> least_nodes({"min_quantity_or_spend": "64 GPUs or more"}, "8"), least_nodes({"min_quantity_or_spend": ""}, "8")
    ('8', '')
    """
    found = re.match(r"(\d+) GPUs or more", fact["min_quantity_or_spend"])
    return str(-(-int(found[1]) // int(count))) if found and count.isdigit() else ""


def node_price(fact: Row, count: str, on_demand_today: float | None) -> tuple[str, str, str]:
    """USD per node-hour averaged over the term, upfront included; its basis; a note on how it was found."""
    rate, notes = fact["effective_usd_per_gpu_hour"], fact["notes"]
    if not rate or not count.isdigit():
        return "", "", ""
    if "SUPERSEDED:" in notes:
        if on_demand_today is None:
            return "", "", ""
        discount = float(fact["discount_fraction_vs_on_demand"])
        note = (
            f"{discount:.2%} discount of {fact['as_of']} on today's on-demand {number(on_demand_today)} USD; "
            "the rate itself predates the price cut of 2025-06"
        )
        return number(on_demand_today * (1 - discount)), "derived", note
    basis = commitment_basis(fact)
    if found := re.match(r"instance rate ([\d.]+) / (\d+) accelerators", notes):
        assert found[2] == count, fact
        return number(found[1]), basis, reserved_note(notes)
    return number(float(rate) * int(count)), basis, joined(f"{rate} USD per accelerator-hour", notes)


def commitment_basis(fact: Row) -> str:
    if "DERIVED" in fact["notes"] + fact["source"]:
        return "derived"
    if fact["confidence"] in ("estimate", "ceiling") or "lowest advertised" in fact["notes"]:
        return "estimated"
    return "observed" if "secondary" in fact["notes"] or "research" in fact["source"] else "listed"


def reserved_note(notes: str) -> str:
    if "identical to the AWS feed of 2026-08-18" in notes:
        return "same rate in the price feed of 2026-08-18"
    if "unchanged in 2026" in notes:
        return "on-demand price of this region and size unchanged in 2026"
    return "currency of the rate in 2026 not checked"


def upfront_share(payment: str) -> tuple[str, str]:
    if "prepaid" in payment or payment == "instance-locked, best rate":
        return "1", "" if "prepaid" in payment else "payment not stated; the best rate is that of all upfront"
    if payment in ("not stated", "invoiced, weekly steps"):
        return "0", "payment schedule not stated; monthly assumed" if payment == "not stated" else payment
    if payment in ("monthly", "hourly"):
        return "0", ""
    return UPFRONT[re.split(r",| \(", payment)[0]], ""


def plan_name(commitment_type: str, nodes: str = "1", usual: str = "1") -> str:
    """The provider's own word for the contract, lower case, without the asides; the least number where it has steps.

    >>> plan_name("EC2 Capacity Block for ML (fixed dates)"), plan_name("Convertible Reserved Instance")
    ('ec2 capacity block for ml', 'convertible reserved instance')
    """
    name = re.sub(r" \(.*\)|^resource-based ", "", commitment_type).lower().replace('"', "")
    return f"{name}, {nodes} nodes or more" if nodes not in ("1", usual) else name


def confidence_note(fact: Row) -> str:
    return "" if fact["confidence"] == "high" else f"confidence {fact['confidence']}"
