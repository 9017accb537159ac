#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # set by bats
# schedlab demo, on the back ends of this build.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/.." || return
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

@test "demo: each says three things before, runs, and ends as it should, in 80 columns" {
	for name in $("$schedlab" demo --help | sed -n '/^  alphabet/,/^$/s/^  \([a-z-]*\) .*/\1/p'); do
		case $name in
		forgotten-done | add-too-many | negative | leak) expected=2 ;;
		*) expected=0 ;;
		esac
		for backend in "${backends[@]}"; do
			demo "$backend" 1 "$name"
			[ "$status" -eq 77 ] && [ "$name" = states ] && ! can "$backend" sliced && continue
			if [ "$backend $name" = "go leak" ]; then # which reports none
				[ "$status" -eq 0 ]
			else
				[ "$status" -eq "$expected" ]
				[[ $name != leak || $verdict == *"The account names them"* ]]
			fi
			[[ ${lines[0]} == "Shows:   "* ]]
			[ "$(grep -cE '^(Shows|Expect|Differs): ' <<<"$output")" -eq 3 ]
			[[ $verdict =~ [.]\ *$ ]]
			[[ $verdict != *NOT* && $verdict != *WRONG* ]]
			[ "$(awk '{ if (length > m) m = length } END { print m }' <<<"$output")" -le 80 ]
		done
	done
}

letters() {
	for name in no-wait add-too-few; do
		demo "$1" "$2" $name
		[[ $verdict =~ Of\ 52\ letters\ ([0-9]+)\ were ]]
		said=${BASH_REMATCH[1]}
		# Of the program's own words none has one letter.  What is printed after its
		# end, the verdict is not about.
		end='schedlab: [0-9]+ Gs? '
		[ $name = no-wait ] || end='main ends'
		printed=$(sed '1,/^---- /d; /^---- /,$d' <<<"$output" | tr '\n' ' ' |
			sed -E "s/$end.*//" | grep -owE '[a-zA-Z]' | wc -l)
		[ "$said" -eq "$printed" ]
	done
}

@test "demo: each letter that was printed counts, once" {
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
	[ "$lost" -gt 0 ] && [ "$lost" -lt 2000 ]
	[[ $verdict == *"; 0 where they took turns."* ]]
}

@test "demo: race loses updates, and none under the mutex" {
	each race
}

@test "demo: whom a blocking call stops follows from the model" {
	for backend in "${backends[@]}"; do
		demo "$backend" 1 blocking
		took=$(sed -n 's/^all have ended after \([0-9]*\).*/\1/p' <<<"$output")
		if can "$backend" blocking; then
			[ "$took" -lt 120 ]
		else
			[ "$took" -ge 160 ]
			[[ $verdict == *"each stopped every other G."* ]]
		fi
	done
}

@test "demo: hashes counts the turns that it showed, and nobody is taken the one P where nothing preempts" {
	for backend in "${backends[@]}"; do
		demo "$backend" 1 hashes
		can "$backend" preemptive || [[ $verdict == *"changed between A and B 1 time, and then 1 time: one G ran to its end"* ]]
		[ "$(grep -c '^[AB]: 00001: 356a192b7913b04c54574d18c28d46e6395428ab$' <<<"$output")" -ge 2 ]
	done
}

@test "demo: what is said after a program that ends within a line stands on the next" {
	cp -r harness/testdata/cells "$BATS_TEST_TMPDIR/build"
	printf '#!/bin/sh\nprintf "a b"\n' >"$BATS_TEST_TMPDIR/build/demo-good"
	chmod +x "$BATS_TEST_TMPDIR/build/demo-good"
	SCHEDLAB_BUILD="$BATS_TEST_TMPDIR/build" demo good 1 no-wait
	grep -x 'a b' <<<"$output"
	grep -x -e '---- status 0' <<<"$output"
}

@test "demo: procs by itself, by the environment, and on one PU" {
	for backend in "${backends[@]}"; do
		can "$backend" parallel || continue
		SCHEDLAB_PROCS=99 GOMAXPROCS=99 demo "$backend" 1 procs
		[[ $verdict == *"told 3 by the environment, 3; on one PU 1."* && $verdict != *99* ]]
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
