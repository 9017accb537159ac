// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
)

func hashes(j *job) (func(), want) {
	lines := int(j.params["lines"])
	log := make([]string, 2*lines)
	var next int64  // the free slot of the log, less one
	var early int64 // iterations in which the Wait ended before both had
	var printing sync.Mutex

	fold := func(digest [sha1.Size]byte) uint64 { return binary.BigEndian.Uint64(digest[:8]) }

	writeLines := func(name string) (n int, checksum uint64) {
		for n < lines {
			n++
			digest := sha1.Sum([]byte(strconv.Itoa(n)))
			line := fmt.Sprintf("%s: %05d: %x\n", name, n, digest)
			if j.out == nil {
				log[atomic.AddInt64(&next, 1)] = line
			} else {
				printing.Lock()
				log[atomic.AddInt64(&next, 1)] = line
				fmt.Fprint(j.out, line)
				printing.Unlock()
			}
			checksum += fold(digest)
		}
		return n, checksum
	}

	iterate := func() {
		var wg sync.WaitGroup
		var count [2]int
		var checksum [2]uint64

		if j.out != nil {
			fmt.Fprintln(j.out, "Starting two Gs")
		}
		next = -1
		wg.Add(2)
		go func() {
			count[0], checksum[0] = writeLines("A")
			wg.Done()
		}()
		go func() {
			count[1], checksum[1] = writeLines("B")
			wg.Done()
		}()
		if j.out != nil {
			fmt.Fprintln(j.out, "Waiting for both")
		}
		wg.Wait()
		if atomic.LoadInt64(&next) < 2*int64(lines)-1 {
			early++
		}
		turns := int64(0)
		for i := 1; i < len(log); i++ {
			if log[i][0] != log[i-1][0] {
				turns++
			}
		}
		if j.out != nil {
			fmt.Fprintf(j.out, "Both have ended; turns between A and B: %d\n", turns)
		}
		j.counters["ab_turns"] += turns
		j.counters["early"] = early
		j.executed += uint64(count[0] + count[1])
		j.checksum += checksum[0] + checksum[1]
	}

	var expected uint64
	for n := 1; n <= lines; n++ {
		expected += fold(sha1.Sum([]byte(strconv.Itoa(n))))
	}
	return iterate, want{2 * int64(lines), 2 * uint64(lines), 2 * expected}
}
