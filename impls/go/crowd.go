// SPDX-License-Identifier: Apache-2.0

package main

import (
	"runtime"
	"sync"
	"time"
)

const crowdTries = 5 // ping-pongs, of which the fastest counts

func crowd(j *job) (func(), want) {
	members, rounds := j.params["crowd"], j.params["rounds"]
	ping, pong := make(chan int64), make(chan int64)
	woken := make([]uint64, members)
	var alone, crowded, permille histogram

	pingpongOnce := func() int64 {
		var echo sync.WaitGroup
		start := time.Now()

		echo.Add(1)
		go func() {
			for i := int64(0); i < rounds; i++ {
				pong <- 2 * <-ping
			}
			echo.Done()
		}()
		for i := int64(0); i < rounds; i++ {
			ping <- i
			j.checksum += uint64(<-pong)
			j.executed++
		}
		echo.Wait()
		return int64(time.Since(start))
	}
	pingpong := func() int64 {
		// Not while the collector goes through the stacks of the crowd, or those
		// of the last one: it is the scheduler that is asked.
		runtime.GC()
		best := pingpongOnce()
		for i := 1; i < crowdTries; i++ {
			if ns := pingpongOnce(); ns < best {
				best = ns
			}
		}
		return best
	}
	iterate := func() {
		var arrivals, ends sync.WaitGroup
		gate := make(chan struct{})

		aloneNs := pingpong()
		arrivals.Add(int(members))
		ends.Add(int(members))
		for i := range woken {
			go func(woken *uint64) {
				arrivals.Done()
				<-gate
				*woken++
				ends.Done()
			}(&woken[i])
		}
		arrivals.Wait()
		crowdedNs := pingpong()
		allThere := int64(runtime.NumGoroutine()) > members
		close(gate)
		ends.Wait()
		if j.timed {
			alone.add(aloneNs / rounds)
			crowded.add(crowdedNs / rounds)
			permille.add(crowdedNs * 1000 / aloneNs)
		}
		j.counters["alone_ns"] = alone.quantile(500)
		j.counters["crowded_ns"] = crowded.quantile(500)
		j.counters["crowded_permille"] = permille.quantile(500)
		for i := range woken {
			if allThere { // or it was not beside a crowd
				j.executed += woken[i]
			}
			woken[i] = 0
		}
	}
	n := uint64(rounds)
	const all = 2 * crowdTries
	return iterate, want{1, uint64(members) + all*n, all * n * (n - 1)}
}
