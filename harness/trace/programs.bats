#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Traces of real programs: what must hold of them, whatever the machine does meanwhile.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || exit 1
	build=$PWD/${BUILD:-build}
	schedlab=$build/schedlab
	out=$BATS_TEST_TMPDIR
}

record() {	# BACKEND WORKLOAD P [--set KEY=VALUE]...; into $trace
	local b=$1 w=$2 p=$3
	shift 3
	trace=$out/$b-$w-$p.trace
	[ -x "$build/cell-$b" ] || skip "no $b"
	SCHEDLAB_TRACE=$trace timeout 120 "$build/cell-$b" --workload="$w" --procs="$p" "$@" --once >/dev/null
	[ -s "$trace" ] || skip "$b records no traces"
}

# Counts are exact, nothing is contradictory, and no more Gs run than there are Ps.
holds() {	# TRACE P-BOUND
	"$schedlab" trace summary --json "$1" >"$out/json" 2>"$out/said"
	jq -e --arg bound "$2" '.[0] | .finished and .created == .ended and .created > 0 and .lost == 0 and .odd == 0 and
		(.running_ns | add) == .length_ns and ($bound == "free" or (.running_ns | length) - 1 <= .procs_most)' \
		"$out/json" >/dev/null || { echo "$1"; cat "$out/said"; jq -c '.[0] | {created, ended, lost, odd, running_ns, procs_most}' "$out/json"; return 1; }
}

exports() {	# TRACE
	"$schedlab" trace export "$1" -o "$out/x.pftrace" 2>/dev/null
	"$schedlab" trace export "$1" -o "$out/x.gotrace" 2>/dev/null
	if [ "$(printf '%s\n' go1.22 "$(go env GOVERSION 2>/dev/null)" | sort -V | head -n 1)" = go1.22 ]; then
		go tool trace -d=parsed "$out/x.gotrace" >/dev/null
	fi
}

each() {	# BACKEND P bound|free WORKLOAD...
	local b=$1 p=$2 bound=$3 w
	shift 3
	for w in "$@"; do
		record "$b" "$w" "$p"
		holds "$trace" "$bound"
		exports "$trace"
	done
}

workloads=(alphabet yield spawn pingpong ring fanout pipeline barrier mpmc select mutex rwmutex cond timers pipes fib skynet
	skynet-join blocking)

@test "single-p: no two Gs run at once, and as many end as were created" {
	each single-p 1 bound "${workloads[@]}"
}

@test "work-stealing, P = 1 and 2: no more Gs run at once than there are Ps" {
	each work-stealing 1 bound "${workloads[@]}"
	each work-stealing 2 bound "${workloads[@]}"
}

@test "pthreads: as many Gs end as were created" {
	each pthreads 2 free alphabet pingpong pipeline mutex timers blocking
}

@test "alphabet on one P: one G after the other, one switch between them" {
	record single-p alphabet 1
	"$schedlab" trace export "$trace" -o "$out/x.csv" 2>/dev/null
	run awk -F, '$3 == "Running" && $5 ~ /^(lower|upper)$/ { n += NR > 1 && last != "" && $5 != last; last = $5 } END { print n + 0 }' \
		"$out/x.csv"
	[ "$output" -eq 1 ]
}

@test "alphabet on two Ps: the two Gs run at once for most of their time" {
	# 100 ms and more each: time enough for the second P to wake, whoever else is there.
	record work-stealing alphabet 2 --set rounds=10000
	"$schedlab" trace export "$trace" -o "$out/x.csv" 2>/dev/null
	head -n 2 "$out/x.csv"
	run awk -F, '$3 == "Running" && $5 ~ /^(lower|upper)$/ { if (!from[$5]) from[$5] = $1; to[$5] = $2 }
		END { a = from["lower"] > from["upper"] ? from["lower"] : from["upper"]
		      b = to["lower"] < to["upper"] ? to["lower"] : to["upper"]
		      print (b - a) / (to["lower"] - from["lower"]) }' "$out/x.csv"
	echo "$output"
	[ "$(awk -v share="$output" 'BEGIN { print (share > 0.5) }')" -eq 1 ]
}

@test "a hog on one P is stopped by a signal, in its own code, again and again" {
	record work-stealing hog 1 --set wishes=20
	"$schedlab" trace export "$trace" -o "$out/x.csv" 2>/dev/null
	n=$(awk -F, '$3 == "Runnable" && $5 == "hog" && /stopped by a signal/' "$out/x.csv" | wc -l)
	echo "stopped $n times"
	# Main wants to run twenty times, and each time the hog has the P.
	[ "$n" -ge 10 ]
}
