#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The build, wherever the tree lies.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/.." || return
	unset MAKEFLAGS MAKEOVERRIDES MAKELEVEL
}

@test "build: the folder of the tree may have a space in its name" {
	built=$(realpath "${BUILD:-build}")
	tree="$BATS_TEST_TMPDIR/a b"
	mkdir -p "$tree/build"
	cp -r Makefile impls harness workloads "$tree"
	cp "$built/workloads.json" "$tree/build"
	cd "$tree"
	export BUILD=build
	# What make itself is given has relative names, and commands have others in quotes.
	make -n -B all conform >"$BATS_TEST_TMPDIR/commands"
	grep -q -- '-o build/conform-' "$BATS_TEST_TMPDIR/commands"
	run ! grep -F "$tree" <(sed "s/'[^']*'//g" "$BATS_TEST_TMPDIR/commands")
	command -v go >/dev/null || skip "there is no Go"
	make -s -o build/workloads.json build/cell-go build/demo-go
	build/cell-go --workload=null --once
}

@test "build: BUILD with a space is one sentence" {
	run make -n BUILD='a b'
	[ "$status" -eq 2 ]
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == *'BUILD=a b: make knows no names with spaces'* ]]
}

@test "build: layouts are the same program, its parts in other orders" {
	built=${BUILD:-build} b=$BATS_TEST_TMPDIR/build
	mkdir -p "$b/obj"
	cp -a "$built/obj/single-p" "$built/obj/harness" "$b/obj"
	make -s BUILD="$b" "$b"/layouts/{1,2}/cell-single-p
	for n in 1 2; do
		"$b/layouts/$n/cell-single-p" --workload=fib --set n=10 --once
		nm "$b/layouts/$n/cell-single-p" | sort | awk '$2 ~ /[tTdD]/ { print $3 }' >"$BATS_TEST_TMPDIR/order$n"
	done
	# Of the workloads, and within the library.
	for names in wl_ sl_; do
		run ! cmp <(grep "^$names" "$BATS_TEST_TMPDIR/order1") <(grep "^$names" "$BATS_TEST_TMPDIR/order2")
		cmp <(grep "^$names" "$BATS_TEST_TMPDIR/order1" | sort) <(grep "^$names" "$BATS_TEST_TMPDIR/order2" | sort)
	done
	# The number alone decides.
	rm "$b/layouts/1/cell-single-p"
	make -s BUILD="$b" "$b/layouts/1/cell-single-p"
	cmp <(nm "$b/layouts/1/cell-single-p" | sort | awk '$2 ~ /[tTdD]/ { print $3 }') "$BATS_TEST_TMPDIR/order1"
	[ "$(scripts/shuffle 3 a b c d e f g | tr -d '\n')" = "$(scripts/shuffle 3 a b c d e f g | tr -d '\n')" ]
	[ "$(scripts/shuffle 3 a b c d e f g | sort | tr -d '\n')" = abcdefg ]
}
