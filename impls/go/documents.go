// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"
	"sync"
	"time"
)

const (
	documentSize   = 4096
	documentPlaces = 8
	documentWord   = "processor"
)

func documents(j *job) (func(), want) {
	docs, gs := int(j.params["docs"]), int(j.params["gs"])
	pause := time.Duration(j.params["read_us"]) * time.Microsecond
	texts := make([]string, docs)
	rng, expected := j.seed, uint64(0)

	for i := range texts {
		var times int
		texts[i], times = writeDocument(&rng)
		expected += uint64(i+1) * uint64(times)
	}

	search := func(doc int) (checksum, read uint64) {
		due := time.Now().Add(pause)
		time.Sleep(pause) // stands for reading it
		if time.Now().Before(due) {
			return 0, 0 // woken too early: not read
		}
		return uint64(doc+1) * uint64(strings.Count(texts[doc], documentWord)), 1
	}
	searchTogether := func() {
		var wg sync.WaitGroup
		count := make([]uint64, gs)
		checksum := make([]uint64, gs)

		todo := make(chan int, docs)
		for doc := range texts {
			todo <- doc
		}
		close(todo)
		wg.Add(gs)
		for g := 0; g < gs; g++ {
			go func(g int) {
				for doc := range todo {
					sum, read := search(doc)
					checksum[g] += sum
					count[g] += read
				}
				wg.Done()
			}(g)
		}
		wg.Wait()
		for g := range count {
			j.executed += count[g]
			j.checksum += checksum[g]
		}
	}

	iterate := searchTogether
	if gs == 1 {
		iterate = func() {
			for doc := range texts {
				sum, read := search(doc)
				j.checksum += sum
				j.executed += read
			}
		}
	}
	return iterate, want{int64(docs), uint64(docs), expected}
}

// writeDocument gives letters from a to o and spaces, then the word, as often
// as chance wants it.
func writeDocument(rng *uint64) (text string, times int) {
	doc := make([]byte, documentSize)

	for i := range doc {
		*rng = lcgNext(*rng)
		doc[i] = " abcdefghijklmno"[*rng>>60]
	}
	*rng = lcgNext(*rng)
	times = int(*rng >> 61)
	for i := 0; i < times; i++ {
		copy(doc[i*(documentSize/documentPlaces):], documentWord)
	}
	return string(doc), times
}
