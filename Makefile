# The two commands of the README are `make run` and `make test`. Everything else is for those who change the project.

SWIFT ?= swift
RELEASE := .build/release
SCRIPTS := Scenarios/peers Scenarios/hostile Tests/Autobahn Tests/Differential Scenarios/conformance
PACKAGES := libssl-dev zlib1g-dev pkg-config openssl

.DEFAULT_GOAL := help
.PHONY: help prepare release run lint scripts test asan tsan check fuzz autobahn differential bench figures hostile faults format conformance underload

help: ## What can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

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

lint: prepare ## Check the format
	$(SWIFT) format lint --strict -r Package.swift Sources Tests

scripts: ## Test the Python scripts
	@if command -v python3 >/dev/null; then \
	  for folder in $(SCRIPTS); do python3 -m unittest discover -q -s $$folder || exit 1; done; \
	else echo "skipped: the tests of the scripts need python3"; fi

test: prepare scripts ## Run every test
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --parallel

# Few tests at once: a sanitizer makes them slow, and each has a bound on how long it may take. The test program is
# started as `swift test` does, which cannot be told how many.
SANITIZED = "$$($(SWIFT) build --show-bin-path --scratch-path $(1))/wsbenchPackageTests.xctest" \
  --testing-library swift-testing --experimental-maximum-parallelization-width 4

asan: prepare ## Run every test under the address sanitizer, which looks for leaks too
	$(SWIFT) build --build-tests --sanitize=address --scratch-path .build-asan
	ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 LSAN_OPTIONS=suppressions=Tests/Sanitizers/leaks.txt \
	  $(call SANITIZED,.build-asan)

tsan: prepare ## Run every test under the thread sanitizer
	$(SWIFT) build --build-tests --sanitize=thread --scratch-path .build-tsan
	TSAN_OPTIONS=suppressions=Tests/Sanitizers/races.txt $(call SANITIZED,.build-tsan)

check: lint scripts asan tsan ## Check everything: format, scripts, and the tests under both sanitizers (half an hour)

fuzz: prepare ## Search for inputs that break a reader, FUZZ_SECONDS (60) for each
	SWIFT="$(SWIFT)" FUZZ_SECONDS="$(FUZZ_SECONDS)" FUZZ_ENTRIES="$(FUZZ_ENTRIES)" Tests/Fuzzing/fuzz.sh

autobahn: prepare ## Let Autobahn|Testsuite judge server and client; CASES='1.* 6.4.1' for some
	@if command -v python3 >/dev/null; then set -f; SWIFT="$(SWIFT)" python3 Tests/Autobahn/judge.py $(CASES); \
	else echo "autobahn: SKIPPED, nothing was judged: there is no python3"; fi

conformance: release ## Run the conformance suite on our own server and client, strictly; OPTIONS='--repeat 5'
	$(SWIFT) build -c release --static-swift-stdlib --product conformance-adapter
	Tests/Conformance/own.sh "$$($(SWIFT) build -c release --static-swift-stdlib --show-bin-path)" $(OPTIONS)

underload: release ## Run the suite on our own server alone and among 10,000 connections, and compare
	Tests/Conformance/under-load.sh "$$($(SWIFT) build -c release --static-swift-stdlib --show-bin-path)" $(OPTIONS)

differential: prepare ## Compare our codec with other implementations in random conversations; OPTIONS='--seed 1'
	@if command -v python3 >/dev/null; then \
	  $(SWIFT) build -c release --static-swift-stdlib --product DifferentialPeer && \
	  python3 Tests/Differential/differential.py $(OPTIONS); \
	else echo "differential: SKIPPED: there is no python3"; fi

format: ## Lay out all sources
	$(SWIFT) format -i -r Package.swift Sources Tests

bench: release ## Measure against the floor and the installed peers (takes minutes)
	python3 Scenarios/peers/bench.py

figures: release ## Measure what compression, broadcast and TLS cost (takes minutes)
	$(SWIFT) build -c release --static-swift-stdlib --product measurements
	python3 Scenarios/peers/protocol.py

faults: release ## Let the conformance suite find every planted fault (takes ten minutes); FAULTS='--sample 8' for some
	$(SWIFT) build -c release --static-swift-stdlib --product faulty-peer
	python3 Scenarios/conformance/faults.py $(FAULTS)

hostile: release ## Attack our server while others use it (takes minutes)
	python3 Scenarios/hostile/hostile.py $(HOSTILE)
