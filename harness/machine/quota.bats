#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # set by bats and fake.bash
# --opt quota_pct, on the cgroups of this machine.

bats_require_minimum_version 1.5.0

load ../testdata/fake.bash

setup() {
	fake_setup
}

# Where there can be no quota, the row says so; there is nothing else to test then.
needs_quota() {
	matrix -b good -w fib -p 1 --set n=1 --reps 1 --opt quota_pct=100 --out "$BATS_TEST_TMPDIR/probe"
	reason=$(jq -r 'select(.kind == "cell") | select(.status != "ok").reason' "$BATS_TEST_TMPDIR/probe/cells.jsonl")
	[ -z "$reason" ] || skip "$reason"
}

groups() {
	find /sys/fs/cgroup -name "schedlab-$runner" 2>/dev/null
}

# Of the cell that runs now.
cell_is_in_group() {
	grep -q "schedlab-$runner\$" "/proc/$(tail -n 1 "$FAKE_PIDS")/cgroup"
}

@test "quota: where there can be none the cell does not apply, and a sentence says why" {
	run matrix -b good -w fib -p 1 --set n=1 --reps 2 --opt quota_pct=50 --out "$run_dir"
	[ "$status" -eq 0 ]
	jq -se 'map(select(.kind == "cell")) | length == 2 and all(.[]; .cell.opts.quota_pct == "50" and (.status == "ok"
		or (.status == "na" and (.reason | startswith("no CPU quota can be set here: ")))))' "$run_dir/cells.jsonl"
}

@test "quota: the cell runs in a cgroup of its own and never hears of the knob; nothing is left" {
	needs_quota
	export FAKE_SLEEP=1 FAKE_LOG=$BATS_TEST_TMPDIR/log
	start_matrix -b good -w fib -p 1 --set n=1 --reps 1 --opt quota_pct=150,20 --out "$run_dir"
	eventually cell_is_in_group
	group=$(groups)
	if [ -e "$group/cpu.max" ]; then
		grep -Ex '(150000|20000) 100000' "$group/cpu.max"
	else
		grep -Ex '150000|20000' "$group/cpu.cfs_quota_us"
	fi
	wait_for_runner
	[ "$(jq -r 'select(.kind == "cell").cell.opts.quota_pct' "$run_dir/cells.jsonl" | sort -n | tr '\n' ' ')" = '20 150 ' ]
	[ "$(grep -c quota "$FAKE_LOG")" -eq 0 ]
	[ -z "$(groups)" ]
}

@test "quota: nothing is left after Ctrl-C, nor of a runner that was killed once another ran" {
	needs_quota
	export FAKE_SLEEP=1
	for signal in INT KILL; do
		start_matrix -b good -w fib -p 1 --set n=1 --reps 1 --opt quota_pct=50 --out "$run_dir-$signal"
		eventually cell_is_in_group
		kill -$signal "$runner"
		wait_for_runner
		nothing_left
		[ $signal = KILL ] || [ -z "$(groups)" ]
	done
	[ "$(groups)" ]
	unset FAKE_SLEEP
	matrix -b good -w fib -p 1 --set n=1 --reps 1 --opt quota_pct=50 --out "$run_dir"
	[ -z "$(groups)" ]
}

@test "quota: more Ps than its quota stop the whole program for a part of each period" {
	needs_quota
	unset SCHEDLAB_BUILD
	grep -q '^pthreads' "${BUILD:-build}/backends.tsv" || skip "no back end pthreads"
	[ "$(nproc)" -gt 1 ] || skip "one processor"
	"$schedlab" run -b pthreads -w mixed -p 2 --set units=2000 --opt quota_pct=100 --json "$BATS_TEST_TMPDIR/row"
	timed '.benchmark.max_ns > 20e6' "$BATS_TEST_TMPDIR/row"
}
