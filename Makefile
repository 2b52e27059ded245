# `make help` lists the targets. Go and make are all that is needed to run;
# `make test` installs what tests need beyond that (Debian packages).

GO      ?= go
BIN     := bin/aiwfe-auth
VERSION ?= dev
LDFLAGS := -s -w -X github.com/aiwfe/aiwfe-auth/internal/version.release=$(VERSION)
TOOL    := $(GO) tool -modfile=tools/go.mod

.DEFAULT_GOAL := help
.PHONY: help build run test test-full faults lint fmt bench bench-full fuzz generate pages site vuln size deps clean packages charts sbom reproducible

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'

build: ## Build the one static binary, bin/aiwfe-auth
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/aiwfe-auth

run: build ## Build and start everything on SQLite, http://localhost:8080
	$(BIN) serve

deps: ## Install what the tests need: PostgreSQL, pgbouncer, Redis, nginx, HAProxy, Caddy, Chromium, Node.js and npm's packages
	scripts/install-test-deps
	scripts/install-sdk-deps

test: deps ## Run all tests, on real databases, real proxies and a real browser
	$(GO) test -race -timeout 18m $$($(GO) list . ./api ./cmd/... ./internal/... | grep -v -e /doctor/prove -e /store$$)
	$(GO) test -race -timeout 18m -run 'OnSQLite|ShareACommit|NobodyAlong|HarmsNobody' ./internal/store
	$(GO) test -timeout 18m ./internal/doctor/prove ./internal/store
	$(GO) test -timeout 18m ./test/...

test-full: deps ## The tests, and the long ones: more kills, more rounds, the timing of refusals
	AIWFE_TEST_FULL=1 $(GO) test -race -timeout 60m -count=1 ./...

faults: deps ## Break servers and deployments in every way known, at full length; writes docs/faults.md
	AIWFE_TEST_FULL=1 $(GO) test -json -timeout 60m -count=1 ./test/faults ./test/faultlab ./internal/store | $(GO) run ./test/faults/report

lint: ## Formatting, go vet, staticcheck, tidy modules
	@test -z "$$($(TOOL) gofumpt -l .)" || { $(TOOL) gofumpt -d .; echo 'run: make fmt'; exit 1; }
	$(GO) vet ./...
	$(TOOL) staticcheck ./...
	$(GO) mod tidy -diff

fmt: ## Format the code
	$(TOOL) gofumpt -w .

bench: deps ## Benchmarks, as ratios to baselines of the same run; writes docs/performance.md
	$(GO) run ./test/load -doc docs/performance.md -users $(or $(USERS),100000)

bench-full: ## The same with a million users, sessions and audit rows
	$(MAKE) bench USERS=1000000

fuzz: ## Fuzz each target for a short while (FUZZTIME=30s)
	scripts/fuzz $(or $(FUZZTIME),10s)

generate: ## Make the generated files anew: OpenAPI document, pages of error codes, references
	$(GO) generate ./...

pages: deps ## Take the pictures of docs/pages anew, by the browser tests
	AIWFE_TEST_FULL=1 $(GO) test -count=1 -timeout 30m ./test/pages
	$(GO) run ./test/pages/gallery

site: ## Make the documentation as static HTML: docs/site/out/index.html
	$(GO) -C tools run ./site

vuln: ## Look for known vulnerabilities (needs vuln.go.dev)
	$(GO) run golang.org/x/vuln/cmd/govulncheck@latest ./...

size: build ## Print the size of the binary; fails above 45 MB
	@bytes=$$(wc -c < $(BIN)); echo "binary: $$((bytes / 1000000)) MB"; test $$bytes -lt 45000000

packages: ## Make the Debian and RPM packages in bin/packages, and install the first into a folder (VERSION, ARCH)
	scripts/packages $(patsubst dev,0.0.0-dev,$(VERSION)) $(or $(ARCH),$$($(GO) env GOARCH))
	scripts/check-package bin/packages/*_$$($(GO) env GOARCH).deb

charts: ## Check the Helm chart with Helm, and write what it makes for the tests
	scripts/charts

sbom: build ## Write what the binary is made of, as CycloneDX: bin/aiwfe-auth.cdx.json
	scripts/sbom $(BIN) $(BIN).cdx.json

reproducible: ## Build twice, in two folders with two caches, and compare the bytes
	scripts/reproducible

clean: ## Remove what was built
	rm -rf bin test/output
