# The two commands of the README are `make run` and `make test`. Everything else is for those who change the project.

SWIFT ?= swift
RELEASE := .build/release
PACKAGES := libssl-dev zlib1g-dev pkg-config

.DEFAULT_GOAL := help
.PHONY: help prepare release run test check fuzz bench format

help: ## What can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

prepare: ## Install the missing Debian packages
	@missing=""; for package in $(PACKAGES); do \
	  dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'install ok installed' || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
	  echo "Installing$$missing"; \
	  sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  $$sudo apt-get update -qq && $$sudo apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi
	@command -v $(SWIFT) >/dev/null || { echo "A Swift 6.3 toolchain is needed: see swift.org/install"; exit 2; }

release: prepare ## Build both executables for speed
	$(SWIFT) build -c release --static-swift-stdlib --product wsbench
	$(SWIFT) build -c release --static-swift-stdlib --product wsserver

run: release ## Run the quickstart scenario against our own server and print the report's path
	$(RELEASE)/wsbench run Scenarios/quickstart.yaml

test: prepare ## Run every test
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --parallel

check: prepare ## Check the format and the benchmark scripts, as CI does
	$(SWIFT) format lint --strict -r Package.swift Sources Tests
	@if command -v python3 >/dev/null; then python3 -m unittest discover -q -s Scenarios/peers; \
	else echo "skipped: the tests of Scenarios/peers need python3"; fi

fuzz: prepare ## Search for inputs that break a reader, FUZZ_SECONDS (60) for each
	SWIFT="$(SWIFT)" FUZZ_SECONDS="$(FUZZ_SECONDS)" FUZZ_ENTRIES="$(FUZZ_ENTRIES)" Tests/Fuzzing/fuzz.sh

format: ## Lay out all sources
	$(SWIFT) format -i -r Package.swift Sources Tests

bench: release ## Measure against the floor and the installed peers (takes minutes)
	python3 Scenarios/peers/bench.py
