#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # set by bats and fake.bash
# schedlab compare with files that other programs wrote, and what it writes for them.

bats_require_minimum_version 1.5.0

load ../testdata/fake.bash

setup() {
	fake_setup
	mkdir "$run_dir"
	data=harness/formats/testdata
	tmp=$BATS_TEST_TMPDIR
}

# A run in which a cell has a disturbed row too many, another none to spare, and a third
# no time.
planted() {
	plant <<-END
	a  ring 1 n=8              100 200 300 400 500 600 900d
	b  ring 1 n=8              100 100 100d 100 100 100
	a  ring 2 n=9,quota_pct=50 7 7 crashed 7 7 7 7
	a  fib  1 -                na na na na na na
	END
	edit_meta '.started = "2026-11-30T00:00:00Z" | .build.commit = "0123" | .machine = { architecture: "x86_64", cpu_model: "A CPU" }'
}

# The Go benchmark format, as its design and benchstat's reader have it: a line is a
# result, "key: value", metadata of a unit, or nothing.  Prints the result's names.
benchstat_grammar() {
	awk '
	function no(what) { print "line " NR ": " what ": " $0; exit 1 }
	/^Benchmark/ {
		if ($1 !~ /^Benchmark[^a-z\/-][^\/ ]*(\/[^\/=]+=[^\/=]+)*-[0-9]+$/) no("name")
		if ($2 !~ /^[1-9][0-9]*$/) no("iterations")
		if (NF < 4 || NF % 2) no("pairs")
		for (i = 3; i <= NF; i += 2) {
			if ($i !~ /^[0-9]+(\.[0-9]+)?(e[-+][0-9]+)?$/) no("value")
			if ($(i + 1) ~ /^[0-9]/ || ($(i + 1) in once && once[$(i + 1)] == NR)) no("unit")
			if (!($(i + 1) in better)) no("unit without metadata")
			once[$(i + 1)] = NR
		}
		print $1
		next
	}
	/^Unit / {
		if (NF < 3 || $3 !~ /^better=(lower|higher)$/ || $2 in better) no("metadata")
		better[$2] = 1
		next
	}
	/^[a-z][^A-Z[:space:]]*:([ \t]+.*)?$/ { if ($1 == "commit:" || $1 == "started:") no("what separates runs"); next }
	/^#/ { next }
	{ no("no line of the format") }' "$1"
}

@test "compare: Google Benchmark's JSON, aggregates left out, units and types in names" {
	run "$schedlab" compare "$data/gbench.json" "$data/gbench.json" --floor 5
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == "a: $data/gbench.json, of 2026-11-30T06:00:00+00:00"$'\n'"b:"* ]]
	[[ $output != *differ\ in* && $output != *oversubscribed* ]]
	[[ $output == *$'\nBM_Sort<int,_long>/64\n                  1  3.00 µs  3.00 µs '*"too few"* ]]
	[[ $output == *$'\nBM_Many/threads:4\n                  4  2.00 ms '* ]]
	[[ $output == *$'\nBM_Old            1   2.00 s '* ]]
	[[ $output == *"Rows without a time: benchmark BM_Broken P=1 (no such file)"* ]]
	[[ $output == *"Does not apply to both: benchmark BM_Left P=1"* ]]
	[[ $output != *_mean* && $output != *BigO* ]]
}

@test "compare: the cell that a benchmark names is held against a run's" {
	plant <<-END
	go fib 2 n=30  3 3.5 4
	END
	run jq -c '.rows[0] | [.cell.backend, .cell.params.n, .a.median, .b.median, .verdict]' \
		<("$schedlab" compare "$run_dir" "$data/gbench.json" --json)
	[ "$output" = '["go","30",3.5,3.25,"too few"]' ]
	# What the file cannot know is no difference.
	edit_meta '.build.commit = "0123" | .machine = { kernel: "6.1" }'
	run jq -c '.differences' <("$schedlab" compare "$run_dir" "$data/gbench.json" --json)
	[ "$output" = '[]' ]
}

@test "compare: two files of repetitions are unpaired, and judged as runs are" {
	for side in 100 120; do
		jq -n --argjson at "$side" '{ context: {}, benchmarks: [range(12) | { name: "BM_x", run_type: "iteration",
			real_time: ($at + . % 3), cpu_time: 1, iterations: 1, time_unit: "ns" }] }' >"$tmp/$side.json"
	done
	run "$schedlab" compare "$tmp/100.json" "$tmp/120.json" --floor 5 --fail-above 10
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"BM_x              1   101 ns   121 ns  1.198   1.188 to 1.208 <0.001 slower"* ]]
	run "$schedlab" compare "$tmp/100.json" "$tmp/120.json"
	[[ $output == *"cannot tell"* ]]
}

@test "compare: what is no such file is refused in a sentence" {
	with() { # JSON
		echo "$1" >"$tmp/x.json"
		refused "$2" compare "$tmp/x.json" "$data/gbench.json"
		refused "$2" compare "$data/gbench.json" "$tmp/x.json"
	}
	with '{"benchmarks": 7}' "x.json is no run's folder, and no JSON of Google Benchmark: it has no list"
	with 'Run on (2 X 2450 MHz CPU s)' "no JSON of Google Benchmark: "
	with '{"benchmarks": [' "no JSON of Google Benchmark: "
	with '' "no JSON of Google Benchmark: "
	with '{"benchmarks": []}' "has no benchmark"
	with '{"benchmarks": [{"name": "x_mean", "run_type": "aggregate"}]}' "has aggregates alone"
	with '{"benchmarks": [{"real_time": 1}]}' "a benchmark has no name"
	with '{"benchmarks": [{"name": "x", "cell": {"backend": "a"}}]}' "'x' is no name of a cell"
	with '{"benchmarks": [{"name": "x y"}, {"name": "x_y"}]}' "'x y' and 'x_y' are one cell"
	jq -n '{ benchmarks: [range(16385) | { name: "\(.)" }] }' >"$tmp/many.json"
	refused "has more than 16384 benchmarks" compare "$tmp/many.json" "$data/gbench.json"
	refused "gbench.json is no run's folder: --backends compares what was measured in turn" \
		compare "$data/gbench.json" --backends go,benchmark
}

@test "compare --format gbench: the fields of each repetition, and read back it is the run" {
	planted
	"$schedlab" compare "$run_dir" --format gbench >"$tmp/out.json" 2>"$tmp/err"
	cat "$tmp/out.json" "$tmp/err"
	[ "$(cat "$tmp/err")" = "1 rows that others disturbed are left out" ]
	jq -e '.context.json_schema_version == 1 and (.benchmarks | length == 18) and all(.benchmarks[];
		(.name | type == "string") and .run_name == .name and .run_type == "iteration" and .time_unit == "ns" and
		(.iterations | . >= 1 and . == floor) and .real_time > 0 and .cpu_time >= 0 and
		.repetition_index < .repetitions and (.threads | type == "number"))' "$tmp/out.json"
	run jq -r '[.benchmarks[] | select(.repetition_index == 0) | .name + " " + (.repetitions | tostring)] | unique | .[]' "$tmp/out.json"
	[ "$output" = 'ring/backend:a/n:8/procs:1 6
ring/backend:a/n:9/quota_pct:50/procs:2 6
ring/backend:b/n:8/procs:1 6' ]
	"$schedlab" compare "$run_dir" "$tmp/out.json" --json >"$tmp/back.json"
	jq -e '[.rows[] | [.cell.procs, .a.median, .b.median, .samples]] | sort ==
		[[1, 100, 100, 12], [1, 350, 350, 13], [2, 7, 7, 12]]' "$tmp/back.json"
}

@test "compare --format benchstat: every line is one of the format" {
	planted
	"$schedlab" compare "$run_dir" --format benchstat >"$tmp/out.txt" 2>"$tmp/err"
	cat "$tmp/out.txt"
	run benchstat_grammar "$tmp/out.txt"
	[ "$status" -eq 0 ]
	[ "$(uniq -c <<<"$output" | sed 's/^ *//')" = '6 BenchmarkRing/backend=a/n=8-1
6 BenchmarkRing/backend=b/n=8-1
6 BenchmarkRing/backend=a/n=9/quota_pct=50-2' ]
	grep -qx 'cpu_model: A CPU' "$tmp/out.txt"
	grep -qx 'BenchmarkRing/backend=a/n=8-1 1 200 ns/op' "$tmp/out.txt"
	[ "$(cat "$tmp/err")" = "1 rows that others disturbed are left out" ]
	"$schedlab" compare results/reference/kvm-xeon-2vcpu --format benchstat >"$tmp/out.txt"
	run benchstat_grammar "$tmp/out.txt"
	[ "$status" -eq 0 ]
	grep -q ' cpu-ns/op .* switches/op .* peak-RSS-bytes$' "$tmp/out.txt"
}

@test "compare --format: a name has nothing in it that would end a part of it" {
	plant <<-END
	a  x/y=z:1% 1 -  1 2 3
	END
	run jq -r '.benchmarks[0].name' <("$schedlab" compare "$run_dir" --format gbench)
	[ "$output" = 'x%2Fy%3Dz%3A1%25/backend:a/procs:1' ]
	"$schedlab" compare "$run_dir" --format benchstat >"$tmp/out.txt"
	run benchstat_grammar "$tmp/out.txt"
	[ "$status" -eq 0 ]
}

@test "compare --format: bad usage is one sentence and status 2" {
	planted
	refused "--format: unknown format 'gbensh', did you mean gbench?" compare "$run_dir" --format gbensh
	refused "--format prints one run and takes no other flag" compare "$run_dir" --format gbench --backends a,b
	refused "compare --format takes one run's folder, not 2" compare "$run_dir" "$run_dir" --format gbench
	plant <<-END
	a  fib 1 -  na na na
	END
	refused "has no row with a time: there is nothing to write" compare "$run_dir" --format benchstat
	run bash -c "'$schedlab' compare results/reference/kvm-xeon-2vcpu --format gbench >/dev/full"
	[ "$status" -eq 2 ]
	[[ $output == "schedlab: cannot write the run: "* ]]
	run bash -c "'$schedlab' compare results/reference/kvm-xeon-2vcpu --format benchstat >/dev/full"
	[ "$status" -eq 2 ]
	[[ $output == "schedlab: cannot write the run"* ]]
}

@test "compare --format benchstat: benchstat reads it" {
	command -v benchstat >/dev/null || skip "there is no benchstat"
	planted
	"$schedlab" compare "$run_dir" --format benchstat >"$tmp/a.txt"
	sed 's/ \([0-9]*\) ns\/op/ \10 ns\/op/' "$tmp/a.txt" >"$tmp/b.txt"
	run benchstat "$tmp/a.txt" "$tmp/b.txt"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"Ring/backend=b/n=8-1"*"+900.00%"* ]]
}

@test "compare --format gbench: Google Benchmark's compare.py reads it" {
	compare_py=${COMPARE_PY:-/usr/share/benchmark/compare.py}
	[ -e "$compare_py" ] || skip "there is no compare.py (libbenchmark-tools)"
	python3 -c 'import scipy.stats' || skip "compare.py needs scipy, which is not there"
	"$schedlab" compare results/reference/kvm-xeon-2vcpu --format gbench >"$tmp/a.json"
	jq '.benchmarks[].real_time *= 10' "$tmp/a.json" >"$tmp/b.json"
	run python3 "$compare_py" --no-color benchmarks "$tmp/a.json" "$tmp/b.json"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"fib/backend:go/n:30/serial:0/procs:1 "*"+9.0000"* ]]
}
