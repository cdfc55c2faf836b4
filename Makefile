# Sereno: `make demo` shows it, `make test` tests it. Neither needs root.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
DEMO_S ?= 0

export SERENO_DATA ?= ../shared/data
export SERENO_TFLITE_PYTHON ?= $(CURDIR)/.venv-tflite/bin/python

.PHONY: help setup demo test lint format marked soak bench schema ci-deps clean

help:
	@echo "make demo     a simulated street, the real agent, a broker, the control centre's page"
	@echo "              DEMO_S=30 make demo ends by itself with a summary"
	@echo "make test     the tests that need nothing but Python"
	@echo "make lint     ruff, mypy --strict, import contracts"
	@echo "make ci-deps  (root) Mosquitto, Chromium, an RTSP server, the tflite-runtime environment"
	@echo "make marked   the tests that need what ci-deps installs"
	@echo "make bench    the benchmarks, tables in docs/benchmarks.md, JSON in build/benchmarks"
	@echo "make soak     the long suites"

setup: $(STAMP)

# `python3 -m venv` of a Python below 3.11 is told apart here, not by a pip error later.
$(STAMP): setup.cfg pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Sereno needs Python 3.11 or newer, this is " + sys.version.split()[0] + "; try: make PYTHON=python3.11 " + "setup")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[node,simulators,dev,peers]'
	@touch $@

demo: setup
	$(BIN)/sereno simulate street --for $(DEMO_S)

test: setup
	$(BIN)/python -m pytest

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

MARKED := broker or browser or chaos or rtsp or tflite_runtime

marked: setup
	$(BIN)/python -m pytest -m "$(MARKED)"

schema: setup
	$(BIN)/sereno schema --write

bench: setup
	tests/benchmarks/all.sh $(BIN)/python build/benchmarks docs/benchmarks.md

soak: setup
	tests/soak.sh $(BIN)/python

ci-deps:
	systemd/ci-deps.sh

clean:
	rm -rf $(VENV) build *.egg-info
