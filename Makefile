# Everything a change needs. Tools are built into .cache/bin, each in one pinned version; nothing is installed
# outside the checkout but the MongoDB test server, which goes to the user's cache folder.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

GOLANGCI_VERSION := v2.15.0
GOVULNCHECK_VERSION := v1.9.0
BIN := $(CURDIR)/.cache/bin
GOLANGCI := $(BIN)/golangci-lint-$(GOLANGCI_VERSION)
GOVULNCHECK := $(BIN)/govulncheck-$(GOVULNCHECK_VERSION)
COMPOSE_CHECK := $(BIN)/compose-check
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

.PHONY: help
help: ## say what there is to run
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## build ./sunday, static
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o sunday ./cmd/sunday

.PHONY: test
test: ## run every test this machine can run, and say what it left out
	scripts/test

.PHONY: verify
verify: fmt-check vet lint tidy generated docs-check compose-check shell-check vuln ## run every check that is no test

.PHONY: bench
bench: ## measure the hot paths, each beside the raw limit of the same run
	go test -p 1 -run '^$$' -bench . -timeout 30m $$(go list ./... | grep -v /mongostore)
	@if scripts/mongo-for-tests available; then \
	  scripts/mongo-for-tests run -- go test -run '^$$' -bench . -benchtime 5x -timeout 30m ./internal/store/mongostore; \
	else echo 'Left out: the ledger on MongoDB, as there is no server for it.'; fi

.PHONY: bench-check
bench-check: ## run every benchmark once, but for those of a million rows, to see that they still can
	go test -p 1 -run '^$$' -bench . -benchtime 1x -skip 'Million|Lists/1000000' -timeout 10m $$(go list ./... | grep -v /mongostore)
	@if scripts/mongo-for-tests available; then \
	  scripts/mongo-for-tests run -- go test -run '^$$' -bench . -benchtime 1x -timeout 10m ./internal/store/mongostore; \
	else echo 'Left out: the ledger on MongoDB, as there is no server for it.'; fi

.PHONY: kill
kill: ## kill real workers 30 times while they send 20,000 messages, on both stores (minutes)
	KILL=all scripts/mongo-for-tests run -- go test -timeout 30m -v ./internal/app -run TestKill

SWEEP ?= all
.PHONY: sweep
sweep: ## kill the worker at every call of the fixed scene, and fail calls, or a quarter of that with SWEEP=quarter (minutes)
	SWEEP=$(SWEEP) scripts/mongo-for-tests run -- go test -timeout 30m ./internal/sim -run TestSweep

.PHONY: show
show: ## live a Sunday of the demo on a fast clock, with the real server and worker (5 minutes)
	go test -tags show -timeout 15m -v ./internal/sim/demo -run TestShow

.PHONY: mutants
mutants: ## break the program in many ways and name the seed that notices each
	go run ./tools/mutants

SEEDS ?= 10000
FIRST ?= 1
.PHONY: simulate
simulate: ## live SEEDS (10,000) simulated weeks from the seed FIRST on
	go run ./cmd/sunday simulate --seeds $(SEEDS) --seed $(FIRST)

.PHONY: contract
contract: ## hold the API to its description with schemathesis, as each role
	scripts/contract

.PHONY: pages
pages: ## look at every page with axe, and go through all of them by mouse, keyboard and robot
	scripts/pages all

.PHONY: lighthouse
lighthouse: ## measure residents' pages with Lighthouse, three times each
	scripts/pages lighthouse

.PHONY: screenshots
screenshots: ## take pictures of every page into .cache/screenshots, and those of the documents
	scripts/pages pictures .cache/screenshots

.PHONY: fuzz
fuzz: ## run every fuzz target for FUZZTIME (5s)
	scripts/fuzz

.PHONY: fmt
fmt: $(GOLANGCI) ## format all Go files
	$(GOLANGCI) fmt ./...

.PHONY: golden
golden: ## write the golden files anew; read the difference before committing it
	UPDATE_GOLDEN=1 go test -count=1 $$(grep -rl UPDATE_GOLDEN --include='*_test.go' internal notifications scheduler cmd | xargs -r -n1 dirname | sort -u | sed 's|^|./|')

.PHONY: cover
cover: ## measure which lines the tests reach, on SQLite and MongoDB
	scripts/mongo-for-tests run --all -- go test -coverpkg=./... -coverprofile=.cache/cover.out ./...
	go tool cover -func=.cache/cover.out | tail -n 1
	go tool cover -html=.cache/cover.out -o .cache/cover.html

.PHONY: fmt-check
fmt-check:
	@unformatted=$$(git ls-files -co --exclude-standard '*.go' | xargs -r ls 2>/dev/null | xargs -r gofmt -l); \
	if [ -n "$$unformatted" ]; then printf 'not formatted, run make fmt:\n%s\n' "$$unformatted"; exit 1; fi
	@if git grep -nE '^(<{7}|>{7}) '; then echo 'a merge was not finished'; exit 1; fi

.PHONY: vet
vet:
	go vet -tags pages,show ./...

.PHONY: lint
lint: $(GOLANGCI)
	$(GOLANGCI) run ./...

.PHONY: tidy
tidy:
	go mod tidy -diff
	go mod verify

# What go generate makes is committed; golden files are compared by the tests that own them.
.PHONY: generated
generated:
	go generate ./...
	@if ! git diff --quiet -- $$(git grep -lE '^// Code generated .* DO NOT EDIT\.$$' -- '*.go' || echo go.sum); then \
	  echo 'generated files differ: commit what go generate made'; exit 1; fi

.PHONY: docs-check
docs-check:
	go test ./internal/app -run 'TestArch|TestDocs'

.PHONY: compose-check
compose-check: $(COMPOSE_CHECK)
	$(COMPOSE_CHECK) docker-compose.yml

.PHONY: shell-check
shell-check:
	@for file in scripts/* .ci/run; do bash -n "$$file"; done
	@if command -v shellcheck >/dev/null; then shellcheck scripts/* .ci/run; else echo 'Left out: shellcheck is not installed.'; fi

# A database that cannot be reached is no fault of the change; all else that govulncheck has to say is.
.PHONY: vuln
vuln: $(GOVULNCHECK)
	@if $(GOVULNCHECK) ./... >.cache/vuln.log 2>&1; then echo 'no known vulnerability'; \
	elif grep -q 'fetching vulnerabilities' .cache/vuln.log; then \
	  echo "Left out: govulncheck could not reach its database ($$(tail -n 1 .cache/vuln.log))"; \
	else cat .cache/vuln.log; exit 1; fi

$(GOLANGCI):
	GOBIN=$(BIN) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	mv $(BIN)/golangci-lint $@

$(GOVULNCHECK):
	GOBIN=$(BIN) go install golang.org/x/vuln/cmd/govulncheck@$(GOVULNCHECK_VERSION)
	mv $(BIN)/govulncheck $@

$(COMPOSE_CHECK): $(wildcard tools/compose-check/*)
	cd tools/compose-check && go build -o $@ .
