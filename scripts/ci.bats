#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Whatever make check does, .ci/run ends with a tally and its status.

setup() {
	tree=$(mktemp -d)
	mkdir "$tree/.ci"
	cp "$BATS_TEST_DIRNAME/../.ci/run" "$tree/.ci/"
	unset MAKEFLAGS MAKEOVERRIDES MAKELEVEL
}

teardown() {
	rm -rf "$tree"
}

ci() { # LINES OF THE RECIPE OF check
	printf '%s\n' 'check:' "$@" >"$tree/Makefile"
	run bash "$tree/.ci/run"
	echo "$output"
	last=${lines[$((${#lines[@]} - 1))]}
}

@test "success" {
	ci '	@echo 3 passed, 0 failed, 1 skipped'
	[ "$status" -eq 0 ]
	[ "$last" = "3 passed, 0 failed, 1 skipped" ]
}

@test "failed tests: their tally comes after what make says" {
	ci '	@echo 3 passed, 2 failed, 1 skipped; exit 1'
	[ "$status" -ne 0 ]
	[ "$last" = "3 passed, 2 failed, 1 skipped" ]
}

@test "a build that fails counts as a failure" {
	ci '	@echo cannot compile; exit 1'
	[ "$status" -ne 0 ]
	[ "$last" = "0 passed, 1 failed, 0 skipped" ]
}

@test "nothing is read from standard input" {
	ci '	@read -r line && exit 1; echo 1 passed, 0 failed, 0 skipped' <<<"a line"
	[ "$status" -eq 0 ]
}
