/* SPDX-License-Identifier: Apache-2.0
 *
 * valgrind.h: what valgrind has to be told of stacks, by its client requests (its
 * manual, chapter 3): instructions that do nothing on a processor.
 */
#ifndef SL_VALGRIND_H
#define SL_VALGRIND_H

#include <stdbool.h>
#include <stdint.h>

enum {
	SL__VALGRIND_RUNNING          = 0x1001,
	SL__VALGRIND_STACK_REGISTER   = 0x1501,
	SL__VALGRIND_STACK_DEREGISTER = 0x1502,
};

/* What valgrind answers; 0: it is not there. */
static inline uintptr_t sl__valgrind(uintptr_t request, uintptr_t a, uintptr_t b)
{
	uintptr_t args[6] = { request, a, b };
	uintptr_t answer = 0;

#if defined(__x86_64__)
	__asm__ volatile("rolq $3, %%rdi\n\t"
	                 "rolq $13, %%rdi\n\t"
	                 "rolq $61, %%rdi\n\t"
	                 "rolq $51, %%rdi\n\t"
	                 "xchgq %%rbx, %%rbx"
	                 : "+d"(answer) : "a"(args) : "cc", "memory");
#elif defined(__aarch64__)
	register uintptr_t result __asm__("x3") = answer;
	register uintptr_t *asked __asm__("x4") = args;

	__asm__ volatile("ror x12, x12, #3\n\t"
	                 "ror x12, x12, #13\n\t"
	                 "ror x12, x12, #51\n\t"
	                 "ror x12, x12, #61\n\t"
	                 "orr x10, x10, x10"
	                 : "+r"(result) : "r"(asked) : "cc", "memory");
	answer = result;
#endif
	return answer;
}

static inline bool sl__on_valgrind(void)
{
	return sl__valgrind(SL__VALGRIND_RUNNING, 0, 0) != 0;
}

#endif
