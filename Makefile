# `make demo` runs a first scenario; `make test` runs the tests. Both set up .venv on first use.
# On a machine without make, CONTRIBUTING.md gives the same steps by hand.

VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input -c constraints.txt
SAY := @printf '\n== %s\n'

.DEFAULT_GOAL := help
.PHONY: help demo browser test lint validate bench bench-browser screenshots docs clean
.DELETE_ON_ERROR:

help:  ## what can be made
	@printf 'make …\n'
	@while IFS= read -r line; do case $$line in [a-z]*:*'## '*) \
	  printf '  %-15s%s\n' "$${line%%:*}" "$${line#*## }";; esac; done < Makefile

demo: $(VENV)/.ready  ## run a first scenario: a table, a figure and a summary
	$(SAY) 'Running the demo'
	@$(BIN)/kindling demo

browser: $(VENV)/.ready-browser  ## start the page for a room, on this machine alone
	@$(BIN)/kindling browser

test: $(VENV)/.ready-dev  ## run the tests
	$(SAY) 'Running the tests'
	@$(BIN)/python -m pytest -q -n 3 --dist worksteal

lint: $(VENV)/.ready-dev  ## check style, types and what may import what
	$(SAY) 'Checking style'
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	$(SAY) 'Checking types'
	@$(BIN)/mypy
	$(SAY) 'Checking imports'
	@$(BIN)/lint-imports --no-logo

validate: $(VENV)/.ready  ## run every published result, then write docs/validation.md
	$(SAY) 'Running every published result (the slow ones too)'
	@$(BIN)/kindling validate --tier 0,1,2 --processes 2 --out docs/validation; code=$$?; \
	  [ $$code -le 1 ] || exit $$code; \
	  printf '\n== Computing the figures and writing docs/validation.md\n'; \
	  $(BIN)/python -m experiments.validation.report --data --processes 2 || exit $$?; \
	  exit $$code

bench: $(VENV)/.ready-dev  ## measure the model against its plain reference
	@$(BIN)/python -m tests.benchmarks --write docs/performance.md

bench-browser: $(VENV)/.ready-dev  ## measure the page in a real browser
	@$(BIN)/python -m tests.benchmarks.browser --write docs/performance.md

screenshots: $(VENV)/.ready-dev  ## take the pictures of the pages in docs/images/
	@$(BIN)/python -m tests.browser.screenshots

docs: $(VENV)/.ready-docs  ## write the generated tables, then the pages, to site/
	$(SAY) 'Writing the tables made from the parameters'
	@$(BIN)/python -m experiments.reference_docs
	$(SAY) 'Building the pages in site/'
	@$(BIN)/mkdocs build --quiet

clean:  ## remove .venv and every cache
	rm -rf $(VENV) build dist site .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find simulation scenarios experiments tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Each stamp says "installed as pyproject.toml and constraints.txt ask", so a second run is instant.
# A .venv whose interpreter has gone is made anew.
$(VENV)/.ready: pyproject.toml constraints.txt
	@$(BIN)/python -c 'import pip' 2>/dev/null || { \
	  python=$$(PYTHON='$(PYTHON)' sh .ci/find-python) || exit 1; \
	  printf '\n== Making %s with %s\n' '$(VENV)' "$$python"; \
	  rm -rf $(VENV) && "$$python" -m venv $(VENV); }
	$(SAY) 'Installing Kindling into $(VENV) (a minute or two, once)'
	@$(INSTALL) -e '.[analysis]'
	@touch $@

$(VENV)/.ready-browser $(VENV)/.ready-dev $(VENV)/.ready-docs: $(VENV)/.ready-%: $(VENV)/.ready
	$(SAY) 'Installing what $* needs (a minute or two, once)'
	@$(INSTALL) -e '.[$*]'
	@touch $@
