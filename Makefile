# schedlab: `make help` lists what there is to make.
#
# Every folder of impls/ with a backend.mk is a back end.  A C back end becomes
# build/libschedlab-NAME.a, build/cell-NAME (with all workloads) and
# build/conform-NAME (the conformance suite); another language brings its own
# rule for build/cell-NAME.

BUILD   ?= build
CC      ?= cc
CXX     ?= c++
V       ?=
Q       := $(if $(V),,@)
say      = $(if $(V),,@printf '  %-7s %s\n' $(1) $(2))

CFLAGS   ?= -O2 -g
WARN     := -Wall -Wextra -Werror
SAN      ?=
CPPFLAGS += -D_GNU_SOURCE -MMD -MP
# perf walks stacks by frame pointers, a deadlock report by these tables.
WALK         = -fno-omit-frame-pointer -fasynchronous-unwind-tables
ALL_CFLAGS   = -std=c11 $(WARN) $(CFLAGS) $(WALK) -pthread $(if $(SAN),-fsanitize=$(SAN))
ALL_CXXFLAGS = -std=c++17 $(WARN) $(CFLAGS) $(WALK) -pthread $(if $(SAN),-fsanitize=$(SAN))
LINK         = -pthread $(if $(SAN),-fsanitize=$(SAN)) $(LDFLAGS)

ARCH := $(firstword $(subst -, ,$(shell $(CC) -dumpmachine 2>/dev/null)))
pkg   = $(shell pkg-config $(1) 2>/dev/null)

.PHONY: all
all:

# ---- Back ends ---------------------------------------------------------
# backend.mk sets, reading $(here), its folder:
#   model  the scheduling model, as shown: 1:1
#   caps   of parallel, preemptive, blocking (enum wl_cap), threads (needs a
#          kernel thread a G, so the system's thread limit applies)
#   src    C and assembly sources; none means: not a C back end, and rules.mk
#          beside it makes build/cell-NAME or, where it cannot,
#          build/cell-NAME.na with the reason in a line

BACKENDS := $(patsubst impls/%/backend.mk,%,$(wildcard impls/*/backend.mk))

define read_backend
here := impls/$(1)
model :=
caps :=
src :=
include impls/$(1)/backend.mk
$(1).model := $$(model)
$(1).caps := $$(caps)
$(1).src := $$(src)
endef
$(foreach b,$(BACKENDS),$(eval $(call read_backend,$(b))))
C_BACKENDS := $(foreach b,$(BACKENDS),$(if $($(b).src),$(b)))
OTHER_BACKENDS := $(filter-out $(C_BACKENDS),$(BACKENDS))

WORKLOAD_SRC := $(sort $(wildcard workloads/*.c workloads/*/*.c))
WORKLOAD_SRC := $(filter-out %_test.c workloads/demo/%,$(WORKLOAD_SRC))
DEMO_SRC     := $(sort $(wildcard workloads/demo/*.c))
CELL_SRC     := $(addprefix harness/,cell.c cell_args.c cell_run.c results_cell.c)
CONFORM_SRC  := impls/conform.c $(sort $(wildcard impls/*_test.c impls/sync/*_test.c impls/coro/*_test.c))

# A library's names are sl_... alone: what its files call each other by is none of a
# program's business.
OBJCOPY ?= $(patsubst %ar,%objcopy,$(AR))
obj = $(addprefix $(BUILD)/obj/$(1)/,$(addsuffix .o,$(2)))

define c_backend
$(1).def := -DSL_BACKEND='"$(1)"' -DSL_MODEL='"$($(1).model)"' -DSL_CAPS='"$($(1).caps)"' -Iimpls/$(1) -Iimpls
$(call obj,$(1),$($(1).src)): private DEF = $$($(1).def)
$(call obj,$(1),$(WORKLOAD_SRC)): private DEF = $$($(1).def) -Iworkloads
$(call obj,$(1),$(DEMO_SRC)): private DEF = $$($(1).def) -Iworkloads
$(call obj,$(1),$(CELL_SRC)): private DEF = $$($(1).def) -Iworkloads $(call pkg,--cflags jansson)
$(call obj,$(1),$(CONFORM_SRC)): private DEF = $$($(1).def)
$(BUILD)/obj/$(1)/%.c.o: %.c
	$$(call say,CC,"$$< ($(1))")
	@mkdir -p $$(@D)
	$(Q)$$(CC) $$(CPPFLAGS) $$(DEF) $$(ALL_CFLAGS) -c -o $$@ $$<
$(BUILD)/obj/$(1)/%.S.o: %.S
	$$(call say,AS,"$$< ($(1))")
	@mkdir -p $$(@D)
	$(Q)$$(CC) $$(CPPFLAGS) $$(DEF) $$(ALL_CFLAGS) -c -o $$@ $$<
$(BUILD)/libschedlab-$(1).a: $(call obj,$(1),$($(1).src))
	$$(call say,AR,$$@)
	@rm -f $$@
	$(Q)$$(CC) -r -nostdlib -o $$@.o $$^
	$(Q)$$(OBJCOPY) --wildcard --keep-global-symbol='sl_*' $$@.o
	$(Q)$$(AR) rcs $$@ $$@.o
$(BUILD)/cell-$(1): $(call obj,$(1),$(WORKLOAD_SRC) $(CELL_SRC)) $(CELL_COMMON) $(BUILD)/libschedlab-$(1).a
	$$(call say,LD,$$@)
	$(Q)$$(CXX) $$(LINK) -o $$@ $$^ $$(CELL_LIBS)
$(BUILD)/demo-$(1): $(call obj,$(1),$(DEMO_SRC)) $(BUILD)/libschedlab-$(1).a
	$$(call say,LD,$$@)
	$(Q)$$(CC) $$(LINK) -o $$@ $$^
$(BUILD)/conform-$(1): $(call obj,$(1),$(CONFORM_SRC)) $(BUILD)/libschedlab-$(1).a
	$$(call say,LD,$$@)
	$(Q)$$(CC) $$(LINK) -o $$@ $$^ -lm
-include $$(patsubst %.o,%.d,$$(call obj,$(1),$($(1).src) $(WORKLOAD_SRC) $(DEMO_SRC) $(CELL_SRC) $(CONFORM_SRC)))
endef

# What every C cell shares, compiled once.
CELL_COMMON := $(call obj,harness,$(addprefix harness/,gbench.cc affinity.c err.c files.c parse.c thread_limit.c))
CELL_LIBS    = $(call pkg,--libs benchmark) $(call pkg,--libs jansson) -lm
$(foreach b,$(C_BACKENDS),$(eval $(call c_backend,$(b))))

# ---- The harness: build/schedlab ---------------------------------------

HARNESS_TEST := $(sort $(wildcard harness/*_test.c))
HARNESS_SRC  := $(filter-out $(CELL_SRC) $(HARNESS_TEST),$(sort $(wildcard harness/*.c)))
HARNESS_MAIN := harness/main.c
HARNESS_OBJ  := $(call obj,harness,$(filter-out $(HARNESS_MAIN),$(HARNESS_SRC)))
HARNESS_LIBS  = $(call pkg,--libs hwloc jansson) -lm
HARNESS_DEF   = -I$(BUILD)/gen -Iharness -Iworkloads $(call pkg,--cflags hwloc jansson)

$(BUILD)/obj/harness/%.c.o: %.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(HARNESS_DEF) $(ALL_CFLAGS) -c -o $@ $<
$(BUILD)/obj/harness/%.cc.o: %.cc
	$(call say,CXX,$<)
	@mkdir -p $(@D)
	$(Q)$(CXX) $(CPPFLAGS) $(call pkg,--cflags benchmark) $(ALL_CXXFLAGS) -c -o $@ $<
$(BUILD)/schedlab: $(call obj,harness,$(HARNESS_MAIN)) $(HARNESS_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(LINK) -o $@ $^ $(HARNESS_LIBS)
$(BUILD)/test/%_test: $(BUILD)/obj/harness/%_test.c.o $(HARNESS_OBJ)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LINK) -o $@ $^ $(HARNESS_LIBS) -lcmocka
-include $(patsubst %.o,%.d,$(call obj,harness,$(HARNESS_SRC) $(HARNESS_TEST) harness/gbench.cc))

# What meta.json says of this build; it changes only when what it says does.
VERSION := 0.1
.PHONY: FORCE
$(BUILD)/gen/build_info.h: FORCE
	@mkdir -p $(@D)
	@define() { printf '#define BUILD_%s "%s"\n' "$$1" "$$(printf %s "$$2" | sed 's/[\\"]/\\&/g')"; }; \
	 { define VERSION '$(VERSION)'; \
	   define COMMIT "$$(git describe --always --dirty --abbrev=12 2>/dev/null || echo unknown)"; \
	   define CC "$$($(CC) --version | head -n 1)"; \
	   define FLAGS '$(ALL_CFLAGS)'; \
	   define BENCHMARK '$(call pkg,--modversion benchmark)'; \
	   define HWLOC '$(call pkg,--modversion hwloc)'; \
	   define JANSSON '$(call pkg,--modversion jansson)'; \
	   define GO "$$(go version 2>/dev/null)"; } >$@.tmp
	@cmp -s $@.tmp $@ && rm $@.tmp || mv $@.tmp $@
$(call obj,harness,harness/main.c harness/meta.c): $(BUILD)/gen/build_info.h

# What `schedlab list` knows of each back end without running it.
comma := ,
$(BUILD)/backends.tsv: Makefile impls $(wildcard impls/*/backend.mk)
	@mkdir -p $(@D)
	@printf '$(foreach b,$(BACKENDS),$(b)\t$($(b).model)\t$(subst $() ,$(comma),$(strip $($(b).caps)))\n)' | sed 's/^ //' >$@
# The declarations of the workloads, for cells that are not C.
FIRST_CELL := $(BUILD)/cell-$(firstword $(C_BACKENDS))
$(BUILD)/workloads.json: $(FIRST_CELL)
	@$(FIRST_CELL) --info >$@.tmp && mv $@.tmp $@

CELLS := $(addprefix $(BUILD)/cell-,$(C_BACKENDS))
DEMOS := $(addprefix $(BUILD)/demo-,$(C_BACKENDS))
LIBS  := $(patsubst %,$(BUILD)/libschedlab-%.a,$(C_BACKENDS))
all: $(BUILD)/schedlab $(CELLS) $(DEMOS) $(LIBS) $(BUILD)/backends.tsv $(BUILD)/workloads.json
include $(OTHER_BACKENDS:%=impls/%/rules.mk)

# ---- What people ask for: make help --------------------------------------

#: make              builds everything into build/
#: make matrix       sets up, builds, runs the quick comparison matrix and draws it
#: make ratios       the yardstick: every back end against Go, and the targets; 10 minutes
#: make plots        draws the last run again, or RUN=results/...
#: make check        sets up, builds, runs every test; ends with their tally
#: make asan         the conformance suite of every back end under AddressSanitizer
#:                   and UndefinedBehaviorSanitizer; make tsan, make ubsan: likewise
#: make install      headers, libraries and pkg-config files: PREFIX=/usr/local DESTDIR=
#: make clean        removes build/; results/ stays
#:
#: CC=clang CXX=clang++   another compiler      CFLAGS='-O3 -g'   other optimisation
#: BUILD=build/clang      builds elsewhere      V=1               shows the commands
#: SETUP=:                matrix and check then install nothing
.PHONY: help
help:
	@sed -n 's/^#: \{0,1\}//p' Makefile

# Installs what is missing.  What it brings, a make sees that starts afterwards:
# one with as many jobs as there are processors, unless -j said otherwise.
SETUP ?= scripts/setup
remake = +$(Q)$(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))

.PHONY: matrix ratios plots
matrix:
	@$(SETUP) build
	$(remake) all
	@$(BUILD)/schedlab matrix --preset quick
# Rows that are wrong or failed do not stop the table, which says so itself.
ratios:
	@$(SETUP) build
	$(remake) all
	@out=results/$$(date -u +%Y%m%dT%H%M%SZ)-ratios; \
	 $(BUILD)/schedlab matrix --preset ratios --out "$$out" >/dev/null || { rc=$$?; [ $$rc -eq 1 ] || exit $$rc; }; \
	 echo "The run is in $$out"; $(BUILD)/schedlab ratios "$$out"
RUN ?= $(patsubst %/meta.json,%,$(firstword $(shell ls -t results/*/meta.json 2>/dev/null)))
plots: all
	@[ -n '$(RUN)' ] || { echo 'make plots: results/ has no run yet; make matrix makes one' >&2; exit 2; }
	@$(BUILD)/schedlab plot '$(RUN)'

# ---- Tests -----------------------------------------------------------------
# A suite is 'LABEL: COMMAND', a line of suites below; the command prints TAP, and
# scripts/check judges it.

# What workloads share is tested by itself: sha1.c by sha1_test.c.
WORKLOAD_TEST := $(sort $(wildcard workloads/*_test.c))
$(WORKLOAD_TEST:%.c=$(BUILD)/test/%): $(BUILD)/test/%_test: $(BUILD)/obj/harness/%_test.c.o $(BUILD)/obj/harness/%.c.o
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LINK) -o $@ $^ -lcmocka
UNIT := $(patsubst %.c,$(BUILD)/test/%,$(HARNESS_TEST) $(WORKLOAD_TEST))
BATS := $(sort $(wildcard scripts/*.bats impls/*.bats impls/*/*.bats harness/*.bats))
CONFORM := $(C_BACKENDS:%=$(BUILD)/conform-%)
# Whether an aarch64 machine is to be emulated, and can be.
ARM := $(and $(filter x86_64,$(ARCH)),$(shell command -v aarch64-linux-gnu-gcc),$(shell command -v qemu-aarch64))
# A suite for each of BACKENDS and each number of processors that makes a difference
# to it: $(call conformance,LABEL,BACKENDS,BUILD,RUN WITH)
conformance = $(foreach b,$(2),$(foreach p,$(if $(filter parallel,$($(b).caps)),1 2 4 8,1),\
	'$(1) $(b) -p $(p): $(4) $(3)/conform-$(b) -p $(p)'))
# An emulated kernel thread takes milliseconds to make, and has nothing of ours in it.
THREADS := $(foreach b,$(C_BACKENDS),$(if $(filter threads,$($(b).caps)),$(b)))
aarch64 = $(if $(ARM),\
	$(call conformance,aarch64,$(filter-out $(THREADS),$(C_BACKENDS)),$(BUILD)/aarch64,CONFORM_PATIENCE=1 qemu-aarch64 -L /usr/aarch64-linux-gnu) \
	$(THREADS:%='aarch64 %: echo "1..0 # SKIP too many kernel threads for an emulator"'),\
	$(if $(filter x86_64,$(ARCH)),'aarch64: echo "1..0 # SKIP no cross compiler or no emulator for aarch64"'))

.PHONY: check suites conform
check:
	@$(SETUP) check
	$(remake) suites
# Those that look at the clock come last, one by one.
suites: all conform $(UNIT) build-asan build-tsan $(if $(ARM),build-aarch64)
	@BUILD=$(BUILD) scripts/check -o $(BUILD)/check -j 2 \
		'the shape of the sources: scripts/check-includes' \
		$(foreach t,$(UNIT),'$(t:$(BUILD)/test/%=%): $(t)') \
		$(foreach t,$(filter scripts/%,$(BATS)),'$(t): bats --tap $(t)') \
		$(call conformance,asan+ubsan,$(C_BACKENDS),$(BUILD)/asan) \
		$(call conformance,tsan,$(C_BACKENDS),$(BUILD)/tsan,$(tsan.run)) \
		$(aarch64) \
		-j 1 \
		$(foreach t,$(filter-out scripts/%,$(BATS)),'$(t): bats --tap $(t)') \
		$(call conformance,conformance,$(C_BACKENDS),$(BUILD))
conform: $(CONFORM)
	@:
.SECONDARY: $(call obj,harness,$(HARNESS_TEST) $(WORKLOAD_TEST))

asan.san  := address,undefined
tsan.san  := thread
ubsan.san := undefined
# gcc 12's ThreadSanitizer dies where the kernel randomises 32 bits of an address.
tsan.run  := $(shell setarch -R true 2>/dev/null && echo setarch -R)
# Newer compilers look for uses of locals after their function's return; older ones
# have to be told.
export ASAN_OPTIONS ?= detect_stack_use_after_return=1
# Left alone, UndefinedBehaviorSanitizer prints what it finds and goes on.
export UBSAN_OPTIONS ?= halt_on_error=1:print_stacktrace=1
# Left alone, ThreadSanitizer waits a second for races at each process's end.
export TSAN_OPTIONS ?= atexit_sleep_ms=20
.PHONY: asan tsan ubsan build-asan build-tsan build-ubsan build-aarch64
build-asan build-tsan build-ubsan: build-%:
	+$(Q)$(MAKE) --no-print-directory BUILD=$(BUILD)/$* SAN=$($*.san) conform
build-aarch64:
	+$(Q)$(MAKE) --no-print-directory BUILD=$(BUILD)/aarch64 CC=aarch64-linux-gnu-gcc AR=aarch64-linux-gnu-ar conform
asan tsan ubsan: %:
	$(remake) build-$*
	@scripts/check -o $(BUILD)/$*/check -j 2 $(call conformance,$*,$(C_BACKENDS),$(BUILD)/$*,$($*.run))

# ---- Install, clean --------------------------------------------------------

PREFIX  ?= /usr/local
DESTDIR ?=
.PHONY: install clean
install: $(LIBS)
	@export CC='$(CC)' BUILD='$(BUILD)' PREFIX='$(PREFIX)' DESTDIR='$(DESTDIR)' VERSION='$(VERSION)'; \
	 $(foreach b,$(C_BACKENDS),scripts/install-backend '$(b)' '$($(b).model)' &&) \
	 echo 'installed into $(DESTDIR)$(PREFIX); pkg-config knows: $(C_BACKENDS:%=schedlab-%)'
clean:
	rm -rf -- '$(BUILD)'
