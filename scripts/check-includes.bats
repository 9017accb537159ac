#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A small tree of the right shape, and each way to break it.

setup() {
	tree=$(mktemp -d)
	mkdir -p "$tree"/{impls/{shared/sync,a-b,go},harness/{base,cell,topo,plan,results},workloads/parallelism,results,scripts}
	cd "$tree"
	git init -q .
	touch LICENSE README.md .gitignore {results,scripts,impls/go}/README.md
	echo 'build/made.h:' >Makefile
	touch impls/{a-b,go}/backend.mk
	may harness
	may harness/base
	may harness/topo harness/base
	may harness/plan harness/base workloads/workload.h workloads/list.h
	may harness/results harness/base harness/plan
	may harness/cell harness/base workloads/workload.h workloads/list.h
	may workloads impls/schedlab.h
	may impls impls/shared impls/shared/sync
	may impls/shared impls/schedlab.h
	may impls/shared/sync impls/schedlab.h impls/shared
	c impls/schedlab.h '#include <stdint.h>' '#include "shared/inline.h"'
	c impls/shared/inline.h '#include "backend.h"'
	c impls/shared/internal.h '#include "schedlab.h"'
	c impls/shared/sync/sync.h '#include "shared/internal.h"'
	c impls/shared/sync/chan.c '#include "sync.h"'
	c impls/a-b/backend.h
	c impls/a-b/proc.c '#include "shared/sync/sync.h"' '#include "backend.h"'
	c impls/go/backend.h
	c workloads/workload.h '#include "schedlab.h"'
	c workloads/list.h
	c workloads/sha1.h
	c workloads/parallelism/fib.c '#include "workload.h"' '#include "sha1.h"'
	c harness/base/err.h
	c harness/plan/plan.h '#include "base/err.h"'
	c harness/plan/plan.c '#include "plan/plan.h"' '#include "workload.h"' '#include "list.h"' '#include "made.h"'
	c harness/plan/plan_test.c '#include <cmocka.h>' 'int x = strcmp(name, "a-b");'
	c harness/topo/topo_load.c '#include <hwloc.h>' '#include <sys/stat.h>'
	c harness/results/run.c '#include <jansson.h>' '#include "plan/plan.h"'
	c harness/plan/plan_json.c '#include <jansson.h>'
	c harness/cell/gbench.cc '#include <benchmark/benchmark.h>' '#include <iostream>'
}

may() { # ROOM MAY-INCLUDE...
	local list=

	[ $# -eq 1 ] || list=$(printf ' `%s`' "${@:2}")
	printf '# %s\n\n**May include:**%s\n\nUse `ls`.\n' "$1" "$list" >"$tree/$1/README.md"
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

right() {
	run "$BATS_TEST_DIRNAME/check-includes" "$tree"
	echo "$output"
	[[ $output != *"not ok"* ]]
}

@test "a tree of the right shape breaks no rule" {
	run "$BATS_TEST_DIRNAME/check-includes" "$tree"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == "1..18"* ]]
	[ "$(grep -c '^ok' <<<"$output")" -eq 18 ]
}

@test "the harness includes something of impls/" {
	c harness/plan/plan.c '' '#include "shared/sync/sync.h"'
	broken "what its room's README" harness/plan/plan.c:3
}

@test "a room includes one that its README does not name" {
	c harness/topo/topo.c '#include "plan/plan.h"'
	broken "what its room's README" harness/topo/topo.c:2
}

@test "a test includes what its room's README allows tests" {
	c harness/plan/plan_test.c '#include "topo/topo.h"'
	c harness/topo/topo.h
	broken "what its room's README" harness/plan/plan_test.c:2
	printf '**Tests may include:** `harness/topo`\n' >>harness/plan/README.md
	right
	c harness/plan/plan.c '#include "topo/topo.h"'
	broken "what its room's README" harness/plan/plan.c:2
}

@test "arrows that come back" {
	may harness/base harness/results
	broken 'no room includes one' harness/base/README.md
}

@test "a README that names a room that is not there" {
	may harness/base harness/attic
	broken "what its room's README" harness/base/README.md
}

@test "the harness includes schedlab.h by itself" {
	c harness/plan/plan.c '#include "schedlab.h"'
	broken "what its room's README" harness/plan/plan.c:2
}

@test "the harness includes what workloads share" {
	c harness/plan/plan.c '#  include "../workloads/sha1.h"'
	broken "what its room's README" harness/plan/plan.c:2
}

@test "a workload includes the list" {
	c workloads/parallelism/fib.c '#include "list.h"'
	broken 'no workload includes the list' workloads/parallelism/fib.c:2
}

@test "a workload includes the harness" {
	c workloads/parallelism/fib.c '#include "../../harness/plan/plan.h"'
	broken "what its room's README" workloads/parallelism/fib.c:2
}

@test "a workload includes the inside of impls/" {
	c workloads/parallelism/fib.c '#include "shared/internal.h"'
	broken "what its room's README" workloads/parallelism/fib.c:2
}

@test "a back end includes a workload's header" {
	c impls/a-b/proc.c '#include "workload.h"'
	broken "what its room's README" impls/a-b/proc.c:2
}

@test "a shared part of impls/ includes the harness" {
	c impls/shared/sync/chan.c '#include "../../../harness/plan/plan.h"'
	broken "what its room's README" impls/shared/sync/chan.c:2
}

@test "a back end includes another one" {
	c impls/a-b/proc.c '#include "../go/backend.h"'
	broken 'no back end is included' impls/a-b/proc.c:2
}

@test "a shared part of impls/ includes a back end by its path" {
	c impls/shared/sync/chan.c '#include "a-b/backend.h"'
	broken 'no back end is included' impls/shared/sync/chan.c:2
}

@test "hwloc outside harness/topo/topo_load.c" {
	c harness/plan/plan.c '#include <hwloc/linux.h>'
	broken 'includes hwloc' harness/plan/plan.c:2
}

@test "Google Benchmark outside harness/cell/gbench.cc" {
	c harness/plan/plan.c '#include <benchmark/benchmark.h>'
	broken 'Google Benchmark' harness/plan/plan.c:2
}

@test "jansson outside harness/results/" {
	c harness/plan/plan.c '#include <jansson.h>'
	broken 'include jansson' harness/plan/plan.c:2
}

@test "cmocka outside a test" {
	c harness/plan/plan.c '#include <cmocka.h>'
	broken 'cmocka' harness/plan/plan.c:2
}

@test "a library that nobody agreed on" {
	c harness/plan/plan.c '#include <glib.h>'
	broken "the system's" harness/plan/plan.c:2
}

@test "C++ headers in C" {
	c harness/plan/plan.c '#include <iostream>'
	broken "the system's" harness/plan/plan.c:2
}

@test "a header of the tree in angle brackets" {
	c workloads/parallelism/fib.c '#include <plan.h>'
	broken "the system's" workloads/parallelism/fib.c:2
}

@test "a header in quotes that is nowhere" {
	c harness/plan/plan.c '#include "hwloc.h"'
	broken 'is a file of the tree' harness/plan/plan.c:2
}

@test "a second C++ file" {
	c harness/plan/plan.cc
	broken 'only C++' harness/plan/plan.cc
}

@test "a back end's name in a comparison" {
	c harness/plan/plan.c 'int f(const char *b) { return strcmp(b, "a-b") == 0; }'
	broken 'the name of a back end' harness/plan/plan.c:2
}

@test "a back end's name in a comparison over two lines" {
	c harness/plan/plan.c 'if (b && !strncmp(b,' '    "go", 2))' '	x();'
	broken 'the name of a back end' harness/plan/plan.c:4
}

@test "a comparison with the name that a back end is compiled under" {
	c impls/shared/sync/chan.c 'if (!strcmp(SL_BACKEND, other)) x();'
	broken 'the name of a back end' impls/shared/sync/chan.c:2
}

@test "a back end's name in a comment or in a message is no comparison" {
	c harness/plan/plan.c '/* like strcmp(b, "a-b") */' 'puts("try a-b");' '{ "go", version },'
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
	mv results/README.md results/other.md
	broken 'each folder' results/README.md
	mv results/other.md results/README.md
	mkdir harness/extra
	c harness/extra/more.c
	broken 'each folder' harness/extra/README.md
	rm -r harness/extra
	mkdir impls/a-b/model
	c impls/a-b/model/more.c
	right
}

@test "a folder of 25 files, until its README says why" {
	for i in $(seq 25); do c workloads/parallelism/fib$i.c; done
	broken 'more than 24 files' workloads/parallelism
	echo 'One workload each, hence so many files.' >>workloads/README.md
	right
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
	c harness/plan/plan.c "$(sed 's/$/int x;/' long)"
	rm long
	broken '800 lines' harness/plan/plan.c
	c harness/plan/plan.c '/* So many lines because the parts share one table. */' "$(yes 'int x;' | head -n 800)"
	run "$BATS_TEST_DIRNAME/check-includes" "$tree"
	[[ $output != *"not ok"* ]]
}

@test "what git ignores, and what was just deleted, is not looked at" {
	git add . && rm impls/shared/sync/chan.c
	echo /notes.txt >.gitignore
	touch notes.txt
	run "$BATS_TEST_DIRNAME/check-includes" "$tree"
	echo "$output"
	[ "$(grep -c '^ok' <<<"$output")" -eq 18 ]
}

@test "no work tree of git: skipped, with the reason" {
	rm -rf .git
	GIT_CEILING_DIRECTORIES=${tree%/*} run "$BATS_TEST_DIRNAME/check-includes" "$tree"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == "1..0 # SKIP "*"not a git repository"* ]]
}
