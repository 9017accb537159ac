// SPDX-License-Identifier: Apache-2.0

package main

import (
	"sync"
	"time"
)

type sleeper struct {
	sleeps uint64
	took   time.Duration // from its start to its last awakening
}

func sleepers(j *job) (func(), want) {
	n, sleeps := j.params["n"], j.params["sleeps"]
	length := time.Duration(j.params["sleep_us"]) * time.Microsecond
	all := make([]sleeper, n)

	iterate := func() {
		var wg sync.WaitGroup

		wg.Add(int(n))
		for i := range all {
			go func(s *sleeper) {
				start := time.Now()
				for i := int64(0); i < sleeps; i++ {
					time.Sleep(length)
					s.sleeps++
				}
				s.took = time.Since(start)
				wg.Done()
			}(&all[i])
		}
		wg.Wait()
		for i := range all {
			j.executed += all[i].sleeps
			if all[i].took >= time.Duration(sleeps)*length {
				j.checksum += uint64(i + 1)
			}
			all[i] = sleeper{}
		}
	}
	ops := n * sleeps
	return iterate, want{ops, uint64(ops), uint64(n) * uint64(n+1) / 2}
}
