# Two commands for people: `make run` and `make test`. Both set everything up themselves.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
PY     := $(VENV)/bin/python
PIP    := $(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt
CHECKED := configs tools retrieval memory graphs agent evaluation

.PHONY: run chat serve test lint types tests bench bench-retrieval bench-safety bench-memory bench-audit bench-citations bench-ui bench-vllm bench-cores roofline screenshots test-ui test-vllm test-turns test-api test-kill test-memory test-durability notebooks doctor clean bench-pgvector bench-attack test-ui-core

# The page and the service together, on this machine alone; Ctrl-C ends both.
run: $(VENV)/installed
	@$(PY) -m agent run

chat: $(VENV)/installed
	@$(PY) -m agent chat

# The HTTP service with the embedded profile, on 127.0.0.1:8000 alone; `make serve PORT=9000` takes another port.
PORT ?= 8000
serve: $(VENV)/installed
	@$(PY) -m agent serve --host 127.0.0.1 --port $(PORT)

doctor: $(VENV)/installed
	@$(PY) -m agent doctor

test: lint types tests

lint: $(VENV)/installed-dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: $(VENV)/installed-dev
	$(PY) -m mypy

tests: $(VENV)/installed-dev
	$(PY) -m pytest -n auto --dist worksteal --ignore=tests/ui
	$(PY) -m pytest tests/ui/test_logic.py tests/ui/test_app.py

# The page in Chromium, in a process of its own: the browser's driver keeps an event loop running, beside which no other may. `make test` has
# what of it needs no browser. Needs chromium (apt-get install chromium fonts-wqy-microhei).
UI_CORE := $(addprefix tests/ui/test_,logic.py app.py launch.py mishap.py talking.py)
test-ui: $(VENV)/installed-dev
	$(PY) -m pytest tests/ui

test-ui-core: $(VENV)/installed-dev
	$(PY) -m pytest $(UI_CORE)

# The containment tests over 500 turns; the short version is part of `make test`.
test-turns: $(VENV)/installed-dev
	SHENSI_TURNS=500 $(PY) -m pytest tests/graphs/test_turns.py

# A hundred kills at random moments of an ingest; eight of them are part of `make test`.
test-kill: $(VENV)/installed-dev
	SHENSI_TEST_KILLS=100 $(PY) -m pytest tests/retrieval/test_crash.py -k any_moment

# 20,000 random operations over 3 tenants x 50 people, and 50 conversations of 10 turns with kills, on SQLite and PostgreSQL; `make test`
# runs short versions of both. Needs PostgreSQL (apt-get install postgresql).
test-memory: $(VENV)/installed-dev
	SHENSI_TEST_POSTGRES=needed SHENSI_TEST_OPERATIONS=20000 SHENSI_TEST_SESSIONS=50 $(PY) -m pytest -n auto tests/memory

# The service dies 200 times at and inside nodes and at any moment, and 200 clients go away at random; `make test` runs short versions of both.
test-durability: $(VENV)/installed-dev
	SHENSI_TEST_DEATHS=200 SHENSI_TEST_CANCELS=200 $(PY) -m pytest tests/agent/server/test_durability.py tests/agent/server/test_cancellation.py

# Forty requests to each operation of the interface with what its description allows, and forty with what it does not; `make test`: three.
test-api: $(VENV)/installed-dev
	SHENSI_TEST_EXAMPLES=40 $(PY) -m pytest tests/agent/server/test_openapi.py

bench-safety: $(VENV)/installed-dev
	$(PY) -m evaluation.safety

# Precision and recall of remembered facts by kind, status and language; `-- --errors` lists what the dev half misses.
bench-memory: $(VENV)/installed-dev
	$(PY) -m evaluation.memory

# 200 clients at once against one worker with everything on, beside a bare graph behind a bare FastAPI; SECONDS=600 shows the memory's drift.
SECONDS ?= 30
bench-load: $(VENV)/installed-dev
	$(PY) -m evaluation.load --seconds $(SECONDS)

# What other tenants feel of an attack (slow readers, endless and deep bodies, floods): their p99 with and without it, and the memory.
bench-attack: $(VENV)/installed-dev
	$(PY) -m evaluation.attack

# The audit ledger: entries appended a second, and 100,000 of them verified (bound: 5 s).
bench-audit: $(VENV)/installed-dev
	$(PY) -m evaluation.ledger

bench-citations: $(VENV)/installed-dev
	$(PY) -m evaluation.citations

# Arms x sets with standard errors and the ROC of the gate; plots go into data/bench/.
bench-retrieval: $(VENV)/installed-dev
	$(PY) -m evaluation.retrieval

# Recall and time of the index in PostgreSQL beside Chroma and an exact search; needs pgvector: make bench-pgvector URL=postgresql://...
bench-pgvector: $(VENV)/installed-dev
	$(PY) -m evaluation.database --url "$(URL)" $(ARGS)

# First paint, from sending to the first step in sight, twenty browsers at once. Needs chromium (apt-get install chromium).
bench-ui: $(VENV)/installed-dev
	$(PY) -m evaluation.ui

# The gallery in docs/screenshots, both languages, desktop and phone. Needs chromium and a Chinese font (apt-get install fonts-wqy-microhei).
screenshots: $(VENV)/installed-dev
	$(PY) -m evaluation.screenshots

# Executes the notebooks with what data is there; what ran, with its pictures, goes into data/notebooks/.
notebooks: $(VENV)/installed-dev
	$(PY) -m evaluation.notebooks

# Tokens and whole consults of any endpoint: make bench-vllm URL=http://127.0.0.1:8000/v1 HARDWARE="2 x H100, BF16, TP=2"
bench-vllm: $(VENV)/installed-dev
	$(PY) -m evaluation.serving --url "$(URL)" --hardware "$(HARDWARE)" $(ARGS)

# Processor seconds of each piece of work: how much of it a core does in a second. Says the same on a busy machine.
bench-cores: $(VENV)/installed-dev
	@$(PY) -m evaluation.cores

# What data sheets allow Qwen3-32B at most, by card, precision and tensor parallelism: bounds, not measurements.
roofline: $(VENV)/installed-dev
	@$(PY) -m evaluation.roofline

# The real vLLM server on CPU with tiny random models and the production flags: Qwen3 with TP=1 and TP=2, bge-m3 and bge-reranker as pooling
# servers behind our HTTP providers. An environment of 3.4 GB of its own in data/. One part alone: make test-vllm ARGS="--parts pooling"
test-vllm: $(VENV)/installed-dev
	$(PY) -m tests.real_vllm.run $(ARGS)

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
