# lambdatui's chores. On a fresh machine with Python 3.11+ and make, each target does its own set-up in .venv.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
ARGS   ?=

.DEFAULT_GOAL := help
.PHONY: help demo test lint bench slow picture clean

help:            ## what there is
	@grep -hE '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */\1\t/' | expand -t 12

demo: $(VENV)/.demo   ## the app on an embedded AWS, with functions to play with
	@exec $(BIN)/lambdatui demo $(ARGS)

test: $(VENV)/.dev    ## the tests (make test ARGS="-k routing" picks some)
	$(BIN)/python -m pytest -n auto $(ARGS)

lint: $(VENV)/.dev    ## ruff, mypy --strict, and the contract of who may import whom
	$(BIN)/ruff check lambdatui tests
	$(BIN)/ruff format --check lambdatui tests
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev   ## measures speed, as ratios in one run; judges nothing
	$(BIN)/python -m pytest -m bench -s -p no:xdist $(ARGS)

slow: $(VENV)/.dev    ## the sweeps that take minutes
	$(BIN)/python -m pytest -m slow -n auto $(ARGS)

picture: $(VENV)/.dev ## takes the README's picture anew, from the app on the demo
	$(BIN)/python -m tests.readme_picture

clean:           ## forgets the virtual environment and what the tests left
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache dist snapshot_report.html

# a stamp for each set-up: made anew when what it installs has changed
$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "lambdatui needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.demo: $(VENV)/.python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[demo]'
	@$(BIN)/python -m compileall -q lambdatui
	@touch $@

$(VENV)/.dev: $(VENV)/.python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@$(BIN)/python -m compileall -q lambdatui
	@touch $@ $(VENV)/.demo
