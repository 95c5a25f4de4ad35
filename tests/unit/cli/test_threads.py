"""A command that was asked for one thread computes in one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

COUNTED = """
import os, sys
from planner.cli import main
sys.argv = ["planner", "--version"]
try:
    main()
except SystemExit:
    pass
before = len(os.listdir("/proc/self/task"))
import numpy as np
ones = np.ones(10**6)
ones @ ones
print(len(os.listdir("/proc/self/task")) - before)
"""


@pytest.mark.skipif(not Path("/proc/self/task").is_dir() or (os.cpu_count() or 1) < 2, reason="threads are not told")
def test_products_of_long_vectors_take_no_threads_of_their_own() -> None:
    around = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run([sys.executable, "-c", COUNTED], env=around, capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == "0"
