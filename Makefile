# Every target sets up what it needs: Python 3.11 or newer, pip and make are all that has to be there.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TOOLS := $(VENV)/.tools
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check \
	--constraint constraints.txt --build-constraint constraints.txt
SITE := build/site
LITELLM := build/litellm-venv
KEPT := --kept build/proved

.PHONY: help setup demo test check format bench prove litellm docs clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

setup: $(TOOLS) ## make .venv: the package, editable, its extras and the tools of development, as constraints.txt pins them

# Some systems ship venv without ensurepip; their pip can then fill a bare environment.
$(READY): pyproject.toml constraints.txt
	test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) || { \
	  $(PYTHON) -m venv --clear --without-pip $(VENV) && \
	  $(PYTHON) -m pip --quiet --python $(BIN)/python install pip; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --upgrade pip
	$(INSTALL) --editable .
	touch $@

$(TOOLS): $(READY)
	$(INSTALL) --group dev --editable '.[envoy,lineage,peers,prove,serve]'
	touch $@

demo: $(READY) ## compose a population with campaigns in it, scan it, show the result
	$(BIN)/excise demo

test: $(TOOLS) ## run every test, and every example in the docs and docstrings
	$(BIN)/python -m pytest -n auto

check: $(TOOLS) ## formatting, lint, types, import contracts, architecture
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/test_architecture.py

format: $(TOOLS) ## rewrite the sources as check wants them
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only .

bench: $(TOOLS) ## measure speed, size, and what mutated logs do
	@for script in $$(grep -l __main__ benchmarks/*.py | grep -v _parts); do echo "== $$script"; $(BIN)/python $$script || exit 1; done

prove: $(TOOLS) ## measure detection on composed worlds of reported seeds, into docs/measured (an hour)
	$(BIN)/excise prove detection --seeds 900-911 --scale medium $(KEPT)
	$(BIN)/excise prove transfer --seeds 920-939 --scale medium $(KEPT)
	$(BIN)/excise prove peers --seeds 900-907 $(KEPT)
	$(BIN)/excise prove evasion --seeds 900-903 $(KEPT)
	$(BIN)/excise prove partition --seeds 940-947 --scale medium $(KEPT)
	$(BIN)/excise prove replay --seeds 900-905 $(KEPT)
	$(BIN)/excise prove blindness --seeds 900-905 $(KEPT)
	$(BIN)/excise prove looks --seeds 960-962 --scale small $(KEPT)
	$(BIN)/excise prove operating_points --seeds 970-975 --scale medium $(KEPT)
	$(BIN)/excise prove countermeasures --seeds 900-902 --scale medium
	$(BIN)/excise prove lineage --seeds 900-904 --scale medium --kept build/lineage

litellm: ## install the LiteLLM proxy into an environment of its own, for the tests that run it (it pins much)
	test -x $(LITELLM)/bin/pip || $(PYTHON) -m venv $(LITELLM)
	$(LITELLM)/bin/python -m pip install --quiet --disable-pip-version-check 'litellm[proxy]>=1.80' \
	  'httpx>=0.27' 'msgspec>=0.19' 'numpy>=2.0' 'xxhash>=3.5' 'cryptography>=44'

docs: $(TOOLS) ## build the site into build/site; a warning is an error
	$(BIN)/python docs/generate.py
	$(BIN)/mkdocs build --quiet --strict --site-dir $(SITE)
	@echo "$(SITE)/index.html"

clean: ## remove the environment and everything that was built
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
