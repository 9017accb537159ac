#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What a cell measures, held against what was asked of it: these look at the clock.

load cell.bash

children() { # PID
	grep -ls "^PPid:[[:space:]]*$1\$" /proc/[0-9]*/status | cut -d/ -f3
}

# Whether a time in $detail is as jq's filter says.  It proves nothing where it is not, if
# threads of the cell could have run and did not: then the test is skipped, and counted.
timed() { # FILTER
	jq -e "$1" "$detail" && return
	jq -e '.counters.run_delay_ns >= 1e6' "$detail" >/dev/null || return
	skip "others had the PUs meanwhile"
}

@test "cell: percentiles are those of the timed iterations, without the warm-up" {
	for cell in "${cells[@]}"; do
		applies "$cell" hog || continue
		for procs in 1 2; do
			measure "$cell" hog $procs --set wishes=7
			jq -e '.counters.samples == 7 * .iterations and (.counters |
				0 < .p50_ns and .p50_ns <= .p99_ns and .p99_ns <= .max_ns)' "$detail"
		done
	done
}

@test "cell: burst does the work that was asked for, and has the ratio of its two ways" {
	for cell in "${cells[@]}"; do
		# Wide bounds: the machine's clock may change.
		measure "$cell" burst 1 --set piece_us=10000 --set idle_us=0
		jq -e '.counters.serial_ns > 12e6 and .counters.burst_ns > 12e6' "$detail"
		timed '.counters | .serial_ns < 80e6 and .burst_ns < 80e6
			and (.burst_permille | . > 600 and . < 2000)'
	done
}

@test "cell: race loses updates to a switch between read and write, and none where Gs take turns" {
	for cell in "${cells[@]}"; do
		measure "$cell" race 1 --set each=500 --set yield_every=1
		jq -e '.counters.lost > 0 and .counters.lost < .executed' "$detail"
		for procs in 1 2; do
			[ "$procs" -gt 1 ] && ! can "$cell" parallel && continue
			measure "$cell" race $procs --set each=500 --set yield_every=1 --set sync=1
			jq -e '.counters.lost == 0' "$detail"
		done
		can "$cell" preemptive && continue
		measure "$cell" race 1 --set each=1000000
		jq -e '.counters.lost == 0' "$detail"
	done
}

@test "cell: slice_ms sets how long a hog keeps others waiting, or does not apply" {
	for cell in "${cells[@]}"; do
		if can "$cell" sliced; then
			measure "$cell" hog 1 --set wishes=3 --opt slice_ms=100
			jq -e '.counters.max_ns >= 90e6' "$detail"
		else
			run "$cell" --workload=null --procs=1 --opt slice_ms=100
			[ "$status" -eq 77 ]
			[[ $output == *"has no time slice that could be set"* ]]
		fi
	done
}

@test "cell: planted faults of a scheduler show, or are none that the back end can be given" {
	for cell in "${cells[@]}"; do
		measure "$cell" race 1 --set each=500 --set yield_every=1 --set sync=1 --opt plant=no-lock
		if [ "$status" -eq 77 ]; then
			[[ $output == *"cannot be given the fault no-lock"* ]]
			continue
		fi
		[ "$status" -eq 1 ]
		[[ $output == *"race: wrong result"* ]]
		can "$cell" sliced || continue
		measure "$cell" hog 1 --set wishes=3 --set patience_ms=50
		timed '.counters.gave_way == 0'
		measure "$cell" hog 1 --set wishes=3 --set patience_ms=50 --opt plant=no-preempt
		jq -e '.counters.gave_way > 0' "$detail"
		measure "$cell" sum 2 --set n=10000000 --set chunks=20
		timed '.counters.steals > 0'
		measure "$cell" sum 2 --set n=10000000 --set chunks=20 --opt plant=one-p
		jq -e '.counters.steals == 0' "$detail"
	done
}

@test "cell: a planted slowdown shows" {
	# Nothing is asked of a scheduler there.
	run "$build/cell-single-p" --workload=null --opt slow=1000 --benchmark_min_time=0.01
	[ "$status" -eq 2 ]
	[[ $output == *"null: cannot be made slower: it asks too little of the scheduler, or others disturb it too much"* ]]
	for cell in "${cells[@]}"; do
		[[ $cell != *-go ]] || continue
		for slow in 0 1000; do
			# The best of a few: noise only adds.
			for count in '' '' --iterations=300; do
				measure "$cell" pingpong 1 --opt slow=$slow ${count:+"$count"}
				[[ $output != *"others disturb it too much"* ]] || skip "others had the PUs meanwhile"
				[ "$status" -eq 0 ]
				# The iterations that the delay was found by are warm-ups.
				jq -e '.executed == 50 * (.iterations + .warmups)' "$detail"
				jq '.benchmarks[0].ns_per_op' "$out" >>"$BATS_TEST_TMPDIR/times$slow"
			done
		done
		# Eleven times: how much exactly, is a question to a quiet machine.
		jq -ns --slurpfile without "$BATS_TEST_TMPDIR/times0" --slurpfile with "$BATS_TEST_TMPDIR/times1000" \
			'[$cell, $without, $with]' --arg cell "$cell"
		jq -ne --slurpfile without "$BATS_TEST_TMPDIR/times0" --slurpfile with "$BATS_TEST_TMPDIR/times1000" \
			'($with | min) / ($without | min) | . > 2 and . < 50'
		rm "$BATS_TEST_TMPDIR"/times*
	done
}

@test "cell: an iteration is timed one by one where it is long enough, and only there" {
	for cell in "${cells[@]}"; do
		measure "$cell" null 1
		jq -e '.iteration_ns == []' "$detail"
		measure "$cell" documents 1 --set docs=10 --set gs=1 --set read_us=1000
		jq -e '(.iteration_ns | length) == .iterations and all(.iteration_ns[]; . >= 10e6)' "$detail"
	done
}

@test "cell: sleepers take no less than their sleeps, all at the same time" {
	for cell in "${cells[@]}"; do
		measure "$cell" sleepers 1 --set n=50 --set sleeps=3 --set sleep_us=5000
		jq -e '.benchmarks[0] | .real_time | . >= 15e6 and . < 50 * 15e6 / 2' "$out"
	done
}

@test "cell: echo has a latency for each timed request, and closes what it opened" {
	for cell in "${cells[@]}"; do
		(
			# Room for one attempt's descriptors, not for two.
			ulimit -n 64
			timeout 60 "$cell" --workload=echo --procs=1 --set connections=20 --set requests=3 \
				--benchmark_min_time=0.05 --benchmark_out="$out"
			refused "$cell" --workload=echo --procs=1 --set connections=40
			[[ ${stderr,,} == *"too many open files" ]]
		)
		jq -e '.benchmarks[0] | .iterations > 1 and .samples == .iterations * .ops
			and .ops == 60 and 0 < .p50_ns and .p50_ns <= .p99_ns and .p99_ns <= .max_ns
			and .max_ns <= .real_time * .iterations' "$out"
	done
}

@test "cell: echo with a rate is an open loop, of another process, which says what it takes" {
	for cell in "${cells[@]}"; do
		measure "$cell" echo 1 --set connections=5 --set requests=40 --set rate=4000
		jq -c '.benchmarks[0]' "$out"
		# 200 requests at 4,000 a second: all are sent in their time, none before it.
		jq -e '.benchmarks[0] | .samples == .iterations * .ops and .ops == 200
			and .real_time >= 200 / 4000 * 1e9 / 2
			and 0 < .sent_p50_ns and .sent_p50_ns <= .p50_ns and .sent_p99_ns <= .p99_ns
			and .p50_ns <= .p99_ns and .p99_ns <= .p999_ns and .p999_ns <= .max_ns
			and 0 <= .load_late_p50_ns and .load_late_p50_ns <= .load_late_p99_ns
			and .load_late_p99_ns <= .load_late_max_ns
			and .load_cpu_permille > 0 and .load_shares_pus == 1' "$out"
		# Nothing of it is the process'"'"'s own CPU time.
		jq -e '.benchmarks[0] | .cpu_time <= .real_time' "$out"
		measure "$cell" echo 1 --set connections=5 --set requests=40 --set rate=0
		closed=$(jq -r .checksum "$detail")
		measure "$cell" echo 1 --set connections=5 --set requests=40 --set rate=4000
		[ "$closed" = "$(jq -r .checksum "$detail")" ]
	done
}

@test "cell: the clients of echo with a rate have all PUs of the cell, whatever thread started them" {
	pus=$(taskset -cp $$ | sed 's/.*: *//')
	[[ $pus =~ ^([0-9]+)[,-]([0-9]+) ]] || skip "one PU"
	two=${BASH_REMATCH[1]},${BASH_REMATCH[2]}
	may_use() { sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' "/proc/$1/status" 2>/dev/null; }
	for cell in "${cells[@]}"; do
		can "$cell" parallel || continue
		taskset -c "$two" "$build/schedlab" run -b "${cell##*/cell-}" -w echo -p 2 --pin "$two" --set connections=2 \
			--set requests=30 --set rate=100 --min-time 0.01 >"$BATS_TEST_TMPDIR/said" &
		runner=$! same=
		while [ ! "$same" ] && kill -0 $runner 2>/dev/null; do
			sleep 0.01
			for process in $(children $runner); do
				for load in $(children "$process"); do
					[ "$(cat "/proc/$load/comm")" = echo-load ] && [ "$(may_use "$load")" = "$(may_use $runner)" ] && same=yes
				done
			done
		done
		wait $runner
		echo "$cell: $(<"$BATS_TEST_TMPDIR/said")"
		[ "$same" ]
	done
}

@test "cell: what a server that stands still holds up is charged to it, by echo with a rate" {
	for cell in "${cells[@]}"; do
		"$cell" --workload=echo --procs=1 --set connections=4 --set requests=500 --set rate=1000 \
			--benchmark_min_time=0.001 --benchmark_out="$out" &
		pid=$!
		for _ in 1 2 3 4 5 6 7 8; do
			sleep 0.3
			kill -STOP $pid 2>/dev/null && sleep 0.3 && kill -CONT $pid
		done
		wait $pid
		jq -c '.benchmarks[0]' "$out"
		# It stood for half of the time.  A client that waits for an answer before it sends
		# would have sent four requests in each 300 ms, of 300 that were due.
		jq -e '.benchmarks[0] | .p90_ns >= 50e6 and .samples == 2000' "$out"
	done
}

@test "cell: the clients of echo do not outlive a cell that is killed" {
	for cell in "${cells[@]}"; do
		"$cell" --workload=echo --procs=1 --set connections=2 --set requests=1000 --set rate=100 \
			--benchmark_out="$out" 2>"$BATS_TEST_TMPDIR/err" &
		pid=$! clients=
		for _ in $(seq 100); do
			clients=$(children $pid)
			[ "$clients" ] && [ "$(cat /proc/${clients%%$'\n'*}/comm)" = echo-load ] && break
			sleep 0.05
		done
		[ "$clients" ]
		kill -KILL $pid
		wait $pid || :
		for _ in $(seq 100); do
			kill -0 "$clients" 2>/dev/null || break
			sleep 0.05
		done
		run kill -0 "$clients"
		[ "$status" -ne 0 ]
		[ ! -s "$BATS_TEST_TMPDIR/err" ]
	done
}
