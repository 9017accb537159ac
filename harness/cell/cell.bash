# SPDX-License-Identifier: Apache-2.0
# What the tests of cell programs share: for every cell that is built.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
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
	spawn | spawn-native | spawn-one) echo --set n=50 ;;
	pingpong) echo --set rounds=50 ;;
	ring) echo --set gs=10 --set laps=5 ;;
	mpmc) echo --set producers=3 --set consumers=2 --set buffer=4 --set each=50 ;;
	select) echo --set each=20 ;;
	mutex | mutex-native | rwmutex | once) echo --set gs=3 --set each=50 ;;
	mutex-contended*) echo --set gs=3 --set each=50 ;;
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

# The build has what each says of itself (--info).
can() { # cell capability
	jq -e --arg cap "$2" '.capabilities | index($cap)' "$1.json" >/dev/null
}

# What the workload needs, the cell can.
applies() { # cell workload
	jq -e --arg w "$2" '.capabilities as $can |
		.workloads[] | select(.name == $w).needs - $can == []' "$1.json" >/dev/null
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
