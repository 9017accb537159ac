#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# gdb/schedlab-gdb.py, on a program outside the tree that has come to a deadlock.

setup_file() {
	cd "$BATS_TEST_DIRNAME/.." || return
	unset MAKEFLAGS MAKEOVERRIDES MAKELEVEL
	export BUILD=${BUILD:-build}
	export out=$BATS_FILE_TMPDIR
	cat >"$out/prog.c" <<-'EOF'
	#include "schedlab.h"
	static struct sl_wg wg;
	static struct sl_chan *c;
	static void inner(void) { sl_wg_wait(&wg); }
	static void outer(void *arg) { (void)arg; inner(); }
	static void task(void *arg) { (void)arg; sl_wg_wait(&wg); }
	static void receive(void *arg)
	{
		struct sl_task t;
		sl_fork(&t, task, arg);
		sl_yield();
		sl_chan_recv(c, 0);
	}
	static void start(void *arg)
	{
		c = sl_chan_make(0, 0);
		sl_wg_add(&wg, 1);
		sl_go(outer, arg);
		sl_go(receive, arg);
		sl_yield();
		sl_wg_wait(&wg);
	}
	int main(void)
	{
		struct sl_config one = { .procs = 1 };
		return sl_run(&one, start, 0);
	}
	EOF
}

setup() {
	command -v gdb >/dev/null || skip "there is no gdb"
	gdb -nx -batch -ex 'python import gdb.unwinder' >/dev/null 2>&1 || skip "gdb has no Python"
	cd "$BATS_TEST_DIRNAME/.." || return
}

program() { # BACK END
	cc -std=c11 -g -Iimpls/"$1" -Iimpls "$out/prog.c" "$BUILD/libschedlab-$1.a" -pthread -o "$out/$1"
}

debug() { # PROGRAM COMMAND...
	local args=()
	for command in "${@:2}"; do args+=(-ex "$command"); done
	run timeout 60 gdb -nx -batch -iex 'set debuginfod enabled off' \
		-ex 'source scripts/gdb/schedlab-gdb.py' "${args[@]}" "$1"
	echo "$output"
	if [[ $output == *'ptrace: Operation not permitted'* ]]; then skip "no process may be traced here"; fi
}

# The number of the G that was started as FUNCTION.
id_of() { awk -v f="$1" '$NF == f { print $1 }' <<<"$gs"; }

# Everything that is asked of one back end, of the live program or its core.
inspect() { # PROGRAM COMMAND-TO-GET-THERE...
	debug "$@" 'info gs'
	gs=$output
	grep -Eq '^ +1  waiting +[0-9.]+ s  WaitGroup wait +start$' <<<"$gs"
	grep -Eq '^ +[0-9]+  waiting +[0-9.]+ s  WaitGroup wait +outer$' <<<"$gs"
	grep -Eq '^ +[0-9]+  waiting +[0-9.]+ s  WaitGroup wait +task$' <<<"$gs"
	grep -Eq '^ +[0-9]+  waiting +[0-9.]+ s  chan receive +receive$' <<<"$gs"
	[ "$(grep -c ' waiting ' <<<"$gs")" -eq 4 ]

	debug "$@" "g $(id_of outer) bt" "g $(id_of receive) bt" bt
	[[ $output == *'#0  '*' inner () at '*' outer (arg='*' g_loop '*'#0  '*' sl_chan_recv '*' receive (arg='*' g_loop '* ]]
	# The thread's own backtrace is what it was.
	[[ ${output##* receive (arg=} == *'sl__deadlock_begin ()'*'report_deadlock'* ]]
	[[ ${output##* receive (arg=} != *' inner () '* ]]

	debug "$@" 'g 99 bt'
	[[ $output == *'there is no G 99'* ]]
}

live() { # BACK END
	program "$1"
	inspect "$out/$1" 'break sl__deadlock_begin' run
}

core() { # BACK END
	program "$1"
	# gdb leaves the whole megabyte around a guard of the kernel's out of a core that
	# it writes itself; the kernel does not.
	export SCHEDLAB_GUARD=mprotect
	debug "$out/$1" 'break sl__deadlock_begin' run "generate-core-file $out/core"
	[ -s "$out/core" ] || skip "no core can be had here"
	inspect "$out/$1" "core-file $out/core"
	rm "$out/core"
}

@test "single-p: info gs and g ID bt" { live single-p; }
@test "single-p: the same of a core" { core single-p; }
@test "work-stealing: info gs and g ID bt" { live work-stealing; }
@test "work-stealing: the same of a core" { core work-stealing; }

@test "bad usage, and a program that is none of ours, get a sentence" {
	program pthreads
	debug "$out/pthreads" 'info gs'
	[[ $output == *'there is no pool: not a program of single-p or work-stealing'* ]]
	debug /bin/true 'g bt'
	[[ $output == *'usage: g ID bt'* ]]
}
