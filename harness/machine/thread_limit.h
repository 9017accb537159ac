/* SPDX-License-Identifier: Apache-2.0
 *
 * thread_limit.h: how many more threads this process may have at once, as far
 * as the system tells.
 */
#ifndef THREAD_LIMIT_H
#define THREAD_LIMIT_H

#include <stddef.h>
#include <stdint.h>

/* Whatever the system allows: beyond this, a 1:1 program measures the kernel's
 * memory management and little else. */
#define THREAD_LIMIT_MAX 32000

/* The smallest of what the kernel (threads-max, pid_max, max_map_count), the
 * cgroup and the user's limit leave; what[size] says which one it was.  Files
 * are looked up below root, "" but for a test. */
int64_t thread_limit(const char *root, char *what, size_t size);

#endif
