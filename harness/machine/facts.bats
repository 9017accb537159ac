#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154,SC2030,SC2031 # set by bats and fake.bash
# What meta.json says of the environment, and what it keeps to itself.

load ../testdata/fake.bash

setup() {
	fake_setup
	one=(-b good -w fib -p 1 --set n=1 --reps 1)
}

@test "facts: of the environment what is known by name, and no secret" {
	export GITHUB_TOKEN=secret1 GOOGLE_API_KEY=secret2 GOPROXY=https://me:secret3@proxy GONOSUMDB=secret4
	export SCHEDLAB_SECRET=secret5 MALLOC_SECRET=secret6 GODEBUG=gctrace=0,x=https://me:secret7@host/ GOGC=150
	export SCHEDLAB_PREEMPT=off LD_PRELOAD=
	run matrix "${one[@]}" --out "$BATS_TEST_TMPDIR/ssh://me:secret8@host/run"
	[ "$status" -eq 0 ]
	meta=$(cat "$BATS_TEST_TMPDIR/ssh:/me:secret8@host/run/meta.json")
	run jq -c '.environment | del(.SCHEDLAB_BUILD, .TMPDIR)' <<<"$meta"
	[ "$output" = '{"SCHEDLAB_AGAIN":"0","SCHEDLAB_PREEMPT":"off","GOGC":"150","GODEBUG":"gctrace=0,x=https://host/","LD_PRELOAD":""}' ]
	[[ $meta == *'/ssh://host/run"'* ]]
	[[ $meta != *secret* ]]
}

@test "facts: the caches of a processor, and what the kernel does about its flaws" {
	matrix "${one[@]}" --out "$run_dir"
	cpu=/sys/devices/system/cpu
	if [ -r $cpu/cpu0/cache/index0/size ]; then
		run jq -r .machine.caches "$run_dir/meta.json"
		echo "$output"
		[[ $output == L1*" $(cat $cpu/cpu0/cache/index0/size)"* ]]
		[ "$(tr ',' '\n' <<<"$output" | wc -l)" -eq "$(find $cpu/cpu0/cache/ -name size | wc -l)" ]
	fi
	if [ -r $cpu/vulnerabilities/spectre_v1 ]; then
		run jq -r .machine.mitigations "$run_dir/meta.json"
		echo "$output"
		if grep -q '^Not affected' $cpu/vulnerabilities/spectre_v1; then
			[[ $output != *spectre_v1* ]]
		else
			[[ $output == *"spectre_v1: $(cat $cpu/vulnerabilities/spectre_v1)"* ]]
		fi
	fi
}

@test "facts: every variable that the sources ask for is known by name" {
	grep -rhoE --include='*.[ch]' --include='*.go' '(getenv|sl__env|Getenv)\("(SCHEDLAB_|GO)[A-Z0-9_]*"' impls harness workloads |
		sed 's/.*"\(.*\)"/\1/' | sort -u >"$BATS_TEST_TMPDIR/asked"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/asked")" -ge 7 ]
	while read -r name; do
		grep -q "{ \"$name\"" harness/machine/environment.c || { echo "$name is not in environment.c"; return 1; }
	done <"$BATS_TEST_TMPDIR/asked"
}

@test "resume: refuses an environment in which rows would be others" {
	GOGC=150 TMPDIR=/tmp matrix "${one[@]}" --out "$run_dir"
	refused "was run with GOGC=150, and now it is unset" matrix --resume "$run_dir"
	export GOGC=off
	refused "was run with GOGC=150, and now it is off" matrix --resume "$run_dir"
	export GOGC=150
	SCHEDLAB_PREEMPT=off refused "was run with SCHEDLAB_PREEMPT unset, and now it is off" matrix --resume "$run_dir"
	# No row depends on these.
	GOPROXY=off SCHEDLAB_PROCS=1 TMPDIR=/ matrix --resume "$run_dir"
}
