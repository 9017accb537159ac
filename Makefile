# schedlab: `make help` lists what there is to make.
#
# Every folder of impls/ with a backend.mk is a back end.  A C back end becomes
# build/libschedlab-NAME.a, build/cell-NAME (with all workloads) and
# build/conform-NAME (the conformance suite); another language brings its own
# rule for build/cell-NAME.

VERSION := 0.1
BUILD   ?= build
$(if $(word 2,$(BUILD)),$(error BUILD=$(BUILD): make knows no names with spaces; leave BUILD relative))
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
LINK         = -pthread $(filter -flto%,$(CFLAGS)) $(if $(SAN),-fsanitize=$(SAN)) $(LDFLAGS)

ARCH := $(firstword $(subst -, ,$(shell $(CC) -dumpmachine 2>/dev/null)))
pkg   = $(shell pkg-config $(1) 2>/dev/null)

.PHONY: all
all:

# ---- Back ends ---------------------------------------------------------
# backend.mk sets, reading $(here), its folder:
#   model  the scheduling model, as shown: 1:1
#   caps   what it can do and has, of parallel, preemptive, blocking, threads (needs
#          a kernel thread a G, so the system's thread limit applies), channels,
#          timers, fork-join, descriptors (enum wl_cap), sliced (its time slice can
#          be set), steals (from whom, can be set)
#   src    C and assembly sources; none means: not a C back end, and rules.mk
#          beside it makes build/cell-NAME or, where it cannot,
#          build/cell-NAME.na with the reason in a line

# The sources in a folder or several, without their tests.
room = $(filter-out %_test.c,$(sort $(foreach d,$(1:%/=%),$(wildcard $(d)/*.c $(d)/*.S))))

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
WORKLOAD_SRC := $(filter-out %_test.c workloads/demo/% workloads/load/%,$(WORKLOAD_SRC))
DEMO_SRC     := $(sort $(wildcard workloads/demo/*.c))
CELL_SRC     := $(call room,harness/cell)
CONFORM_SRC  := impls/conform/conform.c $(sort $(wildcard impls/*/*_test.c impls/*/*/*_test.c))

# A workload does the same work in every language, and Go makes no vector code: with it
# a C compiler is ahead in one loop, and four times slower in another (bubble sort).
SCALAR := -fno-tree-vectorize -fno-tree-slp-vectorize -falign-loops=64

# A library's names are sl_... alone: what its files call each other by is none of a
# program's business.  Its code may become part of a shared library (LIBRARY), at no price
# where it does not: the linker relaxes what that takes.  And it is no intermediate code,
# whatever a program is compiled with: ld -r and objcopy do not know that.
LIBRARY := -fPIC -fno-semantic-interposition -fvisibility=hidden -ftls-model=initial-exec -fno-lto
OBJCOPY ?= $(patsubst %ar,%objcopy,$(AR))
obj = $(addprefix $(BUILD)/obj/$(1)/,$(addsuffix .o,$(2)))

define c_backend
$(1).def := -DSL_BACKEND='"$(1)"' -DSL_MODEL='"$($(1).model)"' -DSL_CAPS='"$($(1).caps)"' -Iimpls/$(1) -Iimpls
$(call obj,$(1),$($(1).src)): private DEF = $$($(1).def)
$(call obj,$(1),$($(1).src)): private LIB = $$(LIBRARY)
$(call obj,$(1),$(WORKLOAD_SRC)): private DEF = $$($(1).def) -Iworkloads $(SCALAR)
$(call obj,$(1),$(DEMO_SRC)): private DEF = $$($(1).def) -Iworkloads
$(call obj,$(1),$(CELL_SRC)): private DEF = $$($(1).def) -Iharness -Iworkloads $(call pkg,--cflags jansson)
$(call obj,$(1),$(CONFORM_SRC)): private DEF = $$($(1).def)
$(BUILD)/obj/$(1)/%.c.o: %.c
	$$(call say,CC,"$$< ($(1))")
	@mkdir -p $$(@D)
	$(Q)$$(CC) $$(CPPFLAGS) $$(DEF) $$(ALL_CFLAGS) $$(LIB) -c -o $$@ $$<
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
# Its version is all of the project's: what is inline in a program knows its insides.
$(BUILD)/libschedlab-$(1).so: $(BUILD)/libschedlab-$(1).a
	$$(call say,LD,$$@)
	@echo '{ global: sl_*; local: *; };' >$$@.map
	$(Q)$$(CC) -shared $$(LINK) -Wl,-z,defs -Wl,-Bsymbolic-functions -Wl,--version-script=$$@.map -Wl,-soname,libschedlab-$(1).so.$(VERSION) -o $$@ $$<.o
$(BUILD)/cell-$(1): $(call obj,$(1),$(WORKLOAD_SRC) $(CELL_SRC)) $(CELL_COMMON) $(BUILD)/libschedlab-$(1).a
	$$(call say,LD,$$@)
	$(Q)$$(CXX) $$(LINK) -o $$@ $$^ $$(CELL_LIBS)
# Again, with its object files and the library's in another order, which the number decides.
$(BUILD)/layouts/%/cell-$(1): $(BUILD)/cell-$(1) scripts/shuffle
	$$(call say,LD,$$@)
	@mkdir -p $$(@D)
	$(Q)$$(CC) -r -nostdlib -o $$@.lib.o $$$$(scripts/shuffle $$* $(call obj,$(1),$($(1).src)))
	$(Q)$$(OBJCOPY) --wildcard --keep-global-symbol='sl_*' $$@.lib.o
	$(Q)$$(CXX) $$(LINK) -o $$@.new $$$$(scripts/shuffle $$* $(call obj,$(1),$(WORKLOAD_SRC) $(CELL_SRC)) $(CELL_COMMON) $$@.lib.o) $$(CELL_LIBS)
	@ln -sf ../../echo-load $$(@D)/echo-load
	@rm $$@.lib.o && mv $$@.new $$@
$(BUILD)/demo-$(1): $(call obj,$(1),$(DEMO_SRC)) $(BUILD)/libschedlab-$(1).a
	$$(call say,LD,$$@)
	$(Q)$$(CC) $$(LINK) -o $$@ $$^
$(BUILD)/conform-$(1): $(call obj,$(1),$(CONFORM_SRC)) $(BUILD)/libschedlab-$(1).a
	$$(call say,LD,$$@)
	$(Q)$$(CC) $$(LINK) -o $$@ $$^ -lm
-include $$(patsubst %.o,%.d,$$(call obj,$(1),$($(1).src) $(WORKLOAD_SRC) $(DEMO_SRC) $(CELL_SRC) $(CONFORM_SRC)))
endef

# What every C cell shares, compiled once.
CELL_COMMON := $(call obj,harness,$(addprefix harness/,cell/gbench.cc machine/affinity.c machine/conditions.c machine/thread_limit.c noise/neighbour.c noise/run_delay.c stats/stats.c \
                  base/err.c base/files.c base/parse.c base/plain.c))
CELL_LIBS    = $(call pkg,--libs benchmark) $(call pkg,--libs jansson) -lm
$(foreach b,$(C_BACKENDS),$(eval $(call c_backend,$(b))))

# ---- The harness: build/schedlab ---------------------------------------

HARNESS_TEST := $(sort $(wildcard harness/*/*_test.c))
FUZZ_SRC     := $(call room,harness/fuzz)
HARNESS_SRC  := $(filter-out $(CELL_SRC) $(FUZZ_SRC),$(call room,$(wildcard harness/*/)))
HARNESS_MAIN := harness/cli/main.c
HARNESS_OBJ  := $(call obj,harness,$(filter-out $(HARNESS_MAIN),$(HARNESS_SRC)))
HARNESS_LIBS  = $(call pkg,--libs hwloc jansson libarchive libmd) -lm
HARNESS_DEF   = -I$(BUILD)/gen -Iharness -Iworkloads -Iimpls $(call pkg,--cflags hwloc jansson libarchive libmd)

$(BUILD)/obj/harness/%.c.o: %.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(HARNESS_DEF) $(ALL_CFLAGS) -c -o $@ $<
$(BUILD)/obj/harness/%.cc.o: %.cc
	$(call say,CXX,$<)
	@mkdir -p $(@D)
	$(Q)$(CXX) $(CPPFLAGS) -Iharness $(call pkg,--cflags benchmark) $(ALL_CXXFLAGS) -c -o $@ $<
# The script and the style of the zoomable picture of a trace: an object takes them in whole.
$(call obj,harness,harness/timeline/gantt_files.c): harness/timeline/gantt.css harness/timeline/gantt.js
$(BUILD)/schedlab: $(call obj,harness,$(HARNESS_MAIN)) $(HARNESS_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(LINK) -o $@ $^ $(HARNESS_LIBS)
$(BUILD)/test/%_test: $(BUILD)/obj/harness/%_test.c.o $(HARNESS_OBJ)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LINK) -o $@ $^ $(HARNESS_LIBS) -lcmocka
# Every reader on text that is slightly wrong; or, by clang, one of them on its own.
$(BUILD)/fuzz: $(call obj,harness,$(filter-out harness/fuzz/libfuzzer.c,$(FUZZ_SRC))) $(HARNESS_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(LINK) -o $@ $^ $(HARNESS_LIBS)
$(BUILD)/fuzz-%: $(call obj,harness,$(filter-out harness/fuzz/fuzz.c,$(FUZZ_SRC))) $(HARNESS_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(LINK) -fsanitize=fuzzer -o $@ $^ $(HARNESS_LIBS)
-include $(patsubst %.o,%.d,$(call obj,harness,$(HARNESS_SRC) $(HARNESS_TEST) $(FUZZ_SRC) harness/cell/gbench.cc))

# What meta.json says of this build; it changes only when what it says does.
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
$(call obj,harness,harness/cli/main.c harness/machine/facts.c): $(BUILD)/gen/build_info.h

# The page's style and script, which its object takes in whole.
$(call obj,harness,harness/report/page_files.c): $(addprefix harness/report/,report.css report.js curves.js $(addprefix uplot/,uPlot.iife.min.js uPlot.min.css LICENSE))

# What `schedlab list` knows of each back end without running it.
comma := ,
$(BUILD)/backends.tsv: Makefile impls $(wildcard impls/*/backend.mk)
	@mkdir -p $(@D)
	@printf '$(foreach b,$(BACKENDS),$(b)\t$($(b).model)\t$(subst $() ,$(comma),$(strip $($(b).caps)))\n)' | sed 's/^ //' >$@
# The declarations of the workloads, for cells that are not C.
FIRST_CELL := $(BUILD)/cell-$(firstword $(C_BACKENDS))
$(BUILD)/workloads.json: $(FIRST_CELL)
	@$(FIRST_CELL) --info >$@.tmp && mv $@.tmp $@

# What each cell program says of itself, its knobs above all.
$(BUILD)/cell-%.json: $(BUILD)/cell-%
	@$< --info >$@.tmp && mv $@.tmp $@

CELLS := $(addprefix $(BUILD)/cell-,$(C_BACKENDS))
DEMOS := $(addprefix $(BUILD)/demo-,$(C_BACKENDS))
LIBS  := $(patsubst %,$(BUILD)/libschedlab-%.a,$(C_BACKENDS))
# The clients of echo with a rate: one program for every back end.
LOAD_OBJ := $(call obj,harness,$(wildcard workloads/load/*.c) workloads/hist.c)
$(BUILD)/echo-load: $(LOAD_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(LINK) -o $@ $^ -lm
-include $(LOAD_OBJ:.o=.d)
all: $(BUILD)/schedlab $(BUILD)/echo-load $(CELLS) $(CELLS:%=%.json) $(DEMOS) $(LIBS) $(BUILD)/backends.tsv $(BUILD)/workloads.json
include $(OTHER_BACKENDS:%=impls/%/rules.mk)

# Where code lies decides some nanoseconds: with these a matrix measures each cell at
# several places.  Once they are there they are kept up to date, as all else is.
LAYOUTS ?= 12
all: $(wildcard $(CELLS:$(BUILD)/%=$(BUILD)/layouts/*/%))
.PHONY: layouts
layouts: all $(foreach n,$(shell seq $(LAYOUTS)),$(CELLS:$(BUILD)/%=$(BUILD)/layouts/$(n)/%))
	@for d in $(BUILD)/layouts/*; do [ "$${d##*/}" -le '$(LAYOUTS)' ] || rm -r "$$d"; done

# ---- What people ask for: make help --------------------------------------

#: make              builds everything into build/
#: make matrix       sets up, builds, runs the quick comparison matrix and draws it
#: make ratios       the yardstick: every back end against Go, and the targets; 10 minutes
#: make plots        draws the last run again, or RUN=results/...
#: make layouts      links each C cell in LAYOUTS=12 orders of its object files, over which
#:                   later runs rotate; rm -r build/layouts ends that
#: make check        sets up, builds, runs every test; ends with their tally
#: make asan         the conformance suite of every back end under AddressSanitizer
#:                   and UndefinedBehaviorSanitizer; make tsan, make ubsan: likewise
#: make fuzz         100,000 damaged files for each reader under the two: 20 minutes
#: make libfuzzer    build/libfuzzer/fuzz-READER, by clang
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
# Of the bats files, those that look at the clock.
TIMED_BATS := $(addprefix harness/,cell/times.bats machine/quota.bats verdicts/demo.bats verdicts/lessons.bats) \
	impls/work-stealing/schedtrace.bats
BATS := $(sort $(wildcard scripts/*.bats impls/*/*.bats harness/*/*.bats))
CONFORM := $(C_BACKENDS:%=$(BUILD)/conform-%)
# Whether an aarch64 machine is to be emulated, and can be.
ARM := $(and $(filter x86_64,$(ARCH)),$(shell command -v aarch64-linux-gnu-gcc),$(shell command -v qemu-aarch64))
# A suite for each of BACKENDS and each number of processors that makes a difference
# to it, or each of PS: $(call conformance,LABEL,BACKENDS,BUILD,RUN WITH,PS)
conformance = $(foreach b,$(2),$(foreach p,$(if $(filter parallel,$($(b).caps)),$(or $(5),1 2 4 8),1),\
	'$(1) $(b) -p $(p): $(4) $(3)/conform-$(b) -p $(p)'))
# An emulated kernel thread takes milliseconds to make, and has nothing of ours in it.
THREADS := $(foreach b,$(C_BACKENDS),$(if $(filter threads,$($(b).caps)),$(b)))
# Where each G is a kernel thread P says no more than on how many PUs they are, and a
# sanitizer, under which they take long, finds the same at any.
sanitized = $(call conformance,$(1),$(filter-out $(THREADS),$(C_BACKENDS)),$(2),$(3)) \
	$(call conformance,$(1),$(THREADS),$(2),$(3),2)
aarch64 = $(if $(ARM),\
	$(call conformance,aarch64,$(filter-out $(THREADS),$(C_BACKENDS)),$(BUILD)/aarch64,CONFORM_PATIENCE=1 qemu-aarch64 -L /usr/aarch64-linux-gnu) \
	$(THREADS:%='aarch64 %: echo "1..0 # SKIP too many kernel threads for an emulator"'),\
	$(if $(filter x86_64,$(ARCH)),'aarch64: echo "1..0 # SKIP no cross compiler or no emulator for aarch64"'))

.PHONY: check suites conform
check:
	@$(SETUP) check
	$(remake) suites
# Those that look at the clock come last, one by one.  The others sleep for much of their
# time: with one more of them than CI has processors none of these is idle.  Beside a busy
# machine's load the longest takes five times as long as alone.
suites: all conform $(UNIT) build-asan build-tsan build-fuzz $(if $(ARM),build-aarch64)
	@BUILD=$(BUILD) scripts/check -o $(BUILD)/check -t 900 -j 3 \
		'the shape of the sources: scripts/check-includes' \
		$(foreach t,$(UNIT),'$(t:$(BUILD)/test/%=%): $(t)') \
		'fuzz: $(BUILD)/asan/fuzz' \
		$(foreach t,$(filter-out $(TIMED_BATS),$(BATS)),'$(t): bats --tap $(t)') \
		$(call sanitized,asan+ubsan,$(BUILD)/asan) \
		$(call sanitized,tsan,$(BUILD)/tsan,$(tsan.run)) \
		$(aarch64) \
		-j 1 \
		$(foreach t,$(TIMED_BATS),'$(t): bats --tap $(t)') \
		$(call conformance,conformance,$(C_BACKENDS),$(BUILD))
conform: $(CONFORM)
	@:
.SECONDARY: $(call obj,harness,$(HARNESS_TEST) $(FUZZ_SRC) $(WORKLOAD_TEST))

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
.PHONY: asan tsan ubsan build-asan build-tsan build-ubsan build-aarch64 build-fuzz fuzz libfuzzer
build-fuzz:
	+$(Q)$(MAKE) --no-print-directory BUILD=$(BUILD)/asan SAN=$(asan.san) $(BUILD)/asan/fuzz
FUZZ ?= 100000
fuzz:
	$(remake) build-fuzz
	@scripts/check -o $(BUILD)/asan/check -j 2 -t 7200 $(foreach r,$(READERS),'$(r): $(BUILD)/asan/fuzz -n $(FUZZ) -t $(r)')
READERS := rows meta runs gbench report detail words demo backends workloads bundle topology trace
libfuzzer:
	+$(Q)$(MAKE) --no-print-directory BUILD=$(BUILD)/libfuzzer CC=clang SAN=fuzzer-no-link,address,undefined \
		$(READERS:%=$(BUILD)/libfuzzer/fuzz-%)
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
install: $(LIBS) $(LIBS:.a=.so)
	@export CC='$(CC)' BUILD='$(BUILD)' PREFIX='$(PREFIX)' DESTDIR='$(DESTDIR)' VERSION='$(VERSION)'; \
	 $(foreach b,$(C_BACKENDS),scripts/install-backend '$(b)' '$($(b).model)' &&) \
	 echo 'installed into $(DESTDIR)$(PREFIX); pkg-config knows: $(C_BACKENDS:%=schedlab-%)'
clean:
	rm -rf -- '$(BUILD)'
