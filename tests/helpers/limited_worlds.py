"""Scenarios of `mixed_worlds` under tight limits on money and on what is bought, and what makes them looser."""

import random
from collections.abc import Iterator

from mixed_worlds import (
    PROVIDERS,
    Fields,
    count_of,
    draw_agreement,
    draw_credit,
    draw_credited,
    draw_mixed,
    draw_nodes,
    draw_savings,
    hours_of,
)


def draw_limited(seed: int) -> Fields:
    """A scenario with several limits at once, and in most of them credits."""
    r = random.Random(f"limited {seed}")
    fields = (draw_credited if seed % 2 else draw_mixed)(seed)
    count, hours = count_of(fields), hours_of(fields)
    usual = 6.0 * hours
    tight: Fields = {
        "budget_total_usd": usual * r.uniform(0.3, 2),
        "budget_per_period_usd": usual / count * r.uniform(0.5, 2.5),
        "budget_per_year_usd": usual / max(hours / 8760, 1) * r.uniform(0.4, 2),
        "budget_upfront_per_year_usd": usual * r.uniform(0.02, 0.5),
    }
    for limit, usd in tight.items():
        fields.pop(limit, None)
        fields |= {limit: round(usd, 2)} if r.random() < 0.3 else {}
    fields.pop("cash", None)
    if r.random() < 0.4:
        income, least = round(usual / hours * 730 * r.uniform(0.1, 1.5), 2), round(usual * r.choice([0, 0.02, 0.1]), 2)
        at_hand = round(usual * r.uniform(0.1, 1), 2)
        fields["cash"] = {"at_hand_usd": at_hand, "income_per_month_usd": income, "minimum_usd": least}
    if "credits" not in fields and r.random() < 0.6:
        fields["credits"] = [draw_credit(r, fields, count, usual)]
    if not fields.get("held") and r.random() < 0.5:
        fields["held"] = [draw_nodes(r, fields, count)]
    fewest = {
        "max_providers": 1,
        "max_pools": 2,
        "max_signings_per_year": r.choice([0, 1]),
        "max_share_per_provider": 0.6,
    }
    return fields | {limit: most for limit, most in fewest.items() if r.random() < 0.15}


def looser(fields: Fields, seed: int) -> Iterator[tuple[str, Fields]]:
    """(what is looser, the scenario with it)."""
    r = random.Random(f"looser {seed}")
    count, usual = count_of(fields), 6.0 * hours_of(fields)
    grants = fields.get("credits", [])
    yield "a grant", fields | {"credits": [*grants, draw_credit(r, fields, count, usual)]}
    if grants:
        yield "a larger grant", fields | {"credits": [grant | {"usd": grant["usd"] * 2} for grant in grants]}
        lasting = [{key: value for key, value in grant.items() if "expires" not in key} for grant in grants]
        yield "a lasting grant", fields | {"credits": lasting}
    for limit in fields:
        if limit.startswith(("budget", "cash", "max_")):
            yield f"no {limit}", {key: value for key, value in fields.items() if key != limit}
            if limit.startswith("budget"):
                yield limit, fields | {limit: round(fields[limit] * 1.2, 2)}
    if "cash" in fields:
        yield "cash", fields | {"cash": fields["cash"] | {"at_hand_usd": fields["cash"]["at_hand_usd"] * 1.5}}
    plan = draw_savings(r, count) | {"provider": r.choice(PROVIDERS), "name": "another"}
    yield "a savings plan", fields | {"savings_plans": [*fields.get("savings_plans", []), plan]}
    signed = {one["provider"] for one in fields.get("spend_agreements", [])}
    for provider in sorted(set(PROVIDERS) - signed):
        offered = draw_agreement(r, count, hours_of(fields)) | {"provider": provider, "signed": False}
        offered.pop("until_period", None)
        yield "an agreement", fields | {"spend_agreements": [*fields.get("spend_agreements", []), offered]}
    first = fields["offers"][0]
    contracts = [one | {"usd_per_hour": round(one["usd_per_hour"] * 0.9, 3)} for one in first["contracts"]]
    provider = "q" if first["provider"] == "p" else "p"
    more = first | {"name": "more", "provider": provider, "contracts": contracts}
    yield "an offer", fields | {"offers": [*fields["offers"], more]}
