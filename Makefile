# The only commands to remember.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PY := .venv/bin/python
CODE := app tests demo tools bench
HERE = $(wildcard $(CODE))

# Images for containers often set it: compiling everything anew at each start costs seconds.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test unit e2e check format bench translations docs lock clean

help:  ## what there is to say to make
	@sed -nE 's/^([a-z0-9]+):.*  ## (.*)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "  make %-13s %s\n", $$1, $$2 }'

run: .venv/runtime  ## Askonce on localhost:8000 and a demo site on 127.0.0.1:8001 (PORT, DEMO_PORT, DATABASE_URL)
	@exec $(PY) tools/run.py

test: .venv/development  ## every test: unit on SQLite and PostgreSQL, journeys in a browser (ARGS goes to pytest)
	@tools/packages
	$(PY) -m pytest -q -n 2 $(ARGS)

unit: .venv/development  ## the unit tests alone
	@tools/packages
	$(PY) -m pytest -q -n 2 tests/unit $(ARGS)

e2e: .venv/development  ## the browser's journeys alone
	@tools/packages
	$(PY) -m pytest -q -n 2 tests/e2e $(ARGS)

check: .venv/development  ## format, lint, types, house rules, translations; changes nothing
	$(PY) -m ruff format --check $(HERE)
	$(PY) -m ruff check $(HERE)
	$(PY) -m mypy $(HERE)
	$(PY) -m pytest -q tests/unit/test_house_rules.py
	$(PY) tools/translations.py --check
	$(PY) tools/reference.py --check
	$(PY) tools/troubleshooting.py --check

format: .venv/development  ## format and mend what can be mended
	$(PY) -m ruff format $(HERE)
	$(PY) -m ruff check --fix $(HERE)

bench: .venv/development  ## measure under load (QUICK=1 within a minute)
	@tools/packages bench
	$(PY) bench/bench.py

translations: .venv/development  ## bring new texts into every catalogue and say what is untranslated
	$(PY) tools/translations.py

docs: .venv/development  ## write docs/configuration.md and docs/troubleshooting.md anew from the code
	$(PY) tools/reference.py
	$(PY) tools/troubleshooting.py

lock: .venv/development  ## write the lock files anew (UPGRADE=1 all, UPGRADE=name one)
	tools/lock

clean:  ## forget the environment, the caches and the database of make run
	rm -rf .venv var build dist .mypy_cache .ruff_cache .pytest_cache

.venv/runtime: requirements.lock
	@tools/environment $<
	@touch $@

# Everything of the runtime is in the development lock, in the same versions.
.venv/development: requirements-dev.lock
	@tools/environment $<
	@touch $@ .venv/runtime
