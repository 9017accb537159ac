#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # set by bats and fake.bash
# Whether the verdicts are right: runs with slowdowns that schedlab compare does not see,
# but in their rows.  Noise is skewed, has outliers, and drifts from block to block.  All
# of it follows from a seed, so that what chance may do is the same each time.

bats_require_minimum_version 1.5.0

load ../testdata/fake.bash

setup() {
	fake_setup
	mkdir "$run_dir"
	truth=$BATS_TEST_TMPDIR/truth
}

# Lines for plant: as many cells of back ends a and b, and of b the time is by one of the
# factors longer, which are added to $truth.  noise: how far a row's tail reaches; drift:
# by how much, as a standard deviation, blocks differ; run: by how much all rows of a cell
# in a run are off; hogged: the share of rows that others disturbed, which takes 30 % and
# is marked.
draw() { # NAME=VALUE...
	local values=() value
	for value in cells=66 blocks=16 "factors=1 1.05 1.1" noise=0.01 drift=0.05 run=0 hogged=0 "$@"; do
		values+=(-v "$value")
	done
	LC_ALL=C awk -v truth="$truth" "${values[@]}" '
	# Park and Miller: the same in every awk.
	function uniform() { state = (16807 * state) % 2147483647; return state / 2147483647 }
	function normal() { return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform()) }
	function row(at) {
		at *= 1 - noise * log(uniform())
		if (uniform() < 0.01)
			at *= 1.5
		if (uniform() < hogged)
			return sprintf("%.6fd", at * 1.3)
		return sprintf("%.6f", at)
	}
	BEGIN {
		state = 7919 * seed + 1
		for (i = 0; i < 20; i++)
			uniform()
		n = split(factors, factor, " ")
		for (k = 1; k <= blocks; k++)
			by[k] = exp(drift * normal())
		for (i = 1; i <= cells; i++) {
			f = factor[1 + int(n * uniform())]
			print "w" i, f >truth
			base = 10 * exp(6 * uniform()) * exp(run * normal())
			a = "a w" i " 1 -"
			b = "b w" i " 1 -"
			for (k = 1; k <= blocks; k++) {
				at = base * by[k] * exp(drift / 2 * normal())
				a = a " " row(at)
				b = b " " row(at * f)
			}
			print a "\n" b
		}
	}'
}

# Of each row its factor and what compare says: "1.05 slower true", whether its interval
# holds the factor.  Of several tables, one after the other.
verdicts() {
	"$schedlab" compare "$run_dir" --backends a,b --json "$@" | jq -r --rawfile truth "$truth" '
		($truth | split("\n") | map(split(" ") | select(length == 2) | { (.[0]): .[1] }) | add) as $by |
		.rows[] | $by[.cell.workload] as $f | ($f | tonumber) as $is |
		"\($f) \(.verdict) \(.ratio.low <= $is and $is <= .ratio.high)"' >>"$BATS_TEST_TMPDIR/verdicts"
}

rows() { # PATTERN
	grep -cE "$1" "$BATS_TEST_TMPDIR/verdicts" || true
}

# Of what was planted 95 of 100 are slower; the intervals hold it in 95 of 100, but for
# what chance takes from so many; nothing is faster; where nothing was planted nothing is
# found.
right() {
	sort "$BATS_TEST_TMPDIR/verdicts" | uniq -c
	[ "$(rows '^1 ')" -ge 30 ]
	[ "$(rows 'faster')" -eq 0 ]
	[ "$(rows '^1 slower')" -eq 0 ]
	awk -v n="$(rows '^1\.')" -v slower="$(rows '^1\.[0-9]+ slower')" -v held="$(rows '^1\..*true$')" 'BEGIN {
		print n " planted, " slower " slower, " held " held"
		exit !(n >= 60 && slower >= 0.95 * n && held >= 0.95 * n - 2 * sqrt(0.05 * 0.95 * n)) }'
}

@test "planted: slowdowns of 0, 5 and 10 % are told from each other, over three tables of 66 cells" {
	for seed in 1 2 3; do
		draw seed=$seed | plant
		verdicts
	done
	[ "$(rows .)" -eq 198 ]
	right
}

@test "planted: the same beside somebody who takes the processors from a tenth of the rows" {
	for seed in 4 5; do
		draw seed=$seed hogged=0.1 blocks=20 | plant
		verdicts
	done
	[ "$(jq -s 'map(select(.disturbed)) | length' "$run_dir/cells.jsonl")" -ge 200 ]
	right
}

@test "planted: of 200 cells against themselves at most 18 are called different" {
	# By intervals alone, and with no floor: some, as many as are said to be expected.
	draw seed=6 cells=200 factors=1 blocks=8 | plant
	verdicts --floor 0
	echo "$(rows 'faster|slower') differ"
	[ "$(rows 'faster|slower')" -le 18 ]
	[ "$(rows 'faster|slower')" -ge 1 ]
	jq -e '.false_expected > 5 and .false_expected < 10' <("$schedlab" compare "$run_dir" --backends a,b --json)
}

@test "planted: what is quiet is the same, and p-values that are corrected leave none different" {
	draw seed=7 cells=200 factors=1 blocks=12 noise=0.002 | plant
	verdicts
	echo "$(rows 'faster|slower') differ, $(rows ' same ') are the same"
	[ "$(rows 'faster|slower')" -eq 0 ]
	[ "$(rows ' same ')" -ge 180 ]
}

@test "planted: of 200 cells in two runs of one build at most 18 are called different" {
	# The same cells, and of one run the rows of each are off together.  Two runs of which
	# both were would be as far apart as one of sqrt(2) * 2 %.
	draw seed=8 cells=200 factors=1 blocks=12 drift=0.003 run=0 | grep ^a | plant
	mv "$run_dir" "$run_dir-1"
	mkdir "$run_dir"
	draw seed=8 cells=200 factors=1 blocks=12 drift=0.003 run=0.028 | grep ^a | plant
	run jq -c '.counts' <("$schedlab" compare "$run_dir-1" "$run_dir" --floor 5.7 --json)
	echo "$output"
	jq -e '.slower + .faster <= 18 and .same >= 150' <<<"$output"
	# Rows of a run know nothing of other runs: by these alone half would differ.
	run jq -c '.counts' <("$schedlab" compare "$run_dir-1" "$run_dir" --floor 0 --json)
	echo "$output"
	jq -e '.slower + .faster >= 100' <<<"$output"
}
