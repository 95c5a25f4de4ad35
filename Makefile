# `make check` before every commit: the same lines as .ci/run, in the environment you are in.
PYTHON ?= python

.PHONY: check lint types imports test test-quick test-all coverage bench calibrate docs docs-site golden wheel clean

check: lint types imports test

lint:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

types:
	$(PYTHON) -m mypy

imports:
	lint-imports

test:
	$(PYTHON) -m pytest

# What a change is tried with: a minute on two cores.
test-quick:
	$(PYTHON) -m pytest -m quick

# Everything, the exhaustive part too: drawn programs, monotonicity, pages in a browser.
test-all:
	$(PYTHON) -m pytest -m ""

# Branch coverage of the money maths and of the second accountant's rules; fails below 95%.
coverage:
	$(PYTHON) -m pytest --cov --cov-report=term-missing:skip-covered

bench:
	PYTHONPATH=. $(PYTHON) tests/bench/sizing.py
	PYTHONPATH=. $(PYTHON) tests/bench/run.py

# Refit the sizing constants from the measured rows and print how far they are from rows held out.
calibrate:
	PYTHONPATH=. $(PYTHON) datasets/calibrate.py

docs:
	PYTHONPATH=. $(PYTHON) docs/make_reference.py
	PYTHONPATH=. $(PYTHON) docs/make_formulation.py
	PYTHONPATH=. $(PYTHON) docs/make_seed_figures.py
	PYTHONPATH=. $(PYTHON) docs/make_ownership.py
	PYTHONPATH=. $(PYTHON) docs/make_owned_hours.py
	PYTHONPATH=. $(PYTHON) docs/make_cookbook.py

# The documentation as a site in build/site; needs the extra `planner[site]`.
docs-site:
	$(PYTHON) docs/make_site.py build/site

# Rewrite what the golden tests compare with, then read the diff.
golden:
	PLANNER_GOLDEN=rewrite $(PYTHON) -m pytest tests/golden tests/integration -q

wheel:
	$(PYTHON) -m build --wheel

clean:
	rm -rf build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find planner tests datasets docs -name __pycache__ -type d -prune -exec rm -rf {} +
