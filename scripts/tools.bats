#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What people build and look at programs with, on each back end: valgrind, and
# link-time optimisation by gcc and clang.

setup_file() {
	cd "$BATS_TEST_DIRNAME/.." || return
	unset MAKEFLAGS MAKEOVERRIDES MAKELEVEL
	export BUILD=${BUILD:-build} out=$BATS_FILE_TMPDIR
	# Stacks that are used again, by Gs that end early too; and what is shared.
	cat >"$out/work.c" <<-'EOF'
	#include "schedlab.h"
	#include <string.h>
	static struct sl_wg wg;
	static struct sl_chan *c;
	static struct sl_mutex m;
	static long sum;
	static void work(void *arg)
	{
		char buf[3000];
		int v = (int)(long)arg;
		memset(buf, v, sizeof buf);
		for (int i = 0; i < 20; i++) {
			sl_yield();
			sl_mutex_lock(&m);
			sum += buf[i];
			sl_mutex_unlock(&m);
		}
		sl_chan_send(c, &v);
		sl_wg_done(&wg);
		if (v % 3 == 0)
			sl_goexit();
	}
	static void start(void *arg)
	{
		(void)arg;
		c = sl_chan_make(sizeof(int), 0);
		for (int round = 0; round < 3; round++) {
			sl_wg_add(&wg, 50);
			for (long i = 0; i < 50; i++)
				sl_go(work, (void *)i);
			for (int i = 0, v; i < 50; i++)
				sl_chan_recv(c, &v);
			sl_wg_wait(&wg);
			sl_sleep(1000000);
		}
		sl_chan_free(c);
	}
	int main(void)
	{
		return sl_run(0, start, 0) || sl_run(0, start, 0) || sum != 2L * 3 * 20 * 49 * 25;
	}
	EOF
	cat >"$out/deadlock.c" <<-'EOF'
	#include "schedlab.h"
	static __attribute__((noinline)) void wait_inside(struct sl_chan *c)
	{
		sl_chan_recv(c, 0);
		__asm__ volatile("");
	}
	static void wait_for_ever(void *arg)
	{
		struct sl_chan *c = sl_chan_make(0, 0);
		(void)arg;
		wait_inside(c);
		sl_chan_free(c);
	}
	static void start(void *arg)
	{
		sl_go(wait_for_ever, arg);
		sl_go(wait_for_ever, arg);
		wait_for_ever(arg);
	}
	int main(void) { return sl_run(0, start, 0); }
	EOF
}

setup() {
	cd "$BATS_TEST_DIRNAME/.." || return
}

libraries() { printf '%s\n' "$1"/libschedlab-*.a | sed 's/.*libschedlab-//; s/\.a$//'; }

@test "valgrind has nothing to say, and sees stacks for what they are" {
	valgrind -q true 2>/dev/null || skip "there is no valgrind that works"
	for b in $(libraries "$BUILD"); do
		cc -O1 -g -Iimpls/"$b" -Iimpls "$out/work.c" "$BUILD/libschedlab-$b.a" -pthread -o "$out/work"
		run valgrind --error-exitcode=9 "$out/work"
		echo "$b: $output"
		[ "$status" -eq 0 ]
		[[ $output == *'ERROR SUMMARY: 0 errors'* ]]
		[[ $output != *'client switching stacks'* ]]
	done
}

with_lto() { # CC FLAGS
	echo 'int main(void) { return 0; }' >"$out/lto.c"
	"$1" -flto "$out/lto.c" -o "$out/lto" 2>/dev/null || skip "$1 has no link-time optimisation here"
	make -s CC="$1" CFLAGS='-O2 -flto' BUILD="$out/$1" $(libraries "$BUILD" | sed "s|.*|$out/$1/libschedlab-&.a|")
	for b in $(libraries "$BUILD"); do
		for program in work deadlock; do
			# shellcheck disable=SC2086
			"$1" -O2 -flto $2 -Iimpls/"$b" -Iimpls "$out/$program.c" "$out/$1/libschedlab-$b.a" -pthread -o "$out/$program"
		done
		"$out/work"
		run "$out/deadlock"
		echo "$b: $output"
		[ "$status" -eq 2 ]
		[[ $output == *'started as start:'*' wait_inside+0x'* ]]
		[ "$(grep -c 'started as wait_for_ever:$' <<<"$output")" -eq 2 ]
		[ "$(grep -Ec '^ +wait_inside\+0x' <<<"$output")" -eq 3 ]
		[ "$(grep -Ec '^ +wait_for_ever\+0x' <<<"$output")" -ge 2 ]
	done
}

@test "with gcc -flto programs work, and a deadlock names their functions" {
	# As for a large program: a static function that another part uses gets another name.
	with_lto gcc -flto-partition=max
}
@test "with clang -flto likewise" {
	command -v clang >/dev/null || skip "there is no clang"
	with_lto clang ''
}
