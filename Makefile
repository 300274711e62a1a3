# Each target sets up what it needs; `make demo` and `make test` are the two to know.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BENCH := $(VENV)/.bench
SPARK := $(VENV)/.spark

LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
    --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

# The tests start leadgrade some hundred times: Python has to compile it once only.
export PYTHONDONTWRITEBYTECODE =

.PHONY: demo test check docs test-all soak bench bench-quick lock clean

demo: $(READY)  ## qualify the sample list, show the best leads and one explanation
	rm -rf demo && mkdir demo
	$(BIN)/leadgrade init demo/first
	cd demo/first && ../../$(BIN)/leadgrade qualify leads.csv --as-of 2026-01-22
	cd demo/first && ../../$(BIN)/leadgrade top --limit 5
	cd demo/first && ../../$(BIN)/leadgrade explain L-007

test: $(READY)  ## the tests, as CI runs them
	$(BIN)/pytest -n auto -q

docs: $(READY)  ## write the pages of the docs that come from the code
	$(BIN)/python docs/build.py

check: $(READY)  ## format, lint, types, generated docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy bench

test-all: $(SPARK) services  ## the long tests, and those with a real browser, server and cluster
	LEADGRADE_CASES=80 $(BIN)/pytest -n auto -q -m 'soak or browser or postgresql or spark'

# Where nothing can be installed the tests that need it are skipped, and say why.
SERVICES := chromium postgresql
services:  ## a browser, a database server and Java for the tests, where this is Debian and we are root
	@missing=$$(dpkg -s $(SERVICES) >/dev/null 2>&1 || echo $(SERVICES)); \
	command -v java >/dev/null || missing="$$missing default-jre-headless"; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && [ -n "$$missing" ]; \
	then apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	    apt-get install -y -qq --no-install-recommends $$missing >/dev/null || true; fi

soak: $(READY)  ## new generated cases, many more of them: make soak CASES=100000
	LEADGRADE_RANDOM=1 LEADGRADE_CASES=$(or $(CASES),20000) \
	    $(BIN)/pytest -n auto -q -m 'soak or spark'
	LEADGRADE_RANDOM=1 LEADGRADE_CASES=$(or $(CASES),20000) \
	    $(BIN)/pytest -n auto -q tests/engine/test_agreement.py

bench: $(BENCH)  ## measure speed and memory beside other engines, some 20 minutes; writes the docs page
	$(BIN)/python -m bench

bench-quick: $(BENCH)  ## the same in three minutes, roughly; writes to bench/results
	$(BIN)/python -m bench --quick

lock:  ## renew the four lock files (pins with hashes, no registry host)
	$(BIN)/pip install -q uv
	$(BIN)/uv pip compile pyproject.toml --group dev -o requirements.lock $(LOCK)
	$(BIN)/uv pip compile --group build -o requirements-build.lock $(LOCK)
	$(BIN)/uv pip compile --group bench -c requirements.lock -o requirements-bench.lock $(LOCK)
	$(BIN)/uv pip compile --group spark -c requirements.lock -o requirements-spark.lock $(LOCK)

clean:
	rm -rf $(VENV) build dist demo .mypy_cache .pytest_cache .ruff_cache leadgrade.egg-info

# durable_rules ships as source only: it is built with the setuptools of the lock, not a newer one.
PIP := $(BIN)/pip install -q --disable-pip-version-check
$(READY): requirements.lock requirements-build.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements-build.lock
	$(PIP) --require-hashes --no-build-isolation -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	touch $@

# The other engines that `make bench` measures; nothing else needs them.
$(BENCH): $(READY) requirements-bench.lock
	$(PIP) --require-hashes -r requirements-bench.lock
	touch $@

# Spark, for its tests alone: it is large, and ships as source, without anything to compile.
$(SPARK): $(READY) requirements-spark.lock
	$(PIP) --require-hashes --no-build-isolation -r requirements-spark.lock
	touch $@
