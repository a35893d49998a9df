# demo and test prepare what they need, in .venv, and do so again only when pyproject.toml changes.
# PYTHON=/path/to/python chooses the interpreter; without it the first one of at least 3.11 is taken.
.DEFAULT_GOAL := help
.PHONY: help demo test lint bench lock clean

VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

help: ## list the targets
	@sed -nE 's/^([a-z]+):[^#]*## (.*)/make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-12s %s\n", $$1, $$2 }'

demo: $(VENV)/.ready-to-run ## run the gate on examples/, against an embedded workspace
	@$(BIN)/sekuire-gate demo

test: lint ## run every test that this machine can run
	@$(BIN)/python -m pytest

lint: $(VENV)/.ready-to-test ## check style and types
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy --no-error-summary

bench: $(VENV)/.ready-to-run ## measure the cold start
	@$(BIN)/python benchmarks/cold_start.py

lock: $(VENV)/.ready-to-run ## write requirements.lock anew, for the image
	@$(PIP_INSTALL) uv
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --only-binary :all: \
		--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' \
		--output-file requirements.lock pyproject.toml

clean: ## remove what the other targets made
	@rm -rf $(VENV) .cache demo-out

$(VENV)/.ready-to-run: pyproject.toml $(VENV)/bin/python
	@$(PIP_INSTALL) --editable .
	@touch $@

$(VENV)/.ready-to-test: pyproject.toml $(VENV)/bin/python
	@$(PIP_INSTALL) --editable '.[test]'
	@touch $@ $(VENV)/.ready-to-run

$(VENV)/bin/python:
	@for python in "$(PYTHON)" python3 python3.13 python3.12 python3.11; do \
		if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			"$$python" -m venv --clear $(VENV) && exit; \
			rm -rf $(VENV); \
			echo "$$python cannot create a virtual environment; on Debian, install python3-venv" >&2; exit 1; \
		fi; \
	done; echo 'sekuire-gate needs Python 3.11 or later: install it, or name it with PYTHON=/path/to/python' >&2; exit 1
