# The only build file. `make help` lists the targets; MODE=debug|release|asan|tsan picks the build.
MODE  ?= debug
BUILD := build/$(MODE)
PORT  ?= 8080
FUZZ_SECONDS ?= 60
export MODE BUILD PORT FUZZ_SECONDS

.DEFAULT_GOAL := build
.DELETE_ON_ERROR:

CXX      := $(if $(shell command -v ccache),ccache )g++
PKGS     := fcgi hiredis libpq libwebsockets openssl libcurl libuv RapidJSON icu-uc libargon2
CPPFLAGS  = -I. -I$(BUILD)/gen -MMD -MP $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(PKGS) 2>/dev/null))
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
CXXFLAGS_debug   := -O1 -g
CXXFLAGS_release := -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong
# With a sanitizer g++ takes std::regex for uninitialized; the other modes look for that.
CXXFLAGS_asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -Wno-maybe-uninitialized
CXXFLAGS_tsan    := -O1 -g -fsanitize=thread -Wno-maybe-uninitialized
CXXFLAGS  = -std=c++20 -pthread $(CXXFLAGS_$(MODE)) $(WARNINGS)
LDFLAGS   = -pthread -Wl,--as-needed $(filter -fsanitize=%,$(CXXFLAGS_$(MODE)))
LDLIBS    = $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lcsv -lphonenumber -lprotobuf

objects = $(patsubst %.cpp,$(BUILD)/%.o,$(sort $(wildcard $(addsuffix /*.cpp,$(1)))))
SQL      := $(BUILD)/gen/sql/statements.h
LIBRARY  := $(BUILD)/libdundun.a
HANDLERS := $(notdir $(patsubst %/,%,$(wildcard handlers/*/)))
BINARIES := $(HANDLERS) scheduler reconcile ws-bridge dundunctl smpp-guard
OPENAPI  := $(BUILD)/gen/openapi
TESTS    := unit_tests integration_tests fault_tests
FUZZERS  := $(patsubst tests/fuzz/%.cpp,%,$(wildcard tests/fuzz/*.cpp))
# Beside the products: programs for trying and measuring them.
TOOLS    := smsc-simulator
BENCHES  := $(patsubst tests/bench/%.cpp,%,$(wildcard tests/bench/*.cpp))

.PHONY: build deps run up down status logs reset test check bench fuzz mutants clean help format
build: $(addprefix $(BUILD)/bin/,$(BINARIES) $(TOOLS)) $(BUILD)/openapi.json
tests: build $(addprefix $(BUILD)/bin/,$(TESTS))

$(SQL): sql/statements.awk $(wildcard sql/statements/*.sql)
	@mkdir -p $(@D)
	@awk -f sql/statements.awk $(sort $(wildcard sql/statements/*.sql)) > $@

$(LIBRARY): $(call objects,$(wildcard common/*))
	@rm -f $@
	@echo "  AR   $@"
	@ar rcs $@ $^

$(HANDLERS:%=$(BUILD)/bin/%): MAIN = $(call objects,handlers/$(@F))
.SECONDEXPANSION:
$(HANDLERS:%=$(BUILD)/bin/%): $$(call objects,handlers/$$(@F)) $(LIBRARY)
$(BUILD)/bin/scheduler: $(call objects,scheduler) $(LIBRARY)
$(BUILD)/bin/reconcile: $(call objects,scheduler/reconcile) $(LIBRARY)
$(BUILD)/bin/dundunctl: $(call objects,handlers/admin/ctl) \
  $(filter-out %/main.o,$(call objects,handlers/admin)) $(LIBRARY)
$(BUILD)/bin/ws-bridge: $(call objects,ws-bridge) $(LIBRARY)
$(BUILD)/bin/smpp-guard: $(call objects,smpp-guard) $(LIBRARY)
# Unit tests see the pure parts of the binaries too.
$(BUILD)/bin/unit_tests: $(call objects,tests/unit) \
  $(filter-out %/main.o,$(call objects,$(wildcard handlers/*) scheduler openapi smpp-guard)) $(LIBRARY)
# openapi.json, from the route tables and the schemas beside them.
$(OPENAPI)/groups.h: openapi/groups.awk $(wildcard handlers/*/routes.h handlers/*/schemas.h)
	@mkdir -p $(@D)
	@awk -f openapi/groups.awk $(sort $(wildcard handlers/*/routes.h handlers/*/schemas.h)) > $@
$(BUILD)/bin/openapi: $(call objects,openapi) \
  $(filter-out %/main.o,$(call objects,$(wildcard handlers/*))) $(LIBRARY)
$(BUILD)/openapi.json: $(BUILD)/bin/openapi
	@$< > $@
# Integration tests read the tables of endpoints, and try the webhook job with a resolver of their own.
$(BUILD)/bin/integration_tests: $(call objects,tests/integration tests/browser tests/support) \
  $(filter-out %/main.o,$(call objects,$(wildcard handlers/*) scheduler)) $(LIBRARY)
$(BUILD)/bin/fault_tests: $(call objects,tests/fault tests/support) $(LIBRARY)
$(BUILD)/bin/smsc-simulator: $(call objects,tests/smsc) $(BUILD)/tests/support/smsc_simulator.o \
  $(LIBRARY)
$(BENCHES:%=$(BUILD)/bin/bench_%): $(BUILD)/bin/bench_%: $(BUILD)/tests/bench/%.o $(LIBRARY)
$(TESTS:%=$(BUILD)/bin/%): LDLIBS += -lgtest_main -lgtest

$(BUILD)/bin/%:
	@mkdir -p $(@D)
	@echo "  LINK $@"
	@$(CXX) $(LDFLAGS) $^ -o $@ $(LDLIBS)

$(BUILD)/%.o: %.cpp Makefile | $(SQL) $(OPENAPI)/groups.h
	@mkdir -p $(@D)
	@echo "  CXX  $<"
	@$(CXX) $(CPPFLAGS) $(CXXFLAGS) -c $< -o $@

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

deps: ## install the Debian packages that are missing
	@deploy/dev/deps.sh build

run: deps ## build and start everything in the foreground; CARRIER=kannel: through real SMPP
	@$(MAKE) --no-print-directory -j$$(nproc) build
	@deploy/dev/stack.sh run

up: deps ## the same in the background
	@$(MAKE) --no-print-directory -j$$(nproc) build
	@deploy/dev/stack.sh up

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
	@$(MAKE) --no-print-directory -j$$(nproc) tests
	@tests/run.sh

check: ## format, layering, SQL, shell lint
	@deploy/dev/deps.sh check
	@tests/check/run.sh

bench: ## measure, and compare with Kannel
	@deploy/dev/deps.sh bench
	@$(MAKE) --no-print-directory -j$$(nproc) MODE=release build $(BENCHES:%=build/release/bin/bench_%)
	@tests/bench/run.sh
	@tests/bench/campaigns.sh
	@tests/bench/timing.sh
	@tests/bench/export.sh
	@tests/bench/webhooks.sh
	@tests/bench/bridge.sh
	@tests/bench/kannel.sh
	@tests/bench/reads.sh

fuzz: ## every fuzz target for FUZZ_SECONDS
	@deploy/dev/deps.sh fuzz
	@tests/fuzz/run.sh $(FUZZERS)

mutants: ## break pure logic in 200 places; do the unit tests notice? FILES=common/sms
	@tests/mutants/run.sh

format: ## clang-format everything
	@git ls-files '*.cpp' '*.h' | xargs clang-format -i

clean: ## remove what was built
	rm -rf build
