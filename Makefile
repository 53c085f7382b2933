SHELL := bash
PORT ?= 8501
# Tests of one file stay in one process: they share what they compiled. In the order of the folders,
# so that the longest files do not come last; three workers, since trainings and browsers wait a lot.
WORKERS ?= 3
PYTEST = $(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder
UV_VERSION := 0.9.30
BIN := .venv/bin
VIEWER := vnl_core/viewer/frontend

# A stamp carries the hash of what it was made from in its name. So a step is repeated when,
# and only when, the content it depends on has changed, whatever git does to file times; and
# where nothing has changed nothing is asked of the network.
hash = $(shell { pwd; $(1); } | git hash-object --stdin | cut -c 1-16)
STAMPS := .venv/stamps
ENVIRONMENT := $(STAMPS)/environment-$(call hash,echo $(UV_VERSION))
PACKAGES := $(STAMPS)/packages-$(call hash,cat pyproject.toml requirements.txt)
TOOLS := $(STAMPS)/tools-$(call hash,cat pyproject.toml requirements.txt requirements-dev.txt)
VIEWER_SOURCES := find $(VIEWER) \( -name node_modules -o -name dist \) -prune -o -type f -print
BUNDLE := $(VIEWER)/dist/.built-$(call hash,$(VIEWER_SOURCES) | LC_ALL=C sort | xargs cat)

.PHONY: help setup run test test-all check format bench peers lock clean system browser

help:  ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(PACKAGES) system $(BUNDLE)  ## Make .venv, and install what the dashboard needs

run: setup  ## Open the dashboard on 127.0.0.1:8501 (PORT=… for another port)
	exec $(BIN)/python -m streamlit run app.py --server.port $(PORT)

test: check browser  ## Lint, types, import rules, and all tests but the slow ones
	$(PYTEST) -m "not slow"

test-all: check browser  ## The same with the slow tests
	$(PYTEST)

check: setup $(TOOLS)  ## Lint, types and import rules
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright
	$(BIN)/lint-imports --no-logo

format: $(TOOLS)  ## Format the code, and mend what ruff can mend
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: setup browser  ## Measure engines, training beside its peers, runs, pages and the 3D view (an hour)
	$(BIN)/python -m benchmarks

# For those without PyTorch's own index: make peers TORCH= takes PyPI's, which is larger.
TORCH ?= cpu
peers: $(ENVIRONMENT)  ## Install what `make bench` holds our training against, into .cache/peers
	$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python .cache/peers
	$(BIN)/uv pip install --python .cache/peers/bin/python --requirements requirements.txt \
	    $(if $(TORCH),--torch-backend $(TORCH)) --group bench

lock: $(TOOLS)  ## Resolve pyproject.toml into requirements.txt and requirements-dev.txt
	$(eval export UV_CUSTOM_COMPILE_COMMAND := make lock)
	$(BIN)/uv pip compile --quiet pyproject.toml --universal --python-version 3.11 \
	    --output-file requirements.txt
	$(BIN)/uv pip compile --quiet pyproject.toml --group dev --universal --python-version 3.11 \
	    --constraint requirements.txt --output-file requirements-dev.txt

clean:  ## Remove everything made here, except the runs
	rm -rf .venv .cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info
	rm -rf $(VIEWER)/node_modules $(VIEWER)/dist
	find . -name __pycache__ -prune -exec rm -rf {} +

system:
	@scripts/debian-packages $(shell cat packages.txt)

browser: $(TOOLS)
	@scripts/debian-packages $(filter-out \
	    $(if $(shell command -v chromium google-chrome),chromium),$(shell cat packages-test.txt))

$(ENVIRONMENT):
	scripts/virtual-environment $(UV_VERSION)
	mkdir -p $(STAMPS)
	rm -f $(STAMPS)/environment-*
	touch $@

# The old stamps go first: a step that is interrupted is then repeated.
define install
	rm -f $(STAMPS)/packages-* $(STAMPS)/tools-*
	$(BIN)/uv pip sync --python $(BIN)/python $(1)
	$(BIN)/uv pip install --python $(BIN)/python --quiet --no-deps --no-build-isolation --editable .
endef

# Where the test tools are, they stay.
$(PACKAGES): | $(ENVIRONMENT)
	$(call install,requirements$(if $(wildcard $(STAMPS)/tools-*),-dev).txt)
	touch $@

$(TOOLS): | $(PACKAGES)
	$(call install,requirements-dev.txt)
	touch $(PACKAGES) $@

$(BUNDLE): | $(PACKAGES)
	rm -rf $(VIEWER)/dist
	scripts/build-viewer
	touch $@
