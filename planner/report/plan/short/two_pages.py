"""Two pages for a reader: the decision, what to sign and use with the price of each, money, alternatives, limits, proof."""

from planner.domain.records import Plan, PlanLine
from planner.report.document import (
    SIGNED,
    Block,
    Bullets,
    Document,
    Paragraph,
    Section,
    TableRow,
    columns_of,
    group,
    money,
    place_of,
    plural,
    section_of,
    table_of,
    unit_price,
    words,
)
from planner.report.plan import headline, reasons
from planner.report.plan import provenance as trust
from planner.report.plan.bundles import Bundle, bundles
from planner.report.plan.money import cash
from planner.report.plan.purchase import elsewhere
from planner.report.plan.reading import Reading
from planner.report.plan.short.one_screen import chips, how_long, in_turn, what

MOST_SIGNED = 14
"""Signings and orders with a row of their own: the largest."""
MOST_USED = 6
"""The same of what is paid by use."""
MOST_BINDING = 5
SMALL = 0.005
"""Share of all lines below which one that is paid by use has no row of its own."""
REST = (
    "`--full` prints all: who serves what, options not taken, what this rests on. `-o plan.html` is a page with charts,"
    " `-o plan.json` keeps the plan for `planner show`."
)


def summary(plan: Plan) -> Document:
    """What a person reads of a plan; the whole of it has a dozen more sections."""
    sections = (
        headline.headline(Reading(plan)),
        _to_sign_and_use(plan),
        cash.by_year(plan),
        cash.against_the_usual_ways(plan, how=False),
        cash.per_unit(plan),
        reasons.what_binds(plan, most=MOST_BINDING),
        trust.verdict(plan),
        section_of("The rest", REST),
    )
    return Document(headline.title(plan), tuple(s for s in sections if s is not None), trust.alarm(plan.audit))


def _to_sign_and_use(plan: Plan) -> Section:
    """A row for each signing, order and use: when, what, how long, at which price of which source."""
    columns = columns_of("When | What | Contract | #Total")
    sources = _Sources()
    held = bundles(line for line in plan.lines if line.held)
    total = sum(line.total_usd for line in plan.lines)
    signed, used = in_turn(plan, signed=True), in_turn(plan, signed=False)
    known = [one for one in used if one.line.total_usd >= SMALL * total]
    rows: list[TableRow] = []
    for title, all_of_it, shown in (
        ("Signed already, used first", held, held),
        ("To sign and order", signed, _largest(signed, MOST_SIGNED)),
        ("To use", used, _largest(known if len(used) - len(known) > 1 else used, MOST_USED)),
    ):
        if not all_of_it:
            continue
        left = [one for one in all_of_it if one not in shown]
        rows += [group(title, len(columns)), *(_row(one, plan, sources) for one in shown)]
        rows += [_folded(left, sources)] if left else []
    if not rows:
        return section_of("What to sign and use", "Nothing needs to be signed or bought.")
    rows.append(TableRow(("", "All lines", "", money(total)), "total"))
    beside = elsewhere(plan)
    blocks: list[Block] = [table_of(columns, rows), *([Paragraph(beside)] if beside else [])]
    blocks += [Paragraph("Sources of the prices:"), Bullets(sources.told())] if sources.told() else []
    return section_of("What to sign and use", *blocks)


def _largest(found: list[Bundle], most: int) -> list[Bundle]:
    """The largest in their order; one more rather than a row for a single one."""
    if len(found) <= most + 1:
        return found
    least = sorted((one.line.total_usd for one in found), reverse=True)[most - 1]
    return [one for one in found if one.line.total_usd >= least]


class _Sources:
    """Sources of prices, numbered as they come."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def mark(self, lines: list[PlanLine]) -> str:
        """`[1, 3]` of the sources of some lines; empty without any."""
        named = dict.fromkeys(line.price_source for line in lines if line.price_source)
        numbers = [self._numbers.setdefault(source, len(self._numbers) + 1) for source in named]
        return f"[{', '.join(map(str, sorted(numbers)))}]" if numbers else ""

    def told(self) -> tuple[str, ...]:
        return tuple(f"[{number}] {source}" for source, number in self._numbers.items())


def _row(one: Bundle, plan: Plan, sources: _Sources) -> TableRow:
    """When, what, how long and how much; below it the accelerators, the place, and the price with its basis, date and source."""
    line = one.line
    when = line.signed if line.action in SIGNED else line.start
    cells = (when, what(line), how_long(one, plan), money(line.total_usd))
    known = " ".join(part for part in (words(line.price_basis), line.price_as_of, sources.mark([line])) if part)
    said = (chips(line, plan), "" if line.region == line.provider else place_of(line.region), _price(one))
    return TableRow(cells, note="; ".join(part for part in (*said, known) if part))


def _price(one: Bundle) -> str:
    """`$2.29 to $2.50 per node-hour, $100,000 upfront`."""
    line = one.line
    if line.unit_price_usd == 0 and line.upfront_usd and line.quantity:
        return f"{unit_price(line.upfront_usd / line.quantity)} per {line.unit}, all of it upfront"
    moved = f" to {unit_price(one.dearest_usd)}" if one.dearest_usd - line.unit_price_usd > 5e-7 else ""
    upfront = f", {money(line.upfront_usd)} upfront" if line.upfront_usd else ""
    return f"{unit_price(line.unit_price_usd)}{moved} per {line.unit}{upfront}"


def _folded(left: list[Bundle], sources: _Sources) -> TableRow:
    """What has no row of its own, with the oldest of its prices and all of their sources."""
    lines = [one.line for one in left]
    oldest = min((line.price_as_of for line in lines if line.price_as_of), default="")
    since = f"prices since {oldest}" if oldest else ""
    price_of = " ".join(part for part in (since, sources.mark(lines)) if part)
    named = f"{plural(len(left), 'smaller line')}, each with `--full`"
    return TableRow(("", named, "", money(sum(line.total_usd for line in lines))), note=price_of)
