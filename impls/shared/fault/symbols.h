/* SPDX-License-Identifier: Apache-2.0
 *
 * symbols.h: what the symbol tables of the program and its libraries say of an
 * address, static functions included.  No malloc, no stdio; what it maps of the
 * files stays mapped.
 */
#ifndef SL_SYMBOLS_H
#define SL_SYMBOLS_H

#include "shared/internal.h"

struct sl__symbol {
	const char *object;     /* the file that the address is in, without folders, */
	uintptr_t address;      /* and where, as `addr2line -e` wants it */
	char name[112];         /* of the function, without what compilers append when
	                           they clone or move it; empty: not known */
	size_t offset;          /* in it */
};

/* False: the address is in no file. */
bool sl__symbol(uintptr_t pc, struct sl__symbol *);

/* The function's name, which is kept in *s, or "?". */
const char *sl__function(void (*fn)(void *), struct sl__symbol *s);

#endif
