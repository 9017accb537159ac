/* SPDX-License-Identifier: Apache-2.0
 *
 * opaque.h: what a compiler cannot see through.  A critical section of a few
 * instructions begins with it, so that the lock is taken before and given back after
 * them: where one thread runs every G a lock is an ordinary variable, and a compiler
 * that sees the whole section leaves out the store that takes it.  No instruction comes
 * of it.
 */
#ifndef OPAQUE_H
#define OPAQUE_H

static inline void opaque(void)
{
	__asm__ volatile("" ::: "memory");
}

#endif
