// SPDX-License-Identifier: Apache-2.0

package main

import "sync"

func pipelineChange(v, add uint64) uint64 { return 3*v + add }

func pipeline(j *job) (func(), want) {
	stages, items, buffer := j.params["stages"], j.params["items"], j.params["buffer"]
	passed := make([]uint64, stages)
	expected := uint64(0)

	for i := int64(0); i < items; i++ {
		v := uint64(i)
		for s := int64(0); s < stages; s++ {
			v = pipelineChange(v, j.seed+uint64(s))
		}
		expected += uint64(i+1) * v
	}
	iterate := func() {
		var ended sync.WaitGroup

		c := make(chan uint64, buffer)
		go func(out chan<- uint64) {
			for i := int64(0); i < items; i++ {
				out <- uint64(i)
			}
			close(out)
		}(c)
		for s := int64(0); s < stages; s++ {
			next := make(chan uint64, buffer)
			ended.Add(1)
			go func(s int64, in <-chan uint64, out chan<- uint64) {
				n := uint64(0)

				for v := range in {
					n++
					out <- pipelineChange(v, j.seed+uint64(s))
				}
				close(out)
				passed[s] = n
				ended.Done()
			}(s, c, next)
			c = next
		}
		place := uint64(0)
		for v := range c {
			place++
			j.checksum += place * v
		}
		ended.Wait()
		for s, n := range passed {
			j.executed += n
			passed[s] = 0
		}
	}
	return iterate, want{stages * items, uint64(stages * items), expected}
}
