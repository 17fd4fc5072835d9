# Two commands for people: `make run` and `make test`. Both set everything up themselves.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
PY     := $(VENV)/bin/python
PIP    := $(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt
CHECKED := configs tools retrieval memory graphs agent evaluation

.PHONY: run chat test lint types tests bench bench-retrieval bench-safety bench-citations test-turns test-kill notebooks doctor clean

run: chat

chat: $(VENV)/installed
	@$(PY) -m agent chat

doctor: $(VENV)/installed
	@$(PY) -m agent doctor

test: lint types tests

lint: $(VENV)/installed-dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: $(VENV)/installed-dev
	$(PY) -m mypy

tests: $(VENV)/installed-dev
	$(PY) -m pytest -n auto --dist worksteal

# The containment tests over 500 turns; the short version is part of `make test`.
test-turns: $(VENV)/installed-dev
	SHENSI_TURNS=500 $(PY) -m pytest tests/graphs/test_turns.py

# A hundred kills at random moments of an ingest; eight of them are part of `make test`.
test-kill: $(VENV)/installed-dev
	SHENSI_TEST_KILLS=100 $(PY) -m pytest tests/retrieval/test_crash.py -k any_moment

bench-safety: $(VENV)/installed-dev
	$(PY) -m evaluation.safety

bench-citations: $(VENV)/installed-dev
	$(PY) -m evaluation.citations

# Arms x sets with standard errors and the ROC of the gate; plots go into data/bench/.
bench-retrieval: $(VENV)/installed-dev
	$(PY) -m evaluation.retrieval

# Executes the notebooks with what data is there; what ran, with its pictures, goes into data/notebooks/.
notebooks: $(VENV)/installed-dev
	$(PY) -m evaluation.notebooks

bench: $(VENV)/installed-dev
	$(PY) -m evaluation.bench

$(VENV)/installed: requirements.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新 / Python 3.11 or newer is needed"; exit 1; }
	@echo "正在安装依赖，约一分钟 / Installing packages, about a minute ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.txt
	@$(PIP) -r requirements.txt -r requirements-dev.txt
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis
