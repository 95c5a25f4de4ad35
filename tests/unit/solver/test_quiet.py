"""What the solver says by itself stays off standard output, whatever that is."""

import subprocess
import sys

USE = "from planner.solver.highs import solver_version; print(solver_version())"


def run(code, shell_redirect=""):
    return subprocess.run(
        f'"{sys.executable}" -c "{code}" {shell_redirect}', shell=True, capture_output=True, text=True, check=False
    )


def test_only_what_is_printed_is_on_standard_output():
    found = run("print(1); " + USE + "; " + USE)
    assert found.returncode == 0, found.stderr
    assert found.stdout.splitlines()[0] == "1"
    assert len(found.stdout.splitlines()) == 3


def test_a_closed_standard_output_stays_closed(tmp_path):
    target = tmp_path / "answer"
    code = (
        "from planner.solver.highs import solver_version; solver_version(); import os; "
        f"fd = os.open('{target}', os.O_CREAT | os.O_WRONLY); assert fd == 1, fd"
    )
    found = run(code, ">&-")
    assert found.returncode == 0, found.stderr
    assert target.read_bytes() == b""


def test_an_older_solver_is_refused():
    code = (
        "import highspy; highspy.Highs.version = lambda self: '1.15.1'; "
        "from planner.solver import Watch, solve_lp; from planner.errors import InputErrors; "
        "from planner.solver.matrix import Matrix; import numpy as np; z = np.zeros(1)\n"
        "try:\n"
        "    solve_lp(Matrix(z, z, z, z > 0, np.zeros(1, dtype='int32'), z[:0].astype('int32'), z[:0], z[:0], z[:0]), Watch())\n"
        "except InputErrors as error:\n"
        "    print(error, error.exit_code.name)\n"
    )
    found = run(code)
    assert "highspy 1.15.1 is installed, 1.16 or later is needed" in found.stdout, found.stderr
    assert "BAD_INPUT" in found.stdout
