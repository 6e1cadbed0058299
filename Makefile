# What one types; README.md says more.
PYTHON ?= $(shell for p in python3.13 python3 python3.12; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null && echo $$p && break; done)
PORT ?= 8000
BIN = .venv/bin
MANAGE = $(BIN)/python manage.py
# In the order of collection, in which the tests that empty all tables after themselves come last; one more than there
# are cores, for who drives a browser waits for it.
PYTEST = $(BIN)/python -m pytest -n $$(($$(nproc) + 1)) --dist loadfile --no-loadscope-reorder

.DELETE_ON_ERROR:
.PHONY: run test check test-postgres bench messages lock clean

run: .venv/for-running
	@case "$(PORT)" in ''|*[!0-9]*) echo "PORT: “$(PORT)” is no port; it is a number from 1 to 65535." >&2; exit 1;; esac
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) collectstatic --noinput --verbosity 0
	@$(MANAGE) demo --if-empty
	@exec $(MANAGE) serve --port $(PORT)

test: .venv/for-developing
	$(PYTEST)

check: .venv/for-developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(MANAGE) makemigrations --check --dry-run
	SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))') SITE_URL=https://watch.example \
		EMAIL_URL=smtp://localhost:25 $(MANAGE) check --deploy --fail-level WARNING

test-postgres: .venv/for-developing
	tests/with_postgres $(PYTEST)

bench: .venv/for-developing
	$(BIN)/python -m tests.bench
	tests/with_postgres $(BIN)/python -m tests.bench

# The words that readers see, into locale/; what is new there waits for its translation.
messages: .venv/for-developing
	$(BIN)/python -m tests.messages

# The locks hold hashes and no registry's address.
lock: .venv/for-developing
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.12 \
		--custom-compile-command "make lock" pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.12 \
		--custom-compile-command "make lock" --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis test-results

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.12 or newer is needed as python3." >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/for-running: requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/for-developing: requirements-dev.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ .venv/for-running
