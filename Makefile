# Every target sets up what it needs: Python 3.11 or newer, pip and make are all that has to be there.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SITE := build/site

.PHONY: help setup demo test check format bench prove docs clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

setup: $(READY) ## make .venv: the package, editable, and the tools of development, as constraints.txt pins them

# Some systems ship venv without ensurepip; their pip can then fill a bare environment.
$(READY): pyproject.toml constraints.txt
	test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) || { \
	  $(PYTHON) -m venv --clear --without-pip $(VENV) && \
	  $(PYTHON) -m pip --quiet --python $(BIN)/python install pip; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --build-constraint constraints.txt \
	  --group dev --editable ".[lineage]"
	touch $@

demo: $(READY) ## compose a population with campaigns in it, scan it, show the result
	$(BIN)/excise demo

test: $(READY) ## run every test, and every example in the docs and docstrings
	$(BIN)/python -m pytest -n auto

check: $(READY) ## formatting, lint, types, import contracts, architecture
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/test_architecture.py

format: $(READY) ## rewrite the sources as check wants them
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only .

bench: $(READY) ## measure speed, size, and what mutated logs do
	@for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

prove: $(READY) ## measure detection on composed worlds of reported seeds, into docs/measured (minutes)
	$(BIN)/excise prove detection

docs: $(READY) ## build the site into build/site; a warning is an error
	$(BIN)/python docs/generate.py
	$(BIN)/mkdocs build --quiet --strict --site-dir $(SITE)
	@echo "$(SITE)/index.html"

clean: ## remove the environment and everything that was built
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
