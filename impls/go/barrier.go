// SPDX-License-Identifier: Apache-2.0

package main

import "sync"

// A cyclicBarrier lets nobody pass before all have come, any number of times.
type cyclicBarrier struct {
	mu           sync.Mutex
	allHere      *sync.Cond
	all, missing int64
	meeting      int64
}

func newCyclicBarrier(n int64) *cyclicBarrier {
	b := &cyclicBarrier{all: n, missing: n}
	b.allHere = sync.NewCond(&b.mu)
	return b
}

func (b *cyclicBarrier) meet() {
	b.mu.Lock()
	meeting := b.meeting
	if b.missing--; b.missing == 0 {
		b.missing = b.all
		b.meeting++
		b.allHere.Broadcast()
	}
	for b.meeting == meeting {
		b.allHere.Wait()
	}
	b.mu.Unlock()
}

func barrier(j *job) (func(), want) {
	n, rounds := j.params["gs"], j.params["rounds"]
	b := newCyclicBarrier(n)
	written := make([][2]int64, n) // of even and of odd rounds
	passed := make([]uint64, n)
	sums := make([]uint64, n)

	iterate := func() {
		var ended sync.WaitGroup

		ended.Add(int(n))
		for i := int64(0); i < n; i++ {
			go func(i int64) {
				var met, sum uint64

				for round := int64(0); round < rounds; round++ {
					written[i][round%2] = round
					b.meet()
					sum += uint64(written[(i+1)%n][round%2])
					met++
				}
				passed[i], sums[i] = met, sum
				ended.Done()
			}(i)
		}
		ended.Wait()
		for i := range passed {
			j.executed += passed[i]
			j.checksum += sums[i]
			passed[i], sums[i] = 0, 0
		}
	}
	r := uint64(rounds)
	return iterate, want{n * rounds, uint64(n) * r, uint64(n) * (r * (r - 1) / 2)}
}
