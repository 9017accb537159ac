// SPDX-License-Identifier: Apache-2.0

package main

import (
	"runtime"
	"sync"
)

func doOnce(j *job) (func(), want) {
	gs, each := j.params["gs"], j.params["each"]
	done := make([]uint64, gs)
	sums := make([]uint64, gs)

	iterate := func() {
		var wg sync.WaitGroup
		var once sync.Once
		var runs, made uint64

		wg.Add(int(gs))
		for g := int64(0); g < gs; g++ {
			go func(g int64) {
				var i, sum uint64

				for i = 0; i < uint64(each); i++ {
					once.Do(func() {
						runs++
						runtime.Gosched()
						made = lcgNext(j.seed)
					})
					sum += made
				}
				done[g], sums[g] = i, sum
				wg.Done()
			}(g)
		}
		wg.Wait()
		j.executed += runs
		for g := range done {
			j.executed += done[g]
			j.checksum += sums[g]
			done[g], sums[g] = 0, 0
		}
	}
	n := uint64(gs * each)
	return iterate, want{gs * each, n + 1, n * lcgNext(j.seed)}
}
