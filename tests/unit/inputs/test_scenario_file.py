"""Reading a scenario: overrides, referenced files, other names, defaults and where they came from."""

import io
import json
import sys
from pathlib import Path

import pytest

from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.catalog import Catalog, InstancePrice, LoadProfile, PricePath, TokenPrice
from planner.domain.inputs.language_model import LanguageModel
from planner.domain.scenario.scenario import Scenario
from planner.domain.time.horizon import period_lengths
from planner.domain.workloads.training_run import TrainingRun
from planner.domain.workloads.workload import Inference
from planner.errors import InputErrors
from planner.inputs.scenario_file import load_text, parse_scenario, read_scenario, resolved

TEXT = """\
name: Acme AI
years: 1
clouds: [AWS]
vendors: [nvidia]
workloads:
  - name: chat
    kind: inference
    model: Llama 70B
    tokens_per_day: 2.5B
    latency: interactive
  - name: v1.5
    kind: training
    accelerator_hours_per_month: 12k
    reference_accelerator: H100
"""
QUOTES = """\
# from the sales call
provider,region,instance,accelerator,count,contract,term_months,price_usd_per_hour,source,checked_on
acme,us,"box, big",H100,8,on_demand,,20.5,mail,2026-10-02

acme,us,box,h100,8,commitment,12,"$16",mail,2026-10
"""


def a_catalog() -> Catalog:
    chip = {"name": "x", "source": "test", "checked_on": "2026-10"}
    price = InstancePrice(
        "1", "aws", "us-east-1", "US", "p5", "h100-sxm-80gb", 8, "on_demand", "", 0, 0, 1, 24.0, 0, "listed", "t",
        "2026-10-02", "",
    )  # fmt: skip
    return Catalog(
        accelerators={
            "h100-sxm-80gb": Accelerator(id="h100-sxm-80gb", vendor="NVIDIA", **chip),
            "l4": Accelerator(id="l4", vendor="NVIDIA", **chip),
        },
        language_models={"llama-3.1-70b": LanguageModel(id="llama-3.1-70b", parameters_b=70, active_parameters_b=70)},
        prices=(price,),
        token_prices=(TokenPrice("2", "together", "x", "llama-3.1-70b", 1, 1, 0, 0, "", "test", "2026-11"),),
        price_paths={"falling": PricePath("falling", ((0.0, 1.0), (12.0, 0.75)), "test", "2026-10")},
        profiles={"consumer": LoadProfile("consumer", (1.0,) * 24, "test", "2026-10")},
        aliases={"h100": "h100-sxm-80gb", "llama 70b": "llama-3.1-70b"},
    )


CATALOG = a_catalog()


def parse(text: str = TEXT, *overrides: str, folder: Path | None = None) -> Scenario:
    return parse_scenario(text, "a.yaml", folder=folder, overrides=overrides, catalog=CATALOG)


def mistakes(text: str = TEXT, *overrides: str, folder: Path | None = None) -> list[tuple[str, str, str | None]]:
    with pytest.raises(InputErrors) as caught:
        parse(text, *overrides, folder=folder)
    return [(str(m.place) if m.place else m.path, m.what, m.help) for m in caught.value.mistakes]


def chat(scenario: Scenario) -> Inference:
    workload = scenario.workloads[0]
    assert isinstance(workload, Inference)
    return workload


# -- names and defaults ---------------------------------------------------------------------------------


def test_other_names_become_ids() -> None:
    scenario = parse()
    assert chat(scenario).model == "llama-3.1-70b"
    assert scenario.workloads[1].work_unit == "h100-sxm-80gb-hour"
    assert scenario.clouds == ("aws",)
    assert scenario.vendors == ("NVIDIA",)
    text = (
        TEXT
        + "caps: {Aws: {h100: 4}}\ndiscounts: {TOGETHER: 10%}\nprice_changes: [{per_year: -5%, accelerator: H100}]\n"
    )
    scenario = parse(text)
    assert scenario.caps == {"aws": {"h100-sxm-80gb": 4}}
    assert scenario.discounts == {"together": 0.1}
    assert scenario.price_changes[0].accelerator == "h100-sxm-80gb"


def test_an_inline_model_is_known_to_inline_apis() -> None:
    text = TEXT.replace("Llama 70B", "{id: own, parameters_b: 7, active_parameters_b: 7}")
    api = "{kind: hosted_api, name: api, model: own, usd_per_mtok_input: 1, usd_per_mtok_output: 2}"
    assert parse(f"{text}offers: [{api}]\n").offers[0].name == "api"


def test_providers_of_quotes_and_offers_are_known(tmp_path: Path) -> None:
    (tmp_path / "quotes.csv").write_text(QUOTES)
    text = TEXT.replace("[AWS]", "[AWS, acme]") + "quotes: quotes.csv\nregions: [us, us-east-1]\n"
    assert parse(text, folder=tmp_path).clouds == ("aws", "acme")


def test_a_missing_start_is_the_month_after_the_newest_price() -> None:
    assert parse().start == "2026-12"  # newest: 2026-11
    assert parse(TEXT + "start: 2027-05\n").start == "2027-05"
    assert parse_scenario(TEXT, "a.yaml").start is None


def test_without_a_catalog_names_are_left_alone() -> None:
    assert chat(parse_scenario(TEXT, "a.yaml")).model == "Llama 70B"


def test_default_names_are_not_checked() -> None:
    text = "workloads: [{name: d, kind: development, demand_per_hour: 1, unit: seat}]\n"
    assert parse_scenario(text, "a.yaml", catalog=Catalog()).vendors == ("NVIDIA",)


def test_a_language_flag_is_not_a_country() -> None:
    assert parse(TEXT + "countries: [NO, SE]\n").countries == ("NO", "SE")  # `NO` is false in YAML 1.1


# -- files ----------------------------------------------------------------------------------------------


def test_a_file_and_standard_input_say_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(TEXT)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
    assert read_scenario(path, catalog=CATALOG) == read_scenario("-", catalog=CATALOG) == parse()


def test_json_is_a_scenario_too() -> None:
    workload = {"name": "chat", "kind": "inference", "model": "llama-3.1-70b", "tokens_per_day": 1e9}
    scenario = parse(json.dumps({"workloads": [workload]}, indent="\t"))
    assert chat(scenario).tokens_per_day == 1e9


@pytest.mark.parametrize("reference", ["quotes.csv", "[quotes.csv]", "[./sub/../quotes.csv]"])
def test_quotes_come_from_a_csv_file(reference: str, tmp_path: Path) -> None:
    (tmp_path / "quotes.csv").write_text(QUOTES)
    (tmp_path / "sub").mkdir()
    first, second = parse(f"{TEXT}quotes: {reference}\n", folder=tmp_path).quotes
    assert (first.instance, first.accelerator, first.count) == ("box, big", "h100-sxm-80gb", 8)
    assert (first.price_usd_per_hour, first.term_months) == (20.5, 0.0)
    assert (second.price_usd_per_hour, second.term_months, second.contract) == (16.0, 12.0, "commitment")


def test_files_and_inline_quotes_go_together(tmp_path: Path) -> None:
    (tmp_path / "quotes.csv").write_text(QUOTES)
    inline = (
        "{provider: b, instance: i, accelerator: l4, count: 1, contract: spot, price_usd_per_hour: 1, checked_on: 2026}"
    )
    text = f"{TEXT}quotes:\n  - {inline.replace('2026', chr(34) + '2026' + chr(34))}\n  - quotes.csv\n"
    assert [q.provider for q in parse(text, folder=tmp_path).quotes] == ["b", "acme", "acme"]


def test_mistakes_in_quotes_point_into_the_csv_file(tmp_path: Path) -> None:
    (tmp_path / "quotes.csv").write_text(QUOTES.replace("commitment", "comitment").replace("H100", "H10"))
    found = mistakes(f"{TEXT}quotes: quotes.csv\nyeers: 2\n", folder=tmp_path)
    assert found == [
        (
            f"{tmp_path}/quotes.csv:5:20",
            "`comitment` is not allowed here; expected `on_demand`, `spot` or `commitment`",
            "did you mean `commitment`?",
        ),
        ("a.yaml:16:1", "unknown key `yeers`", "`years` is already given"),
    ]
    found = mistakes(f"{TEXT}quotes: quotes.csv\n", "quotes=quotes.csv", folder=tmp_path)
    assert found[0][0] == f"{tmp_path}/quotes.csv:5:20"


def test_the_text_of_every_file_travels_with_the_mistakes(tmp_path: Path) -> None:
    (tmp_path / "quotes.csv").write_text(QUOTES.replace("20.5", "-1"))
    with pytest.raises(InputErrors) as caught:
        parse(f"{TEXT}quotes: quotes.csv\n", folder=tmp_path)
    assert set(caught.value.sources) == {"a.yaml", f"{tmp_path}/quotes.csv"}  # type: ignore[attr-defined]


@pytest.mark.parametrize("hours", [24, 168])
@pytest.mark.parametrize("header", ["load\n", ""])
def test_a_profile_comes_from_a_csv_file(hours: int, header: str, tmp_path: Path) -> None:
    (tmp_path / "load.csv").write_text(header + "".join(f"{h % 5}\n" for h in range(hours)))
    text = TEXT.replace("latency: interactive", "profile: {csv: load.csv}")
    assert chat(parse(text, folder=tmp_path)).profile == tuple(float(h % 5) for h in range(hours))


def test_a_profile_is_one_column_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "load.csv").write_text("hour,a,b\n" + "".join(f"{h},{h},{2 * h}\n" for h in range(24)))
    text = TEXT.replace("latency: interactive", "profile: {csv: load.csv, column: b}")
    assert chat(parse(text, folder=tmp_path)).profile == tuple(2.0 * h for h in range(24))


def test_a_year_of_hours_is_folded_to_its_mean_week(tmp_path: Path) -> None:
    # 8760 = 52 × 168 + 24: the first day of the week is seen 53 times, here with 53 only in the last of them.
    (tmp_path / "load.csv").write_text(
        "".join(f"{53 if h >= 52 * 168 else 0 if h % 168 < 24 else 7}\n" for h in range(8760))
    )
    loaded = load_text(
        TEXT.replace("latency: interactive", "profile: {csv: load.csv}"), "a.yaml", folder=tmp_path, catalog=CATALOG
    )
    assert chat(loaded.scenario).profile == (1.0,) * 24 + (7.0,) * 144
    assert "mean week" in loaded.document.notes[0]


# -- overrides ------------------------------------------------------------------------------------------


def test_overrides_replace_values_by_name_or_index() -> None:
    scenario = parse(TEXT, "workloads.chat.tokens_per_day=5B", "workloads.1.accelerator_hours_per_month=1k", "years=2")
    assert chat(scenario).tokens_per_day == 5e9
    assert scenario.workloads[1].base_demand_per_hour == pytest.approx(1000 / 730)
    assert scenario.years == 2


def test_names_may_contain_dots() -> None:
    scenario = parse(TEXT, "workloads.v1.5.interruptible=true")
    assert scenario.workloads[1].interruptible is True  # type: ignore[union-attr]


def test_overrides_add_keys_lists_and_mappings() -> None:
    scenario = parse(
        TEXT, "workloads.chat.unserved.usd_per_unit=3", "regions=[us-east-1]", "caps={aws: 5}", "caps.aws=6", "clouds="
    )
    assert scenario.workloads[0].unserved is not None
    assert scenario.workloads[0].unserved.usd_per_unit == 3
    assert scenario.regions == ("us-east-1",)
    assert scenario.caps == {"aws": 6}
    assert scenario.clouds is None


def test_an_override_of_an_alias_changes_one_place_only() -> None:
    text = TEXT.replace("  - name: chat", "  - &c\n    name: chat") + "  - <<: *c\n    name: other\n"
    scenario = parse(text, "workloads.other.tokens_per_day=1M")
    assert [w.tokens_per_day for w in (scenario.workloads[0], scenario.workloads[2])] == [2.5e9, 1e6]  # type: ignore[union-attr]


def test_an_override_can_mend_a_mistake() -> None:
    assert parse(TEXT.replace("years: 1", "years: soon"), "years=1").years == 1


BLOCKS = """\
start: 2027-01
availability: {failure: region, survive: 60%}
cash:
  at_hand_usd: 20M
  raises:
    - {month: 2027-06, usd: 5M}
price_changes: [{accelerator: h100, per_year: -10%}]
"""


def test_overrides_reach_into_nested_blocks() -> None:
    run = "  - {name: base, kind: training_run, model: llama 70b, tokens: 2T, deadline: 2027-09}\n"
    scenario = parse(
        TEXT + run + BLOCKS,
        "availability.failure=provider",
        "availability.standby=[on_demand]",
        "cash.raises.0.usd=$7.5M",
        "cash.minimum_usd=1M",
        "price_changes.0.per_year=-25%",
        "maturity.nvidia=90%",
        "round_trips_ms={us-east-1: 20}",
        "round_trips_ms.default=80",
        "carbon.intensity_g_per_kwh.US=380",
        "credits=[{provider: aws, usd: 100k}]",
        "credits.0.expires=2027-09",
        "workloads.base.deadline=2027-06",
        "workloads.base.cluster_sizes=[512, 1k]",
        "workloads.chat.spike={multiplier: 8, hours_per_year: 24}",
        "workloads.chat.spike.name=launch",
        "workloads.chat.fallback.share=50%",
        "workloads.chat.residency=[{countries: [US]}]",
        "workloads.chat.residency.0.share=80%",
        "demand_scale=2",
        "standing_reserve=10%",
    )
    assert scenario.availability is not None
    assert (scenario.availability.failure, scenario.availability.survive) == ("provider", 0.6)
    assert scenario.availability.standby == ("on_demand",)
    assert scenario.cash is not None
    assert (scenario.cash.raises[0].usd, scenario.cash.raises[0].month) == (7.5e6, "2027-06")
    assert scenario.cash.minimum_usd == 1e6
    assert scenario.price_changes[0].per_year == -0.25
    assert scenario.maturity == {"NVIDIA": 0.9}
    assert scenario.round_trips_ms == {"us-east-1": 20, "default": 80}
    assert scenario.carbon is not None
    assert scenario.carbon.intensity_g_per_kwh == {"US": 380}
    assert (scenario.credits[0].usd, scenario.credits[0].expires) == (1e5, "2027-09")
    workload, run_ = chat(scenario), scenario.workloads[2]
    assert isinstance(run_, TrainingRun)
    assert (run_.deadline, run_.cluster_sizes) == ("2027-06", (512, 1000))
    assert workload.spike is not None
    assert (workload.spike.name, workload.spike.multiplier) == ("launch", 8)
    assert workload.fallback is not None
    assert (workload.fallback.share, workload.residency[0].share) == (0.5, 0.8)
    assert (scenario.demand_scale, scenario.standing_reserve) == (2, 0.1)


@pytest.mark.parametrize(
    ("setting", "path", "what"),
    [
        ("availability.failure=zones", "availability.failure", "`zones` is not allowed here"),
        ("availability.failure.kind=zone", "availability.failure.kind", "`availability.failure` is a single value"),
        ("cash.raises.1.usd=1M", "cash.raises.1.usd", "`cash.raises` has no entry 1"),
        ("cash.raises.0.month=2026-12", "cash.raises.0.month", "a raise before the start of the horizon, 2027-01"),
        ("price_changes.0.path=rising", "price_changes.0.path", "unknown price path `rising`"),
        ("maturity.NVIDA=90%", "maturity.NVIDA", "unknown vendor `NVIDA`"),
        ("workloads.chat.fallback.share=50%", "workloads.chat.fallback.share", "a fallback for spikes, and no `spike`"),
        ("objective=most", "objective", "`most` is not allowed here"),
        ("releases=[{accelerator: l4}]", "releases.0", "give `month` or `period`"),
    ],
)
def test_a_wrong_override_of_a_nested_block_says_its_path(setting: str, path: str, what: str) -> None:
    (found,) = mistakes(TEXT + BLOCKS, setting)
    assert found[0] == path
    assert what in found[1]


@pytest.mark.parametrize(
    ("setting", "path", "what", "remedy"),
    [
        ("years", "years", "not of the form path=value", "years=2"),
        ("=3", "", "not of the form path=value", "years=2"),
        ("a..b=3", "a..b", "not of the form path=value", "years=2"),
        ("workloads.chta.latency=batch", "workloads.chta.latency", "no entry called `chta`", "did you mean `chat`?"),
        ("workloads.7.latency=batch", "workloads.7.latency", "no entry 7", "the last one is 1"),
        ("name.first=x", "name.first", "`name` is a single value", ""),
        ("workloads.chat.latncy=batch", "workloads.chat.latncy", "unknown key `latncy`", "`latency` is already given"),
        ("workloads.chat.profil=flat", "workloads.chat.profil", "unknown key `profil`", "did you mean `profile`?"),
        ("workloads.chat.latency=bach", "workloads.chat.latency", "`bach` is not allowed", "did you mean `batch`?"),
        ("clouds=[aws", "clouds", "not closed", "line 1"),
        ("clouds=a: b", "clouds", "not a single one", "quotes"),
        ("clouds=[gcp]", "clouds.0", "unknown provider `gcp`", "known: aws"),
        ("name=!!str x", "name", "tags are not allowed", ""),
        ("years=.inf", "years", "not a number", ""),
    ],
)
def test_a_wrong_override_says_its_path(setting: str, path: str, what: str, remedy: str) -> None:
    found = mistakes(TEXT, setting)
    assert len(found) == 1
    assert found[0][0] == path
    assert what in found[0][1]
    assert remedy in (found[0][2] or "")


# -- origins --------------------------------------------------------------------------------------------


def test_every_value_says_where_it_came_from(tmp_path: Path) -> None:
    (tmp_path / "quotes.csv").write_text(QUOTES)
    text = TEXT + "quotes: quotes.csv\ncaps: {AWS: 3}\n"
    loaded = load_text(text, "a.yaml", folder=tmp_path, overrides=["workloads.chat.latency=batch"], catalog=CATALOG)
    rows = {row.path: (row.value, row.origin) for row in resolved(loaded.scenario, loaded.document)}
    assert rows["name"] == ("Acme AI", "a.yaml:1")
    assert rows["clouds"] == (["aws"], "a.yaml:3")
    assert rows["discount_rate"] == (0.1, "default")
    assert rows["start"] == ("2026-12", "default")
    assert rows["workloads.chat.model"] == ("llama-3.1-70b", "a.yaml:8")
    assert rows["workloads.chat.latency"] == ("batch", "--set")
    assert rows["workloads.chat.output_tokens"] == (256, "default")
    assert rows["quotes.1.term_months"] == (12.0, f"{tmp_path}/quotes.csv:5")
    assert rows["quotes.0.min_nodes"] == (1, "default")
    assert rows["caps.aws"] == (3, "a.yaml:16")


def test_values_of_nested_blocks_say_where_they_came_from() -> None:
    text = (
        TEXT
        + "  - name: base\n    kind: training_run\n    model: llama 70b\n    tokens: 2T\n"
        + BLOCKS
        + "maturity: {nvidia: 90%}\ncarbon:\n  intensity_g_per_kwh:\n    US-EAST-1: 350\n    US: 380\n"
    )
    loaded = load_text(text, "a.yaml", overrides=["workloads.base.deadline=2027-06"], catalog=CATALOG)
    rows = {row.path: (row.value, row.origin) for row in resolved(loaded.scenario, loaded.document)}
    assert rows["workloads.base.tokens"] == (2e12, "a.yaml:18")
    assert rows["workloads.base.deadline"] == ("2027-06", "--set")
    assert rows["workloads.base.failures_per_accelerator_year"] == (0.173, "default")
    assert rows["workloads.base.min_accelerators"] == (1, "default")
    assert rows["workloads.chat.spike"] == (None, "default")
    assert rows["workloads.chat.surges"] == ([], "default")
    assert rows["availability.survive"] == (0.6, "a.yaml:20")
    assert rows["availability.standby"] == (["on_demand", "hosted_api"], "default")
    assert rows["cash.raises.0.usd"] == (5e6, "a.yaml:24")
    assert rows["cash.raises.0.period"] == (None, "default")
    assert rows["cash.minimum_usd"] == (0.0, "default")
    assert rows["price_changes.0.accelerator"] == ("h100-sxm-80gb", "a.yaml:25")
    assert rows["price_changes.0.path"] == (None, "default")
    assert rows["maturity.NVIDIA"] == (0.9, "a.yaml:26")  # written `nvidia`: the line of the whole mapping
    assert rows["carbon.intensity_g_per_kwh.us-east-1"] == (350.0, "a.yaml:29")
    assert rows["carbon.intensity_g_per_kwh.US"] == (380.0, "a.yaml:30")
    assert rows["carbon.usd_per_tonne"] == (0.0, "default")
    assert rows["objective"] == ("least_cost", "default")
    assert rows["demand_scale"] == (1.0, "default")
    assert rows["standing_reserve"] == (0.0, "default")
    assert rows["max_share_per_provider"] == (None, "default")


# -- the calendar ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "count", "hours", "last", "plan_years"),
    [
        ("years: 3", 36, 730.0, "2029-12", 3),
        ("months: 13", 13, 730.0, "2028-01", 2),
        ("quarters: 5", 5, 2190.0, "2028-01", 2),
        ("years: 0.25\nperiod: quarter", 1, 2190.0, "2027-01", 1),
        ("quarters: 1\nperiod: month", 3, 730.0, "2027-03", 1),
        ("periods: [{hours: 8760}, {hours: 8760, name: second}]", 2, 8760.0, "second", 2),
    ],
)
def test_a_horizon_is_cut_into_periods(keys: str, count: int, hours: float, last: str, plan_years: int) -> None:
    lengths = period_lengths(parse(TEXT.replace("years: 1", keys) + "start: 2027-01\n"))
    assert (len(lengths.hours), lengths.hours_per_period, lengths.starts[-1]) == (count, hours, last)
    assert lengths.plan_years == plan_years


def test_explicit_periods_may_differ() -> None:
    lengths = period_lengths(parse(TEXT.replace("years: 1", "periods: [{hours: 10}, {hours: 20}]")))
    assert lengths.hours == [10, 20]
    assert lengths.starts == ["p0", "p1"]
    assert lengths.hours_per_period is None


def with_quotes(path: str) -> str:
    return f"workloads: [{{name: w, kind: inference, unit: u, demand_per_hour: 4}}]\nquotes: {json.dumps(path)}\n"


@pytest.mark.parametrize("way", ["../quotes.csv", "below/../../quotes.csv", "link.csv", "absolute"])
def test_quotes_stay_below_the_folder_of_the_scenario(
    tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine" / "below").mkdir(parents=True)
    (tmp_path / "quotes.csv").write_text(QUOTES)
    (tmp_path / "mine" / "link.csv").symlink_to(tmp_path / "quotes.csv")
    text = with_quotes(str(tmp_path / "quotes.csv") if way == "absolute" else way)
    with pytest.raises(InputErrors, match="lies outside of the scenario's folder") as caught:
        parse_scenario(text, str(tmp_path / "mine" / "s.yaml"))
    assert caught.value.mistakes[0].path == "quotes"
    monkeypatch.setenv("PLANNER_FILES_BELOW", str(tmp_path))
    assert len(parse_scenario(text, str(tmp_path / "mine" / "s.yaml")).quotes) == 2


@pytest.mark.parametrize("way", ["quotes.csv", "below/quotes.csv", "below/../quotes.csv"])
def test_quotes_in_the_folder_or_below_are_read(tmp_path: Path, way: str) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / way).write_text(QUOTES)
    assert len(parse_scenario(with_quotes(way), str(tmp_path / "s.yaml")).quotes) == 2


@pytest.mark.parametrize("wrong", ["workloads[0].growth_per_year=5%", "workloads[3].name=x", "offers[12].name=x"])
def test_an_entry_in_brackets_is_told_how_to_write_it(wrong: str) -> None:
    name, number = wrong.partition("]")[0].split("[")
    assert any(remedy == f"write `{name}.{number}`" for _, _, remedy in mistakes(TEXT, wrong))


@pytest.mark.parametrize(
    "key", ["budget_monthly_usd", "budget_per_month_usd", "monthly_budget", "budget_quarterly_usd"]
)
def test_a_budget_of_a_month_is_one_of_a_period(key: str) -> None:
    assert any(remedy == "did you mean `budget_per_period_usd`?" for _, _, remedy in mistakes(TEXT, f"{key}=5000"))
