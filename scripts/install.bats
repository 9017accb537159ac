#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A program outside the tree builds and runs with nothing but what is installed.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/.." || return
	unset MAKEFLAGS MAKEOVERRIDES MAKELEVEL
	out=$(mktemp -d)
}

teardown() {
	rm -rf "$out"
}

@test "make install: a program for each back end, the library before and after it" {
	make -s install PREFIX="$out"
	cat >"$out/prog.c" <<-'EOF'
	#include <schedlab.h>
	#include <stdio.h>
	static void answer(void *c) { sl_chan_send(c, &(int){ 42 }); }
	static void start(void *arg)
	{
		struct sl_chan *c = sl_chan_make(sizeof(int), 0);
		int v = 0;
		(void)arg;
		sl_go(answer, c);
		sl_chan_recv(c, &v);
		sl_chan_free(c);
		printf("%d\n", v);
	}
	int main(void) { return sl_run(NULL, start, NULL); }
	EOF
	cd "$out"
	export PKG_CONFIG_PATH=$out/lib/pkgconfig
	found=0
	for pc in lib/pkgconfig/schedlab-*.pc; do
		flags=$(pkg-config --cflags --libs "$(basename "$pc" .pc)")
		for order in "$flags prog.c" "prog.c $flags"; do
			# shellcheck disable=SC2086
			cc -std=c11 -pedantic -Wall -Wextra -Werror $order -o prog
			[ "$(./prog)" = 42 ]
		done
		found=$((found + 1))
	done
	[ "$found" -ge 3 ]
}

@test "make install: a program in C++, and one that takes addresses of what is inline" {
	make -s install PREFIX="$out"
	cat >"$out/prog.cc" <<-'EOF'
	#include <schedlab.h>
	static sl_mutex mutex;
	static sl_chan *chan;
	static void answer(void *)
	{
		auto send = &sl_chan_send;
		auto lock = &sl_mutex_lock;
		int v = 42;
		sl_yield();
		lock(&mutex);
		send(chan, &v);
		sl_goexit();
	}
	static void start(void *v)
	{
		chan = sl_chan_make(sizeof(int), 0);
		sl_go(answer, nullptr);
		sl_chan_recv(chan, v);
		sl_chan_free(chan);
	}
	int main()
	{
		int v = 0;
		return sl_run(nullptr, start, &v) || v != 42 || sl_mutex_trylock(&mutex);
	}
	EOF
	for lib in "$out"/lib/libschedlab-*.a; do
		name=${lib##*/libschedlab-}
		name=${name%.a}
		for level in -O0 -O2; do
			c++ -std=c++11 -Wall -Wextra -Werror "$level" -I"$out/include/schedlab/$name" -I"$out/include/schedlab" \
				"$out/prog.cc" "$lib" -pthread -o "$out/prog"
			"$out/prog"
		done
	done
}

@test "make install: a library takes no name from a program but sl_..." {
	make -s install PREFIX="$out"
	names=$(nm --extern-only --defined-only "$out"/lib/*.a | awk 'NF == 3 { print $3 }')
	[[ $names == *sl_run* ]]
	run ! grep -v '^sl_' <<<"$names"
}

@test "make install: DESTDIR is where files go, and no file speaks of it" {
	make -s install PREFIX=/opt/x DESTDIR="$out"
	[ -f "$out/opt/x/include/schedlab/schedlab.h" ]
	grep -qx 'prefix=/opt/x' "$out"/opt/x/lib/pkgconfig/*.pc
	run grep -rlF "$out" "$out"
	[ "$status" -eq 1 ]
}
