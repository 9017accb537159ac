#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# schedlab plot, as typed; what it draws is plot_test.c's.
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	schedlab=$(realpath "${BUILD:-build}/schedlab")
	run_dir=$BATS_TEST_TMPDIR/run
	mkdir "$run_dir"
	cp harness/figures/testdata/run-small/{meta.json,cells.jsonl} "$run_dir"
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
	[ "${lines[-1]}" = "drawn: run/plots" ]
	[ "${#lines[@]}" -eq 6 ]
	for name in cpu latency tasks metg pins; do
		[[ $output == *"left out: $name: The run "* || $output == *"left out: $name: No "* ]]
	done
	[ "$(ls run/plots)" = "$(printf '%s\n' {efficiency,heat,noise,speedup,switches,time}.{png,svg,tsv})" ]
	head -c 4 run/plots/time.png | grep -aq PNG
}

# Each text of a picture, by where it begins and ends if its letters are not wide: all
# of them must be within.
within_its_page() {
	awk -v RS='<' '
		/^svg/ { match($0, /width="[0-9]+"/); width = substr($0, RSTART + 7, RLENGTH - 8) }
		/^g transform="translate\(/ {
			match($0, /translate\([-0-9.]+/); x = substr($0, RSTART + 10, RLENGTH - 10)
			match($0, /font-size="[0-9.]+"/); size = substr($0, RSTART + 11, RLENGTH - 12)
			match($0, /text-anchor="[a-z]+"/); anchor = substr($0, RSTART + 13, RLENGTH - 14)
		}
		/^text>/ {
			said = substr($0, 6)
			gsub(/&[a-z]+;/, "x", said)
			w = length(said) * size * 0.5
			from = anchor == "end" ? x - w : anchor == "middle" ? x - w / 2 : x
			texts++
			if (from < 0 || from + w > width + 0) {
				print FILENAME ": outside: " substr($0, 6)
				outside++
			}
		}
		END { exit outside > 0 || texts < 5 }' "$1"
}

# From lines as plant of fake.bash has them.
draws() {
	plant
	run "$schedlab" plot "$run_dir"
	echo "$output"
	[ "$status" -eq 0 ]
	for picture in "$run_dir"/plots/*.svg; do
		within_its_page "$picture"
	done
}

@test "plot: one point, two, very different ones, long names, many back ends: all of it within the page" {
	command -v gnuplot >/dev/null || skip "no gnuplot here"
	export LC_ALL=C.UTF-8
	load ../testdata/fake.bash
	draws <<<"work-stealing fib 1 n=30 3"
	draws <<-END
	work-stealing fib 1 n=30 3
	work-stealing fib 2 n=30 2
	END
	draws <<-END
	pthreads fib 1 n=30 10 10 10 10 10 10
	pthreads fib 2 n=30 160 160 160 160 160 160
	END
	grep -q '>1/16×<' "$run_dir/plots/speedup.svg"
	draws <<-END
	go            fib 1 n=30 1e17 1e16 1e18 1e17 1e17 1e17
	go            fib 2 n=30 1e10 1e10 1e10 1e10 1e10 1e10
	work-stealing fib 1 n=30 1e-6 1e-6 1e-6 1e-5 1e-5 1e-5
	work-stealing fib 2 n=30 1e-3 1e-3 1e-3 1e-3 1e-3 1e-3
	END
	draws <<<"go %s%n%d 1 n=30 5"
	grep -q '>%s%n%d<' "$run_dir/plots/time.svg"
	for p in 1 2 4 8 16 32 64 128 256 512 1024; do
		for y in 1 2 3; do
			echo "go a-workload-with-a-long-name $p connections=${y}000,something=$y,something_else=1234567$y 100 101"
		done
	done | draws
	for i in {10..25}; do
		for p in 1 2 4; do
			echo "back-end-$i-of-many fib $p n=30 $i 10"
		done
	done | draws
}

# What each figure wants of a row, so that all of them are drawn.
with_everything() {
	jq -c 'if .benchmark then .ns_per_op as $ns | .benchmark += { cpu_time: $ns, nvcsw: 3, nivcsw: 0, switches: 7,
		p50_ns: $ns, p90_ns: ($ns * 2), p99_ns: ($ns * 3), p999_ns: ($ns * 4), max_ns: ($ns * 5),
		bytes_per_task: 5000, steps_per_s_0: 1000000, steps_per_s_9: 9000000, metg50_ns: 40, metg90_ns: 90 } else . end' \
		"$run_dir/cells.jsonl" >"$BATS_TEST_TMPDIR/all" && cp "$BATS_TEST_TMPDIR/all" "$run_dir/cells.jsonl"
}

@test "plot: what labels say is shown, and is nothing to gnuplot nor to a page" {
	command -v gnuplot >/dev/null || skip "no gnuplot here"
	export LC_ALL=C.UTF-8
	load ../testdata/fake.bash
	for n in 10 100 1000; do
		for backend in pthreads go; do
			for p in 1 2; do
				echo "$backend <b>&\"%s{/*\`touch\`@x $p n=$n 5 6 7"
			done
		done
	done | plant
	with_everything
	sed 's/"pin":"none"/"pin":"cores"/' "$run_dir/cells.jsonl" >"$BATS_TEST_TMPDIR/bound"
	jq -s '.[0].plan.cells += .[1].plan.cells | .[0]' "$run_dir/meta.json" <(jq '.plan.cells[].pin = "cores"' "$run_dir/meta.json") \
		>"$BATS_TEST_TMPDIR/both" && cp "$BATS_TEST_TMPDIR/both" "$run_dir/meta.json"
	cat "$BATS_TEST_TMPDIR/bound" >>"$run_dir/cells.jsonl"
	run "$schedlab" plot "$run_dir"
	echo "$output"
	[ "$output" = "drawn: $run_dir/plots" ]
	[ "$(find "$run_dir/plots" -name '*.svg' | wc -l)" -eq 11 ]
	for picture in "$run_dir"/plots/*.svg; do
		within_its_page "$picture"
		run ! grep -q "<b>" "$picture"
		# No font, no script, no file from elsewhere; and what it shows in words.
		run ! grep -qE "<script|url\(http|href='[^#]|@import|>Gnuplot<|gnuplot_plot" "$picture"
		grep -q '^ viewBox=' "$picture"
		[ "$(grep -c '^<desc>' "$picture")" -eq 1 ]
	done
	for name in heat time speedup latency metg pins; do
		grep -qF "&lt;b>&amp;'%s{/*\`touch\`@x" "$run_dir/plots/$name.svg" || { echo "$name"; false; }
	done
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
