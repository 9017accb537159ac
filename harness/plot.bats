#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# schedlab plot, as typed; what it draws is plot_test.c's.

setup() {
	cd "$BATS_TEST_DIRNAME/.." || return
	schedlab=$(realpath "${BUILD:-build}/schedlab")
	run_dir=$BATS_TEST_TMPDIR/run
	mkdir "$run_dir"
	cp harness/testdata/run-small/{meta.json,cells.jsonl} "$run_dir"
}

refused() {
	run "$schedlab" plot "$@"
	[ "$status" -eq 2 ]
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == "schedlab: "* ]]
}

@test "plot: draws a stored run, from any folder" {
	command -v gnuplot >/dev/null || skip "no gnuplot here"
	cd "$BATS_TEST_TMPDIR"
	run "$schedlab" plot run
	[ "$status" -eq 0 ]
	[ "$output" = "drawn: run/plots" ]
	[ "$(ls run/plots)" = "$(printf '%s\n' {speedup,switches,time}.{png,svg,tsv})" ]
	head -c 4 run/plots/time.png | grep -aq PNG
}

@test "plot: without gnuplot says so, and keeps the data" {
	mkdir "$BATS_TEST_TMPDIR/empty"
	PATH=$BATS_TEST_TMPDIR/empty refused "$run_dir"
	[[ $output == *"gnuplot is not installed"* ]]
	[ -s "$run_dir/plots/time.tsv" ]
}

@test "plot: bad usage is one sentence and status 2" {
	refused
	refused "$run_dir" "$run_dir"
	refused "$BATS_TEST_TMPDIR/none"
	[[ $output == *"$BATS_TEST_TMPDIR/none"* ]]
	refused --verbose "$run_dir"
	[[ $output == *"--verbose"* ]]
	run "$schedlab" plot --help
	[ "$status" -eq 0 ]
}
