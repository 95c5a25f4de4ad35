"""What a CTO sees of runs, failures, spikes, places and carbon; and nothing where there is none."""

import csv
import io
import re

import pytest
from reading_reports import joined, markdown, row_of
from report_builders import a_plan
from rich.cells import cell_len
from wide_plans import FAILURES, TOKENS, a_wide_plan, asking, failure, part

from planner.domain.records.plan import Plan
from planner.report.plan.render import render_plan

READABLE = ("table", "markdown")
NEW = (
    "Support, egress and storage", "Cash and runway", "Credits of", "Margin of what is sold", "Training runs", "Spikes",
    "Survives the loss", "Places and providers", "Emissions",
)  # fmt: skip
HOSTILE = '=HYPERLINK("http://evil")|<script>alert(1)</script>[x](http://evil)\x1b[31m'


@pytest.mark.parametrize("form", READABLE)
def test_a_plan_without_them_has_none_of_the_sections(form: str) -> None:
    text = render_plan(a_plan(), form)
    assert not [title for title in NEW if title in text]


@pytest.mark.parametrize("form", READABLE)
def test_money_comes_before_machines_and_reasons_come_last(form: str) -> None:
    text = render_plan(a_wide_plan(), form)
    titles = (
        *("What to sign and use", "Cost by plan-year and kind", "Support, egress and storage", "Cost by provider"),
        *("Cash and runway", "Credits of", "Unit costs", "Margin of what is sold", "Against the usual ways ("),
        *(
            "After the horizon",
            "Training runs\n",
            "Who serves what",
            "Spikes\n",
            "\nSurvives the loss of any one region\n",
        ),
        *("Places and providers", "Emissions", "Limits that bind", "What this rests on", "Audit"),
    )
    places = [text.replace("### ", "").index(title) for title in titles]
    assert places == sorted(places)


def test_the_first_page_says_what_is_survived_finished_and_left_in_cash() -> None:
    top = joined(render_plan(a_wide_plan(), "table").split("What to sign")[0])
    assert "Survives the loss of any one region with at least 90.0% of every protected workload." in top
    assert "Training runs finish: grand in 2027-02." in top
    assert "Cash is lowest at the end of 2027-01, with $2,365." in top  # 300,000 + 10,000 − 4,000 − 303,634.83


def test_most_served_says_the_multiple() -> None:
    found = asking(a_wide_plan(), objective="most_served", demand_scale=1.84)
    assert "Serves 1.84 × the stated demand: the most that was found within all limits." in markdown(found)
    most = asking(a_wide_plan(), objective="most_served", demand_scale=10.0)
    assert "Serves 10 × the stated demand: the largest multiple that was tried." in markdown(most)
    assert "the stated demand" not in markdown(a_wide_plan())


def test_a_run_stands_on_one_row_with_its_cluster_window_goodput_cost_and_contracts() -> None:
    row = row_of(render_plan(a_wide_plan(), "markdown"), "grand<br>")
    assert (
        "grand 7,884 step | 2 × big8 16 × chip-80gb east · east-9 | 2027-01 to 2027-02 may: 2027-01 to 2027-02" in row
    )
    assert "1,095 h 45.6 days 75.0% of window" in row  # 1,095 / 24; 1,095 of 1,460
    assert "| 90.0% | $65,700 | 2 on demand |" in row  # 7,884 × 8.3333


def test_a_run_that_may_move_shows_where_its_work_went() -> None:
    row = row_of(render_plan(a_wide_plan(), "markdown"), "flex<br>")
    assert "flex 1,000 step | may stop and move up to 2 nodes | 2027-02 only may: 2027-02 only | 730 h" in row
    assert "| $2,000 |" in row  # 1,000 × 2; that the nodes could do 1,100 is not counted
    assert "100% spot, big8" in row


def test_of_several_contracts_of_a_run_each_says_how_many_and_when() -> None:
    run = a_wide_plan().runs[0]
    shares = (*run.shares, run.shares[1].model_copy(update={"option": "north/big8/12m", "nodes": 1.0}))
    row = row_of(render_plan(a_wide_plan(runs=(run.model_copy(update={"shares": shares}),)), "markdown"), "grand<br>")
    assert "2 on demand, 2027-01 to 2027-02 1 commitment, 2027-02 only" in row


def test_the_worst_loss_is_the_one_that_hangs_most_on_what_is_started() -> None:
    text = render_plan(a_wide_plan(), "markdown")
    row = row_of(text, "chat | 90.0%")
    assert "90.0% of its demand | without north/east-1 2027-02, launch 54 an hour" in row
    assert "| – | 4 × big8 (on demand, east east-9) |" in row
    assert "loss of 2 domains (east/east-9 and north/east-1), each in 2 busiest slices" in joined(text)


def test_a_loss_that_is_not_fully_survived_is_the_worst() -> None:
    short = failure("east/east-9", 1, 0, part(TOKENS, 0.0, 13.5))  # half of the 27 that are needed
    row = row_of(render_plan(a_wide_plan(failures=(*FAILURES, short)), "markdown"), "chat | 45.0%")
    assert "without east/east-9 2027-02, s0" in row
    assert "13.5 an hour by m-70b (hosted api, tokens)" in row


def test_idle_capacity_is_what_lives_beyond_the_work_of_the_slice() -> None:
    # 10 nodes of 8 are committed, 3 are busy: 56 of 80; in January grand holds both nodes on demand: 56 of 96.
    text = markdown(a_wide_plan())
    assert "56 of 96 accelerators (58.3%; 2027-01, s0) at the least, 56 of 96 accelerators" not in text
    assert "56 of 96 accelerators (58.3%; 2027-01, s0)" in text


def test_the_simulation_says_what_was_assumed_and_how_to_run_it_again() -> None:
    text = markdown(a_wide_plan())
    assert "| chat | 99.987% | 1.139 | 99.800% |" in text  # 0.00013 × 8,760 h
    assert "2 × a year, assumed, because the scenario states no `outages_per_year`, for 4 h on average" in text
    assert "200 samples of the whole horizon, seed 7. Again, or with other outages: `planner simulate PLAN`." in text
    assert "`planner simulate PLAN` says what availability this buys." in markdown(a_wide_plan(availability=None))


def test_the_standing_reserve_is_a_case_without_a_loss() -> None:
    assert (
        "Standing reserve of 10.0%: with nothing lost, capacity that is not spot can serve 66 an hour of chat in 2027-02, launch."
        in markdown(a_wide_plan())
    )


def test_a_spike_shows_who_serves_it_and_what_hangs_on_the_fallback() -> None:
    text = render_plan(a_wide_plan(), "table")
    spikes = joined(text[text.index("\nSpikes\n") : text.index("\nSurvives the loss of any one region\n")])
    assert "chat in launch, 2 × its mean, 14.6 h of the horizon" in spikes
    assert re.search(r"per token 438 Mtok 50\.0%", spikes) or re.search(r"hosted api 438 Mtok 50\.0%", spikes)
    assert "as fallback" in spikes
    said = joined(text)
    assert (
        "The fallback of chat serves 438 Mtok in 14.6 h; without it 438 Mtok, 50.0% of the demand of these hours,"
        in said
    )
    assert (
        "(at most 50.0% may); each Mtok of it counts $2.00 in the NPV. In all, service by a fallback counts $870.50"
        in said
    )


def test_options_that_do_very_little_are_told_together() -> None:
    plan = a_plan()
    tiny = [r.model_copy(update={"option": f"tiny{i}", "work": 1.0}) for r in plan.serving[:1] for i in range(3)]
    text = markdown(plan.model_copy(update={"serving": (*plan.serving, *tiny)}))
    assert "| 3 others, each below 0.50% |  | 3 Mtok | 0.02% |".replace("  ", " ") in text  # 3 of 13,503
    assert "tiny1" not in text.split("Who serves what")[1].split("Limits that bind")[0]
    one = markdown(plan.model_copy(update={"serving": (*plan.serving, tiny[1])}))
    assert "| tiny1 |" in one


def test_places_and_providers_show_the_share_reached_where_it_is_extreme() -> None:
    text = markdown(a_wide_plan())
    # In the launch 30 of 60 come from the US; in all 2 × (30 × 722.7 + 30 × 7.3) of 2 × (30 × 722.7 + 60 × 7.3).
    assert "| in DE and US | chat | at least 30.0% | 50.0% 2027-01, launch | 99.0% |" in text
    assert "| depends on one provider | chat | at most 70.0% | 100% 2027-01, s0 north | 99.0% |" in text


def test_carbon_has_its_cap_its_places_and_what_is_unknown() -> None:
    text = markdown(a_wide_plan())
    assert "| Year 1 from 2027-01 | 16.25 | 40.00 | 23.75 |" in text
    assert "| north/east-1 | 13.00 | 80.0% |" in text
    assert "12.5% of the node-hours stand where power or carbon intensity is not known" in text
    assert "At $50.00 a tonne they add $1,614 to the NPV; that is not cash." in text


def test_carbon_nobody_asked_for_is_shown_only_where_it_is_known() -> None:
    unknown = a_wide_plan().carbon
    assert unknown is not None
    nothing = unknown.model_copy(update={"tonnes": 0.0, "by_plan_year": (0.0,), "by_region": {}})
    assert "Emissions" not in render_plan(asking(a_wide_plan(carbon=nothing), carbon=None), "table")
    assert "Emissions" in render_plan(asking(a_wide_plan(), carbon=None), "table")


@pytest.mark.parametrize("width", [40, 60, 80, 110, 160])
def test_no_line_is_wider_than_asked_and_no_figure_is_cut(width: int) -> None:
    text = render_plan(a_wide_plan(), "table", width=width)
    assert max(cell_len(line) for line in text.splitlines()) <= width
    for figure in ("$65,700", "$7,945", "$48,662", "$75,162", "99.987%", "-$3,000"):
        assert figure in text


def a_hostile_plan() -> Plan:
    """Every name of the new sections is an attack."""
    plan = a_wide_plan()
    names = {"chat": HOSTILE, "grand": f"g{HOSTILE}", "north": HOSTILE, "north/east-1": HOSTILE}

    def poisoned(value: object) -> object:
        if isinstance(value, dict):
            return {names.get(key, key): poisoned(entry) for key, entry in value.items()}
        if isinstance(value, list | tuple):
            return [poisoned(entry) for entry in value]
        return names.get(value, value) if isinstance(value, str) else value

    value = {**plan.model_dump(mode="json"), "scenario": plan.scenario.model_dump(mode="json")}
    return Plan.model_validate(poisoned(value))


@pytest.mark.parametrize("form", ["table", "markdown", "csv", "json"])
def test_names_in_the_new_sections_stay_text(form: str) -> None:
    text = render_plan(a_hostile_plan(), form)
    assert "\x1b" not in text
    if form == "markdown":
        assert "<script>" not in text
        assert "[x](http" not in text
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        assert [row["provider"][:2] for row in rows if row["action"] == "egress"] == ["'=", "'="]


def test_a_plan_whose_scenario_is_no_scenario_still_shows_its_figures() -> None:
    record = a_wide_plan().scenario.model_copy(update={"resolved": {"name": "cut short"}})
    text = markdown(a_wide_plan(scenario=record))
    for figure in ("grand 7,884 step", "$7,945", "99.987%", "16.25", "$88,476"):
        assert figure in text
