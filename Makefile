# Two commands do all the set-up: `make demo` (the main job) and `make test`.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TESTS ?=

.PHONY: setup demo notebook test lint types unit chaos model fuzz bench bench-env format lock clean

setup: $(STAMP)

# Built on first use, and again only when the lock or the metadata changes.
$(STAMP): requirements/lock.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "tourdetable needs Python 3.11 or later: make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/lock.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup
	@$(BIN)/tourdetable demo

test: setup lint types unit

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

unit: setup
	$(BIN)/pytest -n 2 $(TESTS)

# Runs the notebook top to bottom on the demo's dataset; its tables and charts are then those of this machine.
notebook: demo
	$(BIN)/jupyter-execute --inplace notebooks/explorer.ipynb

# Kills a crawl thirty times at random moments, on a site of 2,000 articles that fails in every way.
chaos: setup
	TOURDETABLE_CHAOS=30,2000 $(BIN)/pytest -s tests/crawls/test_chaos.py

# Rebuilds the weights in extract/model from corpus/train-*.jsonl; the seeds are fixed. Over an hour on two cores.
model: setup
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/train.txt
	$(BIN)/python -c 'import torch' 2>/dev/null || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/torch.txt
	$(BIN)/python -m extract.training

# Coverage-guided fuzzing of the page reader; needs a platform that atheris has a wheel for.
FUZZ_SECONDS ?= 300
fuzz: setup
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/fuzz.txt
	$(BIN)/python tests/fuzz/fuzz_page.py -max_total_time=$(FUZZ_SECONDS)

# Beside the peers, which have environments of their own; BENCH="texts --passes 3" runs one section.
BENCH ?=
bench: setup bench-env
	$(BIN)/python -m bench $(BENCH)

bench-env: .bench/peers/.installed .bench/fundus/.installed

.bench/peers/.installed: requirements/bench.txt
.bench/fundus/.installed: requirements/bench-fundus.txt
# The locks are whole, and some pips cannot follow the extras of one package: hence --no-deps.
.bench/%/.installed:
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# uv is needed only here, to resolve for every platform at once.
RESOLVE := --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url
COMPILE := uv pip compile $(RESOLVE) --extra dev pyproject.toml

lock:
	$(COMPILE) -o requirements/lock.txt
	$(COMPILE) --extra train -c requirements/lock.txt -o requirements/train.txt
	echo "atheris>=3.0,<3.1" | uv pip compile $(RESOLVE) -o requirements/fuzz.txt -
	uv pip compile $(RESOLVE) -o requirements/bench.txt bench/peers.in
	uv pip compile $(RESOLVE) -o requirements/bench-fundus.txt bench/fundus.in

clean:
	rm -rf $(VENV) .bench .mypy_cache .pytest_cache .ruff_cache .hypothesis build *.egg-info
