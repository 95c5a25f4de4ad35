"""Scenarios that nobody would write and the reader lets pass: small ones, with a few fields changed at random.

`python tests/helpers/scenario_mutants.py FIRST LAST` solves the mutants of these seeds, each in a process of its own, and prints
what went wrong: a traceback, exit 1 or 5, or an end later than the time limit allows.
"""

import copy
import importlib
import json
import os
import pkgutil
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import planner
from planner.cli import main
from planner.errors import InputErrors
from planner.inputs.json_schema import scenario_schema
from planner.inputs.scenario_file import parse_scenario

LIMIT_SECONDS = 4.0
"""Time limit that is given."""
LATE_SECONDS = 5.0
"""So much later it may end, in seconds of CPU beyond those of starting up."""
START_SECONDS = 2.0
KILLED_AFTER = 120.0
"""Seconds on the clock after which a process hangs, on a machine that is shared."""
FINE = (0, 2, 3, 4)
SCHEMA = scenario_schema()


def _offer(name: str, usd: float, *contracts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "contracts": [{"kind": "on_demand", "usd_per_hour": usd}, *contracts]} | more


BASES: tuple[dict[str, Any], ...] = (
    {
        "catalog": "none",
        "start": "2027-01",
        "months": 4,
        "slices": 2,
        "workloads": [
            {"name": "w", "kind": "inference", "unit": "u", "demand_per_hour": 4, "profile": "business_hours",
             "growth_per_year": "80%", "spike": {"multiplier": 4, "hours_per_year": 24}, "max_spot_share": "50%"},
            {"name": "b", "kind": "batch", "unit": "u", "demand_per_hour": [3, 4, 5, 6]},
        ],
        "offers": [
            _offer("n", 3, {"kind": "commitment", "usd_per_hour": 2, "term_months": 12, "upfront_usd": 50, "min_nodes": 2},
                   {"kind": "spot", "usd_per_hour": 1, "interruptions_per_month": 20, "max_nodes": 4},
                   provider="p", region="r", country="DE", throughput={"w": 2, "b": 1.5}, max_nodes=40),
            _offer("m", 5, {"kind": "block", "usd_per_hour": 4, "days": 30}, provider="q", region="s", country="US",
                   throughput={"w": 4, "b": 3}),
        ],
        "held": [{"name": "h", "nodes": 1, "until": "2027-03", "usd_per_hour": 1, "throughput": {"w": 1}}],
        "savings_plans": [{"name": "sp", "provider": "p", "term_months": 12, "rates": [{"discount": "20%"}]}],
        "spend_agreements": [{"provider": "p", "tiers": [{"spend_per_year_usd": 20000, "discount": "10%"}]}],
        "credits": [{"provider": "q", "usd": 3000, "expires": "2027-03"}],
        "support": {"p": "5%"},
        "budget_per_year_usd": 300000,
        "cash": {"at_hand_usd": 100000, "income_per_month_usd": 20000},
        "availability": {"failure": "provider", "survive": "50%"},
        "max_share_per_provider": "90%",
        "carbon": {"usd_per_tonne": 50, "unknown_g_per_kwh": 400},
    },
    {
        "catalog": "none",
        "periods": [{"hours": 730}, {"hours": 2190, "slices": [{"name": "x", "hours": 190}, {"name": "y", "hours": 2000}]}],
        "workloads": [
            {"name": "w", "kind": "inference", "unit": "u", "demand_per_hour": 7,
             "unserved": {"usd_per_unit": 9, "max_fraction": "20%"}, "residency": [{"share": "40%", "countries": ["DE"]}]},
            {"name": "run", "kind": "training_run", "unit": "v", "work": 4000, "deadline_period": 1, "min_accelerators": 2,
             "max_accelerators": 32, "failures_per_accelerator_year": 2},
            {"name": "dev", "kind": "development", "unit": "u", "demand_per_hour": 2},
        ],
        "offers": [
            _offer("n", 3, {"kind": "commitment", "usd_per_hour": 2, "term_periods": 2, "lead_periods": 1},
                   provider="p", country="DE", throughput={"w": 2, "run": 3, "dev": 1}, groups=["g"]),
            _offer("m", 2.5, provider="q", country="FR", throughput={"w": 1, "run": 1, "dev": 1}, groups=["g"],
                   accelerators_per_node=2),
        ],
        "cap_groups": [{"name": "g", "max_nodes": 30}],
        "budget_total_usd": 90000,
        "price_changes": [{"per_year": "-15%"}],
        "discounts": {"p": "8%"},
        "standing_reserve": "10%",
        "terminal": "market",
    },
    {
        "catalog": "none",
        "start": "2027-01",
        "quarters": 3,
        "slices": 1,
        "workloads": [{"name": "w", "kind": "inference", "unit": "u", "demand_per_hour": 60, "growth_per_year": "40%"}],
        "offers": [_offer("n", 4, provider="p", throughput={"w": 2})],
        "own": {
            "sites": [{"name": "colo", "kind": "colocation", "country": "DE", "term_months": 12, "usd_per_kwh": 0.2, "pue": 1.3,
                       "g_per_kwh": 300, "rent_usd_per_kw_month": 150, "fit_out_usd_per_kw": 100, "lead_months": 3,
                       "team_usd_per_year": 1000, "tax_and_insurance_fraction_per_year": 0.01, "rent_rise_per_year": 0.02}],
            "servers": [{"name": "box", "throughput": {"w": 2}, "price_usd": 9000, "nameplate_kw": 2, "lead_months": 0,
                         "accelerators_per_server": 1, "network_fraction": 0, "storage_fraction": 0, "draw_fraction": 0.8,
                         "maintenance_fraction_per_year": 0.05, "spare_fraction": 0, "staff_usd_per_server_year": 10,
                         "life_months": 36, "residual_curve": [[0, 1], [36, 0.1]]}],
        },
    },
)  # fmt: skip
FACTORS = (0, 1e-9, 1e-3, 0.1, 0.5, 2, 7, 100, 1e4, 1e7, 1e10)


class Trial(NamedTuple):
    """How one mutant ended."""

    seed: int
    code: int | None
    seconds: float
    """Of CPU."""
    said: str

    @property
    def fault(self) -> str:
        """What is wrong with it; empty if nothing is."""
        if self.code is None:
            return "hangs"
        if self.code not in FINE or "Traceback" in self.said or "internal error" in self.said:
            return f"exit {self.code}"
        late = self.seconds > LIMIT_SECONDS + LATE_SECONDS + START_SECONDS
        return f"late: {self.seconds:.1f} s" if late else ""


def mutant(seed: int) -> dict[str, Any]:
    """A scenario that passes validation, the same for the same seed."""
    draw = random.Random(seed)
    while True:
        value = copy.deepcopy(draw.choice(BASES))
        for _ in range(draw.choice((1, 1, 2, 3, 5))):
            _mutate(value, draw)
        try:
            parse_scenario(json.dumps(value), "mutant.json")
        except InputErrors:
            continue
        return value


def _mutate(value: dict[str, Any], draw: random.Random) -> None:
    places = [place for place in _places(value) if place[0] is not value or place[1] not in ("workloads", "catalog")]
    holder, key = draw.choice(places)
    now = holder[key]
    kind = draw.random()
    if isinstance(now, bool):
        holder[key] = not now
    elif isinstance(now, int | float):
        holder[key] = (
            draw.choice([now * f for f in FACTORS]) if kind < 0.8 else draw.choice([0, 1, 1e-6, 0.37, 1e6, 1e9])
        )
        if isinstance(now, int) and float(holder[key]).is_integer():
            holder[key] = int(holder[key])
    elif isinstance(now, str) and now.endswith("%"):
        holder[key] = draw.choice(["0%", "0.001%", "1%", "50%", "99.9%", "100%", "1000%", "-50%", "-99%"])
    elif isinstance(now, list) and now and kind < 0.5:
        holder[key] = draw.choice([now[:1], [*now, copy.deepcopy(now[0])], now[1:], now[::-1]])
        if len(holder[key]) > 1 and isinstance(holder[key][-1], dict) and "name" in holder[key][-1]:
            holder[key][-1]["name"] = f"{holder[key][-1]['name']}{draw.randrange(9)}"
    elif kind < 0.6 and isinstance(holder, dict):
        del holder[key]
    else:
        _add(value, draw)


ADDED: tuple[tuple[str, Any], ...] = (
    ("objective", "most_served"), ("integers", "relaxed"), ("replicas", "pooled"), ("terminal", "annuity"),
    ("discount_rate", 0), ("discount_rate", "100%"), ("demand_scale", 1e-5), ("demand_scale", 1e5), ("gap", "0.0001%"),
    ("gap", "90%"), ("max_term_months", 1), ("contracts", ["commitment"]), ("contracts", ["spot"]), ("contracts", []),
    ("clouds", []), ("countries", ["CH"]), ("vendors", []), ("lead_times", [{"months": 2}]), ("budget_per_period_usd", 1),
    ("budget_upfront_per_year_usd", 0), ("standing_reserve", "100%"), ("max_share_per_provider", "1%"),
    ("caps", {"p": 0}), ("slices", 168), ("slices", 1), ("price_changes", [{"per_year": "10000%"}]),
    ("carbon", {"max_tonnes_per_year": 1e-9, "unknown_g_per_kwh": 1}), ("support", {"p": "100%"}),
    ("availability", {"failure": "region", "survive": "100%", "standby": []}), ("years", 30), ("months", 1),
    ("what_if", [{"name": "v", "set": {"years": 2}}]), ("credits", [{"provider": "p", "usd": 1e12}]),
)  # fmt: skip


def _add(value: dict[str, Any], draw: random.Random) -> None:
    key, added = draw.choice(ADDED)
    if key in ("years", "months"):
        for other in ("years", "months", "quarters", "periods"):
            value.pop(other, None)
    value[key] = copy.deepcopy(added)


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    """(Holder, key) of everything that stands in a scenario."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, below in list(items):
        yield node, key
        yield from _places(below)


@cache
def import_all() -> None:
    """Everything that a command may import, so that a child need not."""
    for module in pkgutil.walk_packages(planner.__path__, "planner."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def tried(seed: int) -> Trial:
    """Solve a mutant by the command line, in a child of this process: what is imported is imported once."""
    import_all()
    with tempfile.TemporaryDirectory() as folder:
        path, told = Path(folder) / "mutant.json", Path(folder) / "told"
        path.write_text(json.dumps(mutant(seed)))
        arguments = ["planner", "solve", str(path), "--time-limit", f"{LIMIT_SECONDS:g}", "--format", "json"]
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        child = os.fork()
        if child == 0:
            _become(arguments, told)
        ended = _code_of(child, began + KILLED_AFTER)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return Trial(seed, ended, min(seconds, time.monotonic() - began), told.read_text() if told.exists() else "")


def _become(arguments: list[str], told: Path) -> NoReturn:
    """The command line in this process, which ends with it: no output, and what is said in a file."""
    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(os.open(told, os.O_WRONLY | os.O_CREAT), 2)
        sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
        sys.argv = arguments
        main()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _code_of(child: int, until: float) -> int | None:
    """Exit code of a child; None if it had to be ended."""
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


if __name__ == "__main__":
    first, last = int(sys.argv[1]), int(sys.argv[2])
    trials: list[Trial] = []
    for seed in range(first, last):
        trial = tried(seed)
        trials.append(trial)
        print(seed, trial.code, f"{trial.seconds:.1f} s", flush=True)
        if trial.fault:
            print(trial.seed, trial.fault, trial.said.strip()[-300:].replace("\n", " | "), flush=True)
    codes = sorted((str(code), sum(t.code == code for t in trials)) for code in {t.code for t in trials})
    print(f"seeds {first} to {last - 1}: codes {codes}, longest {max(t.seconds for t in trials):.1f} s of CPU")
