"""The second accountant has never seen the program."""

import subprocess
import sys


def test_the_audit_loads_neither_program_nor_solver_nor_readers() -> None:
    code = "import sys, planner.audit; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    strangers = ("pulp", "highspy", "planner.formulation", "planner.inputs", "planner.report")
    assert [name for name in loaded if name.startswith(strangers)] == []
