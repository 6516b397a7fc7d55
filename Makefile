# What can be done here. `make` alone prints this list.

CARGO ?= cargo
export CARGO_TERM_COLOR ?= auto

.PHONY: help run test check fmt lint doc pure package pages coverage bench mistakes worlds zoo mutants seeds bless fuzz asan

help: ## print this list
	@sed -n 's/^\([a-z-]*\):.*## /\1 /p' $(MAKEFILE_LIST) | awk '{printf "  make %-8s %s\n", $$1, substr($$0, index($$0, $$2))}'

run: ## play a primary and a secondary installer against programs of which one refuses
	@$(CARGO) run --quiet -p rmsim -- run fixtures/tour.toml

test: ## all tests
	$(CARGO) test --quiet --workspace --all-features

check: fmt lint doc pure package test pages coverage ## what has to pass before a change lands

fmt: ## is everything formatted
	$(CARGO) fmt --all --check

lint: ## clippy, with warnings denied
	$(CARGO) clippy --quiet --workspace --all-targets --all-features -- -D warnings

doc: ## the documentation, with warnings denied
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --quiet --workspace --all-features --no-deps

pages: ## follow the pages for people who write installers, as they are written
	RM_PAGES=1 $(CARGO) test --quiet --workspace --all-features --test capi docs

worlds: ## visit every small world, the large ones as well, and with faults anywhere
	RM_ALL_WORLDS=1 $(CARGO) test --quiet --profile worlds -p rm-tests --test worlds

pure: ## the core does no I/O and depends on nothing, and the packages point where they should
	@sh tests/pure.sh

UNPACKED := $(or $(CARGO_HOME),$(HOME)/.cargo)/registry/src/-*

# What was built or unpacked of an earlier package of the same version would be taken for this one's;
# Cargo unpacks into its own home, under a name that begins with a hyphen because this registry has no host.
package: ## every crate can be published: it builds from what its package holds
	@rm -rf target/verify $(UNPACKED)/rm-*-[0-9]* $(UNPACKED)/rmsim-[0-9]*
	$(CARGO) package --quiet --workspace --exclude rm-tests --allow-dirty --target-dir target/verify

coverage: ## how many demands of the documents are exercised; fails if one is bare that could be shown
	@$(CARGO) run --quiet -p rmsim -- spec --coverage

bench: ## what a session, a list and a judgement cost; the explorer beside stateright, and how worlds grow
	$(CARGO) bench --quiet -p rm-sim -p rm-check
	$(CARGO) run --quiet --release --manifest-path bench/Cargo.toml --target-dir target/bench
	$(CARGO) run --quiet --release --manifest-path bench/Cargo.toml --target-dir target/bench --features memory

zoo: ## play the conformance suite on every broken implementation, and on the model under many policies
	@$(CARGO) run --quiet --release -p rmsim -- zoo

mistakes: ## plant a dozen mistakes in a copy of the core, and demand that the explorer finds each
	@check/mistakes/run.sh

mutants: ## change the core in one place, and demand that a test notices; `make mutants MINUTES=600` for longer
	@check/mutants/run.sh $(or $(MINUTES),60)

seeds: ## the properties with other, and more, random cases; a failure is kept and replayed from then on
	PROPTEST_CASES=20000 PROPTEST_RNG_SEED=$$(date +%s) $(CARGO) test --quiet -p rm-tests --test invariants
	RM_TIMES=5 $(CARGO) test --quiet -p rm-tests --test judge

fuzz: ## libFuzzer and AddressSanitizer on the C boundary and on transcripts; `make fuzz SECONDS=600` for longer
	@capi/fuzz/run.sh $(or $(SECONDS),60)
	@check/fuzz/run.sh $(or $(SECONDS),60)

asan: ## the tests of the C boundary, and the clients in C, under AddressSanitizer
	@capi/tests/asan.sh

bless: ## take over changed snapshots, then show what changed
	RM_ALL_WORLDS=1 INSTA_UPDATE=always $(CARGO) test --quiet -p rm-tests -p rmsim --test scenarios --test worlds --test command --test why --test judged --test conform --test library
	git diff --stat -- '*.snap'
