# What a maintainer types. Every path is relative, so a blank or an apostrophe in the folder's name does no harm.

# Another project's exports must not choose what runs here.
export DJANGO_SETTINGS_MODULE = goodideas.settings
unexport PYTHONPATH PYTHONHOME PYTHONSAFEPATH PYTEST_PLUGINS
# Where this is set, each of the many servers that tests start would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE
# Pins come from the package index and pyproject.toml alone, whatever else uv has been told of on this machine.
unexport UV_INDEX UV_EXTRA_INDEX_URL UV_FIND_LINKS UV_CONSTRAINT UV_OVERRIDE UV_EXCLUDE_NEWER UV_RESOLUTION UV_PRERELEASE

# The site's own settings count for `make run`; tests run without them, so that they are the same everywhere.
SETTINGS = DATABASE_URL CACHE_URL SECRET_KEY SECRET_KEY_FALLBACKS SITE_URL ALLOWED_HOSTS BEHIND_HTTPS_PROXY DEBUG SECURITY_CONTACT STATIC_ROOT DUMP_ROOT MEDIA_ROOT VIEWS_LOG SESSION_HOURS REQUIRE_SECOND_FACTOR PROXIES LOG_FORMAT EMAIL_URL MAIL_FROM MAIL_RETURNS
POSTGRES = postgres://postgres@127.0.0.1:5432/postgres

SETUP = sh scripts/setup.sh
PYTHON = .venv/bin/python
COMPILE = @PATH=".venv/bin:$$PATH" uv pip compile pyproject.toml --no-config --quiet $(if $(UPGRADE),--upgrade) \
	--universal --python-version 3.11 --fork-strategy fewest --generate-hashes --no-build \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

# Two targets at once would both make .venv.
.NOTPARALLEL:
.PHONY: help run test test-postgres test-browser bench bench-datasette hostile messages lint audit lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

run: ## the site with its opening collection, on this machine
	@$(SETUP) run && exec $(PYTHON) manage.py demo

test: ## every test but those in a browser, on SQLite
	@$(SETUP) test && unset $(SETTINGS) && exec $(PYTHON) -m pytest tests --numprocesses auto --dist loadfile --no-loadscope-reorder

test-postgres: ## the same tests on PostgreSQL; another server: POSTGRES=postgres://user@host:port/postgres
	@$(SETUP) test && unset $(SETTINGS) && export DATABASE_URL="$(POSTGRES)" SECRET_KEY=for-tests-only \
	SITE_URL=http://127.0.0.1:8000 && exec $(PYTHON) -m pytest tests --numprocesses auto --dist loadfile --no-loadscope-reorder

test-browser: ## the tests in Chromium; if it isn't on the PATH: CHROMIUM=/its/path; the HTML too: VNU_JAR=/its/vnu.jar
	@$(SETUP) browser && unset $(SETTINGS) && export DJANGO_ALLOW_ASYNC_UNSAFE=true && exec $(PYTHON) -m pytest tests/browser --numprocesses auto --dist loadscope

bench: ## how fast it is, at 1,000 and 100,000 ideas on SQLite and PostgreSQL; writes the README's table
	@$(SETUP) test && unset $(SETTINGS) && $(PYTHON) -m benchmarks --postgres "$(POSTGRES)" --output benchmarks/results.json; \
	$(PYTHON) scripts/table_of_figures.py

bench-datasette: ## the same questions to Datasette, after `make bench`
	@$(SETUP) test && unset $(SETTINGS) && { test -e .venv-datasette/ready || { $(PYTHON) -m venv .venv-datasette && \
	.venv-datasette/bin/python -m pip install --quiet --require-hashes --only-binary :all: -r requirements/datasette.txt && \
	touch .venv-datasette/ready; }; } && exec $(PYTHON) -m benchmarks.datasette --python .venv-datasette/bin/python

hostile: ## thousands of hostile requests to every address, by ourselves and by schemathesis; fewer: REQUESTS=1500
	@$(SETUP) test && unset $(SETTINGS) && { test -e .venv-schemathesis/ready || { $(PYTHON) -m venv .venv-schemathesis && \
	.venv-schemathesis/bin/python -m pip install --quiet --require-hashes --only-binary :all: -r requirements/schemathesis.txt && \
	touch .venv-schemathesis/ready; }; } && exec $(PYTHON) -m benchmarks.hostile --requests $(or $(REQUESTS),10000) \
	--schemathesis .venv-schemathesis/bin/schemathesis

messages: ## gather the sentences to be translated, and compile those that were
	@$(SETUP) test && exec $(PYTHON) scripts/messages.py

lint: ## style of Python and templates; changes nothing
	@$(SETUP) test
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	find templates -name '*.html' -exec .venv/bin/djade --check {} +
	find . -path './.*' -prune -o -name '*.py' -exec $(PYTHON) -m django_upgrade --check {} +

audit: ## whether a fault of security is known in a dependency; asks the package index
	@test -e .venv-audit/ready || { $(SETUP) test && $(PYTHON) -m venv .venv-audit && \
	.venv-audit/bin/python -m pip install --quiet --require-hashes --only-binary :all: -r requirements/audit.txt && \
	touch .venv-audit/ready; } && exec .venv-audit/bin/python scripts/audit.py

lock: ## pin what pyproject.toml allows (needs uv); newer versions: UPGRADE=1
	@PATH=".venv/bin:$$PATH"; command -v uv >/dev/null || { echo "make lock needs uv, on the PATH or in .venv: .venv/bin/python -m pip install uv" >&2; exit 1; }
	$(COMPILE) --output-file requirements/run.txt
	$(COMPILE) --extra test --constraint requirements/run.txt --output-file requirements/test.txt
	$(COMPILE) --extra test --extra browser --constraint requirements/test.txt --output-file requirements/browser.txt

	$(COMPILE) --extra datasette --constraint requirements/run.txt --output-file requirements/datasette.txt
	$(COMPILE) --extra audit --constraint requirements/run.txt --output-file requirements/audit.txt
	$(COMPILE) --extra schemathesis --constraint requirements/run.txt --output-file requirements/schemathesis.txt

clean: ## remove .venv and what tools left behind; keeps the database
	rm -rf .venv .venv-audit .venv-schemathesis .pytest_cache .ruff_cache .hypothesis test-results static-served
	find . -path './.*' -prune -o -name __pycache__ -prune -exec rm -rf {} +
