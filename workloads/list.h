/* SPDX-License-Identifier: Apache-2.0
 *
 * list.h: the workloads, in the order in which `schedlab list` shows them.
 * X(name) stands for a `const struct workload wl_name` in a file of its own;
 * include this with X defined.
 */
X(null)
X(spin)
X(alphabet)
X(hashes)
X(spawn)
X(pingpong)
X(select)
X(mutex)
X(rwmutex)
X(cond)
X(once)
X(sieve)
X(documents)
X(sum)
X(fib)
