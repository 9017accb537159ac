#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154,SC2030,SC2031 # set by bats and fake.bash
# schedlab reproduce, as typed: on runs made up here, and with fake cells.

bats_require_minimum_version 1.5.0

load ../testdata/fake.bash

setup() {
	fake_setup
	mkdir "$run_dir"
}

# The run of plant, by a name.
keep() { # NAME
	rm -rf "${BATS_TEST_TMPDIR:?}/$1"
	mv "$run_dir" "$BATS_TEST_TMPDIR/$1"
	mkdir "$run_dir"
}

# With short names for the runs.
in_tmp() {
	env -C "$BATS_TEST_TMPDIR" PATH="$tools" "$PWD/$schedlab" "$@"
}

# Three back ends, of which a is the fastest and c the slowest, but for ring at P = 2;
# b and c gain by a second P.
original() {
	plant <<-END
	a ring 1 n=8   100 101 102 103 104 105
	b ring 1 n=8   150 151 152 153 154 155
	c ring 1 n=8   200 201 202 203 204 205
	a ring 2 n=8   100 101 102 103 104 105
	b ring 2 n=8   100 101 102 103 104 105
	c ring 2 n=8   100 101 102 103 104 105
	a fib  1 n=9   10 10 10 10 10 10
	b fib  1 n=9   20 20 20 20 20 20
	c fib  1 n=9   30 30 30 30 30 30
	END
	edit_meta '.started = "then" | .build.commit = "01" | .machine = { cpu_model: "X", kernel: "6", cpus: "2", memory: "1 kB" }'
}

# The counts, and which orderings have a verdict.
counts() {
	jq -c '.orderings | [.established, .held, .reversed, .cannot_tell, .not_compared]' "$BATS_TEST_TMPDIR/json"
}
of_verdict() {
	jq -r --arg v "$1" '.pairs[] | select(.verdict == $v) | "\(.workload) \(.procs // .backend) \(.of | join(","))"' \
		"$BATS_TEST_TMPDIR/json"
}

# Holds "there" against "here"; the exit status is in $status.
hold() {
	run in_tmp reproduce there --against here "$@" --json
	printf '%s\n' "$output" >"$BATS_TEST_TMPDIR/json"
	jq -e '.orderings | .established == .held + .reversed + .cannot_tell + .not_compared' "$BATS_TEST_TMPDIR/json"
}

@test "reproduce: a run against itself reverses nothing" {
	original
	keep there
	cp -r "$BATS_TEST_TMPDIR/there" "$BATS_TEST_TMPDIR/here"
	hold
	[ "$status" -eq 0 ]
	[ "$(counts)" = '[8,8,0,0,0]' ]
	jq -e '.tau == 1 and .run == "here" and .differences == [] and .orderings.pairs == 12 and (.floor * 100 | round) == 5' "$BATS_TEST_TMPDIR/json"
	run jq -c '.pairs[1] | [.workload, .params, .procs, .pin, .of, .there, .here, .verdict, .reason]' "$BATS_TEST_TMPDIR/json"
	echo "$output"
	[[ $output == '["ring",{"n":"8"},1,"none",["a","c"],{"estimate":1.97'*',"low":1.95'*',"high":2'*'},{"estimate":1.97'*'},"held",""]' ]]
	run jq -c '[.speedups[] | [.backend, .procs, .there.estimate >= 1, .here == .there]]' "$BATS_TEST_TMPDIR/json"
	[ "$output" = '[["a",2,true,true],["b",2,true,true],["c",2,true,true]]' ]
}

@test "reproduce: numbers swapped between two back ends are reversed in exactly those rows" {
	original
	keep there
	plant <<-END
	a ring 1 n=8   150 151 152 153 154 155
	b ring 1 n=8   100 101 102 103 104 105
	c ring 1 n=8   200 201 202 203 204 205
	a ring 2 n=8   100 101 102 103 104 105
	b ring 2 n=8   100 101 102 103 104 105
	c ring 2 n=8   100 101 102 103 104 105
	a fib  1 n=9   10 10 10 10 10 10
	b fib  1 n=9   20 20 20 20 20 20
	c fib  1 n=9   30 30 30 30 30 30
	END
	keep here
	hold
	[ "$status" -eq 1 ]
	[ "$(counts)" = '[8,6,1,1,0]' ]
	[ "$(of_verdict reversed)" = 'ring 1 a,b' ]
	[ "$(of_verdict 'cannot tell')" = 'ring b P=1,P=2' ]
	[ "$(of_verdict held)" = $'ring 1 a,c\nring 1 b,c\nring c P=1,P=2\nfib 1 a,b\nfib 1 a,c\nfib 1 b,c' ]
	jq -e '.tau < 1' "$BATS_TEST_TMPDIR/json"
	[ "$(jq -r '.pairs[] | select(.verdict == "reversed").reason' "$BATS_TEST_TMPDIR/json")" = \
		'nothing on record differs that would explain it' ]
}

@test "reproduce: as people read it, in 80 columns" {
	original
	keep there
	plant <<-END
	a ring 1 n=8   300 301 302 303 304 305
	b ring 1 n=8   150 151 152 153 154 155
	a ring 2 n=8   100 101 102 103 104 105
	b ring 2 n=8   100 101 102 103 104 105
	a fib  1 n=9   10 10 10 10 10 10
	b fib  1 n=9   na na na na na na
	END
	edit_meta '.started = "now" | .build.commit = "02" | .build.flags = "-O2 a long line of flags that is wider than a column, and then some -O3"
		| .machine = { cpu_model: "Y", kernel: "6", memory: "2 kB", mitigations: "new" }'
	keep here
	run in_tmp reproduce there --against here
	echo "$output"
	[ "$status" -eq 1 ]
	[ "$(wc -L <<<"$output")" -le 80 ]
	diff - <(printf '%s\n' "$output") <<-'END'
	there: there, of then, commit 01
	here: here, of now, commit 02

	  what differs          there                       here
	! cpu_model             X                           Y
	  memory                1 kB                        2 kB
	  cpus                  2                           not recorded
	  mitigations           not recorded                new
	! commit                01                          02
	  flags
	    there not recorded
	    here -O2 a long line of flags that is wider than a column, and then some
	          -O3
	! both are known, and it may move figures

	Speed-ups, against P = 1:

	a                      P   there          interval    here          interval
	ring                   2   1.000    1.000 to 1.000   2.951    2.905 to 3.000

	b                      P   there          interval    here          interval
	ring                   2   1.488    1.476 to 1.500   1.488    1.476 to 1.500

	c                      P   there          interval    here          interval
	ring                   2   1.976    1.952 to 2.000       -                 -

	Orderings between back ends, and between P = 1 and more: established there if
	the whole interval (95 %) of the ratio is more than 5 % from 1, reversed here
	if it is so on the other side. tau is Kendall's, of all times there and here.
	By how much two runs differ there nobody has measured (schedlab floor): 5 % is
	a choice, and how many orderings are beyond it is not known.

	                                                    cannot        not
	                      established  held  reversed     tell   compared    tau
	ring                       5 of 9     1         1        0          3   0.26
	fib                        3 of 3     0         0        0          3      -
	in total                  8 of 12     1         1        0          6   0.26

	Not compared:
	  3: c: no such cell in this run
	  1: P=1: no such cell in this run
	  2: b: a planted reason

	REVERSED here (the time of one by that of the other):
	  ring P=1: b by a
	    there 1.488, 1.476 to 1.500; here 0.504, 0.500 to 0.508
	    may be due to what differs: cpu_model, commit

	Of 8 orderings established there, 1 holds here, 1 is reversed, 0 cannot be
	told, 6 were not compared.
	END
}

@test "reproduce: what cannot be told here, and why" {
	original
	keep there
	plant <<-END
	a ring 1 n=8   100 101 102 103 104 105
	b ring 1 n=8   100 101 102 103 104 105
	c ring 1 n=8   100 300 90 300 100 300
	a fib  1 n=9   10 10 10 10 10 10d
	b fib  1 n=9   20 20 20 20 20 20
	c fib  1 n=9   30 30 30 30 30 crashed
	END
	keep here
	hold
	[ "$status" -eq 0 ]
	run jq -r '.pairs[] | "\(.workload) \(.of | join(",")) \(.verdict): \(.reason)"' "$BATS_TEST_TMPDIR/json"
	echo "$output"
	[ "${lines[0]}" = 'ring a,b cannot tell: the same here, within 5 %' ]
	[ "${lines[1]}" = 'ring a,c cannot tell: the interval here is not all beyond 5 %' ]
	[ "${lines[3]}" = 'ring P=1,P=2 not compared: P=2: no such cell in this run' ]
	[ "${lines[5]}" = 'fib a,b cannot tell: 1 of 6 repetitions were disturbed here' ]
	[ "${lines[7]}" = 'fib b,c cannot tell: 5 repetitions here, and it takes 6' ]
	run in_tmp reproduce there --against here
	[[ $output == *"Others disturbed too many repetitions of 0 of 12 pairs there, and of 1 here"* ]]
}

@test "reproduce: what differs may explain what is reversed, if both sides are known" {
	plant <<-END
	a ring 1 -  1 1 1 1 1 1
	b ring 1 -  2 2 2 2 2 2
	a ring 2 -  1 1 1 1 1 1
	b ring 2 -  2 2 2 2 2 2
	END
	edit_meta '.machine = { cpu_model: "X", cpus: "2", host: "h" } | .build.jansson = "1"'
	keep there
	plant <<-END
	a ring 1 -  2 2 2 2 2 2
	b ring 1 -  1 1 1 1 1 1
	a ring 2 -  2 2 2 2 2 2
	b ring 2 -  1 1 1 1 1 1
	END
	edit_meta '.machine = { cpu_model: "Y", cpus: "1", host: "i", kernel: "6" } | .build.jansson = "2"'
	keep here
	hold
	run jq -r '.pairs[].reason' "$BATS_TEST_TMPDIR/json"
	echo "$output"
	[ "$output" = $'may be due to what differs: cpu_model\nmay be due to what differs: cpu_model, cpus' ]
	run jq -r '.differences[] | "\(.what) \(.there) \(.here) \(.may_explain)"' "$BATS_TEST_TMPDIR/json"
	echo "$output"
	[ "$output" = $'host h i false\ncpu_model X Y true\ncpus 2 1 true\nkernel  6 false\njansson 1 2 false' ]
	[ "$(jq -r '.machines[1].cpu_model' "$BATS_TEST_TMPDIR/json")" = Y ]
}

@test "reproduce: the floor decides what is established, and what is reversed" {
	plant <<-END
	a ring 1 -  100 100 100 100 100 100
	b ring 1 -  108 108 108 108 108 108
	END
	keep there
	plant <<-END
	a ring 1 -  104 104 104 104 104 104
	b ring 1 -  100 100 100 100 100 100
	END
	keep here
	hold
	[ "$(counts)" = '[1,0,0,1,0]' ]
	hold --floor 3
	[ "$(counts)" = '[1,0,1,0,0]' ]
	hold --floor 10
	[ "$(counts)" = '[0,0,0,0,0]' ]
	[ "$status" -eq 0 ]
	run in_tmp reproduce there --against here --floor 10
	[[ $output == *"Nothing was established there, so nothing can be reproduced."* ]]
}

# What runs differ by on the machine of "there": b of ring by much, else by little; of c
# of fib nobody knows.
measured() {
	mkdir "$BATS_TEST_TMPDIR/floor"
	jq '{ schema: 1, runs: 5, gap_s: 600, measured: "2026-01-02T00:00:00Z", apart_s: 700, layouts: 1, machine,
		rows: [.plan.cells[] | select(.workload == "ring" or .backend != "c")
			| { cell: ., runs: 5, within: 0, between: (if .workload == "ring" and .backend == "b" then 0.2 else 0.001 end) }] }' \
		"$BATS_TEST_TMPDIR/there/meta.json" >"$BATS_TEST_TMPDIR/floor/runs.json"
}

@test "reproduce: what runs differ by, where it was measured, is the floor, pair by pair" {
	original
	edit_meta '.machine.host = "m"'
	keep there
	cp -r "$BATS_TEST_TMPDIR/there" "$BATS_TEST_TMPDIR/here"
	hold
	[ "$(counts)" = '[8,8,0,0,0]' ]
	jq -e '.orderings.beyond_floor == null and .floor_from == [null, null]' "$BATS_TEST_TMPDIR/json"
	measured
	hold
	[ "$(counts)" = '[5,5,0,0,0]' ]
	[ "$(of_verdict held)" = $'ring 1 a,c\nring c P=1,P=2\nfib 1 a,b\nfib 1 a,c\nfib 1 b,c' ]
	jq -e '.orderings.beyond_floor == 3 and .orderings.pairs_with_floor == 10 and (.floor_from | map(.dir | endswith("/floor")) | all) and
		(.pairs[0].floors[0] < 0.005) and (.pairs[3].floors | map(. * 100 | round)) == [5, 5]' "$BATS_TEST_TMPDIR/json"
	run in_tmp reproduce there --against here
	echo "$output"
	[ "$(wc -L <<<"$output")" -le 80 ]
	[[ $(tr -s '\n ' ' ' <<<"$output") == *"beyond what runs differ by, or 5 % where that was not measured"*"What 5 runs differed by there was measured ("*"floor, of 2026-01-02) for 10 of 12 pairs, of which 3 are established beyond it."* ]]
	# Who says so goes before it.
	hold --floor 5
	[ "$(counts)" = '[8,8,0,0,0]' ]
	jq -e '.orderings.beyond_floor == null' "$BATS_TEST_TMPDIR/json"
}

@test "reproduce: each run is held to the floor of its own machine" {
	original
	edit_meta '.machine.host = "m"'
	keep there
	cp -r "$BATS_TEST_TMPDIR/there" "$BATS_TEST_TMPDIR/here"
	measured
	jq '.machine.host = "n"' "$BATS_TEST_TMPDIR/here/meta.json" >"$BATS_TEST_TMPDIR/meta"
	cp "$BATS_TEST_TMPDIR/meta" "$BATS_TEST_TMPDIR/there/meta.json"
	hold
	[ "$(counts)" = '[8,5,0,3,0]' ]
	jq -e '.floor_from[0] == null and .floor_from[1].runs == 5' "$BATS_TEST_TMPDIR/json"
	# By how much b may be off, by a factor of 2.776 * 0.2, as a logarithm.
	[ "$(jq -r '[.pairs[] | select(.verdict == "cannot tell").reason] | unique[]' "$BATS_TEST_TMPDIR/json")" = \
		$'the same here, within 119 %\nthe same here, within 74.2 %' ]
	echo '{' >"$BATS_TEST_TMPDIR/floor/runs.json"
	run --separate-stderr in_tmp reproduce there --against here
	[ "$status" -eq 0 ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == "schedlab: left out: "*"floor/runs.json is of no runs that this version knows" ]]
}

# A run that fake cells can repeat, of which slow takes 100,000 times what good takes.
repeatable() { # P...
	for p in "$@"; do
		echo "good fib $p n=15 1 1 1 1 1 1"
		echo "slow fib $p n=15 2 2 2 2 2 2"
	done | plant
	edit_meta '.plan += { preset: "mine", seed: 1, reps: 6, min_time_s: 0.000001, timeout_s: 30 }'
}

reproduce() {
	run --separate-stderr "$(command -v env)" PATH="$tools" "$schedlab" reproduce "$run_dir" "$@"
	echo "$status: $output"
	echo "$stderr"
	answer=$(tr '\n' ' ' <<<"$output")
}

@test "reproduce: measures the plan again, and answers" {
	repeatable 1
	reproduce --out "$run_dir-2"
	[ "$status" -eq 0 ]
	[[ $stderr == *"2 of the 2 cells of $run_dir are measured here, 6 times each, on PUs picked anew."* ]]
	# Fake cells are slow to start, and others may have disturbed them all.
	[[ $answer == *"Of 1 ordering established there, "*" here, 0 are reversed, "*" cannot be told, 0 were not compared. The new run is in $run_dir-2 " ]]
	[ "$(grep -c '"kind": *"cell"' "$run_dir-2/cells.jsonl")" -eq 12 ]
	[ "$(jq -c '[.command[1], (.plan.cells | length), .plan.seed]' "$run_dir-2/meta.json")" = '["reproduce",2,1]' ]
	[ -s "$run_dir-2/summary.json" ]
	[ -s "$run_dir-2/topology.xml" ]
	# It is a run as any other.
	matrix --resume "$run_dir-2"
	reproduce --out "$run_dir-2"
	[ "$status" -eq 2 ]
	[[ $stderr == *"schedlab: $run_dir-2 holds a run already"* ]]
}

@test "reproduce: --json alone is on standard output; --reps and --preset are a size" {
	repeatable 1
	reproduce --out "$run_dir-2" --reps 1 --json
	[ "$status" -eq 0 ]
	jq -e --arg run "$run_dir-2" '.run == $run and .orderings.cannot_tell == 1 and .pairs[0].reason == "1 repetition here, and it takes 6"' <<<"$output"
	# The preset has fib of 15, not of 14.
	plant <<-END
	good fib 1 n=14 1 1 1 1 1 1
	slow fib 1 n=14 2 2 2 2 2 2
	good fib 1 n=15 1 1 1 1 1 1
	slow fib 1 n=15 2 2 2 2 2 2
	END
	edit_meta '.plan += { preset: "mine", seed: 1, reps: 7, min_time_s: 0.1, timeout_s: 7 }'
	reproduce --out "$run_dir-3" --preset quick --reps 1 --min-time 0.000001
	[ "$status" -eq 0 ]
	[[ $stderr == *"  2 left out: not in the preset quick, with these parameters"* ]]
	[[ $output == *"Not compared:"*"1: not in the preset quick, with these parameters"* ]]
	jq -e '.plan | .preset == "quick" and .reps == 1 and .timeout_s == 30 and .min_time_s < 0.1 and
	       [.cells[].params.n] == ["15", "15"]' "$run_dir-3/meta.json"
	refused "--timeout 30 is too short: a cell measures for at least 20 s" reproduce "$run_dir" --preset quick --min-time 20
}

@test "reproduce: with fewer processors, and without a back end, it measures what it can" {
	repeatable 1 2
	cpu=$(taskset -cp $$ | sed 's/.*: \([0-9]*\).*/\1/')
	run --separate-stderr taskset -c "$cpu" env PATH="$tools" "$schedlab" reproduce "$run_dir" --out "$run_dir-2" --reps 1
	echo "$output"
	echo "$stderr"
	[ "$status" -eq 0 ]
	[[ $stderr == *"2 of the 4 cells of "* ]]
	[[ $stderr == *"  2 left out: P = 2: there is 1 processor here"* ]]
	[[ $(tr '\n' ' ' <<<"$output") == *"Of 2 orderings established there, 0 hold here, 0 are reversed, 1 cannot be told, 1 was not compared."* ]]
	[[ $output == *"Not compared:"*"1: P = 2: there is 1 processor here"* ]]
	jq -e '.plan | [.cells[].procs, .calibrations[].procs] == [1, 1, 1]' "$run_dir-2/meta.json"
	# Where they shared one then, they may share one here.
	edit_meta '.plan.cells[].cpus = [0] | .plan.cells |= .[2:3]'
	: >"$run_dir/cells.jsonl"
	run --separate-stderr taskset -c "$cpu" env PATH="$tools" "$schedlab" reproduce "$run_dir" --out "$run_dir-3" --reps 1
	[[ $stderr == *"1 of the 1 cells of "* ]]

	repeatable 1
	own_build
	rm "$SCHEDLAB_BUILD/cell-slow"
	reproduce --out "$run_dir-4" --reps 1
	[ "$status" -eq 0 ]
	[[ $stderr == *"  1 left out: slow: its program cell-slow is not built"* ]]
	[[ $output == *"1: slow: its program cell-slow is not built"* ]]
	sed -i '/^slow/d; /^good/d' "$SCHEDLAB_BUILD/backends.tsv"
	reproduce --out "$run_dir-5"
	[ "$status" -eq 2 ]
	[ "$stderr" = "schedlab: none of its cells can be measured here: this build has no back end slow" ]
	[ ! -e "$run_dir-5" ]
}

@test "reproduce: pinning is picked anew, and what this build or machine lacks is left out" {
	plant <<-END
	good fib       1 n=15              1
	good fib       1 n=16              1
	good fib       1 n=17              1
	good fib       1 n=51              1
	good fib       1 n=15,m=1          1
	good documents 1 gs=1              1
	good unheard   1 -                 1
	good fib       1 n=15,quota_pct=50 1
	END
	edit_meta '.plan += { preset: "", seed: 1, reps: 1, min_time_s: 0.000001, timeout_s: 30 }
		| .plan.cells[0].pin = "4095" | .plan.cells[1].pin = "cores" | .plan.cells[1].cpus = [77]
		| .plan.cells[7].opts = { odd: "1" }'
	: >"$run_dir/cells.jsonl"
	reproduce --out "$run_dir-2"
	[[ $stderr == *"3 of the 8 cells of "* ]]
	[[ $stderr == *"1 left out: "*4095* ]]
	[[ $stderr == *"1 left out: n of fib is from 1 to 50 in this build"* ]]
	[[ $stderr == *"1 left out: fib has no parameter m in this build"* ]]
	[[ $stderr == *"1 left out: this build has no workload unheard"* ]]
	[[ $stderr == *"1 left out: good has no knob odd in this build"* ]]
	cpu=$(taskset -cp $$ | sed 's/.*: \([0-9]*\).*/\1/')
	jq -e --argjson cpu "$cpu" '.plan.cells | map([.pin, .cpus]) | . == [["cores", [$cpu]], ["none", [$cpu]], ["none", [$cpu]]]' "$run_dir-2/meta.json"
	jq -e '.plan.cells[2].params == { gs: "1", documents: "1000" }' "$run_dir-2/meta.json"
}

@test "reproduce: a cell that got a parameter since is the same, if there is one such" {
	plant <<-END
	a ring 1 n=8  1 1 1 1 1 1
	b ring 1 n=8  2 2 2 2 2 2
	a fib  1 n=8  1 1 1 1 1 1
	b fib  1 n=8  2 2 2 2 2 2
	END
	keep there
	plant <<-END
	a ring 1 n=8,m=0  1 1 1 1 1 1
	b ring 1 n=8,m=0  2 2 2 2 2 2
	a fib  1 n=8,m=0  1 1 1 1 1 1
	b fib  1 n=8,m=0  2 2 2 2 2 2
	a fib  1 n=8,m=1  1 1 1 1 1 1
	b fib  1 n=8,m=1  2 2 2 2 2 2
	END
	keep here
	hold
	[ "$(counts)" = '[2,1,0,0,1]' ]
	jq -e '.newer == 2' "$BATS_TEST_TMPDIR/json"
	run in_tmp reproduce there --against here
	[[ $output == *"here: 2 cells have parameters that they had not there, and are taken for the"*same* ]]
	run in_tmp reproduce here --against there
	[ "$status" -eq 2 ]
}

@test "reproduce: interrupted, it says how to go on" {
	repeatable 1
	# shellcheck disable=SC2016 # by the cell
	FAKE_DO='kill -INT $PPID; sleep 5' reproduce --out "$run_dir-2"
	[ "$status" -eq 130 ]
	[[ $stderr == *"matrix --resume $run_dir-2"*"Once the run is whole, --against $run_dir-2 says what holds." ]]
}

@test "reproduce: bad usage and damaged runs are one sentence and status 2" {
	original
	keep there
	there=$BATS_TEST_TMPDIR/there
	refused "reproduce takes one run's folder, not 0" reproduce
	refused "reproduce takes one run's folder, not 2" reproduce a b
	refused "--against measures nothing, and takes no --preset" reproduce "$there" --against "$there" --reps 6
	refused "--floor x: not a percentage" reproduce "$there" --floor x
	refused "unknown flag --agianst, did you mean --against?" reproduce "$there" --agianst x
	refused "--preset: unknown preset 'quik', did you mean quick?" reproduce "$there" --preset quik
	refused "meta.json" reproduce "$BATS_TEST_TMPDIR/none"
	refused "meta.json" reproduce "$there" --against "$BATS_TEST_TMPDIR/none"
	refused "the plan in meta.json cannot be read" reproduce "$there"
	plant <<-END
	a yield 1 -  1 1
	END
	refused "no cell is of both $there and $run_dir: there is nothing to compare" reproduce "$there" --against "$run_dir"
	echo '{}' >>"$run_dir/cells.jsonl"
	echo '{}' >>"$run_dir/cells.jsonl"
	refused "line 3 is no row of a run" reproduce "$there" --against "$run_dir"
	for i in $(seq 33); do
		echo "b$i ring 1 - 1 1"
	done | plant
	refused "has 33 back ends, more than 32" reproduce "$run_dir" --against "$run_dir"
}
