// SPDX-License-Identifier: Apache-2.0

package main

import (
	"runtime"
	"sync"
)

func yield(j *job) (func(), want) {
	each := j.params["each"]

	yields := func() (done, sum uint64) {
		for i := int64(0); i < each; i++ {
			sum += uint64(i)
			runtime.Gosched()
			done++
		}
		return done, sum
	}
	iterate := func() {
		var wg sync.WaitGroup
		var done, sum uint64

		wg.Add(1)
		go func() {
			done, sum = yields()
			wg.Done()
		}()
		ourDone, ourSum := yields()
		wg.Wait()
		j.executed += ourDone + done
		j.checksum += ourSum + sum
	}
	n := uint64(each)
	return iterate, want{2 * each, 2 * n, n * (n - 1)}
}
