// SPDX-License-Identifier: Apache-2.0

package main

import (
	"runtime"
	"sync"
)

func calibrate(j *job) (func(), want) {
	steps, numbers := j.params["steps"], j.params["kib"]*1024/8
	threads := runtime.GOMAXPROCS(0)
	memory := make([][]uint64, threads)
	expected := uint64(0)
	for i := range memory {
		x := j.seed + uint64(i)
		expected += lcgJump(x, uint64(steps))
		memory[i] = make([]uint64, numbers)
		for k := range memory[i] {
			x = lcgNext(x)
			memory[i][k] = x
			expected += x
		}
	}
	results := make([]uint64, threads)
	done := make([]uint64, threads)

	work := func(i int) {
		x := j.seed + uint64(i)
		for n := int64(0); n < steps; n++ {
			x = lcgNext(x)
		}
		for _, number := range memory[i] {
			x += number
		}
		results[i] = x
		done[i] = uint64(steps)
	}
	iterate := func() {
		var wg sync.WaitGroup
		wg.Add(threads - 1)
		for i := 1; i < threads; i++ {
			go func(i int) {
				defer wg.Done()
				work(i)
			}(i)
		}
		work(0)
		wg.Wait()
		for i := range results {
			j.executed += done[i]
			j.checksum += results[i]
			results[i], done[i] = 0, 0
		}
	}
	ops := int64(threads) * steps
	return iterate, want{ops, uint64(ops), expected}
}
