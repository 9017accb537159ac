/* SPDX-License-Identifier: Apache-2.0
 *
 * list.h: the workloads, in the order in which `schedlab list` shows them.
 * X(name) stands for a `const struct workload wl_name` in a file of its own (a
 * hyphen of its name is an underscore here); include this with X defined.
 */
X(null)
X(spin)
X(alphabet)
X(hashes)
X(yield)
X(spawn)
X(spawn_one)
X(pingpong)
X(ring)
X(mpmc)
X(select)
X(mutex)
X(rwmutex)
X(cond)
X(once)
X(sieve)
X(documents)
X(sleepers)
X(echo)
X(parked)
X(skynet)
X(hog)
X(sum)
X(fib)
X(skynet_join)
X(nqueens)
X(burst)
