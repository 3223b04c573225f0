# Targets: test (all tests of the SDK), interop (against other programs, which it
# installs), e2e (machines that boot, under QEMU), test-go (pure Go only), build, release, lint, bench, leak, fuzz, generate, deps, clean.
# CONTRIBUTING.md says more.
GO       ?= go
FUZZTIME ?= 10s
# Regular expression of the fuzz targets that "make fuzz" runs.
FUZZ     ?= .
BENCHFLAGS ?=

TAG     := -tags libxml2
TIMEOUT := -timeout 15m

.PHONY: interop e2e release all test test-go test-libxml2 test-race test-bench lint vet-go vet-libxml2 fmt-check deps build bench leak fuzz generate clean

all: build

# With libxml2 and a C compiler (installed if missing): all tests as they are in
# pure Go, those again that the tag makes different, and the short ones with the
# race detector.
test: deps lint test-go test-libxml2 test-race test-bench

# Needs nothing but Go.
test-go: fmt-check vet-go
	$(GO) test $(TIMEOUT) ./...

test-libxml2: deps
	@packages=$$(GO="$(GO)" scripts/tagged.sh libxml2) || exit 1; \
	if [ -n "$$packages" ]; then set -x; $(GO) test $(TIMEOUT) $(TAG) $$packages; fi

test-race: deps
	$(GO) test $(TIMEOUT) $(TAG) -race -short ./...

test-bench: deps
	cd bench && $(GO) test $(TIMEOUT) $(TAG) ./...

# Packages of ours before other programs, and theirs before us.
interop: deps
	@scripts/interop-deps.sh
	cd interop && OVF_INTEROP=1 $(GO) test $(TIMEOUT) ./...

# The boot proof: from nothing to machines that run under QEMU.
e2e:
	@GO="$(GO)" scripts/e2e.sh

lint: fmt-check vet-go vet-libxml2

fmt-check:
	@files=$$(gofmt -l .); if [ -n "$$files" ]; then echo "gofmt -w is due for:"; echo "$$files"; exit 1; fi

vet-go:
	CGO_ENABLED=0 $(GO) build ./...
	CGO_ENABLED=0 $(GO) vet ./...
	cd bench && CGO_ENABLED=0 $(GO) vet ./...
	cd interop && CGO_ENABLED=0 $(GO) vet ./...

vet-libxml2: deps
	$(GO) vet $(TAG) ./...
	cd bench && $(GO) vet $(TAG) ./...

deps:
	@GO="$(GO)" scripts/deps.sh

# bin/ovf is pure Go; bin/ovf-libxml2 adds the second validation engine.
build:
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/ovf ./cmd/ovf
	GO="$(GO)" scripts/deps.sh
	$(GO) build -trimpath $(TAG) -o bin/ovf-libxml2 ./cmd/ovf

# Ratios to other readers, measured in turn; BENCHFLAGS="-rounds 5" and the like.
bench: deps
	cd bench && $(GO) run $(TAG) ./ovfbench $(BENCHFLAGS)

# 10,000 validations with libxml2 under the race detector, then under valgrind (some
# minutes; needs valgrind).
leak: deps
	$(GO) test $(TIMEOUT) $(TAG) -race -run 'Leak|Concurrent' -v ./schemas/libxml2
	GO="$(GO)" scripts/valgrind.sh

# Every fuzz target of every package, FUZZTIME each.
fuzz:
	@GO="$(GO)" scripts/fuzz.sh "$(FUZZTIME)" "$(FUZZ)"

# Archives of the command for all systems, in dist/: make release VERSION=v0.1.0
release:
	$(GO) run ./internal/release -version "$(VERSION)" -o dist

generate:
	$(GO) generate ./...

clean:
	rm -rf bin
