#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154,SC2030,SC2031,SC2054,SC2016 # set by bats and fake.bash; commas are meant; cells expand
# schedlab matrix --resume DIR --retry, and --again: what failed for a while, or was
# disturbed, is measured again.

load ../testdata/fake.bash

setup() {
	fake_setup
	plan=(-b good,slow -w fib --set 'n=1,2,3' -p '1,2' --reps 2 --seed 7)
	one=(-b good -w fib -p 1 --set n=1 --reps 1)
	export fixed=$BATS_TEST_TMPDIR/fixed
}

# How many rows of which status and attempt.
tally() {
	jq -r '"\(.status)\(.attempt)"' "$run_dir/cells.jsonl" | sort | uniq -c | tr -s ' \n' ' '
}

# A run of 30 rows, of which the cells do so to those of good with n=2: four.
run_with() {
	export FAKE_DO="[ \"\$backend\$n\" != good2 ] || [ -e \"\$fixed\" ] || { $1; }"
	run matrix "${plan[@]}" --timeout 2 --out "$run_dir"
	echo "$output"
}

@test "retry: what failed is measured again as the next attempt, and nothing else" {
	run_with 'echo "no room for a moment" >&2; exit 2'
	[ "$status" -eq 1 ]
	[ "$(tally)" = ' 4 failed0 26 ok0 ' ]
	# It says how.
	[ "$(tail -n 1 <<<"$output")" = "  $schedlab matrix --resume $run_dir --retry failed" ]
	cp "$run_dir/cells.jsonl" "$BATS_TEST_TMPDIR/before"
	# Resumed without, it is whole.
	run matrix --resume "$run_dir"
	[[ $output == *"30 rows, 0 to measure"* ]]
	cmp "$run_dir/cells.jsonl" "$BATS_TEST_TMPDIR/before"
	# Not yet mended.
	run matrix --resume "$run_dir" --retry crashed,failed
	[ "$status" -eq 1 ]
	[[ $output == *"30 rows, 4 to measure"* ]]
	[ "$(tally)" = ' 4 failed0 4 failed1 26 ok0 ' ]
	: >"$fixed"
	run matrix --resume "$run_dir" --retry failed
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"30 rows: 30 ok"*"; 4 measured again"* ]]
	[[ $output != *"--retry"* ]]
	[ "$(tally)" = ' 4 failed0 4 failed1 26 ok0 4 ok2 ' ]
	cmp "$BATS_TEST_TMPDIR/before" <(head -n 30 "$run_dir/cells.jsonl")
	[ -z "$(row_keys "$run_dir" | sort | uniq -d)" ]
	# The last attempt is what counts, and a cell's four rows are all there.
	jq -e '[.rows, .statuses.ok, .statuses.failed, .measured_again] == [30, 30, 0, 4]
		and ([.cells[] | .ns_per_op.n] | unique == [2])' "$run_dir/summary.json"
	grep -P '^ns_per_op\t.*\tgood\t1\t' "$run_dir/plots/time.tsv"
	[ "$(grep -c -P '\tok$' "$run_dir/plots/time.tsv")" -eq 12 ]
	# Nothing is left to do again.
	run matrix --resume "$run_dir" --retry failed,crashed,timeout,wrong
	[[ $output == *"30 rows, 0 to measure"* ]]
}

@test "retry: each way of failing by its name" {
	for way in 'wrong:exit 1' 'crashed:kill -SEGV $$' 'timeout:exec sleep 1000' 'na:exit 77'; do
		rm -rf "$run_dir" "$fixed"
		run_with "${way#*:}"
		: >"$fixed"
		run matrix --resume "$run_dir" --retry "${way%%:*}"
		[ "$status" -eq 0 ]
		[ "$(tally)" = "$(printf '%s\n' "${way%%:*}0 4" 'ok0 26' 'ok1 4' | sort | awk '{ printf " %s %s", $2, $1 } END { print " " }')" ]
	done
}

@test "retry: what was disturbed, as it comes out in the end" {
	matrix "${plan[@]}" --out "$run_dir"
	jq -c '.disturbed = (.kind == "cell" and .rep == 1 and .cell.backend == "slow")' "$run_dir/cells.jsonl" >"$BATS_TEST_TMPDIR/rows"
	cp "$BATS_TEST_TMPDIR/rows" "$run_dir/cells.jsonl"
	run matrix --resume "$run_dir" --retry disturbed
	[[ $output == *"30 rows, 6 to measure"* ]]
	[ "$(tally)" = ' 30 ok0 6 ok1 ' ]
}

@test "retry: killed at random moments, each row ends well and none is lost" {
	run_with 'exit 2'
	: >"$fixed"
	export FAKE_DO='sleep 0.2'
	kills=0
	while [ "$kills" -lt 4 ]; do
		start_matrix --resume "$run_dir" --retry failed
		sleep "0.$((RANDOM % 20 + 10))"
		kill -KILL "$runner" || break   # it is through
		wait_for_runner
		[ "$status" -eq 137 ] || break
		cp "$run_dir/cells.jsonl" "$BATS_TEST_TMPDIR/before"
		kills=$((kills + 1))
	done
	echo "$kills kills"
	[ "$kills" -gt 0 ]
	matrix --resume "$run_dir" --retry failed
	[ "$(tally)" = ' 4 failed0 26 ok0 4 ok1 ' ]
	n=$(wc -l <"$BATS_TEST_TMPDIR/before")
	cmp <(head -n "$n" "$BATS_TEST_TMPDIR/before") <(head -n "$n" "$run_dir/cells.jsonl")
	nothing_left
}

@test "retry: interrupted, it says how to go on with it" {
	run_with 'exit 2'
	export FAKE_DO='exec sleep 1000'
	: >"$FAKE_PIDS"
	start_matrix --resume "$run_dir" --retry crashed,failed,disturbed
	eventually started_one
	kill -INT "$runner"
	wait_for_runner
	[ "$status" -eq 130 ]
	[ "$(tail -n 1 "$BATS_TEST_TMPDIR/err")" = "  $schedlab matrix --resume $run_dir --retry failed,crashed,disturbed" ]
	nothing_left
}

@test "retry: a run that was stopped is completed meanwhile" {
	run_with 'exit 2'
	: >"$fixed"
	sed -i '20,$d' "$run_dir/cells.jsonl"
	had=$(jq -c 'select(.status == "failed")' "$run_dir/cells.jsonl" | wc -l)
	run matrix --resume "$run_dir" --retry failed
	[[ $output == *"30 rows, $((11 + had)) to measure"* ]]
	[ "$(jq '.statuses.ok' "$run_dir/summary.json")" -eq 30 ]
}

@test "retry: an attempt that follows none is no row of the plan" {
	matrix "${plan[@]}" --out "$run_dir"
	cp "$run_dir/cells.jsonl" "$BATS_TEST_TMPDIR/rows"
	for attempt in 0 2; do
		jq -c ".attempt = $attempt" <(tail -n 1 "$BATS_TEST_TMPDIR/rows") | cat "$BATS_TEST_TMPDIR/rows" - >"$run_dir/cells.jsonl"
		refused "line 31 is no row of the plan, or is there twice" matrix --resume "$run_dir"
	done
}

@test "retry: bad usage" {
	refused "which run, --resume says" matrix --retry failed
	refused "--retry: rows cannot be 'crashd', did you mean crashed?" matrix --resume "$run_dir" --retry crashd
	refused "--retry: rows cannot be 'ok'" matrix --resume "$run_dir" --retry ok
	refused "--retry is empty" matrix --resume "$run_dir" --retry ''
	refused "failed comes twice" matrix --resume "$run_dir" --retry failed,failed
	refused "no other flag but --retry" matrix --resume "$run_dir" --retry failed --reps 3
}

# ---- While a run measures; what exactly, and when, runner_test.c has.

@test "again: a row beside which somebody else is at work is measured again, and says so" {
	# Who leaves the cell's session is nobody that the cell answers for.  The first process
	# takes so long that there is time to measure the others again.
	export first=$BATS_TEST_TMPDIR/first
	export FAKE_DO='[ -e "$first" ] || { : >"$first"; sleep 1; }
		[ "$n" != 2 ] || { setsid yes >/dev/null & sleep 0.4; }'
	run matrix -b good -w fib -p 1 --set n=2 --reps 1 --again 1 --out "$run_dir"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"What others disturb is measured again, up to 1 time: at most 2 times the time"* ]]
	[[ $output == *"Measured again: "*" rows"* ]]
	[[ $output == *" stay"*" disturbed"* ]]
	[[ $output == *"disturbed by others; "*" measured again"* ]]
	[ "$(jq -c 'select(.cell.params.n == "2" and .cell.backend == "good") | [.attempt, .disturbed]' "$run_dir/cells.jsonl" | tr '\n' ' ')" = '[0,true] [1,true] ' ]
	[ -z "$(row_keys "$run_dir" | sort | uniq -d)" ]
}

@test "again: the flag, or the environment, and the plan has it" {
	matrix "${one[@]}" --again 5 --out "$run_dir"
	[ "$(jq .plan.again "$run_dir/meta.json")" -eq 5 ]
	SCHEDLAB_AGAIN=3 matrix "${one[@]}" --out "$run_dir-3"
	[ "$(jq .plan.again "$run_dir-3/meta.json")" -eq 3 ]
	env -u SCHEDLAB_AGAIN "PATH=$tools" "$schedlab" matrix "${one[@]}" --out "$run_dir-2"
	[ "$(jq .plan.again "$run_dir-2/meta.json")" -eq 2 ]
	refused "--again 10: not a number from 0 to 9" matrix --again 10
	refused "--again often: not a number from 0 to 9" matrix --again often
	SCHEDLAB_AGAIN=x refused "SCHEDLAB_AGAIN=x: not a number from 0 to 9" matrix "${one[@]}"
	refused "no other flag but --retry and --first" matrix --resume "$run_dir" --again 1
	# A run of old has none, and goes on without.
	run_dir=$run_dir-2
	edit_meta 'del(.plan.again)'
	run matrix --resume "$run_dir"
	[ "$status" -eq 0 ]
	[[ $output != *"is measured again, up to"* ]]
	edit_meta '.plan.again = 10'
	refused "the plan in meta.json cannot be read" matrix --resume "$run_dir"
}

@test "again: the tables of the first attempts" {
	matrix "${one[@]}" --out "$run_dir"
	jq -c 'select(.kind == "cell") | .attempt = 1 | .ns_per_op = 70' "$run_dir/cells.jsonl" >"$BATS_TEST_TMPDIR/second"
	jq -c '.disturbed = false' "$BATS_TEST_TMPDIR/second" >>"$run_dir/cells.jsonl"
	run matrix --resume "$run_dir"
	[[ $output == *"70.0/"* ]]
	[[ $output != *"First attempts"* ]]
	run matrix --resume "$run_dir" --first
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"First attempts alone; rows that were measured again: 1"* ]]
	[[ $output == *"102/"* ]]
	# What programs read stays as it is.
	jq -e '.cells[0].ns_per_op.median == 70' "$run_dir/summary.json"
}
