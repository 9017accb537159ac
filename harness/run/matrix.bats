#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154,SC2030,SC2031,SC2054,SC2016 # set by bats and fake.bash; commas are meant; cells expand
# schedlab matrix, with cells that fail in every way: a row each, never a hole.

load ../testdata/fake.bash

setup() {
	fake_setup
}

# The status and reason of the first row of a back end.
outcome() {
	jq -r --arg b "$1" 'select(.kind == "cell" and .cell.backend == $b) |
	       "\(.status): \(.reason)"' "$run_dir/cells.jsonl" | head -n 1
}

@test "matrix: each way of failing is a row with its status and reason" {
	run matrix -b good,fails,panics,wrong,inapplicable,crashes,garbage,nan,zero,silent,mute,lies,unbuilt,absent \
		-w fib -p 1 --set n=10 --reps 2 --out "$run_dir"
	echo "$output"
	[ "$status" -eq 1 ]
	[ "$(outcome good)" = 'ok: ' ]
	[ "$(outcome fails)" = 'failed: exit status 2: cannot start: the reason is in the last line' ]
	[ "$(outcome panics)" = 'failed: exit status 2: fatal error: all goroutines are asleep - deadlock!' ]
	[ "$(outcome wrong)" = 'wrong: fib: the sum is 3, not 4' ]
	[ "$(outcome inapplicable)" = 'na: fib needs more threads than there are' ]
	[ "$(outcome crashes)" = 'crashed: killed by SIGSEGV: about to fall' ]
	[[ "$(outcome garbage)" == 'failed: ended well but its report is no JSON'* ]]
	[[ "$(outcome nan)" == 'failed: ended well but its report is no JSON'* ]]
	[ "$(outcome zero)" = 'failed: ended well but its JSON has no ops or ns_per_op' ]
	[ "$(outcome silent)" = 'failed: ended well but wrote no report' ]
	[ "$(outcome mute)" = 'wrong: ended well but wrote no detail' ]
	[ "$(outcome lies)" = 'wrong: ended well but measured something else: procs=2, not 1' ]
	[ "$(outcome unbuilt)" = 'na: its compiler is not installed' ]
	[ "$(outcome absent)" = 'na: its program cell-absent is not built' ]
	# Rows = plan: 14 cells twice, and 3 calibrations.
	[ "$(wc -l <"$run_dir/cells.jsonl")" -eq 31 ]
}

@test "matrix: a back end with part of the API is asked for no more" {
	export FAKE_LOG=$BATS_TEST_TMPDIR/log
	run matrix -b good,partial -w fib,documents -p 1,2 --reps 1 --out "$run_dir"
	echo "$output"
	[ "$status" -eq 0 ]
	of() { jq -r --arg w "$1" --argjson p "$2" 'select(.cell.backend == "partial" and .cell.workload == $w and .cell.procs == $p) | "\(.status): \(.reason)"' "$run_dir/cells.jsonl" | sort -u; }
	[ "$(of fib 1)" = 'ok: ' ]
	[ "$(of documents 1)" = 'na: documents needs the capability timers, which partial lacks' ]
	[ "$(of fib 2)" = 'na: partial runs one G at a time, so P = 2 does not apply' ]
	# Not even started: the preset has two lines of documents, and good two P.
	[ "$(grep -c workload=documents "$FAKE_LOG")" -eq 4 ]
}

@test "matrix: what cannot be is not believed, and what two disagree in has no time" {
	run matrix -b good,halves,skips,invents,boasts,hurries,idles -w fib -p 1 --set n=10 --reps 1 --out "$run_dir"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ "$(outcome skips)" == 'wrong: did 200001 units of work in 100001 iterations, warm-ups included'* ]]
	[ "$(outcome invents)" = 'wrong: claims 0.001 ns an operation: no processor is as fast' ]
	[[ "$(outcome boasts)" == 'wrong: claims 201000.0 ms of measuring, and its process lasted for '* ]]
	[[ "$(outcome hurries)" == 'wrong: claims 0.001 ms of measuring, and was to measure for 20.000 '* ]]
	[[ "$(outcome idles)" == 'wrong: claims '*' ms of CPU time, and its process used '* ]]
	# Whoever comes first is believed until somebody disagrees.
	both="$(outcome good) $(outcome halves)"
	[[ $both == *'ok: '* ]]
	[[ $both == *'wrong: '*' operations, and '* ]]
	# Afterwards nobody is.
	[[ $output == *'9 rows: 2 ok, 7 wrong'* ]]
	jq -e '[.cells[].ns_per_op] | all(. == null)' "$run_dir/summary.json"
	# Both stay, with what they said.
	[ "$(jq -s '[.[] | select(.cell.backend == "good" or .cell.backend == "halves") | .benchmark.ops] | sort == [1, 2, 2, 2]' "$run_dir/cells.jsonl")" = true ]
	run matrix -b good,forges -w fib -p 1 --set n=10 --reps 1 --out "$run_dir-2"
	[ "$status" -eq 1 ]
	[[ $output == *'wrong: the results of an iteration add up to 0x'*' on '*', and to 0x'* ]]
}

@test "matrix: only what is ok has a time, and ok has one" {
	run matrix -b good,fails,wrong,nan,crashes -w fib -p 1 --set n=10 --reps 1 --out "$run_dir"
	[ "$status" -eq 1 ]
	[ "$(jq -c '[.status == "ok", .ns_per_op != null, .ops != null, .benchmark != null]' \
		"$run_dir/cells.jsonl" | sort -u | tr '\n' ' ')" = '[false,false,false,false] [true,true,true,true] ' ]
	[ "$(jq 'select(.kind == "cell" and .status == "ok").ns_per_op == 110.5' "$run_dir/cells.jsonl")" = true ]
}

@test "matrix: a row that a neighbour on the core slowed down is disturbed, unless neighbours are ignored" {
	FAKE_COUNTERS='"neighbour_ppm": 60000' matrix -b good -w fib -p 1 --set n=10 --reps 6 --opt neighbours=wait,ignore --out "$run_dir"
	run jq -s -c 'map(select(.kind == "cell")) | group_by(.cell.opts.neighbours)[] |
		[.[0].cell.opts.neighbours, all(.noise.neighbour >= 0), all(.disturbed)]' "$run_dir/cells.jsonl"
	echo "$output"
	[ "${lines[1]}" = '["wait",true,true]' ]
	[[ ${lines[0]} == '["ignore",false,'* ]]
	# Nobody else disturbed these.
	jq -s -e 'map(select(.cell.opts.neighbours == "ignore" and .noise.foreign_ns + .noise.unknown_ns + .noise.steal_ns < 1e5)) | all(.disturbed | not)' \
		"$run_dir/cells.jsonl"
	refused "--opt neighbours=never: not wait, insist or ignore" matrix -b good --opt neighbours=never
}

@test "matrix: a row has the keys of the schema, and summary.json counts them" {
	matrix -b good,inapplicable -w fib -p 1 --set n=10 --reps 6 --out "$run_dir"
	run jq -c 'select((keys | join(" ")) != "attempt benchmark cell detail disturbed kind layout noise ns_per_op ops reason rep rusage status")' \
		"$run_dir/cells.jsonl"
	[ -z "$output" ]
	run jq -c '[.rows, .statuses.ok, .statuses.na, .cells[0].ns_per_op.median == 110.5, .noise == 0]' "$run_dir/summary.json"
	[ "$output" = '[19,13,6,true,true]' ]
	run jq -r '[.plan.seed > 0, .plan.reps, (.plan.cells | length), .command[1], .build.version,
	            (.binaries["cell-good"] | startswith("fnv1a64:")), .machine.kernel != null] | join(" ")' \
		"$run_dir/meta.json"
	[ "$output" = "true 6 2 matrix 0.1 true true" ]
	grep -q '<topology' "$run_dir/topology.xml"
	# jq has doubles: the seed must come through.
	for _ in 1 2 3; do
		rm -r "$run_dir"
		run matrix -b good -w fib -p 1 --reps 1 --out "$run_dir"
		[[ $output == *" seed $(jq .plan.seed "$run_dir/meta.json"): "* ]]
	done
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

@test "matrix: nothing is left of a cell, sessions of their own included" {
	matrix -b detaches -w fib -p 1 --set n=1 --reps 1 --out "$run_dir"
	[ "$(outcome detaches)" = 'ok: ' ]
	none_left
	rm -r "$run_dir"
	# When its time is up, and when we are stopped.
	run matrix -b detaches -w fib -p 1 --set n=2 --reps 1 --timeout 0.5 --out "$run_dir"
	[ "$(outcome detaches)" = 'timeout: no end after 0.5 s' ]
	none_left
	rm -r "$run_dir"
	: >"$FAKE_PIDS"
	start_matrix -b detaches -w fib -p 1 --set n=2 --reps 1 --out "$run_dir"
	eventually started 5
	kill -INT "$runner"
	wait_for_runner
	[ "$status" -eq 130 ]
	none_left
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
	# at two P, three times; and four calibrations at each P.
	[ "$(wc -l <"$BATS_TEST_TMPDIR/a")" -eq 68 ]
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
	[[ $output == *"Noise: calibrations ±0.00 % at P=1;"*"half of the cells vary by less than ±0.0 %"* ]]
	[[ $output == *"no plots: "* ]]
	[[ $output == *"The run is in $run_dir"* ]]
}

# A run whose first cell does something to its own program.
changed_by() {
	rm -rf "$run_dir" "$BATS_TEST_TMPDIR/build"
	SCHEDLAB_BUILD=$PWD/harness/testdata/cells own_build
	program=$SCHEDLAB_BUILD/cell
	cp -p "$program" "$BATS_TEST_TMPDIR/spare"
	sed 's/100\.5/100.6/' "$program" >"$BATS_TEST_TMPDIR/other"
	chmod +x "$BATS_TEST_TMPDIR/other"
	export program spare=$BATS_TEST_TMPDIR/spare other=$BATS_TEST_TMPDIR/other FAKE_DO="[ -e $run_dir/once ] || { : >$run_dir/once; $1; }"
	run matrix -b good -w fib -p 1 --set n=1,2,3 --reps 2 --out "$run_dir"
	echo "$1: $status $output"
}

@test "matrix: a program that is another than when the run began ends it, whole rows kept" {
	# By a rename; in place, of the same size and with the time set back; gone.
	for change in 'mv "$other" "$program"' 'cat "$other" >"$program"; touch -r "$spare" "$program"' \
		'rm "$program"'; do
		changed_by "$change"
		[ "$status" -eq 2 ]
		[[ $output == *"schedlab: $SCHEDLAB_BUILD/cell-good has changed since the run began"* ]]
		[[ $output == *"matrix --resume $run_dir"* ]]
		# Not even the cell during which it changed.
		[ ! -s "$run_dir/cells.jsonl" ]
		[ ! -e "$run_dir/scratch" ]
		cp harness/testdata/cells/cell "$program"
		matrix --resume "$run_dir"
		[ "$(wc -l <"$run_dir/cells.jsonl")" -eq 9 ]
	done
}

@test "matrix: what cells start is as much a part of the build as they are" {
	export SCHEDLAB_BUILD=$PWD/harness/testdata/cells
	own_build
	printf '#!/bin/sh\n' >"$SCHEDLAB_BUILD/echo-load"
	chmod +x "$SCHEDLAB_BUILD/echo-load"
	export FAKE_DO="echo again >>$SCHEDLAB_BUILD/echo-load"
	run matrix -b good -w fib -p 1 --set n=1 --reps 1 --out "$run_dir"
	echo "$output"
	[ "$status" -eq 2 ]
	[[ $output == *"schedlab: $SCHEDLAB_BUILD/echo-load has changed since the run began"* ]]
	[ "$(jq '.binaries | has("echo-load")' "$run_dir/meta.json")" = true ]
}

@test "matrix: a cell knows which PUs it has, and which it could have and does not get" {
	export FAKE_DO="echo \"\$procs \$SCHEDLAB_CELL_PUS and \$SCHEDLAB_SPARE_PUS\" >>$BATS_TEST_TMPDIR/pus" SCHEDLAB_SPARE_PUS=none
	matrix -b good -w fib -p 1,2 --set n=1 --reps 1 --out "$run_dir"
	cat "$BATS_TEST_TMPDIR/pus"
	for procs in 1 2; do
		both=$("$schedlab" topo --json | jq -r "[.cpus[:$procs], .cpus[$procs:]] | map(join(\",\")) | join(\" and \")")
		grep -qx "$procs $both" "$BATS_TEST_TMPDIR/pus"
		! grep "^$procs " "$BATS_TEST_TMPDIR/pus" | grep -qvx "$procs $both"
	done
}

@test "matrix: a program that only looks changed is measured on" {
	for change in 'touch "$program"' 'mv "$spare" "$program"' 'rm "$program"; cp "$spare" "$program"'; do
		changed_by "$change"
		[ "$status" -eq 0 ]
		[ "$(wc -l <"$run_dir/cells.jsonl")" -eq 9 ]
	done
}

@test "matrix: rows are rows whatever we were started without" {
	# 1: rows that failed; 2: the table could not be printed.
	for closed in '1 2>&-' '2 >&-' '2 <&- >&- 2>&-'; do
		rm -rf "$run_dir"
		# fails makes it say something.
		run bash -c "PATH=\$1 exec \"\$2\" matrix \"\${@:3}\" ${closed#* }" - "$tools" "$schedlab" \
			-b good,fails -w fib -p 1 --set n=1,2 --reps 2 --out "$run_dir"
		[ "$status" -eq "${closed%% *}" ]
		[ "$(jq -c 'has("cell")' "$run_dir/cells.jsonl" | sort | uniq -c | tr -d ' ')" = 11true ]
		[ "$(jq .rows "$run_dir/summary.json")" -eq 11 ]
	done
}

@test "matrix: more Ps than PUs are measured, and said" {
	cpu=$(taskset -cp $$ | sed 's/.*: \([0-9]*\).*/\1/')
	run taskset -c "$cpu" env PATH="$tools" "$schedlab" matrix -b good,slow -w fib -p 1,2,3 --set n=1 --reps 1 --out "$run_dir"
	[ "$(grep -c 'P=2,3 on 1 PU.*: oversubscribed$' <<<"$output")" -eq 2 ]
	[ "$(jq -c 'select(.cell.procs == 3).cell.cpus' "$run_dir/cells.jsonl" | sort -u)" = "[$cpu]" ]
	[[ "$(jq -r '.notes[]' "$run_dir/summary.json")" == 'P=2,3 on 1 PU'*': oversubscribed' ]]
	run taskset -c "$cpu" "$schedlab" run -b good -w fib -p 2
	[[ $output == *'note          P=2 on 1 PU'*': oversubscribed'* ]]
	run taskset -c "$cpu" "$schedlab" run -b good -w fib -p 1
	[[ $output != *oversubscribed* ]]
}

@test "matrix: what is counted of a cell is asked for, and nothing that is not counted is a zero" {
	run matrix -b good -w fib -p 1 --set n=10 --opt counters=off,on --reps 2 --out "$run_dir"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(jq -c 'select(.kind == "cell") | [.cell.opts.counters, has("counters")]' "$run_dir/cells.jsonl" | sort -u | tr '\n' ' ')" = '["off",false] ["on",true] ' ]
	# A process has cycles, and where it has none it has a reason: once for the run.
	jq -s -e 'map(.counters // {}) | all(.[]; (.cycles // 1) > 0 and (.instructions // 1) > 0)' "$run_dir/cells.jsonl"
	without=$(jq -s 'any(.[]; .counters and (.counters | has("cycles") | not))' "$run_dir/cells.jsonl")
	said=$(grep -c 'Hardware counters are not available here: ' <<<"$output") || :
	[ "$without $said" = 'true 1' ] || [ "$without $said" = 'false 0' ]
	refused "--opt counters=1: not off or on" matrix -b good --opt counters=1
}
