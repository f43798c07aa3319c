# Everything happens in $(VENV); nothing outside this folder is changed. Python 3.11 or newer, pip and make are enough;
# with a C compiler the simulator is about 100 times faster.
SHELL := /bin/sh
VENV ?= .venv
PY := $(VENV)/bin/python
CURRENT := $(PY) -c "from simulator.engine.loading import kernel; kernel()" 2>/dev/null
PARTS := simulator/engine/kernel/*.py simulator/engine/joining/*.py
SUITABLE := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
ifeq ($(origin PYTHON),undefined)
PYTHON = $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c '$(SUITABLE)' >/dev/null 2>&1 && { echo $$p; break; }; done)
endif

.DEFAULT_GOAL := help
.PHONY: help demo test check validate quiet bench build format clean compiled

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

demo: compiled ## Create the environment, install, and run prefork against slow clients
	@$(VENV)/bin/simulate --model prefork --load slow-clients
	@echo; echo "To see it happen:  $(VENV)/bin/simulate --model prefork --load slow-clients --watch"
	@echo "To choose a load and a server on the screen:  $(VENV)/bin/simulate"

test: $(VENV)/dev compiled ## Run the tests that take milliseconds, in about three minutes
	@echo "Running the tests: about three minutes on two cores"
	@$(PY) -m pytest -q -n auto -m "not slow"

check: $(VENV)/dev compiled ## Run what CI runs: format, lint, types, contracts, all tests, the engines in three builds
	@echo "Checking everything: about 25 minutes on two cores"
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports
	@$(MAKE) --no-print-directory test
	@$(PY) -m pytest -q -n auto -m "slow and not production"
	@$(PY) -m pytest -q -m production
	@LOOPFORK_KERNEL=python $(PY) -m pytest -q -n auto -m "not slow" tests/engine
	@LOOPFORK_KERNEL=compiled $(CURRENT) || { echo "make: no compiled kernel, so none with checks was tested"; exit 0; }; \
		export LOOPFORK_KERNEL=checked; $(CURRENT) || { echo "Compiling the kernel, with checks"; \
		$(PY) setup.py --quiet build_ext --inplace; } && $(PY) -m pytest -q -n auto -m "not slow" tests/engine

validate: compiled ## Hold the models against real servers on this machine, for more than an hour
	@$(VENV)/bin/simulate validate

quiet: $(VENV)/dev compiled ## The same on an emulated machine that nothing disturbs, for three hours (needs QEMU)
	@$(PY) -m tests.quiet

bench: $(VENV)/dev compiled ## Measure the kernel against plain SimPy processes, the stage, and the start-up
	@LOOPFORK_KERNEL=compiled $(PY) tests/bench/run.py

build: $(VENV)/installed ## Compile the kernel again and say whether that worked
	@$(PY) setup.py --quiet build_ext --inplace
	@[ "$$LOOPFORK_KERNEL" = checked ] || export LOOPFORK_KERNEL=compiled; $(CURRENT) || { echo "make: the kernel could not be compiled (see above): everything works without it," \
		"about 100 times slower" >&2; exit 1; }
	@echo "The compiled kernel is up to date"

format: $(VENV)/dev ## Format the code and repair what the linter can
	@$(PY) -m ruff check --fix-only --quiet .
	@$(PY) -m ruff format .

clean: ## Remove the environment and everything that was built or cached
	@rm -rf "$(VENV)" build dist *.egg-info .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@rm -f simulator/engine/_kernel*.*
	@find simulator models scenarios tests -name __pycache__ -prune -exec rm -rf {} +

# The files below only remember when something was done last.

$(PY):
	@test -n "$(PYTHON)" || { echo "make: found no Python 3.11 or newer with venv and pip" \
		"(Debian, Ubuntu: the package python3-venv). If it is elsewhere: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c '$(SUITABLE)' || { echo "make: PYTHON=$(PYTHON): expected Python 3.11 or newer with venv and pip" >&2; exit 1; }
	@echo "Creating $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv "$(VENV)"

$(VENV)/installed: pyproject.toml setup.py | $(PY)
	@echo "Installing loopfork and what it needs into $(VENV): this takes about a minute"
	@$(PY) -m pip install --quiet --disable-pip-version-check "setuptools>=77" "cython>=3.1"
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-build-isolation --editable ".[report,web]" || { \
		echo "make: once more without reports and the browser, for which there may be no packages here"; \
		$(PY) -m pip install --quiet --disable-pip-version-check --no-build-isolation --editable .; }
	@touch $@

$(VENV)/dev: $(VENV)/installed
	@echo "Installing the development tools into $(VENV): some ten seconds"
	@$(PY) -c 'import tomllib; project = tomllib.load(open("pyproject.toml", "rb"))["project"]; \
		print(*project["optional-dependencies"]["dev"], sep="\n")' > $(VENV)/dev.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --requirement $(VENV)/dev.txt
	@touch $@

# Production servers to be measured; only continuous integration asks for them.
$(VENV)/servers: $(VENV)/installed
	@echo "Installing production servers into $(VENV): some twenty seconds"
	@$(PY) -c 'import tomllib; project = tomllib.load(open("pyproject.toml", "rb"))["project"]; \
		print(*project["optional-dependencies"]["servers"], sep="\n")' > $(VENV)/servers.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --requirement $(VENV)/servers.txt \
		--constraint tests/production/versions.txt
	@touch $@

# Compiles when there is no extension, or one that was built from other files. Without a C compiler it says so, goes on,
# and does not try again until the kernel changes.
compiled: $(VENV)/installed
	@export LOOPFORK_KERNEL=compiled; $(CURRENT) || cat $(PARTS) | cmp -s - $(VENV)/failed || { \
		echo "Compiling the kernel"; $(PY) setup.py --quiet build_ext --inplace; \
		$(CURRENT) || cat $(PARTS) > $(VENV)/failed; }
	@$(PY) -m compileall -q simulator models scenarios # where Python may not write bytecode, every start would compile it
