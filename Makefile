# Two commands do everything on a fresh machine: `make demo` and `make test`.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test check fix lock audit bench qa

demo: .venv/run.stamp
	@exec $(BIN)/milepost demo --serve

test: check .venv/browser.stamp
	MILEPOST_TEST_ENGINE=sqlite $(BIN)/pytest -n 2 --dist loadfile -q
	MILEPOST_TEST_ENGINE=postgres $(BIN)/pytest -n 2 --dist loadfile -q -m "not any_engine"

check: .venv/dev.stamp
	$(BIN)/ruff check src tests qa benchmarks
	$(BIN)/ruff format --check src tests qa benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports
	find src -path '*templates*' -name '*.html' | xargs $(BIN)/djade --check --target-version 5.2

fix: .venv/dev.stamp
	$(BIN)/ruff check --fix src tests qa benchmarks
	$(BIN)/ruff format src tests qa benchmarks
	find src -path '*templates*' -name '*.html' | xargs $(BIN)/djade --target-version 5.2

bench: .venv/dev.stamp
	$(BIN)/python -m benchmarks.run

qa: test
	MILEPOST_TEST_ENGINE=postgres $(BIN)/pytest -n 2 --dist loadfile -q tests/browser tests/docs
	$(BIN)/python -m qa.guards
	HYPOTHESIS_PROFILE=long MILEPOST_FUZZ_ROUNDS=1000000 $(BIN)/pytest -n 2 -q tests/core
	MILEPOST_XSS_ROUNDS=1000 $(BIN)/pytest -q tests/browser/test_xss.py
	MILEPOST_SEQUENCES=2000 $(BIN)/pytest -q tests/web/test_account.py
	MILEPOST_API_REQUESTS=100000 $(BIN)/pytest -q tests/api/test_description.py
	MILEPOST_KILL_ROUNDS=50 MILEPOST_KILL_SECONDS=10 MILEPOST_TEST_ENGINE=sqlite $(BIN)/pytest -s -q tests/site/test_kill.py
	MILEPOST_KILL_ROUNDS=50 MILEPOST_KILL_SECONDS=10 MILEPOST_TEST_ENGINE=postgres $(BIN)/pytest -s -q tests/site/test_kill.py

# Asks an advisory service for every pinned version; fails where it cannot answer for one of them.
audit: .venv/dev.stamp
	$(BIN)/pip-audit --strict --require-hashes --disable-pip --progress-spinner off -r requirements.lock

lock: .venv/dev.stamp
	$(BIN)/uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --group build --group dev --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url -c requirements.lock -o requirements-dev.lock

.venv/venv.stamp:
	$(PYTHON) -m venv .venv
	@touch $@

.venv/run.stamp: .venv/venv.stamp requirements.lock pyproject.toml hatch_build.py package-lock.json
	$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements-dev.lock
	$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

.venv/browser.stamp: .venv/dev.stamp
	$(BIN)/python -m tests.support.browser
	@touch $@
