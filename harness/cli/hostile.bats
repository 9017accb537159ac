#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # set by bats and fake.bash
# Files that somebody else wrote, and all commands that read them: one sentence or a
# sound answer, at once, and nothing that a terminal obeys.

bats_require_minimum_version 1.5.0

load ../testdata/fake.bash

setup() {
	fake_setup
	mkdir "$run_dir"
}

# Every command that reads a run, on this one.
readers() {
	for command in plot ratios lessons "ratios --json" "lessons --json" "matrix --resume" \
		"compare --backends go,single-p" "compare --json $run_dir" "compare --markdown $run_dir" \
		"reproduce --against $run_dir" "reproduce --json --against $run_dir"; do
		# shellcheck disable=SC2086
		run --separate-stderr timeout -k 1 10 "$(command -v env)" PATH="$tools" "$schedlab" $command "$run_dir"
		echo "$command: $status, $output, $stderr"
		"$@"
	done
}

ends_with_a_sentence() {
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	[ "$(wc -l <<<"$stderr")" -eq 1 ]
	[[ $stderr == "schedlab: "* ]]
}

# No control character but a tab and a newline, nothing that turns the direction of
# writing, nothing that is no UTF-8.
is_plain() {
	printf '%s\n' "$output" "$stderr" >"$BATS_TEST_TMPDIR/said"
	iconv -f UTF-8 -t UTF-8 "$BATS_TEST_TMPDIR/said" >/dev/null
	[ "$(LC_ALL=C.UTF-8 grep -cP '[^\P{C}\t]|[\x{202a}-\x{202e}]' "$BATS_TEST_TMPDIR/said")" -eq 0 ]
}

plant_six() {
	plant <<-END
	go       spawn 1 n=1000 200 200 200 200 200 200
	single-p spawn 1 n=1000 10 10 10 10 10 10
	go       spawn 2 n=1000 200 200 200 200 200 200
	END
}

# Row 3 with the change.
damage() { # jq-filter
	jq -c "if input_line_number == 3 then $1 else . end" "$run_dir/cells.jsonl" >"$BATS_TEST_TMPDIR/cells"
	cp "$BATS_TEST_TMPDIR/cells" "$run_dir/cells.jsonl"
}

@test "hostile: numbers that no row has are refused, by all that read rows" {
	for change in '.rep = 2147483647' '.rep = 4294967297' '.rep = -1' '.attempt = -1' '.ns_per_op = -200' \
		'.ns_per_op = 1e300' '.ops = 0' '.ops = 1e300' '.cell.procs = 4294967297' '.cell.cpus = [-1]'; do
		plant_six
		damage "$change"
		readers ends_with_a_sentence
		refused "line 3 is no row of a run" ratios "$run_dir"
	done
}

@test "hostile: a row that is there twice is refused, by all that read rows" {
	plant_six
	sed -n 2p "$run_dir/cells.jsonl" >>"$run_dir/cells.jsonl"
	readers ends_with_a_sentence
	refused "line 19 is the row of line 2 again" ratios "$run_dir"
}

@test "hostile: no string of a run reaches the terminal as it is" {
	plant_six
	nasty=$'\e[2J\e]0;title\a\u009b31m\u202etxt\r\n\tend'
	jq --arg s "$nasty" '.plan.cells[0,2].params.x = $s | .build.go = "go version go1.19\($s)" | .started = $s
		| .machine.kernel = $s | .machine.cpu_model = $s' "$run_dir/meta.json" >"$BATS_TEST_TMPDIR/meta"
	cp "$BATS_TEST_TMPDIR/meta" "$run_dir/meta.json"
	jq -c --arg s "$nasty" 'if .cell.backend == "go" then .cell.params.x = $s | .status = "na" | .reason = $s | .ns_per_op = null
		else . end' "$run_dir/cells.jsonl" >"$BATS_TEST_TMPDIR/cells"
	cp "$BATS_TEST_TMPDIR/cells" "$run_dir/cells.jsonl"
	readers is_plain
	# What gnuplot reads, and people with cat.
	[ "$(cat "$run_dir"/plots/*.tsv | LC_ALL=C grep -c $'[\x01-\x08\x0b-\x1f\x7f]')" -eq 0 ]
	[ "$(awk -F '\t' 'NF != 14' "$run_dir"/plots/*.tsv | wc -l)" -eq 0 ]
	# A sentence that names what it is about.
	echo "$nasty" >"$run_dir/cells.jsonl"
	echo "{}" >>"$run_dir/cells.jsonl"
	readers is_plain
}

@test "hostile: what is no regular file keeps nobody waiting, nor beyond SIGTERM" {
	for file in meta.json cells.jsonl; do
		plant_six
		rm "$run_dir/$file"
		mkfifo "$run_dir/$file"
		readers ends_with_a_sentence
		rm "$run_dir/$file"
		mkdir "$run_dir/$file"
		readers ends_with_a_sentence
		rmdir "$run_dir/$file"
		ln -s /dev/zero "$run_dir/$file"
		readers ends_with_a_sentence
		rm "$run_dir/$file"
	done
	# The machine is not what a picture stands and falls with.
	plant_six
	mkfifo "$run_dir/topology.xml"
	run timeout -k 1 10 "$schedlab" plot "$run_dir"
	[ "$status" -ne 124 ]
	[ -s "$run_dir/plots/time.tsv" ]
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	run timeout -k 1 10 "$schedlab" topo --input "$BATS_TEST_TMPDIR/fifo"
	[ "$status" -eq 2 ]
	[[ $output == *"fifo: it is no regular file" ]]
}

@test "hostile: nor do files that a build or a cell program should have written" {
	cp -r harness/testdata/cells "$BATS_TEST_TMPDIR/build"
	export SCHEDLAB_BUILD=$BATS_TEST_TMPDIR/build
	for file in backends.tsv workloads.json; do
		mv "$SCHEDLAB_BUILD/$file" "$BATS_TEST_TMPDIR/kept"
		mkfifo "$SCHEDLAB_BUILD/$file"
		for command in list "run -b good -w fib" matrix "demo alphabet"; do
			# shellcheck disable=SC2086
			run --separate-stderr timeout -k 1 10 "$schedlab" $command
			ends_with_a_sentence
			[[ $stderr == *"$file"* ]]
		done
		rm "$SCHEDLAB_BUILD/$file"
		mv "$BATS_TEST_TMPDIR/kept" "$SCHEDLAB_BUILD/$file"
	done
	# A cell that leaves a FIFO where its report should be.
	cat >"$SCHEDLAB_BUILD/cell-good" <<-'END'
	#!/bin/sh
	for word; do case $word in --benchmark_out=*) mkfifo "${word#*=}" ;; esac; done
	END
	chmod +x "$SCHEDLAB_BUILD/cell-good"
	run timeout -k 1 10 "$schedlab" run -b good -w fib -p 1
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"ended well but wrote no "* ]]
}

@test "hostile: a build's tables are checked, and what they say is plain" {
	cp -r harness/testdata/cells "$BATS_TEST_TMPDIR/build"
	export SCHEDLAB_BUILD=$BATS_TEST_TMPDIR/build
	for line in $'../evil\t1:1\t' $'go\e[31m\t1:1\t' $'\t1:1\t' 'no tabs' $'good\t1:1\t' "$(printf '%0300d' 0)"$'\t1:1\t'; do
		cp harness/testdata/cells/backends.tsv "$SCHEDLAB_BUILD"
		echo "$line" >>"$SCHEDLAB_BUILD/backends.tsv"
		refused "backends.tsv is damaged" list
	done
	cp harness/testdata/cells/backends.tsv "$SCHEDLAB_BUILD"
	printf 'model\t\e[31m1:1\tpar\e[0mallel\n' >>"$SCHEDLAB_BUILD/backends.tsv"
	printf 'because of \e[31m\n' >"$SCHEDLAB_BUILD/cell-model.na"
	run --separate-stderr "$schedlab" list
	is_plain
	[[ $output == *"because of ?[31m"* ]]
	for change in '.params[0].max = .params[0].min - 1' '.params[0].value = 1e300' '.params[0].min = "1"' '.name = ""' \
		'.params = [range(13) | {name: "p\(.)", help: "", value: 1, min: 1, max: 1}]' '.params[0] = null'; do
		jq ".workloads[1] |= ($change)" harness/testdata/cells/workloads.json >"$SCHEDLAB_BUILD/workloads.json"
		refused "workload 2 is damaged" list
	done
	jq '.workloads[0].summary = "\u001b[31mred" | .workloads[0].params[0].help = "\u0007"' \
		harness/testdata/cells/workloads.json >"$SCHEDLAB_BUILD/workloads.json"
	run --separate-stderr "$schedlab" list
	[ "$status" -eq 0 ]
	is_plain
}

@test "hostile: nothing that a cell or a demo says reaches the terminal as it is" {
	cp -r harness/testdata/cells "$BATS_TEST_TMPDIR/build"
	export SCHEDLAB_BUILD=$BATS_TEST_TMPDIR/build
	printf '#!/bin/sh\nprintf "\\033[31mdying\\302\\23331m\\377\\n" >&2\nexit 3\n' >"$SCHEDLAB_BUILD/cell-good"
	printf '#!/bin/sh\nprintf "\\033[31ma\\tb\\302\\23331m\\377\\r\\n"\n' >"$SCHEDLAB_BUILD/demo-good"
	chmod +x "$SCHEDLAB_BUILD"/*-good
	run --separate-stderr "$schedlab" run -b good -w fib -p 1
	is_plain
	[[ $stderr == *"dying"* ]]
	run --separate-stderr matrix -b good -w fib -p 1 --reps 1 --out "$run_dir/matrix"
	is_plain
	[[ $stderr == *"dying"* ]]
	run --separate-stderr "$schedlab" demo -b good no-wait
	is_plain
	[[ $output == *"?[31ma"$'\t'"b??31m??"* ]]
}
