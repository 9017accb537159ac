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

type hashLine [3 + 7 + 2*sha1Size + 1]byte // "A: 00001: 356a...\n"

func hashes(j *job) (func(), want) {
	lines := int(j.params["lines"])
	log := make([]hashLine, 2*lines)
	var next int64  // the free slot of the log, less one
	var early int64 // iterations in which the Wait ended before both had
	var printing sync.Mutex

	fold := func(digest [sha1Size]byte) uint64 { return binary.BigEndian.Uint64(digest[:8]) }

	writeLines := func(name byte) (n int, checksum uint64) {
		var text [24]byte

		for n < lines {
			n++
			digest := sha1Sum(text[:putNumber(text[:], n, 1)])
			if j.out == nil {
				log[atomic.AddInt64(&next, 1)].format(name, n, &digest)
			} else {
				printing.Lock()
				line := &log[atomic.AddInt64(&next, 1)]
				line.format(name, n, &digest)
				j.out.Write(line[:])
				printing.Unlock()
			}
			checksum += fold(digest)
		}
		return n, checksum
	}

	var count [2]int
	var checksum [2]uint64

	write := func(i int) { count[i], checksum[i] = writeLines("AB"[i]) }
	writeTogether := func() {
		var wg sync.WaitGroup

		if j.out != nil {
			fmt.Fprintln(j.out, "Starting two Gs")
		}
		wg.Add(2)
		for i := range count {
			go func(i int) {
				write(i)
				wg.Done()
			}(i)
		}
		if j.out != nil {
			fmt.Fprintln(j.out, "Waiting for both")
		}
		wg.Wait()
	}

	iterate := func() {
		next = -1
		if j.params["serial"] == 1 {
			write(0)
			write(1)
		} else {
			writeTogether()
		}
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
		count, checksum = [2]int{}, [2]uint64{}
	}

	// The known answer is the standard library's.
	var expected uint64
	for n := 1; n <= lines; n++ {
		expected += fold(sha1.Sum([]byte(strconv.Itoa(n))))
	}
	return iterate, want{2 * int64(lines), 2 * uint64(lines), 2 * expected}
}

// putNumber puts a number's digits, so many or more, and says how many.
func putNumber(to []byte, n, digits int) int {
	var text [24]byte
	size := 0

	for ; n > 0 || size < digits; n /= 10 {
		text[size] = '0' + byte(n%10)
		size++
	}
	for i := 0; i < size; i++ {
		to[i] = text[size-1-i]
	}
	return size
}

// format is by hand, as in the C workload: what a language's library takes to print
// a number is not the question.
func (line *hashLine) format(name byte, n int, digest *[sha1Size]byte) {
	const hex = "0123456789abcdef"

	line[0], line[1], line[2] = name, ':', ' '
	at := 3 + putNumber(line[3:], n, 5)
	line[at], line[at+1] = ':', ' '
	at += 2
	for _, b := range digest {
		line[at], line[at+1] = hex[b>>4], hex[b&15]
		at += 2
	}
	line[at] = '\n'
}
