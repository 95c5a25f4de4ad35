"""A scenario of the drawn family of `tests/helpers/scaling.py`, of any size, for the command itself.

    PYTHONPATH=. python tests/bench/family.py 2000 60 20 1 | planner solve - --gap 0.1% --no-baselines --brief

Arguments: offers, periods, workloads, seed.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "tests" / "helpers"), str(ROOT / "tests" / "cases")]

from scaling import scaled_case  # noqa: E402
from to_scenario import scenario_of  # noqa: E402

if __name__ == "__main__":
    json.dump(scenario_of(scaled_case(*map(int, sys.argv[1:5]))), sys.stdout)
