# make demo, make test: all a fresh machine needs is Python 3.11 or newer, make and a package registry.
# Options of the demo: make demo ARGS=--no-browser

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
TOWERS := .venv/.towers
MORE_TOWERS := .venv/.more-towers
CODE := workbench tests benchmarks notebooks
SCRIPTS := workbench/panels/static
# Inside .venv, so that what an interrupted installation leaves behind (3 GB) goes with it.
DOWNLOADS := $(CURDIR)/.venv/downloads
PIP_INSTALL := mkdir -p "$(DOWNLOADS)" && TMPDIR="$(DOWNLOADS)" $(BIN)/python -m pip install

# A personal pip or Python set-up must not leak into the virtual environment.
unexport PYTHONPATH PYTHONHOME PIP_TARGET PIP_PREFIX PIP_ROOT
export PIP_USER := 0
export PIP_REQUIRE_VIRTUALENV := 0
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
export PYTHONNOUSERSITE := 1

.DEFAULT_GOAL := help
.PHONY: help demo test lint js bench clean chromium engines node-tools

help: ## show this help
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' Makefile

demo: $(TOWERS) ## install, prepare the demo album and open it in JupyterLab
	$(BIN)/workbench demo $(ARGS)

test: $(TOWERS) $(MORE_TOWERS) chromium engines lint ## lint, type check and all tests, the quick ones first
	$(BIN)/python -m pytest -q -n 2 -m "not weights and not notebook and not browser"
	$(BIN)/python -m pytest -q -m "weights and not notebook and not browser"
	$(BIN)/python -m pytest -q -n 2 -m "notebook and not browser"
	@if $(HAVE_CHROMIUM); then $(BIN)/python -m pytest -q -n 2 --dist loadfile -m browser; else $(SKIPPED_LOUDLY); fi

lint: $(STAMP) node-tools ## ruff and mypy; Biome and tsc for JavaScript
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy
	@if $(HAVE_NODE_TOOLS); then cd $(SCRIPTS) && $(WITH_NODE) npm run --silent lint; else $(NO_NODE_TOOLS); fi

js: $(STAMP) node-tools ## bundle the JavaScript of the panels; commit what it writes
	@$(HAVE_NODE_TOOLS) || { $(NO_NODE_TOOLS); exit 1; }
	cd $(SCRIPTS) && $(WITH_NODE) npm run --silent build

bench: $(TOWERS) ## measure speed and memory; prints the table of the README
	$(BIN)/python -m benchmarks

clean: ## remove the virtual environment, caches and the demo case
	rm -rf .venv build dist artifacts cases/demo *.egg-info .mypy_cache .ruff_cache .pytest_cache $(SCRIPTS)/node_modules
	find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +

# -- how the targets above get what they need -------------------------------------------------------------

OLD_PYTHON := Workbench needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3.12
NO_VENV := This Python cannot make virtual environments; on Debian or Ubuntu: apt-get install python3-venv
MIXED := torch and torchvision do not fit together: they must come from the same index. Look at: pip config list
ROOM := 12
NO_ROOM := GB are free here; the packages need $(ROOM) GB while they are installed (torch brings CUDA along on Linux).

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(OLD_PYTHON)" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "$(NO_VENV)" >&2; exit 1; }

$(STAMP): pyproject.toml | $(BIN)/python
	@df -Pk . | awk 'NR == 2 && $$4 < $(ROOM) * 1e6 { printf "Only %.1f %s\n", $$4 / 1e6, "$(NO_ROOM)" }' >&2
	@rm -rf "$(DOWNLOADS)"
	$(PIP_INSTALL) --editable '.[dev]'
	@rm -rf "$(DOWNLOADS)"
	@$(BIN)/python -c 'import torchvision' || { echo "$(MIXED)" >&2; exit 1; }
	@touch $@

$(TOWERS): $(STAMP) workbench/models/weights.py
	$(BIN)/workbench models fetch mini faces-facenet faces-sface
	@touch $@

$(MORE_TOWERS): $(STAMP) workbench/models/weights.py
	$(BIN)/workbench models fetch regions
	@touch $@

engines: $(STAMP)
	@$(PIP_INSTALL) --quiet --editable '.[index,index-test]' || \
	echo 'The engines behind workbench.index could not be installed; their tests are skipped.' >&2

# Node comes with the packages for developers; what it runs is named in $(SCRIPTS)/package-lock.json.
WITH_NODE := PATH="$(CURDIR)/$(BIN):$$PATH"
NODE_TOOLS := $(SCRIPTS)/node_modules/.installed
HAVE_NODE_TOOLS := [ -e $(NODE_TOOLS) ]
NO_NODE_TOOLS := printf '\n%s\n\n' '**** JAVASCRIPT NOT CHECKED: npm could not install what it needs. ****' >&2

node-tools: $(STAMP)
	@[ $(NODE_TOOLS) -nt $(SCRIPTS)/package-lock.json ] || \
	{ (cd $(SCRIPTS) && $(WITH_NODE) npm ci --silent --ignore-scripts) && touch $(NODE_TOOLS); } || \
	echo 'The tools for JavaScript could not be installed.' >&2

HAVE_CHROMIUM := { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null
AS_ROOT := $(shell [ "$$(id -u)" = 0 ] && echo env || echo "sudo -n")
APT_GET := $(AS_ROOT) DEBIAN_FRONTEND=noninteractive apt-get
SKIPPED_LOUDLY := printf '\n%s\n%s\n%s\n\n' '**** BROWSER TESTS SKIPPED: there is no Chromium here and it could not be installed. ****' \
  '**** Nothing was tested in a real JupyterLab. Install the package "chromium" and run ****' \
  '**** make test again. ****' >&2

chromium:
	@$(HAVE_CHROMIUM) || ! command -v apt-get >/dev/null || ! $(AS_ROOT) true 2>/dev/null || \
	{ $(APT_GET) update -qq && $(APT_GET) install -y -qq --no-install-recommends chromium fonts-dejavu-core; } || \
	echo 'Chromium could not be installed.' >&2
