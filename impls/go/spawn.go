// SPDX-License-Identifier: Apache-2.0

package main

import "sync"

func spawn(j *job) (func(), want) {
	n := j.params["n"]
	runs := make([]uint64, n)

	iterate := func() {
		var wg sync.WaitGroup

		wg.Add(int(n))
		for i := range runs {
			ran := &runs[i]
			go func() {
				*ran++
				wg.Done()
			}()
		}
		wg.Wait()
		for i := range runs {
			j.executed += runs[i]
			j.checksum += runs[i] * uint64(i+1)
			runs[i] = 0
		}
	}
	return iterate, want{n, uint64(n), uint64(n) * uint64(n+1) / 2}
}
