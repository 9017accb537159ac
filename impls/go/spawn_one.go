// SPDX-License-Identifier: Apache-2.0

package main

import "sync"

func spawnOne(j *job) (func(), want) {
	n := j.params["n"]

	iterate := func() {
		var wg sync.WaitGroup

		for i := int64(1); i <= n; i++ {
			value := uint64(i)
			wg.Add(1)
			go func() {
				j.executed++
				j.checksum += value
				wg.Done()
			}()
			wg.Wait()
		}
	}
	return iterate, want{n, uint64(n), uint64(n) * uint64(n+1) / 2}
}
