#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The conformance suite's own command line.

setup() {
	cd "$BATS_TEST_DIRNAME/.." || return
	suites=("${BUILD:-build}"/conform-*)
}

@test "conform: a test that is not there is one sentence and status 2" {
	run "${suites[0]}" no_such_test
	[ "$status" -eq 2 ]
	[ "$output" = "conform: unknown test 'no_such_test'" ]
	# Before any other was run.
	known=each_spawned_g_runs_exactly_once
	run "${suites[0]}" "$known" no_such_test
	[ "$status" -eq 2 ]
	[ "$output" = "conform: unknown test 'no_such_test'" ]
	run "${suites[0]}" "$known"
	[ "$status" -eq 0 ]
	[ "$output" = "$(printf 'ok 1 - %s\n1..1' "$known")" ]
}
