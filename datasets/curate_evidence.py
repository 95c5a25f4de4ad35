"""Rules of evidence: which of the prices that were read hold, and what became of the others.

Per (seller, region, instance, contract) the newest observation wins; a seller with one list for everywhere is bound by its
newest list; a machine is sold only where it is known to exist; an estimate never takes the place of a price; what cannot be had
at once says so in `access`. Whatever does not hold is handed back with the reason: `replaced.csv`.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from statistics import median

import curate_sellers as sellers
import curate_tables as tables
from curate_cells import Row, day, entries, joined, number

SAME = 0.01
"""Two prices of one seller that differ by less are the same price."""
OLDEST_MONTHS = 24
FEWEST_SELLERS = 3
"""Sellers of a chip that make a market with a median."""


class Evidence:
    """The rows that hold so far, and the ones that do not with the reason and what took their place."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = list(rows)
        self.out: list[Row] = []

    def keep(
        self,
        verdict: Callable[[Row], str],
        by: Callable[[Row], str] = lambda row: "",
        until: Callable[[Row], str] = lambda row: "",
    ) -> None:
        """Keep what the verdict has nothing against."""
        kept = []
        for row in self.rows:
            if reason := verdict(row):
                self.drop(row, reason, by(row), until(row))
            else:
                kept.append(row)
        self.rows = kept

    def drop(self, row: Row, reason: str, by: str = "", until: str = "") -> None:
        """Take a row out; `until` is the day from which it did not hold, empty if it never did."""
        self.out.append({**row, "reason": reason, "by": by, "until": until})


def settle(candidates: Iterable[Row], availability: list[Row], known: set[str], today: str) -> Evidence:
    """All rules, in order."""
    evidence = Evidence(candidates)
    evidence.keep(lambda r: "" if r["accelerator"] in known else "accelerator not in accelerators.csv")
    evidence.keep(lambda r: "the seller or its price list ended" if r["provider"] in sellers.ENDED else "",
                  lambda r: sellers.ENDED.get(r["provider"], ""))  # fmt: skip
    evidence.keep(
        lambda r: "a spot price of an unknown day" if r["contract"] == "spot" and len(r["checked_on"]) == 4 else ""
    )
    evidence.keep(
        lambda r: "older than two years" if months(r["checked_on"], today) > OLDEST_MONTHS else "",
        until=lambda r: two_years_after(r["checked_on"]),
    )
    newest_of_each(evidence)
    newest_list(evidence)
    newest_discount(evidence)
    where_sold(evidence, availability)
    how_to_be_had(evidence)
    one_name(evidence)
    relations(evidence)
    mark_years(evidence)
    return evidence


def months(earlier: str, later: str) -> float:
    (y0, m0, d0), (y1, m1, d1) = (map(int, day(text).split("-")) for text in (earlier, later))
    return (y1 - y0) * 12 + (m1 - m0) + (d1 - d0) / 30


def two_years_after(date: str) -> str:
    """
    >>> two_years_after("2024-02-29"), two_years_after("2023")
    ('2026-02-28', '2025-01-01')
    """
    year, month, of_month = day(date).split("-")
    return f"{int(year) + OLDEST_MONTHS // 12}-{month}-{'28' if (month, of_month) == ('02', '29') else of_month}"


def per_accelerator(row: Row) -> float:
    return float(row["price_usd_per_hour"]) / int(row["count"])


def shown(row: Row) -> str:
    return f"{row['instance']} at {row['price_usd_per_hour']} USD on {row['checked_on']}"


def identity(row: Row) -> tuple[str, ...]:
    """What makes two rows the same offer. A capacity block is one product, whatever its longest duration was."""
    term = "" if row["contract"] == "capacity_block" else row["term_months"]
    names = ("provider", "region", "instance", "contract", "plan", "upfront_fraction")
    return (*(row[name] for name in names), term)


def rank(row: Row) -> tuple[bool, str]:
    """An estimate never outranks a price that somebody asks."""
    return row["basis"] != "estimated", day(row["checked_on"])


def newest_of_each(evidence: Evidence) -> None:
    best: dict[tuple[str, ...], Row] = {}
    for row in evidence.rows:
        held = best.get(identity(row))
        best[identity(row)] = row if held is None or rank(row) > rank(held) else held
    evidence.keep(
        lambda r: "" if best[identity(r)] is r else "a newer observation of the same contract",
        lambda r: shown(best[identity(r)]),
        lambda r: best[identity(r)]["checked_on"],
    )


# ── sellers with one list ────────────────────────────────────────────────────────────────────────────────────────


def newest_list(evidence: Evidence) -> None:
    """Of a seller with one list, older prices of a chip hold if the newest list says the same; nodes take its price per chip."""
    groups: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in evidence.rows:
        if row["provider"] not in sellers.REGIONAL and row["contract"] in ("on_demand", "spot"):
            groups[row["provider"], row["accelerator"], row["contract"]].append(row)
    gone: dict[int, tuple[str, str, str]] = {}
    overtaken: dict[tuple[str, str, str], str] = {}
    for (provider, _, _), rows in groups.items():
        top = max(rows, key=rank)
        if top["basis"] == "estimated":
            continue
        newest = [r for r in rows if rank(r) == rank(top)]
        for row in [r for r in rows if rank(r) < rank(top)]:
            near = [n for n in newest if abs(per_accelerator(row) / per_accelerator(n) - 1) <= SAME]
            if near:
                confirm(row, min(near, key=lambda n: n["count"] != row["count"]))
                continue
            overtaken[provider, row["region"], row["instance"]] = top["checked_on"]
            prices = {number(per_accelerator(n)) for n in newest}
            named = row["region"] != "all" and row["basis"] == "listed"
            linear = len({round(per_accelerator(r), 3) for r in rows if r["checked_on"] == row["checked_on"]}) == 1
            spot = row["contract"] == "spot" and row["region"] != "all"
            if provider in sellers.PER_ACCELERATOR and len(prices) == 1 and linear and (named or spot):
                evidence.drop(
                    dict(row), "repriced at the newest list of the same seller", shown(newest[0]), top["checked_on"]
                )
                reprice(row, newest[0])
            else:
                gone[id(row)] = (
                    "contradicted by a newer price of the same seller",
                    shown(newest[0]),
                    top["checked_on"],
                )
    evidence.keep(*(lambda r, part=part: gone[id(r)][part] if id(r) in gone else "" for part in range(3)))

    def stale_spot(row: Row) -> str:
        since = overtaken.get((row["provider"], row["region"], row["instance"]), "")
        stale = row["contract"] == "spot" and since and day(row["checked_on"]) < day(since)
        return "spot price beside an on-demand price that no longer holds" if stale else ""

    evidence.keep(stale_spot, until=lambda r: overtaken[r["provider"], r["region"], r["instance"]])


def confirm(row: Row, newest: Row) -> None:
    """The older row says what the newest list says: it holds as of that list."""
    row["note"] = joined(f"node type and region as read in {row['checked_on']} ({row['source'][:80]})", newest["note"])
    row["source"], row["checked_on"] = newest["source"], newest["checked_on"]


def reprice(row: Row, newest: Row) -> None:
    price = per_accelerator(newest)
    confirm(row, newest)
    row["price_usd_per_hour"] = number(price * int(row["count"]))
    row["note"] = joined(f"{row['count']} × {number(price)} USD per accelerator", row["note"])


# ── reserved rates ───────────────────────────────────────────────────────────────────────────────────────────────


def newest_discount(evidence: Evidence) -> None:
    """A derived rate takes the newest discount that was seen for the instance and the term, in whatever region."""
    on_demand = {
        (r["provider"], r["region"], r["instance"]): float(r["price_usd_per_hour"])
        for r in evidence.rows
        if r["contract"] == "on_demand"
    }
    seen: dict[tuple[str, ...], tuple[Row, float]] = {}
    for row in evidence.rows:
        base = on_demand.get((row["provider"], row["region"], row["instance"]))
        if row["contract"] == "commitment" and row["basis"] in ("listed", "observed") and base:
            key = discount_key(row)
            if key not in seen or rank(row) > rank(seen[key][0]):
                seen[key] = (row, 1 - float(row["price_usd_per_hour"]) / base)
    gone: dict[int, Row] = {}
    for row in evidence.rows:
        found = seen.get(discount_key(row))
        base = on_demand.get((row["provider"], row["region"], row["instance"]))
        if row["basis"] != "derived" or row["contract"] != "commitment" or not found or not base:
            continue
        newer, discount = found
        if rank(newer) <= rank(row):
            continue
        if newer["region"] == row["region"]:
            gone[id(row)] = newer
            continue
        evidence.drop(
            dict(row), "derived anew from a newer discount of the same contract", shown(newer), newer["checked_on"]
        )
        row["price_usd_per_hour"] = number(base * (1 - discount))
        row["checked_on"], row["source"], row["plan"] = newer["checked_on"], newer["source"], newer["plan"]
        row["note"] = f"{discount:.2%} discount seen in {newer['region']} on the region's on-demand {number(base)} USD"
    evidence.keep(
        lambda r: "contradicted by a newer price of the same seller" if id(r) in gone else "",
        lambda r: shown(gone[id(r)]),
        lambda r: gone[id(r)]["checked_on"],
    )
    evidence.keep(not_offered, until=lambda r: NO_ONE_YEAR_SINCE)


def discount_key(row: Row) -> tuple[str, ...]:
    """Reserved instances of one kind are one contract, whoever wrote it down."""
    plan = "convertible" if "convertible" in row["plan"] else "reserved" if "reserved" in row["plan"] else row["plan"]
    return row["provider"], row["instance"], row["term_months"], row["upfront_fraction"], plan


NO_ONE_YEAR = re.compile(r"^(p5|p5en|p6|g7|g7e|trn2)[.-]")
"""AWS families that have no one-year reserved instance in any region; savings plans are another contract."""
NO_ONE_YEAR_SINCE = "2026-08-26"
"""Day on which that was seen."""


def not_offered(row: Row) -> str:
    one_year = row["provider"] == "aws" and row["term_months"] == "12" and "reserved" in row["plan"]
    return "no longer offered for this family" if one_year and NO_ONE_YEAR.match(row["instance"]) else ""


# ── places ───────────────────────────────────────────────────────────────────────────────────────────────────────


def region_of_zone(provider: str, zone: str) -> str:
    """The region of a zone as availability names it.

    >>> region_of_zone("gcp", "us-central1-ai1a"), region_of_zone("aws", "us-east-1")
    ('us-central1', 'us-east-1')
    """
    found = re.match(r"[a-z]+-[a-z]+\d+", zone) if provider == "gcp" else None
    return found[0] if found else zone


def type_name(provider: str, instance: str) -> str:
    """The name under which availability lists a type."""
    if provider == "gcp" and instance.startswith("tpu"):
        return re.sub(r"-\d+$", "", instance)
    return re.split(r"_\dgpu| \(per GPU\)", instance)[0] if provider == "nebius" else instance


def where_sold(evidence: Evidence, availability: list[Row]) -> None:
    places: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in availability:
        name = type_name(row["provider"], row["instance_type"])
        places[row["provider"], name][row["available_as"]].add(region_of_zone(row["provider"], row["region"]))
    kept: list[Row] = []
    for row in evidence.rows:
        found = places.get((row["provider"], type_name(row["provider"], row["instance"])))
        if row["region"] in ("all", "north-america") and found and row["contract"] in found:
            kept += placed(row, found[row["contract"]])
        else:
            reason = found and why_not_there(row, found)
            if reason:
                evidence.drop(row, reason)
            else:
                kept.append(row)
    evidence.rows = kept
    repeated(evidence)


def placed(row: Row, regions: set[str]) -> list[Row]:
    """One row for each region where the type is known to be; of a list for North America, only there."""
    if regions == {"all"}:
        return [row]
    mine = [r for r in regions if row["region"] == "all" or re.match(r"US-|CA-|RNO", r)]
    return [row | {"region": region, "placed": "yes"} for region in sorted(mine)] or [row]


def why_not_there(row: Row, found: dict[str, set[str]]) -> str:
    sold, contract = found.get("on_demand", set()), row["contract"]
    by_order = found.get("commitment", set())
    if contract == "spot":
        fine = found.get("spot") or sold
    elif contract == "capacity_block":
        fine = found.get("capacity_block", set())
    else:
        fine = sold | by_order
    if "waitlist" in found or row["region"] in fine or fine == {"all"}:
        if contract == "on_demand" and row["region"] in by_order - sold:
            row["access"] = "reservation"
        return ""
    if not fine:
        return "sold in other ways only (spot, flex start or reservation)"
    return "no such machine type in this region"


def repeated(evidence: Evidence) -> None:
    """A list that prints one price for every region says nothing about where the thing is."""
    same: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for row in evidence.rows:
        if row["provider"] not in sellers.REGIONAL and row["contract"] == "on_demand" and row["region"] != "all":
            same[row["provider"], row["instance"], row["price_usd_per_hour"]].add(row["region"])
    evidence.keep(
        lambda r: (
            "one price repeated over every region, not known to be sold there"
            if r["provider"] in sellers.REPEATED
            and r["region"] != "all"
            and not r.get("placed")
            and len(same[r["provider"], r["instance"], r["price_usd_per_hour"]]) > 5
            else ""
        )
    )


def how_to_be_had(evidence: Evidence) -> None:
    table = [(who, what, access, nodes, why) for who, what, access, nodes, why in entries(sellers.ACCESS)]
    for row in evidence.rows:
        if row["provider"] == "aws" and row["region"].startswith("us-gov"):
            row["access"] = "restricted"
        for who, what, access, nodes, why in table:
            chip = row["accelerator"]
            if who == row["provider"] and what in ("*", chip, f"{chip} {row['contract']}", row["instance"]):
                row["access"] = access if access != "open" else row["access"]
                row["min_nodes"] = max(row["min_nodes"], nodes, key=int)
                row["note"] = joined(why, row["note"])


def one_name(evidence: Evidence) -> None:
    """One offer under two names in two lists of the same seller: the newest, or the first, stays."""
    first: dict[tuple[str, ...], Row] = {}
    names = ("provider", "region", "accelerator", "count", "contract", "plan", "term_months", "upfront_fraction")
    for row in evidence.rows:
        if row["provider"] in sellers.REGIONAL:
            continue
        key = (*(row[n] for n in names), number(row["price_usd_per_hour"]))
        held = first.get(key)
        first[key] = (
            row
            if held is None or (day(row["checked_on"]), row["file"]) > (day(held["checked_on"]), held["file"])
            else held
        )
    keep = {id(row) for row in first.values()}
    evidence.keep(
        lambda r: "" if r["provider"] in sellers.REGIONAL or id(r) in keep else "the same offer under another name"
    )


# ── relations between rows ───────────────────────────────────────────────────────────────────────────────────────


def relations(evidence: Evidence) -> None:
    on_demand = {
        (r["provider"], r["region"], r["instance"]): float(r["price_usd_per_hour"])
        for r in evidence.rows
        if r["contract"] == "on_demand"
    }

    def against_on_demand(row: Row) -> str:
        base = on_demand.get((row["provider"], row["region"], row["instance"]))
        price = float(row["price_usd_per_hour"])
        if base is None or row["contract"] not in ("spot", "commitment"):
            return ""
        if row["contract"] == "spot" and price >= base:
            return "spot at or above on demand"
        return "committed above on demand" if price > base * (1 + SAME) else ""

    evidence.keep(against_on_demand)
    more_upfront(evidence)
    kinds = {line[0]: line[1] for line in entries(tables.PROVIDERS)}
    medians = market_medians(evidence.rows, kinds)

    def middle_of(row: Row) -> float | None:
        chip, contract = row["accelerator"], row["contract"]
        return medians.get((chip, contract, kinds[row["provider"]])) or medians.get((chip, contract, ""))

    def outside(row: Row) -> str:
        middle = middle_of(row)
        if middle is None or middle / 4 <= per_accelerator(row) <= middle * 4:
            return ""
        return "outside a quarter to four times the market's median of the chip"

    evidence.keep(outside, lambda r: f"median {middle_of(r) or 0:.4g} USD per accelerator-hour")


def more_upfront(evidence: Evidence) -> None:
    """A contract that asks for more upfront and is no cheaper than the same with less: one was taken for the other."""
    contract = ("provider", "region", "instance", "contract", "plan", "term_months")
    same: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in evidence.rows:
        same[tuple(row[name] for name in contract)].append(row)

    def sooner(row: Row) -> Row | None:
        upfront, price = (float(row[name] or 0) for name in ("upfront_fraction", "price_usd_per_hour"))
        rivals = same[tuple(row[name] for name in contract)]
        less = (r for r in rivals if float(r["upfront_fraction"] or 0) < upfront)
        return next((r for r in less if float(r["price_usd_per_hour"]) <= price), None)

    evidence.keep(
        lambda r: "more upfront for no less" if sooner(r) else "",
        lambda r: shown(found) if (found := sooner(r)) else "",
    )


def market_medians(rows: Iterable[Row], kinds: dict[str, str]) -> dict[tuple[str, str, str], float]:
    """Median over the sellers of each seller's own median, of (accelerator, contract, kind of seller; empty = all sellers).

    None where fewer than three sellers make a market.
    """
    by_seller: dict[tuple[str, str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in (r for r in rows if r["basis"] != "estimated"):
        for kind in ("", kinds[row["provider"]]):
            by_seller[row["accelerator"], row["contract"], kind][row["provider"]].append(per_accelerator(row))
    return {
        key: median(median(prices) for prices in found.values())
        for key, found in by_seller.items()
        if len(found) >= FEWEST_SELLERS
    }


def mark_years(evidence: Evidence) -> None:
    for row in evidence.rows:
        if len(row["checked_on"]) == 4:
            row["note"] = joined("day within the year not known; counts from its start", row["note"])
