# Every target sets up what it needs in .venv; all it takes is python3, make, git and a package index.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check --no-input
PYTEST := $(BIN)/python -m pytest -q
RUN := $(VENV)/.stamp-run
DEV := $(VENV)/.stamp-dev
ORACLES := $(VENV)/.stamp-oracles
FUZZ := $(VENV)/.stamp-fuzz
DOCS := $(VENV)/.stamp-docs
# reports.py runs reports_store.py too, and reports_answers.py what store_queries.py asks.
BENCHMARKS := $(wildcard benchmarks/bench_*.py) $(patsubst %,benchmarks/%.py,engines milter reports reports_answers)

.PHONY: help demo test proof lab fuzz check format docs serve bench rule changelog oracles clean

.DELETE_ON_ERROR:

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

demo: $(RUN) ## the whole story on a made-up domain, without network
	@$(BIN)/mailworthy demo

test: $(DEV) ## the tests, without the long proofs; ARGS="-k spf" goes to pytest
	@$(PYTEST) -m "not proof" $(ARGS)

proof: $(DEV) $(ORACLES) $(FUZZ) ## every test, with long fuzzing and the other implementations as oracles
	@$(PYTEST) --hypothesis-profile=proof $(ARGS)
	@$(BIN)/python tools/fuzz.py --seconds 60

lab: $(DEV) ## a mail internet on this machine and a shell in it (Linux, root); ARGS=receiver is another shell
	@PYTHONPATH=tests $(BIN)/python -m lab $(ARGS)

fuzz: $(DEV) $(FUZZ) ## hostile input for every parser; ARGS="--seconds 600 --target spf_record"
	@$(BIN)/python tools/fuzz.py $(ARGS)

check: $(DEV) ## formatting, lint, types
	@$(BIN)/ruff format --quiet --check . || { echo "make format mends this"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy

format: $(DEV) ## format the code and mend what ruff can mend
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --quiet --fix .

docs: $(DOCS) ## build the documentation into site/
	@$(BIN)/python tools/docs.py
	@NO_COLOR=1 $(BIN)/zensical build --clean --strict
	@echo "site/index.html"

serve: $(DOCS) ## the documentation on http://127.0.0.1:8000, rebuilt as you write
	@$(BIN)/python tools/docs.py
	@$(BIN)/zensical serve

bench: $(DEV) $(ORACLES) ## benchmarks, with today's best tools beside us; ARGS=--smoke only shows that they run
	@set -e; for file in $(BENCHMARKS); do $(BIN)/python "$$file" $(ARGS); done

rule: $(RUN) ## the skeleton of an audit rule: make rule NAME=spf/too_many_lookups
	@$(BIN)/python tools/rule.py "$(NAME)"

changelog: $(RUN) ## move the fragments of changes/ into CHANGELOG.md: make changelog VERSION=1.2.3
	@$(BIN)/python tools/changelog.py "$(VERSION)"

oracles: $(ORACLES)

clean: ## remove everything that was built, .venv too
	@rm -rf $(VENV) docs/reference site .cache build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find src tests tools -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/pyvenv.cfg:
	@tools/venv.sh $(VENV)

$(RUN): $(VENV)/pyvenv.cfg pyproject.toml
	@$(PIP) install --editable .
	@touch $@

$(DEV): $(RUN)
	@echo "Installing the tools for development (once) ..."
	@$(PIP) install --editable '.[dev]'
	@touch $@

$(ORACLES): $(RUN)
	@echo "Installing the other implementations that tests compare with (once) ..."
	@$(PIP) install --editable '.[oracles]'
	@touch $@

$(FUZZ): $(RUN)
	@echo "Installing the fuzzer (once) ..."
	@$(PIP) install --editable '.[fuzz]'
	@touch $@

$(DOCS): $(RUN)
	@echo "Installing the documentation tools (once) ..."
	@$(PIP) install --editable '.[docs]'
	@touch $@
