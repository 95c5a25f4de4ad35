"""A scenario of a drawn family, of any size, for the command itself.

    PYTHONPATH=. python tests/bench/family.py scaled 2000 60 20 1 | planner solve - --gap 0.1% --no-baselines --brief
    PYTHONPATH=. python tests/bench/family.py market 500 36 8 1 | planner solve - --gap 0.1% --no-baselines --brief

Arguments: family (`scaled` of `tests/helpers/scaling.py`, `market` of `tests/helpers/market_family.py`), offers, periods,
workloads, seed.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "tests" / "helpers"), str(ROOT / "tests" / "cases")]

from market_family import market_scenario  # noqa: E402
from scaling import scaled_case  # noqa: E402
from to_scenario import scenario_of  # noqa: E402

if __name__ == "__main__":
    family, size = sys.argv[1], [int(number) for number in sys.argv[2:6]]
    json.dump(market_scenario(*size) if family == "market" else scenario_of(scaled_case(*size)), sys.stdout)
