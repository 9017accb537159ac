#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154,SC2030,SC2031,SC2054,SC2016 # set by bats and fake.bash; commas are meant; cells expand
# schedlab ab: two builds, measured in turn in one run.

bats_require_minimum_version 1.5.0
load ../testdata/fake.bash

setup() {
	fake_setup
	old=$BATS_TEST_TMPDIR/old new=$BATS_TEST_TMPDIR/new
	cp -r "$SCHEDLAB_BUILD" "$old"
	cp -r "$SCHEDLAB_BUILD" "$new"
	cells=(-b good,partial -w fib --set 'n=1,2' -p 1 --min-time 0.001)
}

ab() {
	PATH=$tools "$schedlab" ab "$@"
}

# In the new build good takes longer with n=2, so many percent.
slow_down() {
	sed 's/^	report "$((100 + n)).5"$/	report "$((100 + n + (n == 2 ? '"$1"' : 0))).5"/' "$old/cell-good" >"$new/cell-good"
}

# Whatever the machine did meanwhile.
undisturbed() {
	jq -c '.disturbed = false' "$run_dir/cells.jsonl" >"$BATS_TEST_TMPDIR/cells"
	cp "$BATS_TEST_TMPDIR/cells" "$run_dir/cells.jsonl"
}

# A run of twelve repetitions that nobody disturbed.
run_ab() {
	ab "$old" "$new" "${cells[@]}" --seed 3 --out "$run_dir" >/dev/null
	undisturbed
}

verdicts() {
	jq -r '.rows[] | "\(.cell.backend)\(.cell.params.n) \(.verdict)"' <("$schedlab" ab --resume "$run_dir" --json) |
		sort | tr '\n' ','
}

@test "ab: a pair is measured together, in an order that the seed decides" {
	ab "$old" "$new" "${cells[@]}" --reps 20 --seed 3 --dry-run >"$BATS_TEST_TMPDIR/order"
	awk -F'\t' '$2 == "cell" { build = substr($3, length($3) - 3, 3); cell = substr($3, 1, length($3) - 6)
		if (NR % 9 % 2 == 1) { if (cell != first || $1 != rep || build == was) exit bad = 1; n[was]++ }
		first = cell; rep = $1; was = build }
		END { exit bad || n["old"] < 20 || n["new"] < 20 }' "$BATS_TEST_TMPDIR/order"
	cmp <(ab "$old" "$new" "${cells[@]}" --reps 20 --seed 3 --dry-run) "$BATS_TEST_TMPDIR/order"
	run ! cmp -s <(ab "$old" "$new" "${cells[@]}" --reps 20 --seed 4 --dry-run) "$BATS_TEST_TMPDIR/order"
}

@test "ab: of a planted delay exactly its row is slower, all others are the same" {
	slow_down 10
	run_ab
	# Of each build its own programs were measured, and as often.
	run jq -rs 'map(select(.kind == "cell")) | group_by(.cell.build) | map("\(.[0].cell.build) \(length)") | join(",")' \
		"$run_dir/cells.jsonl"
	[ "$output" = 'new 48,old 48' ]
	[ "$(verdicts)" = 'good1 same,good2 slower,partial1 same,partial2 same,' ]
	run "$schedlab" ab --resume "$run_dir" --fail-above 8
	echo "$output"
	[ "$status" -eq 1 ]
	[ "$(awk '{ if (length > m) m = length } END { print m }' <<<"$(grep -v "$BATS_TEST_TMPDIR" <<<"$output")")" -le 80 ]
	[[ $output == *"a: $old"$'\n'"b: $new"* ]]
	[[ $output == *"fib n=2           1   102 ns   112 ns  1.098   1.098 to 1.098  0.002 slower"* ]]
	# One table for each back end.
	[ "$(grep -c 'p corr' <<<"$output")" -eq 2 ]
	run "$schedlab" ab --resume "$run_dir" --fail-above 12
	[ "$status" -eq 0 ]
	run "$schedlab" ab --resume "$run_dir" --markdown
	[[ $output == *"| good fib n=2 | 1 |"*"| slower |"* ]]
	run jq -c '[.method, .a.name, .b.name, (.rows[0].cell | keys), .counts.slower, .rows[0].blocks, .geomean.rows]' \
		<("$schedlab" ab --resume "$run_dir" --json)
	[ "$output" = "[\"paired\",\"$old\",\"$new\",[\"backend\",\"opts\",\"params\",\"pin\",\"procs\",\"workload\"],1,12,4]" ]
	cmp <("$schedlab" ab --resume "$run_dir" --json) <("$schedlab" compare "$run_dir" --builds old,new --json)
}

@test "ab: what the builds were told of themselves is kept, and said where it differs" {
	mkdir "$old/gen" "$new/gen"
	printf '#define BUILD_COMMIT "%s"\n#define BUILD_CC "a \\"c\\" compiler"\n' 0123 >"$old/gen/build_info.h"
	printf '#define BUILD_COMMIT "%s"\n#define BUILD_FLAGS "-O2"\n' 4567 >"$new/gen/build_info.h"
	cells+=(--reps 1)
	run_ab
	run "$schedlab" ab --resume "$run_dir"
	echo "$output"
	[[ $output == *"a: $old, commit 0123"$'\n'"b: $new, commit 4567"$'\n'"The builds differ in: commit"$'\n'* ]]
	run jq -r '.old_build.compiler, .new_build.flags' "$run_dir/meta.json"
	[ "$output" = $'a "c" compiler\n-O2' ]
	run jq -c '[.a.commit, .b.commit, [.differences[].what]]' <("$schedlab" ab --resume "$run_dir" --json)
	[ "$output" = '["0123","4567",["commit"]]' ]
}

@test "ab: layouts are used where both builds have them, the same in both" {
	for dir in "$old" "$new"; do
		for n in 1 2 3; do
			mkdir -p "$dir/layouts/$n"
			cp "$dir/cell-good" "$dir/cell-partial" "$dir/layouts/$n"
		done
	done
	rm -r "$new/layouts/3" "$old"/layouts/*/cell-partial
	ab "$old" "$new" "${cells[@]}" --reps 4 --seed 4 --out "$run_dir"
	run jq -rs 'map(select(.kind == "cell") | "\(.cell.backend)\(.rep)\(.layout)") | unique | join(" ")' "$run_dir/cells.jsonl"
	echo "$output"
	[ "$output" = 'good01 good12 good21 good32 partial00 partial10 partial20 partial30' ]
	run jq -r '.plan.layouts, (.binaries | keys[] | select(test("layouts")))' "$run_dir/meta.json"
	[ "$output" = $'2\nlayouts/1/cell-good\nlayouts/2/cell-good\nold/layouts/1/cell-good\nold/layouts/2/cell-good' ]
	echo '# another' >>"$old/layouts/2/cell-good"
	refused "old/layouts/2/cell-good has changed" ab --resume "$run_dir"
	rm -r "$old/layouts"
	refused "layouts/1/cell-good has changed" ab --resume "$run_dir"
}

@test "ab: killed and gone on with, it has every row once and the same order" {
	cells+=(--reps 4)
	PATH=$tools "$schedlab" ab "$old" "$new" "${cells[@]}" --seed 3 --out "$run_dir" >/dev/null 2>&1 &
	runner=$!
	eventually started 15
	kill -KILL "$runner"
	wait_for_runner
	nothing_left
	run ab --resume "$run_dir"
	echo "$output"
	[ "$status" -eq 0 ]
	row_keys "$run_dir" >/dev/null
	jq -r '[.kind, .rep, .cell.backend, .cell.build, .cell.params.n] | join(" ")' "$run_dir/cells.jsonl" >"$BATS_TEST_TMPDIR/whole"
	rm -r "$run_dir"
	ab "$old" "$new" "${cells[@]}" --seed 3 --out "$run_dir" >/dev/null
	cmp <(jq -r '[.kind, .rep, .cell.backend, .cell.build, .cell.params.n] | join(" ")' "$run_dir/cells.jsonl") "$BATS_TEST_TMPDIR/whole"
}

@test "ab: two writers to one run are refused" {
	ab "$old" "$new" "${cells[@]}" --seed 3 --reps 4 --out "$run_dir" >/dev/null
	head -n 3 "$run_dir/cells.jsonl" >"$BATS_TEST_TMPDIR/cells"
	cp "$BATS_TEST_TMPDIR/cells" "$run_dir/cells.jsonl"
	export FAKE_DO='sleep 30'
	PATH=$tools "$(command -v env)" --default-signal=INT "$schedlab" ab --resume "$run_dir" >/dev/null 2>&1 &
	runner=$!
	: >"$FAKE_PIDS"
	eventually started_one
	refused "another schedlab is writing to" ab --resume "$run_dir"
	refused "another schedlab is writing to" ab "$old" "$new" "${cells[@]}" --out "$run_dir"
	cmp "$BATS_TEST_TMPDIR/cells" "$run_dir/cells.jsonl"
	kill -INT "$runner"
	wait_for_runner
	[ "$status" -eq 130 ]
	nothing_left
}

@test "ab: as many repetitions as fit into a budget, by a pilot of both builds" {
	cells=(-b good -w fib --set n=20 -p 1 --min-time 0.001 --again 0)
	refused "--budget chooses the repetitions, after a pilot" ab "$old" "$new" "${cells[@]}" --budget 1m --reps 6
	refused "--budget chooses the repetitions, after a pilot" ab "$old" "$new" "${cells[@]}" --budget 1m --dry-run
	refused "beside it only --retry" ab --resume "$run_dir" --budget 1m
	# No time for more than the pilot, which is then as if a row had taken a second, and the
	# new build 10 % more than the old, and sometimes 2 % more than that, or less.
	cells[9]=0.05
	run ab "$old" "$new" "${cells[@]}" --budget 1s --seed 3 --out "$run_dir"
	[ "$status" -eq 2 ]
	[[ $output == *"schedlab: 6 repetitions take "* ]]
	[ ! -e "$run_dir/meta.json" ]
	jq -c '.rusage.wall_ns = 1e9 | .disturbed = false |
		.ns_per_op = 100 * (if .cell.build == "new" then 1.1 * (if .rep % 2 == 0 then 0.02 else -0.02 end | exp) else 1 end)' \
		"$run_dir/pilot/cells.jsonl" >"$BATS_TEST_TMPDIR/cells"
	cp "$BATS_TEST_TMPDIR/cells" "$run_dir/pilot/cells.jsonl"
	echo '{"schema": 1, "budget_s": 36.9}' >"$run_dir/budget.json"
	refused "goes on with it" matrix --resume "$run_dir"
	ab --resume "$run_dir" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err"
	cat "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/err"
	# As much as budget.bats has of two back ends.
	[ "$(jq .plan.reps "$run_dir/meta.json")" -eq 7 ]
	jq -e '.workloads[0].pairs == 1 and (.workloads[0].smallest - 0.0420 | fabs) < 0.0005' "$run_dir/budget.json"
	tr -s ' \n' ' ' <"$BATS_TEST_TMPDIR/err" | grep -F 'of half of the cells, if they are as the pilot was: fib 4.2 %'
	grep -q '^The run is in ' "$BATS_TEST_TMPDIR/out"
	refused "holds a run, or its pilot, already" ab "$old" "$new" "${cells[@]}" --out "$run_dir"
	# Killed before the run began: what was chosen is what counts.
	rm "$run_dir/meta.json" "$run_dir/cells.jsonl" "$run_dir/summary.json"
	ab --resume "$run_dir" >/dev/null 2>"$BATS_TEST_TMPDIR/err"
	[ "$(jq .plan.reps "$run_dir/meta.json")" -eq 7 ]
	grep -qx 'The pilot is whole; 7 repetitions are measured, as was chosen by it.' "$BATS_TEST_TMPDIR/err"
}

@test "ab: a build that is changed or removed in mid-run stops it, and rows stay" {
	export FAKE_DO="[ \"\$(wc -l <\"\$FAKE_PIDS\")\" -lt 12 ] || case \$0 in */old/cell-good) echo '# another' >>\"\$0\" ;; esac"
	ln -s "$(command -v wc)" "$tools"
	run ab "$old" "$new" "${cells[@]}" --seed 3 --out "$run_dir"
	echo "$output"
	[ "$status" -eq 2 ]
	[[ $output == *"$old/cell-good has changed since the run began"*"ab --resume $run_dir"* ]]
	[ "$(wc -l <"$run_dir/cells.jsonl")" -ge 11 ]
	refused "was run with other binaries (old/cell-good has changed)" ab --resume "$run_dir"
	rm "$old/cell-good"
	refused "old/cell-good has changed" ab --resume "$run_dir"
	rm -r "$old"
	refused "$old holds no build" ab --resume "$run_dir"
}

@test "ab: builds that do not do the same work have no time" {
	sed 's/^	report "$((100 + n)).5"$/	report 100.5 checksum=0x0000000000000008/' "$old/cell-good" >"$new/cell-good"
	run ab "$old" "$new" -b good -w fib --set n=1 -p 1 --min-time 0.001 --reps 1 --out "$run_dir"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"the results of an iteration add up to 0x"*" on "*" good, and to 0x"* ]]
	[[ $output == *"ab --resume $run_dir --retry wrong"* ]]
}

@test "ab: what cannot be compared is refused in one sentence" {
	refused "ab takes the old build's folder" ab
	refused "ab takes two folders at most, not 3" ab a b c
	refused "none holds no build (no backends.tsv)" ab "$BATS_TEST_TMPDIR/none" "$new"
	refused "none holds no build (no backends.tsv)" ab "$old" "$BATS_TEST_TMPDIR/none"
	grep -v ^partial "$new/backends.tsv" >"$old/backends.tsv"
	refused "$old has no back end partial" ab "$old" "$new" "${cells[@]}"
	cp "$new/backends.tsv" "$old"
	refused "unbuilt: its compiler is not installed" ab "$old" "$new" -b unbuilt -w fib
	jq '.workloads |= map(select(.name != "fib"))' "$new/workloads.json" >"$old/workloads.json"
	refused "$old has no workload fib" ab "$old" "$new" "${cells[@]}"
	cp "$new/workloads.json" "$old"
	echo '{"protocol": 2}' >"$old/cell-good.json"
	refused "good: its program speaks another version of the cell protocol" ab "$old" "$new" "${cells[@]}"
	echo '{"toolchain": "go1.19"}' >"$old/cell-good.json"
	echo '{"toolchain": "go1.21"}' >"$new/cell-good.json"
	refused "good was built by go1.19 in $old and by go1.21 in $new" ab "$old" "$new" "${cells[@]}"
	rm "$old/cell-good.json" "$new/cell-good.json"
	cp "$(command -v cat)" "$old/cell-good"
	cp "$(command -v cat)" "$new/cell-good"
	printf '\017\017' | dd of="$old/cell-good" bs=1 seek=18 conv=notrunc status=none
	refused "is for another architecture" ab "$old" "$new" "${cells[@]}"
	refused "--json and --markdown: one of them" ab "$old" --json --markdown
	refused "--retry measures rows of a run again" ab "$old" --retry failed
	refused "--resume goes on with the run's own plan and builds" ab "$old" --resume "$run_dir"
	refused "--layouts 3: this build has 0" ab "$old" "$new" --layouts 3
}

@test "ab: what the old build lacks is left out and said, unless it was asked for" {
	grep -v ^partial "$new/backends.tsv" >"$old/backends.tsv"
	run ab "$old" "$new" -w fib --set n=1 -p 1 --dry-run
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"1 left out: $old: this build has no back end partial"* ]]
	[[ $output != *"| partial "* ]]
}

@test "ab: its runs and those of matrix go on by their own command" {
	ab "$old" "$old" -b good -w fib --set n=1 -p 1 --min-time 0.001 --reps 1 --out "$run_dir"
	refused "holds two builds against each other: ab --resume goes on with it" matrix --resume "$run_dir"
	matrix -b good -w fib --set n=1 -p 1 --min-time 0.001 --reps 1 --out "$run_dir-2"
	refused "is no run of two builds: matrix --resume goes on with it" ab --resume "$run_dir-2"
	refused "has no cell of build 'old'" compare "$run_dir-2" --builds old,new
	refused "it is of one of two builds" reproduce "$run_dir"
	edit_meta '.plan.cells[0].build = "other"'
	refused "cell 1 of its plan is damaged" ab --resume "$run_dir"
}
