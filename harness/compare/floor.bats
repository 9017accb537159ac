#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # set by bats and fake.bash
# What runs differ by: measured by schedlab floor, found by compare.  Times are planted.

bats_require_minimum_version 1.5.0

load ../testdata/fake.bash

few=(-b good -w fib -p 1 --min-time 0.000001 --seed 1)

# A floor of three runs, what they add differing for fib n=1 alone; and a run of one more
# cell: measured once, and copied where a test needs them.
setup_file() {
	local BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR

	fake_setup
	floor "${few[@]}" --reps 6 --set n=1,2 --runs 3 --gap 0 --out "$BATS_FILE_TMPDIR/floor"
	times "$BATS_FILE_TMPDIR/floor/1" 1 1
	times "$BATS_FILE_TMPDIR/floor/2" 1.05 1
	times "$BATS_FILE_TMPDIR/floor/3" 0.95 1
	floor --resume "$BATS_FILE_TMPDIR/floor" >"$BATS_FILE_TMPDIR/said"
	matrix "${few[@]}" --reps 6 --set n=1,2,3 --out "$BATS_FILE_TMPDIR/a"
}

setup() {
	fake_setup
	top=$BATS_TEST_TMPDIR/top
	mkdir "$top"
}

floor() {
	PATH=$tools "$schedlab" floor "$@"
}

# Changes a file in place.
edit() { # FILTER FILE
	jq -c "$1" "$2" >"$BATS_TEST_TMPDIR/edited"
	cp "$BATS_TEST_TMPDIR/edited" "$2"
}

# A run's times: 100 ns, a little more from repetition to repetition; fib n=1 by a factor.
times() { # DIR FACTOR FACTOR_OF_OTHERS
	edit "(select(.status == \"ok\") | .disturbed) = false |
		(select(.kind == \"cell\") | .ns_per_op) = (100 + .rep / 10) * if .cell.params.n == \"1\" then $2 else $3 end" "$1/cells.jsonl"
}

measure_floor() {
	cp -r "$BATS_FILE_TMPDIR/floor" "$top"
}

# Two runs, the second slower.
two_runs() { # FACTOR
	cp -r "$BATS_FILE_TMPDIR/a" "$top/a"
	cp -r "$top/a" "$top/b"
	times "$top/a" 1 1
	times "$top/b" "$1" "$1"
}

# The JSON of the comparison, as $output, and what was said beside it.
compared() {
	output=$(env -C "$top" "$PWD/$schedlab" compare a b --json 2>"$BATS_TEST_TMPDIR/beside")
}

@test "floor: what runs add is told from what their rows do" {
	measure_floor
	jq -e '.runs == 3 and .gap_s == 0 and .apart_s >= 0 and .layouts == 1 and .machine.cpus != "" and (.measured | length) == 20' "$top/floor/runs.json"
	jq -e '[.rows[] | select(.cell.params.n == "1")] | length == 1 and (.[0] | .between > 0.04 and .between < 0.06 and .floor > 0.3 and .floor < 0.4)' "$top/floor/runs.json"
	jq -e '[.rows[] | select(.cell.params.n == "2")] | length == 1 and (.[0] | .between == 0 and .floor < 0.02)' "$top/floor/runs.json"
	grep -q '^Between 3 runs of this plan' "$BATS_FILE_TMPDIR/said"
	[ "$(wc -L <"$BATS_FILE_TMPDIR/said")" -le 80 ]
}

@test "floor: compare finds it, judges each cell by its own, and none without" {
	measure_floor
	two_runs 1.2
	compared
	[ "$(jq -c '.rows | map({ (.cell.params.n): .verdict }) | add' <<<"$output")" = '{"1":"same","2":"slower","3":"cannot tell"}' ]
	jq -e '(.rows[0].floor > 0.3) and (.rows[1].floor < 0.02) and .rows[2].floor == null and .floor == .rows[0].floor and
		(.floor_from | .runs == 3 and .rows == 2 and .layouts == 1)' <<<"$output"
	[ ! -s "$BATS_TEST_TMPDIR/beside" ]
	run env -C "$top" "$PWD/$schedlab" compare a b
	text=$(tr -s '\n ' ' ' <<<"$output")
	[[ $text == *"Noise floor: what two of 3 runs 0 min apart differed by on this machine"* || $text == *"Noise floor: what two of 3 runs 0."*" min apart"* ]]
	[[ $text == *"It has no such cell for 1 of 3 rows: of them nothing is concluded."* ]]
	[ "$(wc -L <<<"$output")" -le 80 ]
	# Who says so goes before it.
	run "$schedlab" compare "$top/a" "$top/b" --floor 30 --json
	jq -e '.counts.same == 3 and .floor_from == null' <<<"$output"
	# One slower than what runs of it differ by.
	times "$top/b" 1.6 1
	compared
	[ "$(jq -c '[.rows[].verdict]' <<<"$output")" = '["slower","same","cannot tell"]' ]
}

@test "floor: of another machine, of no name, or none at all, only ab can tell" {
	measure_floor
	two_runs 1.2
	edit '.machine.cpu_model = "another"' "$top/b/meta.json"
	compared
	jq -e '.floor == null and .floor_from == null and .counts["cannot tell"] == 3' <<<"$output"
	run env -C "$top" "$PWD/$schedlab" compare a b
	[[ $(tr -s '\n ' ' ' <<<"$output") == *"for these machines nobody has measured by how much: nothing is concluded. Only schedlab ab can tell"* ]]
	for run in a b floor/1; do
		edit '.machine.host = "" | .machine.cpu_model = "x"' "$top/$run/meta.json"
	done
	edit '.machine.host = "" | .machine.cpu_model = "x"' "$top/floor/runs.json"
	compared
	jq -e '.floor == null' <<<"$output"
	# In results/, too, and the last that was measured.
	for run in a b; do
		edit '.machine.host = "here"' "$top/$run/meta.json"
	done
	mkdir "$top/results" "$top/apart"
	mv "$top/floor" "$top/results/old"
	edit '.machine.host = "here" | .measured = "2026-01-01T00:00:00Z"' "$top/results/old/runs.json"
	cp -r "$top/results/old" "$top/results/new"
	edit '.measured = "2026-01-02T00:00:00Z"' "$top/results/new/runs.json"
	mv "$top/a" "$top/b" "$top/apart"
	output=$(env -C "$top" "$PWD/$schedlab" compare apart/a apart/b --json)
	jq -e '.floor_from.dir == "results/new"' <<<"$output"
}

@test "floor: what is damaged, forged or not whole is left out, with a sentence" {
	measure_floor
	two_runs 1.2
	whole=$BATS_TEST_TMPDIR/whole.json
	cp "$top/floor/runs.json" "$whole"
	for filter in '.rows[0].between = -1' '.rows[0].within = "1"' '.rows[0].between = 1e300' '.rows[0].runs = 4' '.rows[0].runs = 1' \
		'.rows[0].cell.procs = 0' '.rows = {}' 'del(.machine)' '.measured = "a\u001b[2J"' '.layouts = 0' '.gap_s = -1' \
		'.gap_s = "600"' '.schema = 2' '.runs = 1' 'del(.measured)'; do
		jq "$filter" "$whole" >"$top/floor/runs.json"
		echo "$filter"
		compared
		jq -e '.floor == null and .counts.slower == 0' <<<"$output"
		grep -q '^schedlab: left out: .*floor/runs.json is ' "$BATS_TEST_TMPDIR/beside"
	done
	head -c 700 "$whole" >"$top/floor/runs.json"
	compared
	jq -e '.floor == null' <<<"$output"
	grep -q '^schedlab: left out: ' "$BATS_TEST_TMPDIR/beside"
	# Neither a floor that is not measured to its end, nor runs that followed at once.
	for filter in 'del(.rows)' 'del(.gap_s)'; do
		jq "$filter" "$whole" >"$top/floor/runs.json"
		compared
		jq -e '.floor == null' <<<"$output"
		[ ! -s "$BATS_TEST_TMPDIR/beside" ]
	done
	cp "$whole" "$top/floor/runs.json"
	compared
	jq -e '.counts.slower == 1' <<<"$output"
}

@test "floor: runs are kept apart, and killed in between go on" {
	PATH=$tools "$(command -v env)" --default-signal=INT "$schedlab" floor "${few[@]}" --set n=1 --reps 1 --runs 2 --gap 5000 \
		--out "$top/floor" >/dev/null 2>"$BATS_TEST_TMPDIR/err" &
	runner=$!
	eventually grep -q '^Run 2 of 2 begins at ' "$BATS_TEST_TMPDIR/err"
	kill -KILL "$runner"
	wait_for_runner
	[ -e "$top/floor/1/summary.json" ]
	[ ! -e "$top/floor/2" ]
	cp "$top/floor/1/cells.jsonl" "$BATS_TEST_TMPDIR/first"
	PATH=$tools "$(command -v env)" --default-signal=INT "$schedlab" floor --resume "$top/floor" >/dev/null 2>"$BATS_TEST_TMPDIR/err" &
	runner=$!
	eventually grep -q '^Run 2 of 2 begins at ' "$BATS_TEST_TMPDIR/err"
	kill -INT "$runner"
	wait_for_runner
	[ "$status" -eq 130 ]
	grep -q "matrix --resume $top/floor" "$BATS_TEST_TMPDIR/err"
	edit '.gap_s = 0' "$top/floor/runs.json"
	matrix --resume "$top/floor" >/dev/null
	cmp "$top/floor/1/cells.jsonl" "$BATS_TEST_TMPDIR/first"
	jq -e '.rows[0].runs == 2' "$top/floor/runs.json"
}

@test "floor: two writers to one run are refused, and to its next as well" {
	export SECOND=$top/floor/2/meta.json FAKE_DO='[ ! -e "$SECOND" ] || sleep 30'
	PATH=$tools "$(command -v env)" --default-signal=INT "$schedlab" floor "${few[@]}" --set n=1,2 --reps 1 --runs 2 --gap 0 \
		--out "$top/floor" >/dev/null 2>&1 &
	runner=$!
	eventually test -e "$SECOND"
	[ -e "$top/floor/1/summary.json" ]
	run floor --resume "$top/floor"
	[ "$status" -eq 2 ]
	[ "${lines[-1]}" = "schedlab: another schedlab is writing to $top/floor/2" ]
	refused "$top/floor holds a run already" floor "${few[@]}" --out "$top/floor"
	jq -e '.rows == null' "$top/floor/runs.json"
	kill -INT "$runner"
	wait_for_runner
	[ "$status" -eq 130 ]
	unset FAKE_DO
	floor --resume "$top/floor" >/dev/null
	jq -e '[.rows[].runs] == [2, 2]' "$top/floor/runs.json"
}

@test "floor: bad usage, and what is no floor of one machine" {
	refused "--gap x: not a number of seconds" floor --gap x
	refused "--runs 1: not a number of runs" floor --runs 1
	refused "takes no other flag" floor --resume "$top" --runs 3
	refused "holds no floor" floor --resume "$top"
	matrix "${few[@]}" --reps 1 --set n=1 --runs 2 --out "$top/runs" >/dev/null
	refused "holds no floor" floor --resume "$top/runs"
	floor "${few[@]}" --reps 1 --set n=1 --runs 2 --gap 0 --out "$top/floor" >/dev/null
	refused "holds a run already" floor "${few[@]}" --out "$top/floor"
	edit '.machine.cpus = "7 of 9"' "$top/floor/2/meta.json"
	run floor --resume "$top/floor"
	[ "$status" -eq 2 ]
	[[ $output == *"is no floor of one machine: cpus of its runs 1 and 2 is not the same"* ]]
}
