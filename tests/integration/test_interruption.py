"""Ctrl-C and SIGTERM: 130 and 143, soon, without a traceback, wherever the command is."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from planner import Plan

ROOT = Path(__file__).resolve().parents[2]
SOON_SECONDS = 6.0
"""Two seconds on an idle machine; tests share theirs."""
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}
pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGURG"), reason="needs POSIX signals")


def ended(code: str, number: signal.Signals, *arguments: str) -> tuple[int, str, float]:
    """Exit code, standard error and seconds from the signal to the end of a program that says `ready` when it may come."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    began = time.monotonic()
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    return process.returncode, said, time.monotonic() - began


GUARDED = """
import sys, time
from planner.cli.interruption import SignalGuard
guard, code = SignalGuard(), 130
try:
    with guard:
        {work}
        code = 0
except KeyboardInterrupt:
    pass
sys.exit(guard.exit_code(code))
"""


@pytest.mark.parametrize("number", CODES)
@pytest.mark.parametrize(
    "work",
    [
        "time.sleep(50)",
        "import hashlib; hashlib.pbkdf2_hmac('sha256', b'', b'', 2**31 - 1)",  # C that never comes back to look
    ],
)
def test_a_signal_ends_whatever_runs(work: str, number: signal.Signals) -> None:
    code, said, seconds = ended(GUARDED.format(work=f"print('ready', flush=True); {work}"), number)
    assert code == CODES[number]
    assert "Traceback" not in said
    assert seconds < SOON_SECONDS


@pytest.mark.parametrize("number", CODES)
def test_a_signal_where_errors_are_dropped_ends_the_command_all_the_same(number: signal.Signals) -> None:
    """Python drops what the callback of a weak reference raises: imports have such callbacks."""
    dropping = "lambda _: (print('ready', flush=True), time.sleep(50))"
    work = f"import weakref; one = type('One', (), {{}}); seen = weakref.ref(one(), {dropping}); time.sleep(50)"
    code, said, seconds = ended(GUARDED.format(work=work), number)
    assert (code, said) == (CODES[number], "")
    assert seconds < SOON_SECONDS


@pytest.mark.parametrize("number", CODES)
@pytest.mark.parametrize("error", ["ImportError('broken')", "RuntimeError('twisted')", "SystemExit(1)"])
@pytest.mark.parametrize("where", ["planner.cli.app", "importlib.metadata"])
def test_an_error_made_of_an_interruption_is_one(where: str, error: str, number: signal.Signals) -> None:
    """Libraries wrap what breaks their imports: before a command begins, and inside it."""
    code = (
        "import sys, time, builtins\n"
        "from planner.cli import main\n"
        "known = builtins.__import__\n"
        "def twisted(name, *rest):\n"
        f"    if name != {where!r}: return known(name, *rest)\n"
        "    try:\n        print('ready', flush=True); time.sleep(50)\n"
        f"    except KeyboardInterrupt: raise {error}\n"
        "builtins.__import__ = twisted\n"
        "main()\n"
    )
    code, said, seconds = ended(code, number, "--version")
    assert (code, said) == (CODES[number], "")
    assert seconds < SOON_SECONDS


@pytest.mark.parametrize("number", CODES)
def test_what_is_known_is_told_before_the_end(number: signal.Signals) -> None:
    work = """
        from planner.solver.watch import watching
        with watching(None, 1) as watch:
            watch.searching = True
            print("ready", flush=True)
            while not watch.interrupted: pass
        time.sleep(2.5)  # more than the grace: it has reacted, and tells its best plan
        print("the best plan", file=sys.stderr)
        raise KeyboardInterrupt"""
    code, said, _ = ended(GUARDED.format(work=work.strip()), number)
    assert (code, said) == (CODES[number], "the best plan\n")


@pytest.mark.parametrize("number", CODES)
@pytest.mark.parametrize("delay", [0.0, 0.1, 0.3, 0.6, 1.2])
def test_a_signal_during_start_up_is_no_error(number: signal.Signals, delay: float) -> None:
    code = (
        "import sys, threading, time, os, signal\n"
        "from planner.cli import interruption, main\n"
        "enter = interruption.SignalGuard.__enter__\n"
        "def entered(guard):\n    found = enter(guard)\n    print('ready', flush=True)\n    time.sleep(0)\n    return found\n"
        "interruption.SignalGuard.__enter__ = entered\n"
        "main()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, "solve", "examples/scaleup.yaml"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONFAULTHANDLER": "0"},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(delay)
    began = time.monotonic()
    process.send_signal(number)
    out, said = process.communicate(timeout=60)
    assert (process.returncode, out) == (CODES[number], "")
    assert "Traceback" not in said
    assert time.monotonic() - began < SOON_SECONDS


MOMENTS = {"search": "planner.search.engine.Engine._keep", "report": "planner.analysis.answer.binding_of"}
"""What runs first when a plan is known: in the search, and after it, while the report is made."""


@pytest.mark.parametrize(("moment", "number"), [("search", signal.SIGINT), ("report", signal.SIGTERM)])
def test_a_real_search_ends_with_its_best_plan(moment: str, number: signal.Signals) -> None:
    owner, _, name = MOMENTS[moment].rpartition(".")
    code = (
        "import sys, time, pkgutil\n"
        "from planner.cli import main\n"
        "from planner.solver import Watch\n"
        f"owner = pkgutil.resolve_name({owner!r}); known = getattr(owner, {name!r}); waited = []\n"
        "def kept(*arguments):\n"
        "    found = known(*arguments)\n"
        "    if found is not False and not waited:\n"
        "        waited.append(1); print('ready', flush=True)\n"
        "        watch = next((a for a in arguments if isinstance(a, Watch)), None) or arguments[0].watch\n"
        "        began = time.monotonic()\n"
        "        while not watch.interrupted and time.monotonic() < began + 30: time.sleep(0.01)\n"
        "    return found\n"
        f"setattr(owner, {name!r}, kept)\n"
        "main()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, "solve", "examples/startup.yaml", "--format", "json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    code, out, _ = told(process, number)
    assert code == CODES[number]
    plan = Plan.from_json(out)
    assert plan.lines
    assert plan.audit.agrees


def told(process: "subprocess.Popen[str]", number: signal.Signals) -> tuple[int, str, str]:
    """Exit code and what is said of a program that says `ready` when the signal may come."""
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    out, said = process.communicate(timeout=120)
    assert "Traceback" not in said
    return process.returncode, out, said


@pytest.mark.parametrize(
    ("command", "moment", "number"),
    [
        ("solve", "planner.analysis.infeasible.diagnosis.repairs_of", signal.SIGINT),
        ("solve", "planner.analysis.infeasible.diagnosis.prepare", signal.SIGTERM),
        ("explain", "planner.analysis.infeasible.diagnosis.repairs_of", signal.SIGTERM),
        ("negotiate", "planner.analysis.infeasible.diagnosis.prepare", signal.SIGINT),
    ],
)
def test_that_no_plan_exists_outlives_an_interruption(command: str, moment: str, number: signal.Signals) -> None:
    owner, _, name = moment.rpartition(".")
    code = (
        "import sys, time, pkgutil\n"
        "from planner.cli import main\n"
        f"owner = pkgutil.resolve_name({owner!r}); known = getattr(owner, {name!r})\n"
        "def kept(*arguments):\n    print('ready', flush=True); time.sleep(0.3)\n    return known(*arguments)\n"
        f"setattr(owner, {name!r}, kept)\n"
        "main()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, command, "examples/infeasible.yaml", "--format", "json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    ended_with, out, _ = told(process, number)
    answer = json.loads(out)
    assert (ended_with, answer["status"], answer["complete"]) == (CODES[number], "infeasible", False)
    assert answer["causes"]


def test_of_a_diagnosis_that_answers_no_more_it_is_told_that_there_is_no_plan() -> None:
    """The main thread is deep in C when the signal comes, and stays there."""
    code = (
        "import hashlib, pkgutil\n"
        "from planner.cli import main\n"
        "owner = pkgutil.resolve_name('planner.analysis.infeasible.diagnosis')\n"
        "def lost(*arguments):\n    print('ready', flush=True); hashlib.pbkdf2_hmac('sha256', b'', b'', 2**31 - 1)\n"
        "owner.repairs_of = lost\n"
        "main()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, "solve", "examples/infeasible.yaml", "--format", "json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    ended_with, out, said = told(process, signal.SIGINT)
    assert (ended_with, out) == (130, "")
    assert said.startswith("error: interrupted: no plan exists")
