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
		name=$(basename "$pc" .pc)
		flags=$(pkg-config --cflags --libs "$name")
		for order in "$flags prog.c" "prog.c $flags"; do
			# shellcheck disable=SC2086
			cc -std=c11 -pedantic -Wall -Wextra -Werror $order -o prog
			readelf -d prog | grep -q "NEEDED.*lib$name.so.0.1"
			[ "$(LD_LIBRARY_PATH=$out/lib ./prog)" = 42 ]
			# The archive.
			# shellcheck disable=SC2086
			cc -std=c11 -pedantic -Wall -Wextra -Werror -static $order -o prog
			[ "$(./prog)" = 42 ]
		done
		found=$((found + 1))
	done
	[ "$found" -ge 3 ]
}

@test "make install: a library of one's own may contain any back end, and be loaded late" {
	make -s install PREFIX="$out"
	cat >"$out/plugin.c" <<-'EOF'
	#include <schedlab.h>
	static struct sl_mutex m;
	static struct sl_wg wg;
	static void count(void *n)
	{
		for (int i = 0; i < 100; i++) {
			sl_mutex_lock(&m);
			++*(int *)n;
			sl_mutex_unlock(&m);
			sl_yield();
		}
		sl_wg_done(&wg);
	}
	static void start(void *n)
	{
		sl_wg_add(&wg, 50);
		for (int i = 0; i < 50; i++)
			sl_go(count, n);
		sl_wg_wait(&wg);
	}
	int answer(void)
	{
		int n = 0;
		return sl_run(0, start, &n) ? -1 : n;
	}
	EOF
	cat >"$out/main.c" <<-'EOF'
	#include <dlfcn.h>
	int main(void)
	{
		void *plugin = dlopen("./plugin.so", RTLD_NOW);
		int (*answer)(void) = plugin ? (int (*)(void))dlsym(plugin, "answer") : 0;
		return !answer || answer() != 5000 || answer() != 5000;
	}
	EOF
	cd "$out"
	cc main.c -o main
	for lib in lib/libschedlab-*.a; do
		name=${lib##*/libschedlab-}
		name=${name%.a}
		cc -fPIC -shared -O2 -Iinclude/schedlab/"$name" -Iinclude/schedlab plugin.c "$lib" -pthread -Wl,-z,defs -o plugin.so
		./main
	done
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
		if (sl_mutex_trylock(&mutex))
			*static_cast<int *>(v) = 0;
	}
	int main()
	{
		int v = 0;
		return sl_run(nullptr, start, &v) || v != 42;
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
	for names in "$(nm --extern-only --defined-only "$out"/lib/*.a)" "$(nm --dynamic --defined-only "$out"/lib/*.so)"; do
		names=$(awk 'NF == 3 { print $3 }' <<<"$names")
		[[ $names == *sl_run* ]]
		run ! grep -v '^sl_' <<<"$names"
	done
	# Nor, if it is shared, more of these than what is inline needs.
	run ! grep -Fx sl__fatal <<<"$names"
}

@test "make install: DESTDIR is where files go, and no file speaks of it; names may have spaces" {
	make -s install PREFIX='/opt/x y' DESTDIR="$out/d e"
	there="$out/d e/opt/x y"
	[ -f "$there/include/schedlab/schedlab.h" ]
	grep -qx 'prefix=/opt/x y' "$there"/lib/pkgconfig/*.pc
	run grep -rlF "$out" "$out"
	[ "$status" -eq 1 ]
	echo '#include <schedlab.h>
		static void start(void *arg) { (void)arg; sl_yield(); }
		int main(void) { return sl_run(NULL, start, NULL); }' >"$out/prog.c"
	export PKG_CONFIG_PATH=$there/lib/pkgconfig
	for pc in "$there"/lib/pkgconfig/*.pc; do
		# As a shell reads it, what a space means is escaped.
		eval "cc $(pkg-config --define-variable=prefix="$there" --cflags --libs "$(basename "$pc" .pc)") $out/prog.c -o $out/prog"
		LD_LIBRARY_PATH="$there/lib" "$out/prog"
	done
}
