#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154,SC2030,SC2031,SC2054,SC2016 # set by bats and fake.bash; commas are meant; cells expand
# Cell programs in several link orders, over which the repetitions of a run rotate.

load ../testdata/fake.bash

setup() {
	fake_setup
	own_build
	export FAKE_LOG=$BATS_TEST_TMPDIR/log
	plan=(-b good,slow -w fib --set n=1,2 -p 1 --min-time 0.001)
}

# Layouts of good, so many.
lay_out() {
	for n in $(seq "$1"); do
		mkdir -p "$SCHEDLAB_BUILD/layouts/$n"
		cp "$SCHEDLAB_BUILD/cell-good" "$SCHEDLAB_BUILD/layouts/$n"
		echo "# $n" >>"$SCHEDLAB_BUILD/layouts/$n/cell-good"
	done
}

# The layout of each repetition's rows of a back end.
layouts_of() {
	jq -r --arg b "$1" 'select(.kind == "cell" and .cell.backend == $b) | "\(.rep)\(.layout)"' \
		"$run_dir/cells.jsonl" | sort -u | tr '\n' ' '
}

@test "layouts: repetitions rotate over them, by the seed alone" {
	lay_out 3
	run matrix "${plan[@]}" --seed 5 --reps 4 --out "$run_dir"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(layouts_of good)" = '03 11 22 33 ' ]
	[ "$(layouts_of slow)" = '00 10 20 30 ' ]
	jq -es 'map(select(.kind == "calibration") | .layout) | unique == [0]' "$run_dir/cells.jsonl"
	run jq -c '[.plan.layouts, (.binaries | keys | map(select(startswith("layouts/"))))]' "$run_dir/meta.json"
	[ "$output" = '[3,["layouts/1/cell-good","layouts/2/cell-good","layouts/3/cell-good"]]' ]
	run "$schedlab" list
	[[ $output == *"link orders of each C program: 3"* ]]
	run jq -c '[.backends[] | select(.layouts > 0) | .name, .layouts]' <("$schedlab" list --json)
	[ "$output" = '["good",3]' ]
}

@test "layouts: off, or fewer, and no more than there are" {
	lay_out 3
	run matrix "${plan[@]}" --seed 5 --reps 3 --layouts 2 --out "$run_dir"
	[ "$(layouts_of good)" = '02 11 22 ' ]
	rm -r "$run_dir"
	run matrix "${plan[@]}" --reps 3 --layouts off --out "$run_dir"
	[ "$(layouts_of good)" = '00 10 20 ' ]
	refused "--layouts 4: this build has 3" matrix "${plan[@]}" --layouts 4
	refused "--layouts 0: not off, or a number" matrix "${plan[@]}" --layouts 0
	refused "--resume goes on with the run's own plan" matrix --resume "$run_dir" --layouts off
}

@test "layouts: one that is missing counts for nobody" {
	lay_out 3
	rm "$SCHEDLAB_BUILD/layouts/2/cell-good"
	run "$schedlab" list
	[[ $output == *"link orders of each C program: 1;"* ]]
}

@test "layouts: a run that uses one goes on with no other, one that uses none does not care" {
	lay_out 2
	export FAKE_DO="[ \"\$n\" != 2 ] || [ -e \"$BATS_TEST_TMPDIR/fixed\" ] || exit 2"
	run matrix "${plan[@]}" --reps 2 --out "$run_dir"
	[ "$status" -eq 1 ]
	echo "# changed" >>"$SCHEDLAB_BUILD/layouts/2/cell-good"
	refused "layouts/2/cell-good has changed" matrix --resume "$run_dir" --retry failed
	rm -r "$SCHEDLAB_BUILD/layouts/2"
	refused "layouts/2/cell-good has changed" matrix --resume "$run_dir" --retry failed
	# Whatever the plan claims, there is no program that is not there.
	edit_meta '.plan.layouts = 1000 | .binaries |= with_entries(select(.key | startswith("layouts/") | not))'
	touch "$BATS_TEST_TMPDIR/fixed"
	run matrix --resume "$run_dir" --retry failed
	echo "$output"
	[ "$status" -eq 0 ]
	jq -es 'map(select(.attempt == 1) | .layout) | unique == [0]' "$run_dir/cells.jsonl"

	rm -r "$run_dir"
	run matrix "${plan[@]}" --reps 2 --out "$run_dir"
	lay_out 2
	run matrix --resume "$run_dir"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "layouts: one that is replaced while a run uses it stops the run" {
	lay_out 1
	export FAKE_DO="case \$0 in */layouts/*) echo '# replaced' >>\"\$0\" ;; esac"
	run matrix "${plan[@]}" --reps 2 --out "$run_dir"
	echo "$output"
	[ "$status" -eq 2 ]
	[[ $output == *"layouts/1/cell-good has changed since the run began"* ]]
}

@test "layouts: a run is reproduced over those that are there" {
	lay_out 3
	matrix "${plan[@]}" --reps 1 --out "$run_dir"
	rm -r "$SCHEDLAB_BUILD/layouts/3"
	PATH=$tools run "$schedlab" reproduce "$run_dir" --out "$run_dir-2"
	echo "$output"
	[[ $output == *"Over 3 link orders there, over 2 here"* ]]
	[ "$(jq '.plan.layouts' "$run_dir-2/meta.json")" = 2 ]
}
