# SPDX-License-Identifier: Apache-2.0
# Every target here is a short name for one script or one dotnet command; `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

export DOTNET_NOLOGO := 1
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
# Build nodes that outlive a make run keep files and, in CI, the caller's pipe open.
export MSBUILDDISABLENODEREUSE := 1

# A learning period for people who try the agent out; a real workload wants hours (see README).
LEARNING_PERIOD ?= 60s
# What to measure, of drain cost network redis loss flood recovery reduction latency first identity policy delta storage fleet profile cel footprint; empty = all.
SCENARIOS ?=
# Seconds for which a steady workload runs before it is measured, and is measured.
STEADY ?= 60
# The image's name and tag, as `make image` writes it.
IMAGE ?= node-agent:dev

BUILD_INPUTS := Directory.Build.props Directory.Packages.props global.json scripts/publish.sh scripts/launcher.sh
SOURCES = $(shell find src bpf native -type f -not -path '*/bin/*' -not -path '*/obj/*' 2>/dev/null)
TEST_SOURCES = $(shell find tests -type f -not -path '*/bin/*' -not -path '*/obj/*' 2>/dev/null)

# The agent as the tests build it.
DEBUG_AGENT := src/NodeAgent/bin/Debug/net10.0/node-agent.dll

.PHONY: help setup setup-test bpf native build test test-build test-unit verify verify-record test-kernel test-kernels test-integration \
	test-chart setup-bench bench-build bench bench-kernels lint fmt image chart run demo clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## Check this machine and install what building and running need
	@scripts/setup.sh run

setup-test: # also what tests and the demo need
	@scripts/setup.sh test

bpf: ## Build the eBPF objects into out/bpf
	@$(MAKE) --no-print-directory -C bpf

native: ## Build the shim over libbpf into out/native
	@$(MAKE) --no-print-directory -C native

build: out/node-agent ## Build the agent: out/node-agent runs from any folder
	@:

out/node-agent: $(SOURCES) $(BUILD_INPUTS)
	@scripts/publish.sh

test-build: out/tests.stamp
	@:

out/tests.stamp: $(SOURCES) $(TEST_SOURCES) $(BUILD_INPUTS) NodeAgent.sln
	@mkdir -p out
	dotnet build NodeAgent.sln -c Debug -nologo -v quiet
	@touch $@

test: setup-test ## Set up, build and run every test level; the last line is the count
	@$(MAKE) --no-print-directory build test-build
	@scripts/test.sh all

test-unit: test-build ## Tests that need no root and no kernel features
	@scripts/test.sh unit

verify: test-build ## Put every program through this kernel's verifier, compare instructions with the record
	@dotnet $(DEBUG_AGENT) verify
	@scripts/test.sh verify

verify-record: test-build ## Record the verifier's instructions of this kernel in bpf/verified-instructions.txt
	@dotnet $(DEBUG_AGENT) verify --record bpf/verified-instructions.txt

test-kernel: test-build ## Attach for real and compare events with small C workloads (root)
	@scripts/test.sh kernel

test-kernels: setup-test test-build ## Boot every kernel image that Debian serves and print what each sensor does there (root, long)
	@scripts/kernels.sh $(if $(UPDATE),--update) $(KERNELS)

test-integration: build test-build ## Real runc, kubectl and image (root)
	@scripts/test.sh integration

test-chart: test-build ## Lint and render the chart with a real helm
	@scripts/test.sh chart

setup-bench: # nginx, PostgreSQL, Redis and their load generators, none of them started
	@scripts/setup.sh bench

bench-build: build
	@mkdir -p out/bench
	@gcc -O2 -Wall -Wextra -Werror -o out/bench/load tests/NodeAgent.Benchmarks/loads/load.c
	@$(MAKE) --silent --no-print-directory -C tests/workloads OUT=$(CURDIR)/out/workloads $(addprefix $(CURDIR)/out/workloads/,short_life sleeping_crowd)
	@dotnet build -c Release -nologo -v quiet tests/NodeAgent.Benchmarks

bench: setup-bench ## Measure and print figures with targets; SCENARIOS="cost flood" for some, STEADY=10 for less (root, 25 min)
	@$(MAKE) --no-print-directory bench-build
	@tests/NodeAgent.Benchmarks/bin/Release/net10.0/NodeAgent.Benchmarks out/node-agent out/bench/load --steady $(STEADY) $(SCENARIOS)

bench-kernels: setup-test setup-bench ## The relative costs with fentry, in QEMU with Debian's newest 6.1 and 6.12 (root, 20 min)
	@$(MAKE) --no-print-directory bench-build
	@scripts/bench-kernels.sh $(SCENARIOS)

lint: ## Check formatting and scripts, change nothing
	@scripts/lint.sh check

fmt: ## Format C# and C in place
	@scripts/lint.sh fix

image: build ## Build the container image out/image without a daemon (same content as Dockerfile)
	@scripts/image.sh "$(IMAGE)"

chart: ## Lint the chart and render it to out/chart.yaml
	@scripts/chart.sh

run: setup ## Set up, build and watch this machine (Ctrl-C ends it); data stays in data/
	@$(MAKE) --no-print-directory build
	@exec out/node-agent run --data-dir data --learning-period $(LEARNING_PERIOD)

demo: setup-test ## Two containers, a learned profile, five attacks, five alerts, in under 90 s
	@$(MAKE) --no-print-directory build
	@exec demo/demo.sh

clean: ## Remove everything that was built; data/ stays
	@rm -rf out
	@find src tests \( -name bin -o -name obj \) -type d -prune -exec rm -rf {} +
