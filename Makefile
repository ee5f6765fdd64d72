# `make help` lists what there is. Needs git, make and Python 3.11 to 3.13, nothing else.

.DEFAULT_GOAL := help
.PHONY: help demo run test test-clocks model history faults check check-project bench lock

BIN := .venv/bin
LOCAL := .venv/local.installed
DEV := .venv/dev.installed

help:
	@echo "make demo         the practice with demo data on http://127.0.0.1:8000 (PORT, STATE_DIR)"
	@echo "make run          the same without demo data, following the source code"
	@echo "make test         the test suite, in three parts at once; or one (ARGS='tests/config -x')"
	@echo "make test-clocks  the suite in two zones and around both clock changes (ARGS)"
	@echo "make model        random weekends beside a practice on paper (STEPS=50000)"
	@echo "make history      callers at random while the database is killed (ARGS=...)"
	@echo "make faults       messages while everything is killed in turn (ARGS='--only F1 F9')"
	@echo "make check        format, lint, types, imports, settings, migrations, schema, images"
	@echo "make bench        the benchmarks (ARGS=...)"
	@echo "make lock         make the requirement files anew"

demo: $(LOCAL)
	@$(BIN)/python -m config.up --demo

run: $(LOCAL)
	@$(BIN)/python -m config.up --reload

test: $(DEV)
	@$(BIN)/python -m tests.together $(ARGS)

test-clocks: $(DEV)
	@$(BIN)/python -m tests.clocks $(ARGS)

STEPS ?= 50000
model: $(DEV)
	$(BIN)/python -m pytest -s tests/scheduling/test_booking_model.py \
		--model-steps $(STEPS) --hypothesis-profile explore

history: $(DEV)
	$(BIN)/python -m tests.history $(ARGS)

faults: $(DEV)
	$(BIN)/python -m tests.faults $(ARGS)

bench: $(DEV)
	$(BIN)/python -m benchmarks $(ARGS)

check: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	PYTHONPATH=. $(BIN)/lint-imports
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(BIN)/hadolint --failure-threshold warning Dockerfile
	$(BIN)/python -m tests.services $(MAKE) --no-print-directory check-project

# What needs Django: with its own services, and the settings of a production server.
check-project: export DEBUG = 0
check-project: export HTTPS = 1
check-project: export ALLOWED_HOSTS = practice.example
check-project: $(DEV)
	$(BIN)/mypy .
	$(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py spectacular --fail-on-warn --file .venv/openapi.yaml
	diff -u docs/openapi.yaml .venv/openapi.yaml

COMPILE = $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header \
	--no-annotate --python-version 3.11 $(ARGS) pyproject.toml
lock: $(DEV)
	$(COMPILE) --output-file requirements/runtime.txt
	$(COMPILE) --group local --output-file requirements/local.txt
	$(COMPILE) --group dev --output-file requirements/dev.txt
	echo uv | $(subst pyproject.toml,-,$(COMPILE)) --output-file requirements/bootstrap.txt

# Everything is installed by hash, by uv where it has a wheel and by pip where it has not.
PYTHON = $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	2>/dev/null && echo $$python && break; done)

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed; \
	python3 is $$(python3 --version 2>&1)." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) lacks venv: \
	install it, on Debian and Ubuntu with 'apt install python3-venv'." >&2; exit 1; }
	@echo "Making .venv with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv .venv

$(LOCAL): requirements/local.txt requirements/bootstrap.txt | $(BIN)/python
	@$(call install,local)
	@touch $@

$(DEV): requirements/dev.txt requirements/bootstrap.txt | $(BIN)/python
	@$(call install,dev)
	@touch $(LOCAL) $@

define install
	echo "Installing requirements/$(1).txt ..."; \
	if $(BIN)/python -m pip install --quiet --require-hashes \
		--requirement requirements/bootstrap.txt 2>/dev/null; \
	then $(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode \
		--require-hashes --requirement requirements/$(1).txt; \
	else $(BIN)/python -m pip install --quiet --require-hashes --no-deps \
		--requirement requirements/$(1).txt; fi
endef
