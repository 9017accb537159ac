#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# SCHEDLAB_SCHEDTRACE, read from outside.

bats_require_minimum_version 1.5.0

# 20 Gs that sleep for 1 s in all, at P = 2.
sleepers() {
	"$BATS_TEST_DIRNAME/../../${BUILD:-build}/cell-work-stealing" --workload=sleepers --procs=2 \
		--set n=20 --set sleeps=5 --set sleep_us=100000 --benchmark_min_time=0.01 "$@" >/dev/null
}

@test "a line each interval, with every G in its state" {
	SCHEDLAB_SCHEDTRACE=100 run --separate-stderr sleepers
	[ "$status" -eq 0 ]
	n=$(grep -c '^sched ' <<<"$stderr")
	[ "$n" -ge 5 ]
	[ "$(grep -cE '^sched [0-9]+ ms: P 2, [012] idle; M [0-9]+, [0-9]+ idle, [0-9]+ spinning; queues [0-9]+ \+ \[[0-9]+ [0-9]+\]; G [0-9]+ running, [0-9]+ runnable, 0 preempted, 0 in calls, [01] waiting, [0-9]+ sleeping$' <<<"$stderr")" -eq "$n" ]
	# Most of the time all of them sleep, and the one that waits for them waits.
	grep -qE 'G 0 running, 0 runnable, 0 preempted, 0 in calls, 1 waiting, 20 sleeping' <<<"$stderr"
}

@test "with detail, a line for each P, and it has counted" {
	SCHEDLAB_SCHEDTRACE=200 SCHEDLAB_SCHEDDETAIL=1 run --separate-stderr sleepers
	[ "$status" -eq 0 ]
	for p in 0 1; do
		grep -qE "^sched P$p: switches [0-9]+, spawns [0-9]+, parks [0-9]+, wakeups [0-9]+, steals [0-9]+, steal_tries [0-9]+, handoffs 0, preemptions 0, netpolls 0\$" <<<"$stderr"
	done
	[ "$(grep -cE '^sched P[01]: .*spawns [1-9]' <<<"$stderr")" -ge 1 ]
	! grep -q '^sched P2' <<<"$stderr"
}

@test "no line without it" {
	for v in '' 0; do
		SCHEDLAB_SCHEDTRACE=$v run --separate-stderr sleepers
		[ "$status" -eq 0 ]
		[[ $stderr != *sched\ * ]]
	done
}

@test "what is no number of milliseconds is refused" {
	for v in -5 x 10x; do
		SCHEDLAB_SCHEDTRACE=$v run --separate-stderr sleepers
		[ "$status" -eq 2 ]
		[[ $stderr == "fatal error: SCHEDLAB_SCHEDTRACE=$v is not a number from 0 to 1000000"* ]]
	done
	SCHEDLAB_SLICE_MS=0 run --separate-stderr sleepers
	[ "$status" -eq 2 ]
	[[ $stderr == "fatal error: SCHEDLAB_SLICE_MS=0 is not a number from 1 to 1000"* ]]
}
