#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # set by bats and fake.bash
# schedlab matrix --budget: a pilot, and then as many repetitions as fit.

bats_require_minimum_version 1.5.0

load ../testdata/fake.bash

setup() {
	fake_setup
	few=(-b good,partial -w fib --set n=20 -p 1 --again 0 --seed 5 --out "$run_dir")
}

# A pilot that left no time for more, of 13 rows, as if each had taken a second; good took
# 100 ns, and partial 130, 2 % more or less, in turn.
pilot() {
	matrix "${few[@]}" --min-time 0.05 --budget 1s >/dev/null 2>"$BATS_TEST_TMPDIR/err" && return 1
	grep 'schedlab: 6 repetitions take .* and the pilot leaves .* of the budget' "$BATS_TEST_TMPDIR/err"
	[ ! -e "$run_dir/meta.json" ]
	jq -c '.rusage.wall_ns = 1e9 | .disturbed = false |
		.ns_per_op = 130 * (if .cell.backend == "partial" then (if .rep % 2 == 0 then 0.02 else -0.02 end | exp) else 1 / 1.3 end)' \
		"$run_dir/pilot/cells.jsonl" >"$BATS_TEST_TMPDIR/cells"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/cells")" -eq 13 ]
	cp "$BATS_TEST_TMPDIR/cells" "$run_dir/pilot/cells.jsonl"
}

has_budget() { # SECONDS
	echo "{\"schema\": 1, \"budget_s\": $1}" >"$run_dir/budget.json"
}

@test "budget: a pilot, kept apart, and a run of as many repetitions as it chose" {
	# However busy the machine, 40 fit, and there are no more.
	few[1]=good
	matrix "${few[@]}" --min-time 0.001 --budget 5h >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err"
	cat "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/err"
	[ "$(jq .blocks "$run_dir/budget.json")" -eq 40 ]
	[ "$(jq -c '.plan | [.reps, .seed]' "$run_dir/pilot/meta.json")" = '[4,5]' ]
	[ "$(jq -c '.plan | [.reps, .seed]' "$run_dir/meta.json")" = '[40,6]' ]
	[ "$(wc -l <"$run_dir/pilot/cells.jsonl")" -eq 9 ]
	[ "$(jq -c '[.rows, .planned]' "$run_dir/summary.json")" = '[81,81]' ]
	[ "$(grep -c '^The run is in ' "$BATS_TEST_TMPDIR/out")" -eq 1 ]
	grep -q '^The pilot took .*; 40 repetitions of ' "$BATS_TEST_TMPDIR/err"
	refused "holds a run already" matrix "${few[@]}" --budget 5s
	refused "holds a run, or its pilot, already" matrix "${few[@]}"
}

@test "budget: the number follows from the pilot, and stays what it was" {
	pilot
	has_budget 36.9
	matrix --resume "$run_dir" >/dev/null 2>"$BATS_TEST_TMPDIR/err"
	cat "$BATS_TEST_TMPDIR/err"
	# 13 rows took 13.08 s and a block 3.02 s: 7.5 fit into 95 % of the rest.
	[ "$(jq .plan.reps "$run_dir/meta.json")" -eq 7 ]
	# By hand: the ratio's logarithm has a standard deviation of 0.0231; of 7 blocks the
	# interval is as wide as 2.53 of its errors, and 0.906 more are for 4 times in 5.
	jq -e '.workloads == [{ workload: "fib", pairs: 1, smallest: .workloads[0].smallest }] and
		(.workloads[0].smallest - 0.0420 | fabs) < 0.0005' "$run_dir/budget.json"
	tr -s ' \n' ' ' <"$BATS_TEST_TMPDIR/err" | grep -F 'as the pilot was: fib 4.2 %'

	# Killed before the run began: what was chosen is what counts, not the pilot again.
	rm "$run_dir/meta.json" "$run_dir/cells.jsonl" "$run_dir/summary.json"
	sed -i 's/"wall_ns":[^,]*/"wall_ns":1/' "$run_dir/pilot/cells.jsonl"
	matrix --resume "$run_dir" >/dev/null
	[ "$(jq .plan.reps "$run_dir/meta.json")" -eq 7 ]
	# Killed in the run: its plan counts.
	head -n 5 "$run_dir/cells.jsonl" >"$BATS_TEST_TMPDIR/cells"
	cp "$BATS_TEST_TMPDIR/cells" "$run_dir/cells.jsonl"
	rm "$run_dir/budget.json"
	matrix --resume "$run_dir" >/dev/null
	[ "$(jq -c '[.rows, .planned]' "$run_dir/summary.json")" = '[22,22]' ]
}

@test "budget: killed in its pilot it goes on with that" {
	start_matrix "${few[@]}" --min-time 0.05 --budget 60s
	eventually started 3
	kill -KILL "$runner"
	wait_for_runner
	nothing_left
	[ ! -e "$run_dir/meta.json" ]
	refused "holds no run yet, but its pilot" compare "$run_dir" "$run_dir"
	# So that not 40 are measured.
	has_budget 1
	run "$schedlab" matrix --resume "$run_dir"
	[ "$status" -eq 2 ]
	[[ $output == *"schedlab: 6 repetitions take "* ]]
	[ "$(wc -l <"$run_dir/pilot/cells.jsonl")" -eq 13 ]
	[ "$(row_keys "$run_dir/pilot" | sort | uniq -d)" = '' ]
}

@test "budget: bad usage is one sentence and status 2" {
	refused "--budget 10: not a time such as 90s, 10m or 2h" matrix "${few[@]}" --budget 10
	refused "--budget m: not a time such as" matrix "${few[@]}" --budget m
	refused "--budget 0.5s: not a time such as" matrix "${few[@]}" --budget 0.5s
	refused "--budget 1e9s: not a time such as" matrix "${few[@]}" --budget 1e9s
	refused "--budget chooses the repetitions of one run" matrix "${few[@]}" --budget 1m --reps 6
	refused "--budget chooses the repetitions of one run" matrix "${few[@]}" --budget 1m --runs 2
	refused "--budget chooses the repetitions of one run" matrix "${few[@]}" --budget 1m --dry-run
	refused "--resume goes on with the run's own plan" matrix --resume "$run_dir" --budget 1m
	[ ! -e "$run_dir" ]
	pilot
	for bad in '' '{}' '[]' '{"schema": 2, "budget_s": 60}' '{"schema": 1, "budget_s": "60"}' \
		'{"schema": 1, "budget_s": 60, "blocks": 5}' '{"schema": 1, "budget_s": 60, "blocks": 1e9}'; do
		echo "$bad" >"$run_dir/budget.json"
		refused "budget.json is of no budget that this version knows" matrix --resume "$run_dir"
	done
	has_budget 60
	rm -r "$run_dir/pilot"
	refused "pilot holds no run" matrix --resume "$run_dir"
}
