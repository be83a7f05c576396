.DEFAULT_GOAL := help
.PHONY: help brochure test check accept pictures setup lock manual clean

UV ?= uv

help: ## this table
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

brochure: setup ## every edition of the brochure, into out/
	.venv/bin/brochure build

test: setup ## the tests
	.venv/bin/pytest -n auto --maxprocesses=4

check: setup ## style and types
	.venv/bin/ruff check .
	.venv/bin/mypy

accept: setup ## the tests, taking what they see as the new expected files: read the diff
	.venv/bin/pytest --accept

pictures: brochure ## the pictures in the README, from the built brochure
	.venv/bin/python scripts/pictures.py

setup: ## .venv, and Pango where it is missing; the other targets do this by themselves
	@scripts/setup.sh

# Keeps every pin that still fits; remove requirements.lock first to move them all.
lock: ## requirements.lock, after a change of the dependencies in pyproject.toml (needs uv)
	$(UV) pip compile --quiet --universal --python-version 3.11 --no-header --generate-hashes \
		--no-emit-index-url --extra cluster --extra heic --extra translate --group dev pyproject.toml \
		--output-file requirements.lock

manual: setup ## docs/preflight.md, from the rules themselves
	.venv/bin/python -c "from brochure.preflight.manual import manual; print(manual(), end='')" > docs/preflight.md

clean: ## removes all that is made here, the virtual environment too
	rm -rf out out-* .brochure .venv .ci/verapdf/target .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests -name __pycache__ -prune -exec rm -rf {} +
