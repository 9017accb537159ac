#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # set by bats and fake.bash
# schedlab lessons, as typed, on runs made up here.

bats_require_minimum_version 1.5.0

load ../testdata/fake.bash

setup() {
	fake_setup
	mkdir "$run_dir"
}

verdict() { # claim
	"$schedlab" lessons "$run_dir" --json | jq -r --arg id "$1" '.lessons[] | select(.id == $id).verdict'
}

# Times of yield on threads are 1000; of single-p these.
switching() {
	{
		echo "pthreads yield 1 each=1 1000 1000 1000 1000 1000 1000"
		echo "single-p yield 1 each=1 $*"
	} | plant
}

@test "lessons: a claim holds, does not hold, or is too noisy to say, by the whole interval" {
	switching 10 20 30 40 50 60
	[ "$(verdict switch)" = holds ]
	switching 10 20 30 40 50 260
	[ "$(verdict switch)" = "too noisy to say" ]
	switching 251 260 270 280 290 300
	[ "$(verdict switch)" = "does not hold" ]
	# Five samples have no interval of the level.
	switching 10 20 30 40 50
	[ "$(verdict switch)" = "too noisy to say" ]
	switching 10 20 30 40 50 crashed
	[ "$(verdict switch)" = "too noisy to say" ]
	switching na na na na na na
	[ "$(verdict switch)" = "not measured" ] || [ "$(verdict thread-switch)" = holds ]
}

@test "lessons: nothing is concluded from disturbed rows" {
	# Five undisturbed ones are too few, whatever all of them say.
	switching 10 20 30 40 50 60d
	[ "$(verdict switch)" = "too noisy to say" ]
	switching 251d 260d 270d 280d 290d 300d
	[ "$(verdict switch)" = "too noisy to say" ]
	run "$schedlab" lessons "$run_dir"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"switch: too noisy to say."*" 0.251 to 0.300            <= 0.250  ?   6 of 6 disturbed"* ]]
	[ "$(awk '{ if (length > m) m = length } END { print m }' <<<"$output")" -le 80 ]
	# So is a pair of which the other was disturbed.
	{
		echo "pthreads yield 1 each=1 1000 1000 1000d 1000 1000 1000"
		echo "single-p yield 1 each=1 10 20 30 40 50 60"
	} | plant
	[ "$(verdict switch)" = "too noisy to say" ]
	# Six say what they say without the seventh, and are shown without it.
	{
		echo "pthreads yield 1 each=1 1000 1000 1000 1000 1000 1000 1000"
		echo "single-p yield 1 each=1 10 20 30 40 50 60 9999d"
	} | plant
	[ "$(verdict switch)" = holds ]
	run "$schedlab" lessons "$run_dir"
	[[ $output == *" 0.010 to 0.060            <= 0.250  yes 1 of 7 disturbed"* ]]
	"$schedlab" lessons "$run_dir" --json | jq -e '.lessons[] | select(.id == "switch").findings[] | select(.seen).seen
		| .n == 6 and .samples == 7 and .disturbed == 1 and (.high * 100 | round) == 6'
	# A turn more because somebody else took the processor shows nothing.
	plant <<<"go hashes 2 lines=20000 5 5 5 5 5 6d"
	[ "$(verdict unpredictable)" = "too noisy to say" ]
	plant <<<"go hashes 2 lines=20000 5 5 5 5 5 5 6d"
	[ "$(verdict unpredictable)" = "does not hold" ]
	# But a wrong result is wrong, and a checksum the same, on any machine.
	plant <<-END
	work-stealing race 2 sync=1,yield_every=0 wrong wrong wrong wrong wrong wrong
	work-stealing race 2 sync=0,yield_every=0 5d 6d 7d 8d 9d 10d
	END
	[ "$(verdict lost-updates)" = "does not hold" ]
	plant <<-END
	single-p      hashes 1 lines=20000 1d 1d 1d
	work-stealing hashes 1 lines=20000 7d 8d 9d
	END
	[ "$(verdict same-result)" = holds ]
}

@test "lessons: one finding that is refuted refutes the claim, and the exit status says so" {
	{
		echo "single-p      race 1 sync=0,yield_every=0 0 0 0 0 0 0"
		echo "work-stealing race 2 sync=0,yield_every=0 5 6 7 8 9 10"
	} | plant
	[ "$(verdict lost-updates)" = holds ]
	run "$schedlab" lessons "$run_dir"
	[ "$status" -eq 0 ]
	{
		echo "single-p      race 1 sync=0,yield_every=0 1 1 1 1 1 1"
		echo "work-stealing race 2 sync=0,yield_every=0 5 6 7 8 9 10"
	} | plant
	[ "$(verdict lost-updates)" = "does not hold" ]
	run "$schedlab" lessons "$run_dir"
	[ "$status" -eq 1 ]
}

@test "lessons: a wrong result refutes what it was to show" {
	plant <<-END
	work-stealing race 2 sync=1,yield_every=0 wrong wrong wrong wrong wrong wrong
	work-stealing race 2 sync=0,yield_every=0 5 6 7 8 9 10
	END
	[ "$(verdict lost-updates)" = "does not hold" ]
}

@test "lessons: what varies differs between repetitions" {
	plant <<<"go hashes 2 lines=20000 5 5 5 5 5 6"
	[ "$(verdict unpredictable)" = holds ]
	plant <<<"go hashes 2 lines=20000 5 5 5 5 5 5"
	[ "$(verdict unpredictable)" = "does not hold" ]
	plant <<<"go hashes 2 lines=20000 5 5 5"
	[ "$(verdict unpredictable)" = "too noisy to say" ]
}

@test "lessons: one checksum for all back ends, Ps and repetitions, or the claim does not hold" {
	plant <<-END
	single-p      hashes 1 lines=20000 1 1 1
	work-stealing hashes 2 lines=20000 7 8 9
	END
	[ "$(verdict same-result)" = holds ]
	run "$schedlab" lessons "$run_dir"
	[[ $output == *"hashes lines=20000 checksum"*" 1 in 6 rows            the same  yes"* ]]
	plant <<-END
	single-p      hashes 1 lines=20000 1 1 1
	work-stealing hashes 2 lines=20000,sum=0x1 7 8 9
	END
	[ "$(verdict same-result)" = "does not hold" ]
	run "$schedlab" lessons "$run_dir"
	[[ $output == *"2 in 6 rows            the same  no"* ]]
	# One row alone agrees with nothing.
	plant <<-END
	go   sum 1 chunks=8 5
	go yield 1 each=1   5
	END
	[ "$(verdict same-result)" = "not measured" ]
}

@test "lessons: a cell within a quota is another one than without, and why there is none is said" {
	plant <<-END
	go mixed 1 units=2000,yield=1 900 900 900 900 900 900
	go mixed 2 units=2000,yield=1 1 1 1 1 1 1
	END
	run --separate-stderr "$schedlab" lessons "$run_dir"
	[ "$status" -eq 2 ]     # nothing that a claim is about
	plant <<-END
	go mixed 1 units=2000,yield=1 900 900 900 900 900 900
	go mixed 1 units=2000,yield=1,quota_pct=100 1 1 1 1 1 1
	go mixed 2 units=2000,yield=1,quota_pct=100 1 1 1 1 1 1
	END
	"$schedlab" lessons "$run_dir" --json |
		jq -e '.lessons[] | select(.id == "quota").findings[] | select(.backend == "go" and .kind == "ratio")
			| select(.seen) | .seen.median == 1'
	plant <<-END
	go mixed 1 units=2000,yield=1,quota_pct=100 na na na na na na
	go mixed 2 units=2000,yield=1,quota_pct=100 na na na na na na
	go sum 1 chunks=8 1 1
	END
	[ "$(verdict quota)" = "not measured" ]
	run "$schedlab" lessons "$run_dir"
	[[ $output == *"quota: not measured."*"  - a planted reason"* ]]
}

@test "lessons: a cell with stacks of another size is another one than without" {
	plant <<-END
	pthreads parked 1 n=1000                100 100 100 100 100 100
	pthreads parked 1 n=1000,stack_kib=8192 900 900 900 900 900 900
	END
	"$schedlab" lessons "$run_dir" --json | jq -e '[.lessons[] | select(.id == "reserved").findings[]
		| select(.backend == "pthreads" and (.what | endswith(" bytes_per_task"))).seen.median] == [900, 100]'
}

@test "lessons: what was published stands in a table beside Go's figures and ours" {
	plant <<-END
	go            sum  1 chunks=1 100 100 100 100 100 100
	go            sum  1 chunks=8 112 112 112.5 112.5 114 114
	work-stealing sum  1 chunks=1 100 100 100 100 100 100
	work-stealing sum  1 chunks=8 90 90 95 99 99.8 99.8
	END
	run "$schedlab" lessons "$run_dir"
	echo "$output"
	grep -Ex 'adding, one core +\+11 to \+15 % +\+12 to \+14 % yes +-10 to \+0 % no' <<<"$output"
	grep -Ex 'bubble sort, one core +no gain +- - +- -' <<<"$output"
	[ "$(awk '{ if (length > m) m = length } END { print m }' <<<"$output")" -le 80 ]
	"$schedlab" lessons "$run_dir" --json | jq -e '(.published | length) == 5
		and all(.published[]; .line and .change and .verdict)
		and (.published[] | select(.line == "adding, one core")
			| .ratio_here.go.median == 1.125 and (.ratio_here."work-stealing".high | 0.99 < . and . < 1)
			and .verdict == "does not hold")'
}

@test "lessons: what was published is shown, and does not count" {
	plant <<<"pthreads yield 1 each=1 500 500 500 500 500 500"
	[ "$(verdict thread-switch)" = "does not hold" ]
	run "$schedlab" lessons "$run_dir"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"WHAT WAS PUBLISHED"*"thread-switch: does not hold."* ]]
	[ "$(awk '{ if (length > m) m = length } END { print m }' <<<"$output")" -le 80 ]
}

@test "lessons: every cell that a claim is about is in the preset, and every cell of it is for a claim" {
	unset SCHEDLAB_BUILD
	"$schedlab" matrix --preset lessons --reps 1 --dry-run |
		sed -n 's/^0\tcell\t\([^ ]*\) \?\([^|]*\) | \([^ ]*\) P=\([0-9]*\) none \?\(.*\)/\3 \1 \4 \2 \5/p' |
		while read -r backend workload procs params; do
			params=$(xargs <<<"$params")
			params=${params// /,}
			echo "$backend $workload $procs ${params:--} 1 1 1 1 1 1"
		done | plant
	run "$schedlab" lessons "$run_dir" --json
	[ "$(jq '.lessons | length' <<<"$output")" -gt 10 ]
	jq -c '.lessons[].findings[] | select(.seen == null) | [.backend, .what, .reason]' <<<"$output"
	jq -e '[.lessons[].findings[] | select(.reason == "not in this run")] == []' <<<"$output"
	for workload in $("$schedlab" matrix --preset lessons --reps 1 --dry-run | sed -n 's/^0\tcell\t\([^ ]*\) .*/\1/p' | sort -u); do
		jq -e --arg w "$workload " 'any(.lessons[].findings[]; .what | startswith($w))' <<<"$output"
	done
}

@test "lessons: bad usage is one sentence and status 2" {
	for words in "--inject nothing" "a b" "$run_dir --inject one-p" "--frob" "$run_dir/none"; do
		# shellcheck disable=SC2086
		run --separate-stderr "$schedlab" lessons $words
		[ "$status" -eq 2 ]
		[ -z "$output" ]
		[ "$(wc -l <<<"$stderr")" -eq 1 ]
	done
}

@test "lessons: a run that is not whole, or that had too few processors, says so" {
	switching 10 20 30 40 50 60
	edit_meta '.plan.reps = 9'
	run "$schedlab" lessons "$run_dir"
	[[ $output == *$'\nIncomplete: 12 of 18 rows\n12 rows: '* ]]
	run jq -c '[.rows, .planned, .notes]' <("$schedlab" lessons "$run_dir" --json)
	[ "$output" = '[12,18,["Incomplete: 12 of 18 rows"]]' ]
	{
		echo "work-stealing race 2 sync=0,yield_every=0 5 6 7 8 9 10"
		echo "work-stealing race 4 sync=0,yield_every=0 5 6 7 8 9 10"
	} | plant
	edit_meta '.machine.cgroup_quota = "1.50 CPUs"'
	run "$schedlab" lessons "$run_dir"
	[[ $output == *$'\nP=4 on 2 PUs by the CPU quota: oversubscribed\n12 rows: '* ]]
}
