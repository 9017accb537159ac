#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The cell protocol, held against every cell program that is built.

load cell.bash

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
				jq -e --arg w "$workload" --argjson p "$procs" '.benchmarks | length == 1 and (.[0] |
					(.name | startswith($w + "/")) and .run_type == "iteration"
					and .time_unit == "ns" and .iterations >= 1
					and all(.real_time, .cpu_time, .ops, .ns_per_op, .peak_rss_bytes; . > 0)
					and (.real_time / .ops / .ns_per_op | . > 0.999 and . < 1.001)
					and all(.nvcsw, .nivcsw; . >= 0)
					and (if $w == "oversub" then true elif $p == 1 then .neighbour_ppm >= 0 else has("neighbour_ppm") | not end))' "$out"
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
			[[ $output == *"$workload needs the capability "*", which ${cell##*/cell-} lacks" ]]
			found=yes
		done
	done
	[ "$found" ]
}

@test "cell: a workload needs the parts of the API that it calls, and no others" {
	declare -A calls=(
		[channels]='sl_(chan_[a-z]+|select|select_until)'
		[timers]='sl_(sleep|[a-z_]+_until)'
		[fork-join]='sl_(fork|join)'
		[descriptors]='sl_(fd|close|read|write|accept|connect|wait_fd)'
	)
	while read -r workload needs; do
		file=$(echo workloads/*/"${workload//-/_}.c")
		mapfile -t headers < <(sed -n 's/^#include "\(.*\)"/\1/p' "$file")
		text=$(cd "${file%/*}" && cat "${file##*/}" && cat "${headers[@]}" 2>/dev/null || true)
		for part in "${!calls[@]}"; do
			called=no needed=no
			grep -qE "\b${calls[$part]}\(" <<<"$text" && called=yes
			[[ " $needs " == *" $part "* ]] && needed=yes
			echo "$workload: $part called: $called, needed: $needed"
			[ $called = $needed ]
		done
	done < <("${cells[0]}" --info | jq -r '.workloads[] | "\(.name) \(.needs | join(" "))"')
}

# Where one thread runs all Gs a lock is an ordinary variable, and a compiler that sees
# what is done under it leaves out that it is taken.
@test "cell: a lock is taken, and not thought away by the compiler" {
	command -v objdump >/dev/null || skip "no objdump"
	[ "$(uname -m)" = x86_64 ] || skip "it reads x86-64 code"
	found=
	for cell in "${cells[@]}"; do
		code=$build/obj/$(basename "$cell" | sed s/cell-//)/workloads/concurrency
		[ -f "$code/mutex.c.o" ] && ! can "$cell" parallel || continue
		objdump -d "$code/mutex.c.o" | awk '/^[0-9a-f]+ <add>:/ { on = 1 } /^$/ { on = 0 } on' >"$out"
		cat "$out"
		grep -qE 'movl +\$0x1,0x[0-9a-f]+\(' "$out"
		grep -qE 'movl +\$0x0,0x[0-9a-f]+\(' "$out"
		found=yes
	done
	[ "$found" ]
}

@test "cell: what work-stealing does for speed can be turned off, or does not apply" {
	for cell in "${cells[@]}"; do
		for knob in alone judge stuck share elsewhere; do
			run "$cell" --workload=skynet --procs=1 --iterations=1 --opt $knob=off
			if can "$cell" steals; then
				[ "$status" -eq 0 ]
			else
				[ "$status" -eq 77 ]
				[[ $output == *"has no '$knob' to turn off"* ]]
			fi
		done
	done
}

@test "cell: a name of something to turn off that is not known is refused" {
	for cell in "${cells[@]}"; do
		can "$cell" steals || continue
		SCHEDLAB_WITHOUT=alone,jugde run --separate-stderr "$cell" --workload=null --procs=1
		[ "$status" -eq 2 ]
		[[ $stderr == "fatal error: SCHEDLAB_WITHOUT: there is no 'jugde'"* ]]
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

@test "cell: --info has the knobs that mean something here, others do not apply" {
	# All knobs of all cells, with their least value or first word.
	for cell in "${cells[@]}"; do
		"$cell" --info | jq -r '.knobs[] | "\(.name)=\(.words[0]? // .min)"'
	done | sort -u >"$BATS_TEST_TMPDIR/knobs"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/knobs")" -ge 6 ]
	for cell in "${cells[@]}"; do
		while read -r knob; do
			run "$cell" --once --workload=null --procs=1 --opt "$knob"
			echo "$cell $knob: $status $output"
			if "$cell" --info | jq -e --arg k "${knob%=*}" 'any(.knobs[]; .name == $k)' >/dev/null; then
				# plant=wrong
				[ "$status" -eq 0 ] || [ "$status" -eq 1 ]
			else
				[ "$status" -eq 77 ]
			fi
			refused "$cell" --workload=null --opt "${knob%=*}=-1"
		done <"$BATS_TEST_TMPDIR/knobs"
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

@test "cell: without the program that has its clients, echo with a rate says so" {
	mkdir "$BATS_TEST_TMPDIR/alone"
	for cell in "${cells[@]}"; do
		cp "$cell" "$BATS_TEST_TMPDIR/alone"
		run "$BATS_TEST_TMPDIR/alone/$(basename "$cell")" --workload=echo --procs=1 --set rate=1000
		echo "$output"
		[ "$status" -eq 2 ]
		[[ ${lines[-1]} == *"$BATS_TEST_TMPDIR/alone/echo-load"* ]]
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

# Of spin and calibrate nothing is a scheduler's, burst has its serial time among its counters, and hog
# waits for most of its own.
@test "cell: every CPU-bound workload has its serial program" {
	[ "$("${cells[0]}" --info | jq -c '[.workloads[] | select(.kind | index("cpu-bound"))
		| select([.params[].name] | index("serial") | not).name]')" = '["spin","calibrate","hog","burst"]' ]
}

@test "cell: the serial program does the work of the parallel one, and starts no G" {
	for cell in "${cells[@]}"; do
		for workload in $("$cell" --info | jq -r '.workloads[] | select(.params[].name == "serial").name'); do
			applies "$cell" "$workload" || continue
			for serial in 0 1; do
				# shellcheck disable=SC2046
				measure "$cell" "$workload" 1 $(small "$workload") --set serial=$serial
				echo "$cell $workload serial=$serial: $status $output"
				[ "$status" -eq 0 ]
				jq -c '[.checksum, .counters.ops, .executed / (1 + .iterations)]' "$detail"
			done >"$BATS_TEST_TMPDIR/both"
			cat "$BATS_TEST_TMPDIR/both"
			[ "$(grep '^\[' "$BATS_TEST_TMPDIR/both" | uniq | wc -l)" -eq 1 ]
			# The workload has no G but the initial one.
			jq -e '.counters.spawns // 0 | . <= 1' "$detail"
		done
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
		for pair in seed seed=x seed=-1 seed=9007199254740992 slow=1001 plant=right steal=far \
			slice_ms=0 slice_ms=1001 slice_ms=x stack_kib=31 stack_kib=1048577; do
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

nowhere() { # pid: its standard input, output and error are /dev/null
	[ "$(readlink "/proc/$1/fd/0" "/proc/$1/fd/1" "/proc/$1/fd/2" | uniq -c | tr -s ' ')" = ' 3 /dev/null' ]
}

@test "cell: what it is started without is no other file" {
	for cell in "${cells[@]}"; do
		rm -f "$out" "$detail"
		"$cell" --workload=sleepers --procs=1 --set n=1 --set sleeps=1 --set sleep_us=500000 \
			--benchmark_min_time=0.001 --benchmark_out="$out" --detail="$detail" <&- >&- 2>&- 3>&- &
		for _ in $(seq 250); do
			nowhere $! && break
			sleep 0.02
		done
		nowhere $!
		wait $!
		jq -e '.benchmarks | length == 1' "$out"
		jq -e '.workload == "sleepers"' "$detail"
	done
}
