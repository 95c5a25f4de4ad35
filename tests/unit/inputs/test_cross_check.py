"""What no single field can know: names, months, lists and limits of a scenario against each other.

What is refused, and in which words, stands in `tests/malformed/scenarios`; here is what the ids become, where the border
between right and wrong lies, and that every check finds its mistake.
"""

from collections.abc import Iterator

import pytest

from planner.domain.fields.countries import COUNTRIES
from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.catalog import CarbonIntensity, Catalog, InstancePrice, LoadProfile, PricePath, TokenPrice
from planner.domain.inputs.language_model import LanguageModel
from planner.domain.scenario.scenario import Scenario
from planner.domain.workloads.workload import Inference, TrainingRun
from planner.errors import InputErrors, Mistake
from planner.inputs.scenario_file import parse_scenario
from planner.report.answers.mistakes import mistakes_json

CHAT = "{name: chat, kind: inference, model: llama-70b, tokens_per_day: 1B%s}"
RUN = "{name: base, kind: training_run, accelerator_hours: 100k, reference_accelerator: H100%s}"


def a_catalog() -> Catalog:
    chip = {"source": "test", "checked_on": "2026-10"}
    price = InstancePrice(
        "1", "aws", "us-east-1", "US", "p5", "h100-sxm-80gb", 8, "on_demand", "", 0, 0, 1, 24.0, 0, "listed", "t",
        "2026-10-02", "",
    )  # fmt: skip
    grid = CarbonIntensity("europe-north2", "gcp", "europe-north2", "SE", 3.0, "listed", "test", "2024", "")
    return Catalog(
        accelerators={
            "h100-sxm-80gb": Accelerator(id="h100-sxm-80gb", vendor="NVIDIA", name="H100", **chip),
            "mi300x": Accelerator(id="mi300x", vendor="AMD", name="MI300X", **chip),
        },
        language_models={
            id_: LanguageModel(id=id_, parameters_b=size, active_parameters_b=size)
            for id_, size in (("llama-3.1-70b", 70), ("llama-3.1-8b", 8))
        },
        prices=(price,),
        token_prices=(TokenPrice("2", "Together", "x", "llama-3.1-70b", 1, 1, 0, 0, "", "test", "2026-11"),),
        profiles={"consumer": LoadProfile("consumer", (1.0,) * 24, "test", "2026-10")},
        aliases={"h100": "h100-sxm-80gb", "llama-70b": "llama-3.1-70b", "llama-8b": "llama-3.1-8b"},
        price_paths={"falling": PricePath("falling", ((0.0, 1.0), (12.0, 0.75)), "test", "2026-10")},
        carbon_intensity={"europe-north2": grid},
    )


CATALOG = a_catalog()


def parse(workload: str, *lines: str, catalog: Catalog | None = CATALOG) -> Scenario:
    return parse_scenario("\n".join([f"workloads: [{workload}]", *lines]), "a.yaml", catalog=catalog)


def mistakes(workload: str, *lines: str, catalog: Catalog | None = CATALOG) -> tuple[Mistake, ...]:
    with pytest.raises(InputErrors) as caught:
        parse(workload, *lines, catalog=catalog)
    return caught.value.mistakes


def the_mistake(workload: str, *lines: str, catalog: Catalog | None = CATALOG) -> tuple[str, str]:
    """Path and message of the only mistake."""
    (mistake,) = mistakes(workload, *lines, catalog=catalog)
    return mistake.path, mistake.what


def inference(scenario: Scenario) -> Inference:
    workload = scenario.workloads[0]
    assert isinstance(workload, Inference)
    return workload


# -- names become ids -----------------------------------------------------------------------------------


def test_names_of_the_market_become_ids() -> None:
    scenario = parse(
        CHAT % "",
        "price_changes: [{path: FALLING, accelerator: H100, provider: AWS}]",
        "releases: [{accelerator: MI300X, month: 2027-06, price_drops: [{accelerator: h100, by: -20%}]}]",
        "lead_times: [{months: 3, provider: AWS, accelerator: H100}]",
        "credits: [{provider: TOGETHER, usd: 50k}]",
        "support: {AWS: 10%, together: 3%}",
        "egress_usd_per_gb: {AWS: 0.09, Default: 0.1}",
        "storage_usd_per_gb_month: {aws: 0.02}",
        "maturity: {amd: 80%}",
        "round_trips_ms: {US-EAST-1: 10, SE: 90, Europe-North2: 95, default: 150}",
        "carbon: {intensity_g_per_kwh: {US-East-1: 350, DE: 340, default: 400}}",
    )
    change, release, lead = scenario.price_changes[0], scenario.releases[0], scenario.lead_times[0]
    assert (change.path, change.accelerator, change.provider) == ("falling", "h100-sxm-80gb", "aws")
    assert (release.accelerator, release.price_drops[0].accelerator) == ("mi300x", "h100-sxm-80gb")
    assert (lead.provider, lead.accelerator) == ("aws", "h100-sxm-80gb")
    assert scenario.credits[0].provider == "Together"
    assert scenario.support == {"aws": 0.1, "Together": 0.03}
    assert scenario.egress_usd_per_gb == {"aws": 0.09, "default": 0.1}
    assert scenario.storage_usd_per_gb_month == {"aws": 0.02}
    assert scenario.maturity == {"AMD": 0.8}
    assert scenario.round_trips_ms == {"us-east-1": 10, "SE": 90, "europe-north2": 95, "default": 150}
    assert scenario.carbon is not None
    assert scenario.carbon.intensity_g_per_kwh == {"us-east-1": 350, "DE": 340, "default": 400}


def test_names_inside_a_workload_become_ids() -> None:
    workload = inference(
        parse(
            CHAT
            % (
                ", fallback: {share: 50%, when: always, model: LLAMA-8B, hosted_apis: [together]}"
                ", residency: [{share: 80%, regions: [US-EAST-1], countries: [DE]}], round_trip_ms: {US-east-1: 15}"
            )
        )
    )
    assert workload.fallback is not None
    assert (workload.fallback.model, workload.fallback.hosted_apis) == ("llama-3.1-8b", ("Together",))
    assert (workload.residency[0].regions, workload.residency[0].countries) == (("us-east-1",), ("DE",))
    assert workload.round_trip_ms == {"us-east-1": 15}
    run = parse("{name: base, kind: training_run, model: llama-70b, tokens: 1T}").workloads[0]
    assert isinstance(run, TrainingRun)
    assert (run.model, run.work_unit) == ("llama-3.1-70b", "Mtok")
    assert parse(RUN % "").workloads[0].work_unit == "h100-sxm-80gb-hour"


def test_providers_and_regions_of_ones_own_offers_are_known() -> None:
    scenario = parse(
        CHAT % ", residency: [{regions: [north]}]",
        "offers:",
        "  - {name: box, provider: acme, region: north, accelerator: h100, contracts: [{kind: spot, usd_per_hour: 9}]}",
        "quotes:",
        "  - {provider: zeta, region: south, instance: i, accelerator: h100, count: 8, contract: on_demand,",
        "     price_usd_per_hour: 9, checked_on: 2026-10}",
        "support: {ACME: 5%}",
        "lead_times: [{months: 2, provider: Zeta}]",
        "credits: [{provider: acme, usd: 1k}]",
        "round_trips_ms: {NORTH: 5, south: 50}",
    )
    assert scenario.support == {"acme": 0.05}
    assert scenario.lead_times[0].provider == "zeta"
    assert scenario.round_trips_ms == {"north": 5, "south": 50}


@pytest.mark.parametrize(
    ("line", "path", "what", "remedy"),
    [
        (
            "releases: [{accelerator: h10, month: 2027-06}]",
            "releases.0.accelerator",
            "unknown accelerator `h10`",
            "h100",
        ),
        (
            "lead_times: [{months: 1, provider: together}]",
            "lead_times.0.provider",
            "unknown provider of",
            "tokens only",
        ),
        ("lead_times: [{months: 1, accelerator: mi300}]", "lead_times.0.accelerator", "accelerator `mi300`", "mi300x"),
        ("credits: [{provider: asw, usd: 1}]", "credits.0.provider", "unknown provider `asw`", "did you mean `aws`?"),
        ("support: {default: 1%}", "support.default", "unknown provider `default`", "known: Together, aws"),
        ("egress_usd_per_gb: {awss: 1}", "egress_usd_per_gb.awss", "unknown provider `awss`", "aws"),
        ("storage_usd_per_gb_month: {awss: 1}", "storage_usd_per_gb_month.awss", "unknown provider `awss`", "aws"),
        ("maturity: {AMDD: 80%}", "maturity.AMDD", "unknown vendor `AMDD`", "AMD"),
        ("round_trips_ms: {us-east-l: 1}", "round_trips_ms.us-east-l", "unknown region or country", "us-east-1"),
        (
            "carbon: {intensity_g_per_kwh: {QQ: 1}}",
            "carbon.intensity_g_per_kwh.QQ",
            "unknown region or country",
            "`DE`",
        ),
        ("price_changes: [{path: rising}]", "price_changes.0.path", "unknown price path `rising`", "falling"),
        ("maturity: {AMD: 80%, amd: 70%}", "maturity", "two keys name the same thing", "keep one"),
    ],
)
def test_an_unknown_name_says_what_is_known(line: str, path: str, what: str, remedy: str) -> None:
    (mistake,) = mistakes(CHAT % "", line)
    assert mistake.path == path
    assert what in mistake.what
    assert remedy in (mistake.help or "")
    assert mistake.place is not None
    assert mistake.place.line == 2


def test_every_country_may_have_a_round_trip_even_without_an_offer() -> None:
    assert len(COUNTRIES) == 249
    assert parse(CHAT % "", "round_trips_ms: {AT: 90, NO: 100}").round_trips_ms == {"AT": 90, "NO": 100}


def test_a_model_without_architecture_is_not_a_mistake() -> None:
    run = "{name: base, kind: training_run, model: {id: own, parameters_b: 7, active_parameters_b: 7}, tokens: 1T}"
    assert parse(run).workloads[0].work_unit == "Mtok"


# -- spikes and fallbacks -------------------------------------------------------------------------------


def spiking(first: float, second: float, name: str = "sale") -> str:
    return (
        CHAT % f", spike: {{name: launch, multiplier: 5, hours_per_year: {first}}}"
        + ", "
        + (CHAT % f", spike: {{name: {name}, multiplier: 3, hours_per_year: {second}}}").replace("chat", "other")
    )


def test_spikes_last_less_than_half_a_year_together() -> None:
    assert len(parse(spiking(4000, 379.9)).workloads) == 2  # 4,379.9 h < 8,760 h / 2
    path, what = the_mistake(spiking(4000, 380))
    assert (path, "4380 hours a year in all" in what) == ("workloads.1.spike.hours_per_year", True)


def test_one_spike_of_several_workloads_is_counted_once() -> None:
    assert len(parse(spiking(3000, 3000, "launch")).workloads) == 2  # together 3,000 h, not 6,000 h
    assert the_mistake(spiking(3000, 24, "launch"))[0] == "workloads.1.spike.hours_per_year"


@pytest.mark.parametrize(
    ("hours", "called"),
    [
        ((24, 24), ("spike", "spike")),
        ((24, 100), ("spike of 24 hours", "spike of 100 hours")),
        ((24.5, 24.5, 100), ("spike of 24.5 hours", "spike of 24.5 hours", "spike of 100 hours")),
    ],
)
def test_spikes_without_a_name_are_the_same_hours_where_they_are_as_many(
    hours: tuple[float, ...], called: tuple[str, ...]
) -> None:
    spiking = [CHAT % f", spike: {{multiplier: 5, hours_per_year: {h}}}" for h in hours]
    scenario = parse(", ".join(text.replace("chat", f"chat{k}") for k, text in enumerate(spiking)))
    assert tuple(w.spike.name for w in scenario.workloads if isinstance(w, Inference) and w.spike) == called


@pytest.mark.parametrize(("name", "right"), [("s", True), ("s12", False), ("all", False), ("sale 1", True)])
def test_a_spike_is_not_called_like_an_ordinary_slice(name: str, right: bool) -> None:
    text = CHAT % f", spike: {{name: {name}, multiplier: 5, hours_per_year: 24}}"
    if right:
        assert inference(parse(text)).spike is not None
    else:
        assert the_mistake(text)[0] == "workloads.0.spike.name"


def test_spikes_go_with_explicit_periods_of_one_slice() -> None:
    spike = CHAT % ", spike: {multiplier: 5, hours_per_year: 24}"
    assert parse(spike, "periods: [{hours: 100}, {hours: 200}]").periods is not None
    path, what = the_mistake(spike, "periods: [{hours: 100, slices: [{hours: 100}]}]")
    assert (path, what) == ("workloads.0.spike", "a spike does not go with stated slices")


def test_demand_per_period_goes_with_a_spike_and_demand_per_slice_does_not() -> None:
    spike = "{name: chat, kind: inference, model: llama-70b, demand_per_hour: %s, spike: {multiplier: 5, hours_per_year: 24}}"
    assert parse(spike % "[1, 2]", "months: 2", "slices: 2").months == 2
    assert the_mistake(spike % "[[1, 2], [3, 4]]", "months: 2", "slices: 2")[0] == "workloads.0.spike"


def test_a_fallback_needs_its_spike_unless_it_is_always_there() -> None:
    assert the_mistake(CHAT % ", fallback: {share: 50%}")[0] == "workloads.0.fallback"
    assert inference(parse(CHAT % ", fallback: {share: 50%, when: always}")).fallback is not None
    both = CHAT % ", fallback: {share: 50%}, spike: {multiplier: 5, hours_per_year: 24}"
    assert inference(parse(both)).fallback is not None


def test_the_throughput_of_a_fallback_is_stated_under_its_own_name() -> None:
    box = "offers: [{name: box, throughput: {chat: 5, chat/fallback: 9}, contracts: [{kind: spot, usd_per_hour: 9}]}]"
    assert len(parse(CHAT % ", fallback: {share: 50%, when: always}", box).offers) == 1
    assert the_mistake(CHAT % "", box) == ("offers.0.throughput.chat/fallback", "unknown workload `chat/fallback`")
    twice = CHAT % ", fallback: {share: 50%, when: always}" + ", " + (CHAT % "").replace("chat", "chat/fallback")
    assert the_mistake(twice) == ("workloads.0.fallback", "workload `chat/fallback` is called like this fallback")


# -- limits ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "limit",
    [
        "budget_total_usd: 1M",
        "budget_per_year_usd: 1M",
        "budget_per_period_usd: 1M",
        "budget_upfront_per_year_usd: 0",
        "cash: {at_hand_usd: 1M}",
    ],
)
def test_any_limit_on_money_is_enough_for_most_served(limit: str) -> None:
    assert parse(CHAT % "", "objective: most_served", limit).objective == "most_served"


def test_most_served_needs_a_limit_on_money() -> None:
    assert the_mistake(CHAT % "", "objective: most_served")[0] == "objective"


def test_survive_goes_with_availability() -> None:
    assert the_mistake(CHAT % ", survive: 50%") == ("workloads.0.survive", "`survive` without `availability`")
    assert inference(parse(CHAT % ", survive: 50%", "availability: {failure: zone}")).survive == 0.5


@pytest.mark.parametrize("line", ["availability: {failure: zone}", "standing_reserve: 10%"])
def test_availability_and_reserve_protect_online_inference(line: str) -> None:
    assert line.split(":")[0] in Scenario.model_fields
    assert parse(CHAT % "", line).workloads[0].name == "chat"
    assert the_mistake(RUN % "", line)[0] == line.split(":")[0]
    assert parse(RUN % "", "standing_reserve: 0").standing_reserve == 0


@pytest.mark.parametrize(
    ("volume", "prices"), [("egress_gb_per_unit", "egress_usd_per_gb"), ("storage_gb", "storage_usd_per_gb_month")]
)
def test_a_volume_needs_a_price(volume: str, prices: str) -> None:
    for workload in (CHAT, RUN) if volume == "storage_gb" else (CHAT,):  # a run sends nothing per unit
        assert the_mistake(workload % f", {volume}: 5") == (f"workloads.0.{volume}", f"`{volume}` without a price")
        assert parse(workload % f", {volume}: 0").workloads
        assert parse(workload % f", {volume}: 5", f"{prices}: {{default: 0}}").workloads
        assert parse(workload % f", {volume}: 5", f"{prices}: {{aws: 0.1}}").workloads


# -- months and periods ---------------------------------------------------------------------------------

YEAR = ("start: 2027-01", "years: 1")


@pytest.mark.parametrize(
    "window",
    [
        ", deadline: 2027-01",  # the first month is enough
        ", deadline: 2035-01",  # later than the horizon: its end
        ", earliest: 2020-01",
        ", earliest: 2027-12",
        ", earliest: 2027-06, deadline: 2027-06",
        ", earliest_period: 11, deadline_period: 11",
        ", earliest: 2027-06, deadline_period: 5",
    ],
)
def test_a_run_has_at_least_one_period(window: str) -> None:
    assert isinstance(parse(RUN % window, *YEAR).workloads[0], TrainingRun)


@pytest.mark.parametrize(
    ("window", "key"),
    [
        (", deadline: 2026-12", "deadline"),
        (", earliest: 2028-01", "earliest"),
        (", earliest_period: 12", "earliest_period"),
        (", deadline_period: 12", "deadline_period"),
        (", earliest_period: 7, deadline_period: 6", "deadline_period"),
        (", earliest: 2027-07, deadline_period: 5", "deadline_period"),
        (", earliest_period: 6, deadline: 2027-06", "deadline"),
    ],
)
def test_a_run_without_a_period_is_refused(window: str, key: str) -> None:
    assert the_mistake(RUN % window, *YEAR)[0] == f"workloads.0.{key}"


@pytest.mark.parametrize(
    ("window", "right"),
    [
        (", earliest: 2027-02, deadline: 2027-04", True),  # the second quarter, 2027-04 to 2027-06
        (", earliest: 2027-02, deadline: 2027-03", False),
        (", earliest: 2027-01, deadline: 2027-02", True),  # a deadline counts for the quarter it lies in
        (", earliest: 2027-11", False),  # the last quarter starts in 2027-10
    ],
)
def test_quarters_start_every_three_months(window: str, right: bool) -> None:
    quarters = ("start: 2027-01", "quarters: 4")
    if right:
        assert parse(RUN % window, *quarters).quarters == 4
    else:
        assert mistakes(RUN % window, *quarters)[0].code == "window"


def test_months_are_those_of_the_default_start() -> None:
    assert parse(RUN % ", deadline: 2026-12").start == "2026-12"  # the month after the newest price
    assert the_mistake(RUN % ", deadline: 2026-11")[0] == "workloads.0.deadline"


def test_what_happens_after_the_horizon_plays_no_part() -> None:
    scenario = parse(
        CHAT % ", surges: [{start: 2031-01, weeks: 4, growth_per_week: 10%}]",
        *YEAR,
        "releases: [{accelerator: mi300x, month: 2031-01}]",
        "credits: [{provider: aws, usd: 1k, expires: 2031-01}, {provider: aws, usd: 1k, expires_period: 12}]",
        "cash: {at_hand_usd: 1, raises: [{month: 2031-01, usd: 1}]}",
    )
    assert scenario.releases[0].month == "2031-01"


def _dated() -> Iterator[tuple[str, str, str, str]]:
    yield RUN % ", earliest: 2027-02", "", "workloads.0.earliest", "earliest_period"
    yield RUN % ", deadline: 2027-02", "", "workloads.0.deadline", "deadline_period"
    surge = ", surges: [{start: 2027-02, weeks: 4, growth_per_week: 10%}]"
    yield CHAT % surge, "", "workloads.0.surges.0.start", "after_months"
    yield CHAT % "", "releases: [{accelerator: mi300x, month: 2027-02}]", "releases.0.month", "`period`"
    yield CHAT % "", "credits: [{provider: aws, usd: 1k, expires: 2027-02}]", "credits.0.expires", "expires_period"
    yield CHAT % "", "cash: {at_hand_usd: 1, raises: [{month: 2027-02, usd: 1}]}", "cash.raises.0.month", "`period`"
    box = "{name: box, accelerator: h100, available_from: 2027-02, contracts: [{kind: spot, usd_per_hour: 9}]}"
    yield CHAT % "", f"offers: [{box}]", "offers.0.available_from", "leave it out"


@pytest.mark.parametrize(("workload", "line", "path", "instead"), list(_dated()))
def test_months_need_a_calendar(workload: str, line: str, path: str, instead: str) -> None:
    periods = "periods: [{hours: 730}, {hours: 1000}]"
    (mistake,) = mistakes(workload, line, periods)
    assert mistake.path == path
    assert mistake.what.endswith("needs calendar periods")
    assert instead in (mistake.help or "")
    (mistake,) = mistakes(workload, line, catalog=None)
    assert (mistake.path, mistake.help) == (path, "give the `start`")
    assert parse(workload, line, *YEAR).start == "2027-01"


def test_numbers_of_periods_need_no_calendar() -> None:
    scenario = parse(
        RUN % ", earliest_period: 0, deadline_period: 1" + ", " + CHAT % "",
        "periods: [{hours: 730}, {hours: 1000}]",
        "releases: [{accelerator: mi300x, period: 1}]",
        "credits: [{provider: aws, usd: 1k, expires_period: 1}]",
        "cash: {at_hand_usd: 1, raises: [{period: 1, usd: 1}]}",
    )
    assert scenario.cash is not None


@pytest.mark.parametrize(
    ("line", "path", "code"),
    [
        ("releases: [{accelerator: mi300x, period: 12}]", "releases.0.period", "window"),
        ("credits: [{provider: aws, usd: 1, expires_period: 13}]", "credits.0.expires_period", "window"),
        ("credits: [{provider: aws, usd: 1, expires_period: 0}]", "credits.0.expires_period", "window"),
        ("credits: [{provider: aws, usd: 1, expires: 2027-01}]", "credits.0.expires", "window"),
        ("cash: {at_hand_usd: 1, raises: [{period: 12, usd: 1}]}", "cash.raises.0.period", "window"),
        ("cash: {at_hand_usd: 1, raises: [{period: -1, usd: 1}]}", "cash.raises.0.period", "out_of_range"),
        ("cash: {at_hand_usd: 1, raises: [{month: 2026-12, usd: 1}]}", "cash.raises.0.month", "window"),
    ],
)
def test_money_comes_and_goes_within_the_horizon(line: str, path: str, code: str) -> None:
    (mistake,) = mistakes(CHAT % "", line, *YEAR)
    assert (mistake.path, mistake.code) == (path, code)


# -- lists ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("budget_per_period_usd: [1M, 1M, 1M, 1M, 1M, 1M, 1M, 1M]", True),
        ("budget_per_period_usd: [1M, 1M]", False),
        ("budget_per_period_usd: 1M", True),
        ("budget_upfront_per_year_usd: [0, 1M]", True),
        ("budget_upfront_per_year_usd: [0]", False),
        ("cash: {at_hand_usd: 1, income_per_month_usd: [0, 1k]}", True),
        ("cash: {at_hand_usd: 1, income_per_month_usd: [0, 1k, 2k]}", False),
        ("carbon: {max_tonnes_per_year: [90, 80]}", True),
        ("carbon: {max_tonnes_per_year: [90]}", False),
    ],
)
def test_lists_have_the_length_of_the_horizon(line: str, right: bool) -> None:
    horizon = "quarters: 8"  # two plan-years
    if right:
        assert parse(CHAT % "", horizon, line).quarters == 8
    else:
        (mistake,) = mistakes(CHAT % "", horizon, line)
        assert mistake.code == "length"
        assert "for a horizon of " in mistake.what


@pytest.mark.parametrize(("heads", "right"), [("[10]", True), ("[10, 20]", True), ("[10, 20, 30]", False)])
def test_a_headcount_may_end_early(heads: str, right: bool) -> None:
    dev = f"{{name: dev, kind: development, headcount: {heads}, accelerator_hours_per_head_per_month: 20,"
    dev += " reference_accelerator: h100}"
    if right:
        assert parse(dev, "years: 2").years == 2
    else:
        assert the_mistake(dev, "years: 2")[0] == "workloads.0.headcount"


# -- all at once ----------------------------------------------------------------------------------------


def test_all_mistakes_are_told_together_in_the_order_of_the_file() -> None:
    found = mistakes(
        CHAT % ", survive: 50%, fallback: {share: 10%}",
        "objective: most_served",
        "support: {awss: 1%}",
        "releases: [{accelerator: b1000, period: 99}]",
    )
    assert [m.code for m in found] == ["rule", "spike", "rule", "unknown_name", "unknown_name", "window"]
    places = [(m.place.line, m.place.column) for m in found if m.place]
    assert places == sorted(places)


def test_mistakes_of_a_run_are_told_to_programs_too() -> None:
    with pytest.raises(InputErrors) as caught:
        parse(
            "{name: base, kind: training_run, tokens: lots, deadlin: 2027-03, cluster_sizes: 512}",
            "budget_total_usd: 1",
        )
    rows = [(row["path"], row["code"], row["line"], row["suggestion"]) for row in mistakes_json(caught.value)]
    assert rows == [
        ("workloads.0.tokens", "number", 1, None),
        ("workloads.0.deadlin", "unknown_key", 1, "did you mean `deadline`?"),
        ("workloads.0.cluster_sizes", "wrong_type", 1, "write `[512]` for a list of one"),
    ]
