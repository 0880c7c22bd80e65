# Two commands matter: `make run` (everything, with demo data) and `make test` (everything, checked).
SHELL := /bin/bash
.DEFAULT_GOAL := help
VENV := .venv
PY := $(VENV)/bin/python
UV := $(VENV)/bin/uv
# As pip does: trust what this machine trusts, such as a company's own certificate authority. A bare one has no such list.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt),)
export UV_SYSTEM_CERTS := true
endif
export NODE_USE_SYSTEM_CA := 1
# Container images like to set it; every process here would then compile all it imports anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help git setup browser lock run reset demo client client-lint services test check lint unit property flows e2e fuzz honest \
  bench quality costs coverage openapi synth sbom audit release account deploy diff first-administrator destroy drill-deploy \
  drill-faults drill-restore drill-rotate load clean

help: ## list the commands
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(VENV)/.ready .venv-emulator/.ready ## create the environments

NEEDED_MB := 2500
OFFLINE := Python packages could not be fetched (the reason is above). Check the network connection, then run make again.
# pip cannot do without the network, so what installs everything else is kept where package managers keep theirs.
KEPT := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/xueshi
kept = $(PY) -m pip download --quiet --disable-pip-version-check --retries 1 --require-hashes --no-deps \
  --find-links $(KEPT) --dest $(KEPT) -r requirements/uv.txt && \
  $(PY) -m pip install --quiet --disable-pip-version-check --no-index --find-links $(KEPT) --require-hashes --no-deps \
  -r requirements/uv.txt
# With what it has fetched before, uv does without the network: the second try.
sync = $(UV) pip sync --quiet --require-hashes --python $(1) $(2) 2> $(1).log || \
  $(UV) pip sync --quiet --require-hashes --offline --python $(1) $(2) 2> /dev/null || \
  { cat $(1).log; echo "$(OFFLINE)"; exit 1; }

$(VENV)/.ready: requirements/dev.txt
	@command -v python3 >/dev/null || { echo "Python 3.11 or newer is missing: apt-get install python3 python3-venv"; exit 1; }
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; this is $$(python3 -V)"; exit 1; }
	@python3 -c 'import shutil, sys; sys.exit(shutil.disk_usage(".").free < $(NEEDED_MB) * 10**6)' || \
	  { echo "The disk is nearly full: setting up takes $(NEEDED_MB) MB; free some space under $(CURDIR) and run make again."; exit 1; }
	@echo "Setting up Python packages (about half a minute the first time) ..."
	@python3 -c 'import ensurepip' 2>/dev/null || { echo "Cannot create a virtual environment: apt-get install python3-venv"; exit 1; }
	@$(PY) -m pip --version >/dev/null 2>&1 || python3 -m venv --clear $(VENV)
	@test -x $(UV) || { mkdir -p $(KEPT) && $(kept); } 2> $(VENV)/uv.log || \
	  { cat $(VENV)/uv.log; echo "$(OFFLINE)"; exit 1; }
	@$(call sync,$(PY),requirements/dev.txt)
	@touch $@

.venv-emulator/.ready: $(VENV)/.ready requirements/emulator.txt
	@echo "Setting up the AWS emulator ..."
	@test -x .venv-emulator/bin/python || $(UV) venv --quiet .venv-emulator
	@$(call sync,.venv-emulator/bin/python,requirements/emulator.txt)
	@touch $@

.venv-load/.ready: $(VENV)/.ready requirements/load.txt
	@echo "Setting up Locust ..."
	@test -x .venv-load/bin/python || $(UV) venv --quiet .venv-load
	@$(call sync,.venv-load/bin/python,requirements/load.txt)
	@touch $@

browser: setup ## find or install the browser and the Chinese font of the browser tests
	@$(PY) -m tests.e2e.browser

# Lambda's Python carries boto3 and what it needs. Layers of single functions leave out what the common one has.
OWN_LAYERS := captions documents payments exports media push search sms summary
FOR_LAMBDA := $(UV) pip compile --quiet --upgrade --python-version 3.13 --generate-hashes --no-emit-index-url \
  -c requirements/dev.txt

lock: ## renew the hash-locked requirements
	@$(UV) pip compile --quiet --upgrade --python-version 3.11 --generate-hashes --no-emit-index-url requirements/dev.in -o requirements/dev.txt
	@$(UV) pip compile --quiet --upgrade --python-version 3.11 --generate-hashes --no-emit-index-url requirements/emulator.in -o requirements/emulator.txt
	@$(FOR_LAMBDA) requirements/layer.in -o requirements/layer.txt
	@for layer in $(OWN_LAYERS); do \
	  $(FOR_LAMBDA) \
	    $$(sed -n 's/^\([a-z0-9._-]*\)==.*/--no-emit-package \1/p' requirements/layer.txt) \
	    requirements/$$layer.in -o requirements/$$layer.txt; done
	@$(UV) pip compile --quiet --upgrade --python-version 3.11 --generate-hashes --no-emit-index-url requirements/peers.in -o requirements/peers.txt
	@$(UV) pip compile --quiet --upgrade --python-version 3.11 --generate-hashes --no-emit-index-url requirements/audit.in -o requirements/audit.txt
	@$(UV) pip compile --quiet --upgrade --python-version 3.11 --generate-hashes --no-emit-index-url requirements/load.in -o requirements/load.txt
	@grep -A99 '^uv==' requirements/dev.txt | sed -n '/^uv==/,/^[a-z].*==/p' | sed '1!{/^[a-z]/d}' > requirements/uv.txt

openapi: $(VENV)/.ready ## write what is generated from the code: API documents, event schemas, error codes, stored kinds
	@$(PY) -m docs.generate

PORT ?= 8080
run: setup ## start everything with demo data, or with what was kept; Ctrl-C ends it (PORT=8080)
	@exec $(PY) -m local run --port $(PORT)

reset: setup ## delete what `make run` kept: the next one starts afresh (PORT=8080)
	@$(PY) -m local reset --port $(PORT)

clean: ## remove what was built; the environments stay
	rm -rf build web/dist

demo: setup ## an honest learner and a cheater against the running system (PORT=8080)
	@$(PY) -m demo --url http://127.0.0.1:$(PORT)

# What the last release promised is looked up in the history.
git:
	@command -v git >/dev/null || { echo "git is missing: apt-get install git"; exit 1; }

check: git lint ## style, import rules, requirements, types, generated documents
	@echo "Checking types and generated documents ..."
	@$(VENV)/bin/mypy
	@$(PY) -m docs.generate --check

lint: setup ## style, import rules, requirements: a few seconds
	@echo "Checking style, import rules and requirements ..."
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/ruff format --check --quiet . || { echo "Run $(VENV)/bin/ruff format ."; exit 1; }
	@report="$$($(VENV)/bin/lint-imports --no-logo)" || { echo "$$report"; exit 1; }
	@report="$$($(VENV)/bin/deptry --config requirements/functions.toml services 2>&1)" || { echo "$$report"; exit 1; }
	@report="$$($(VENV)/bin/deptry --config requirements/tools.toml \
	  demo docs infra local ops services tests verifier 2>&1)" || { echo "$$report"; exit 1; }

# One kind of tests; `make test` runs them all.
unit: setup ## the tests that need no running system, without the properties
	@$(PY) -m pytest -n auto tests/unit tests/contracts tests/infra tests/bench tests/load

property: setup ## the property tests: state machines that try everything in any order, and simulated learners
	@$(PY) -m pytest -n auto tests/property tests/simulation

flows: setup ## the running system over HTTP: flows, attacks, the emulator
	@$(PY) -m pytest -n auto tests/flows tests/security tests/roles tests/emulator

e2e: setup browser ## the client in a real browser against the running system
	@$(PY) -m pytest -n auto tests/e2e

fuzz: setup ## the public fuzzer, for each role, on a system of its own or on URL=http://… that runs (MINUTES=30)
	@$(PY) -m tests.fuzz --minutes $(or $(MINUTES),30) $(and $(URL),--url $(URL))

honest: setup ## what honest learners keep on good and bad lines; half an hour, written into docs/honest-learners.md
	@$(PY) -m tests.simulation --write

bench: setup ## speed beside peers, written into docs/benchmarks.md (AGAINST=<another checkout>; ROWS="1 4" only shows these)
	@$(PY) -m tests.bench $(if $(ROWS),--rows $(ROWS),--write) $(and $(AGAINST),--against $(AGAINST))

quality: setup ## how good drafted summaries are, beside an editor's, written into docs/summary-quality.md
	@$(PY) -m tests.quality --write

costs: setup ## what everything costs, counted anew and reckoned; some minutes, written into docs/costs-and-scale.md
	@$(PY) -m tests.bench.costs --count

load: setup .venv-load/.ready ## whole journeys of many learners at once, counted; minutes, written into docs/capacity.md (LEARNERS=20)
	@$(PY) -c 'from local.toolchain import build_client; build_client()'
	@$(PY) -m tests.load $(if $(LEARNERS),--learners $(LEARNERS))

coverage: setup ## lines and branches covered, by service; build/coverage/index.html shows which are not
	@$(PY) -m pytest -n auto --cov --cov-report= tests/unit tests/contracts tests/property
	@$(VENV)/bin/coverage html --quiet
	@$(VENV)/bin/coverage json --quiet -o - | $(PY) -m tests.coverage

client: setup ## build and test the client
	@echo "Building and testing the client ..."
	@$(PY) -c 'from local.toolchain import build_client; build_client()'
	@cd web && PATH="$(CURDIR)/$(VENV)/bin:$$PATH" npm test --silent

client-lint: client ## style and types of the client's code
	@echo "Checking the client's style ..."
	@cd web && PATH="$(CURDIR)/$(VENV)/bin:$$PATH" npm run lint --silent

# Side by side, as many as there are processors; how many systems and browsers that means, tests/groups.py says.
test: git setup browser ## everything, checked; sets up all it needs
	@$(MAKE) --no-print-directory -j$$(nproc) check client services client-lint

services: setup browser ## test the services, the templates and the running system
	@echo "Testing the services, the templates and the running system ..."
	@$(PY) -m pytest -n auto

release: setup ## write version and promises, test everything; docs/releases.md says what comes before and after (VERSION=1.2.3)
	@$(PY) -m docs.release $(VERSION)
	@$(MAKE) --no-print-directory test

# Of one stage: `make deploy STAGE=staging`. ACCOUNT=here takes the account of `make account` instead of yours at AWS.
stage = @test -n "$(STAGE)" || { echo "Say which stage of infra/stages.toml: make $@ STAGE=dev"; exit 1; }
in_account = $(if $(filter here,$(ACCOUNT)),test -f build/local/account.env || \
  { echo "No account runs on this machine: start \`make account\` in another terminal."; exit 1; } >&2; \
  . build/local/account.env && )

synth: $(VENV)/.ready ## write a stage's CloudFormation templates into build/stages (STAGE=dev)
	$(stage)
	@$(PY) -m infra.app $(STAGE)

sbom: synth ## write bills of materials of a stage's packages and the client into build/stages, as deploy does (STAGE=dev)
	@$(PY) -m ops.sbom --stage $(STAGE)

.venv-audit/.ready: $(VENV)/.ready requirements/audit.txt
	@echo "Setting up checkov ..."
	@test -x .venv-audit/bin/python || $(UV) venv --quiet .venv-audit
	@$(call sync,.venv-audit/bin/python,requirements/audit.txt)
	@touch $@

audit: git setup .venv-audit/.ready ## look for keys in tracked files, and at every stage's templates with checkov; minutes
	@$(PY) -m tests.audit

account: setup ## an empty AWS account on this machine, to deploy stages to; Ctrl-C ends it (PORT=8100)
	@exec $(PY) -m local.account $(if $(filter file,$(origin PORT)),,--port $(PORT))

deploy: setup ## deploy a stage whole, and look at it as a visitor does; docs/deployment.md (STAGE=dev)
	$(stage)
	@$(in_account)$(PY) -c 'from local.toolchain import build_client; build_client()'
	@$(in_account)$(PY) -m ops.deploy --stage $(STAGE)
	@$(in_account)$(PY) -m demo.stage --stage $(STAGE)

diff: setup ## what a deployment of a stage would change (STAGE=dev)
	$(stage)
	@$(in_account)$(PY) -m ops.deploy --stage $(STAGE) --diff

first-administrator: setup ## invite the first administrator of a stage (STAGE=dev EMAIL=...)
	$(stage)
	@test -n "$(EMAIL)" || { echo "Say who: make $@ STAGE=$(STAGE) EMAIL=you@example.com"; exit 1; }
	@$(in_account)$(PY) -m ops.staff --stage $(STAGE) $(EMAIL) administrator

destroy: setup ## take a trial stage away, without leftovers (STAGE=dev)
	$(stage)
	@$(in_account)$(PY) -m ops.destroy --stage $(STAGE)

drill-deploy: setup ## every deployment of docs/deployment.md on an account of its own, with CDK's command line; minutes
	@$(PY) -c 'from local.toolchain import build_client; build_client()'
	@$(PY) -m tests.drills.deployment

drill-faults: setup ## break one thing after another on a system of its own; minutes, written into docs/fault-drills.md (ONLY=...)
	@$(PY) -c 'from local.toolchain import build_client; build_client()'
	@PYTHONPATH=verifier $(PY) -m tests.drills.faults $(if $(ONLY),--only "$(ONLY)")

drill-rotate: setup ## every rotation of docs/operations.md while learners watch, on an account of its own; a quarter of an hour
	@$(PY) -c 'from local.toolchain import build_client; build_client()'
	@PYTHONPATH=verifier $(PY) -m tests.drills.rotation

drill-restore: setup ## lose all tables of a system of its own, and rebuild them from exports; minutes
	@$(PY) -c 'from local.toolchain import build_client; build_client()'
	@$(PY) -m tests.drills.restore
