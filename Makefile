# Every target makes what it needs: .venv is created when missing, with uv where there is one, else with venv and pip.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEERS := .peers

.PHONY: help demo test lint fix bench bench-matching bench-screens bench-bank bench-linking peers screenshots campaign lock clean

help:  ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

demo: $(VENV)/.run  ## the sample district from empty to the progress table, then the web page
	$(BIN)/disburse demo

test: $(VENV)/.dev  ## every test: SQLite, PostgreSQL, browser where there is one
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not campaign"

lint: $(VENV)/.dev  ## formatting, style, strict types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: $(VENV)/.dev  ## mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.dev  ## reading and importing against its floor, side by side
	$(BIN)/python -m benchmarks.importing

bench-matching: $(VENV)/.dev  ## the matcher, side by side with others where they are installed
	$(BIN)/python -m benchmarks.matching $(addprefix --peer-python ,$(wildcard $(PEERS)/bin/python))

peers:  ## other record linkage for bench-matching, in an environment of its own
	test -x $(PEERS)/bin/python || $(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install -q --disable-pip-version-check -r benchmarks/matching/peers.txt

bench-bank: $(VENV)/.dev  ## the bank API against a bare route that inserts the same rows
	$(BIN)/python -m benchmarks.bank_api

bench-linking: $(VENV)/.dev  ## linking inside PostgreSQL against the same matching from file to file
	$(BIN)/python -m benchmarks.linking

bench-screens: $(VENV)/.dev  ## twenty officers clicking through 300,000 people on PostgreSQL
	$(BIN)/python -m benchmarks.screens

screenshots: $(VENV)/.dev  ## every screen at 1366 and 390 px, into build/screenshots/vi
	$(BIN)/python -m tests.browser.screenshots

campaign: $(VENV)/.dev  ## the long fault and quality campaigns
	$(BIN)/python -m pytest -m campaign -s

lock:  ## renew the locked, hashed dependencies
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --extra test --extra scale pyproject.toml -o requirements-dev.lock

clean:  ## remove what make made
	rm -rf $(VENV) $(PEERS) build dist .mypy_cache .ruff_cache .hypothesis

$(VENV)/.run: requirements.lock pyproject.toml
	$(call install,requirements.lock)
	touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml
	$(call install,requirements-dev.lock)
	touch $@ $(VENV)/.run

# A hashed lock takes no other file than the one that was tested; the project itself is installed in place. Compiled once,
# here: where Python may not write bytecode, every command would compile some 700 modules anew, for a second.
define install
	if command -v uv >/dev/null; then \
	  test -x $(BIN)/python || uv venv -q --python $(PYTHON) $(VENV); \
	  uv pip install -q --compile-bytecode --python $(BIN)/python --require-hashes -r $(1) && \
	  uv pip install -q --python $(BIN)/python --no-deps -e .; \
	else \
	  test -x $(BIN)/python || $(PYTHON) -m venv $(VENV); \
	  $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r $(1) && \
	  $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .; \
	fi
	$(BIN)/python -m compileall -q api benchmarks disburse matching
endef
