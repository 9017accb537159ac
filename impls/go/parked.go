// SPDX-License-Identifier: Apache-2.0

package main

import (
	"runtime"
	"sync"
)

// Of the process before its first goroutine; later attempts find memory that
// earlier ones left behind.
var bytesBeforeParked, reservedBeforeParked int64

func parked(j *job) (func(), want) {
	n := j.params["n"]
	woken := make([]uint64, n)
	var bytes, reserved int64

	for i := range woken {
		woken[i] = 0 // or its pages would count as the goroutines'
	}
	if bytesBeforeParked == 0 {
		bytesBeforeParked = processBytes()
		reservedBeforeParked = processReserved()
	}
	iterate := func() {
		var arrivals, ends sync.WaitGroup
		gate := make(chan struct{})

		arrivals.Add(int(n))
		ends.Add(int(n))
		for i := range woken {
			go func(woken *uint64) {
				arrivals.Done()
				<-gate
				*woken++
				ends.Done()
			}(&woken[i])
		}
		arrivals.Wait()
		if j.timed {
			j.counters["bytes_per_task"] = (bytes - bytesBeforeParked) / n
			j.counters["reserved_bytes_per_task"] = (reserved - reservedBeforeParked) / n
		} else {
			bytes = processBytes()
			reserved = processReserved()
			if int64(runtime.NumGoroutine()) <= n {
				j.checksum++ // it is not the memory of n
			}
		}
		close(gate)
		ends.Wait()
		for i := range woken {
			j.executed += woken[i]
			j.checksum += woken[i] * uint64(i+1)
			woken[i] = 0
		}
	}
	return iterate, want{n, uint64(n), uint64(n) * uint64(n+1) / 2}
}

// processBytes is resident pages and page tables.
func processBytes() int64 {
	pages, err := procBytes("smaps_rollup", "Rss")
	must(err)
	tables, err := procBytes("status", "VmPTE")
	must(err)
	return pages + tables
}

// processReserved is its address space.
func processReserved() int64 {
	bytes, err := procBytes("status", "VmSize")
	must(err)
	return bytes
}
