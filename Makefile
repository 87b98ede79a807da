# Everything that is done to this repository has one name here; CI (.ci/run) calls the same ones.
# Needed beforehand: make, bash, Python 3.11 or later. Everything else comes from the lock files into .venv and web/node_modules.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

BIN := .venv/bin
STAGE := tools/stage
TESTS ?= tests
WORKERS ?= 2
POSTGRES_BIN ?= /usr/lib/postgresql/15/bin
UV ?= $(BIN)/uv

# Where the machine has no recent Node, the one in requirements-node.lock is put into .venv.
NODE_LOCK = $(shell tools/node >/dev/null 2>&1 || printf requirements-node.lock)
PAGES := src/huixiang/entry/pages
WEB_SOURCES = $(shell find web -name node_modules -prune -o -name dist -prune -o -type f -print 2>/dev/null)
WITH_NODE = env PATH="$$(tools/node):$$PATH" npm --prefix web

.PHONY: help
help: ## Say what can be made
	@printf 'Huixiang: what can be made\n\n'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ------------------------------------------------------------------------------------------------------------------- run
.PHONY: demo
demo: ## Start everything with a real grocer's year in it, and print the addresses
	@$(STAGE) "packages" $(MAKE) --no-print-directory .venv/.ready-demo
	@$(STAGE) "pages" $(MAKE) --no-print-directory web
	@exec $(BIN)/huixiang demo $(ARGS)

.PHONY: serve
serve: .venv/.ready-run web ## Start everything without any data (settings: docs/operate/settings.md)
	@exec $(BIN)/huixiang serve $(ARGS)

.PHONY: compile
compile: .venv/.ready-run .venv/.ready-compile ## Make machine code of the pricing engine, about twice as fast (needs a C compiler)
	$(BIN)/python -m tools.compile

.PHONY: web
web: $(PAGES)/.built ## Build the console and the member pages into the package

# ------------------------------------------------------------------------------------------------------------------ test
# Workers take whole files, the longest first (tests/longest_first.py).
PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

.PHONY: test
test: .venv/.ready-dev ## Run all tests but the browser's (TESTS=tests/points WORKERS=2)
	$(PYTEST) --ignore tests/browser --ignore tests/compiled $(LEFT_OUT) $(TESTS)

# The judges have tried and solved the instances on the engine as it is written; its machine code has to answer the same.
JUDGES := $(wildcard tests/pricing/test_exact*.py tests/pricing/test_solved*.py tests/pricing/test_judges.py)

.PHONY: test-compiled
test-compiled: .venv/.ready-dev compile ## Run the pricing engine's tests on its machine code
	$(PYTEST) tests/compiled $(filter-out $(JUDGES),$(wildcard tests/pricing/test_*.py))

.PHONY: test-postgres
test-postgres: .venv/.ready-dev ## Run the tests that ask a database on an installed PostgreSQL (POSTGRES_BIN=.../15/bin)
	HUIXIANG_TEST_POSTGRES_BIN=$(POSTGRES_BIN) HUIXIANG_TEST_LEDGER_STEPS=5000 HUIXIANG_TEST_ORDER_STEPS=1500 $(PYTEST) -p tests.on_postgres \
	  --ignore tests/browser --ignore tests/compiled --ignore tests/entry --ignore tests/attacks $(TESTS)

.PHONY: test-browser
test-browser: .venv/.ready-dev web ## Drive the pages in Chromium (Debian: apt install chromium fonts-noto-cjk)
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || { \
	  printf 'No Chromium found. On Debian: apt install chromium fonts-noto-cjk\n' >&2; exit 1; }
	$(PYTEST) tests/browser

.PHONY: check
check: .venv/.ready-dev web/node_modules/.ready ## Format, lint, types, borders, locks, audit, front end
	@$(STAGE) "format" $(BIN)/ruff format --check
	@$(STAGE) "lint" $(BIN)/ruff check
	@$(MAKE) --no-print-directory --jobs $(WORKERS) --output-sync=target $(addprefix check-,types front-end architecture rest)

# Side by side: none of them uses more than one core.
.PHONY: check-types check-front-end check-architecture check-rest
check-types:
	@$(STAGE) "types" $(BIN)/mypy

check-front-end:
	@$(STAGE) "front end" $(WITH_NODE) run check

check-architecture:
	@$(STAGE) "architecture" $(BIN)/python -m pytest -q tests/architecture

check-rest:
	@$(STAGE) "borders" $(BIN)/lint-imports --no-logo
	@$(STAGE) "lock files" $(BIN)/python -m tools.locks
	@$(STAGE) "client" $(BIN)/python -m tools.python_client --check
	@$(STAGE) "audit" $(BIN)/python -m tools.audit

.PHONY: audit
audit: .venv/.ready-dev web/node_modules/.ready ## Ask the advisory services about dependencies, and fail where none answers
	$(BIN)/python -m tools.audit --strict

.PHONY: format
format: .venv/.ready-dev ## Format and mend what can be mended by machine
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: bench
bench: .venv/.ready-dev ## Run the benchmarks and print their tables, the engine compiled where that can be
	@$(BIN)/python -m tools.compile --try
	$(BIN)/python -m bench $(ARGS)

# ------------------------------------------------------------------------------------------------------------- documents
.PHONY: docs
docs: .venv/.ready-dev .venv/.ready-client web/node_modules/.ready ## Write what is generated from the code: errors, settings, the API's clients
	$(BIN)/python -m tools.error_catalogue
	$(BIN)/python -m tools.settings_page
	$(BIN)/python -m tools.condition_schema
	web/api/generate
	$(BIN)/python -m tools.python_client

.PHONY: requirements
requirements: .venv/.ready-dev ## Show each requirement with its tests and its routes or pages (ARGS=--open: the unproven)
	@$(BIN)/python -m tools.requirements $(ARGS)

# ---------------------------------------------------------------------------------------------------------- dependencies
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url
FROM_DEV = $(COMPILE) --no-annotate --constraint requirements-dev.lock

.PHONY: lock
lock: ## Write requirements*.lock after pyproject.toml, keeping pinned versions (UPGRADE=--upgrade: the newest)
	@[ -x $(UV) ] || command -v $(UV) >/dev/null || tools/install requirements-build.lock
	$(COMPILE) $(UPGRADE) pyproject.toml --extra demo --group dev --output-file requirements-dev.lock
	@$(FROM_DEV) $(UPGRADE) pyproject.toml              --output-file requirements.lock
	@$(FROM_DEV) $(UPGRADE) pyproject.toml --extra demo --output-file requirements-demo.lock
	@$(FROM_DEV) $(UPGRADE) --group build               --output-file requirements-build.lock
	@# The generator of the Python client needs other versions than the program, and has an environment of its own.
	@$(COMPILE) --no-annotate $(UPGRADE) --group client --output-file requirements-client.lock
	@$(FROM_DEV) $(UPGRADE) --group node                --output-file requirements-node.lock
	@$(FROM_DEV) $(UPGRADE) --group compile             --output-file requirements-compile.lock
	@$(STAGE) "lock files" $$(tools/python) -m tools.locks

# Stamps. Each stands in what it describes, so that removing .venv or node_modules removes them too.
.venv/.ready-run: requirements.lock requirements-build.lock pyproject.toml tools/install
	@tools/install requirements.lock
	@touch $@

.venv/.ready-demo: requirements-demo.lock requirements-build.lock pyproject.toml tools/install
	@tools/install requirements-demo.lock
	@touch $@ .venv/.ready-run

.venv/.ready-compile: requirements-compile.lock requirements-build.lock pyproject.toml tools/install
	@tools/install requirements-compile.lock
	@touch $@

.venv/.ready-dev: requirements-dev.lock requirements-build.lock pyproject.toml tools/install
	@tools/install requirements-dev.lock
	@touch $@ .venv/.ready-demo .venv/.ready-run .venv/.ready-compile

.venv/.ready-client: requirements-client.lock requirements-build.lock | .venv/.ready-dev
	@$(BIN)/python -m venv .venv/client
	@$(UV) pip install --quiet --python .venv/client/bin/python --require-hashes --requirement $< || \
	  .venv/client/bin/python -m pip install -qq --require-hashes --requirement $<
	@touch $@

.venv/.ready-node: requirements-node.lock requirements-build.lock
	@lock="$(NODE_LOCK)"; [ -z "$$lock" ] || tools/install "$$lock"
	@mkdir -p $(@D) && touch $@

web/node_modules/.ready: web/package.json web/package-lock.json $(wildcard web/*/package.json) | .venv/.ready-node
	@$(WITH_NODE) ci --loglevel=error --no-audit --no-fund --ignore-scripts >/dev/null
	@touch $@

$(PAGES)/.built: web/node_modules/.ready $(WEB_SOURCES)
	@mkdir -p $(@D)
	@$(WITH_NODE) run build >web/node_modules/.build.log 2>&1 || { cat web/node_modules/.build.log; exit 1; }
	@touch $@

.PHONY: clean
clean: ## Remove everything that was built; data under the HUIXIANG_HOME folder stay
	rm -rf .venv web/node_modules web/*/node_modules web/*/dist $(PAGES) src/huixiang/pricing/compiled build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
