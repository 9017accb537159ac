// SPDX-License-Identifier: Apache-2.0

package main

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// The loads and stores are atomic, as in the C function, so that each takes
// place; reading, adding and writing is not.
func race(j *job) (func(), want) {
	n, each, every := j.params["gs"], j.params["each"], j.params["yield_every"]
	inTurns := j.params["sync"] == 1
	added := make([]uint64, n)
	j.counters["lost"] = 0

	iterate := func() {
		var ended sync.WaitGroup
		var mu sync.Mutex
		var counter uint64

		ended.Add(int(n))
		for i := range added {
			go func(added *uint64) {
				untilYield := every
				count := uint64(0)

				for ; count < uint64(each); count++ {
					if inTurns {
						mu.Lock()
					}
					v := atomic.LoadUint64(&counter)
					if every > 0 {
						if untilYield--; untilYield == 0 {
							untilYield = every
							runtime.Gosched()
						}
					}
					atomic.StoreUint64(&counter, v+1)
					if inTurns {
						mu.Unlock()
					}
				}
				*added = count
				ended.Done()
			}(&added[i])
		}
		ended.Wait()
		for i, count := range added {
			j.executed += count
			added[i] = 0
		}
		if j.timed {
			j.counters["lost"] += n*each - int64(counter)
		}
		if inTurns {
			j.checksum += counter
		}
	}
	w := want{ops: n * each, executed: uint64(n * each)}
	if inTurns {
		w.checksum = w.executed
	}
	return iterate, w
}
