#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # set by bats
# schedlab demo, on the back ends of this build.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	schedlab=${BUILD:-build}/schedlab
	mapfile -t backends < <(find "${BUILD:-build}" -maxdepth 1 -name 'demo-*' -type f -perm -u+x | sed 's/.*demo-//' | sort)
	[ "${#backends[@]}" -gt 0 ]
}

# demo back-end P name: runs it; $verdict is what comes after the program's end.
demo() {
	run --separate-stderr timeout 60 "$schedlab" demo -b "$1" -p "$2" "$3"
	echo "$*: $status"
	echo "$output"
	verdict=$(sed '1,/^---- \(status\|killed\)/d' <<<"$output" | tr '\n' ' ')
}

can() { # back-end capability
	"$schedlab" list --json | jq -e --arg b "$1" --arg cap "$2" \
		'.backends[] | select(.name == $b).capabilities | index($cap)' >/dev/null
}

each() { # command: for every back end at every P that it has
	for backend in "${backends[@]}"; do
		for procs in 1 2; do
			[ "$procs" -gt 1 ] && ! can "$backend" parallel && continue
			"$@" "$backend" "$procs"
		done
	done
}

# Whether the last lines of the demo that ran say that it was as expected; where they say
# why not, others must have been at work, and the test has shown nothing: $skipped.
as_expected() {
	[ "$(tail -n 1 <<<"$output")" != "As expected." ] || return 0
	[[ $(tail -n 1 <<<"$output") == "Others had a share of its processors meanwhile." ]]
	skipped="others had a share of the processors"
}

@test "demo: each says three things before, runs, ends as it should and as expected, in 80 columns" {
	skipped=
	for name in $("$schedlab" demo --help | sed -n '/^  alphabet/,/^$/s/^  \([a-z-]*\) .*/\1/p'); do
		case $name in
		forgotten-done | add-too-many | negative | leak) expected=2 ;;
		*) expected=0 ;;
		esac
		for backend in "${backends[@]}"; do
			demo "$backend" 1 "$name"
			if [ "$backend $name" = "go leak" ]; then # which reports none
				[ "$status" -eq 0 ]
			else
				[ "$status" -eq "$expected" ]
				[[ $name != leak || $verdict == *"The account names them"* ]]
			fi
			[[ ${lines[0]} == "Shows:   "* ]]
			[ "$(grep -cE '^(Shows|Expect|Differs): ' <<<"$output")" -eq 3 ]
			[ "$(awk '{ if (length > m) m = length } END { print m }' <<<"$output")" -le 80 ]
			# Two runs may agree by chance.
			[ "$name" = hashes ] || as_expected
		done
	done
	[ -z "$skipped" ] || skip "$skipped"
}

at_two() { # what no clock decides, nor who is faster
	for name in alphabet forgotten-done add-too-few add-too-many negative no-wait procs leak shutdown; do
		demo "$1" "$2" "$name"
		[ "$(tail -n 1 <<<"$output")" = "As expected." ]
	done
}

@test "demo: what no clock decides is as expected on more Ps, too" {
	each at_two
}

letters() {
	for name in no-wait add-too-few; do
		demo "$1" "$2" $name
		[[ $verdict =~ Of\ 52\ letters\ ([0-9]+)\ were ]]
		said=${BASH_REMATCH[1]}
		# Of the program's own words none has one letter, but for what is said of Gs.
		words=$(sed '1,/^---- /d; /^---- /,$d; s/schedlab: .*//' <<<"$output" | tr '\n' ' ')
		[ "$said" -eq "$(sed 's/main ends.*//' <<<"$words" | grep -owE '[a-zA-Z]' | wc -l)" ]
		# Threads go on until their process has ended.
		after=$(sed 's/.*main ends//' <<<"$words" | grep -owE '[a-zA-Z]' | wc -l)
		[ $name = add-too-few ] || [ "$after" -eq 0 ] || [[ $verdict == *", and $after after it, while"* ]]
	done
}

@test "demo: each letter that was printed counts, once, before main's end or after it" {
	each letters
}

forgotten_done() {
	demo "$1" "$2" forgotten-done
	[ "$status" -eq 2 ]
	[[ $output =~ all\ goroutines\ are\ asleep\ -\ deadlock!.*WaitGroup\)?[\ .][Ww]ait ]]
}

@test "demo: a forgotten Done is a deadlock that names its place, everywhere" {
	each forgotten_done
}

race() {
	demo "$1" "$2" race
	lost=${verdict%% updates*}
	[[ $verdict == *"; 0 where they took turns."* ]]
	# On one P it takes a yield; on more they may miss each other, which is said.
	if [ "$lost" -eq 0 ]; then
		[ "$2" -gt 1 ]
		[[ $verdict == *"Not as expected, because the two Gs did not meet this time,"* ]]
	else
		[ "$lost" -lt 2000 ]
		[ "$(tail -n 1 <<<"$output")" = "As expected." ]
	fi
}

@test "demo: race loses updates or says why not, and loses none under the mutex" {
	each race
}

# How many Gs were in which state, in rows of four words.
counts() {
	sed -n 's/^ *\([0-9]*\) ms *\([0-9]*\) *\([0-9]*\) *\([0-9]*\)$/\1 \2 \3 \4/p' <<<"$output"
}

states() {
	demo "$1" "$2" states
	[ "$status" -eq 0 ]
	[ "$(counts | wc -l)" -ge 5 ]
	# Main, P and two that compute, three that receive, two that sleep: all live at a time.
	# Never do more run than there are Ps.  What Go prints is not seen at one moment.
	[ "$1" = go ] || counts | awk -v procs="$2" \
		'$1 != NR * 20 || $2 > procs || $2 + $3 + $4 > procs + 8 { bad++ }
		$2 + $3 + $4 == procs + 8 { all++ } END { exit bad > 0 || !all }' || [[ $output == *"nobody knows here"* ]]
	as_expected
}

@test "demo: states counts Running, Runnable and Waiting on each model, from its trace" {
	skipped=
	each states
	[ -z "$skipped" ] || skip "$skipped"
	# Nothing of it is left where nobody asked for the trace.
	mkdir "$BATS_TEST_TMPDIR/temporary"
	TMPDIR=$BATS_TEST_TMPDIR/temporary demo "${backends[-1]}" 1 states
	[ -z "$(ls -A "$BATS_TEST_TMPDIR/temporary")" ]
	run "$schedlab" demo states -b work-stealing --trace "$BATS_TEST_TMPDIR/states.trace"
	[ "$("$schedlab" trace summary --json "$BATS_TEST_TMPDIR/states.trace" | jq ".[0].created")" -eq 9 ]
}

@test "demo: hashes counts the turns that it showed, and nobody is taken the one P where nothing preempts" {
	for backend in "${backends[@]}"; do
		demo "$backend" 1 hashes
		can "$backend" preemptive || [[ $verdict == *"changed between A and B 1 time, and then 1 time: one G ran to its end"* ]]
		[ "$(grep -c '^[AB]: 00001: 356a192b7913b04c54574d18c28d46e6395428ab$' <<<"$output")" -ge 2 ]
	done
}

# A demo program that prints this, and ends with a status.
pretend() { # status text...
	rm -rf "$BATS_TEST_TMPDIR/build"
	cp -r harness/testdata/cells "$BATS_TEST_TMPDIR/build"
	sed -i 's/^good\t.*/good\t1:1\tparallel,preemptive,blocking/' "$BATS_TEST_TMPDIR/build/backends.tsv"
	printf '%s\n' "${@:2}" >"$BATS_TEST_TMPDIR/build/says"
	printf '#!/bin/sh\ncat "%s/says"\nexit %d\n' "$BATS_TEST_TMPDIR/build" "$1" >"$BATS_TEST_TMPDIR/build/demo-good"
	chmod +x "$BATS_TEST_TMPDIR/build/demo-good"
}

# What is said of it at the end.
comes_to() { # demo P last-lines
	SCHEDLAB_BUILD="$BATS_TEST_TMPDIR/build" demo good "$2" "$1"
	[ "$(sed '1,/^---- \(status\|killed\)/d' <<<"$output" | sed -n '/^As expected\|^Not as expected/,$p' | grep -v '^Others had' | tr '\n' ' ' | tr -s ' ')" = "$3 " ]
}

@test "demo: what is not as expected is said, by the output, and why" {
	no="Not as expected, because"
	alphabet=$(printf '%s ' {a..z})
	pretend 0 "without taking turns: 2 x 1000 additions make 2000" "under a mutex:        2 x 1000 additions make 2000"
	comes_to race 2 "$no the two Gs did not meet this time, and no update was lost: that may happen, and is no reason to trust it"
	pretend 0 "without taking turns: 2 x 1000 additions make 1500" "under a mutex:        2 x 1000 additions make 1999"
	comes_to race 1 "$no the mutex did not keep them apart"
	pretend 0 "without taking turns: 2 x 1000 additions make 1500" "under a mutex:        2 x 1000 additions make 2000"
	comes_to race 1 "As expected."
	pretend 0 "main ends" "$alphabet"
	comes_to no-wait 1 "$no nobody said who was left"
	[[ $verdict == *"Of 52 letters 0 were printed before main said that it ends, and 26 after it, while"* ]]
	pretend 0 "main ends" "${alphabet%%g *}schedlab: 1 G was still live when the initial G returned: 1 x letters"
	comes_to no-wait 1 "As expected."
	[[ $verdict == *" and 6 after it, while"* ]]
	pretend 0 "${alphabet^^}" "main ends" "$alphabet"
	comes_to add-too-few 2 "As expected."
	pretend 0 "$alphabet" "main ends" "${alphabet^^}"
	comes_to add-too-few 2 "$no main ended before the G that it was waiting for"
	pretend 0 "both have ended"
	comes_to forgotten-done 1 "$no nobody reported the deadlock; the status is not 2"
	pretend 1 "fatal error: all goroutines are asleep - deadlock!"
	comes_to add-too-many 1 "$no the status is not 2"
	pretend 0 "nobody noticed"
	comes_to negative 1 "$no the counter fell below zero and nobody said so; the status is not 2"
	pretend 0 "asked with 0:       P = 2" "set to 1:           P was 2" "asked with 0 again: P = 1"
	comes_to procs 2 "$no 2 are not 3; 2 are not 1"
	at20=("SCHED 20ms: gomaxprocs=2" "  P0: status=1" "  G1: status=4(sleep) m=-1" "  G2: status=4(GC sweep wait)")
	for g in 3 4 5 6 7; do
		at20+=("  G$g: status=4(chan receive) m=-1 lockedm=-1")
	done
	pretend 0 "${at20[@]}" "  G8: status=2() m=1" "  G9: status=2() m=2" "  G10: status=1()" "  G11: status=4097()"
	comes_to states 2 "As expected."
	[ "$(counts)" = "20 2 2 6" ]
	[[ $output != *SCHED* && $output != *G2* ]]
	pretend 0 "${at20[@]}" "  G8: status=2() m=1" "  G9: status=1() m=2"
	comes_to states 2 "$no not as many ran as there are Ps; of the two more that compute 1 were Runnable"
	pretend 0 "SCHED 0ms: x" "${at20[@]:2}" "${at20[0]}" "  G8: status=2() m=1" "  G9: status=1()" "  G10: status=9()"
	comes_to states 1 "$no of the six that wait 0 did"
	pretend 0 "main ran 3 times, at worst 99.0 ms late"
	comes_to hog 1 "$no main was kept waiting for 99 ms where hogs lose their P"
	pretend 0 "main ran 3 times, at worst 11.0 ms late"
	comes_to hog 1 "As expected."
	pretend 0 "all have ended after 161.0 ms"
	comes_to blocking 1 "$no calls that stop nobody take 20 ms, not 161"
	pretend 0 "main ends; 4 Gs live, it among them"
	comes_to leak 1 "$no nobody said who was left"
	pretend 0 "5 Gs live" "told to end, they did, after 7 units of work; 2 Gs live" "schedlab: 1 G was still live"
	comes_to shutdown 1 "$no some G was left behind"
}

@test "demo: what is said after a program that ends within a line stands on the next" {
	cp -r harness/testdata/cells "$BATS_TEST_TMPDIR/build"
	printf '#!/bin/sh\nprintf "a b"\n' >"$BATS_TEST_TMPDIR/build/demo-good"
	chmod +x "$BATS_TEST_TMPDIR/build/demo-good"
	SCHEDLAB_BUILD="$BATS_TEST_TMPDIR/build" demo good 1 no-wait
	grep -x 'a b' <<<"$output"
	grep -x -e '---- status 0' <<<"$output"
}

@test "demo: procs by itself, by the environment, on one PU, and as -p says" {
	for backend in "${backends[@]}"; do
		can "$backend" parallel || continue
		SCHEDLAB_PROCS=99 GOMAXPROCS=99 demo "$backend" 1 procs
		[[ $verdict == *"told 3 by the environment, 3; on one PU 1; told 1 by the program, 1."* && $verdict != *99* ]]
		SCHEDLAB_PROCS=99 GOMAXPROCS=99 demo "$backend" 5 procs
		[[ $verdict == *"told 3 by the environment, 3; on one PU 1; told 5 by the program, 5."* ]]
		[ "$(tail -n 1 <<<"$output")" = "As expected." ]
	done
}

@test "demo: what a program is started without is no other file" {
	for backend in "${backends[@]}"; do
		"${BUILD:-build}/demo-$backend" hog 1 <&- >&- 2>&- 3>&- &
		at='' seen=''
		while [ "$at" != ' 3 /dev/null' ] && kill -0 $! 2>/dev/null; do
			at=$(readlink "/proc/$!/fd/0" "/proc/$!/fd/1" "/proc/$!/fd/2" | uniq -c | tr -s ' ')
			seen+=$at
		done
		wait $!
		[ "$at" = ' 3 /dev/null' ] && continue
		# It may have ended before anybody looked.
		[ -z "${seen//[ 0-9]*\/dev\/null/}" ]
		skip "$backend had ended before all three were looked at"
	done
}

@test "demo: bad usage is one sentence and status 2" {
	for words in "" "a b" alphabt "-p 0 race" "-p 4x race" "-b nobody race" "--frob race"; do
		# shellcheck disable=SC2086
		run --separate-stderr "$schedlab" demo $words
		echo "$words: $status '$output' '$stderr'"
		[ "$status" -eq 2 ]
		[ -z "$output" ]
		[ "$(wc -l <<<"$stderr")" -eq 1 ]
	done
	run --separate-stderr "$schedlab" demo alphabt
	[[ $stderr == *"alphabet"* ]]
}
