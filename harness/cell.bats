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
	spawn) echo --set n=50 ;;
	pingpong) echo --set rounds=50 ;;
	select) echo --set each=20 ;;
	mutex | rwmutex | once) echo --set gs=3 --set each=50 ;;
	cond) echo --set producers=3 --set consumers=2 --set buffer=2 --set each=50 ;;
	sieve) echo --set n=20 ;;
	documents) echo --set docs=20 --set gs=5 --set read_us=50 ;;
	sum) echo --set n=1000 --set chunks=7 ;;
	fib) echo --set n=8 ;;
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
				if [ "$procs" -gt 1 ] && ! can "$cell" parallel; then
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
			echo stale >"$out"
			measure "$cell" "$workload" 1 --opt plant=wrong
			echo "$cell $workload: $status $output"
			[ "$status" -eq 1 ]
			[[ $output == *"$workload: wrong result: "* ]]
			[ -z "$(ls -A "$BATS_TEST_TMPDIR")" ]
		done
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
		for pair in seed seed=x seed=-1 slow=1001 plant=right steal=random; do
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
