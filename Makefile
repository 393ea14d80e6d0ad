# Building, testing and trying Jianghan. `make` alone lists what there is.
#
# One set of flags for every swift command: other flags in the same .build rebuild everything.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Where the toolchain is often unpacked; one that is already on PATH comes first.
export PATH := $(PATH):/opt/swift/usr/bin:/usr/share/swift/usr/bin
# The port of the demo: make demo PORT=9000
export PORT ?= 8080

program := .build/release/jianghan

.PHONY: help build demo test bench lint packages

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' Makefile

build: packages ## build the program, .build/release/jianghan
	swift build -c release --product jianghan

demo: build ## build and run a simulated district at http://127.0.0.1:8080/ (PORT=9000 for another port); Ctrl-C ends it
	@exec scripts/demo

test: build ## build and run every test, those of the built program included
	@scripts/system-packages test
	swift build --build-tests
	@scripts/test --skip EndToEndTests
	@JIANGHAN_BINARY="$(CURDIR)/$(program)" scripts/test --filter EndToEndTests

bench: build ## build and measure the ledger beside the limits of this machine
	$(program) bench ledger

lint: packages ## check the format and the rules of .swift-format
	swift format lint --strict --recursive --parallel Sources Tests Package.swift

packages:
	@scripts/system-packages
