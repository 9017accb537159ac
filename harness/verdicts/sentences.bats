#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # set by bats and fake.bash
# The sentences at the end of a matrix, and in its summary.json.

load ../testdata/fake.bash

setup() {
	fake_setup
}

# All of the text in one line.
flat() {
	tr -s ' \n' ' '
}

@test "sentences: matrix prints what summary.json has, after the tables, in 80 columns" {
	[ "$("$schedlab" topo --json | jq .pus)" -ge 2 ] || skip "one PU"
	matrix -b good,slow,partial -w fib,documents -p 1,2 --set gs=8 --set documents=10 --set n=7 --reps 6 --out "$run_dir"
	# Who else is at work here is not to decide what is said.
	sed -i 's/"disturbed":true/"disturbed":false/' "$run_dir/cells.jsonl"
	run matrix --resume "$run_dir"
	echo "$output"
	[ "$status" -eq 0 ]
	text=$(jq -r '.sentences[] | select(.id == "second-processor-io-bound").text' "$run_dir/summary.json")
	[[ $text == 'A second processor makes I/O-bound work (documents) no faster: 1.00 × on good (1:1, '*', 1.00 × on slow (N:1, '* ]]
	[[ "$(flat <<<"$output")" == *' rows: '*' - '"$text"*'The run is in '* ]]
	[ "$(sed -n '/^What it costs/,$p' <<<"$output" | grep -v '^The run is in' | awk '{ if (length > m) m = length } END { print m }')" -le 80 ]
	# A factor, its interval, and the cells that it rests on, by their place.
	jq -e '.sentences[] | select(.id == "second-processor-io-bound") | .verdict == "holds" and .lead == 0 and
	       .parts[0].n == 6 and .parts[0].estimate == 1 and .parts[0].low == 1 and .parts[0].high == 1' "$run_dir/summary.json"
	jq -e '. as $s | .sentences[] | select(.id == "second-processor-io-bound").parts[0].cells |
	       map($s.cells[.].cell | [.workload, .backend, .procs]) == [["documents", "good", 1], ["documents", "good", 2]]' \
		"$run_dir/summary.json"
	# What was not measured is in the file, and not on the terminal.
	jq -e '.sentences[] | select(.id == "memory") | .verdict == "no data" and .lead == null and .parts == []' "$run_dir/summary.json"
	[[ $output != *'No data'* ]]
}

@test "sentences: without anything to say there is no heading" {
	run matrix -b good -w fib -p 1 --set n=7 --reps 1 --out "$run_dir"
	[ "$status" -eq 0 ]
	[[ $output != *'What it costs'* ]]
	jq -e '[.sentences[].verdict] | length > 5 and all(. == "no data")' "$run_dir/summary.json"
}
