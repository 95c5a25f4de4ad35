"""What is said of owning: orders, sites, assets, funding, and what all of it rests on. The sums of the first plan stand in
docs/ownership.md."""

import csv
import io
import json

import pytest
from owned_worlds import a_campus, a_hall, a_server, owned_plan, owning
from reading_reports import joined, markdown, row_of

from planner.analysis.compare.compare import Subject, compare
from planner.domain.records.plan import Plan, plan_from_json_value
from planner.report.answers.comparison.compare import comparison_report
from planner.report.document import render
from planner.report.plan.owned.basis import weak_money
from planner.report.plan.owned.sources import figures_of, rests
from planner.report.plan.render import render_plan


@pytest.fixture(scope="module")
def hall() -> Plan:
    return owned_plan(owning([a_hall()], [a_server()]))


@pytest.fixture(scope="module")
def campus() -> Plan:
    """A building for six years; servers are sold at the age of two."""
    return owned_plan(owning([a_campus()], [a_server(keep_months=[24])], years=6))


@pytest.fixture(scope="module")
def mixed() -> Plan:
    """Rented while the servers are built, in a hall whose rent rises; half of the figures are the catalog's."""
    site = a_hall(lead_months=12, rent_rise_per_year=0.05, usd_per_kwh=None, pue=None, max_mw=0.06)
    return owned_plan(
        owning([site], [a_server(lead_months=6, spare_fraction=None, life_months=36, keep_months=[36])], years=3)
    )


PLANS = ("hall", "campus", "mixed")


@pytest.fixture(params=PLANS)
def plan(request: pytest.FixtureRequest) -> Plan:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Plan)
    return found


def test_the_head_says_what_to_order(hall: Plan) -> None:
    text = markdown(hall)
    assert (
        "In short: buy 8 servers (64 × h100-sxm-80gb) for $2.70M into hall, ordered in 2027; lease up to 80 kW at hall under"
        " 1 contract worth $464,001." in text
    )
    assert (
        "What an owned hour costs, all in: hall $2.79 per accelerator-hour worked; the cheapest rented is $5.00 (on demand,"
        " offer:rent), 79.0% more." in text
    )
    assert (
        "Capital $2.78M; peak funding need $3.86M by the end of 2028, before any income; at the end what is owned is worth"
        " $1.10M, which the NPV counts." in text
    )
    assert "Before tax; capital at the start of its period, running costs mid-period, 10.0% a year" in text


def test_every_order_has_its_price_with_source_and_date(hall: Plan) -> None:
    row = row_of(render_plan(hall, "markdown"), "8 × server h100-sxm-80gb")
    for said in (
        "order 2027", "live 2027 to 2028", "$337,500", "servers $250,000", "network $46,875", "storage nodes $15,625",
        "spares $25,000", "2026-10", "scenario", "serves train, at work 100.0% of its hours",
        "price source: quote of the maker",
    ):  # fmt: skip
        assert said in row
    power = row_of(render_plan(hall, "markdown"), "80 kW of power")
    for said in ("sign 2027", "$0.274", "$200.00 per kW and month", "$80,000", "price source: quote of the hall"):
        assert said in power


def test_csv_rows_add_up_to_all_cash_and_say_where_prices_are_from(plan: Plan) -> None:
    rows = list(csv.DictReader(io.StringIO(render_plan(plan, "csv"))))
    assert sum(float(row["in_horizon_usd"]) for row in rows) == pytest.approx(plan.total_usd, abs=0.01)
    assert all(row["price_source"] and row["price_as_of"] for row in rows)
    for row in rows:
        computed = float(row["quantity"]) * float(row["unit_price_usd"]) + float(row["upfront_usd"] or 0)
        assert computed == pytest.approx(float(row["total_usd"]), abs=0.01)


def test_units_of_charges_are_theirs(hall: Plan, campus: Plan) -> None:
    rows = list(csv.DictReader(io.StringIO(render_plan(hall, "csv") + render_plan(campus, "csv").partition("\r\n")[2])))
    units = {(row["action"], row["unit"]) for row in rows}
    assert units >= {
        ("buy", "server"), ("lease", "kW-hour"), ("build", "module"), ("energy", "server-hour"), ("team", "hour"),
        ("tax and insurance", "kW-hour"), ("tax and insurance", "module-hour"), ("site", "site"), ("sale", "server"),
        ("sale", "module"),
    }  # fmt: skip
    assert not any("GB" in unit for _, unit in units)


def test_totals_of_sections_are_those_of_the_plan(plan: Plan) -> None:
    """Lines, and what falls due beside them: together the cash of the plan."""
    lines = sum(line.in_horizon_usd for line in plan.lines)
    inside = [charge for charge in plan.charges if charge.period < len(plan.horizon.periods)]
    paid, sold = (sum(c.usd for c in inside if (c.kind == "sale") == sale) for sale in (False, True))
    assert lines + paid + sold == pytest.approx(plan.total_usd, abs=0.01)
    text = markdown(plan)
    assert (
        f"Beside these lines ${paid:,.0f} for sites, teams and running what is owned fall due in the horizon." in text
    )
    assert (f"Sales bring ${-sold:,.0f} in the horizon." in text) == (sold < 0)
    assert "Support, egress" not in text
    assert " GB" not in text


def test_assets_show_worth_beside_book_value(hall: Plan) -> None:
    # 2,700,000 written off over 24 months: nothing left of the book; worth 8 × 275,000 × 0.5
    row = row_of(render_plan(hall, "markdown"), "8 × h100-sxm-80gb")
    assert "| $2,700,000 | $1,100,000 | – | $1,100,000 | 0% |" in row
    slower = owned_plan(owning([a_hall()], [a_server(book_life_months=96)]))
    row = row_of(render_plan(slower, "markdown"), "8 × h100-sxm-80gb")
    # 2,700,000 × (1 − 24 / 96) = 2,025,000; stranded (2,025,000 − 1,100,000) / 2,700,000 = 34.3%
    assert "| $2,700,000 | $1,100,000 | $2,025,000 | -$925,000 | 34.3% |" in row


def test_a_building_is_built_and_servers_are_sold_and_bought_again(campus: Plan) -> None:
    text = render_plan(campus, "markdown")
    assert "build campus (2 × module of 0.05 MW) for $1.00M, begun in 2027" in joined(text)
    assert "ordered from 2027 to 2031" in joined(text)
    building = next(joined(line) for line in text.splitlines() if "module" in line and "kept to the end" in line)
    # 1,000,000 over 10 years: 400,000 of book after six; half of it is worth something: 200,000 / 1,000,000 stranded
    assert "| $1,000,000 | $200,000 | $400,000 | -$200,000 | 20.0% |" in building
    assert "ordered 2027 to 2031 sold 2029 to 2031 kept to the end" in joined(text)
    assert "the building of campus counts at 50.0% of its straight-line book value" in joined(text)


def test_many_years_stand_one_below_the_other(campus: Plan) -> None:
    lines = [joined(line) for line in render_plan(campus, "markdown").splitlines()]
    assert "| Plan-year | Capital | Running costs and rents | Total |" in lines
    assert any(line.startswith("| Plan-year | power live, kW | rated power of servers, kW |") for line in lines)


def test_a_rent_that_rises_is_one_contract_with_two_prices(mixed: Plan) -> None:
    row = row_of(render_plan(mixed, "markdown"), "60 kW of power")
    assert "$0.2740 to $0.2877" in row  # 200 / 730, and 5% more in the second year
    rents = [line for line in mixed.lines if line.action == "lease" and line.signed_index == 0]
    assert [line.total_usd - line.upfront_usd for line in rents] == pytest.approx([144_000, 151_200], abs=1)
    assert "under 1 contract" in markdown(mixed)


def test_use_of_a_site_is_told_by_year(mixed: Plan) -> None:
    text = render_plan(mixed, "markdown")
    assert "hall (colocation, in US): signed 2027, first power 2028" in joined(text)
    assert "| power live, kW | – | 60 | 60 |" in row_of(text, "power live")
    assert "| servers in service | – | 6 | 6 |" in row_of(text, "servers in service")
    # 6 servers × 8 kW × 8,760 h × PUE 1.4 = 588.7 MWh
    assert "| electricity, MWh | – | 588.7 | 588.7 | 1,177 |" in row_of(text, "electricity, MWh")
    assert "PUE 1.4 (observed, 2026-10, https://facts.example)" in joined(text)
    assert "electricity $0.08 per kWh (listed, 2026-10, https://facts.example)" in joined(text)


def test_figures_have_source_basis_and_date(mixed: Plan) -> None:
    text = render_plan(mixed, "markdown")
    assert row_of(text, "spare_fraction").startswith(
        "| spare_fraction | 0.05 | per server in use | estimated | 2026-10 | https://"
    )
    assert row_of(text, "maintenance_fraction_per_year").endswith("| scenario | 2026-10 | quote of the maker |")


def test_money_on_estimates_is_counted_by_hand(hall: Plan, mixed: Plan) -> None:
    assert weak_money(hall) == ""
    found = rests(mixed)
    weak = {rest.kind for rest in found if rest.weak}
    assert weak == {"spares"}  # estimated; the tariff is listed, the PUE observed, all else is the scenario's
    spares = 6 * 250_000 * 0.05
    total = sum(line.total_usd for line in mixed.lines) + sum(
        charge.usd for charge in mixed.charges if charge.usd > 0 and charge.period < 3
    )
    assert sum(rest.usd for rest in found) == pytest.approx(total, abs=0.01)
    share = f"{spares / total:.1%}"
    said = f"{share} of the money rests on derived, estimated or assumed prices and figures, the oldest of 2026-10"
    assert said in markdown(mixed)


def test_charges_rest_on_the_figures_they_are_made_of(hall: Plan) -> None:
    names = [figure.name for figure in figures_of(hall, "energy", "hall", hall.lines[0].option)]
    assert names == ["usd_per_kwh", "pue", "nameplate_kw", "draw_fraction"]
    names = [figure.name for figure in figures_of(hall, "tax and insurance", "hall", "own:hall/power")]
    assert names == ["tax_and_insurance_fraction_per_year", "fit_out_usd_per_kw"]


def test_what_caps_do_not_let_be_rented_is_no_rival() -> None:
    capped = {
        "name": "few", "accelerator": "h100-sxm-80gb", "accelerators_per_node": 8, "throughput": {"train": 8},
        "contracts": [{"kind": "on_demand", "usd_per_hour": 8}], "groups": ["few"], "source": "s", "as_of": "2026-11",
    }  # fmt: skip
    plain = owning([a_hall()], [a_server()]).offers[0].model_dump()
    plan = owned_plan(
        owning([a_hall()], [a_server()], offers=[plain, capped], cap_groups=[{"name": "few", "max_nodes": 2}])
    )
    first, last = plan.rivals
    assert (first.option, first.usd_per_accelerator_hour, first.enough) == ("offer:rent", 5.0, True)
    assert (last.option, last.usd_per_accelerator_hour, last.most_accelerators, last.enough) == (
        "offer:few",
        1.0,
        16,
        False,
    )
    assert "the cheapest rented is $5.00" in markdown(plan)


def test_rented_work_is_compared_for_the_same_work() -> None:
    """A rented node that does half the work in an hour costs twice as much for it."""
    slow = owning([a_hall()], [a_server()]).offers[0].model_dump() | {"throughput": {"train": 4}}
    plan = owned_plan(owning([a_hall()], [a_server()], offers=[slow]))
    (rival,) = plan.rivals
    assert rival.usd_per_accelerator_hour == pytest.approx(10.0)


def test_prices_of_what_is_owned_move_by_their_own_change_only() -> None:
    """Not by the scenario's `price_changes`, which are of what is rented."""
    falling = owning([a_hall()], [a_server(price_change_per_year=-0.1)], price_changes=[{"per_year": -0.2}])
    plan = owned_plan(falling)
    moved = {record.option: record.change_per_year for record in plan.inputs.options}
    assert moved == {"own:hall/h100-sxm-80gb/24m": -0.1, "own:hall/power": 0.0}
    assert "prices assumed to change by -10.0% a year: purchase of h100-sxm-80gb at hall" in markdown(plan)


def test_an_owned_hour_is_levelised_without_the_team(hall: Plan) -> None:
    """Beside an option not taken: (2,850,730 − 182,025) / 1,020,503 of docs/ownership.md; a step is an accelerator-hour."""
    (other,) = hall.alternatives
    assert (other.option, other.usd_per_unit) == ("offer:rent", 5.0)
    assert other.best_usd_per_unit == pytest.approx((2_850_730 - 182_025) / 1_020_503, abs=1e-4)
    assert "What would be owned is reckoned" not in markdown(hall)


def test_a_plan_that_owns_survives_its_own_file(plan: Plan) -> None:
    assert plan_from_json_value(json.loads(render_plan(plan, "json"))) == plan


def test_words_of_others_cannot_leave_their_cell() -> None:
    plan = owned_plan(owning([a_hall(source="=cmd|`<b>` | x")], [a_server(source="=1+1")]))
    table = render_plan(plan, "markdown")
    assert "<b>" not in table
    assert "=cmd" not in {row["price_source"][:4] for row in csv.DictReader(io.StringIO(render_plan(plan, "csv")))}


@pytest.mark.parametrize("width", [60, 110, 200])
def test_no_line_is_wider_than_the_window(plan: Plan, width: int) -> None:
    assert max(len(line) for line in render_plan(plan, "table", width=width).splitlines()) <= width


def test_nothing_is_said_of_owning_where_nothing_is_owned() -> None:
    dear = owned_plan(owning([a_hall()], [a_server(price_usd=3e6)]))
    text = markdown(dear)
    for title in ("To buy, build and lease", "Assets (", "Running what is owned", "Sites", "Figures of what is owned"):
        assert f"## {title}" not in text
    assert dear.sites == ()


def test_two_plans_that_own_are_compared_line_by_line(hall: Plan) -> None:
    workload = {"name": "train", "kind": "training", "unit": "step", "demand_per_hour": 80}
    more = owned_plan(owning([a_hall()], [a_server()], workloads=[workload]))
    compared = compare(Subject("a", "plan", hall), Subject("b", "plan", more))
    text = joined(render(comparison_report(compared), "markdown"))
    assert "servers 8 → 10" in text
    assert "kW 80 → 100" in text
    assert sum(change.cash_usd.difference for change in compared.changes) == pytest.approx(
        more.total_usd - hall.total_usd, abs=0.01
    )
