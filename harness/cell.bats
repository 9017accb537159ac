#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The cell protocol, held against every cell program that is built.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/.." || return
	build=${BUILD:-build}
	mapfile -t cells < <(find "$build" -maxdepth 1 -name 'cell-*' -type f -perm -u+x | sort)
	[ "${#cells[@]}" -gt 0 ]
	out=$BATS_TEST_TMPDIR/out.json detail=$BATS_TEST_TMPDIR/detail.json
}

# Parameters with which any workload takes milliseconds on any back end.
small() {
	case $1 in
	spin) echo --set steps=10000 ;;
	hashes) echo --set lines=100 ;;
	yield) echo --set each=50 ;;
	spawn | spawn-one) echo --set n=50 ;;
	pingpong) echo --set rounds=50 ;;
	ring) echo --set gs=10 --set laps=5 ;;
	mpmc) echo --set producers=3 --set consumers=2 --set buffer=4 --set each=50 ;;
	select) echo --set each=20 ;;
	mutex | mutex-native | rwmutex | once) echo --set gs=3 --set each=50 ;;
	cond | channel-native) echo --set producers=3 --set consumers=2 --set buffer=2 --set each=50 ;;
	sieve) echo --set n=20 ;;
	documents) echo --set docs=20 --set gs=5 --set read_us=50 ;;
	nested) echo --set depth=50 ;;
	fanout) echo --set n=50 ;;
	fanin) echo --set sources=3 --set each=50 ;;
	pipeline) echo --set stages=3 --set items=50 --set buffer=2 ;;
	barrier) echo --set gs=3 --set rounds=50 ;;
	race) echo --set each=500 ;;
	sleepers) echo --set n=20 --set sleeps=2 --set sleep_us=500 ;;
	timers) echo --set pairs=3 --set each=20 ;;
	pipes) echo --set pairs=3 --set rounds=20 ;;
	blocking) echo --set gs=3 --set each=2 --set call_us=200 ;;
	files) echo --set gs=3 --set blocks=5 ;;
	fairness | oversub) echo --set gs=3 --set units=50 ;;
	mixed) echo --set units=20 --set steps=4096 --set period_us=50 ;;
	crowd) echo --set crowd=20 --set rounds=50 ;;
	sort) echo --set n=10000 ;;
	matmul) echo --set log2_n=6 ;;
	uts) echo --set depth=3 ;;
	metg) echo --set tasks=10 --set log2_steps=8 ;;
	echo) echo --set connections=3 --set requests=5 ;;
	parked) echo --set n=50 ;;
	skynet | skynet-join) echo --set depth=1 ;;
	wakeup) echo --set rounds=10 --set busy_us=100 --set idle_us=50 ;;
	hog) echo --set wishes=5 --set period_us=100 ;;
	sum) echo --set n=1000 --set chunks=7 ;;
	fib) echo --set n=8 ;;
	nqueens) echo --set n=5 ;;
	burst) echo --set piece_us=10 --set idle_us=100 ;;
	esac
}

# cell workload P [more]: measures briefly, into $out and $detail.
measure() {
	local set
	set=$(small "$2")
	[[ " ${*:4} " == *" --set "* ]] && set=
	# shellcheck disable=SC2086
	run timeout 60 "$1" --workload="$2" --procs="$3" $set --benchmark_min_time=0.001 \
		--benchmark_out="$out" --benchmark_out_format=json --detail="$detail" "${@:4}"
}

can() { # cell capability
	"$1" --info | jq -e --arg cap "$2" '.capabilities | index($cap)' >/dev/null
}

# What the workload needs, the cell can.
applies() { # cell workload
	"$1" --info | jq -e --arg w "$2" \
		'.capabilities as $can | .workloads[] | select(.name == $w).needs - $can == []' >/dev/null
}

# One sentence on standard error, nothing else, and status 2.
refused() { # cell arguments
	run --separate-stderr "$@"
	# shellcheck disable=SC2154
	echo "$*: $status '$output' '$stderr'"
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	[ "$(wc -l <<<"$stderr")" -eq 1 ]
	[[ $stderr == "$(basename "$1"): "* ]]
}

@test "cell: --list and --info have the same workloads, the same in every cell" {
	for cell in "${cells[@]}"; do
		[ "$("$cell" --list)" = "$("$cell" --info | jq -r '.workloads[].name')" ]
		[ "$("$cell" --info | jq -cS .workloads)" = "$("${cells[0]}" --info | jq -cS .workloads)" ]
		[ "cell-$("$cell" --info | jq -r .backend)" = "$(basename "$cell")" ]
	done
}

@test "cell: every workload says what it is" {
	"${cells[0]}" --info | jq -e '.workloads | length > 0 and all(.[];
		(.kind | length > 0) and all(.summary, .question, .metric; length > 0)
		and all(.params[]; .min <= .value and .value <= .max and (.help | length > 0)))'
}

@test "cell: every workload is measured and verified on every back end, P = 1 and 2" {
	for cell in "${cells[@]}"; do
		for workload in $("$cell" --list); do
			for procs in 1 2; do
				measure "$cell" "$workload" "$procs"
				echo "$cell $workload $procs: $status $output"
				if ! applies "$cell" "$workload" || { [ "$procs" -gt 1 ] && ! can "$cell" parallel; }; then
					[ "$status" -eq 77 ]
					continue
				fi
				[ "$status" -eq 0 ]
				jq -e --arg w "$workload" '.benchmarks | length == 1 and (.[0] |
					(.name | startswith($w + "/")) and .run_type == "iteration"
					and .time_unit == "ns" and .iterations >= 1
					and all(.real_time, .cpu_time, .ops, .ns_per_op, .peak_rss_bytes; . > 0)
					and (.real_time / .ops / .ns_per_op | . > 0.999 and . < 1.001)
					and all(.nvcsw, .nivcsw; . >= 0))' "$out"
				jq -e --arg w "$workload" --argjson p "$procs" '.workload == $w and .procs == $p
					and (.bound | length) == $p and (.affinity | length) > 0
					and (.procs_source | length) > 0 and (.executed > 0)
					and (.iteration_ns | length) <= 1000' "$detail"
			done
		done
	done
}

@test "cell: the same seed gives the same checksum on every back end, another seed another" {
	for workload in $("${cells[0]}" --list); do
		declare -A sums=()
		for cell in "${cells[@]}"; do
			applies "$cell" "$workload" || continue
			measure "$cell" "$workload" 1 --opt seed=7
			sums[$(jq -r .checksum "$detail")]=1
		done
		echo "$workload: ${!sums[*]}"
		[ "${#sums[@]}" -eq 1 ]
	done
	measure "${cells[0]}" sum 1 --opt seed=7
	one=$(jq -r .checksum "$detail")
	measure "${cells[0]}" sum 1 --opt seed=8
	[ "$one" != "$(jq -r .checksum "$detail")" ]
}

@test "cell: a planted wrong result is found in every workload, and leaves no file" {
	for cell in "${cells[@]}"; do
		for workload in $("$cell" --list); do
			applies "$cell" "$workload" || continue
			echo stale >"$out"
			measure "$cell" "$workload" 1 --opt plant=wrong
			echo "$cell $workload: $status $output"
			[ "$status" -eq 1 ]
			[[ $output == *"$workload: wrong result: "* ]]
			[ -z "$(ls -A "$BATS_TEST_TMPDIR")" ]
		done
	done
}

@test "cell: work that one iteration loses and a later one makes up for is found" {
	for cell in "${cells[@]}"; do
		for workload in spawn null; do
			measure "$cell" $workload 1 --opt plant=uneven
			echo "$cell: $status $output"
			[ "$status" -eq 1 ]
			[[ $output == *"$workload: wrong result: an iteration did less than it should"* ]]
		done
	done
}

@test "cell: what a workload lacks on a back end is named" {
	found=
	for cell in "${cells[@]}"; do
		for workload in $("$cell" --list); do
			applies "$cell" "$workload" && continue
			measure "$cell" "$workload" 1
			[ "$status" -eq 77 ]
			[[ $output == *"$workload needs a back end that can do this: "* ]]
			found=yes
		done
	done
	[ "$found" ]
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
		# Wide bounds: the machine may be busy, its clock may change.
		measure "$cell" burst 1 --set piece_us=10000 --set idle_us=0
		jq -e '.counters | (.serial_ns, .burst_ns | . > 12e6 and . < 80e6)
			and (.burst_permille | . > 600 and . < 2000)' "$detail"
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

@test "cell: stack_kib sets what each stack reserves, or does not apply" {
	for cell in "${cells[@]}"; do
		measure "$cell" parked 1 --set n=1000 --opt stack_kib=1024
		if [ "$status" -eq 77 ]; then
			[[ $output == *"has no size of stacks that could be set"* ]]
			continue
		fi
		jq -e '.counters | .reserved_bytes_per_task >= 9e5 and .reserved_bytes_per_task < 4e6
			and .bytes_per_task < 1e5' "$detail"
		measure "$cell" parked 1 --set n=1000
		jq -e '.counters | .reserved_bytes_per_task >= .bytes_per_task / 2
			and .reserved_bytes_per_task < 5e5' "$detail"
	done
}

@test "cell: hashes counts the turns of an iteration, and no early end" {
	for cell in "${cells[@]}"; do
		measure "$cell" hashes 1
		jq -e '.counters.early == 0 and .counters.ab_turns >= .iterations' "$detail"
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
		jq -e '.counters.gave_way == 0' "$detail"
		measure "$cell" hog 1 --set wishes=3 --set patience_ms=50 --opt plant=no-preempt
		jq -e '.counters.gave_way > 0' "$detail"
		measure "$cell" sum 2 --set n=3000000 --set chunks=20
		jq -e '.counters.steals > 0' "$detail"
		measure "$cell" sum 2 --set n=3000000 --set chunks=20 --opt plant=one-p
		jq -e '.counters.steals == 0' "$detail"
	done
}

@test "cell: a planted slowdown shows" {
	for cell in "${cells[@]}"; do
		for slow in 0 100; do
			# The best of a few: noise only adds.
			for _ in 1 2 3 4 5; do
				measure "$cell" spin 1 --set steps=100000 --opt slow=$slow
				jq '.benchmarks[0].ns_per_op' "$out"
			done | sort -g | head -n 1
		done >"$BATS_TEST_TMPDIR/times"
		echo "$cell:" && cat "$BATS_TEST_TMPDIR/times"
		jq -se '.[1] / .[0] | . > 1.7 and . < 2.3' "$BATS_TEST_TMPDIR/times"
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

@test "cell: more threads than the system has do not apply, and both numbers are named" {
	for cell in "${cells[@]}"; do
		can "$cell" threads || continue
		run "$cell" --workload=spawn --procs=1 --set n=40000
		[ "$status" -eq 77 ]
		[[ $output =~ 40001\ threads.*\ [0-9]+\ is\ the\ limit ]]
		while read -r workload threads sets; do
			# shellcheck disable=SC2086
			run "$cell" --workload="$workload" --procs=1 $sets
			echo "$workload: $status $output"
			[ "$status" -eq 77 ]
			[[ $output == *" $threads threads at once"* ]]
		done <<-'END'
			sleepers 40001 --set n=40000
			parked 40001 --set n=40000
			skynet 111112 --set depth=5
			skynet-join 100000 --set depth=5
			nqueens 35539 --set n=10
		END
		run "$cell" --once --workload=nqueens --procs=1 --set n=10 --set serial=1
		[ "$status" -eq 0 ]
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

@test "cell: parked tells the memory of a G from that of the process" {
	for cell in "${cells[@]}"; do
		measure "$cell" parked 1 --set n=1
		jq -e '.benchmarks[0] | .bytes_per_task < .peak_rss_bytes / 2' "$out"
		# Long enough for a second attempt, which finds the memory of the first.
		timeout 60 "$cell" --workload=parked --procs=1 --set n=500 \
			--benchmark_min_time=0.3 --benchmark_out="$out"
		jq '.benchmarks[0] | { iterations, bytes_per_task }' "$out"
		jq -e '.benchmarks[0] | .iterations > 1 and .bytes_per_task >= 2048
			and .bytes_per_task < 32768' "$out"
	done
}

@test "cell: the serial program does the work of the parallel one" {
	for cell in "${cells[@]}"; do
		measure "$cell" nqueens 1 --set n=6
		[ "$(jq -r .checksum "$detail")" = 0x0000000000000004 ]
		parallel=$(jq '.benchmarks[0].ops' "$out")
		measure "$cell" nqueens 1 --set n=6 --set serial=1
		[ "$(jq -r .checksum "$detail")" = 0x0000000000000004 ]
		[ "$(jq '.benchmarks[0].ops' "$out")" = "$parallel" ]
		# Nothing forked: the workload has no G but its own.
		jq -e '.counters.spawns // 0 | . <= 1' "$detail"
	done
}

@test "cell: --cpus and the process's CPU set are read back" {
	cpu=$(taskset -cp $$ | sed 's/.*[:,-] *//')
	for cell in "${cells[@]}"; do
		run taskset -c "$cpu" "$cell" --workload=null --cpus="$cpu" --benchmark_min_time=0.001 \
			--benchmark_out="$out" --detail="$detail"
		[ "$status" -eq 0 ]
		jq -e --argjson cpu "$cpu" '.affinity == [$cpu] and .procs == 1
			and (.bound == [$cpu] or .bound == [-1])' "$detail"
	done
}

@test "cell: --once prints the workload's own output" {
	for cell in "${cells[@]}"; do
		run "$cell" --once --workload=alphabet --procs=1
		[ "$status" -eq 0 ]
		[ "${lines[0]}" = "Starting two Gs" ]
		[ "${lines[-1]}" = "Both have ended" ]
		# In any order, each letter three times.
		letters=$(sed '1d; $d; s/Waiting for both//' <<<"$output" | tr -d '\n')
		[ "$(tr ' ' '\n' <<<"$letters" | grep -E '^[a-zA-Z]$' | sort | uniq -c | awk '$1 == 3' | wc -l)" -eq 52 ]
		[ "${#letters}" -eq $((2 * 156)) ]
		run "$cell" --once --workload=hashes --procs=1 --set lines=500
		[ "$status" -eq 0 ]
		grep -qx 'A: 00001: 356a192b7913b04c54574d18c28d46e6395428ab' <<<"$output"
		[ "$(grep -cE '^[AB]: [0-9]{5}: [0-9a-f]{40}$' <<<"$output")" -eq 1000 ]
		turns=$(grep -oE '^[AB]:' <<<"$output" | uniq | wc -l)
		grep -qx "Both have ended; turns between A and B: $((turns - 1))" <<<"$output"
	done
}

@test "cell: --distance has a row for each PU" {
	pus=$(taskset -cp $$ | sed 's/.*: *//')
	[[ $pus =~ ^([0-9]+)[,-]([0-9]+) ]] || skip "one PU"
	two=${BASH_REMATCH[1]},${BASH_REMATCH[2]}
	for cell in "${cells[@]}"; do
		run "$cell" --workload=null --once --cpus="$two" --distance=01,10
		[ "$status" -eq 0 ] || [ "$status" -eq 77 ]
		# What has no use for it does not look at it.
		[ "$cell" = "$build/cell-go" ] && continue
		for rows in '' 01 01,1 01,1g 01:10 011,0 01,100 01,10,; do
			refused "$cell" --workload=null --cpus="$two" --distance="$rows"
		done
		refused "$cell" --workload=null --distance=01,10
	done
}

@test "cell: bad usage is one sentence and status 2" {
	for cell in "${cells[@]}"; do
		refused "$cell"
		refused "$cell" spawn
		refused "$cell" --workload
		refused "$cell" --workload=
		refused "$cell" --workload=spawn --workload=spawn
		for procs in 0 -1 4x '' ' 1' 0x1 1025 99999999999999999999; do
			refused "$cell" --workload=null --procs="$procs"
		done
		refused "$cell" --workload=null --procs=1 --procs=1
		for pair in n n= =3 m=3 n=0 n=4x n= n=99999999999999999999; do
			refused "$cell" --workload=spawn --set "$pair"
		done
		refused "$cell" --workload=spawn --set n=3 --set n=3
		for pair in seed seed=x seed=-1 slow=1001 plant=right steal=far \
			slice_ms=0 slice_ms=1001 slice_ms=x stack_kib=15 stack_kib=1048577; do
			refused "$cell" --workload=null --opt "$pair"
		done
		for cpus in '' 0,0 0,00 x '0,' 99999; do
			refused "$cell" --workload=null --cpus="$cpus"
		done
		refused "$cell" --workload=null --cpus=0 --procs=2
		for time in 0 0.01s -1 '' 1e3 4000; do
			refused "$cell" --workload=null --benchmark_min_time="$time"
		done
		refused "$cell" --workload=null --benchmark_out_format=csv
		refused "$cell" --workload=null --benchmark_out="$out" --detail="$out"
		refused "$cell" --workload=null --once --detail="$out"
		refused "$cell" --workload=null --once=1
		refused "$cell" --workload=null --benchmark_out="$BATS_TEST_TMPDIR/none/x"
		refused "$cell" --workload=null --detail="$BATS_TEST_TMPDIR"
	done
}

@test "cell: a mistyped name is answered with the nearest" {
	for cell in "${cells[@]}"; do
		refused "$cell" --workload=spwan
		[[ $stderr == *"'spwan', did you mean spawn?" ]]
		refused "$cell" --wrokload=spawn
		[[ $stderr == *"'--wrokload', did you mean --workload?" ]]
		refused "$cell" --workload=documents --set dosc=3
		[[ $stderr == *"'dosc', did you mean docs?" ]]
		refused "$cell" --workload=null --opt sede=3
		[[ $stderr == *"'sede', did you mean seed?" ]]
		refused "$cell" --workload=zzzzzz
		[[ $stderr != *"did you mean"* ]]
	done
}

@test "cell: what cannot be written is said, and a device is not replaced" {
	for cell in "${cells[@]}"; do
		refused "$cell" --workload=null --procs=1 --benchmark_min_time=0.001 \
			--benchmark_out=/dev/full --detail="$detail"
		[ ! -e "$detail" ]
		refused "$cell" --workload=null --procs=1 --benchmark_min_time=0.001 --detail=/dev/full
		[ -c /dev/full ]
		for flags in --list --info "--workload=alphabet --once" "--workload=null --benchmark_min_time=0.001"; do
			# shellcheck disable=SC2086
			run bash -c '"$@" >/dev/full' - "$cell" $flags
			[ "$status" -eq 2 ]
		done
	done
}

@test "cell: Google Benchmark's own environment variables are refused, not obeyed" {
	for cell in "${cells[@]}"; do
		ldd "$cell" 2>/dev/null | grep -q libbenchmark || continue
		BENCHMARK_REPETITIONS=5 refused "$cell" --workload=null
		[[ $stderr == *BENCHMARK_REPETITIONS* ]]
	done
}
