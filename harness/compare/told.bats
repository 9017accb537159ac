#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # set by bats and fake.bash
# What a run can tell by its own blocks: in its files, its tables and its captions.

bats_require_minimum_version 1.5.0

load ../testdata/fake.bash

setup() {
	fake_setup
}

# A run of two back ends and of a copy of each; its times are a filter's of the rows then.
measured() { # FILTER
	matrix --preset standard -b good,partial -w fib -p 1 --reps 6 --min-time 0.000001 --seed 3 --out "$run_dir" >/dev/null
	jq -c "(select(.status == \"ok\") | .disturbed) = false | $1" "$run_dir/cells.jsonl" >"$BATS_TEST_TMPDIR/rows"
	cp "$BATS_TEST_TMPDIR/rows" "$run_dir/cells.jsonl"
	matrix --resume "$run_dir" >"$BATS_TEST_TMPDIR/said"
}

# One row in three is noisy, in both back ends alike: within a block that cancels.
blocks='(select(.kind == "cell") | .ns_per_op) |= 100 | (select(.kind == "cell" and .rep > 3) | .ns_per_op) |= 300'

@test "told: some cells of the preset standard are there twice, and rows say which" {
	measured .
	[ "$(jq -c '[.plan.cells[].copy]' "$run_dir/meta.json")" = '[null,null,1,1]' ]
	[ "$(jq -sc 'map(select(.kind == "cell") | [.cell.backend, .cell.copy]) | group_by(.) | map(length)' "$run_dir/cells.jsonl")" = '[6,6,6,6]' ]
	[ "$(jq -c '[.cells[].label]' "$run_dir/summary.json")" = '["fib","fib","fib copy","fib copy"]' ]
	# Neither tables nor pictures nor comparisons show a copy beside its cell.
	run ! grep -q copy "$BATS_TEST_TMPDIR/said"
	run ! grep -q copy "$run_dir/plots/time.tsv"
	[ "$("$schedlab" compare "$run_dir" --backends good,partial --json | jq -c '[.rows[].label, (.left_out | length)]')" = '["fib",0]' ]
	[ "$("$schedlab" reproduce "$run_dir" --against "$run_dir" --json | jq -c '[.orderings.pairs, .orderings.not_compared]')" = '[1,0]' ]
	jq '.plan.cells[2].copy = 2' "$run_dir/meta.json" >"$BATS_TEST_TMPDIR/meta"
	cp "$BATS_TEST_TMPDIR/meta" "$run_dir/meta.json"
	refused "cell 3 of its plan is damaged" plot "$run_dir"
}

@test "told: noise that a block shares hides nothing" {
	measured "$blocks"
	jq -e '.smallest_difference | .floor == 0.01 and (.lines | length) == 1 and .lines[0] ==
	       { label: "fib", procs: 1, pin: "none", pairs: 1, blocks: 6, smallest: .half } and
	       .half > 0.0099 and .half < 0.0101 and .most == .half' "$run_dir/summary.json"
	jq -e '.a_a == { pairs: 2, different: 0, share: 0 }' "$run_dir/summary.json"
	grep -q '^  tells 1 %' "$BATS_TEST_TMPDIR/said"
	[ "$(wc -L <"$BATS_TEST_TMPDIR/said")" -le 80 ]
}

@test "told: a cell that differs from itself is counted, and captions say it" {
	measured "$blocks"' | (select(.cell.copy == 1 and .cell.backend == "good") | .ns_per_op) *= 1.1'
	jq -e '.a_a == { pairs: 2, different: 1, share: 0.5 }' "$run_dir/summary.json"
	text='A/A: 1 of 2 cells called different from themselves.'
	[[ $(tr -s '\n ' ' ' <"$BATS_TEST_TMPDIR/said") == *"$text"* ]]
	printf '#!/bin/sh\nshift 3; echo "$6" >>"$CAPTIONS"; echo drawn >"$2"\n' >"$tools/gnuplot"
	chmod +x "$tools/gnuplot"
	CAPTIONS=$BATS_TEST_TMPDIR/captions PATH=$tools "$schedlab" plot "$run_dir"
	[[ $(sort -u "$BATS_TEST_TMPDIR/captions") == "Smallest difference told, 4 times in 5: 1 % in half of the lines, 1 % in nine tenths. $text" ]]
}

@test "told: noise of one back end alone does hide, and disturbed rows tell nothing" {
	measured "$blocks"' | (select(.cell.backend == "good") | .ns_per_op) |= 100'
	jq -e '.smallest_difference.half > 1' "$run_dir/summary.json"
	measured_again='(select(.kind == "cell" and .rep == 0) | .disturbed) = true'
	jq -c "$measured_again" "$run_dir/cells.jsonl" >"$BATS_TEST_TMPDIR/rows"
	cp "$BATS_TEST_TMPDIR/rows" "$run_dir/cells.jsonl"
	matrix --resume "$run_dir" >"$BATS_TEST_TMPDIR/said"
	jq -e '.a_a == null and .smallest_difference.half == null and .smallest_difference.lines[0].smallest == null' "$run_dir/summary.json"
	grep -q 'No difference can be told: no line has 6 undisturbed repetitions' "$BATS_TEST_TMPDIR/said"
}

@test "told: a cell that stands alone is held against one like it" {
	matrix -b good -w fib --set n=1 -p 1 --reps 6 --min-time 0.000001 --out "$run_dir" >/dev/null
	jq -c '.disturbed = false | (select(.kind == "cell") | .ns_per_op) |= 100 | (select(.kind == "cell" and .rep > 3) | .ns_per_op) |= 110' \
		"$run_dir/cells.jsonl" >"$BATS_TEST_TMPDIR/rows"
	cp "$BATS_TEST_TMPDIR/rows" "$run_dir/cells.jsonl"
	matrix --resume "$run_dir" >/dev/null
	jq -e '.smallest_difference.lines[0] | .pairs == 0 and .blocks == 6 and .smallest > 0.05 and .smallest < 0.2' "$run_dir/summary.json"
	jq -e '.a_a == null' "$run_dir/summary.json"
}

@test "told: of one back end, cells and their copies say it" {
	matrix --preset standard -b good -w fib -p 1 --reps 6 --min-time 0.000001 --out "$run_dir" >/dev/null
	jq -c ".disturbed = false | $blocks" "$run_dir/cells.jsonl" >"$BATS_TEST_TMPDIR/rows"
	cp "$BATS_TEST_TMPDIR/rows" "$run_dir/cells.jsonl"
	matrix --resume "$run_dir" >/dev/null
	jq -e '.smallest_difference.lines[0] | .pairs == 1 and .blocks == 6 and .smallest < 0.0101' "$run_dir/summary.json"
}
