/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle/pack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static int failed(struct archive *a, struct err *e)
{
	int rc = archive_errno(a);
	const char *why = archive_error_string(a);

	/* Of a full disk libarchive says that there was an error. */
	if (rc > 0)
		return err_set(e, -rc, "%s", strerror(rc));
	return err_set(e, -EIO, "%s", why ? why : "it cannot be packed");
}

static int put(struct archive *a, const struct piece *p, const char *top, int64_t time_s, struct err *e)
{
	struct archive_entry *entry = archive_entry_new();
	char path[2 * PIECE_NAME + 2];
	int rc = 0;

	if (!entry)
		return err_set(e, -ENOMEM, "out of memory");
	snprintf(path, sizeof path, "%s/%s", top, p->name);
	archive_entry_set_pathname(entry, path);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_mtime(entry, time_s, 0);
	archive_entry_set_size(entry, (la_int64_t)p->n);
	if (archive_write_header(a, entry) != ARCHIVE_OK || archive_write_data(a, p->data, p->n) != (la_ssize_t)p->n)
		rc = failed(a, e);
	archive_entry_free(entry);
	return rc;
}

int pack(int fd, const struct contents *c, const char *top, int64_t time_s, bool gzip, struct err *e)
{
	struct archive *a = archive_write_new();
	int rc = 0;

	if (!a)
		return err_set(e, -ENOMEM, "out of memory");
	/* Levels are named, and gzip is to say nothing of the time: defaults may change. */
	if (archive_write_set_format_ustar(a) != ARCHIVE_OK ||
	    (gzip ? archive_write_add_filter_gzip(a) : archive_write_add_filter_zstd(a)) != ARCHIVE_OK ||
	    archive_write_set_filter_option(a, NULL, "compression-level", gzip ? "9" : "12") != ARCHIVE_OK ||
	    (gzip && archive_write_set_filter_option(a, "gzip", "timestamp", NULL) != ARCHIVE_OK) ||
	    archive_write_set_bytes_in_last_block(a, 1) != ARCHIVE_OK || archive_write_open_fd(a, fd) != ARCHIVE_OK)
		rc = failed(a, e);
	for (int i = 0; i < c->n && !rc; i++)
		rc = put(a, &c->v[i], top, time_s, e);
	if (!rc && archive_write_close(a) != ARCHIVE_OK)
		rc = failed(a, e);
	archive_write_free(a);
	return rc;
}
