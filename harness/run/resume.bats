#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154,SC2030,SC2031,SC2054 # set by bats and fake.bash; commas are meant
# schedlab matrix --resume: however a run ended, resumed it is as if it had not.

load ../testdata/fake.bash

setup() {
	fake_setup
	plan=(-b good,slow,inapplicable -w fib --set 'n=1,2,3' -p '1,2' --reps 3 --seed 7)
}

# The rows of an unbroken run of the plan.
unbroken() {
	matrix "${plan[@]}" --dry-run 2>/dev/null |
		sed -n 's/^\([0-9]*\)\t\([a-z]*\)\t.*=\([0-9]*\) | \([a-z]*\) P=\([12]\) .*/\2 \1 \4 \5 \3/p'
}

rows() {
	jq -r '"\(.kind) \(.rep) \(.cell.backend) \(.cell.procs) \(.cell.params.n // .cell.params.turns)"' \
		"$1/cells.jsonl"
}

same_as_unbroken() {
	diff <(unbroken) <(rows "$run_dir")
}

@test "resume: killed at random moments, ends with the plan's rows, each once" {
	for round in 1 2 3 4 5 6; do
		# Killed before it was a run: then there is nothing to resume yet.
		if [ -e "$run_dir/meta.json" ]; then
			start_matrix --resume "$run_dir"
		else
			start_matrix "${plan[@]}" --out "$run_dir"
		fi
		sleep "0.$((RANDOM % 20 + 10))"
		kill -KILL "$runner" || break
		wait_for_runner
		[ "$status" -eq 137 ] || break
		cp "$run_dir/cells.jsonl" "$BATS_TEST_TMPDIR/before" || :
	done
	echo "$round kills, $(wc -l <"$run_dir/cells.jsonl") rows"
	[ "$round" -gt 1 ]
	matrix --resume "$run_dir"
	same_as_unbroken
	# What was measured before the last kill is still there, to the letter.
	head -n "$(wc -l <"$BATS_TEST_TMPDIR/before")" "$run_dir/cells.jsonl" |
		cmp - <(head -n "$(wc -l <"$BATS_TEST_TMPDIR/before")" "$BATS_TEST_TMPDIR/before")
	nothing_left
}

asleep() {
	grep -qs sleep "/proc/$(tail -n 1 "$FAKE_PIDS")/cmdline"
}

@test "resume: no cell outlives a killed runner" {
	export FAKE_SLEEP=1000
	start_matrix -b good -w fib -p 1 --set n=1 --reps 1 --out "$run_dir"
	eventually asleep
	left_over
	kill -KILL "$runner"
	nothing_left
}

@test "resume: a torn last line is dropped, and measured again" {
	matrix "${plan[@]}" --out "$run_dir"
	truncate -s -150 "$run_dir/cells.jsonl"
	[ -n "$(tail -c 1 "$run_dir/cells.jsonl")" ]
	run matrix --resume "$run_dir"
	[ "$status" -eq 0 ]
	[[ $output == *"62 rows, 1 to measure"* ]]
	same_as_unbroken
}

@test "resume: a whole run is left as it is" {
	matrix "${plan[@]}" --out "$run_dir"
	cp "$run_dir/cells.jsonl" "$run_dir/meta.json" "$BATS_TEST_TMPDIR"
	run matrix --resume "$run_dir"
	[ "$status" -eq 0 ]
	cmp "$run_dir/cells.jsonl" "$BATS_TEST_TMPDIR/cells.jsonl"
	cmp "$run_dir/meta.json" "$BATS_TEST_TMPDIR/meta.json"
}

has_rows() {
	[ -s "$run_dir/cells.jsonl" ]
}

@test "resume: Ctrl-C keeps all rows and says how to go on" {
	start_matrix "${plan[@]}" --out "$run_dir"
	eventually has_rows
	kill -INT "$runner"
	wait_for_runner
	[ "$status" -eq 130 ]
	cat "$BATS_TEST_TMPDIR/err"
	command=$(tail -n 1 "$BATS_TEST_TMPDIR/err")
	[ "$command" = "  $schedlab matrix --resume $run_dir" ]
	[ "$(wc -l <"$run_dir/cells.jsonl")" -ge 1 ]
	[ "$(wc -l <"$run_dir/cells.jsonl")" -lt 62 ]
	nothing_left
	PATH=$tools eval "$command"
	same_as_unbroken
}

@test "resume: a signal to ignore is ignored" {
	trap '' HUP     # as nohup does
	start_matrix -b slow -w fib -p 1 --set n=1,2,3 --reps 3 --out "$run_dir"
	trap - HUP
	eventually has_rows
	kill -HUP "$runner"
	wait_for_runner
	[ "$status" -eq 0 ]
}

@test "resume: a pipe that nobody reads any more stops nothing" {
	# fails makes it say something while it measures.
	plan=(-b slow,fails -w fib -p 1 --set n=1,2,3 --reps 3 --out "$run_dir")
	run bash -c 'set -o pipefail; PATH=$1 "$2" matrix "${@:3}" 2>&1 >/dev/null | true' \
		- "$tools" "$schedlab" "${plan[@]}"
	[ "$status" -eq 1 ]     # rows that failed
	[ "$(wc -l <"$run_dir/cells.jsonl")" -eq 22 ]
	rm -r "$run_dir"
	run bash -c 'set -o pipefail; PATH=$1 "$2" matrix "${@:3}" | true' - "$tools" "$schedlab" "${plan[@]}"
	[ "$status" -eq 141 ]   # as others end that nobody listens to any more
	[[ $output != *"cannot write"* ]]
	[ "$(jq .rows "$run_dir/summary.json")" -eq 22 ]
}

@test "resume: the command is quoted as a shell needs it" {
	run_dir="$BATS_TEST_TMPDIR/it's a run"
	start_matrix -b hangs -w fib -p 1 --set n=1 --reps 1 --out "$run_dir"
	eventually started_one
	kill -TERM "$runner"
	wait_for_runner
	[ "$status" -eq 143 ]
	tail -n 1 "$BATS_TEST_TMPDIR/err"
	eval "set -- $(tail -n 1 "$BATS_TEST_TMPDIR/err")"
	[ "$4" = "$run_dir" ]
	nothing_left
}

@test "resume: two writers to one run are refused" {
	start_matrix -b hangs -w fib -p 1 --set n=1 --reps 1 --timeout 30 --out "$run_dir"
	eventually started_one
	refused "another schedlab is writing to" matrix --resume "$run_dir"
	refused "another schedlab is writing to" matrix "${plan[@]}" --out "$run_dir"
	kill -INT "$runner"
	wait_for_runner
	[ "$status" -eq 130 ]
	nothing_left
}

@test "resume: refuses what it cannot go on with" {
	refused "holds no run" matrix --resume "$BATS_TEST_TMPDIR/nothing"
	refused "holds no run" matrix --resume "$BATS_TEST_TMPDIR"
	[ ! -e "$BATS_TEST_TMPDIR/cells.jsonl" ]
	mkdir "$run_dir"
	echo '{"name": "something else"}' >"$run_dir/meta.json"
	refused "no run that this version knows" matrix --resume "$run_dir"
	echo 'not JSON' >"$run_dir/meta.json"
	refused "no run that this version knows" matrix --resume "$run_dir"
	rm -r "$run_dir"
	matrix "${plan[@]}" --out "$run_dir"
	refused "holds a run already" matrix "${plan[@]}" --out "$run_dir"
	refused "takes no other flag" matrix --resume "$run_dir" -b good
	refused "takes no other flag" matrix --resume "$run_dir" --reps 9
}

@test "resume: refuses other binaries, and another machine" {
	own_build
	matrix "${plan[@]}" --out "$run_dir"
	echo '# another build' >>"$SCHEDLAB_BUILD/cell"
	refused "was run with other binaries" matrix --resume "$run_dir"
	sed -i '$d' "$SCHEDLAB_BUILD/cell"
	matrix --resume "$run_dir"
	ln -s cell "$SCHEDLAB_BUILD/cell-absent"
	refused "was run without cell-absent" matrix --resume "$run_dir"
	rm "$SCHEDLAB_BUILD/cell-absent"
	jq '.machine.host = "elsewhere"' "$run_dir/meta.json" >"$BATS_TEST_TMPDIR/meta.json"
	cp "$BATS_TEST_TMPDIR/meta.json" "$run_dir"
	refused "was run on another machine (host elsewhere)" matrix --resume "$run_dir"
}

@test "resume: rows that are not the plan's are refused, none is thrown away" {
	matrix "${plan[@]}" --out "$run_dir"
	last=$(tail -n 1 "$run_dir/cells.jsonl")
	echo "$last" >>"$run_dir/cells.jsonl"
	cp "$run_dir/cells.jsonl" "$BATS_TEST_TMPDIR"
	refused "line 63 is no row of the plan, or is there twice" matrix --resume "$run_dir"
	sed -i '7s/.*/garbage/' "$run_dir/cells.jsonl"
	refused "line 7 is no row of a run" matrix --resume "$run_dir"
	[ "$(wc -l <"$run_dir/cells.jsonl")" -eq 63 ]
}

@test "resume: a full disk keeps whole lines only, and can be resumed" {
	(
		ulimit -f 16    # KiB a file may have
		run matrix "${plan[@]}" --out "$run_dir"
		echo "$output"
		[ "$status" -eq 2 ]
		[[ $output == *"cannot write $run_dir/cells.jsonl: File too large"* ]]
		[[ $output == *"matrix --resume $run_dir"* ]]
	)
	[ -s "$run_dir/cells.jsonl" ]
	[ -z "$(tail -c 1 "$run_dir/cells.jsonl")" ]
	[ "$(wc -l <"$run_dir/cells.jsonl")" -lt 62 ]
	matrix --resume "$run_dir"
	same_as_unbroken
}

@test "resume: what looks at a run that is not whole says so" {
	matrix "${plan[@]}" --out "$run_dir"
	[ "$(jq -c '[.rows, .planned, .notes]' "$run_dir/summary.json")" = '[62,62,[]]' ]
	sed -i '40,$d' "$run_dir/cells.jsonl"
	note='Incomplete: 39 of 62 rows'
	# Drawn by a gnuplot that keeps its captions.
	printf '#!/bin/sh\nfor last; do :; done\nshift 3; echo "$4" >>"$CAPTIONS"; echo drawn >"$2"\n' >"$tools/gnuplot"
	chmod +x "$tools/gnuplot"
	CAPTIONS=$BATS_TEST_TMPDIR/captions PATH=$tools "$schedlab" plot "$run_dir"
	[ "$(sort -u "$BATS_TEST_TMPDIR/captions" | cut -d. -f1)" = "$note" ]
}

@test "runs: several of one plan, each with its own order, and how far apart they are" {
	few=(-b good,inapplicable -w fib --set 'n=1,2' -p '1,2' --reps 2 --seed 7 --out "$run_dir")
	matrix "${few[@]}" --runs 3 >"$BATS_TEST_TMPDIR/said"
	for i in 1 2 3; do
		[ "$(jq .plan.seed "$run_dir/$i/meta.json")" -eq $((6 + i)) ]
		rows "$run_dir/$i" >"$BATS_TEST_TMPDIR/rows$i"
	done
	! cmp "$BATS_TEST_TMPDIR/rows1" "$BATS_TEST_TMPDIR/rows2"
	diff <(sort "$BATS_TEST_TMPDIR/rows1") <(sort "$BATS_TEST_TMPDIR/rows2")
	grep -q '^Between 3 runs of this plan' "$BATS_TEST_TMPDIR/said"
	jq -e '.runs == 3 and ([.rows[] | select(.backend == "good")] | length == 4 and
		all(.[]; .runs == 3 and .median > 0)) and
		([.rows[] | select(.backend == "inapplicable")] | all(.[]; .runs == 0 and .median == null))' "$run_dir/runs.json"
	# Disturbed rows are left out of a run that has others; one row says nothing of its run.
	for i in 1 2 3; do
		jq -sc '[.[] | select(.cell.backend == "good" and .kind == "cell")] | group_by([.cell.procs, .cell.params])[] |
			{procs: .[0].cell.procs, n: .[0].cell.params.n, rows: ([.[] | select(.disturbed | not)] | length)} |
			.rows |= if . == 0 then 2 else . end' "$run_dir/$i/cells.jsonl"
	done | jq -sc 'group_by([.procs, .n])[] | [.[].rows] | [min, max > 1]' | sort >"$BATS_TEST_TMPDIR/rows"
	jq -c '.rows[] | select(.backend == "good") | [.samples, .floor != null]' "$run_dir/runs.json" | sort |
		diff - "$BATS_TEST_TMPDIR/rows"
	[ "$(wc -L <"$BATS_TEST_TMPDIR/said")" -le 80 ]
	refused "holds a run already" matrix "${few[@]}" --runs 3
	refused "holds several runs already" matrix "${few[@]}"
	refused "--runs" matrix "${few[@]}" --runs 1
	echo '{"schema": 1, "runs": 1000000}' >"$run_dir/runs.json"
	refused "is of no runs that this version knows" matrix --resume "$run_dir"
}

@test "runs: those that were stopped go on, and the rest begin" {
	few=(-b good,inapplicable -w fib --set 'n=1,2' -p '1,2' --reps 2 --seed 7 --out "$run_dir")
	matrix "${few[@]}" --runs 3 >/dev/null
	cp -r "$run_dir" "$BATS_TEST_TMPDIR/whole"
	rm -r "$run_dir/3"
	head -n 5 "$BATS_TEST_TMPDIR/whole/2/cells.jsonl" >"$run_dir/2/cells.jsonl"
	refused "holds several runs: give one of them" compare "$run_dir" "$run_dir/1"
	"$schedlab" matrix --resume "$run_dir"
	for i in 1 2 3; do
		diff <(rows "$BATS_TEST_TMPDIR/whole/$i") <(rows "$run_dir/$i")
	done
	rm "$run_dir/1/meta.json"
	refused "1 holds no run" matrix --resume "$run_dir"
}
