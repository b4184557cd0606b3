# CityLoop. `make demo` runs a city, `make test` proves it, `make check` is what a change must pass.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
# Who reaches the demo: 127.0.0.1 this machine only, 0.0.0.0 everybody.
HOST ?= 127.0.0.1
# How many times larger than usual the demo month is: `make demo SIZE=5`.
SIZE ?= 1
DATABASE ?= both

DEBIAN_RUN := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
DEBIAN_TEST := chromium poppler-utils

.PHONY: help setup setup-test demo serve worker test check lint types walls templates bench sentences lock clean

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | column -t -s "$$(printf '\t')"

setup: .venv/.debian-run .venv/.installed web/static/vendor/manifest.json .venv/.translations ## Install everything that a running city needs

setup-test: setup .venv/.debian-test .venv/.installed-dev ## Install what the tests need on top

demo: setup ## Create the demo city, replay a month, serve it (PORT, SIZE)
	$(BIN)/flask demo --size $(SIZE) --port $(PORT) --host $(HOST)

serve: setup ## Serve the city that is configured in the environment
	$(BIN)/flask db upgrade
	$(BIN)/gunicorn --config web/gunicorn.py --bind 0.0.0.0:$(PORT) wsgi:app

worker: setup ## Run one worker: timers, outbox, periodic jobs
	$(BIN)/flask worker

test: setup-test ## Run every test on SQLite and PostgreSQL
	$(BIN)/python -m pytest -n 2 --dist loadgroup --database $(DATABASE)

check: setup-test lint types walls templates test ## Lint, types, import walls, templates, tests

lint: ## Style and common mistakes
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: ## Type hints hold
	$(BIN)/mypy

walls: ## Rooms import only what lies below them
	$(BIN)/lint-imports

templates: ## HTML templates are well formed
	$(BIN)/djlint --quiet --lint web/templates reports/templates

bench: setup-test ## Print the measured ratios (several minutes)
	$(BIN)/python -m bench

sentences: ## Collect new sentences into the Chinese catalogue, and say which have no Chinese yet
	$(BIN)/python -m web.translating

lock: ## Renew the lock files after a change of requirements*.in (needs uv)
	for name in requirements requirements-dev requirements-node; do \
	  uv pip compile -q --generate-hashes --universal --python-version 3.11 --no-annotate --no-header $$name.in -o $$name.lock; done

clean: ## Remove what set-up built; keeps the data in var/
	rm -rf .venv node_modules web/static/vendor

.venv/bin/python:
	@$(PYTHON) -c "import ensurepip" 2>/dev/null || setup/debian-packages python3-venv
	$(PYTHON) -m venv .venv

.venv/.debian-run: | .venv/bin/python
	@setup/debian-packages $(DEBIAN_RUN) && touch $@

.venv/.debian-test: | .venv/bin/python
	@setup/debian-packages $(DEBIAN_TEST) && touch $@

.venv/.installed: requirements.lock | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@touch $@

.venv/.installed-dev: requirements-dev.lock .venv/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

node_modules/.package-lock.json: package-lock.json | .venv/.installed
	@setup/front-end
	@touch $@

web/static/vendor/manifest.json: node_modules/.package-lock.json web/assets.py web/icons.txt $(wildcard web/studio/drawing/*.js) .venv/.installed
	$(BIN)/python -m web.assets
	@touch $@

.venv/.translations: $(wildcard web/translations/*/LC_MESSAGES/*.po) .venv/.installed
	$(BIN)/pybabel --quiet compile --directory web/translations
	@touch $@
