# Everything happens in .venv (and, for the tests, in .venv-other: the other Python that Blender comes in).
PYTHON ?= $(or $(shell tools/find-python 3.11),$(shell tools/find-python 3.13))
VENV := .venv
BIN := $(VENV)/bin
OTHER := .venv-other
PIP := -m pip --disable-pip-version-check --quiet install --constraint constraints.txt
PHOTOS ?=
DEMO ?= demo
# Two processes of tests; the windowed ones come first because they take longest.
SIDE_BY_SIDE := --numprocesses 2 --dist loadgroup --no-loadscope-reorder

.PHONY: help setup ready tools demo test test-fast test-gui screenshots check extension format clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.ready ## make .venv with all that is needed

$(VENV)/.ready: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "make: Python 3.11 or 3.13 is needed (make PYTHON=/path/to/python)" >&2; exit 1; }
	@echo "setting up $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python $(PIP) --editable '.[render,train,pretrain,dev]'
	@touch $@

$(OTHER)/.ready: pyproject.toml constraints.txt | $(VENV)/.ready
	@rm -rf $(OTHER)
	@other=$$(tools/find-python $$($(BIN)/python -c 'import sys; print("3.13" if sys.version_info[1] == 11 else "3.11")')); \
	if [ -n "$$other" ]; then \
		echo "setting up $(OTHER) with $$($$other --version)"; \
		$$other -m venv $(OTHER) && $(OTHER)/bin/python $(PIP) --editable '.[render,dev]' && touch $@; \
	else \
		echo "no second Python for the other Blender: its tests are left out"; \
	fi

tools: ## what the tests need beyond Python: Chromium, a windowed Blender
	@tools/test-tools

ready: ## all that the tests need, side by side
	@$(MAKE) --no-print-directory --jobs 2 $(VENV)/.ready $(OTHER)/.ready tools

demo: $(VENV)/.ready ## design, render, train, export, score, report: demo/report.html (PHOTOS=folder to score photos too)
	@$(BIN)/simreal demo --out $(DEMO) $(if $(PHOTOS),--photos $(PHOTOS))

test: ready ## all tests, on both Pythons that Blender comes in where both are there
	@pythons=$(CURDIR)/$(BIN)/python; [ ! -e $(OTHER)/.ready ] || pythons=$$pythons:$(CURDIR)/$(OTHER)/bin/python; \
	SIMREAL_PYTHONS=$$pythons $(BIN)/python -m pytest $(SIDE_BY_SIDE)
	@[ ! -e $(OTHER)/.ready ] || $(OTHER)/bin/python -m pytest $(SIDE_BY_SIDE) -m blender $$(grep -l mark.blender tests/test_*.py)

test-fast: $(VENV)/.ready ## the tests that take seconds
	$(BIN)/python -m pytest -m "not slow and not windowed"

test-gui: $(VENV)/.ready tools ## a windowed Blender driven by mouse and keyboard; SIMREAL_GUI_SHOTS=folder for its photographs
	$(BIN)/python -m pytest tests/gui

screenshots: $(VENV)/.ready tools ## photograph the panels for docs/images
	$(BIN)/python tools/screenshots.py

check: $(VENV)/.ready ## ruff, mypy, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict --follow-imports silent design datasets scoring
	$(BIN)/mypy rendering training commands studies addon operators panels
	$(BIN)/python -m pytest -q tests/test_import_rules.py

format: $(VENV)/.ready ## put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

extension: $(VENV)/.ready ## dist/simreal-*.zip, the Blender extension with its wheels
	$(BIN)/python tools/build_extension.py

clean: ## remove what was built (not .venv)
	rm -rf build dist wheels demo *.egg-info .pytest_cache .mypy_cache .ruff_cache
