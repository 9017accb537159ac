#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The conformance suite's own command line, and what cells promise of the process they run in.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
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

@test "conform: what it is started without is no other file" {
	# A pipe in their place would be closed as one that is no longer needed.
	for suite in "${suites[@]}"; do
		run bash -c '"$1" join_out_of_order <&- 2>&- 3>&-' - "$suite"
		echo "$output"
		[ "$status" -eq 0 ]
	done
}

@test "cells: the timer slack that is asked for is that of every back end" {
	for cell in "${BUILD:-build}"/cell-*; do
		[ -x "$cell" ] || continue
		run "${BUILD:-build}/schedlab" run -b "${cell##*/cell-}" -w yield -p 1 --min-time 0.01 --opt timer_slack_ns=50000
		echo "$output"
		[ "$status" -eq 0 ]
	done
}

@test "conform: what a back end does not claim to have is skipped; what it claims and lacks fails" {
	obj=${BUILD:-build}/obj/single-p
	[ -e "$obj/impls/single-p/run.c.o" ] || skip "no back end single-p"
	mapfile -t lib < <(find "$obj/impls/single-p" "$obj/impls/shared" -name '*.[cS].o' ! -name '*_test.c.o' ! -path '*/sync/chan.c.o' ! -path '*/sync/select.c.o')
	ld -r -o "$BATS_TEST_TMPDIR/partial.o" "${lib[@]}"
	for caps in 'timers fork-join descriptors' 'channels timers fork-join descriptors'; do
		cc -std=c11 -D_GNU_SOURCE -DSL_BACKEND='"partial"' -DSL_MODEL='"N:1"' -DSL_CAPS="\"$caps\"" -Iimpls/single-p -Iimpls \
			-pthread -o "$BATS_TEST_TMPDIR/conform" impls/conform/conform.c "$BATS_TEST_TMPDIR/partial.o" \
			"$obj"/impls/*/*_test.c.o "$obj"/impls/*/*/*_test.c.o -lm
		run "$BATS_TEST_TMPDIR/conform" -p 1 chan_closed_twice join_out_of_order
		echo "$caps: $output"
		grep -qE '^ok [12] - join_out_of_order$' <<<"$output"
		case $caps in
		channels*) [[ $status -eq 1 && $output == *"not ok "*" - chan_closed_twice"* ]] ;;
		*) [[ $status -eq 0 && $output == *"- chan_closed_twice # SKIP fatal error: sl_chan_make: this back end has no channels"* ]] ;;
		esac
	done
}
