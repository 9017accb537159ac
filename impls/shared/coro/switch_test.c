/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames that the switch is made in, and what a compiler keeps in registers there:
 * of every size, in functions that may use more of the processor than their file.
 */
#include "conform/conform.h"

static struct sl_wg wg;

static void __attribute__((noinline)) fill(char *p, size_t n, int with)
{
	memset(p, with, n);
}

/* The compiler needs a register of its own to find such a frame's locals by. */
static void yield_in_a_frame_that_moves(void *arg)
{
	size_t n = (size_t)(intptr_t)arg;
	_Alignas(64) char aligned[64];
	char sized[n];

	for (int i = 0; i < 100; i++) {
		fill(aligned, sizeof aligned, i);
		fill(sized, n, i + 1);
		sl_yield();
		check((uintptr_t)aligned % 64 == 0);
		for (size_t j = 0; j < sizeof aligned; j++)
			check(aligned[j] == i);
		for (size_t j = 0; j < n; j++)
			check(sized[j] == i + 1);
	}
	sl_wg_done(&wg);
}

TEST(a_frame_that_moves_survives_a_switch)
{
	sl_wg_add(&wg, 8);
	for (intptr_t i = 1; i <= 8; i++)
		sl_go(yield_in_a_frame_that_moves, (void *)(30 * i));
	sl_wg_wait(&wg);
}

/* ---- Registers --------------------------------------------------------- */

/* Eight Gs that each keep other values in them. */
static void start_eight(void (*fn)(void *))
{
	sl_wg_add(&wg, 8);
	for (intptr_t i = 1; i <= 8; i++)
		sl_go(fn, (void *)i);
}

/* Each of those that a callee has to keep. */
#if defined(__x86_64__)
#define SAVED(X)   X(rbx) X(r12) X(r13) X(r14) X(r15)
#define SAVED_F(X)
#elif defined(__aarch64__)
#define SAVED(X)   X(x19) X(x20) X(x21) X(x22) X(x23) X(x24) X(x25) X(x26) X(x27) X(x28)
#define SAVED_F(X) X(d8) X(d9) X(d10) X(d11) X(d12) X(d13) X(d14) X(d15)
#endif
#define PUT(r)     register uint64_t r __asm__(#r) = seed++;
#define PUT_F(r)   register double r __asm__(#r) = (double)seed++;
#define HOLD(r)    __asm__ volatile("" : "+r"(r));
#define HOLD_F(r)  __asm__ volatile("" : "+w"(r));
#define KEPT(r)    kept = kept && r == seed++;
#define KEPT_F(r)  kept = kept && r == (double)seed++;

static void keep_saved(void *arg)
{
	double sum = 0;

	for (int turn = 0; turn < 200; turn++) {
		bool kept = true;
		uint64_t seed = (uint64_t)(intptr_t)arg * 100;

		SAVED(PUT)
		SAVED_F(PUT_F)
		SAVED(HOLD)
		SAVED_F(HOLD_F)
		sl_yield();
		SAVED(HOLD)
		SAVED_F(HOLD_F)
		seed = (uint64_t)(intptr_t)arg * 100;
		SAVED(KEPT)
		SAVED_F(KEPT_F)
		check(kept);
		sum += 0.5;
	}
	check(sum == 100.0);
	sl_wg_done(&wg);
}

TEST(registers_survive_a_switch)
{
	start_eight(keep_saved);
	sl_wg_wait(&wg);
}

#if defined(__x86_64__)
#include <immintrin.h>

/* Few enough that each has a register of its own, but for the calls in between. */
#define EACH(X) X(a) X(b) X(c) X(d) X(e) X(f) X(g) X(h)
#define BEGIN(v) type v = (type){ 0 } + (scalar)(seed += 10);
#define COUNT(v) v += (scalar)1;
#define JUDGE(v) \
	seed += 10; \
	for (size_t lane = 0; lane < sizeof v / sizeof v[0]; lane++) \
		check(v[lane] == (scalar)(seed + 200));

#define KEEP(name, isa, element, bytes) \
	static __attribute__((target(isa))) void name(void *arg) \
	{ \
		typedef element scalar; \
		typedef scalar type __attribute__((vector_size(bytes))); \
		intptr_t seed = (intptr_t)arg * 1000; \
		EACH(BEGIN) \
		for (int turn = 0; turn < 200; turn++) { \
			sl_yield(); \
			EACH(COUNT) \
		} \
		seed = (intptr_t)arg * 1000; \
		EACH(JUDGE) \
		sl_wg_done(&wg); \
	}

KEEP(keep_xmm, "sse2", float, 16)
KEEP(keep_ymm, "avx2", float, 32)
KEEP(keep_ymm_of_32, "avx512vl", int, 32)
KEEP(keep_zmm, "avx512f", float, 64)

/* A mask has those lanes that are one of 0 to 3. */
#define MASK(v) \
	__mmask16 v = _mm512_cmpeq_epi32_mask(which, _mm512_set1_epi32(seed++ & 3)); \
	__asm__ volatile("" : "+Yk"(v));
#define COUNT_IN(v) n = _mm512_mask_add_epi32(n, v, n, _mm512_set1_epi32(1));

static __attribute__((target("avx512f"))) void keep_masks(void *arg)
{
	const __m512i which = _mm512_set_epi32(3, 2, 1, 0, 3, 2, 1, 0, 3, 2, 1, 0, 3, 2, 1, 0);
	int seed = (int)(intptr_t)arg, lanes[16];
	__m512i n = _mm512_setzero_si512();

	MASK(a) MASK(b) MASK(c) MASK(d) MASK(e) MASK(f)
	for (int turn = 0; turn < 200; turn++) {
		sl_yield();
		COUNT_IN(a) COUNT_IN(b) COUNT_IN(c) COUNT_IN(d) COUNT_IN(e) COUNT_IN(f)
	}
	_mm512_storeu_si512(lanes, n);
	for (int i = 0; i < 16; i++) {
		int wanted = 0;

		for (int m = 0; m < 6; m++)
			wanted += i % 4 == (((int)(intptr_t)arg + m) & 3) ? 200 : 0;
		check(lanes[i] == wanted);
	}
	sl_wg_done(&wg);
}

TEST(vectors_survive_a_switch)
{
	bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl");

	/* All at once: they switch in different places. */
	start_eight(keep_xmm);
	if (__builtin_cpu_supports("avx2"))
		start_eight(keep_ymm);
	if (avx512) {
		start_eight(keep_ymm_of_32);
		start_eight(keep_zmm);
		start_eight(keep_masks);
	}
	sl_wg_wait(&wg);
	if (!avx512)
		conform_skip("the processor has no AVX-512");
}

#elif defined(__aarch64__) && !defined(__clang__)
#include <sys/auxv.h>

#pragma GCC push_options
#pragma GCC target("+sve")
#include <arm_sve.h>

/* Whole registers, of which a call keeps the lower halves of eight; and predicates,
 * each of which has those lanes that are one of 0 to 3. */
#define LANES(v) \
	svbool_t v = svcmpeq(all, svand_x(all, which, 3), seed++ & 3); \
	/* Not to be computed anew. */ \
	__asm__ volatile("" : "+Upa"(v));
#define COUNT_IN(v) v##_n = svadd_m(v, v##_n, 1);
#define LETTERS(X)  X(a) X(b) X(c) X(d) X(e) X(f)
#define ZERO(v)     svint32_t v##_n = svdup_s32(0);
#define JUDGE(v) \
	for (int i = 0; i < (int)svcntw(); i++) \
		check(svaddv(svcmpeq(all, which, i), v##_n) == ((i & 3) == (seed & 3) ? 200 : 0)); \
	seed++;

static void keep_sve(void *arg)
{
	int seed = (int)(intptr_t)arg;
	svbool_t all = svptrue_b32();
	svint32_t which = svindex_s32(0, 1);

	LETTERS(LANES)
	LETTERS(ZERO)
	for (int turn = 0; turn < 200; turn++) {
		sl_yield();
		LETTERS(COUNT_IN)
	}
	seed = (int)(intptr_t)arg;
	LETTERS(JUDGE)
	sl_wg_done(&wg);
}

#pragma GCC pop_options

TEST(vectors_survive_a_switch)
{
	if (!(getauxval(AT_HWCAP) & HWCAP_SVE))
		conform_skip("the processor has no SVE");
	start_eight(keep_saved);
	start_eight(keep_sve);
	sl_wg_wait(&wg);
}
#endif
