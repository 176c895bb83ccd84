# Two commands are all that a stranger needs: `make demo` and `make test`. Each does its own set-up.

.DEFAULT_GOAL := help
.PHONY: help setup demo dpdk test coverage lint fmt rfc bench fuzz lab sim lowest lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Make .venv ready from the lock (the other targets do it by themselves)
	@ci/setup

demo: ## Reserve for a video against a flood, on a network of this machine, and report (TARGET=dpdk or bmv2: on that)
	@ci/demo $(TARGET)

dpdk: ## Build the switch on DPDK (ci/dpdk test runs its own tests)
	@ci/dpdk

test: ## Lint, types, import walls, kernels without the jit, all tests
	@ci/test

coverage: ## Run the tests once more and tell which lines they reach
	@ci/coverage

lint: ## Only the checks that read the sources
	@ci/test lint

fmt: ## Format the sources and mend what the linter can mend
	@ci/setup
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

rfc: ## Write docs/rfc-coverage.md anew from the markers of the tests
	@ci/setup
	@.venv/bin/pytest --collect-only -qqq --rfc-coverage=write >/dev/null

fuzz: ## Fuzz what reads bytes from outside, 20 s each (ci/fuzz --minutes N for more)
	@ci/fuzz

lab: ## Run all scenarios of the lab in full length (ci/lab NAME for one of them; TARGET=bmv2)
	@ci/lab $(if $(TARGET),--target $(TARGET))

sim: ## Simulate 300 networks with faults (ci/sim --seed N for one of them)
	@ci/sim

lowest: ## Run the tests with exactly the lower bounds of pyproject.toml
	@ci/lowest

lock: ## Write ci/requirements.lock anew after a change of the dependencies
	@ci/lock

bench: ## Measure on this machine, and compare with the targets
	@ci/bench

clean: ## Remove all that was made
	rm -rf .venv build dist dpdk/build .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find control ci -name __pycache__ -type d -prune -exec rm -rf {} +
