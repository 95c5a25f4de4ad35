"""What owning hardware costs: which fact becomes which row, and why the others do not.

Every fact of `tco/facts.csv` stands in a table of `curate_owning_tables.py`, if only in `NOT_OWNING` with a reason; one that does
not stops the run. Figures are copied, scaled to the column's unit, or computed as the note says.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import curate_owning_tables as owning
import curate_tables as tables
from curate_cells import Row, entries, first_date, joined, number, read, source_of

DAYS_PER_WEEK, DAYS_PER_MONTH = 7, 365 / 12


class Facts:
    """The facts by topic and name; remembers which were used."""

    def __init__(self, facts: Path) -> None:
        self.rows = read(facts / "tco" / "facts.csv")
        self.used: set[int] = set()
        before = ""
        for row in self.rows:
            told = owning.SOURCES.get(row["source"], row["source"])
            row["source"] = before = before if told == "same" else tidy(source_of(told))

    def named(self, topic: str, name: str) -> Row:
        """The one fact of that name; `name@2025-12` picks by date, `name*` begins so, `#n` is cut off."""
        picked = re.fullmatch(r"(.*?)(?:@(\d{4}(?:-\d\d)?))?(?:#[\d-]+)?", name)
        assert picked is not None, name
        name, as_of = picked[1], picked[2]
        found = [i for i, r in enumerate(self.rows) if r["topic"] == topic and is_called(r["name"], name)]
        found = [i for i in found if not as_of or self.rows[i]["as_of"] == as_of]
        assert len(found) == 1, (topic, name, as_of, found)
        self.used.add(found[0])
        return self.rows[found[0]]

    def of_topic(self, topic: str) -> Iterator[Row]:
        for i, row in enumerate(self.rows):
            if row["topic"] == topic and i not in self.used:
                yield row

    def use(self, row: Row) -> None:
        self.used.add(self.rows.index(row))

    def leave_out(self, left_out: Counter[tuple[str, str]]) -> None:
        """Count what became no row, each with its reason; what has no reason stops the run."""
        reasons = {(topic, name): reason for topic, name, reason in entries(owning.NOT_OWNING)}
        for i, row in enumerate(self.rows):
            if i not in self.used:
                topic = row["topic"]
                reason = reasons.get((topic, row["name"])) or reasons.get((topic, "*"))
                assert reason is not None, row
                left_out["facts.csv", reason] += 1


def is_called(name: str, wanted: str) -> bool:
    return name.startswith(wanted[:-1]) if wanted.endswith("*") else name == wanted


def tidy(source: str) -> str:
    """A source without the words of the collection.

    >>> tidy("arXiv 1 sec 2 (GitHub a web page whose address was not kept)")
    'arXiv 1 sec 2'
    """
    found = re.fullmatch(r"ASSUMPTION used in \S+ \((.*)\)", source)
    if found:
        return f"planning assumption ({found[1]})"
    kept = "a web page whose address was not kept"
    return source.replace(f" (GitHub {kept})", "").replace(f"GitHub {kept}", kept)


def parts(name: str, fact: Row) -> tuple[float, str, str, str]:
    """Value, low, high and a remark: the value as it stands, its n-th number (`#n`), or the middle of a range."""
    numbers = [float(text) for text in re.findall(r"\d+(?:\.\d+)?(?:e\d+)?", fact["value"])]
    low, high = (text if re.fullmatch(r"[\d.]+", text) else "" for text in (fact["low"], fact["high"]))
    picked = re.search(r"#(\d+)(?:-(\d+))?$", name)
    if picked and picked[2]:
        numbers = numbers[int(picked[1]) - 1 : int(picked[2])]
    elif picked:
        return numbers[int(picked[1]) - 1], "", "", ""
    if len(numbers) == 1:
        return numbers[0], low, high, ""
    assert len(numbers) == 2, fact
    first, last = numbers
    return (first + last) / 2, number(first), number(last), f"middle of the range {number(first)} to {number(last)}"


def scaled(text: str, scale: float) -> str:
    return number(float(text) * scale) if text else ""


def context_of(fact: Row) -> str:
    return joined(fact["region/context"], fact["quote_or_note"].strip('"'))


def dated(fact: Row) -> str:
    return first_date(fact["as_of"]) or tables.DECIDED_ON


def slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


# ── the default among several ────────────────────────────────────────────────────────────────────────────────────


def mark_defaults(
    rows: list[Row], key: Callable[[Row], object], value: str, may_be: Callable[[Row], bool] = lambda _: True
) -> list[Row]:
    """One default a key: of the rows of the newest year the median; of two in the middle the newer, then the lower."""
    groups = defaultdict(list)
    for row in rows:
        row["default"] = "false"
        if may_be(row):
            groups[key(row)].append(row)
    for group in groups.values():
        year = max(row["checked_on"][:4] for row in group)
        newest = sorted((r for r in group if r["checked_on"].startswith(year)), key=lambda r: float(r[value]))
        middle = newest[(len(newest) - 1) // 2 : len(newest) // 2 + 1]
        max(middle, key=lambda row: row["checked_on"])["default"] = "true"
    return rows


# ── the tables ───────────────────────────────────────────────────────────────────────────────────────────────────


def owning_tables(
    facts_dir: Path, known: set[str], left_out: Counter[tuple[str, str]]
) -> dict[str, tuple[list[Row], tuple[str, ...]]]:
    """File name → its rows and what they are sorted by; `known` are the accelerators of the catalog."""
    facts = Facts(facts_dir)
    found = {
        "server_prices.csv": (server_price_rows(facts), ("accelerator", "scope", "checked_on", "id")),
        "server_power.csv": (server_power_rows(facts), ("accelerator", "measure", "checked_on")),
        "colocation_rents.csv": (colocation_rows(facts), ("size_class", "checked_on", "id")),
        "electricity_tariffs.csv": (tariff_rows(facts), ("place", "span", "checked_on")),
        "residual_curves.csv": (residual_rows(facts), ("curve", "months")),
        "owning.csv": (figure_rows(facts), ("name", "context", "checked_on", "value")),
    }
    facts.leave_out(left_out)
    for name, (rows, _) in found.items():
        rows += newer_rows(facts_dir, name, rows, known, left_out)
    prices = found["server_prices.csv"][0]
    mark_defaults(found["owning.csv"][0], lambda r: (r["name"], r["context"]), "value")
    mark_servers(prices)
    prices += derived_servers(prices, found["owning.csv"][0])
    mark_servers(prices)
    tariffs = found["electricity_tariffs.csv"][0]
    yearly = {row["place"] for row in tariffs if row["span"] == "year"}
    mark_defaults(
        tariffs, lambda r: r["place"], "usd_per_kwh", lambda r: r["span"] == "year" or r["place"] not in yearly
    )
    return found


PUBLISHED = {
    "owning_usd_per_accelerator_hour_hyperscaler": "low_usd_per_accelerator_hour",
    "owning_usd_per_accelerator_hour_neocloud": "high_usd_per_accelerator_hour",
    "rental_usd_per_accelerator_hour": "rent_usd_per_accelerator_hour",
}


def published_rows(facts_dir: Path, known: set[str]) -> list[Row]:
    """What others say an owned hour costs: never an input, always beside ours."""
    found: dict[str, Row] = {}
    for row in read(facts_dir / "owning" / "owning_figures_new.csv"):
        if row["name"] in PUBLISHED:
            accelerator = next(
                (name for name in sorted(known) if name.split("-")[0] == row["context"] and "sxm" in name), ""
            )
            accelerator = accelerator or next(
                (name for name in sorted(known) if name.split("-")[0] == row["context"]), ""
            )
            entry = found.setdefault(
                row["context"], {"accelerator": accelerator, **dict.fromkeys(PUBLISHED.values(), "")}
            )
            entry |= {PUBLISHED[row["name"]]: row["value"], "source": row["source"], "checked_on": row["checked_on"]}
    return list(found.values())


def best_known(prices: list[Row], accelerator: str) -> list[Row]:
    """Prices of whole servers by the best kind of evidence there is, without what the collection calls of low trust."""
    mine = [
        r for r in prices if r["accelerator"] == accelerator and r["scope"] == "server" and "LOW TRUST" not in r["note"]
    ]
    best = min((owning.LISTED_FIRST.index(r["basis"]) for r in mine), default=0)
    return [r for r in mine if owning.LISTED_FIRST.index(r["basis"]) == best]


def mark_servers(prices: list[Row]) -> None:
    mark_defaults(
        prices, lambda r: r["accelerator"], "usd_per_server", lambda r: r in best_known(prices, r["accelerator"])
    )


def derived_servers(prices: list[Row], figures: list[Row]) -> list[Row]:
    """Servers of which no price can be trusted, out of the defaults of relatives; `curate_owning_tables.py` says which."""
    default = {row["accelerator"]: row for row in prices if row["default"] == "true"}
    rows = []
    for accelerator, count, same, server, other in entries(owning.DERIVED_SERVERS):
        step = each(default[server]) / each(default[other])
        note = (
            f"price of {same} in its rack, per accelerator, times {step:.4f}: a {server} in a server over a {other} in its rack; "
            "no price of the whole server that can be trusted"
        )
        rows.append(derived_server(accelerator, count, default[same], int(count) * step, note))
    over = next(r for r in figures if r["name"] == "server_cost_per_accelerator_cost" and not r["context"])
    for accelerator, count in entries(owning.CARD_SERVERS):
        card = next(r for r in prices if r["accelerator"] == accelerator and r["scope"] == "accelerator")
        note = (
            f"{count} cards times {over['value']} (a server over its accelerators, {over['source']}); "
            "no price of a whole server found"
        )
        rows.append(derived_server(accelerator, count, card, int(count) * float(over["value"]), note))
    return rows


def each(row: Row) -> float:
    return float(row["usd_per_server"]) / int(row["accelerators"])


def derived_server(accelerator: str, count: str, of: Row, times: float, note: str) -> Row:
    """A server at a multiple of the price of one accelerator of another row, its range too."""
    scale = times / int(of["accelerators"])
    usd = {name: scaled(of[name], scale) for name in ("usd_per_server", "low_usd_per_server", "high_usd_per_server")}
    names = {
        "id": f"{accelerator}/derived-server",
        "accelerator": accelerator,
        "accelerators": count,
        "scope": "server",
    }
    told = {"default": "", "basis": "derived", "source": of["source"], "checked_on": of["checked_on"], "note": note}
    return {**of, **names, **usd, **told}


def newer_rows(
    facts_dir: Path, name: str, rows: list[Row], known: set[str], left_out: Counter[tuple[str, str]]
) -> list[Row]:
    """Rows of the newer collection, in the same columns; a second row of the same name or the same figure is not taken."""
    file = "owning_figures_new.csv" if name == "owning.csv" else name.replace(".csv", "_new.csv")
    reasons = dict(entries(owning.NEWER_LEFT_OUT))
    countries = dict(entries(owning.RENT_OF_COUNTRY))
    ids = {row[key] for row in rows for key in ("id",) if "id" in row}
    months = {(row["place"], row["span"], row["checked_on"]) for row in rows if "place" in row}
    taken: list[Row] = []
    for row in read(facts_dir / "owning" / file):
        reason = next((why for start, why in reasons.items() if row.get("name", "").startswith(start)), "")
        if "accelerator" in row and row["accelerator"] not in known:
            reason = "accelerator not in accelerators.csv"
        elif "measure" in row and row["id"] != f"{row['accelerator']}/{row['measure']}":
            reason = "not the power of one server"
        elif row.get("id") in ids or (row.get("place"), row.get("span"), row["checked_on"]) in months:
            reason = "the same thing is known"
        elif "place" in row and not re.fullmatch(r"[A-Z]{2}(-[A-Z]{2})?", row["place"]):
            reason = "of a continent, not of a place"
        elif row.get("place") == "EU" or (row.get("span") == "month" and "commercial" in row["note"]):
            reason = "of another place or kind of customer"
        if reason:
            left_out[file, reason] += 1
            continue
        if row.get("context") == "audit":  # of the whole, whoever looked
            row["context"] = ""
        if "place" in row:
            months.add((row["place"], row["span"], row["checked_on"]))
        if "size_class" in row:
            row["default"] = "true" if row["id"] in countries else "false"
            row["market"] = countries.get(row["id"], row["market"])
        taken.append(row)
    return taken


def server_price_rows(facts: Facts) -> list[Row]:
    rows = []
    for name, accelerator, accelerators, scope, basis in entries(owning.SERVER_PRICES):
        topic = "cluster capex all-in" if scope == "cluster" else "server purchase price"
        fact = facts.named(topic, name)
        value, low, high, remark = parts(name, fact)
        scale = float(accelerators) if fact["unit"] == "USD/GPU" else 1.0
        rows.append(
            {
                "id": f"{accelerator}/{slug(fact['name'])}",
                "accelerator": accelerator,
                "accelerators": accelerators,
                "scope": scope,
                "usd_per_server": number(value * scale),
                "low_usd_per_server": scaled(low, scale),
                "high_usd_per_server": scaled(high, scale),
                "default": "",
                "basis": basis,
                "source": fact["source"],
                "checked_on": dated(fact),
                "note": joined(fact["name"], context_of(fact), remark),
            }
        )
    return mark_defaults(rows, lambda r: r["accelerator"], "usd_per_server", lambda r: r["scope"] == "server")


def server_power_rows(facts: Facts) -> list[Row]:
    rows = []
    for name, accelerator, accelerators, measure, basis in entries(owning.SERVER_POWER):
        fact = facts.named("server power", name)
        most = f"up to {fact['high']}" if fact["high"] else ""
        rows.append(
            {
                "id": f"{accelerator}/{measure}",
                "accelerator": accelerator,
                "accelerators": accelerators,
                "measure": measure,
                "kw": fact["value"],
                "basis": basis,
                "source": fact["source"],
                "checked_on": dated(fact),
                "note": joined(fact["name"], context_of(fact), most),
            }
        )
    return rows


def colocation_rows(facts: Facts) -> list[Row]:
    rows, never = [], set()
    for name, size_class, market, smallest, largest, rise, basis, may_be in entries(owning.COLOCATION):
        fact = facts.named("colocation price", name)
        row = {
            "id": f"{slug(fact['name'])}-{dated(fact)}",
            "size_class": size_class,
            "market": market,
            "smallest_kw": smallest,
            "largest_kw": largest,
            "usd_per_kw_month": fact["value"],
            "low_usd_per_kw_month": fact["low"],
            "high_usd_per_kw_month": fact["high"],
            "rise_per_year": rise,
            "default": "",
            "basis": basis,
            "source": fact["source"],
            "checked_on": dated(fact),
            "note": joined(fact["name"], context_of(fact)),
        }
        rows.append(row)
        if may_be == "no":
            never.add(row["id"])
    return mark_defaults(rows, lambda r: r["size_class"], "usd_per_kw_month", lambda r: r["id"] not in never)


def tariff_rows(facts: Facts) -> list[Row]:
    words = owning.STATES.split()
    states = {f"industrial {name}": f"US-{code}" for name, code in zip(words[::2], words[1::2], strict=True)}
    places = states | dict(entries(owning.TARIFF_COUNTRIES))
    rows = []
    for fact in facts.of_topic("electricity price"):
        name = fact["name"].removesuffix(" (month)")
        usd, remark = fact["value"], ""
        place = places.get(name, "")
        if name == owning.GERMANY:
            found = re.search(r"\$([\d.]+)", fact["quote_or_note"])
            assert found is not None, fact
            place, usd, remark = "DE", found[1], f"the source also prints {fact['value']} EUR"
        elif fact["unit"] != "USD/kWh":
            continue
        assert place, fact
        facts.use(fact)
        rows.append(
            {
                "place": place,
                "span": "month" if fact["name"].endswith("(month)") else "year",
                "usd_per_kwh": usd,
                "default": "",
                "basis": "estimated" if name == owning.GERMANY else "observed",
                "source": fact["source"],
                "checked_on": dated(fact),
                "note": joined(fact["name"], remark or fact["quote_or_note"]),
            }
        )
    yearly = {row["place"] for row in rows if row["span"] == "year"}
    return mark_defaults(
        rows, lambda r: r["place"], "usd_per_kwh", lambda r: r["span"] == "year" or r["place"] not in yearly
    )


def residual_rows(facts: Facts) -> list[Row]:
    rows, newest = [], ""
    for name, curve, ages in entries(owning.RESIDUALS):
        fact = facts.named("residual/price decline", name)
        common = {
            "basis": owning.RESIDUAL_BASIS[curve],
            "source": fact["source"],
            "checked_on": dated(fact),
        }
        told = joined(fact["name"], context_of(fact))
        points = [("0", "1", "", "", "new")]
        for months, text in zip(ages.split(), fact["value"].split("/"), strict=True):
            value, low, high, remark = parts(name, fact | {"value": text, "low": "", "high": ""})
            scale = 0.01 if fact["unit"] == "%" else 1.0
            points.append(
                (months, number(value * scale), scaled(low, scale), scaled(high, scale), joined(told, remark))
            )
        for months, fraction, low, high, note in points:
            rows.append(
                {
                    "curve": curve,
                    "months": months,
                    "fraction": fraction,
                    "low_fraction": low,
                    "high_fraction": high,
                    "default": "",
                    **common,
                    "note": note,
                }
            )
        if len(points) > 2:
            newest = max(newest, f"{common['checked_on']} {curve}")
    for row in rows:
        row["default"] = "true" if newest.endswith(f" {row['curve']}") else "false"
    return rows


def figure_rows(facts: Facts) -> list[Row]:
    rows = []
    for figure, context, where, basis, how in entries(owning.FIGURES):
        topic, name = where.split(": ", 1)
        fact = facts.named(topic, name)
        value, low, high, remark = parts(name, fact)
        scale = DAYS_PER_WEEK / DAYS_PER_MONTH if how == "weeks" else float(how)
        remark = joined(remark, "weeks converted to months" if how == "weeks" else "")
        rows.append(
            a_figure(figure, context, value * scale, basis, fact, remark, scaled(low, scale), scaled(high, scale))
        )
    for figure, context, where, formula, remark in entries(owning.COMPUTED):
        topic, name = where.split(": ", 1)
        fact = facts.named(topic, name)
        value = float(fact["low"]) if formula == "low" else float(fact["value"]) / product(formula)
        rows.append(a_figure(figure, context, value, "derived", fact, remark))
    return mark_defaults(rows, lambda r: (r["name"], r["context"]), "value")


def product(formula: str) -> float:
    """Value of factors over one divisor.

    >>> product("8 * 50 / 100"), product("72 * 1.2")
    (4.0, 86.39999999999999)
    """
    over, _, under = formula.partition(" / ")
    value = 1.0
    for factor in over.split(" * "):
        value *= float(factor)
    return value / float(under or 1)


def a_figure(
    name: str, context: str, value: float, basis: str, fact: Row, remark: str, low: str = "", high: str = ""
) -> Row:
    return {
        "name": name,
        "context": context,
        "value": number(value),
        "low": low,
        "high": high,
        "default": "",
        "basis": basis,
        "source": fact["source"],
        "checked_on": dated(fact),
        "note": joined(fact["name"], context_of(fact), remark),
    }
