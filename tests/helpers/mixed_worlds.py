"""Small scenarios drawn from a seed in which all that is signed, dated, hosted and waits meets: fields as a user writes them."""

import random
from typing import Any

Fields = dict[str, Any]
PROVIDERS = "pq"
KINDS = (
    ["online"],
    ["waits"],
    ["hosted"],
    ["online", "online"],
    ["online", "waits"],
    ["online", "waits"],
    ["online", "hosted"],
    ["waits", "hosted"],
    ["online", "waits", "hosted"],
)


def draw_mixed(seed: int) -> Fields:
    """A scenario of two to six periods at two providers, with some of everything."""
    r = random.Random(f"mixed {seed}")
    fields: Fields = {
        "discount_rate": r.choice([0, 0.1, 0.3]),
        "terminal": r.choice(["liability", "annuity"]),
        "replicas": r.choice(["whole", "pooled"]),
    }
    count = _periods(r, fields)
    fields["workloads"] = _works(r, fields, count)
    fields["offers"] = _offers(r, fields, count)
    held = [draw_nodes(r, fields, count)] if r.random() < 0.45 else []
    held += [_savings(r, fields, count)] if r.random() < 0.4 else []
    if held:
        fields["held"] = held
    hours = count * _length(fields)
    usual = 6.0 * hours  # about what nodes on demand for all of it come to
    if r.random() < 0.4:
        fields["credits"] = [draw_credit(r, fields, count, usual) for _ in range(r.choice([1, 1, 2]))]
    if r.random() < 0.5:
        fields["spend_agreements"] = [draw_agreement(r, count, hours)]
    if r.random() < 0.2:
        fields["support"] = {"p": 0.1}
    limit = r.random()
    if limit < 0.1:
        fields["budget_total_usd"] = round(usual * r.uniform(0.5, 3), 2)
    elif limit < 0.2:
        fields["budget_per_period_usd"] = round(usual / count * r.uniform(0.7, 3), 2)
    elif limit < 0.3:
        income = round(usual / hours * 730 * r.uniform(0.5, 2), 2)
        fields["cash"] = {"at_hand_usd": round(usual, 2), "income_per_month_usd": income, "minimum_usd": 100.0}
    return fields


def draw_credited(seed: int) -> Fields:
    """The same where credits, agreements on spend and most offers are of one provider; two agreements share what is paid to it."""
    fields, r = draw_mixed(seed), random.Random(f"credited {seed}")
    count, hours = count_of(fields), hours_of(fields)
    if "periods" in fields and r.random() < 0.4:  # some lie in two plan-years
        length = r.choice([5840.0, 6570.0, 10_000.0])
        slices = [one | {"hours": one["hours"] * length / _length(fields)} for one in fields["periods"][0]["slices"]]
        fields["periods"] = [{"hours": length, "slices": slices}] * count
        hours = count * length
    if r.random() < 0.4:
        fields["savings_plans"] = [draw_savings(r, count)]
    for part in (*fields["offers"], *fields.get("held", []), *fields.get("savings_plans", [])):
        part["provider"] = "p" if r.random() < 0.8 else "q"
    fields["credits"] = [
        draw_credit(r, fields, count, 6.0 * hours) | {"provider": "p"} for _ in range(r.choice([1, 1, 2]))
    ]
    agreements = [draw_agreement(r, count, hours) | {"provider": "p"}]
    if r.random() < 0.4:
        agreements.append(draw_agreement(r, count, hours) | {"provider": "p"})
        kinds = [["on_demand", "spot", "held"], ["commitment", "block", "hosted_api"]]
        for agreement, covers in zip(agreements, r.sample(kinds, 2), strict=True):
            agreement["covers"] = covers
    for agreement in agreements:  # of a size that such small plans reach
        share = 10 ** r.uniform(-1.5, 0)
        for tier in agreement["tiers"]:
            stated = tier["spend_per_year_usd"]
            tier["spend_per_year_usd"] = (
                [round(u * share, 2) for u in stated] if isinstance(stated, list) else round(stated * share, 2)
            )
    return fields | {"spend_agreements": agreements}


def count_of(fields: Fields) -> int:
    """Periods of a scenario."""
    return len(fields["periods"]) if "periods" in fields else int(fields["months"]) // (3 if "period" in fields else 1)


def hours_of(fields: Fields) -> float:
    """Hours of all of them."""
    return sum(one["hours"] for one in fields["periods"]) if "periods" in fields else fields["months"] * 730.0


def _periods(r: random.Random, fields: Fields) -> int:
    count = r.choice([2, 3, 3, 4])
    if r.random() < 0.6:
        quarters = r.random() < 0.5
        count += r.choice([0, 2]) if quarters else 0
        fields |= {"start": "2027-01", "months": count * (3 if quarters else 1)}
        fields |= {"period": "quarter"} if quarters else {}
        return count
    length = r.choice([730.0, 2190.0, 4380.0])
    parts = r.choice([[1.0], [0.25, 0.75]])
    slices = [{"name": f"s{n}", "hours": length * part} for n, part in enumerate(parts)]
    fields["periods"] = [{"hours": length, "slices": slices} for _ in range(count)]
    return count


def _length(fields: Fields) -> float:
    return float(fields["periods"][0]["hours"]) if "periods" in fields else fields["months"] * 730.0


def _date(r: random.Random, fields: Fields, key: str, period: int) -> Fields:
    """A date as a month or as the number of a period."""
    if "periods" in fields or r.random() < 0.3:
        return {"periods" if key == "until" else f"{key}_period": period}
    months = period * (3 if fields.get("period") == "quarter" else 1)
    return {key: f"{2027 + months // 12}-{months % 12 + 1:02d}"}


def _works(r: random.Random, fields: Fields, count: int) -> list[Fields]:
    kinds = r.choice(KINDS)
    works = []
    for n, kind in enumerate(kinds):
        work: Fields = {"name": f"w{n}", "max_spot_share": r.choice([0.0, 1.0])}
        base, slices = r.uniform(1.0, 12.0 / len(kinds)), len(fields.get("periods", [{"slices": [0]}])[0]["slices"])
        rates = [[round(base * r.uniform(0.3, 1.5), 3) for _ in range(slices)] for _ in range(count)]
        if kind == "hosted":
            work |= {"kind": r.choice(["inference", "inference", "batch"])} | _hosted_demand(r, base, count)
        elif kind == "online":
            work |= {"kind": "inference", "unit": "u"}
            work["demand_per_hour"] = rates if slices > 1 else [row[0] for row in rates]
        else:
            work |= {"kind": r.choice(["batch", "training"]), "unit": "u", "demand_per_hour": [row[0] for row in rates]}
        if r.random() < 0.3:
            work |= _date(r, fields, "start", r.randrange(count))
        elif r.random() < 0.3:
            work |= _date(r, fields, "end", r.randint(1, count))
        works.append(work)
    return works


def _hosted_demand(r: random.Random, base: float, count: int) -> Fields:
    unit = r.choice(["image", "second", None])
    size = {} if unit else {"input_tokens": r.choice([1000, 4000]), "output_tokens": r.choice([200, 1000])}
    each = 1.0 if unit else (size["input_tokens"] + size["output_tokens"]) / 1e6
    many = [round(base * 24 / each * r.uniform(0.4, 1.4), 1) for _ in range(count)]
    asked = {"requests_per_day": many if r.random() < 0.5 and count > 2 else many[0]}
    return {"model": "closed-1"} | asked | ({"unit": unit} if unit else size)


def _offers(r: random.Random, fields: Fields, count: int) -> list[Fields]:
    offers: list[Fields] = []
    for n in range(r.choice([1, 2, 2, 3])):
        works = fields["workloads"]
        rates = {w["name"]: round(r.uniform(1.5, 7.0), 2) for w in works if n == 0 or w is works[0] or r.random() < 0.8}
        price = round(max(rates.values()) * r.uniform(0.5, 1.2), 3)
        contracts: list[Fields] = [{"kind": "on_demand", "usd_per_hour": price}]
        if n and r.random() < 0.5:
            contracts[0]["max_nodes"] = r.choice([1, 2])
        contracts += [_commitment(r, price, count)] if r.random() < 0.5 else []
        contracts += [_block(r, price, count)] if r.random() < 0.4 else []
        if r.random() < 0.25:
            contracts.append({"kind": "spot", "usd_per_hour": round(price * 0.6, 3), "max_nodes": r.choice([1, 2, 4])})
        offers.append({"name": f"o{n}", "provider": r.choice(PROVIDERS), "throughput": rates, "contracts": contracts})
    for work in fields["workloads"]:
        if "model" in work:
            offers += [_api(r, n, work) for n in range(r.choice([1, 1, 2]))]
    return offers


def _commitment(r: random.Random, price: float, count: int) -> Fields:
    term = r.randint(1, count + 1)
    paid = {"upfront_usd": round(price * 300 * term, 2)} if r.random() < 0.3 else {}
    most = {"max_nodes": r.choice([1, 3])} if r.random() < 0.3 else {}
    usd = round(price * r.uniform(0.4, 0.9), 3)
    return {"kind": "commitment", "usd_per_hour": usd, "term_periods": term} | paid | most


def _block(r: random.Random, price: float, count: int) -> Fields:
    days = r.choice([7, 14, 21, 30, 45, 90])
    usd = round(price * r.uniform(0.2, 0.8), 3)
    start = {"start_period": r.randrange(count), "max_nodes": r.choice([1, 2])} if r.random() < 0.6 else {}
    return {"kind": "block", "usd_per_hour": usd, "days": days} | start


def _api(r: random.Random, n: int, work: Fields) -> Fields:
    api: Fields = {"kind": "hosted_api", "name": f"api{n}", "provider": r.choice(PROVIDERS), "model": "closed-1"}
    each = round(r.uniform(0.15, 0.6), 4)
    if "unit" in work:
        return api | {"usd_per_unit": each, "unit": r.choice([work["unit"], "request"])}
    if r.random() < 0.5:
        tokens = work["input_tokens"] + work["output_tokens"]
        return api | {"usd_per_unit": round(each * tokens / 1e6, 6), "unit": "request"}
    return api | {"usd_per_mtok_input": each, "usd_per_mtok_output": round(2 * each, 4)}


def _in_force(r: random.Random, fields: Fields, count: int) -> Fields:
    first = r.choice([0, 0, r.randrange(count)])
    dates = _date(r, fields, "until", r.randint(first + 1, count + 2))
    return dates | (_date(r, fields, "from", first) if first else {})


def draw_nodes(r: random.Random, fields: Fields, count: int) -> Fields:
    rates = {w["name"]: round(r.uniform(1.5, 5.0), 2) for w in fields["workloads"]}
    held = {
        "kind": "nodes",
        "name": "mine",
        "provider": r.choice(PROVIDERS),
        "throughput": rates,
        "nodes": r.randint(1, 3),
    }
    return held | {"usd_per_hour": r.choice([0.0, 1.5])} | _in_force(r, fields, count)


def _savings(r: random.Random, fields: Fields, count: int) -> Fields:
    rates: list[Fields] = [{"discount": r.choice([0.2, 0.4])}]
    rates += [{"instance": "o0", "discount": r.choice([0.1, 0.5])}] if r.random() < 0.4 else []
    plan = {"kind": "savings_plan", "name": "plan", "provider": r.choice(PROVIDERS), "rates": rates}
    paid = {"upfront_fraction": r.choice([0.5, 1.0])} if r.random() < 0.4 else {}
    return plan | {"usd_per_hour": round(r.uniform(1, 8), 2)} | paid | _in_force(r, fields, count)


def draw_savings(r: random.Random, count: int) -> Fields:
    rates = [{"discount": r.choice([0.2, 0.4])}, *([{"instance": "o0", "discount": 0.5}] if r.random() < 0.3 else [])]
    most = {"max_usd_per_hour": r.choice([2.0, 10.0])} if r.random() < 0.5 else {}
    paid = {"upfront_fraction": r.choice([0.5, 1.0])} if r.random() < 0.5 else {}
    return {"name": "new plan", "term_periods": r.randint(1, count + 1), "rates": rates} | most | paid


def draw_credit(r: random.Random, fields: Fields, count: int, usual: float) -> Fields:
    ends = _date(r, fields, "expires", r.randint(1, count)) if r.random() < 0.5 else {}
    return {"provider": r.choice(PROVIDERS), "usd": round(usual * r.uniform(0.02, 0.7), 2)} | ends


def draw_agreement(r: random.Random, count: int, hours: float) -> Fields:
    signed, years = r.random() < 0.4, max(1, int((hours + 8759) // 8760))
    base = 8760 * r.uniform(1.0, 8.0)
    least: Any = [round(base * r.uniform(0.6, 1.4), 2) for _ in range(years)] if r.random() < 0.4 else round(base, 2)
    tiers = [{"spend_per_year_usd": least, "discount": r.choice([0.05, 0.1, 0.2])}]
    if not signed and r.random() < 0.4:
        more = [round(usd * 1.7, 2) for usd in least] if isinstance(least, list) else round(least * 1.7, 2)
        tiers.append({"spend_per_year_usd": more, "discount": 0.3})
    agreement: Fields = {
        "provider": r.choice(PROVIDERS),
        "tiers": tiers,
        "level": r.choice(["plan_year", "horizon"]),
        "spend_counts": r.choice(["before_discount", "after_discount"]),
    }
    if signed:
        agreement["signed"] = True
        agreement |= {"until_period": r.randint(1, count)} if r.random() < 0.4 else {}
    else:
        agreement["take_or_pay"] = r.random() < 0.6
    if r.random() < 0.3:
        agreement["covers"] = r.choice(
            [["hosted_api"], ["on_demand", "commitment", "block", "held"], ["on_demand", "hosted_api"]]
        )
    return agreement
