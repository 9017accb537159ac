#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

@test "shellcheck has nothing to say about the scripts" {
	command -v shellcheck >/dev/null || skip "there is no shellcheck"
	cd "$BATS_TEST_DIRNAME/.."
	scripts=$(grep -rlE '^#!.*\b(ba)?sh$' scripts .ci | sort)
	[[ $scripts == *.ci/run*scripts/check*scripts/setup* ]]
	# shellcheck disable=SC2086
	run shellcheck $scripts
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "clang has nothing to say about the sources either, and its frames survive a switch" {
	command -v clang++ >/dev/null || skip "there is no clang"
	cd "$BATS_TEST_DIRNAME/.."
	unset MAKEFLAGS MAKEOVERRIDES MAKELEVEL
	run make -s SETUP=: CC=clang CXX=clang++ CFLAGS=-O0 BUILD="$BATS_FILE_TMPDIR/clang" -j2 all conform
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output != *warning* ]]
	for b in single-p work-stealing; do
		"$BATS_FILE_TMPDIR/clang/conform-$b" -p 2 a_frame_that_moves_survives_a_switch
	done
}
