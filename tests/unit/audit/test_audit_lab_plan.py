"""Catalog rows, quotes, holdings, stated caps and sized rates."""

from typing import Any

import audit_lab_plan as labs
import audit_plans as plans
import pytest
from test_audit_corruptions import changed, rules

CORRUPTIONS = [
    ("lines/0/price_source", " ", "price-provenance"),
    ("lines/0/price_as_of", "", "price-provenance"),
    ("lines/0/price_basis", "quoted", "line-provenance"),
    ("lines/2/nodes", 1.0, "held"),
    ("lines/2/end_index", 2, "held"),
    ("lines/2/start_index", 1, "held"),
    ("lines/2/signed_index", 1, "commitment-signed"),
    ("fleet/1/nodes", 9.0, "cap"),
    ("inputs/caps/0/max_accelerators", 128.0, "cap-stated"),
    ("inputs/caps/0/assumed", True, "cap-stated"),
    ("inputs/caps/0/max_accelerators", 56.0, "cap"),
    ("inputs/options/0/groups", [], "cap-stated"),
    ("inputs/options/0/usd_per_hour", 29.0, "option-list-price"),
    ("inputs/options/0/list_price_usd", 29.0, "line-unit-price"),
    ("inputs/options/0/discount_fraction", 0.1, "option-discount"),
    ("inputs/options/1/upfront_usd", 14_000.0, "inline-price"),
    ("inputs/options/1/usd_per_hour", 9.0, "inline-price"),
    ("inputs/options/1/term_periods", 3, "inline-price"),
    ("inputs/options/2/usd_per_hour", 9.0, "inline-price"),
    ("inputs/options/2/discount_fraction", 0.1, "option-discount"),
    ("inputs/fits/0/rate_per_node_hour", 9.0, "fit-sized"),
    ("inputs/fits/0/basis", "measured", "fit-measured"),
    ("inputs/fits/3/replica_nodes", 1.0, "fit-sized"),
    ("inputs/fits/3/precision", "fp4", "fit-sized"),
    ("inputs/fits/3/tensor_parallel", 8, "fit-sized"),
    ("inputs/fits/3/batch", 3, "fit-sized"),
    ("inputs/constants/e_f", 0.1, "fit-sized"),
    ("inputs/constants", {"nonsense": 1.0}, "unreadable"),
    ("inputs/language_models/m/layers", 80, "fit-sized"),
    ("inputs/accelerators/chip/memory_bandwidth_gb_per_s", 1500.0, "fit-sized"),
    ("inputs/accelerators/chip/vendor", "Other", "filter-vendor"),
    ("inputs/accelerators/chip/memory_gb", 4.0, "fit-sized"),
    ("inputs/accelerators", {}, "unreadable"),
]

OTHER_QUESTIONS: list[tuple[dict[str, Any], str]] = [
    ({"clouds": ["south"]}, "filter-cloud"),
    ({"vendors": ["NVIDIA"]}, "filter-vendor"),
    ({"accelerators": ["other"]}, "filter-accelerator"),
    ({"regions": ["n1"]}, "filter-region"),
    ({"countries": ["NO"]}, "filter-country"),
    ({"contracts": ["commitment"]}, "filter-contract"),
    ({"max_term_months": 1}, "filter-term"),
    ({"caps": {"north": 56}}, "cap-stated"),
    ({"caps": {"north": {"chip": 56}}}, "cap-stated"),
    ({"discounts": {"south": 0.1}}, "option-discount"),
    ({"price_changes": [{"per_year": -0.3, "accelerator": "chip"}]}, "line-unit-price"),
    ({"derating": 0.5}, "fit-sized"),
    ({"catalog": "none"}, "inline-only"),
    ({"quotes": []}, "filter-cloud"),
]


def test_the_lab_plan_has_no_discrepancy() -> None:
    assert labs.sized("train").rate_per_node_hour == pytest.approx(8.0)
    assert rules(labs.lab()) == set()


@pytest.mark.parametrize(
    ("path", "value", "rule"), CORRUPTIONS, ids=lambda v: (str(sorted(v)) if isinstance(v, set) else str(v))[:40]
)
def test_a_corrupted_lab_plan_is_caught(path: str, value: Any, rule: str) -> None:
    assert rule in rules(changed(labs.lab(), path, value))


@pytest.mark.parametrize(
    ("changes", "rule"), OTHER_QUESTIONS, ids=lambda v: (str(sorted(v)) if isinstance(v, set) else str(v))[:60]
)
def test_the_lab_plan_is_no_answer_to_another_question(changes: dict[str, Any], rule: str) -> None:
    assert rule in rules(plans.asked(labs.lab(), **changes))


def test_workload_vendors_replace_those_of_the_scenario() -> None:
    plan = plans.asked(labs.lab(), vendors=["NVIDIA"])
    for number in (0, 1):
        plan = plans.with_workload(plan, number, vendors=["ACME"])
    assert rules(plan) == set()


def test_stated_caps_may_be_of_all_accelerators_of_a_provider() -> None:
    assert rules(plans.asked(labs.lab(), caps={"north": 64})) == set()
