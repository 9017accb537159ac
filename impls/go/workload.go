// SPDX-License-Identifier: Apache-2.0

package main

import "io"

// A twin sets a workload up and returns a function that runs one iteration,
// and what one iteration must come to. It does the same work as the C function
// of that name, in the way Go is written.
type twin func(*job) (iterate func(), want want)

// twins has a line for each file of this folder that is a workload.
var twins = map[string]twin{
	"null":            null,
	"spin":            spin,
	"calibrate":       calibrate,
	"alphabet":        alphabet,
	"hashes":          hashes,
	"yield":           yield,
	"spawn":           spawn,
	"spawn-one":       spawnOne,
	"nested":          nested,
	"pingpong":        pingpong,
	"ring":            ring,
	"fanout":          fanout,
	"fanin":           fanin,
	"pipeline":        pipeline,
	"barrier":         barrier,
	"mpmc":            mpmc,
	"select":          selectFour,
	"mutex":           mutex,
	"mutex-contended": mutexContended,
	"rwmutex":         rwmutex,
	"cond":            cond,
	"once":            doOnce,
	"race":            race,
	"sieve":           sieve,
	"documents":       documents,
	"timers":          timers,
	"sleepers":        sleepers,
	"pipes":           pipes,
	"blocking":        blocking,
	"files":           files,
	"echo":            echo,
	"parked":          parked,
	"skynet":          skynet,
	"hog":             hog,
	"wakeup":          wakeup,
	"fairness":        fairness,
	"mixed":           mixed,
	"oversub":         oversub,
	"crowd":           crowd,
	"sum":             sum,
	"sort":            sortNumbers,
	"fib":             fib,
	"skynet-join":     skynetJoin,
	"nqueens":         nqueens,
	"matmul":          matmul,
	"uts":             uts,
	"burst":           burst,
	"metg":            metg,
}

// A job is one attempt at a workload: what it is given, and its account.
type job struct {
	params map[string]int64
	seed   uint64
	out    io.Writer // standard output under --once, else nil

	executed uint64 // units of work done, in all iterations
	checksum uint64 // of the results, independent of their order
	uneven   bool   // some iteration was not like the first
	timed    bool   // the warm-up is over, the clock is on
	counters map[string]int64
	teardown func() // of what the twin has set up; nil: nothing to do
}

func (j *job) end() {
	if j.teardown != nil {
		j.teardown()
	}
}

// want is what one iteration must come to.
type want struct {
	ops      int64
	executed uint64
	checksum uint64
}
