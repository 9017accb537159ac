/* SPDX-License-Identifier: Apache-2.0
 *
 * inherited.c: the files that this process was started with.  What fcntl sets of them is
 * also set for the shell, and whoever else has them.
 *
 * They are known by device and inode, so that a duplicate is known too, and a number
 * that has since been closed is free for a file of one's own.
 */
#include <dirent.h>
#include <sys/stat.h>

#include "shared/wait/fd.h"

#define FEW 16

static struct file { dev_t dev; ino_t ino; } few[FEW], *files = few;
static size_t nfiles, room = FEW;
static bool too_many;           /* to remember */

static void add(int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return;
	if (nfiles == room) {
		struct file *more = malloc(2 * room * sizeof *more);

		if (!more) {
			too_many = true;
			return;
		}
		for (size_t i = 0; i < nfiles; i++)
			more[i] = files[i];
		files = more;   /* the smaller ones stay: twice as much at most */
		room *= 2;
	}
	files[nfiles++] = (struct file){ st.st_dev, st.st_ino };
}

/* Before main, so before the program has opened any. */
static void __attribute__((constructor)) note(void)
{
	DIR *d = opendir("/proc/self/fd");
	struct dirent *e;

	/* Where that is not mounted: those that are likely. */
	for (int fd = 0; !d && fd < 256; fd++)
		add(fd);
	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.' && atoi(e->d_name) != dirfd(d))
			add(atoi(e->d_name));
	if (d)
		closedir(d);
}

bool sl__fd_inherited(int fd)
{
	struct stat st;

	/* Whoever puts something else there means it for programs that it starts. */
	if (fd <= STDERR_FILENO || too_many || fstat(fd, &st) != 0)
		return true;
	for (size_t i = 0; i < nfiles; i++)
		if (files[i].dev == st.st_dev && files[i].ino == st.st_ino)
			return true;
	return false;
}
