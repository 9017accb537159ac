// SPDX-License-Identifier: Apache-2.0

package main

import "sync"

func nested(j *job) (func(), want) {
	depth := j.params["depth"]

	iterate := func() {
		levels, sum := nestedStartAndWait(depth - 1)
		j.executed += levels
		j.checksum += sum
	}
	n := uint64(depth)
	return iterate, want{depth, n, n * (n - 1) / 2}
}

func nestedStartAndWait(left int64) (levels, sum uint64) {
	var ended sync.WaitGroup

	ended.Add(1)
	go func() {
		defer ended.Done()
		if left > 0 {
			levels, sum = nestedStartAndWait(left - 1)
		}
		levels++
		sum += uint64(left)
	}()
	ended.Wait()
	return levels, sum
}
