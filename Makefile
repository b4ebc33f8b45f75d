# The only build file. `make help` lists the targets; MODE=debug|release|asan|tsan picks the build.
MODE  ?= debug
BUILD ?= build/$(MODE)
PORT  ?= 8080
FUZZ_SECONDS ?= 60
# How many files of a folder are compiled as one (deploy/dev/units.sh), and of the tests, which are
# longer; 1: each by itself.
UNIT_FILES ?= 8
TEST_UNIT_FILES ?= 3
export MODE BUILD PORT FUZZ_SECONDS UNIT_FILES
# ccache takes no precompiled header without this.
export CCACHE_SLOPPINESS := pch_defines,time_macros

.DEFAULT_GOAL := build
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

CXX      := $(if $(shell command -v ccache),ccache )g++
PKGS     := fcgi hiredis libpq libwebsockets openssl libcurl libuv RapidJSON icu-uc libargon2 \
  libcbor
CPPFLAGS  = -I. -I$(BUILD)/gen -MMD -MP $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(PKGS) 2>/dev/null))
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
CXXFLAGS_debug   := -Og -g1
# deploy/README.md says what for; tests/check/run.sh (hardened) looks whether they are there.
CXXFLAGS_release := -O2 -g -fPIE -D_FORTIFY_SOURCE=2 -D_GLIBCXX_ASSERTIONS \
  -fstack-protector-strong -fstack-clash-protection -fcf-protection
# With a sanitizer g++ takes std::regex for uninitialized; the other modes look for that.
CXXFLAGS_asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -Wno-maybe-uninitialized
CXXFLAGS_tsan    := -O1 -g -fsanitize=thread -Wno-maybe-uninitialized
# A unit is not the file that g++ takes it for when it warns of a type's linkage.
CXXFLAGS  = -std=c++20 -pthread $(CXXFLAGS_$(MODE)) $(WARNINGS) -Wno-subobject-linkage
LDFLAGS_debug    := -fuse-ld=gold
LDFLAGS_release  := -pie -Wl,-z,relro,-z,now
LDFLAGS   = -pthread -Wl,--as-needed $(filter -fsanitize=%,$(CXXFLAGS_$(MODE))) $(LDFLAGS_$(MODE))
LDLIBS    = $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lcsv -lphonenumber -lprotobuf

COMMON   := $(patsubst %/,%,$(sort $(dir $(wildcard common/*/*.cpp common/*/*/*.cpp))))
FOLDERS  := $(COMMON) $(patsubst %/,%,$(sort $(dir $(wildcard handlers/*/*.cpp handlers/*/*/*.cpp \
  openapi/*.cpp scheduler/*.cpp scheduler/*/*.cpp ws-bridge/*.cpp smpp-guard/*.cpp))))
UNITS    := $(shell deploy/dev/units.sh $(BUILD)/units $(UNIT_FILES) $(FOLDERS))
UNITS    += $(shell deploy/dev/units.sh $(BUILD)/test_units $(TEST_UNIT_FILES) \
  $(patsubst %/,%,$(sort $(dir $(wildcard tests/*/*.cpp)))))
# The objects of some folders: their units, and main.o.
dotted   = $(subst /,.,$(1))
parts    = $(patsubst %.cpp,%.o,$(filter $(foreach f,$(1),$(foreach d,units test_units,\
  $(BUILD)/$(d)/$(call dotted,$(f))-%)),$(UNITS)))
objects  = $(call parts,$(1)) $(patsubst %.cpp,$(BUILD)/%.o,$(wildcard $(addsuffix /main.cpp,$(1))))
SQL      := $(patsubst sql/statements/%.sql,$(BUILD)/gen/sql/%.h,$(wildcard sql/statements/*.sql)) \
  $(BUILD)/gen/sql/statements.h
# The standard library's headers, read once; only the quick-to-build mode has them. What tests
# measure is not themselves: they are not optimized.
PCH_debug := $(BUILD)/pch/product.h.gch
TEST_PCH_debug := $(BUILD)/pch/tests.h.gch
PCH      := $(PCH_$(MODE))
$(BUILD)/test_units/%.o $(BUILD)/pch/tests.h.gch: CXXFLAGS_debug := -O0
$(BUILD)/test_units/%.o: PCH := $(TEST_PCH_$(MODE))
LIBRARY  := $(BUILD)/libdundun.a
HANDLERS := $(notdir $(patsubst %/,%,$(wildcard handlers/*/)))
BINARIES := $(HANDLERS) scheduler reconcile ws-bridge dundunctl smpp-guard
OPENAPI  := $(BUILD)/gen/openapi
TESTS    := unit_tests integration_tests fault_tests
FUZZERS  := $(patsubst tests/fuzz/%.cpp,%,$(wildcard tests/fuzz/*.cpp))
# Beside the products: programs for trying and measuring them.
TOOLS    := smsc-simulator
BENCHES  := $(patsubst tests/bench/%.cpp,%,$(wildcard tests/bench/*.cpp))

.PHONY: build deps run up restart down status logs reset test check bench bench-compare fuzz \
  mutants clean help format endpoints statements sbom portal portal-dev deb test-packages test-upgrade \
  container test-container test-systemd test-failover
build: $(addprefix $(BUILD)/bin/,$(BINARIES) $(TOOLS)) $(BUILD)/openapi.json
# The benchmarks too: nobody runs them daily, and they would break unseen.
tests: build $(addprefix $(BUILD)/bin/,$(TESTS)) $(BENCHES:%=$(BUILD)/bin/bench_%)

$(BUILD)/gen/sql/%.h: sql/statements/%.sql sql/columns.awk sql/statements.awk sql/numbers.txt
	@mkdir -p $(@D)
	@awk -f sql/columns.awk -f sql/statements.awk $< > $@
# Else make removes them after the build, and everything is stale.
.SECONDARY: $(SQL)
$(BUILD)/gen/sql/statements.h: $(wildcard sql/statements/*.sql) $(wildcard sql/*.awk) sql/numbers.txt
	@mkdir -p $(@D)
	@awk -v all=1 -f sql/columns.awk -f sql/statements.awk $(sort $(wildcard sql/statements/*.sql)) > $@

$(BUILD)/gen/sms/plans.h: common/sms/numbering_plans.txt common/sms/numbering_plans.awk
	@mkdir -p $(@D)
	@awk -f common/sms/numbering_plans.awk $< > $@

$(BUILD)/gen/base/release.h: VERSION
	@mkdir -p $(@D)
	@echo 'inline constexpr char kVersion[] = "$(shell cat VERSION)";' > $@

$(LIBRARY): $(call parts,$(COMMON))
	@rm -f $@
	@echo "  AR   $@"
	@ar rcs $@ $^

$(HANDLERS:%=$(BUILD)/bin/%): MAIN = $(call objects,handlers/$(@F))
.SECONDEXPANSION:
$(HANDLERS:%=$(BUILD)/bin/%): $$(call objects,handlers/$$(@F)) $(LIBRARY)
$(BUILD)/bin/scheduler: $(call objects,scheduler) $(LIBRARY)
$(BUILD)/bin/reconcile: $(call objects,scheduler/reconcile) $(LIBRARY)
$(BUILD)/bin/dundunctl: $(call objects,handlers/admin/ctl) $(call parts,handlers/admin) $(LIBRARY)
$(BUILD)/bin/ws-bridge: $(call objects,ws-bridge) $(LIBRARY)
$(BUILD)/bin/smpp-guard: $(call objects,smpp-guard) $(LIBRARY)
# Unit tests see the pure parts of the binaries too.
$(BUILD)/bin/unit_tests: \
  $(call parts,tests/unit $(wildcard handlers/*) scheduler openapi smpp-guard ws-bridge) $(LIBRARY)
# openapi.json, from the route tables and the schemas beside them.
$(OPENAPI)/groups.h: openapi/groups.awk $(wildcard handlers/*/endpoints.h handlers/*/schemas.h)
	@mkdir -p $(@D)
	@awk -f openapi/groups.awk $(sort $(wildcard handlers/*/endpoints.h handlers/*/schemas.h)) > $@
# It reads the tables and calls no handler: it waits for none and links none, and of the library only
# what it does call. `make check` has it within a minute.
# Where functions are missing, GNU ld writes relocations of no type for a sanitizer's calls; gold does
# not, but what it links cannot be bound at the start, as releases are.
$(BUILD)/bin/openapi: LDFLAGS += $(if $(findstring san,$(MODE)),-fuse-ld=gold) \
  -Wl,--unresolved-symbols=ignore-all
$(BUILD)/bin/openapi: $(call objects,openapi) $(call parts,common/base) \
  $(addprefix $(BUILD)/common/,io/json.o io/json_writer.o web/router.o web/shape.o)
$(BUILD)/openapi.json: $(BUILD)/bin/openapi
	@$< > $@
# Integration tests read the tables of endpoints, and try the webhook job with a resolver of their own.
$(BUILD)/bin/integration_tests: $(call parts,tests/integration tests/contract tests/browser tests/support \
  $(wildcard handlers/*) scheduler) $(LIBRARY)
$(BUILD)/bin/fault_tests: $(call parts,tests/fault tests/support) $(LIBRARY)
$(BUILD)/bin/smsc-simulator: $(call objects,tests/smsc) $(BUILD)/tests/support/smsc_simulator.o \
  $(LIBRARY)
$(BENCHES:%=$(BUILD)/bin/bench_%): $(BUILD)/bin/bench_%: $(BUILD)/tests/bench/%.o $(LIBRARY)
$(TESTS:%=$(BUILD)/bin/%): LDLIBS += -lgtest_main -lgtest
$(BUILD)/bin/unit_tests: LDLIBS += -lsmpp34
$(TESTS:%=$(BUILD)/bin/%): LDFLAGS_debug += -Wl,--strip-debug

$(BUILD)/bin/%:
	@mkdir -p $(@D)
	@echo "  LINK $@"
	@$(CXX) $(LDFLAGS) $^ -o $@ $(LDLIBS)

# What all objects depend on: how they are compiled, not the rest of this file. EXTRA_CXXFLAGS
# (tests/mutants/run.sh) are not part of it.
FLAGS    := $(BUILD)/flags
$(shell mkdir -p $(BUILD) && echo '$(CPPFLAGS) $(CXXFLAGS)' | cmp -s - $(FLAGS) || \
  echo '$(CPPFLAGS) $(CXXFLAGS)' > $(FLAGS))
compile = $(CXX) $(CPPFLAGS) $(CXXFLAGS) $(EXTRA_CXXFLAGS) $(if $(PCH),-include $(PCH:.gch=)) -c $< -o $@
GENERATED := $(SQL) $(OPENAPI)/groups.h $(BUILD)/gen/sms/plans.h $(BUILD)/gen/base/release.h
$(BUILD)/units/%.o: $(BUILD)/units/%.cpp $(FLAGS) $(PCH) | $(GENERATED)
	@echo "  CXX  $(*F)"
	@$(compile)
$(BUILD)/test_units/%.o: $(BUILD)/test_units/%.cpp $(FLAGS) $(TEST_PCH_$(MODE)) | $(GENERATED)
	@echo "  CXX  $(*F)"
	@$(compile)
$(BUILD)/%.o: %.cpp $(FLAGS) $(PCH) | $(GENERATED)
	@mkdir -p $(@D)
	@echo "  CXX  $<"
	@$(compile)

$(BUILD)/pch/product.h.gch: common/base/std.h $(FLAGS)
$(BUILD)/pch/tests.h.gch: tests/support/std.h common/base/std.h $(FLAGS)
$(BUILD)/pch/%.gch:
	@mkdir -p $(@D)
	@echo "  PCH  $<"
	@echo '#include "$<"' > $(@:.gch=)
	@g++ $(CPPFLAGS) $(CXXFLAGS) -x c++-header $< -o $@

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

deps: ## install the Debian packages that are missing
	@deploy/dev/deps.sh build

# Without the portal everything else runs, and says why it is not there.
run: deps ## build and start everything in the foreground; CARRIER=kannel: through real SMPP
	@$(MAKE) --no-print-directory -j$$(nproc) build
	-@deploy/dev/portal.sh
	@deploy/dev/stack.sh run

up: deps ## the same in the background
	@$(MAKE) --no-print-directory -j$$(nproc) build
	-@deploy/dev/portal.sh
	@deploy/dev/stack.sh up

restart: ## build, and restart what changed of what runs
	@$(MAKE) --no-print-directory -j$$(nproc) build
	-@deploy/dev/portal.sh
	@deploy/dev/stack.sh restart

portal: $(BUILD)/openapi.json ## build the portal alone, into build/portal
	@deploy/dev/portal.sh

portal-dev: $(BUILD)/openapi.json ## the same, again after each change of it
	@deploy/dev/portal.sh --watch

down: ## stop it
	@deploy/dev/stack.sh down

status: ## say what runs
	@deploy/dev/stack.sh status

logs: ## follow the logs
	@deploy/dev/stack.sh logs

reset: ## stop it and forget the data
	@deploy/dev/stack.sh reset

test: ## unit, integration and fault tests against real servers
	@deploy/dev/deps.sh test
	@deploy/dev/npm.sh
	@$(MAKE) --no-print-directory -j$$(nproc) tests
	@deploy/dev/portal.sh
	@tests/run.py

check: ## format, layers, sizes, dead files, references, shell lint, openapi.json
	@deploy/dev/deps.sh check
	@tests/check/run.sh

sbom: build ## list what the programs are made of: CycloneDX JSON in BUILD/sbom.json
	@deploy/dev/sbom.py $(BUILD)/bin $(BINARIES) >$(BUILD)/sbom.json
	@deploy/dev/sbom.py --check $(BUILD)/sbom.json
	@echo "$(BUILD)/sbom.json"

deb: ## the Debian packages, in build/deb
	@deploy/dev/deps.sh package
	@$(MAKE) --no-print-directory -j$$(nproc) MODE=release BUILD=build/release build
	@BUILD=build/release deploy/dev/portal.sh
	@MODE=release deploy/package/deb.sh

# Asks the Debian mirror for a clean root; takes some minutes, so it is not part of `make test`.
test-packages: deb ## install, set up, upgrade and purge the packages in a clean Debian 12
	@tests/packages/run.sh

container: deb ## the container image localhost/dundun, from the packages
	@$$(command -v podman || echo docker) build -t localhost/dundun:latest -f deploy/container/Containerfile .

test-container: deb ## everything of compose.yaml in containers: a message, four workers, a restart
	@deploy/dev/deps.sh container
	@tests/container/run.sh

test-systemd: deb ## the packages in a Debian that boots: units, restarts under load, certbot
	@deploy/dev/deps.sh systemd
	@tests/systemd/run.sh

# Builds each release once, so it is not part of `make test`.
test-upgrade: ## from each release to this checkout and back, under load
	@deploy/dev/deps.sh build
	@tests/upgrade/run.py

# Makes network namespaces, and needs minutes of waiting; so it is not part of `make test`.
test-failover: build ## Patroni by the shipped file: switched over, its host killed, cut off, under load
	@deploy/dev/deps.sh failover
	@tests/failover/run.py

endpoints: ## list the endpoints with their rights, handlers and tests; FILTER=webhooks
	@deploy/dev/endpoints.py

statements: ## write down how far each statement reaches
	@awk -f sql/reach.awk sql/statements/*.sql | LC_ALL=C.UTF-8 sort >tests/data/statements.txt
	@cut -d' ' -f3 tests/data/statements.txt | sort | uniq -c

bench: ## measure, and compare with Kannel
	@deploy/dev/deps.sh bench
	@$(MAKE) --no-print-directory -j$$(nproc) MODE=release BUILD=build/release build $(BENCHES:%=build/release/bin/bench_%)
	@tests/bench/run.sh
	@tests/bench/campaigns.sh
	@tests/bench/timing.sh
	@tests/bench/export.sh
	@tests/bench/webhooks.sh
	@tests/bench/bridge.sh
	@tests/bench/kannel.sh
	@tests/bench/reads.sh

bench-compare: ## sends by turns: REF=<commit> and this tree, or SETTINGS="NAME=VALUE" and none
	@deploy/dev/deps.sh bench
	@$(MAKE) --no-print-directory -j$$(nproc) MODE=release BUILD=build/release build/release/bin/messages \
	  build/release/bin/reconcile build/release/bin/bench_trivial
	@tests/bench/compare.sh

fuzz: ## every fuzz target for FUZZ_SECONDS
	@deploy/dev/deps.sh fuzz
	@tests/fuzz/run.sh $(FUZZERS)

mutants: ## break pure logic in 200 places; do the unit tests notice? FILES=common/sms
	@tests/mutants/run.sh

format: ## clang-format everything
	@git ls-files '*.cpp' '*.h' | xargs clang-format -i

clean: ## remove what was built
	rm -rf build
