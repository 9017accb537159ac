#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # set by bats and fake.bash
# schedlab ratios, as typed, on runs made up here; the arithmetic is ratios_test.c's.

load ../testdata/fake.bash

setup() {
	fake_setup
	mkdir "$run_dir"
}

both() {
	plant <<-END
	go            pingpong 1 rounds=1000     200 200 200 200 200 200
	pthreads      pingpong 1 rounds=1000     4000 4000 4000 4000 4000 5000
	single-p      pingpong 1 rounds=1000     20 20 20 20 20 22
	work-stealing pingpong 1 rounds=1000     40 40 40 41 40 44
	go            pingpong 2 rounds=1000     200 200 200 200 200 200
	pthreads      pingpong 2 rounds=1000     8000 8000 8000 8000 8000 8000
	single-p      pingpong 2 rounds=1000     na na na na na na
	work-stealing pingpong 2 rounds=1000     300 300 300 310 300 300
	go            burst    2 piece_us=200    1000 1000 1000 1000 1000 1000
	work-stealing burst    2 piece_us=200    700 700 700 800 700 700
	go            fib      1 n=30            1000 1000 1000 1000 1000 1000
	single-p      fib      1 n=30            6 6 6 6 6 6.5
	END
}

@test "ratios: the table, in 80 columns" {
	both
	run "$schedlab" ratios "$run_dir"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(awk '{ if (length > m) m = length } END { print m }' <<<"$output")" -le 80 ]
	[ "${lines[0]}" = "The yardstick: go1.19.8" ]
	[[ $output == *"Medians of 6 repetitions;"*"of 96 %,"* ]]
	diff - <(sed -n '/^pthreads/,$p' <<<"$output") <<-'END'
	pthreads         P      ours       go  ratio          interval   target
	pingpong         1   4.00 µs   200 ns   20.0      20.0 to 25.0        -
	pingpong         2   8.00 µs   200 ns   40.0      40.0 to 40.0        -

	single-p         P      ours       go  ratio          interval   target
	pingpong         1   20.0 ns   200 ns  0.100    0.100 to 0.110    0.131 met
	fib              1   6.00 ns  1.00 µs  0.006   6.00 to 6.50 ns  7.00 ns met
	P=2: na: a planted reason

	work-stealing    P      ours       go  ratio          interval   target
	pingpong         1   40.0 ns   200 ns  0.200    0.200 to 0.220    0.205 unclear
	pingpong         2    300 ns   200 ns   1.50      1.50 to 1.55    0.207 not met
	                                               6.82 to 7.56 T1  1.30 T1 not met
	burst by serial  2     0.700     1.00  0.700    0.700 to 0.800    0.750 unclear

	single-p: 2 met, 0 not met, 0 unclear
	work-stealing: 0 met, 2 not met, 2 unclear
	  behind go: pingpong P=2
	not in this run: yield, spawn-one, spawn, ring, mpmc, mutex, rwmutex, cond,
	  select, sieve, sleepers, echo, parked, hog, skynet, skynet-join, nqueens
	72 rows: 66 ok, 6 na
	Noise: not known, there was no calibration;
	  from repetition to repetition half of the cells vary by less than ±0.8 %,
	  nine tenths by less than ±3.6 %
	END
}

@test "ratios: the same for programs" {
	both
	"$schedlab" ratios "$run_dir" --json >"$BATS_TEST_TMPDIR/json"
	run jq -c '[.reference.backend, .reference.version, .noise, (.left_out | length), (.ratios | length)]' \
		"$BATS_TEST_TMPDIR/json"
	[ "$output" = '["go","go1.19.8",null,17,9]' ]
	run jq -c '.ratios[] | select(.cell.backend == "work-stealing" and .cell.procs == 2) |
	           [.label, .figure, .unit, .ours.median, .ratio.median, .ratio.n, .target.of, .verdict] |
	           map(if type == "number" then . + 0 else . end)' \
		"$BATS_TEST_TMPDIR/json"
	[ "${lines[0]}" = '["pingpong",null,"ns",300,1.5,6,"reference","not met"]' ]
	[ "${lines[1]}" = '["pingpong",null,"ns",300,1.5,6,"p1","not met"]' ]
	[ "${lines[2]}" = '["burst","by serial","",0.7,0.7,6,"value","unclear"]' ]
	run jq -c '.ratios[] | select(.cell.backend == "pthreads") | [.target, .verdict]' "$BATS_TEST_TMPDIR/json"
	[ "${lines[0]}" = '[null,null]' ]
	[ "$(jq '[.ratios[] | select(.target) | select((.target.source | length) < 5)] | length' "$BATS_TEST_TMPDIR/json")" -eq 0 ]
	run "$schedlab" ratios --json "$run_dir"
	[ "$output" = "$(cat "$BATS_TEST_TMPDIR/json")" ]
}

@test "ratios: a row that failed is named, and status 1" {
	plant <<-END
	go       spawn 1 n=1000  200 200 200 200 200 200 200
	single-p spawn 1 n=1000  10 10 10 crashed 10 10 10
	single-p mutex 1 gs=8    wrong wrong wrong wrong wrong wrong wrong
	END
	run "$schedlab" ratios "$run_dir"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"spawn            1 1 crashed   200 ns  0.050    0.050 to 0.050    0.102 met"* ]]
	[[ $output == *"mutex            1   7 wrong        -      -                 -    0.100"$'\n'* ]]
	[[ $output == *"single-p: 1 met, 0 not met, 0 unclear, 1 without figures"* ]]
	[[ $output == *"21 rows: 13 ok, 7 wrong, 1 crashed"* ]]
}

@test "ratios: without Go says why, judges what needs no ratio, and status 1" {
	plant <<-END
	go       spawn 1 n=1000  na na na na na na
	single-p spawn 1 n=1000  10 10 10 10 10 10
	single-p fib   1 n=30    6 6 6 6 6 6
	END
	run "$schedlab" ratios "$run_dir"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"go: no figures: a planted reason"* ]]
	[[ $output == *"spawn            1   10.0 ns        -      -                 -    0.102"$'\n'* ]]
	[[ $output == *"fib              1   6.00 ns        -      -   6.00 to 6.00 ns  7.00 ns met"* ]]
}

@test "ratios: five repetitions decide nothing" {
	plant <<-END
	go       spawn 1 n=1000  200 200 200 200 200
	single-p spawn 1 n=1000  1 1 1 1 1
	END
	run "$schedlab" ratios "$run_dir"
	[ "$status" -eq 0 ]
	[[ $output == *"0.102 unclear"* ]]
	[[ $output == *"of 93 %"* ]]
}

@test "ratios: nothing is decided by disturbed rows" {
	plant <<-END
	go            spawn 1 n=1000  200 200 200 200 200 200 200
	pthreads      spawn 1 n=1000  9000 9000 9000 9000 9000 9000d 9000d
	single-p      spawn 1 n=1000  10 10 10 10 10 10d 10d
	work-stealing spawn 1 n=1000  10 10 10 10 10 10 9999d
	go            yield 1 each=1  1d 1d 1d 1d 1d 1d 1d
	work-stealing yield 1 each=1  900 900 900 900 900 900 900
	END
	run "$schedlab" ratios "$run_dir"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(awk '{ if (length > m) m = length } END { print m }' <<<"$output")" -le 80 ]
	[[ $output == *"Disturbed repetitions, named below, are left out where six others are left;"* ]]
	diff - <(sed -n '/^pthreads /,/^not in/p' <<<"$output" | sed '$d') <<-'END'
	pthreads         P      ours       go  ratio          interval   target
	spawn            1   9.00 µs   200 ns   45.0      45.0 to 45.0        -

	single-p         P      ours       go  ratio          interval   target
	spawn            1   10.0 ns   200 ns  0.050    0.050 to 0.050    0.102 unclear

	work-stealing    P      ours       go  ratio          interval   target
	yield            1    900 ns  1.00 ns    900        900 to 900    0.172 unclear
	spawn            1   10.0 ns   200 ns  0.050    0.050 to 0.050    0.153 met

	pthreads, disturbed: spawn P=1 2 of 7
	single-p: 0 met, 0 not met, 1 unclear
	  disturbed: spawn P=1 2 of 7
	work-stealing: 1 met, 0 not met, 1 unclear
	  disturbed: yield P=1 7 of 7, spawn P=1 1 of 7
	END
	"$schedlab" ratios "$run_dir" --json | jq -e '[.ratios[] | select(.target) | .target.judged
		| [.n, .samples, .disturbed]] == [[7, 7, 2], [7, 7, 7], [6, 7, 1]]'
}

@test "ratios: bad usage is one sentence and status 2" {
	plant <<-END
	go  hashes 1 -  200 200
	END
	refused "has no row of the yardstick: measure one with matrix --preset ratios" ratios "$run_dir"
	refused "takes one run's folder, not 0" ratios
	refused "takes one run's folder, not 2" ratios "$run_dir" "$run_dir"
	refused "meta.json" ratios "$BATS_TEST_TMPDIR/none"
	refused "unknown flag --jsn, did you mean --json?" ratios --jsn "$run_dir"
	refused "--json=x: this flag takes no value" ratios --json=x "$run_dir"
}

@test "ratios: the preset says how long it takes, and its run can be judged" {
	rmdir "$run_dir"
	run matrix --preset ratios --reps 1 --seed 1 --timeout 0.3 --out "$run_dir"
	[[ $output == *"This takes about "*" minute"*" on two CPUs"* ]]
	run matrix --preset ratios --dry-run -w fib -b good -p 1
	[[ $output == *"fib n=30 | good P=1 none"* ]]
	# Among the fakes are liars: nobody who disagrees with one has a time.
	run "$schedlab" ratios "$run_dir"
	[ "$status" -eq 1 ]
	[[ $output == *"go: no figures: not in this run"* ]]
	[[ $output == *"fib              1   1 wrong"* ]]
	matrix --preset ratios --reps 1 -b good -w fib -p 1 --out "$run_dir-good"
	run "$schedlab" ratios "$run_dir-good"
	[[ $output == *"fib              1    130 ns"* ]]
}

@test "ratios: a run that is not whole, or that had too few processors, says so" {
	both
	edit_meta '.plan.reps = 7 | .plan.cells[].cpus = [0]'
	run "$schedlab" ratios "$run_dir"
	[[ $output == *$'\nIncomplete: 72 of 84 rows\nP=2 on 1 PU: oversubscribed\n72 rows: '* ]]
	run jq -c '[.rows, .planned, .notes]' <("$schedlab" ratios "$run_dir" --json)
	[ "$output" = '[72,84,["Incomplete: 72 of 84 rows","P=2 on 1 PU: oversubscribed"]]' ]
}
