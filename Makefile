# make            build everything (debug; BUILD=release for a fast program)
# make run        set up, build, run the demo; CONFIG=lavadeck.json runs the service with that file
# make test       set up, build, run every test
# make check      what CI runs and more: format, imports, tests, HTTP/1.1 corpus, openapi, smoke
# make format     rewrite the sources with swift-format
# make test-tsan  the suites with threads under ThreadSanitizer
# make sim        the simulation with more seeds: SEEDS=10000
# make mutants    small wrong changes to Control, each of which a test must notice: MUTANTS=name
# make fuzz       libFuzzer on everything that parses bytes: FUZZ_SECONDS=60 each
# make bench      what it costs beside a C floor, into Benchmarks/RESULTS.md
# make clean      remove what was built

SHELL := /bin/bash
BUILD ?= debug
CONFIG ?=
# Further flags of the program: make run ARGS="--listen 127.0.0.1:9000"
ARGS ?=
SEEDS ?= 10000
# Names of mutants to try alone.
MUTANTS ?=
# For each fuzz target.
FUZZ_SECONDS ?= 60

ifneq ($(wildcard ../shared),)
export LAVADECK_SHARED ?= $(abspath ../shared)
endif

SOURCES := $(wildcard Sources Tests Package.swift Fuzz Benchmarks)

.PHONY: build setup run test check lint format test-tsan sim mutants fuzz bench clean
.DEFAULT_GOAL := build

build: setup
	swift build -c $(BUILD)

setup:
	@scripts/setup.sh

run: setup
	swift build -c $(BUILD) --product lavadeck
	exec "$$(swift build -c $(BUILD) --show-bin-path)/lavadeck" \
		$(if $(CONFIG),serve --config "$(CONFIG)",demo) $(ARGS)

test: setup
	@scripts/test.sh

lint:
	swift format lint --strict --recursive $(SOURCES)

format:
	swift format --in-place --recursive $(SOURCES)

check: setup lint
	swift build --build-tests --explicit-target-dependency-import-check error
	@LAVADECK_TEST_PYTHON=$$(scripts/test-python.sh) scripts/test.sh
	scripts/http11.sh
	scripts/openapi.sh
	scripts/smoke.sh

test-tsan: setup
	TSAN_OPTIONS=suppressions=$(CURDIR)/scripts/tsan-suppressions.txt \
		swift test --scratch-path .build-tsan --sanitize=thread \
		--filter 'RuntimeTests|StorageTests|ServiceTests|SimulatedNodeTests'

sim: setup
	SEEDS=$(SEEDS) swift test --filter SimulationTests

mutants: setup
	scripts/mutants.sh $(MUTANTS)

fuzz: setup
	scripts/fuzz.sh $(FUZZ_SECONDS)

bench: setup
	Benchmarks/run

clean:
	rm -rf .build .build-tsan .fuzz
