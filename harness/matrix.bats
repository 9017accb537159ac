#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154,SC2030,SC2031,SC2054 # set by bats and fake.bash; commas are meant
# schedlab matrix, with cells that fail in every way: a row each, never a hole.

load fake.bash

setup() {
	fake_setup
}

# The status and reason of the first row of a back end.
outcome() {
	jq -r --arg b "$1" 'select(.kind == "cell" and .cell.backend == $b) |
	       "\(.status): \(.reason)"' "$run_dir/cells.jsonl" | head -n 1
}

@test "matrix: each way of failing is a row with its status and reason" {
	run matrix -b good,fails,panics,wrong,inapplicable,crashes,garbage,nan,zero,silent,unbuilt,absent \
		-w fib -p 1 --set n=10 --reps 2 --out "$run_dir"
	echo "$output"
	[ "$status" -eq 1 ]
	[ "$(outcome good)" = 'ok: ' ]
	[ "$(outcome fails)" = 'failed: exit status 2: cannot start: the reason is in the last line' ]
	[ "$(outcome panics)" = 'failed: exit status 2: fatal error: all goroutines are asleep - deadlock!' ]
	[ "$(outcome wrong)" = 'wrong: fib: the sum is 3, not 4' ]
	[ "$(outcome inapplicable)" = 'na: fib needs more threads than there are' ]
	[ "$(outcome crashes)" = 'crashed: killed by SIGSEGV: about to fall' ]
	[[ "$(outcome garbage)" == 'failed: ended well but what it wrote is no JSON'* ]]
	[[ "$(outcome nan)" == 'failed: ended well but what it wrote is no JSON'* ]]
	[ "$(outcome zero)" = 'failed: ended well but its JSON has no ops or ns_per_op' ]
	[ "$(outcome silent)" = 'failed: ended well but wrote no JSON' ]
	[ "$(outcome unbuilt)" = 'na: its compiler is not installed' ]
	[ "$(outcome absent)" = 'na: its program cell-absent is not built' ]
	# Rows = plan: 12 cells twice, and 3 calibrations.
	[ "$(wc -l <"$run_dir/cells.jsonl")" -eq 27 ]
}

@test "matrix: only what is ok has a time, and ok has one" {
	run matrix -b good,fails,wrong,nan,crashes -w fib -p 1 --set n=10 --reps 1 --out "$run_dir"
	[ "$status" -eq 1 ]
	[ "$(jq -c '[.status == "ok", .ns_per_op != null, .ops != null, .benchmark != null]' \
		"$run_dir/cells.jsonl" | sort -u | tr '\n' ' ')" = '[false,false,false,false] [true,true,true,true] ' ]
	[ "$(jq 'select(.kind == "cell" and .status == "ok").ns_per_op == 110.5' "$run_dir/cells.jsonl")" = true ]
}

@test "matrix: a row has the keys of the schema, and summary.json counts them" {
	matrix -b good,inapplicable -w fib -p 1 --set n=10 --reps 6 --out "$run_dir"
	run jq -c 'select((keys | join(" ")) != "attempt benchmark cell detail disturbed kind noise ns_per_op ops reason rep rusage status")' \
		"$run_dir/cells.jsonl"
	[ -z "$output" ]
	run jq -c '[.rows, .statuses.ok, .statuses.na, .cells[0].ns_per_op.median == 110.5, .noise == 0]' "$run_dir/summary.json"
	[ "$output" = '[19,13,6,true,true]' ]
	run jq -r '[.plan.seed > 0, .plan.reps, (.plan.cells | length), .command[1], .build.version,
	            (.binaries["cell-good"] | startswith("fnv1a64:")), .machine.kernel != null] | join(" ")' \
		"$run_dir/meta.json"
	[ "$output" = "true 6 2 matrix 0.1 true true" ]
	grep -q '<topology' "$run_dir/topology.xml"
	[ ! -e "$run_dir/scratch" ]
}

@test "matrix: a hung cell is killed in time, with what it started" {
	run matrix -b hangs,chatters,leaves -w fib -p 1 --set n=10 --reps 1 --timeout 1 --out "$run_dir"
	[ "$status" -eq 1 ]
	[ "$(outcome hangs)" = 'timeout: no end after 1 s: waiting' ]
	[[ "$(outcome chatters)" == 'timeout: no end after 1 s: n'* ]]     # cut anywhere
	[ "$(outcome leaves)" = 'ok: ' ]
	[ "$(wc -l <"$FAKE_PIDS")" -ge 5 ]
	nothing_left
}

# The last process that is a hung cell, not what it started.
hung_cell() {
	while read -r hung; do
		grep -qs cell-hangs "/proc/$hung/cmdline" && return 0
	done <"$FAKE_PIDS"
	return 1
}

@test "matrix: a cell that is killed from outside is one crashed row" {
	start_matrix -b hangs,good -w fib -p 1 --set n=10 --reps 2 --timeout 20 --out "$run_dir"
	for _ in 1 2; do
		eventually hung_cell
		kill -KILL "$hung"      # as when memory runs out
		sleep 0.1
	done
	wait_for_runner
	[ "$status" -eq 1 ]
	jq -r '"\(.kind) \(.rep) \(.status): \(.reason)"' "$run_dir/cells.jsonl"
	[ "$(jq -r 'select(.status == "crashed").reason' "$run_dir/cells.jsonl" | grep -c 'killed by SIGKILL')" -eq 2 ]
	[ "$(jq -r .status "$run_dir/cells.jsonl" | grep -c ok)" -eq 5 ]
	[ "$(wc -l <"$run_dir/cells.jsonl")" -eq 7 ]
	nothing_left
}

@test "matrix: the same seed gives the same order, and repetitions differ" {
	plan=(--dry-run -b good,slow -w fib,documents --set n=1,2,3 -p 1,2 --reps 3)
	matrix "${plan[@]}" --seed 42 >"$BATS_TEST_TMPDIR/a"
	matrix "${plan[@]}" --seed 42 >"$BATS_TEST_TMPDIR/b"
	matrix "${plan[@]}" --seed 43 >"$BATS_TEST_TMPDIR/c"
	cmp "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/b"
	run cmp -s "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/c"
	[ "$status" -eq 1 ]
	# fib at three sizes and documents at the preset's two, on two back ends,
	# at two P, three times; and four calibrations.
	[ "$(wc -l <"$BATS_TEST_TMPDIR/a")" -eq 64 ]
	for rep in 0 1 2; do
		grep "^$rep	cell" "$BATS_TEST_TMPDIR/a" | cut -f3 >"$BATS_TEST_TMPDIR/rep$rep"
		sort "$BATS_TEST_TMPDIR/rep$rep" >"$BATS_TEST_TMPDIR/sorted$rep"
	done
	run cmp -s "$BATS_TEST_TMPDIR/rep0" "$BATS_TEST_TMPDIR/rep1"
	[ "$status" -eq 1 ]
	cmp "$BATS_TEST_TMPDIR/sorted0" "$BATS_TEST_TMPDIR/sorted1"
	cmp "$BATS_TEST_TMPDIR/sorted0" "$BATS_TEST_TMPDIR/sorted2"
	[ -z "$(uniq -d "$BATS_TEST_TMPDIR/sorted0")" ]
}

@test "matrix: rows stand in the order of the dry run" {
	plan=(-b good -w fib,documents --set n=1,2,3 -p 1,2 --reps 2 --seed 9)
	matrix "${plan[@]}" --out "$run_dir"
	matrix "${plan[@]}" --dry-run | sed 's/.* n=\([0-9]*\) |.*P=\([0-9]\).*/\1 \2/; t; d' >"$BATS_TEST_TMPDIR/a"
	jq -r 'select(.cell.workload == "fib") | "\(.cell.params.n) \(.cell.procs)"' "$run_dir/cells.jsonl" \
		>"$BATS_TEST_TMPDIR/b"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/a")" -eq 12 ]
	cmp "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/b"
}

@test "matrix: the cell gets its command line, and --cpus only when bound" {
	export FAKE_LOG=$BATS_TEST_TMPDIR/log
	matrix -b good -w fib -p 1 --pin none,compact --set n=7 --opt steal=near --min-time 0.25 --reps 1 --out "$run_dir"
	cat "$FAKE_LOG"
	grep -e "^--workload=fib --procs=1 --set n=7 --opt steal=near --detail=$run_dir/scratch/detail.json --benchmark_min_time=0.250000 --benchmark_out=$run_dir/scratch/benchmark.json --benchmark_out_format=json$" "$FAKE_LOG"
	cpu=$(jq -r 'select(.cell.pin == "compact").cell.cpus[0]' "$run_dir/cells.jsonl")
	grep -e "^--workload=fib .* --cpus=$cpu --detail=" "$FAKE_LOG"
	[ "$(wc -l <"$FAKE_LOG")" -eq 4 ]
}

@test "matrix: the cell is told how far its PUs are from each other" {
	[ "$("$schedlab" topo --json | jq .pus)" -ge 2 ] || skip "one PU"
	export FAKE_LOG=$BATS_TEST_TMPDIR/log
	matrix -b good -w fib -p 2 --pin none,compact --set n=7 --reps 1 --out "$run_dir"
	cat "$FAKE_LOG"
	[ "$(grep -c -e ' --distance=' "$FAKE_LOG")" -eq "$(grep -c -e ' --cpus=[0-9]*,' "$FAKE_LOG")" ]
	grep -qe '--cpus=[0-9]*,[0-9]* --distance=0\([1-9a-f]\),\10 ' "$FAKE_LOG"
}

@test "matrix: a cell that does not apply is asked once, and has a row each time" {
	export FAKE_LOG=$BATS_TEST_TMPDIR/log
	matrix -b inapplicable -w fib -p 1 --set n=7 --reps 4 --out "$run_dir"
	[ "$(grep -c workload=fib "$FAKE_LOG")" -eq 1 ]
	[ "$(jq -r 'select(.status == "na").rep' "$run_dir/cells.jsonl" | tr '\n' ' ')" = '0 1 2 3 ' ]
}

@test "matrix: without a terminal, plain lines; a failing cell is told once" {
	run matrix -b fails,good -w fib -p 1 --set n=7 --reps 3 --out "$run_dir"
	[[ $output != *$'\r'* ]]
	[ "$(grep -c 'fails.*the reason is in the last line' <<<"$output")" -eq 1 ]
	[[ $output == *'3 failed'* ]]
	[[ $output == *"Noise: 0.00 % (spread of 4 calibrations)"* ]]
	[[ $output == *"no plots: "* ]]
	[[ $output == *"The run is in $run_dir"* ]]
}

@test "matrix: on a terminal, one line redrawn within 80 columns" {
	command -v script >/dev/null || skip "no script(1) here"
	TERM=xterm PATH=$tools:$PATH script -qec "stty cols 80; $schedlab matrix -b slow,good -w fib -p 1 --set n=7,8,9 --reps 3 --out $run_dir" \
		/dev/null >"$BATS_TEST_TMPDIR/screen"
	grep -q $'\r\[#' "$BATS_TEST_TMPDIR/screen"
	grep -q ' left  fib n=' "$BATS_TEST_TMPDIR/screen"
	# Between carriage returns and newlines nothing is wider than the screen.
	[ "$(tr '\r' '\n' <"$BATS_TEST_TMPDIR/screen" | grep '^\[' | awk '{ if (length > m) m = length } END { print m }')" -le 79 ]
}
