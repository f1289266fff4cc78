# What a stranger needs: Python 3.11 or newer, git and make. All else is installed into .venv.
#   make run                start uncramp on this machine; make run ARGS="--port 9000" for another port
#   make test               check style, types, layers, then run the tests
#   make test-all           the same with the slow tests
#   make docs               write the reference pages anew
#   make voice              record what guided relief says, where words have changed (needs espeak-ng and lame)
#   make bench              measure what the README states
#   make lock               write the hash-locked requirements anew; make lock UP=--upgrade for newer ones
#   make clean              remove all that was made
# To install by pip alone: make run UVP=".venv/bin/python -m pip install -q"

.PHONY: run test test-all check docs voice bench lock clean

VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
PIP := $(PY) -m pip install -q --disable-pip-version-check --no-input
# uv takes seconds where pip takes minutes. It does not read pip's settings, so where it fails pip has a go.
UVP := $(BIN)/uv pip install -q --python $(PY)
export UV_HTTP_TIMEOUT ?= 20

run: $(VENV)/run.stamp
	@$(BIN)/uncramp serve $(ARGS)

# A file of tests stays with one worker: its browser and its server are started once.
WORKERS ?= 2

test: check
	@$(PY) -m pytest -q -n $(WORKERS) --dist loadfile -m "not slow"

test-all: check
	@$(PY) -m pytest -q -n $(WORKERS) --dist loadfile

check: $(VENV)/dev.stamp
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet || { echo "Not formatted: $(BIN)/ruff format puts that right."; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

docs: $(VENV)/run.stamp
	@$(BIN)/uncramp reference docs/reference --safety SAFETY.md

voice: $(VENV)/run.stamp
	@$(PY) tools/voice.py $(ARGS)

bench: $(VENV)/dev.stamp
	@for file in bench/*.py; do $(PY) "$$file" || exit 1; done

lock: $(VENV)/boot.stamp
	@echo uv | $(COMPILE) - -o requirements-boot.txt
	@$(COMPILE) pyproject.toml --group build -o requirements.txt
	@$(COMPILE) pyproject.toml --group build --group dev -c requirements.txt -o requirements-dev.txt

# One lock for every system and Python, and no address in it, so that it holds behind any mirror.
COMPILE := $(BIN)/uv pip compile -q $(UP) --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate

clean:
	@rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(PY):
	@for python in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
		if $$python -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
		then exec $$python -m venv --clear $(VENV); fi; \
	done; \
	echo "uncramp needs Python 3.11 or newer with its venv module (Debian, Ubuntu: apt install python3-venv)." >&2; \
	exit 1

$(VENV)/boot.stamp: requirements-boot.txt | $(PY)
	@$(if $(findstring /uv ,$(UVP)),$(PIP) --require-hashes -r $< || echo "No uv here; pip does the work.",:)
	@touch $@

# The lock first, with every hash checked; then uncramp itself, which builds with what the lock brought.
define install
	@echo "Installing $< ..."
	@$(UVP) --require-hashes -r $< || { echo "That did not work; trying pip."; $(PIP) --require-hashes -r $<; }
	@$(UVP) --no-build-isolation --no-deps -e . || $(PIP) --no-build-isolation --no-deps -e .
endef

$(VENV)/run.stamp: requirements.txt pyproject.toml | $(VENV)/boot.stamp
	$(install)
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt pyproject.toml | $(VENV)/boot.stamp
	$(install)
	@touch $@ $(VENV)/run.stamp
