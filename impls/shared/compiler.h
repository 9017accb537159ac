/* SPDX-License-Identifier: Apache-2.0
 *
 * compiler.h: SL_ASAN and SL_TSAN, 1 or 0, whatever the compiler calls them; and how
 * something is inline without ever being a function of its own.
 */
#ifndef SL_COMPILER_H
#define SL_COMPILER_H

#if defined(__SANITIZE_THREAD__)
#define SL_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SL_TSAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define SL_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SL_ASAN 1
#endif
#endif
#ifndef SL_TSAN
#define SL_TSAN 0
#endif
#ifndef SL_ASAN
#define SL_ASAN 0
#endif

/* Of a variable that is no program's: in a shared library, too, it is where it is, and
 * need not be looked up. */
#define SL__HIDDEN __attribute__((visibility("hidden")))

#define SL__ALWAYS extern inline __attribute__((gnu_inline, always_inline))

#endif
