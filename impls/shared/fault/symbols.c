/* SPDX-License-Identifier: Apache-2.0
 *
 * symbols.c: dladdr would name only what is exported, which is nothing of a
 * plain program.  So this reads the table that the linker left in the file, and
 * where that was stripped the one for the dynamic linker.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "shared/fault/symbols.h"

#define OBJECTS 8       /* kept mapped; addresses in others have no name */
#define KNOWN   256     /* answers remembered: parked Gs mostly wait in few places */

struct object {
	uintptr_t base;                 /* where it was loaded, against its own addresses */
	const char *name;
	const ElfW(Sym) *sym;           /* NULL: it has none that can be read */
	size_t nsym;
	const char *str;
	size_t str_size;
};

static struct object objects[OBJECTS];
static int nobjects;
static struct { uintptr_t pc; struct sl__symbol s; } known[KNOWN];
static uint32_t busy;           /* atomic: 1 while somebody uses the above */

/* The whole file; NULL: it cannot be had. */
static const char *map_file(const char *path, size_t *size)
{
	int fd = sl__open(path);
	struct stat st;
	void *p = MAP_FAILED;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) == 0 && st.st_size > 0)
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	*size = (size_t)st.st_size;
	return p == MAP_FAILED ? NULL : p;
}

static bool inside(size_t offset, size_t n, size_t size)
{
	return offset <= size && n <= size - offset;
}

/* The file may be anything by now: nothing in it is believed. */
static void read_symbols(struct object *o, const char *file, size_t size)
{
	const ElfW(Ehdr) *e = (const void *)file;
	const ElfW(Shdr) *s, *str;

	if (size < sizeof *e || memcmp(e->e_ident, ELFMAG, SELFMAG) != 0 ||
	    e->e_shentsize != sizeof *s || e->e_shoff % _Alignof(ElfW(Shdr)) ||
	    !inside(e->e_shoff, e->e_shnum * sizeof *s, size))
		return;
	s = (const void *)(file + e->e_shoff);
	for (int i = 0; i < e->e_shnum; i++) {
		if (s[i].sh_type != SHT_SYMTAB && (s[i].sh_type != SHT_DYNSYM || o->sym))
			continue;
		if (s[i].sh_link >= e->e_shnum)
			continue;
		str = &s[s[i].sh_link];
		if (s[i].sh_offset % _Alignof(ElfW(Sym)) || str->sh_size == 0 ||
		    !inside(s[i].sh_offset, s[i].sh_size, size) ||
		    !inside(str->sh_offset, str->sh_size, size) ||
		    file[str->sh_offset + str->sh_size - 1] != '\0')
			continue;
		o->sym = (const void *)(file + s[i].sh_offset);
		o->nsym = s[i].sh_size / sizeof *o->sym;
		o->str = file + str->sh_offset;
		o->str_size = str->sh_size;
	}
}

static struct object *get_object(uintptr_t base, const char *path)
{
	const char *file;
	struct object *o;
	size_t size;

	for (o = objects; o < objects + nobjects; o++)
		if (o->base == base)
			return o;
	if (nobjects == OBJECTS)
		return NULL;
	*o = (struct object){ .base = base, .name = program_invocation_short_name };
	if (*path)
		o->name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	file = map_file(*path ? path : "/proc/self/exe", &size);
	if (file)
		read_symbols(o, file, size);
	nobjects++;
	return o;
}

/* "f.lto_priv.0" is f to whoever wrote it. */
static void copy_name(char *to, size_t size, const char *name)
{
	size_t n = 0;

	for (; n < size - 1 && name[n] && (n == 0 || name[n] != '.'); n++)
		to[n] = name[n];
	to[n] = '\0';
}

static void look_up(const struct object *o, struct sl__symbol *s)
{
	for (size_t i = 0; i < o->nsym; i++) {
		const ElfW(Sym) *sym = &o->sym[i];

		/* The same in both classes of ELF file. */
		if (ELF64_ST_TYPE(sym->st_info) == STT_FUNC && sym->st_shndx != SHN_UNDEF &&
		    s->address - sym->st_value < sym->st_size && sym->st_name < o->str_size) {
			copy_name(s->name, sizeof s->name, o->str + sym->st_name);
			s->offset = s->address - sym->st_value;
			return;
		}
	}
}

struct query { uintptr_t pc; struct sl__symbol *s; };

static int find(struct dl_phdr_info *info, size_t size, void *arg)
{
	struct query *q = arg;
	struct object *o;

	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *ph = &info->dlpi_phdr[i];

		if (ph->p_type != PT_LOAD ||
		    q->pc - info->dlpi_addr - ph->p_vaddr >= ph->p_memsz)
			continue;
		o = get_object(info->dlpi_addr, info->dlpi_name);
		if (!o)
			return 0;
		*q->s = (struct sl__symbol){ .object = o->name,
		                             .address = q->pc - info->dlpi_addr };
		look_up(o, q->s);
		return 1;
	}
	return 0;
}

bool sl__symbol(uintptr_t pc, struct sl__symbol *s)
{
	struct query q = { pc, s };
	size_t at = pc * 31 / 16 % KNOWN;

	/* Not waited for: the owner may be what this handler has interrupted. */
	if (__atomic_exchange_n(&busy, 1, __ATOMIC_ACQUIRE))
		return false;
	if (known[at].pc != pc) {
		known[at].pc = pc;
		known[at].s.object = NULL;
		if (dl_iterate_phdr(find, &q))
			known[at].s = *s;
	}
	*s = known[at].s;
	__atomic_store_n(&busy, 0, __ATOMIC_RELEASE);
	return s->object != NULL;
}

const char *sl__function(void (*fn)(void *), struct sl__symbol *s)
{
	return sl__symbol((uintptr_t)fn, s) && *s->name ? s->name : "?";
}
