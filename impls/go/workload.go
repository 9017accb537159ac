// SPDX-License-Identifier: Apache-2.0

package main

import "io"

// A twin sets a workload up and returns a function that runs one iteration,
// and what one iteration must come to. It does the same work as the C function
// of that name, in the way Go is written.
type twin func(*job) (iterate func(), want want)

// twins has a line for each file of this folder that is a workload.
var twins = map[string]twin{
	"null":      null,
	"spin":      spin,
	"alphabet":  alphabet,
	"hashes":    hashes,
	"spawn":     spawn,
	"pingpong":  pingpong,
	"select":    selectFour,
	"mutex":     mutex,
	"rwmutex":   rwmutex,
	"cond":      cond,
	"once":      doOnce,
	"sieve":     sieve,
	"documents": documents,
	"sum":       sum,
	"fib":       fib,
}

// A job is one attempt at a workload: what it is given, and its account.
type job struct {
	params map[string]int64
	seed   uint64
	out    io.Writer // standard output under --once, else nil

	executed uint64 // units of work done, in all iterations
	checksum uint64 // of the results, independent of their order
	counters map[string]int64
}

// want is what one iteration must come to.
type want struct {
	ops      int64
	executed uint64
	checksum uint64
}
