// SPDX-License-Identifier: Apache-2.0

package main

import "sync"

// A boundedBuffer is a channel by hand.
type boundedBuffer struct {
	mu                sync.Mutex
	notEmpty, notFull *sync.Cond
	elements          []int64 // a ring
	head, count       int
	ended             bool
}

func newBoundedBuffer(size int64) *boundedBuffer {
	b := &boundedBuffer{elements: make([]int64, size)}
	b.notEmpty, b.notFull = sync.NewCond(&b.mu), sync.NewCond(&b.mu)
	return b
}

func (b *boundedBuffer) put(v int64) {
	b.mu.Lock()
	for b.count == len(b.elements) {
		b.notFull.Wait()
	}
	at := b.head + b.count
	if at >= len(b.elements) {
		at -= len(b.elements)
	}
	b.elements[at] = v
	b.count++
	b.mu.Unlock()
	b.notEmpty.Signal()
}

func (b *boundedBuffer) take() (v int64, ok bool) {
	b.mu.Lock()
	for b.count == 0 && !b.ended {
		b.notEmpty.Wait()
	}
	if ok = b.count > 0; ok {
		v = b.elements[b.head]
		b.count--
		if b.head++; b.head == len(b.elements) {
			b.head = 0
		}
	}
	b.mu.Unlock()
	b.notFull.Signal()
	return v, ok
}

func (b *boundedBuffer) end() {
	b.mu.Lock()
	b.ended = true
	b.mu.Unlock()
	b.notEmpty.Broadcast()
}

func cond(j *job) (func(), want) {
	producers, consumers := j.params["producers"], j.params["consumers"]
	size, each := j.params["buffer"], j.params["each"]
	taken := make([]uint64, consumers)
	sums := make([]uint64, consumers)

	iterate := func() {
		var producing, consuming sync.WaitGroup

		b := newBoundedBuffer(size)
		producing.Add(int(producers))
		consuming.Add(int(consumers))
		for c := int64(0); c < consumers; c++ {
			go func(c int64) {
				var n, sum uint64

				for v, ok := b.take(); ok; v, ok = b.take() {
					n++
					sum += uint64(v)
				}
				taken[c], sums[c] = n, sum
				consuming.Done()
			}(c)
		}
		for p := int64(0); p < producers; p++ {
			go func(p int64) {
				for v := p * each; v < (p+1)*each; v++ {
					b.put(v)
				}
				producing.Done()
			}(p)
		}
		producing.Wait()
		b.end()
		consuming.Wait()
		for c := range taken {
			j.executed += taken[c]
			j.checksum += sums[c]
			taken[c], sums[c] = 0, 0
		}
	}
	n := uint64(producers * each)
	return iterate, want{producers * each, n, n * (n - 1) / 2}
}
