/* SPDX-License-Identifier: Apache-2.0 */
#include "figures/plot_gnuplot.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"

extern char **environ;

static bool scripts_in(char dir[PATH_MAX], const char *at)
{
	static const char *const places[] = { "scripts/plot", "share/schedlab/plot" };
	char style[PATH_MAX];

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		path_join(dir, at, places[i]);
		if (access(path_join(style, dir, "style.gp"), R_OK) == 0)
			return true;
	}
	return false;
}

int gnuplot_scripts(char dir[PATH_MAX], struct err *e)
{
	char at[PATH_MAX], *slash;
	ssize_t n = readlink("/proc/self/exe", at, sizeof at - 1);

	at[n > 0 ? n : 0] = '\0';
	while ((slash = strrchr(at, '/'))) {
		*slash = '\0';
		if (scripts_in(dir, at))
			return 0;
	}
	if (scripts_in(dir, "."))
		return 0;
	return err_set(e, -ENOENT, "the drawing scripts (scripts/plot) are in no "
	               "folder around this program, nor in this one");
}

/* Exit status, as wait(2) has it, or -errno; what it said goes to said. */
static int run(char *const argv[], const char *scripts, int said)
{
	posix_spawn_file_actions_t to;
	posix_spawnattr_t attr;
	sigset_t signals;
	int rc, status;
	pid_t pid;

	/* Where `load "style.gp"` looks; and the locale in which numbers have a
	 * point and the scripts' own letters are known, whatever the user's. */
	if (setenv("GNUPLOT_LIB", scripts, 1) < 0 || setenv("LC_ALL", "C.UTF-8", 1) < 0)
		return -errno;
	rc = posix_spawn_file_actions_init(&to);
	if (rc)
		return -rc;
	rc = posix_spawnattr_init(&attr);
	if (rc) {
		posix_spawn_file_actions_destroy(&to);
		return -rc;
	}
	/* It does not look at every error of a write. */
	sigemptyset(&signals);
	sigaddset(&signals, SIGXFSZ);
	posix_spawnattr_setsigdefault(&attr, &signals);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
	posix_spawn_file_actions_addopen(&to, 0, "/dev/null", 0, 0);
	posix_spawn_file_actions_adddup2(&to, said, 1);
	posix_spawn_file_actions_adddup2(&to, said, 2);
	rc = posix_spawnp(&pid, argv[0], &to, &attr, argv, environ);
	posix_spawn_file_actions_destroy(&to);
	posix_spawnattr_destroy(&attr);
	if (rc)
		return -rc;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return status;
}

/* The line that names an error is the last of several: before it gnuplot
 * repeats the command, and marks the place in it. */
static const char *last_line(char *text)
{
	char *line = text, *nl;

	text[strcspn(text, "\r")] = '\0';
	while ((nl = strrchr(text, '\n')) && !nl[1])
		*nl = '\0';
	nl = strrchr(text, '\n');
	line = nl ? nl + 1 : text;
	return *line ? line + strspn(line, " \t") : "it did not say why";
}

static int judge(int status, int said, const char *tmp, const char *out, struct err *e)
{
	char text[4096];
	ssize_t n = pread(said, text, sizeof text - 1, 0);
	struct err warning;
	struct stat st;

	text[n > 0 ? n : 0] = '\0';
	if (status == -ENOENT || (status > 0 && WEXITSTATUS(status) == 127))
		return err_set(e, -ENOENT, "gnuplot is not installed: the data of the "
		               "pictures are written, the pictures are not");
	if (status < 0)
		return err_set(e, status, "gnuplot cannot be run: %s", strerror(-status));
	if (WIFSIGNALED(status)) {
		const char *name = sigabbrev_np(WTERMSIG(status));

		return err_set(e, -EIO, "gnuplot could not draw %.200s: it was killed by %s%s", out,
		               name ? "SIG" : "a signal", name ? name : "");
	}
	if (status)
		return err_set(e, -EIO, "gnuplot could not draw %.200s: %.200s", out,
		               last_line(text));
	if (stat(tmp, &st) < 0 || st.st_size == 0)
		return err_set(e, -EIO, "gnuplot drew nothing into %.200s: %.200s", out,
		               last_line(text));
	if (*text) {
		err_set(&warning, 0, "gnuplot, of %.200s: %.200s", out, last_line(text));
		fprintf(stderr, "schedlab: %s\n", warning.msg);
	}
	if (rename(tmp, out) < 0)
		return err_set(e, -errno, "%.300s cannot be written: %s", out,
		               strerror(errno));
	return 0;
}

int gnuplot_draw(const char *scripts, const char *name, const char *data,
                 const char *out, const char *terminal, const char *caption[3],
                 struct err *e)
{
	char script[PATH_MAX], tmp[PATH_MAX + 8], file[64];
	char *argv[] = {
		"gnuplot", "-d", "-c", script, (char *)data, tmp, (char *)terminal,
		(char *)caption[0], (char *)caption[1], (char *)caption[2], NULL
	};
	int said, rc;

	snprintf(file, sizeof file, "%s.gp", name);
	path_join(script, scripts, file);
	snprintf(tmp, sizeof tmp, "%s.tmp", out);
	unlink(tmp);            /* it may be something that gnuplot would wait for */
	said = memfd_create("gnuplot", MFD_CLOEXEC);
	if (said < 0)
		return err_set(e, -errno, "gnuplot cannot be run: %s", strerror(errno));
	rc = judge(run(argv, scripts, said), said, tmp, out, e);
	if (rc)
		unlink(tmp);
	close(said);
	return rc;
}
