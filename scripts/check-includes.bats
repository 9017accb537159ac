#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A small tree of the right shape, and each way to break it.

setup() {
	tree=$(mktemp -d)
	mkdir -p "$tree"/{impls/{sync,a-b,go},harness,workloads/parallelism,results,scripts}
	cd "$tree"
	git init -q .
	touch LICENSE README.md .gitignore {impls,harness,workloads,results,scripts}/README.md
	echo 'build/made.h:' >Makefile
	touch impls/{a-b,go}/backend.mk
	c impls/schedlab.h '#include <stdint.h>' '#include "backend.h"'
	c impls/internal.h '#include "schedlab.h"'
	c impls/sync/sync.h '#include "internal.h"'
	c impls/sync/chan.c '#include "sync.h"'
	c impls/a-b/backend.h
	c impls/a-b/proc.c '#include "sync/sync.h"' '#include "backend.h"'
	c impls/go/backend.h
	c workloads/workload.h '#include "schedlab.h"'
	c workloads/list.h
	c workloads/sha1.h
	c workloads/parallelism/fib.c '#include "workload.h"' '#include "sha1.h"'
	c harness/plan.h
	c harness/plan.c '#include "plan.h"' '#include "workload.h"' '#include "list.h"' '#include "made.h"'
	c harness/plan_test.c '#include <cmocka.h>' 'int x = strcmp(name, "a-b");'
	c harness/topo.c '#include <hwloc.h>' '#include <sys/stat.h>'
	c harness/results_run.c '#include <jansson.h>'
	c harness/gbench.cc '#include <benchmark/benchmark.h>' '#include <iostream>'
}

teardown() {
	rm -rf "$tree"
}

c() { # FILE LINE...
	printf '%s\n' '/* SPDX-License-Identifier: Apache-2.0 */' "${@:2}" >"$1"
}

# Exactly the rule that holds TEXT is broken, and PLACE is named.
broken() { # TEXT PLACE
	run "$BATS_TEST_DIRNAME/check-includes" "$tree"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -c '^not ok' <<<"$output")" -eq 1 ]
	grep -q "^not ok .*$1" <<<"$output"
	grep -q "^#   $2: " <<<"$output"
}

@test "a tree of the right shape breaks no rule" {
	run "$BATS_TEST_DIRNAME/check-includes" "$tree"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == "1..16"* ]]
	[ "$(grep -c '^ok' <<<"$output")" -eq 16 ]
}

@test "the harness includes something of impls/" {
	c harness/plan.c '' '#include "sync/sync.h"'
	broken 'harness/ includes' harness/plan.c:3
}

@test "the harness includes schedlab.h by itself" {
	c harness/plan.c '#include "schedlab.h"'
	broken 'harness/ includes' harness/plan.c:2
}

@test "the harness includes what workloads share" {
	c harness/plan.c '#  include "../workloads/sha1.h"'
	broken 'harness/ includes' harness/plan.c:2
}

@test "a workload includes the list" {
	c workloads/parallelism/fib.c '#include "list.h"'
	broken 'a workload includes' workloads/parallelism/fib.c:2
}

@test "a workload includes the harness" {
	c workloads/parallelism/fib.c '#include "../../harness/plan.h"'
	broken 'a workload includes' workloads/parallelism/fib.c:2
}

@test "a workload includes the inside of impls/" {
	c workloads/parallelism/fib.c '#include "internal.h"'
	broken 'a workload includes' workloads/parallelism/fib.c:2
}

@test "a back end includes a workload's header" {
	c impls/a-b/proc.c '#include "workload.h"'
	broken 'impls/ includes nothing' impls/a-b/proc.c:2
}

@test "a shared part of impls/ includes the harness" {
	c impls/sync/chan.c '#include "../../harness/plan.h"'
	broken 'impls/ includes nothing' impls/sync/chan.c:2
}

@test "a back end includes another one" {
	c impls/a-b/proc.c '#include "../go/backend.h"'
	broken 'no back end is included' impls/a-b/proc.c:2
}

@test "a shared part of impls/ includes a back end by its path" {
	c impls/sync/chan.c '#include "a-b/backend.h"'
	broken 'no back end is included' impls/sync/chan.c:2
}

@test "hwloc outside harness/topo" {
	c harness/plan.c '#include <hwloc/linux.h>'
	broken 'includes hwloc' harness/plan.c:2
}

@test "Google Benchmark outside harness/gbench.cc" {
	c harness/plan.c '#include <benchmark/benchmark.h>'
	broken 'Google Benchmark' harness/plan.c:2
}

@test "jansson outside harness/results*" {
	c harness/plan.c '#include <jansson.h>'
	broken 'includes jansson' harness/plan.c:2
}

@test "cmocka outside a test" {
	c harness/plan.c '#include <cmocka.h>'
	broken 'cmocka' harness/plan.c:2
}

@test "a library that nobody agreed on" {
	c harness/plan.c '#include <glib.h>'
	broken "the system's" harness/plan.c:2
}

@test "C++ headers in C" {
	c harness/plan.c '#include <iostream>'
	broken "the system's" harness/plan.c:2
}

@test "a header of the tree in angle brackets" {
	c workloads/parallelism/fib.c '#include <plan.h>'
	broken "the system's" workloads/parallelism/fib.c:2
}

@test "a header in quotes that is nowhere" {
	c harness/plan.c '#include "hwloc.h"'
	broken 'is a file of the tree' harness/plan.c:2
}

@test "a second C++ file" {
	c harness/plan.cc
	broken 'only C++' harness/plan.cc
}

@test "a back end's name in a comparison" {
	c harness/plan.c 'int f(const char *b) { return strcmp(b, "a-b") == 0; }'
	broken 'the name of a back end' harness/plan.c:2
}

@test "a back end's name in a comparison over two lines" {
	c harness/plan.c 'if (b && !strncmp(b,' '    "go", 2))' '	x();'
	broken 'the name of a back end' harness/plan.c:4
}

@test "a comparison with the name that a back end is compiled under" {
	c impls/sync/chan.c 'if (!strcmp(SL_BACKEND, other)) x();'
	broken 'the name of a back end' impls/sync/chan.c:2
}

@test "a back end's name in a comment or in a message is no comparison" {
	c harness/plan.c '/* like strcmp(b, "a-b") */' 'puts("try a-b");' '{ "go", version },'
	run "$BATS_TEST_DIRNAME/check-includes" "$tree"
	echo "$output"
	[[ $output != *"not ok"* ]]
}

@test "a stray file at the top" {
	touch notes.txt
	broken 'the top level' notes.txt
}

@test "a folder missing at the top" {
	rm -r results
	run "$BATS_TEST_DIRNAME/check-includes" "$tree"
	echo "$output"
	[[ $output == *"not ok"*"the top level"*"#   results: is missing"* ]]
}

@test "a folder without README.md" {
	rm workloads/README.md
	broken 'each folder' workloads/README.md
}

@test "a source without its licence" {
	echo 'int x;' >impls/a-b/proc.c
	broken 'licence' impls/a-b/proc.c
}

@test "a script without its licence" {
	echo '#!/bin/sh' >scripts/run
	broken 'licence' scripts/run
}

@test "a file of 801 lines, until its head says why" {
	yes '' | head -n 800 >long
	c harness/plan.c "$(sed 's/$/int x;/' long)"
	rm long
	broken '800 lines' harness/plan.c
	c harness/plan.c '/* So many lines because the parts share one table. */' "$(yes 'int x;' | head -n 800)"
	run "$BATS_TEST_DIRNAME/check-includes" "$tree"
	[[ $output != *"not ok"* ]]
}

@test "what git ignores, and what was just deleted, is not looked at" {
	git add . && rm impls/sync/chan.c
	echo /notes.txt >.gitignore
	touch notes.txt
	run "$BATS_TEST_DIRNAME/check-includes" "$tree"
	echo "$output"
	[ "$(grep -c '^ok' <<<"$output")" -eq 16 ]
}

@test "no work tree of git: skipped, with the reason" {
	rm -rf .git
	GIT_CEILING_DIRECTORIES=${tree%/*} run "$BATS_TEST_DIRNAME/check-includes" "$tree"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == "1..0 # SKIP "*"not a git repository"* ]]
}
