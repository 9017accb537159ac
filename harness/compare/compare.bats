#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # set by bats and fake.bash
# schedlab compare, as typed, on runs made up here; the arithmetic is harness/stats'.

bats_require_minimum_version 1.5.0

load ../testdata/fake.bash

setup() {
	fake_setup
	mkdir "$run_dir"
}

columns() {
	awk '{ if (length > m) m = length } END { print m }' <<<"$output"
}

# The run of plant as one side of two.
keep() { # NAME
	rm -rf "${BATS_TEST_TMPDIR:?}/$1"
	mv "$run_dir" "$BATS_TEST_TMPDIR/$1"
	mkdir "$run_dir"
}

# With short names for the runs.
in_tmp() {
	env -C "$BATS_TEST_TMPDIR" "$PWD/$schedlab" "$@"
}

# Back end b takes 10 % more than a, whatever a repetition does to both.
six() {
	plant <<-END
	a  ring 1 n=8    100 200 400 100 800 100
	b  ring 1 n=8    110 220 440 110 880 110
	a  ring 2 n=8    100 101 102 103 104 105
	b  ring 2 n=8    100.1 101.1 102.1 103.1 104.1 105.1
	a  fib  1 n=30   50 60 50 50 60 50
	b  fib  1 n=30   na na na na na na
	a  hog  1 -      5 5 5 5 5 5
	b  yield 1 -     5 5 5 5 5 5
	a  mutex 1 gs=8  7 7 7 7 crashed 7
	b  mutex 1 gs=8  7 9 7 7 7 7
	END
}

@test "compare: two back ends of a run, pair by pair, in 80 columns" {
	six
	run "$schedlab" compare "$run_dir" --backends a,b
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(columns)" -le 80 ]
	diff - <(printf '%s\n' "$output") <<-'END'
	a: a
	b: b
	Ratios are of b by a within a repetition, with an interval of 95 % (Wilcoxon's
	  signed ranks).
	Noise floor: 1 %. Inside it, the whole interval, is "same"; beyond it, faster
	  or slower.
	Below 12 repetitions the intervals alone decide: were there no difference and
	  no floor, 0.1 rows would be called different.

	                  P        a        b    b/a         interval      p
	ring              1   150 ns   165 ns  1.100   1.100 to 1.100  0.031 slower
	ring              2   102 ns   103 ns  1.001   1.001 to 1.001  0.031 same
	mutex             1  7.00 ns  7.00 ns  1.000   1.000 to 1.286  1.000 too few

	Geometric mean of 2 rows: 1.049, 1.049 to 1.049
	0 faster, 1 slower, 1 same, 0 cannot tell, 1 too few
	Rows without a time: mutex P=1 (a planted reason)
	Only in a: hog P=1
	Only in b: yield P=1
	Does not apply to both: fib P=1
	END
	run "$schedlab" compare "$run_dir" --backends b,a
	[[ $output == *"ring              1   165 ns   150 ns  0.909   0.909 to 0.909  0.031 faster"* ]]
}

@test "compare: the same for programs, as the contract has it" {
	six
	"$schedlab" compare "$run_dir" --backends a,b --json >"$BATS_TEST_TMPDIR/json"
	run jq -c '[.a.name, .b.name, .method, .floor, .blocks, (.rows | length), .counts]' "$BATS_TEST_TMPDIR/json"
	[ "$output" = '["a","b","paired",0.01,6,3,{"too few":1,"cannot tell":0,"same":1,"faster":0,"slower":1}]' ]
	run jq -c '.rows[0] | [.cell, .label, .figure, .unit, .blocks, .p, .p_adjusted, .floor, .verdict]' "$BATS_TEST_TMPDIR/json"
	[ "$output" = '[{"workload":"ring","procs":1,"pin":"none","params":{"n":"8"},"opts":{}},"ring","ns_per_op","ns",6,0.03125,null,0.01,"slower"]' ]
	jq -e '.rows[0] | .a.median == 150 and (.b.median - 165 | fabs) < 1e-9 and .a.low == 100 and
	       (.ratio.estimate - 1.1 | fabs) < 1e-9 and (.ratio.low - 1.1 | fabs) < 1e-9' "$BATS_TEST_TMPDIR/json"
	jq -e '.geomean | .rows == 2 and .low <= .estimate and .estimate <= .high' "$BATS_TEST_TMPDIR/json"
	run jq -c '[.left_out[] | [.cell.workload, .why]]' "$BATS_TEST_TMPDIR/json"
	[ "$output" = '[["fib","does not apply"],["hog","only in a"],["yield","only in b"]]' ]
}

@test "compare: Markdown escapes what is its own" {
	plant <<-END
	a  a|b_c 1 -  1 1 1 1 1 1
	b  a|b_c 1 -  2 2 2 2 2 2
	END
	run "$schedlab" compare "$run_dir" --backends a,b --markdown
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *'| cell | P | a | b | b/a | interval | p | verdict |
|---|--:|--:|--:|--:|--:|--:|---|
| a\|b\_c | 1 | 1.00 ns | 2.00 ns | 2.000 | 2.000 to 2.000 | 0.031 | slower |'* ]]
}

@test "compare: disturbed rows are named, and conclude nothing" {
	plant <<-END
	a  ring 1 n=8  100 100 100 100 100 100 100
	b  ring 1 n=8  200 200 200 200 200 200 900d
	a  ring 2 n=8  100 100 100 100 100d 100d 100
	b  ring 2 n=8  200 200 200 200 200 200 200
	END
	run "$schedlab" compare "$run_dir" --backends a,b
	echo "$output"
	[[ $output == *"ring              1   100 ns   200 ns  2.000   2.000 to 2.000  0.031 slower"* ]]
	[[ $output == *"ring              2   100 ns   200 ns  2.000   2.000 to 2.000  0.016 cannot tell"* ]]
	[[ $output == *"Geometric mean of 1 row: 2.000"* ]]
	[[ $output == *"Disturbed repetitions, left out: ring P=1 1 of 7"* ]]
	[[ $output == *"Disturbed, with too few others: nothing is concluded from: ring P=2 2 of 7"* ]]
}

@test "compare: a name that is long has a line of its own" {
	plant <<-END
	a  ring 1 n=8,gs=1000000  1 1 1 1 1 1
	b  ring 1 n=8,gs=1000000  1 1 1 1 1 1
	a  ring 1 n=9,gs=1000001  1 1 1 1 1 1
	b  ring 1 n=9,gs=1000001  1 1 1 1 1 1
	END
	run "$schedlab" compare "$run_dir" --backends a,b
	echo "$output"
	[[ $output == *$'\nring n=8 gs=1000000\n                  1  1.00 ns  1.00 ns  1.000   1.000 to 1.000  1.000 same\nring n=9 gs=1000001\n'* ]]
}

@test "compare: a side whose processes are of two kinds is flagged" {
	plant <<-END
	a  ring 1 n=8  100 150 101 151 102 152 100 150
	b  ring 1 n=8  100 101 102 103 104 105 106 107
	END
	run "$schedlab" compare "$run_dir" --backends a,b
	echo "$output"
	[[ $output == *"Processes of two kinds, between which no time is: ring P=1 in a (4 of 100 ns,"*"4 of 150 ns)"* ]]
	[[ $output != *" in b ("* ]]
	[[ $output == *$'\nring              1  ^126 ns   104 ns '* ]]
	run jq -c '.rows[0].clusters | [.a.below, .a.above, .b]' <("$schedlab" compare "$run_dir" --backends a,b --json)
	[ "$output" = '[4,4,null]' ]
}

@test "compare: pairs are of one repetition, whatever is missing and in whatever order" {
	plant <<-END
	a  ring 1 n=8  100 200 400 800 300 500 700
	b  ring 1 n=8  200 400 800 1600 600 1000 1400
	END
	jq -c 'select((.cell.backend == "a" and .rep == 2) | not)' "$run_dir/cells.jsonl" | tac >"$BATS_TEST_TMPDIR/cells"
	cp "$BATS_TEST_TMPDIR/cells" "$run_dir/cells.jsonl"
	run "$schedlab" compare "$run_dir" --backends a,b
	echo "$output"
	[[ $output == *"ring              1   400 ns   800 ns  2.000   2.000 to 2.000  0.031 slower"* ]]
}

@test "compare: pinning policies, and the values of a knob" {
	plant <<-END
	a  ring 1 n=8                100 100 100 100 100 100
	a  ring 1 n=8,quota_pct=50   200 200 200 200 200 200
	a  ring 1 n=8,quota_pct=150  300 300 300 300 300 300
	a  fib  1 n=8                100 100 100 100 100 100
	END
	run "$schedlab" compare "$run_dir" --opts quota_pct=50,150
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"a: quota_pct=50"$'\n'"b: quota_pct=150"* ]]
	[[ $output == *$'\na  '*$'\nring              1   200 ns   300 ns  1.500 '*" slower"* ]]
	run jq -c '[.rows[].cell.opts]' <("$schedlab" compare "$run_dir" --opts quota_pct=50,150 --json)
	[ "$output" = '[{}]' ]
	refused "has no cell of value of quota_pct '51', did you mean" compare "$run_dir" --opts quota_pct=51,150
	refused "has no cell of value of gomaxprocs '1'" compare "$run_dir" --opts gomaxprocs=1,2

	edit_meta '.plan.cells[1] |= (.pin = "compact" | .opts = {})'
	jq -c 'if .cell.opts.quota_pct == "50" then .cell.pin = "compact" | .cell.opts = {} else . end' \
		"$run_dir/cells.jsonl" >"$BATS_TEST_TMPDIR/cells"
	cp "$BATS_TEST_TMPDIR/cells" "$run_dir/cells.jsonl"
	run "$schedlab" compare "$run_dir" --pins none,compact
	echo "$output"
	[[ $output == *$'\nring              1   100 ns   200 ns  2.000 '*" slower"* ]]
	refused "has no cell of pinning policy 'compakt', did you mean compact?" compare "$run_dir" --pins none,compakt
}

@test "compare: two runs conclude nothing until somebody says what two runs differ by" {
	plant <<-END
	a  ring 1 n=8  100 101 102 103 104 105 106
	a  hog  1 -    5 5 5 5 5 5 5
	a  fib  1 n=8  100 101 102 103 104 105 106
	END
	edit_meta '.started = "then" | .build.commit = "0123"'
	keep old
	plant <<-END
	a  ring 1 n=8  200 202 204 206 208 210 212
	a  fib  1 n=8  100 101 102 103 104 105 106
	END
	edit_meta '.started = "now" | .build.commit = "4567" | .machine.kernel = "6.1"'
	keep new
	run in_tmp compare old new
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(columns)" -le 80 ]
	[[ $output == "a: old, of then, commit 0123"$'\n'"b: new, of now, commit 4567"$'\n'"The runs differ in: kernel, commit"* ]]
	[[ $(tr -s '\n ' ' ' <<<"$output") == *"for these machines nobody has measured by how much: nothing is concluded."* ]]
	[[ $output == *"a                 P"* ]]
	[[ $output == *"ring              1   103 ns   206 ns  2.000   1.943 to 2.059  0.001 cannot tell"* ]]
	[[ $output == *"0 faster, 0 slower, 0 same, 2 cannot tell, 0 too few"* ]]
	[[ $output == *"Only in a: a hog P=1"* ]]
	run in_tmp compare old new --floor 5
	[[ $output == *"ring              1   103 ns   206 ns  2.000   1.943 to 2.059  0.001 slower"* ]]
	[[ $output == *"fib               1   103 ns   103 ns  1.000   0.971 to 1.029  1.000 same"* ]]
	run jq -c '[.method, .floor, [.differences[].what]]' <(in_tmp compare old new --json)
	[ "$output" = '["unpaired",null,["kernel","commit"]]' ]
	refused "--fail-above needs 12 undisturbed repetitions, and no row has more than 7" compare "$BATS_TEST_TMPDIR/old" "$BATS_TEST_TMPDIR/new" --floor 5 --fail-above 5
}

@test "compare: --fail-above, of twelve repetitions, and p-values corrected" {
	plant <<-END
	a  ring 1 n=8  100 100 100 100 100 100 100 100 100 100 100 100
	b  ring 1 n=8  107 108 106 107 108 106 107 108 106 107 108 109
	a  fib  1 n=8  100 100 100 100 100 100 100 100 100 100 100 100
	b  fib  1 n=8  100 101 99 100 101 99 100 101 99 100 101 99
	END
	run "$schedlab" compare "$run_dir" --backends a,b --fail-above 5
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"interval p corr"* ]]
	[[ $output == *"P-values are corrected"* ]]
	[[ $output == *" slower"* ]]
	run "$schedlab" compare "$run_dir" --backends a,b --fail-above 8
	[ "$status" -eq 0 ]
	run "$schedlab" compare "$run_dir" --backends b,a --fail-above 1
	[ "$status" -eq 0 ]
	jq -e '.rows[0] | .p_adjusted == 2 * .p' <("$schedlab" compare "$run_dir" --backends a,b --json)
	cp -r "$run_dir" "$run_dir-again"
	refused "--fail-above needs --floor between two runs" compare "$run_dir" "$run_dir-again" --fail-above 5
}

@test "compare: one false row among many is not called different" {
	{
		echo "a  r0 1 -  100 100 100 100 100 100 100 100 100 100 100 100"
		echo "b  r0 1 -  104 104 104 104 104 104 104 104 104 98 97 104"
		for i in $(seq 30); do
			echo "a  r$i 1 -  100 100 100 100 100 100 100 100 100 100 100 100"
			echo "b  r$i 1 -  101 99 101 99 101 99 101 99 101 99 101 99"
		done
	} | plant
	run jq -c '.rows[0] | [.p < 0.05, .ratio.low > 1, .p_adjusted > 0.05, .verdict]' \
		<("$schedlab" compare "$run_dir" --backends a,b --floor 0 --json)
	echo "$output"
	[ "$output" = '[true,true,true,"cannot tell"]' ]
}

@test "compare: bad usage is one sentence and status 2" {
	six
	refused "takes two runs' folders, or one and --backends, --pins or --opts, not 1" compare "$run_dir"
	refused "takes two runs' folders, or one and --backends, --pins or --opts, not 3" compare a b c
	refused "compare --backends takes one run's folder, not 2" compare a b --backends a,b
	refused "--backends and --pins: a comparison is of one thing" compare "$run_dir" --backends a,b --pins x,y
	refused "--backends a: not two that differ" compare "$run_dir" --backends a
	refused "--backends a,a: not two that differ" compare "$run_dir" --backends a,a
	refused "--backends a,b,c: not two that differ" compare "$run_dir" --backends a,b,c
	refused "--opts k: not KEY=V,W" compare "$run_dir" --opts k
	refused "--opts 1: not two that differ" compare "$run_dir" --opts k=1
	refused "has no cell of back end 'c'" compare "$run_dir" --backends a,c
	refused "--floor 1e3: not a percentage" compare "$run_dir" --backends a,b --floor 1e3
	refused "--fail-above -1: not a percentage" compare "$run_dir" --backends a,b --fail-above -1
	refused "--json and --markdown: one of them" compare "$run_dir" --backends a,b --json --markdown
	refused "unknown flag --bakends, did you mean --backends?" compare "$run_dir" --bakends a,b
	refused "meta.json" compare "$run_dir" "$BATS_TEST_TMPDIR/none"
	refused "meta.json" compare "$BATS_TEST_TMPDIR/none" "$run_dir"
	plant <<-END
	a  ring 1 -  1
	b  fib  1 -  1
	END
	refused "no cell is of both a and b: there is nothing to compare" compare "$run_dir" --backends a,b
}

@test "compare: by the first attempts, with --first" {
	six
	# All of b's second attempts at fewer processors are a tenth faster, not slower.
	jq -c 'select(.cell.backend == "b" and .cell.workload == "ring" and .cell.procs == 1) | .attempt = 1 | .ns_per_op *= 0.9 / 1.1' \
		"$run_dir/cells.jsonl" >"$BATS_TEST_TMPDIR/second"
	cat "$BATS_TEST_TMPDIR/second" >>"$run_dir/cells.jsonl"
	verdict() { jq -r '.rows[] | select(.label | startswith("ring")) | select(.cell.procs == 1).verdict'; }
	[ "$("$schedlab" compare "$run_dir" --backends a,b --json | verdict)" = faster ]
	"$schedlab" compare "$run_dir" --backends a,b --json --first >"$BATS_TEST_TMPDIR/first"
	[ "$(verdict <"$BATS_TEST_TMPDIR/first")" = slower ]
	jq -e '.a.notes | index("First attempts alone; rows that were measured again: 6")' "$BATS_TEST_TMPDIR/first"
	"$schedlab" compare "$run_dir" --backends a,b --first | grep -q 'First attempts alone; rows that were measured again: 6'
}
