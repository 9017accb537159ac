#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Programs in C++: the header, and what becomes of exceptions.

setup_file() {
	cd "$BATS_TEST_DIRNAME/.." || return
	export BUILD=${BUILD:-build} out=$BATS_FILE_TMPDIR
	cat >"$out/header.cc" <<-'EOF'
	#include "schedlab.h"
	static sl_chan *chan;
	static sl_mutex mutex;
	static sl_rwmutex rw;
	static sl_once once;
	static sl_wg wg;
	static sl_cond cond;
	static int said;
	static void say(void *) { said++; }
	static void answer(void *)
	{
		int v = 42;
		sl_mutex_lock(&mutex);
		sl_cond_broadcast(&cond);
		sl_mutex_unlock(&mutex);
		sl_rwmutex_rlock(&rw);
		sl_rwmutex_runlock(&rw);
		sl_once_do(&once, say, nullptr);
		sl_yield();
		sl_chan_send(chan, &v);
		sl_wg_done(&wg);
	}
	static void start(void *v)
	{
		int w = 0;
		chan = sl_chan_make(sizeof(int), 0);
		sl_wg_add(&wg, 2);
		sl_go(answer, nullptr);
		sl_go(answer, nullptr);
		sl_case k[2] = { { chan, SL_RECV, v, false }, { nullptr, SL_SEND, nullptr, false } };
		if (sl_select(k, 2, true) != 0 || !k[0].ok)
			return;
		sl_op op = SL_RECV;
		k[0].op = op;
		k[0].v = &w;
		sl_select(k, 1, true);
		sl_wg_wait(&wg);
		sl_chan_free(chan);
		*static_cast<int *>(v) += w;
	}
	int main()
	{
		int v = 0;
		return sl_run(nullptr, start, &v) || v != 84 || said != 1;
	}
	EOF
	# Each G throws, catches and rethrows exceptions of its own, with every kind of
	# switch in the handlers, and from destructors while an exception is under way.
	cat >"$out/exceptions.cc" <<-'EOF'
	#include "schedlab.h"
	#include <cstdio>
	#include <cstdlib>
	#include <exception>
	#include <unistd.h>
	static sl_wg wg;
	static sl_mutex mutex;
	static sl_chan *chan;
	struct own { int id, round; };
	static void fail(const char *what) { std::printf("%s\n", what); std::fflush(stdout); std::_Exit(1); }
	static void nothing(void *) { sl_yield(); }
	static void change_places(int kind)
	{
		int v = 0;
		sl_task t;
		switch (kind % 7) {
		case 0: sl_yield(); break;
		case 1: sl_mutex_lock(&mutex); sl_yield(); sl_mutex_unlock(&mutex); break;
		case 2: sl_chan_send(chan, &v); sl_chan_recv(chan, &v); break;
		case 3: sl_sleep(1000); break;
		case 4: sl_entersyscall(); usleep(100); sl_exitsyscall(); break;
		case 5: sl_fork(&t, nothing, nullptr); sl_yield(); sl_join(&t); break;
		case 6: sl_go(nothing, nullptr); sl_yield(); break;
		}
	}
	struct changes {
		int kind;
		~changes() noexcept(false) { if (!std::uncaught_exception()) fail("none is under way"); change_places(kind); }
	};
	static void throw_one(int id, int round)
	{
		changes c = { round };
		throw own{ id, round };
	}
	static void rethrow(int id, int round)
	{
		try {
			throw_one(id, round);
		} catch (own &) {
			change_places(round / 3);
			throw;
		}
	}
	static void work(void *arg)
	{
		int id = (int)(long)arg;
		for (int round = 0; round < 70; round++) {
			try {
				rethrow(id, round);
				fail("nothing was thrown");
			} catch (own &e) {
				if (e.id != id || e.round != round)
					fail("another's exception");
				change_places(round + id);
				if (std::uncaught_exception() || !std::current_exception())
					fail("the account is wrong");
			}
			if (std::current_exception())
				fail("one is left");
		}
		sl_wg_done(&wg);
		try {
			throw 1;
		} catch (int) {
			sl_goexit();
		}
	}
	static void start(void *)
	{
		chan = sl_chan_make(sizeof(int), 100);
		sl_wg_add(&wg, 20);
		for (long i = 0; i < 20; i++)
			sl_go(work, (void *)i);
		sl_wg_wait(&wg);
		sl_chan_free(chan);
	}
	int main()
	{
		try {
			throw 2;
		} catch (int) {
			if (sl_run(nullptr, start, nullptr) != 0 || !std::current_exception())
				return 1;
		}
		return 0;
	}
	EOF
}

setup() {
	cd "$BATS_TEST_DIRNAME/.." || return
}

libraries() { printf '%s\n' "$BUILD"/libschedlab-*.a | sed 's/.*libschedlab-//; s/\.a$//'; }

with_each() { # PROGRAM FLAGS... : with each compiler there is, and back end
	for cxx in g++ clang++; do
		command -v "$cxx" >/dev/null || continue
		for b in $(libraries); do
			echo "$cxx, $b"
			"$cxx" -Wall -Wextra -Werror "${@:2}" -Iimpls/"$b" -Iimpls "$out/$1.cc" \
				"$BUILD/libschedlab-$b.a" -pthread -o "$out/$1"
			for p in 1 2 4; do SCHEDLAB_PROCS=$p "$out/$1"; done
		done
	done
}

@test "schedlab.h is C++, the strictest that there is, too" {
	for std in c++11 gnu++11 c++20; do
		for level in -O0 -O2; do with_each header -std=$std -pedantic "$level"; done
	done
}

@test "a G keeps its exceptions, across switches of every kind" {
	with_each exceptions -std=c++11 -O2 -Wno-deprecated-declarations
}
